#include "wire/mail/fields.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

bool is_blank(char c) { return c == ' ' || c == '\t'; }

// The length of a field's name, or 0 if the line is none.
std::size_t name_length(std::string_view line) {
  std::size_t i = 0;
  while (i < line.size() && i < 200 && line[i] != ':' && static_cast<unsigned char>(line[i]) > 32 &&
         line[i] != 127)
    ++i;
  if (i == 0 || i >= line.size()) return 0;
  std::size_t colon = i;
  while (colon < line.size() && is_blank(line[colon])) ++colon;
  return colon < line.size() && line[colon] == ':' ? i : 0;
}

}  // namespace

std::string_view next_line(std::string_view text, std::size_t& at) {
  const auto end = text.find('\n', at);
  std::string_view line = text.substr(at, end == text.npos ? text.npos : end - at);
  at = end == text.npos ? text.size() : end + 1;
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

namespace {

// Where the header ends, and the lines that are fields, in order.
struct Head {
  std::size_t size = 0;  // bytes up to the body
  std::size_t fields = 0;
  bool cut = false;
  bool whole = true;                    // the lines are these bytes as they stand
  std::vector<std::string_view> lines;  // with their line ends, if not whole
};

// Ours and not GMime's, which takes lines without a colon for broken fields up to the next blank line: of a
// mail whose body begins at once it would leave nothing to read, and of one that begins with such a line
// nothing at all. It also keeps each of a million fields as objects of their own (3 GB for a mail of 25 MB),
// so the limits hold before it sees them.
class HeadReader {
 public:
  HeadReader(std::string_view text, std::size_t max_fields) : text_(text), max_fields_(max_fields) {}

  Head read() {
    while (at_ < text_.size() && !ended_) {
      begin_ = at_;
      line_ = next_line(text_, at_);
      if (trim(line_).empty())
        blank_line();
      else if (is_blank(line_[0]) && head_.fields > 0)
        keep(true);
      else if (name_length(line_) != 0)
        keep(false);
      else
        other_line();
    }
    if (!ended_) head_.size = text_.size();
    return std::move(head_);
  }

 private:
  std::size_t following_name() const {
    std::size_t peek = at_;
    return peek < text_.size() ? name_length(next_line(text_, peek)) : 0;
  }

  // Blank lines before the first field, and a line of mere spaces between two fields, end nothing.
  void blank_line() {
    const bool spaces = !line_.empty();
    if (following_name() != 0 && (head_.fields == 0 ? begin_ < (spaces ? 4096u : 16u) : spaces))
      return leave_out();
    head_.size = at_;
    ended_ = true;
  }

  // Where fields go on behind it, it is rubbish between them; otherwise the body began without a blank line.
  void other_line() {
    const bool mbox = line_.starts_with("From ") || line_.starts_with(">From ");
    if (mbox && head_.fields == 0) return leave_out();
    if (following_name() != 0 && !line_.starts_with("--")) return leave_out();
    head_.size = begin_;
    ended_ = true;
  }

  void keep(bool folded) {
    if (!folded) {
      value_size_ = 0;
      ++head_.fields;
    }
    const std::size_t size = at_ - begin_, kept = std::min(size, kMaxValue - value_size_);
    value_size_ += kept;
    kept_size_ += kept;
    if (head_.fields > max_fields_ || kept_size_ > kMaxHeader) head_.cut = true;
    if (head_.cut) return leave_out();
    const std::string_view raw = text_.substr(begin_, kept);
    if (kept < size || !raw.ends_with('\n') || raw.find('\0') != raw.npos) set_apart();
    if (!head_.whole && kept > 0) head_.lines.push_back(raw);
  }

  void leave_out() { set_apart(); }

  // From here on the header is not what stands in the mail.
  void set_apart() {
    if (!head_.whole) return;
    head_.whole = false;
    if (begin_ > 0 && head_.fields > 0) head_.lines.push_back(text_.substr(0, begin_));
  }

  std::string_view text_, line_;
  Head head_;
  std::size_t max_fields_;
  std::size_t at_ = 0, begin_ = 0, value_size_ = 0, kept_size_ = 0;
  bool ended_ = false;
};

}  // namespace

Fields read_fields(std::string_view text, std::size_t max_fields) {
  const Head head = HeadReader(text, max_fields).read();
  Fields fields;
  fields.size = head.size;
  fields.cut = head.cut;
  if (head.fields == 0) return fields;
  std::string mended;
  for (const std::string_view line : head.lines) {
    mended += line;
    if (!line.ends_with('\n')) mended += '\n';
  }
  std::replace(mended.begin(), mended.end(), '\0', ' ');
  const std::string_view bytes = head.whole ? text.substr(0, head.size) : std::string_view(mended);
  GMimeParserOptions* options = mail_options();
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(bytes.data(), bytes.size()));
  thread_local const Owned<GMimeParser> parser(g_mime_parser_new());
  g_mime_parser_init_with_stream(parser.get(), stream.get());
  fields.object.reset(g_mime_parser_construct_part(parser.get(), options));
  if (fields.object == nullptr) return fields;
  GMimeHeaderList* list = g_mime_object_get_header_list(fields.object.get());
  const int count = g_mime_header_list_get_count(list);
  fields.all.reserve(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    GMimeHeader* header = g_mime_header_list_get_header_at(list, i);
    fields.all.push_back({g_mime_header_get_name(header), g_mime_header_get_raw_value(header)});
  }
  return fields;
}

std::string unfold(const char* value) {
  const OwnedText text(g_mime_utils_header_unfold(value));
  return text.get();
}

const Field* Fields::find(std::string_view name) const {
  for (const auto& field : all) {
    if (iequals(field.name, name)) return &field;
  }
  return nullptr;
}

std::string Fields::value(std::string_view name) const {
  const Field* field = find(name);
  return field == nullptr ? std::string() : unfold(field->value);
}

}  // namespace hejnal::wire

#include "wire/imap/response.hpp"

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kLiteralAbsurd = std::size_t{4} << 30;

std::string upper(std::string_view text) {
  std::string result(text);
  for (char& c : result) c = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  return result;
}

template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size()) return {};
  return number;
}

// Texts for people may end in "{5}" without meaning a literal.
bool may_hold_literals(std::string_view line) {
  if (!line.starts_with("* ")) return false;
  const std::string word = upper(line.substr(2, line.find(' ', 2) - 2));
  return word != "OK" && word != "NO" && word != "BAD" && word != "BYE" && word != "PREAUTH";
}

// The size at the end of "... {123}" or "... {123+}".
std::optional<std::string_view> literal_mark(std::string_view line) {
  if (!line.ends_with('}')) return {};
  const std::size_t open = line.rfind('{');
  if (open == std::string_view::npos) return {};
  std::string_view digits = line.substr(open + 1, line.size() - open - 2);
  if (digits.ends_with('+')) digits.remove_suffix(1);
  const bool all = !digits.empty() &&
                   std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!all) return {};
  return digits;
}

// Reads the items of a response one after another.
class Items {
 public:
  explicit Items(ImapResponse& response) : text_(response.text), literals_(response.literals) {}

  struct Item {
    std::string_view word;  // of an atom, with its [section]; empty for a string
    std::string* literal = nullptr;
    std::string quoted;
    bool is_string = false;
    bool is_list = false;
  };

  bool skip_to_list() {
    at_ = std::min(text_.find('('), text_.size());
    if (at_ == text_.size()) return false;
    ++at_;
    return true;
  }

  // Nothing at the end of the list or of the text.
  std::optional<Item> next() {
    while (at_ < text_.size() && text_[at_] == ' ') ++at_;
    if (at_ >= text_.size() || text_[at_] == ')') return {};
    if (text_[at_] == '(') return list();
    if (text_[at_] == '"') return quoted();
    if (text_[at_] == '{' || text_.substr(at_, 2) == "~{") return literal();
    return atom();
  }

 private:
  std::optional<Item> list() {  // jumped over: none of what we ask for is one
    int depth = 0;
    do {
      const char c = text_[at_];
      if (c == '"') {
        quoted();
        continue;
      }
      if (c == '{' && literal_at_ < literals_.size()) ++literal_at_;
      depth += c == '(' ? 1 : c == ')' ? -1 : 0;
      ++at_;
    } while (depth > 0 && at_ < text_.size());
    Item item;
    item.is_list = true;
    return item;
  }
  std::optional<Item> quoted() {
    Item item;
    item.is_string = true;
    for (++at_; at_ < text_.size() && text_[at_] != '"'; ++at_) {
      if (text_[at_] == '\\' && at_ + 1 < text_.size()) ++at_;
      item.quoted.push_back(text_[at_]);
    }
    at_ = std::min(at_ + 1, text_.size());
    return item;
  }
  std::optional<Item> literal() {
    Item item;
    item.is_string = true;
    if (literal_at_ < literals_.size()) item.literal = &literals_[literal_at_++];
    at_ = std::min(text_.find('}', at_), text_.size() - 1) + 1;
    return item;
  }
  std::optional<Item> atom() {
    const std::size_t start = at_;
    bool in_section = false;
    for (; at_ < text_.size(); ++at_) {
      const char c = text_[at_];
      if (c == '[') in_section = true;
      if (c == ']') in_section = false;
      if (!in_section && (c == ' ' || c == '(' || c == ')')) break;
    }
    Item item;
    item.word = text_.substr(start, at_ - start);
    return item;
  }

  std::string_view text_;
  std::vector<std::string>& literals_;
  std::size_t at_ = 0;
  std::size_t literal_at_ = 0;
};

void append_base64_utf16(std::string& out, std::u16string_view units) {
  constexpr std::string_view kDigits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+,";
  std::uint32_t bits = 0;
  int count = 0;
  for (const char16_t unit : units) {
    bits = (bits << 16) | unit;
    for (count += 16; count >= 6; count -= 6) out.push_back(kDigits[(bits >> (count - 6)) & 63]);
    bits &= (1u << count) - 1;
  }
  if (count > 0) out.push_back(kDigits[(bits << (6 - count)) & 63]);
}

}  // namespace

Status ImapReader::feed(std::string_view bytes) {
  while (!bytes.empty()) {
    if (literal_left_ > 0) {
      const std::size_t size = std::min(literal_left_, bytes.size());
      if (!too_big_) literals_.back().append(bytes.substr(0, size));
      literal_left_ -= size;
      bytes.remove_prefix(size);
      continue;
    }
    const std::size_t end = bytes.find('\n');
    const std::size_t size = end == std::string_view::npos ? bytes.size() : end;
    if (line_.size() + size > limits_.line_bytes)
      return fail(Fault::malformed, "the server's line is too long");
    line_.append(bytes.substr(0, size));
    bytes.remove_prefix(end == std::string_view::npos ? size : size + 1);
    if (end != std::string_view::npos) HEJNAL_TRY_VOID(end_line());
  }
  return {};
}

Status ImapReader::end_line() {
  if (line_.ends_with('\r')) line_.pop_back();
  const auto mark =
      may_hold_literals(line_) ? literal_mark(std::string_view(line_).substr(line_start_)) : std::nullopt;
  if (mark) {
    const auto size = to_number<std::size_t>(*mark);
    if (!size || *size > kLiteralAbsurd)
      return fail(Fault::malformed, "the server announces an absurd literal");
    literal_left_ = *size;
    literal_total_ += *size;
    literals_.emplace_back();
    if (literal_total_ > limits_.literal_bytes) {
      too_big_ = true;
      for (std::string& literal : literals_) literal = std::string();
    }
    line_start_ = line_.size();
    return {};
  }
  ImapResponse response;
  const std::size_t space = std::min(line_.find(' '), line_.size());
  response.tag = line_.substr(0, space);
  response.text = space < line_.size() ? line_.substr(space + 1) : std::string();
  response.literals = std::move(literals_);
  response.too_big = too_big_;
  ready_.push_back(std::move(response));
  line_.clear();
  line_start_ = 0;
  literals_.clear();
  literal_total_ = 0;
  too_big_ = false;
  return {};
}

std::optional<ImapResponse> ImapReader::next() {
  if (ready_.empty()) return {};
  ImapResponse response = std::move(ready_.front());
  ready_.pop_front();
  return response;
}

ImapKind imap_kind(const ImapResponse& response) {
  const std::string_view text = response.text;
  const std::size_t space = text.find(' ');
  const auto number = to_number<std::uint32_t>(text.substr(0, space));
  if (!number || space == std::string_view::npos) return {upper(text.substr(0, space)), 0};
  const std::string_view rest = text.substr(space + 1);
  return {upper(rest.substr(0, rest.find(' '))), *number};
}

std::optional<std::uint32_t> imap_code_number(const ImapResponse& response, std::string_view code) {
  const std::string_view text = response.text;
  const std::size_t open = text.find('[');
  const std::size_t close = text.find(']', std::min(open, text.size()));
  if (close == std::string_view::npos) return {};
  const std::string_view inside = text.substr(open + 1, close - open - 1);
  const std::size_t space = inside.find(' ');
  if (space == std::string_view::npos || !iequals(inside.substr(0, space), code)) return {};
  return to_number<std::uint32_t>(inside.substr(space + 1));
}

std::vector<std::uint32_t> imap_search(const ImapResponse& response) {
  std::vector<std::uint32_t> numbers;
  if (imap_kind(response).word != "SEARCH") return numbers;
  for (const std::string_view word : split(response.text, ' ')) {
    if (const auto number = to_number<std::uint32_t>(word)) numbers.push_back(*number);
  }
  std::sort(numbers.begin(), numbers.end());
  return numbers;
}

std::optional<ImapFetch> imap_fetch(ImapResponse response) {
  if (response.tag != "*" || imap_kind(response).word != "FETCH") return {};
  Items items(response);
  if (!items.skip_to_list()) return {};
  ImapFetch fetch;
  fetch.too_big = response.too_big;
  while (const auto name = items.next()) {
    const auto value = items.next();
    if (!value) break;
    const std::string word = upper(name->word);
    if (word == "UID") fetch.uid = to_number<std::uint32_t>(value->word).value_or(0);
    if (word == "BODY[]" && value->is_string && !response.too_big) {
      fetch.body = value->literal ? std::move(*value->literal) : value->quoted;
    }
  }
  return fetch;
}

std::optional<std::string> imap_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (byte < 0x20 || byte >= 0x7F) return {};
    if (c == '"' || c == '\\') quoted.push_back('\\');
    quoted.push_back(c);
  }
  quoted.push_back('"');
  return quoted;
}

std::string imap_mailbox(std::string_view utf8_name) {
  std::string encoded;
  std::u16string pending;
  const auto flush = [&] {
    if (pending.empty()) return;
    encoded.push_back('&');
    append_base64_utf16(encoded, pending);
    encoded.push_back('-');
    pending.clear();
  };
  for (std::size_t at = 0; at < utf8_name.size();) {
    const char32_t c = next_code_point(utf8_name, at);
    if (c >= 0x20 && c < 0x7F) {
      flush();
      encoded.push_back(static_cast<char>(c));
      if (c == U'&') encoded.push_back('-');
    } else if (c < 0x10000) {
      pending.push_back(static_cast<char16_t>(c));
    } else {
      pending.push_back(static_cast<char16_t>(0xD800 + ((c - 0x10000) >> 10)));
      pending.push_back(static_cast<char16_t>(0xDC00 + ((c - 0x10000) & 0x3FF)));
    }
  }
  flush();
  return encoded;
}

}  // namespace hejnal::wire

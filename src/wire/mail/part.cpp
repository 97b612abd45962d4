#include "wire/mail/part.hpp"

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

bool at_line_start(std::string_view text, std::size_t at) { return at == 0 || text[at - 1] == '\n'; }

// Where the parts begin is ours to find and not GMime's, which builds every part of a mail before anybody can
// look at it: 5 million empty ones, which is 25 MB, became 6 GB. To bound them before, one must have found
// their delimiters, and then nothing is left to do. It also drops the text of a part that has no header, and
// opens a message/rfc822, which here stays an attachment with its byte range.

// A delimiter line "--boundary" from `from` on.
struct Delimiter {
  std::size_t begin = std::string_view::npos;  // of the line
  std::size_t next = 0;                        // of the line behind it
  bool close = false;
  bool found() const { return begin != std::string_view::npos; }
};

Delimiter find_delimiter(std::string_view text, std::string_view dashed, std::size_t from) {
  for (std::size_t at = text.find(dashed, from); at != text.npos; at = text.find(dashed, at + 1)) {
    if (!at_line_start(text, at)) continue;
    std::size_t next = at;
    std::string_view rest = next_line(text, next);
    rest.remove_prefix(dashed.size());
    Delimiter delimiter{at, next, false};
    if (rest.starts_with("--")) {
      delimiter.close = true;
      rest.remove_prefix(2);
    }
    if (trim(rest).empty()) return delimiter;
  }
  return {};
}

std::string_view without_line_end(std::string_view text) {
  if (text.ends_with('\n')) text.remove_suffix(1);
  while (text.ends_with('\r')) text.remove_suffix(1);
  return text;
}

class Reader {
 public:
  Reader(Tree& tree, PartLimits limits) : tree_(tree), limits_(limits) {}

  Part read(std::string_view text, std::size_t depth, std::string_view default_type) {
    ++count_;
    Part part;
    part.fields = read_fields(text, depth == 0 ? kMaxFields : kMaxPartFields);
    if (part.fields.cut) note("a header longer than anybody needs: the rest of it was not read");
    part.content = text.substr(part.fields.size);
    const std::string type = part.fields.value("Content-Type");
    part.type = parse_parameters(type);
    const auto slash = part.type.value.find('/');
    part.declared = slash != std::string::npos && slash > 0 && slash + 1 < part.type.value.size();
    if (!part.declared) {
      if (part.type.value == "text")
        part.type.value = "text/plain";
      else if (part.type.value == "html")
        part.type.value = "text/html";
      else if (part.type.value.starts_with("multipart"))
        part.type.value = "multipart/mixed";
      else
        part.type.value = type.empty() ? std::string(default_type) : std::string("text/plain");
      if (!type.empty() && !part.type.get("name").empty()) part.type.value = "application/octet-stream";
    }
    part.disposition = parse_parameters(part.fields.value("Content-Disposition"));
    if (const Field* encoding = part.fields.find("Content-Transfer-Encoding"))
      part.transfer = transfer_of(unfold(encoding->value));
    part.filename = part.disposition.get("filename");
    if (part.filename.empty()) part.filename = part.type.get("name");
    part.filename = truncate_utf8(collapse_space(part.filename), 1000);
    if (part.type.value.starts_with("multipart/")) read_children(part, depth);
    return part;
  }

 private:
  void note(std::string text) {
    for (const auto& old : tree_.notes) {
      if (old == text) return;
    }
    tree_.notes.push_back(std::move(text));
  }

  void read_children(Part& part, std::size_t depth) {
    if (depth >= limits_.max_depth) {
      note("parts nested deeper than " + std::to_string(limits_.max_depth) +
           ": the inner ones were not read");
      part.type.value = "application/octet-stream";
      return;
    }
    if (part.transfer != Transfer::identity) {  // RFC 2045 6.4 forbids it, so it occurs
      std::string decoded = part.decoded();
      const std::string_view open = part.content.substr(0, 2000);
      if (open.find("\n--") == open.npos && !open.starts_with("--")) {
        tree_.owned.push_back(std::move(decoded));
        part.content = tree_.owned.back();
      }
      part.transfer = Transfer::identity;
    }
    std::string dashed = "--" + std::string(trim(part.type.get("boundary")));
    if (dashed.size() == 2) dashed = guess_boundary(part.content);
    Delimiter delimiter = dashed.size() > 2 ? find_delimiter(part.content, dashed, 0) : Delimiter{};
    if (!delimiter.found()) {
      const std::string guessed = guess_boundary(part.content);
      if (guessed.size() > 2) delimiter = find_delimiter(part.content, dashed = guessed, 0);
    }
    if (!delimiter.found()) {
      note("a multipart without its boundary: read as text");
      part.type.value = "text/plain";
      return;
    }
    part.multipart = true;
    part.preamble = part.content.substr(0, delimiter.begin);
    const std::string_view child_type = part.is("multipart/digest") ? "message/rfc822" : "text/plain";
    while (delimiter.found() && !delimiter.close) {
      if (count_ >= limits_.max_parts) {
        note("more than " + std::to_string(limits_.max_parts) + " parts: the rest was not read");
        break;
      }
      const Delimiter following = find_delimiter(part.content, dashed, delimiter.next);
      const std::size_t end = following.found() ? following.begin : part.content.size();
      std::string_view body = part.content.substr(delimiter.next, end - delimiter.next);
      if (following.found())
        body = without_line_end(body);
      else
        note("a multipart without its end");
      if (!trim(body.substr(0, 4096)).empty()) part.children.push_back(read(body, depth + 1, child_type));
      delimiter = following;
    }
  }

  // No boundary parameter that works: the first line that begins like one and occurs again.
  static std::string guess_boundary(std::string_view text) {
    std::size_t at = 0;
    for (int lines = 0; at < text.size() && lines < 200; ++lines) {
      std::string_view line = trim(next_line(text, at));
      if (line.size() < 5 || line.size() > 200 || !line.starts_with("--") || line.find(' ') != line.npos)
        continue;
      if (line.find_first_not_of('-') == line.npos) continue;
      std::size_t peek = at;
      const std::string_view following = peek < text.size() ? next_line(text, peek) : std::string_view();
      if (following.size() > 8 && iequals(following.substr(0, 8), "content-")) return std::string(line);
    }
    return {};
  }

  Tree& tree_;
  PartLimits limits_;
  std::size_t count_ = 0;
};

}  // namespace

Tree read_parts(std::string_view raw, PartLimits limits) {
  Tree tree;
  Reader reader(tree, limits);
  tree.root = reader.read(raw, 0, "text/plain");
  return tree;
}

}  // namespace hejnal::wire

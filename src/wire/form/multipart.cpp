#include "wire/form/multipart.hpp"

#include "base/text.hpp"
#include "wire/mail/part.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kContentTypeMax = 300;

void replace_all(std::string& text, std::string_view what, std::string_view by) {
  for (std::size_t at = text.find(what); at != std::string::npos; at = text.find(what, at + by.size()))
    text.replace(at, what.size(), by);
}

}  // namespace

std::string multipart_entity(std::string_view content_type, std::string_view body) {
  const std::string type = one_line(content_type.substr(0, kContentTypeMax));
  const Parameterized read = parse_parameters(type);
  if (content_type.size() > kContentTypeMax || read.value != "multipart/form-data" ||
      read.get("boundary").empty())
    return {};
  return "Content-Type: " + type + "\r\n\r\n" + std::string(body);
}

std::optional<FormFields> multipart_fields(std::string_view entity) {
  const Tree tree = read_parts(entity, {2, kMultipartPartsMax});
  if (!tree.root.multipart || !tree.notes.empty()) return std::nullopt;
  FormFields out;
  for (const Part& part : tree.root.children) {
    if (part.disposition.value != "form-data") continue;
    bool is_file = false;
    for (const Parameter& parameter : part.disposition.parameters) is_file |= parameter.name == "filename";
    if (is_file || part.multipart) continue;
    std::string text = sanitize_utf8(part.decoded());
    std::erase(text, '\r');  // browsers send CR LF for the end of a line
    out.emplace_back(std::string(part.disposition.get("name")), std::move(text));
  }
  return out;
}

std::string multipart_filename(std::string_view name) {
  std::string out(name);
  replace_all(out, "%22", "\"");
  replace_all(out, "%0D", " ");
  replace_all(out, "%0A", " ");
  return collapse_space(out);
}

}  // namespace hejnal::wire

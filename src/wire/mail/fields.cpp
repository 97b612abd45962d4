#include "wire/mail/fields.hpp"

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

bool is_mbox_line(std::string_view line) {
  return (line.starts_with("From ") || line.starts_with(">From ")) && name_length(line) == 0;
}

}  // namespace

std::string_view next_line(std::string_view text, std::size_t& at) {
  const auto end = text.find('\n', at);
  std::string_view line = text.substr(at, end == text.npos ? text.npos : end - at);
  at = end == text.npos ? text.size() : end + 1;
  while (!line.empty() && line.back() == '\r') line.remove_suffix(1);
  return line;
}

Fields read_fields(std::string_view text) {
  Fields fields;
  fields.all.reserve(24);
  std::size_t at = 0;
  bool any = false;
  while (at < text.size()) {
    const std::size_t begin = at;
    const std::string_view line = next_line(text, at);
    if (trim(line).empty()) {
      std::size_t peek = at;
      const std::string_view following = peek < text.size() ? next_line(text, peek) : std::string_view();
      // Blank lines before the first field, and a line of mere spaces between two fields, end nothing.
      if (!any && begin < 4096 && name_length(following) != 0 && !line.empty()) continue;
      if (!any && begin < 16 && name_length(following) != 0) continue;
      if (any && !line.empty() && name_length(following) != 0) continue;
      fields.size = at;
      return fields;
    }
    if (is_blank(line[0]) && any) {
      if (!fields.cut) {
        Field& last = fields.all.back();
        last.value = text.substr(static_cast<std::size_t>(last.value.data() - text.data()));
        last.value =
            last.value.substr(0, static_cast<std::size_t>(line.data() + line.size() - last.value.data()));
      }
      continue;
    }
    const std::size_t length = name_length(line);
    if (length == 0) {
      if (is_mbox_line(line) && (begin == 0 || fields.all.empty())) continue;
      // Not a field. Where fields go on behind it, it is rubbish between them; otherwise the body began
      // without a blank line.
      std::size_t peek = at;
      const std::string_view following = peek < text.size() ? next_line(text, peek) : std::string_view();
      if (name_length(following) != 0 && !trim(following).empty() && !line.starts_with("--")) continue;
      fields.size = begin;
      return fields;
    }
    any = true;
    if (fields.all.size() >= kMaxFields) {
      fields.cut = true;
      continue;
    }
    const auto colon = line.find(':', length);
    fields.all.push_back({line.substr(0, length), line.substr(colon + 1)});
  }
  fields.size = text.size();
  return fields;
}

std::string unfold(std::string_view value) {
  value = trim(value.substr(0, kMaxValue));
  std::string out;
  out.reserve(value.size());
  for (const char c : value) {
    if (c != '\r' && c != '\n') out += c;
  }
  return out;
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

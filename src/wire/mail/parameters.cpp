#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/header_text.hpp"
#include "wire/mail/transfer.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxParameters = 100;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_attribute(char c) {
  return static_cast<unsigned char>(c) > 32 && c != ';' && c != '=' && c != '"' && c != ',' && c != '(' &&
         c != ')';
}

struct Segment {
  std::string name;  // without the * parts
  unsigned number = 0;
  bool extended = false;   // name*= or name*1*=
  bool continued = false;  // name*0
  std::string value;
};

std::string read_quoted(std::string_view text, std::size_t& at) {
  std::string out;
  ++at;
  while (at < text.size() && text[at] != '"') {
    if (text[at] == '\\' && at + 1 < text.size() && (text[at + 1] == '"' || text[at + 1] == '\\')) ++at;
    out += text[at++];
  }
  if (at < text.size()) ++at;
  return out;
}

// Up to the ";", but not over another "attribute=" behind white space, where the ";" was forgotten.
std::string_view read_token(std::string_view text, std::size_t& at) {
  const std::size_t begin = at;
  std::size_t end = std::min(text.find(';', at), text.size());
  for (std::size_t i = begin; i < end; ++i) {
    if (!is_space(text[i])) continue;
    std::size_t j = i;
    while (j < end && is_space(text[j])) ++j;
    std::size_t k = j;
    while (k < end && is_attribute(text[k])) ++k;
    if (k > j && k < end && text[k] == '=') {
      end = i;
      break;
    }
    i = std::max(i, k == j ? j : k - 1);
  }
  at = end;
  return trim(text.substr(begin, end - begin));
}

Segment make_segment(std::string_view attribute, std::string value) {
  Segment segment;
  if (attribute.ends_with('*')) {
    segment.extended = true;
    attribute.remove_suffix(1);
  }
  if (const auto star = attribute.rfind('*'); star != attribute.npos && star + 1 < attribute.size()) {
    const auto digits = attribute.substr(star + 1);
    const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), segment.number);
    if (error == std::errc() && end == digits.data() + digits.size()) {
      segment.continued = true;
      attribute = attribute.substr(0, star);
    } else {
      segment.number = 0;
    }
  }
  segment.name = to_lower_ascii(attribute);
  segment.value = std::move(value);
  return segment;
}

std::string percent_decode(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '%' && i + 2 < text.size() && hex_value(text[i + 1]) >= 0 && hex_value(text[i + 2]) >= 0) {
      out += static_cast<char>(hex_value(text[i + 1]) * 16 + hex_value(text[i + 2]));
      i += 2;
    } else {
      out += text[i];
    }
  }
  return out;
}

// One parameter out of its segments, which are sorted by number.
std::string join_segments(const std::vector<const Segment*>& segments, std::string_view hint) {
  std::string bytes, charset;
  bool extended = false;
  for (std::size_t i = 0; i < segments.size(); ++i) {
    std::string_view value = segments[i]->value;
    if (!segments[i]->extended) {
      bytes += value;
      continue;
    }
    if (i == 0) {
      const auto first = value.find('\'');
      const auto second = first == value.npos ? value.npos : value.find('\'', first + 1);
      if (second != value.npos) {
        charset = value.substr(0, first);
        value.remove_prefix(second + 1);
      }
    }
    extended = true;
    bytes += percent_decode(value);
  }
  if (!extended) return decode_header_text(bytes, hint);
  return to_utf8(bytes, charset, hint);
}

}  // namespace

std::string_view Parameterized::get(std::string_view name) const {
  for (const auto& parameter : parameters) {
    if (parameter.name == name) return parameter.value;
  }
  return {};
}

Parameterized parse_parameters(std::string_view value, std::string_view hint) {
  Parameterized out;
  std::size_t at = 0;
  while (at < value.size() && is_space(value[at])) ++at;
  const std::size_t begin = at;
  while (at < value.size() && value[at] != ';' && !is_space(value[at]) && value[at] != ',' &&
         value[at] != '"')
    ++at;
  std::string_view first = value.substr(begin, at - begin);
  if (first.find('=') != first.npos) {  // no value at all: parameters begin at once
    first = {};
    at = begin;
  }
  out.value = to_lower_ascii(sanitize_utf8(trim(first)));
  if (at < value.size() && value[at] == ' ' && out.value.ends_with('/')) {  // "text/ plain"
    while (at < value.size() && is_space(value[at])) ++at;
    const std::size_t sub = at;
    while (at < value.size() && is_attribute(value[at])) ++at;
    if (at < value.size() && value[at] == '=') at = sub;
    out.value += to_lower_ascii(sanitize_utf8(value.substr(sub, at - sub)));
  }

  std::vector<Segment> segments;
  while (at < value.size() && segments.size() < kMaxParameters) {
    if (!is_attribute(value[at])) {
      if (value[at] == '(') {  // a comment
        const auto close = value.find(')', at);
        at = close == value.npos ? value.size() : close + 1;
      } else {
        ++at;
      }
      continue;
    }
    const std::size_t name_begin = at;
    while (at < value.size() && is_attribute(value[at])) ++at;
    const std::string_view attribute = value.substr(name_begin, at - name_begin);
    while (at < value.size() && is_space(value[at])) ++at;
    if (at >= value.size() || value[at] != '=') continue;
    ++at;
    while (at < value.size() && is_space(value[at])) ++at;
    std::string content;
    if (at < value.size() && value[at] == '"') {
      content = read_quoted(value, at);
    } else {
      content = read_token(value, at);
    }
    segments.push_back(make_segment(attribute, std::move(content)));
  }

  for (const auto& segment : segments) {
    const bool seen = std::any_of(out.parameters.begin(), out.parameters.end(),
                                  [&](const Parameter& p) { return p.name == segment.name; });
    if (seen) continue;
    std::vector<const Segment*> own;
    const bool extended = std::any_of(segments.begin(), segments.end(), [&](const Segment& s) {
      return s.name == segment.name && (s.extended || s.continued);
    });
    for (const auto& other : segments) {
      if (other.name == segment.name && (!extended || other.extended || other.continued))
        own.push_back(&other);
    }
    if (!own.front()->continued) own.resize(1);
    std::stable_sort(own.begin(), own.end(),
                     [](const Segment* a, const Segment* b) { return a->number < b->number; });
    own.erase(std::unique(own.begin(), own.end(),
                          [](const Segment* a, const Segment* b) { return a->number == b->number; }),
              own.end());
    out.parameters.push_back({sanitize_utf8(segment.name), join_segments(own, hint)});
  }
  return out;
}

}  // namespace hejnal::wire

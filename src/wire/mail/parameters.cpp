#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/gmime.hpp"
#include "wire/mail/header_text.hpp"

namespace hejnal::wire {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
bool is_attribute(char c) {
  return static_cast<unsigned char>(c) > 32 && c != ';' && c != '=' && c != '"' && c != ',' && c != '(' &&
         c != ')';
}

std::size_t skip_space(std::string_view text, std::size_t at) {
  while (at < text.size() && is_space(text[at])) ++at;
  return at;
}

// "attribute="
bool begins_parameter(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && is_attribute(text[at])) ++at;
  const std::size_t equals = skip_space(text, at);
  return at > 0 && equals < text.size() && text[equals] == '=';
}

// What GMime would misread: a forgotten ";" ("name=a.pdf charset=x" is one value to it), a piece that is no
// parameter (it stops there), a quote that is never closed, and the charset of an extended value (RFC 2231),
// which it would hand to the C library as it stands.
std::string mend(std::string_view text) {
  std::string out;
  bool quoted = false, start = true;
  for (std::size_t at = 0; at < text.size();) {
    if (start && !quoted) {
      at = skip_space(text, at);
      if (!begins_parameter(text.substr(at))) {
        at = std::min(text.find(';', at), text.size() - 1) + 1;
        continue;
      }
      start = false;
    }
    const char c = text[at];
    if (c == '\\' && quoted && at + 1 < text.size()) {
      out += text[at++];
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == ';' && !quoted) {
      start = true;
    } else if (is_space(c) && !quoted) {
      const std::size_t next = skip_space(text, at);
      start =
          out.back() != '=' && next < text.size() && text[next] != '=' && begins_parameter(text.substr(next));
      out += start ? ';' : ' ';
      at = next;
      continue;
    } else if (c == '=' && !quoted && out.ends_with('*')) {
      const std::size_t begin = at + (text.substr(at).starts_with("=\"") ? 2 : 1);
      const std::size_t end = text.find('\'', begin);
      if (end != text.npos && end - begin < 80 && text.substr(begin, end - begin).find(';') == text.npos) {
        const char* charset = charset_name(text.substr(begin, end - begin));
        quoted = begin > at + 1;
        out += text.substr(at, begin - at);
        out += charset == nullptr || *charset == '\0' ? "utf-8" : charset;
        at = end;
        continue;
      }
    }
    out += text[at++];
  }
  if (quoted) out += '"';
  return out;
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
  at = skip_space(value, at);
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

  at = skip_space(value, at);
  if (at == value.size()) return out;
  const std::string mended = mend(decode_words_inside(value.substr(at), hint));
  const Owned<GMimeParamList> list(g_mime_param_list_parse(mail_options(), mended.c_str()));
  std::vector<bool> extended;
  for (int i = 0; i < g_mime_param_list_length(list.get()); ++i) {
    GMimeParam* param = g_mime_param_list_get_parameter_at(list.get(), i);
    const char* text = g_mime_param_get_value(param);
    Parameter made{to_lower_ascii(sanitize_utf8(g_mime_param_get_name(param))),
                   to_utf8(text == nullptr ? "" : text, {}, hint)};
    const bool better = g_mime_param_get_encoding_method(param) == GMIME_PARAM_ENCODING_METHOD_RFC2231;
    const auto same = std::find_if(out.parameters.begin(), out.parameters.end(),
                                   [&](const Parameter& p) { return p.name == made.name; });
    if (same == out.parameters.end()) {
      out.parameters.push_back(std::move(made));
      extended.push_back(better);
    } else if (const auto index = static_cast<std::size_t>(same - out.parameters.begin());
               better && !extended[index]) {
      *same = std::move(made);  // name*= beside name=, for programs that do not know it
      extended[index] = true;
    }
  }
  return out;
}

}  // namespace hejnal::wire

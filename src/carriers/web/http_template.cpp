#include "carriers/web/http_template.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "json/value.hpp"
#include "wire/form/form.hpp"

namespace hejnal::carriers {

namespace {

using Escape = std::string (*)(std::string_view);

std::string for_json(std::string_view text) {
  const std::string quoted = json::dump(json::Value(std::string(text)));
  return quoted.substr(1, quoted.size() - 2);  // the template has the quotation marks
}
std::string as_it_is(std::string_view text) { return std::string(text); }
std::string for_header(std::string_view text) {
  std::string out(text);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return c == '\r' || c == '\n'; }, ' ');
  return out;
}

Escape for_body_of(std::string_view content_type) {
  const std::string type = to_lower_ascii(content_type);
  if (type.find("x-www-form-urlencoded") != std::string::npos) return wire::percent_encode;
  return type.find("json") != std::string::npos ? for_json : as_it_is;
}

std::string filled(std::string_view pattern, HttpValues values, Escape escape) {
  std::string out;
  while (!pattern.empty()) {
    const auto found = std::find_if(values.begin(), values.end(),
                                    [&](const auto& one) { return pattern.starts_with(one.first); });
    if (found == values.end()) {
      out += pattern.front();
      pattern.remove_prefix(1);
    } else {
      out += escape(found->second);
      pattern.remove_prefix(found->first.size());
    }
  }
  return out;
}

}  // namespace

ports::HttpCall fill_call(const HttpTemplate& pattern, HttpValues values) {
  ports::HttpCall call;
  call.method = !pattern.method.empty() ? pattern.method : pattern.body.empty() ? "GET" : "POST";
  call.url = filled(pattern.url, values, wire::percent_encode);
  Escape escape = wire::percent_encode;
  for (const std::string& line : pattern.headers) {
    const auto colon = line.find(':');
    const std::string_view told =
        colon == std::string::npos ? std::string_view() : trim(std::string_view(line).substr(colon + 1));
    const std::string key(trim(std::string_view(line).substr(0, colon)));
    const std::string value = filled(told, values, for_header);
    if (iequals(key, "content-type")) escape = for_body_of(value);
    call.headers.emplace_back(key, value);
  }
  call.body = filled(pattern.body, values, escape);
  return call;
}

}  // namespace hejnal::carriers

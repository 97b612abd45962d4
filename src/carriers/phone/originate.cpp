#include "carriers/phone/originate.hpp"

#include <algorithm>
#include <array>

#include "base/text.hpp"
#include "json/value.hpp"
#include "wire/form/form.hpp"

namespace hejnal::carriers::phone {

namespace {

constexpr Duration kPatience = 10s;

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

using Values = std::array<std::pair<std::string_view, std::string>, 7>;

std::string filled(std::string_view pattern, const Values& values, Escape escape) {
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

std::string digits_of(std::string_view number) {
  return std::string(number.substr(number.starts_with('+') ? 1 : 0));
}

}  // namespace

ports::HttpCall originate(const OriginateSettings& settings, const std::string& agent, const std::string& to,
                          std::int64_t callback) {
  const Values values = {{{"{agent}", agent},
                          {"{agent_digits}", digits_of(agent)},
                          {"{to}", to},
                          {"{to_digits}", digits_of(to)},
                          {"{id}", std::to_string(callback)},
                          {"{user}", settings.user},
                          {"{password}", settings.password}}};
  ports::HttpCall call;
  call.method = !settings.method.empty() ? settings.method : settings.body.empty() ? "GET" : "POST";
  call.timeout = kPatience;
  call.url = filled(settings.url, values, wire::percent_encode);
  Escape escape = wire::percent_encode;  // without a Content-Type a body goes as a form
  for (const std::string& line : settings.headers) {
    const auto colon = line.find(':');
    const std::string key(trim(std::string_view(line).substr(0, colon)));
    const std::string value =
        colon == std::string::npos
            ? ""
            : filled(trim(std::string_view(line).substr(colon + 1)), values, for_header);
    if (iequals(key, "content-type")) {
      const std::string type = to_lower_ascii(value);
      escape = type.find("json") != std::string::npos                    ? for_json
               : type.find("x-www-form-urlencoded") != std::string::npos ? wire::percent_encode
                                                                         : as_it_is;
    }
    call.headers.emplace_back(key, value);
  }
  call.body = filled(settings.body, values, escape);
  return call;
}

Status originated(const ports::HttpAnswer& answer) {
  if (answer.status >= 200 && answer.status < 300) return {};
  if (answer.status == 0) {
    return fail(Fault::retry_later, "the exchange did not answer{}: {}",
                answer.may_have_left ? ", it may ring all the same" : "",
                one_line(sanitize_utf8(answer.error)));
  }
  return fail(Fault::retry_later, "the exchange says {}: {}", answer.status,
              one_line(truncate_utf8(sanitize_utf8(answer.body), 200)));
}

}  // namespace hejnal::carriers::phone

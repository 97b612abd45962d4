#include "carriers/phone/originate.hpp"

#include <array>

#include "base/text.hpp"
#include "carriers/web/http_template.hpp"

namespace hejnal::carriers::phone {

namespace {

constexpr Duration kPatience = 10s;

std::string digits_of(std::string_view number) {
  return std::string(number.substr(number.starts_with('+') ? 1 : 0));
}

}  // namespace

ports::HttpCall originate(const OriginateSettings& settings, const std::string& agent, const std::string& to,
                          std::int64_t callback) {
  const std::string agent_digits = digits_of(agent), to_digits = digits_of(to), id = std::to_string(callback);
  const std::array<std::pair<std::string_view, std::string_view>, 7> values = {
      {{"{agent}", agent},
       {"{agent_digits}", agent_digits},
       {"{to}", to},
       {"{to_digits}", to_digits},
       {"{id}", id},
       {"{user}", settings.user},
       {"{password}", settings.password}}};
  ports::HttpCall call = fill_call({settings.method, settings.url, settings.headers, settings.body}, values);
  call.timeout = kPatience;
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

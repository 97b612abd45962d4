#include "carriers/sms/gateway.hpp"

#include <fmt/core.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/sms/detail.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::carriers {

namespace sms {

std::optional<ports::SmsResult> no_answer(const ports::HttpAnswer& answer) {
  if (answer.status == 0) {
    if (!answer.may_have_left)
      return ports::SmsResult{Outcome::try_later, {}, fmt::format("no connection ({})", answer.error)};
    return ports::SmsResult{Outcome::uncertain, {}, fmt::format("no answer ({})", answer.error)};
  }
  if (answer.status >= 300 && answer.status < 400)
    return ports::SmsResult{Outcome::our_mistake,
                            {},
                            fmt::format("HTTP {}: it leads elsewhere; is the address right?", answer.status)};
  if (answer.status == 408 || answer.status == 429 || answer.status == 503)
    return ports::SmsResult{
        Outcome::try_later, {}, fmt::format("HTTP {}: {}", answer.status, excerpt(answer.body))};
  // A server or a proxy that broke on the way: nobody knows how far it had come.
  if (answer.status >= 500)
    return ports::SmsResult{
        Outcome::uncertain, {}, fmt::format("HTTP {}: {}", answer.status, excerpt(answer.body))};
  return std::nullopt;
}

std::string excerpt(std::string_view body, std::size_t max_bytes) {
  std::string out = collapse_space(sanitize_utf8(body.substr(0, 2 * max_bytes)));
  if (out.empty()) return "an empty answer";
  return out.size() > max_bytes ? truncate_utf8(out, max_bytes) + " …" : out;
}

wire::FormFields fields_of(const ports::Request& request) {
  if (request.method == "POST" &&
      to_lower_ascii(request.header("content-type")).starts_with("application/x-www-form-urlencoded")) {
    return wire::form_decode(request.body);
  }
  return request.query;
}

std::string without_plus(std::string_view number) {
  if (number.starts_with('+')) number.remove_prefix(1);
  return std::string(number);
}

std::string id_of(std::initializer_list<std::string_view> parts) {
  std::string all;
  for (const std::string_view part : parts) all += fmt::format("{}:{}", part.size(), part);
  return sha256_hex(all).substr(0, 24);
}

std::string report_url(const GatewaySettings& settings, std::string_view key) {
  return settings.hook_url.empty() ? std::string() : fmt::format("{}/report?key={}", settings.hook_url, key);
}

HeardSms heard_sms(const GatewaySettings& settings, std::string_view from, std::string_view to,
                   std::string_view text, std::string_view id) {
  HeardSms out;
  out.sms.id = fmt::format("{}:{}", settings.name, sanitize_utf8(id.substr(0, 200)));
  out.sms.from = wire::sms_sender(from, settings.country).text;
  out.sms.text = sanitize_utf8(text);
  std::erase(out.sms.text, '\0');
  out.to = sanitize_utf8(to.substr(0, 40));
  return out;
}

}  // namespace sms

Result<std::unique_ptr<Gateway>> make_gateway(GatewaySettings settings, ports::HttpCaller& http) {
  if (settings.kind == "kannel") return sms::kannel(std::move(settings), http);
  if (settings.kind == "smsapi") return sms::smsapi(std::move(settings), http);
  if (settings.kind == "twilio") return sms::twilio(std::move(settings), http);
  if (settings.kind == "http") return sms::plain_http(std::move(settings), http);
  if (settings.kind == "gammu") return sms::gammu(std::move(settings));
  return fail(Fault::malformed, "there is no kind of gateway \"{}\"", settings.kind);
}

}  // namespace hejnal::carriers

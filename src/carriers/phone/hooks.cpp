#include "carriers/phone/hooks.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/phone/caller.hpp"
#include "json/value.hpp"
#include "wire/form/form.hpp"

namespace hejnal::carriers::phone {

namespace {

constexpr std::size_t kIdMax = 100;

// Who calls, of what an exchange calls it: a number, a SIP or tel address, or a word for "withheld".
std::string caller(std::string_view text, const std::string& country) {
  const bool is_spaced = text.starts_with(' ');  // see number_of_caller
  std::string from = to_lower_ascii(trim(text));
  for (const std::string_view scheme : {"sips:", "sip:", "tel:"}) {
    if (from.starts_with(scheme)) from.erase(0, scheme.size());
  }
  from.erase(std::min(from.find_first_of("@;"), from.size()));
  if (from == "+266696687") return {};  // "ANONYMOUS" on a keypad: Twilio's word for it
  return number_of_caller(is_spaced ? " " + from : from, country);
}

std::string given_by(const std::string& text, const std::string& from) {
  return from.empty() ? no_number(text) : std::string();
}

// What stands in the form of the body, or in the query.
std::string field_of(const ports::Request& request, const wire::FormFields& form, std::string_view name) {
  const std::string_view in_form = wire::field(form, name);
  return std::string(in_form.empty() ? request.parameter(name) : in_form);
}

bool twilio_has_signed(const HookSettings& settings, const ports::Request& request, wire::FormFields form) {
  std::string data = settings.public_url + request.path;
  for (std::size_t i = 0; i < request.query.size(); ++i) {
    const auto& [key, value] = request.query[i];
    data +=
        fmt::format("{}{}={}", i == 0 ? "?" : "&", wire::percent_encode(key), wire::percent_encode(value));
  }
  std::sort(form.begin(), form.end());
  for (const auto& [key, value] : form) data += key + value;
  return equal_constant_time(request.header("x-twilio-signature"),
                             wire::base64(settings.hmac_sha1(settings.twilio_token, data)));
}

std::optional<core::CallResult> result_of(const std::string& word) {
  if (word == "answered" || word == "answer" || word == "completed") return core::CallResult::answered;
  if (word == "rejected" || word == "busy") return core::CallResult::rejected;
  for (const char* missed : {"missed", "noanswer", "no-answer", "cancel", "canceled", "failed", "congestion",
                             "chanunavail", "notanswered"}) {
    if (word == missed) return core::CallResult::missed;
  }
  return std::nullopt;
}

ports::Response twiml(std::string_view inside) {
  return {200,
          "text/xml; charset=utf-8",
          fmt::format("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<Response>{}</Response>\n", inside),
          {}};
}

}  // namespace

Result<HeardCall> hear(const HookSettings& settings, const ports::Request& request) {
  if (request.method != "GET" && request.method != "POST")
    return fail(Fault::malformed, "expected GET or POST");
  std::string_view rest = std::string_view(request.path).substr(std::min(kHooks.size(), request.path.size()));
  HeardCall heard;
  if (rest.ends_with("/event")) {
    heard.asks = false;
    rest.remove_suffix(6);
  }
  wire::FormFields form;
  if (request.method == "POST") form = wire::form_decode(request.body);
  if (rest == "twilio") {
    if (settings.twilio_token.empty()) return fail(Fault::not_found, "there is no such address");
    if (request.method != "POST" || !twilio_has_signed(settings, request, form))
      return fail(Fault::refused, "the signature is wrong");
    heard.format = Format::twiml;
    heard.id = "twilio:" + field_of(request, form, "CallSid");
    heard.from = caller(field_of(request, form, "From"), settings.country);
    heard.given = given_by(field_of(request, form, "From"), heard.from);
    heard.by = "Twilio";
    if (heard.asks) return heard;
    const std::string word = field_of(request, form, "DialCallStatus");
    const auto result = result_of(word);
    if (!result) return fail(Fault::malformed, "DialCallStatus: nobody knows \"{}\"", one_line(word));
    // <Dial> tells "busy" of the telephone that it rang at: the caller was not answered.
    heard.result = *result == core::CallResult::rejected ? core::CallResult::missed : *result;
    return heard;
  }
  if (settings.secret.empty()) return fail(Fault::not_found, "there is no such address");
  if (!equal_constant_time(rest, settings.secret)) return fail(Fault::refused, "the secret is wrong");
  const std::string accept = to_lower_ascii(request.header("accept"));
  const bool wants_json =
      field_of(request, form, "format") == "json" || accept.starts_with("application/json");
  heard.format = wants_json ? Format::json : Format::text;
  const std::string id = field_of(request, form, "id");
  if (id.size() > kIdMax) return fail(Fault::malformed, "id: at most {} bytes", kIdMax);
  if (!id.empty()) heard.id = "pbx:" + sanitize_utf8(one_line(id));
  heard.from = caller(field_of(request, form, "from"), settings.country);
  heard.given = given_by(field_of(request, form, "from"), heard.from);
  heard.by = sanitize_utf8(truncate_utf8(one_line(field_of(request, form, "by")), 60));
  heard.person = heard.by;
  if (heard.by.empty()) heard.by = "the exchange";
  if (heard.asks) return heard;
  const std::string word = to_lower_ascii(field_of(request, form, "result"));
  const auto result = result_of(word);
  if (!result)
    return fail(Fault::malformed, "result: expected answered, missed, busy or rejected, found \"{}\"",
                one_line(truncate_utf8(sanitize_utf8(word), 40)));
  heard.result = *result;
  return heard;
}

ports::Response answer(const HeardCall& heard, const core::CallDecision& decision,
                       const std::string& public_url) {
  switch (heard.format) {
    case Format::twiml:
      // "busy": the other word of <Reject> plays that the number is not in service.
      if (!decision.redirect) return twiml("<Reject reason=\"busy\"/>");
      return twiml(
          fmt::format("<Dial timeout=\"20\" action=\"{}/hooks/call/twilio/event\"><Number>{}</Number></Dial>",
                      escape_html(public_url), escape_html(decision.to)));
    case Format::json:
      return {
          200,
          "application/json",
          json::dump(json::Object{{"answer", decision.redirect ? "dial" : "reject"},
                                  {"to", decision.redirect ? json::Value(decision.to) : json::Value(nullptr)},
                                  {"reason", to_string(decision.reason)},
                                  {"why", decision.why}}),
          {}};
    case Format::text:
      break;
  }
  return {200,
          "text/plain; charset=utf-8",
          decision.redirect ? fmt::format("dial {}", decision.to)
                            : fmt::format("reject {}", to_string(decision.reason)),
          {}};
}

ports::Response thanks(const HeardCall& heard) {
  if (heard.format == Format::twiml) return twiml("");
  if (heard.format == Format::json) return {200, "application/json", "{}", {}};
  return {200, "text/plain; charset=utf-8", "ok", {}};
}

}  // namespace hejnal::carriers::phone

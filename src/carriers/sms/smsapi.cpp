// SMSAPI.pl (smsapi.pl/docs). Each SMS carries its key as `idx`, with check_idx=1: the same one twice is
// refused with error 53, which therefore says that it had been taken. HTTP 200 may hold an error.
//
// Its callbacks bear no signature; the secret stands in their URL. They are repeated until the answer is
// exactly "OK". One call may report on several SMS, as lists separated by commas.
#include <fmt/core.h>

#include "base/text.hpp"
#include "carriers/sms/detail.hpp"
#include "json/value.hpp"

namespace hejnal::carriers::sms {

namespace {

constexpr Duration kExpiryMin = 1h, kExpiryMax = 12h;

std::string text_of(const json::Value& value) {
  if (value.is_string()) return std::string(value.as_string());
  if (value.is_int64()) return std::to_string(value.as_int64());
  return {};
}

const json::Value* member(const json::Value& value, std::string_view name) {
  return value.is_object() ? value.as_object().if_contains(name) : nullptr;
}

ports::SmsResult of_error(std::int64_t code, const std::string& message) {
  const auto with = [&](Outcome outcome, const char* words) {
    return ports::SmsResult{
        outcome, {}, fmt::format("{} (error {}{}{})", words, code, message.empty() ? "" : ": ", message)};
  };
  switch (code) {
    case 53:
      return with(Outcome::handed_over, "it had been taken before");
    case 11:
      return with(Outcome::refused, "the text is empty or too long");
    case 12:
      return with(Outcome::refused, "the text has too many parts");
    case 13:
      return with(Outcome::refused, "this is no number that SMS can be sent to");
    case 57:
      return with(Outcome::refused, "the number is on a blacklist");
    case 52:
      return with(Outcome::try_later, "too many SMS to one number in a minute");
    case 200:
    case 202:
    case 203:
      return with(Outcome::try_later, "SMSAPI cannot take it now");
    case 201:
    case 999:
      return with(Outcome::uncertain, "an error inside SMSAPI");
    case 14:
      return with(Outcome::our_mistake, "the sender name is not registered");
    case 101:
    case 102:
      return with(Outcome::our_mistake, "the token is wrong");
    case 103:
      return with(Outcome::our_mistake, "the account has no credit");
    case 105:
      return with(Outcome::our_mistake, "our address is not allowed");
    case 110:
      return with(Outcome::our_mistake, "the account may not do this");
    default:
      return with(Outcome::our_mistake, "SMSAPI refuses the call");
  }
}

class Smsapi final : public Gateway {
 public:
  Smsapi(GatewaySettings settings, ports::HttpCaller& http) : settings_(std::move(settings)), http_(http) {}

  const std::string& name() const override { return settings_.name; }
  bool recognises_repeats() const override { return true; }

  void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) override {
    wire::FormFields fields = {
        {"to", without_plus(sms.to)}, {"message", sms.text}, {"format", "json"}, {"encoding", "utf-8"},
        {"max_parts", "10"},          {"idx", sms.key},      {"check_idx", "1"}};
    if (!settings_.from.empty()) fields.emplace_back("from", settings_.from);
    if (sms.to_desk) fields.emplace_back("fast", "1");
    // A date that it does not like would keep the SMS from leaving (error 54), so none that is very near, and
    // none that says little.
    if (sms.valid_for > 0ms && sms.valid_for <= kExpiryMax) {
      const Instant until = sms.useful_until + std::max(kExpiryMin - sms.valid_for, Duration(0));
      fields.emplace_back("expiration_date", std::to_string(until.ms / 1000));
    }
    if (!settings_.hook_url.empty()) fields.emplace_back("notify_url", settings_.hook_url + "/report");
    ports::HttpCall call;
    call.method = "POST";
    call.url = settings_.url.empty() ? "https://api.smsapi.pl/sms.do" : settings_.url;
    call.headers = {{"Authorization", "Bearer " + settings_.password},
                    {"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = wire::form_encode(fields);
    call.timeout = settings_.timeout;
    http_.call(std::move(call),
               [done = std::move(done)](const ports::HttpAnswer& answer) { done(read(answer)); });
  }

  bool can_be_asked() const override { return true; }

  void ask(const std::string& id, std::function<void(ports::SmsReport)> done) override {
    ports::HttpCall call;
    call.url = settings_.url.empty() ? "https://api.smsapi.pl/sms.do" : settings_.url;
    call.url += (call.url.find('?') == std::string::npos ? "?" : "&") +
                wire::form_encode({{"status", id}, {"format", "json"}});
    call.headers = {{"Authorization", "Bearer " + settings_.password}};
    call.timeout = settings_.timeout;
    http_.call(std::move(call), [done = std::move(done)](const ports::HttpAnswer& answer) {
      ports::SmsReport report;
      const auto parsed = json::parse(answer.body);
      const json::Value* list = parsed && !answer.cut ? member(*parsed, "list") : nullptr;
      if (answer.status != 200 || !list || !list->is_array() || list->as_array().empty()) {
        report.text =
            "not an answer of SMSAPI: " + (answer.status == 0 ? answer.error : excerpt(answer.body));
        return done(std::move(report));
      }
      const json::Value* state = member(list->as_array().front(), "status");
      report.text = state ? sanitize_utf8(text_of(*state).substr(0, 40)) : "no state";
      const std::string code = code_of(report.text);
      if (code == "404") report.state = core::NoticeState::delivered;
      if (const char* why = failure(code)) {
        report.state = core::NoticeState::failed;
        report.text = fmt::format("{} ({})", why, report.text);
      }
      done(std::move(report));
    });
  }

  Result<Heard> hear(const ports::Request& request, std::string_view what) override {
    Heard heard;
    heard.answer.body = "OK";
    const wire::FormFields fields = fields_of(request);
    const auto value = [&](std::string_view name) { return wire::field(fields, name); };
    if (what == "report") return reports(fields, std::move(heard));
    const std::string_view from = value("sms_from"), text = value("sms_text");
    if (from.empty()) return fail(Fault::malformed, "there is no sms_from");
    const std::string_view id = value("MsgId");
    heard.messages.push_back(
        heard_sms(settings_, from, value("sms_to"), text,
                  id.empty() ? id_of({from, value("sms_to"), value("sms_date"), text}) : std::string(id)));
    return heard;
  }

 private:
  static ports::SmsResult read(const ports::HttpAnswer& answer) {
    const auto parsed = json::parse(answer.body);
    if (!parsed || !parsed->is_object() || answer.cut) {
      if (auto none = no_answer(answer)) return *none;
      if (answer.status == 401 || answer.status == 403)
        return {Outcome::our_mistake, {}, fmt::format("HTTP {}: the token is wrong", answer.status)};
      if (answer.status >= 400)
        return {Outcome::our_mistake, {}, fmt::format("HTTP {}: {}", answer.status, excerpt(answer.body))};
      // A page, or half an answer: what became of the SMS is not said. Asking again with the same idx tells.
      return {Outcome::uncertain, {}, "not an answer of SMSAPI: " + excerpt(answer.body)};
    }
    const json::Value* error = member(*parsed, "error");
    const json::Value* list = member(*parsed, "list");
    if (list && list->is_array() && !list->as_array().empty()) {
      const json::Value& one = list->as_array().front();
      const json::Value* failed = member(one, "error");
      if (failed && failed->is_int64() && failed->as_int64() != 0) return of_error(failed->as_int64(), {});
      const json::Value* id = member(one, "id");
      if (id && !text_of(*id).empty()) return {Outcome::handed_over, text_of(*id), {}};
    }
    if (error && error->is_int64()) {
      const json::Value* message = member(*parsed, "message");
      return of_error(error->as_int64(), message ? text_of(*message) : std::string());
    }
    return {Outcome::uncertain, {}, "an answer without an id: " + excerpt(answer.body)};
  }

  static Result<Heard> reports(const wire::FormFields& fields, Heard heard) {
    const auto keys = split(wire::field(fields, "idx"), ',');
    const auto states = split(wire::field(fields, "status"), ',');
    const auto names = split(wire::field(fields, "status_name"), ',');
    if (keys.size() != states.size())
      return fail(Fault::malformed, "idx has {} values and status {}", keys.size(), states.size());
    for (std::size_t i = 0; i < keys.size() && i < 1000; ++i) {
      if (keys[i].empty()) continue;  // not one of ours
      ports::SmsReport report;
      report.key = keys[i];
      if (states[i] == "404") {
        report.state = core::NoticeState::delivered;
      } else if (const char* why = failure(states[i])) {
        report.state = core::NoticeState::failed;
        report.text = fmt::format("{} ({}{}{})", why, states[i], names.size() == keys.size() ? " " : "",
                                  names.size() == keys.size() ? names[i] : "");
      } else if (states[i] != "401" && states[i] != "403" && states[i] != "408" && states[i] != "409" &&
                 states[i] != "410" && states[i] != "411") {
        return fail(Fault::malformed, "status: {} is none that we know",
                    sanitize_utf8(states[i].substr(0, 20)));
      }
      heard.reports.push_back(std::move(report));
    }
    return heard;
  }

  // Asked, it tells the name of a state, at times cut short; reports tell its number.
  static std::string code_of(const std::string& state) {
    static constexpr std::pair<std::string_view, const char*> kNames[] = {
        {"EXPIRED", "402"}, {"DELIVERED", "404"}, {"UNDELIV", "405"},
        {"FAILED", "406"},  {"REJECT", "407"},    {"STOP", "412"}};
    for (const auto& [name, code] : kNames) {
      if (state.starts_with(name)) return code;
    }
    return state;
  }

  static const char* failure(std::string_view state) {
    if (state == "402") return "the telephone was not reached in time";
    if (state == "405") return "it could not be delivered";
    if (state == "406") return "it failed";
    if (state == "407") return "the operator has rejected it";
    if (state == "412") return "it was stopped";
    return nullptr;
  }

  const GatewaySettings settings_;
  ports::HttpCaller& http_;
};

}  // namespace

std::unique_ptr<Gateway> smsapi(GatewaySettings settings, ports::HttpCaller& http) {
  return std::make_unique<Smsapi>(std::move(settings), http);
}

}  // namespace hejnal::carriers::sms

// Twilio (twilio.com/docs/messaging). There is no idempotency key: when an earlier attempt may have left, the
// messages to that number are listed first, and one with the same text since then is ours.
//
// Its calls are signed over the URL exactly as Twilio knows it, with every parameter of the form
// (X-Twilio-Signature); a proxy in between changes nothing, because the URL is made of our own public
// address.
#include <fmt/core.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/sms/detail.hpp"
#include "json/value.hpp"
#include "wire/mail/address.hpp"

namespace hejnal::carriers::sms {

namespace {

constexpr Duration kValidityMax = 4h;  // older accounts take no more

std::string text_of(const json::Value& object, std::string_view name) {
  const json::Value* found = object.is_object() ? object.as_object().if_contains(name) : nullptr;
  if (!found) return {};
  if (found->is_string()) return std::string(found->as_string());
  return found->is_int64() ? std::to_string(found->as_int64()) : std::string();
}

// Words for the codes that people meet.
std::string words_of(std::string_view code) {
  static constexpr std::pair<std::string_view, const char*> kWords[] = {
      {"21211", "this is no telephone number"},
      {"21408", "the account may not send to this country"},
      {"21610", "the recipient has opted out (STOP)"},
      {"21614", "this is no mobile number"},
      {"30001", "too many messages wait at Twilio"},
      {"30002", "the account is suspended"},
      {"30003", "the telephone cannot be reached"},
      {"30004", "the message was blocked"},
      {"30005", "the number is unknown or out of use"},
      {"30006", "a landline, or an operator that cannot be reached"},
      {"30007", "the operator took it for spam"},
      {"30036", "the telephone was not reached in time"},
      {"30008", "it was lost, Twilio does not know why"},
  };
  for (const auto& [known, words] : kWords) {
    if (code == known) return fmt::format("{} ({})", words, code);
  }
  return code.empty() ? "" : fmt::format("error {}", code);
}

class Twilio final : public Gateway {
 public:
  Twilio(GatewaySettings settings, ports::HttpCaller& http) : settings_(std::move(settings)), http_(http) {
    if (settings_.url.empty()) settings_.url = "https://api.twilio.com";
    while (settings_.url.ends_with('/')) settings_.url.pop_back();
    authorization_ = "Basic " + wire::base64(settings_.user + ":" + settings_.password);
  }

  const std::string& name() const override { return settings_.name; }
  bool recognises_repeats() const override { return true; }
  bool signs() const override { return true; }

  void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) override {
    if (!sms.again) return submit(sms, std::move(done));
    ports::HttpCall call;
    wire::FormFields query = {{"To", sms.to}, {"PageSize", "100"}};
    if (sms.since.ms > 0) query.emplace_back("DateSent>", format_rfc3339(sms.since - 24h).substr(0, 10));
    call.url = messages() + "?" + wire::form_encode(query);
    call.headers = {{"Authorization", authorization_}};
    call.timeout = settings_.timeout;
    http_.call(std::move(call), [this, sms, done = std::move(done)](const ports::HttpAnswer& answer) mutable {
      const auto parsed = json::parse(answer.body);
      const json::Value* list = parsed && parsed->is_object() && !answer.cut
                                    ? parsed->as_object().if_contains("messages")
                                    : nullptr;
      if (answer.status != 200 || !list || !list->is_array()) {
        return done({Outcome::uncertain,
                     {},
                     fmt::format("whether it had been sent could not be looked up: {}",
                                 answer.status == 0 ? answer.error : excerpt(answer.body))});
      }
      for (const json::Value& one : list->as_array()) {
        if (text_of(one, "to") != sms.to || text_of(one, "body") != sms.text) continue;
        if (text_of(one, "direction") == "inbound") continue;
        const auto created = wire::parse_mail_date(text_of(one, "date_created"));
        if (created && *created < sms.since - 5min) continue;  // an earlier SMS with the same words
        return done({Outcome::handed_over, text_of(one, "sid"), "it had been taken before"});
      }
      submit(sms, std::move(done));
    });
  }

  bool can_be_asked() const override { return true; }

  void ask(const std::string& id, std::function<void(ports::SmsReport)> done) override {
    ports::HttpCall call;
    call.url = fmt::format("{}/2010-04-01/Accounts/{}/Messages/{}.json", settings_.url,
                           wire::percent_encode(settings_.user), wire::percent_encode(id));
    call.headers = {{"Authorization", authorization_}};
    call.timeout = settings_.timeout;
    http_.call(std::move(call), [done = std::move(done)](const ports::HttpAnswer& answer) {
      const auto parsed = json::parse(answer.body);
      const bool whole = answer.status == 200 && !answer.cut && parsed && parsed->is_object();
      const std::string state = whole ? text_of(*parsed, "status") : std::string();
      if (!state.empty()) return done(report_of(state, text_of(*parsed, "error_code")));
      ports::SmsReport report;
      report.text = "not an answer of Twilio: " + (answer.status == 0 ? answer.error : excerpt(answer.body));
      done(std::move(report));
    });
  }

  Result<Heard> hear(const ports::Request& request, std::string_view what) override {
    if (!is_signed(request)) return fail(Fault::refused, "the signature is wrong or missing");
    const wire::FormFields fields = fields_of(request);
    const auto value = [&](std::string_view name) { return wire::field(fields, name); };
    if (value("AccountSid") != settings_.user) return fail(Fault::refused, "this is another account");
    Heard heard;
    if (what == "report") {
      heard.answer.status = 204;
      const std::string_view state = value("MessageStatus");
      ports::SmsReport report = report_of(state, value("ErrorCode"));
      report.key = request.parameter("key");
      if (report.key.empty() || state.empty())
        return fail(Fault::malformed, "expected key and MessageStatus");
      heard.reports.push_back(std::move(report));
      return heard;
    }
    if (value("From").empty() || value("MessageSid").empty())
      return fail(Fault::malformed, "expected From and MessageSid");
    heard.answer = {200, "text/xml", "<Response/>", {}};
    std::string text(value("Body"));
    for (int i = 0; i < 10; ++i) {  // pictures of an MMS stay where they are
      const std::string_view media = value(fmt::format("MediaUrl{}", i));
      if (media.empty()) break;
      text += fmt::format("{}{}", text.empty() ? "" : "\n", media);
    }
    heard.messages.push_back(heard_sms(settings_, value("From"), value("To"), text, value("MessageSid")));
    heard.messages.back().sms.answered = !value("OptOutType").empty();
    return heard;
  }

 private:
  static ports::SmsReport report_of(std::string_view state, std::string_view code) {
    ports::SmsReport report;
    report.text = sanitize_utf8(state.substr(0, 40));
    if (state == "delivered" || state == "read") report.state = core::NoticeState::delivered;
    if (state == "undelivered" || state == "failed" || state == "canceled") {
      report.state = core::NoticeState::failed;
      if (const std::string words = words_of(code); !words.empty()) report.text = words;
    }
    return report;
  }

  std::string messages() const {
    return fmt::format("{}/2010-04-01/Accounts/{}/Messages.json", settings_.url,
                       wire::percent_encode(settings_.user));
  }

  void submit(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) {
    wire::FormFields fields = {{"To", sms.to}, {"Body", sms.text}};
    fields.emplace_back(settings_.from.starts_with("MG") ? "MessagingServiceSid" : "From", settings_.from);
    if (const std::string report = report_url(settings_, sms.key); !report.empty())
      fields.emplace_back("StatusCallback", report);
    if (sms.valid_for > 0ms)
      fields.emplace_back("ValidityPeriod",
                          std::to_string(std::min(sms.valid_for, kValidityMax).count() / 1000));
    ports::HttpCall call;
    call.method = "POST";
    call.url = messages();
    call.headers = {{"Authorization", authorization_}, {"Content-Type", "application/x-www-form-urlencoded"}};
    call.body = wire::form_encode(fields);
    call.timeout = settings_.timeout;
    http_.call(std::move(call),
               [done = std::move(done)](const ports::HttpAnswer& answer) { done(read(answer)); });
  }

  static ports::SmsResult read(const ports::HttpAnswer& answer) {
    const auto parsed = json::parse(answer.body);
    const bool whole = parsed && parsed->is_object() && !answer.cut;
    if (whole && (answer.status == 200 || answer.status == 201)) {
      const std::string id = text_of(*parsed, "sid");
      if (!id.empty()) return {Outcome::handed_over, id, {}};
    }
    if (auto none = no_answer(answer)) return *none;
    const std::string code = whole ? text_of(*parsed, "code") : std::string();
    std::string words = words_of(code);
    if (words.empty()) words = fmt::format("HTTP {}: {}", answer.status, excerpt(answer.body));
    if (code == "21211" || code == "21614" || code == "21610") return {Outcome::refused, {}, words};
    if (code == "20429" || code == "30001") return {Outcome::try_later, {}, words};
    if (answer.status == 401 || answer.status == 403)
      return {Outcome::our_mistake, {}, "Twilio does not know this account or its token: " + words};
    if (answer.status >= 400) {
      const std::string message = whole ? text_of(*parsed, "message") : std::string();
      return {Outcome::our_mistake, {}, message.empty() ? words : fmt::format("{}: {}", words, message)};
    }
    return {Outcome::uncertain, {}, "not an answer of Twilio: " + excerpt(answer.body)};
  }

  bool is_signed(const ports::Request& request) const {
    std::string data = settings_.hook_url.substr(0, settings_.hook_url.find("/hooks/sms/")) + request.path;
    for (std::size_t i = 0; i < request.query.size(); ++i) {
      const auto& [key, value] = request.query[i];
      data +=
          fmt::format("{}{}={}", i == 0 ? "?" : "&", wire::percent_encode(key), wire::percent_encode(value));
    }
    const std::string_view body_hash = request.parameter("bodySHA256");
    if (!body_hash.empty()) {
      if (!equal_constant_time(to_lower_ascii(body_hash), sha256_hex(request.body))) return false;
    } else if (request.method == "POST") {
      wire::FormFields fields = wire::form_decode(request.body);
      std::sort(fields.begin(), fields.end());
      for (const auto& [key, value] : fields) data += key + value;
    }
    return equal_constant_time(request.header("x-twilio-signature"),
                               wire::base64(settings_.hmac_sha1(settings_.password, data)));
  }

  GatewaySettings settings_;
  ports::HttpCaller& http_;
  std::string authorization_;
};

}  // namespace

std::unique_ptr<Gateway> twilio(GatewaySettings settings, ports::HttpCaller& http) {
  return std::make_unique<Twilio>(std::move(settings), http);
}

}  // namespace hejnal::carriers::sms

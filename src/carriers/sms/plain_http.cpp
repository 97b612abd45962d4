// Any gateway that takes an SMS by one HTTP call, described by the configuration: a URL, headers and a body
// in which {to} {number} {text} {id} {from} {user} {password} {valid_s} are filled in. What it says is read
// as far as HTTP says it; what a success is may be told by words that the answer holds.
#include <fmt/core.h>

#include <array>

#include "base/text.hpp"
#include "carriers/sms/detail.hpp"
#include "carriers/web/http_template.hpp"
#include "json/value.hpp"

namespace hejnal::carriers::sms {

namespace {

class PlainHttp final : public Gateway {
 public:
  PlainHttp(GatewaySettings settings, ports::HttpCaller& http)
      : settings_(std::move(settings)), http_(http) {}

  const std::string& name() const override { return settings_.name; }
  bool recognises_repeats() const override { return false; }

  void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) override {
    const std::string number = without_plus(sms.to);
    const std::string valid_s = std::to_string((sms.valid_for > 0ms ? sms.valid_for : Duration(24h)) / 1s);
    const std::array<std::pair<std::string_view, std::string_view>, 8> values = {
        {{"{valid_s}", valid_s},
         {"{to}", sms.to},
         {"{number}", number},
         {"{text}", sms.text},
         {"{id}", sms.key},
         {"{from}", settings_.from},
         {"{user}", settings_.user},
         {"{password}", settings_.password}}};
    ports::HttpCall call =
        fill_call({settings_.method, settings_.url, settings_.headers, settings_.body}, values);
    call.timeout = settings_.timeout;
    http_.call(std::move(call),
               [this, done = std::move(done)](const ports::HttpAnswer& answer) { done(read(answer)); });
  }

  Result<Heard> hear(const ports::Request& request, std::string_view what) override {
    wire::FormFields fields = fields_of(request);
    if (request.header("content-type").find("json") != std::string_view::npos) {
      HEJNAL_TRY(const json::Value body, json::parse(request.body));
      if (!body.is_object()) return fail(Fault::malformed, "expected a JSON object");
      for (const auto& [key, value] : body.as_object()) {
        if (value.is_string()) fields.emplace_back(std::string(key), std::string(value.as_string()));
        if (value.is_int64()) fields.emplace_back(std::string(key), std::to_string(value.as_int64()));
      }
    }
    const auto first = [&](std::initializer_list<std::string_view> names) -> std::string_view {
      for (const std::string_view one : names) {
        if (const auto found = wire::field(fields, one); !found.empty()) return found;
      }
      return {};
    };
    Heard heard;
    if (what == "report") {
      ports::SmsReport report;
      report.key = !request.parameter("key").empty() ? request.parameter("key") : first({"key", "id"});
      const std::string state = to_lower_ascii(first({"status", "state"}));
      if (report.key.empty() || state.empty()) return fail(Fault::malformed, "expected key and status");
      if (state == "delivered") report.state = core::NoticeState::delivered;
      if (state == "failed" || state == "undelivered" || state == "rejected" || state == "expired") {
        report.state = core::NoticeState::failed;
        report.text = fmt::format("the gateway says: {}", excerpt(state));
      }
      heard.reports.push_back(std::move(report));
      return heard;
    }
    const std::string_view from = first({"from", "sender", "msisdn", "number"});
    const std::string_view to = first({"to", "recipient"}),
                           text = first({"text", "message", "body", "content"});
    const std::string_view id = first({"id", "message_id", "messageId"});
    if (from.empty()) return fail(Fault::malformed, "expected a field named from, sender, msisdn or number");
    const std::string_view when = first({"timestamp", "date", "time"});
    // Without an id and a time the same words may well be two SMS: none is dropped.
    std::string known =
        id.empty() ? (when.empty() ? std::string() : id_of({from, to, text, when})) : std::string(id);
    HeardSms one = heard_sms(settings_, from, to, text, known);
    if (known.empty()) one.sms.id.clear();
    heard.messages.push_back(std::move(one));
    return heard;
  }

 private:
  ports::SmsResult read(const ports::HttpAnswer& answer) const {
    const std::string words = excerpt(answer.body);
    const bool good = answer.status >= 200 && answer.status < 300;
    if (good && answer.cut) return {Outcome::uncertain, {}, fmt::format("half an answer: {}", words)};
    if (good && !settings_.success.empty()) {
      if (answer.body.find(settings_.success) != std::string::npos) return {Outcome::handed_over, {}, words};
      return {Outcome::our_mistake,
              {},
              fmt::format("its answer does not hold \"{}\": {}", settings_.success, words)};
    }
    if (good) return {Outcome::handed_over, {}, words};
    if (auto none = no_answer(answer)) return *none;
    const std::string with_code = fmt::format("HTTP {}: {}", answer.status, words);
    if (answer.status == 400 || answer.status == 422) return {Outcome::refused, {}, with_code};
    return {Outcome::our_mistake, {}, with_code};
  }

  GatewaySettings settings_;
  ports::HttpCaller& http_;
};

}  // namespace

std::unique_ptr<Gateway> plain_http(GatewaySettings settings, ports::HttpCaller& http) {
  return std::make_unique<PlainHttp>(std::move(settings), http);
}

}  // namespace hejnal::carriers::sms

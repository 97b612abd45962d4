// Kannel 1.4.5: smsbox's sendsms, its get-url or post-url, and dlr-url (user guide, chapters 7 and 10).
//
// Kannel has no idempotency key. Delivery reports come in any order: whether the telephone has it (1, 2) is
// never overwritten by what the SMSC says (8, 16, 4); the desk sees to it.
#include <fmt/core.h>

#include "base/text.hpp"
#include "carriers/sms/detail.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::carriers::sms {

namespace {

class Kannel final : public Gateway {
 public:
  Kannel(GatewaySettings settings, ports::HttpCaller& http) : settings_(std::move(settings)), http_(http) {}

  const std::string& name() const override { return settings_.name; }
  bool recognises_repeats() const override { return false; }

  void send(const ports::OutgoingSms& sms, std::function<void(ports::SmsResult)> done) override {
    wire::FormFields fields = {{"username", settings_.user},
                               {"password", settings_.password},
                               {"to", sms.to},
                               {"text", sms.text},
                               {"charset", "UTF-8"},
                               {"coding", wire::sms_size(sms.text).gsm7 ? "0" : "2"}};
    if (!settings_.from.empty()) fields.emplace_back("from", settings_.from);
    if (sms.to_desk) fields.emplace_back("priority", "3");
    if (sms.valid_for > 0ms)  // in minutes
      fields.emplace_back("validity", std::to_string(std::max<std::int64_t>(sms.valid_for / 1min, 1)));
    if (const std::string report = report_url(settings_, sms.key); !report.empty()) {
      fields.emplace_back("dlr-mask", "31");
      fields.emplace_back("dlr-url", report + "&state=%d");
    }
    ports::HttpCall call;
    call.url = settings_.url + (settings_.url.find('?') == std::string::npos ? "?" : "&") +
               wire::form_encode(fields);
    call.timeout = settings_.timeout;
    http_.call(std::move(call),
               [done = std::move(done)](const ports::HttpAnswer& answer) { done(read(answer)); });
  }

  Result<Heard> hear(const ports::Request& request, std::string_view what) override {
    if (what == "report") return report(request);
    Heard heard;  // its answer is empty: any text in it would be sent to the person
    std::string from(request.parameter("from")), to(request.parameter("to")), text, header;
    std::string_view charset = request.parameter("charset");
    if (request.method == "POST") {  // post-url: the text as the body, the rest in headers
      if (from.empty()) from = request.header("x-kannel-from");
      if (to.empty()) to = request.header("x-kannel-to");
      text = request.body;
      const std::string_view type = request.header("content-type");
      if (const auto at = type.find("charset="); at != std::string_view::npos) charset = type.substr(at + 8);
      header = wire::bytes_of_percent(request.header("x-kannel-udh"));
    } else if (request.has_parameter("hex")) {
      if (!wire::bytes_of_hex(request.parameter("hex"), text))
        return fail(Fault::malformed, "hex: expected hexadecimal digits");
    } else {
      text = request.parameter("text");
    }
    if (from.empty()) return fail(Fault::malformed, "there is no sender: the URL needs from=%p");
    text = decoded(text, charset);
    const std::string_view id = request.parameter("id");
    HeardSms sms = heard_sms(settings_, from, to, text,
                             id.empty() ? id_of({from, to, text, request.parameter("ts")}) : std::string(id));
    sms.part = wire::sms_part(header);
    heard.messages.push_back(std::move(sms));
    return heard;
  }

 private:
  static ports::SmsResult read(const ports::HttpAnswer& answer) {
    if (auto none = no_answer(answer)) return *none;
    const std::string words = excerpt(answer.body);
    if (answer.status == 202 && !trim(answer.body).starts_with('<')) return {Outcome::handed_over, {}, words};
    if (answer.status == 403) return {Outcome::our_mistake, {}, "Kannel does not know this user: " + words};
    if (answer.status == 400 && to_lower_ascii(words).find("receiver") != std::string::npos)
      return {Outcome::refused, {}, words};
    if (answer.status >= 400)
      return {Outcome::our_mistake, {}, fmt::format("HTTP {}: {}", answer.status, words)};
    return {Outcome::our_mistake,
            {},
            fmt::format("HTTP {} where Kannel says 202; is the address right? {}", answer.status, words)};
  }

  static Result<Heard> report(const ports::Request& request) {
    Heard heard;
    ports::SmsReport report;
    report.key = request.parameter("key");
    const std::string_view state = request.parameter("state");
    if (report.key.empty() || state.empty()) return fail(Fault::malformed, "expected key and state");
    if (state == "1") {
      report.state = core::NoticeState::delivered;
    } else if (state == "2" || state == "16") {
      report.state = core::NoticeState::failed;
      report.text =
          state == "2" ? "it could not be delivered to the telephone" : "the operator has rejected it";
    } else if (state != "4" && state != "8" && state != "32") {
      return fail(Fault::malformed, "state: expected one of 1, 2, 4, 8, 16");
    }
    heard.reports.push_back(std::move(report));
    return heard;
  }

  // %C says what the text is written in. Kannel itself turns GSM into UTF-8.
  static std::string decoded(const std::string& bytes, std::string_view charset) {
    const std::string name = to_lower_ascii(charset);
    if (name.find("utf-16") != std::string::npos || name.find("ucs-2") != std::string::npos)
      return wire::utf8_of_utf16be(bytes);
    if (is_valid_utf8(bytes)) return bytes;
    if (name.find("1252") == std::string::npos && name.find("8859-1") == std::string::npos)
      return sanitize_utf8(bytes);
    std::string out;
    for (const char c : bytes) append_utf8(out, static_cast<unsigned char>(c));
    return out;
  }

  const GatewaySettings settings_;
  ports::HttpCaller& http_;
};

}  // namespace

std::unique_ptr<Gateway> kannel(GatewaySettings settings, ports::HttpCaller& http) {
  return std::make_unique<Kannel>(std::move(settings), http);
}

}  // namespace hejnal::carriers::sms

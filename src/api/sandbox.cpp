// The sandbox: one plays clients, moves the clock, and sees what reached whom. Only with --sandbox.
#include <fmt/format.h>

#include <future>

#include "api/context.hpp"
#include "base/email_address.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

Status deliver(Context& context, ports::Delivery delivery) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  context.parts.sandbox.intake->accept(std::move(delivery),
                                       [&promise](Status status) { promise.set_value(std::move(status)); });
  return future.get();
}

// What is due by now is handed over before anybody looks.
Status settle(Context& context) { return context.parts.sandbox.advance(0ms); }

}  // namespace

Result<ports::Response> sandbox_token(Context& context) {
  // Not even to somebody who opens the address by hand: it would stay on the screen and in the history.
  const std::string_view site = context.request.header("sec-fetch-site");
  if (!site.empty() && site != "same-origin")
    return problem(403, "Not allowed", "only the sandbox's own page may ask");
  return json_response(json::Object{{"token", context.parts.sandbox.token}});
}

Result<ports::Response> sandbox_email(Context& context) {
  ports::World& world = *context.parts.sandbox.world;
  std::pair<ports::Delivery, std::string> mail;
  const std::string type = to_lower_ascii(context.request.header("content-type"));
  if (type.starts_with("message/rfc822")) {
    if (context.request.body.empty()) return fail(Fault::malformed, "expected a mail as the body");
    mail = world.envelope(context.request.body);
  } else {
    HEJNAL_TRY(Body body, Body::read(context.request));
    ports::ClientEmail email;
    email.from = body.text("from", true, 320);
    email.subject = body.text("subject", false, 2000);
    email.text = body.text("text", false, 1'000'000);
    email.to = body.text("to", false, 320);
    const json::Object* headers = body.object("headers");
    HEJNAL_TRY_VOID(body.finish());
    if (!email_address(email.from))
      return fail(Fault::malformed, "from: expected an address such as anna@klient.example");
    if (headers) {
      for (const auto& h : *headers) {
        if (!h.value().is_string())
          return fail(Fault::malformed, "headers.{}: expected a text", sanitize_utf8(h.key()));
        email.headers.emplace_back(std::string(h.key()), std::string(h.value().as_string()));
      }
    }
    mail = world.write(email, context.parts.clock->now());
  }
  if (!world.is_lost(core::Channel::email)) HEJNAL_TRY_VOID(deliver(context, std::move(mail.first)));
  return json_response(json::Object{{"message_id", mail.second}});
}

Result<ports::Response> sandbox_sms(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  ports::IncomingSms sms;
  sms.from = phone_in(context, body, "from", true);
  sms.text = body.text("text", true, 5000);
  HEJNAL_TRY_VOID(body.finish());
  if (!context.parts.sandbox.world->is_lost(core::Channel::sms)) {
    HEJNAL_TRY_VOID(on_ledger<desk::Filed>(context, [&](desk::Desk& desk) -> Result<desk::Filed> {
      HEJNAL_TRY(const core::ReportId report, context.parts.sent.reporter->take(sms, desk.now()));
      if (report != 0) return desk::Filed{};
      if (context.parts.sent.reporter->is_notice_of_provider(sms))
        return desk.set_aside(sms, reporter::kOfNoReport);
      return desk.receive(sms);
    }));
    context.parts.sent.nudge();
  }
  return json_response(json::Object{});
}

Result<ports::Response> sandbox_call(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string number = phone_in(context, body, "from");  // empty: withheld
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto phoned, on_ledger<desk::Desk::Phoned>(
                                    context, [&](desk::Desk& desk) { return desk.answer_call(number); }));
  const core::CallDecision& decision = phoned.decision;
  const char* const result = decision.redirect ? "redirected" : "rejected";
  context.parts.sandbox.world->add_call({number, result, context.parts.clock->now(), phoned.filed.number});
  return json_response(json::Object{
      {"result", result}, {"to", decision.redirect ? json::Value(decision.to) : json::Value(nullptr)}});
}

Result<ports::Response> sandbox_lose(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const auto channel = core::parse<core::Channel>(body.text("channel", true, 20));
  const std::int64_t next = body.integer("next", true);
  HEJNAL_TRY_VOID(body.finish());
  if (!channel || *channel > core::Channel::sms)
    return fail(Fault::malformed, "channel: expected email or sms");
  if (next < 0 || next > 1000) return fail(Fault::malformed, "next: expected 0 to 1000, found {}", next);
  context.parts.sandbox.world->lose(*channel, static_cast<int>(next));
  return json_response(json::Object{});
}

Result<ports::Response> sandbox_advance(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::int64_t seconds = body.integer("seconds", true);
  HEJNAL_TRY_VOID(body.finish());
  constexpr std::int64_t kTenYears = 10LL * 366 * 86'400;
  if (seconds < 0 || seconds > kTenYears)
    return fail(Fault::malformed, "seconds: expected 0 to {} (ten years), found {}", kTenYears, seconds);
  HEJNAL_TRY_VOID(context.parts.sandbox.advance(std::chrono::seconds(seconds)));
  return json_response(json::Object{{"now", format_rfc3339(context.parts.clock->now())}});
}

Result<ports::Response> sandbox_world(Context& context) {
  HEJNAL_TRY_VOID(settle(context));
  ports::World& world = *context.parts.sandbox.world;
  json::Array emails, sms, calls;
  for (const ports::WorldEmail& e : world.emails()) {
    json::Object headers;
    for (const auto& [name, value] : e.headers) headers[name] = value;
    emails.push_back(json::Object{{"from", e.from},
                                  {"to", e.to},
                                  {"subject", e.subject},
                                  {"text", e.text},
                                  {"headers", std::move(headers)},
                                  {"at", format_rfc3339(e.at)},
                                  {"case", e.number}});
  }
  for (const ports::WorldSms& s : world.sms()) {
    sms.push_back(json::Object{{"from", s.from},
                               {"to", s.to},
                               {"text", s.text},
                               {"segments", s.segments},
                               {"at", format_rfc3339(s.at)},
                               {"case", s.number}});
  }
  for (const ports::WorldCall& c : world.calls()) {
    calls.push_back(json::Object{
        {"from", c.from}, {"result", c.result}, {"at", format_rfc3339(c.at)}, {"case", c.number}});
  }
  return json_response(json::Object{{"now", format_rfc3339(context.parts.clock->now())},
                                    {"emails", std::move(emails)},
                                    {"sms", std::move(sms)},
                                    {"calls", std::move(calls)}});
}

}  // namespace hejnal::api

// What people of the desk do, and reports that come by the API.
#include <algorithm>

#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr Duration kCallToldWithin = 7 * 24h, kClocksDiffer = 1min;

Result<core::CaseNumber> number_of(Context& context) {
  return whole_number(context.segments.at(0), "number");
}

// Does something to a case, if it is still as the caller has seen it: If-Match holds the ETag of that answer,
// which counts the entries of the journal. So two agents who answer at the same time do not both do it, and a
// request that is sent again because its answer was lost does nothing twice. Looked at in the transaction.
template <class T>
Result<std::optional<T>> if_unchanged(Context& context, core::CaseNumber number,
                                      const std::function<Result<T>(desk::Desk&)>& work) {
  const std::string_view wanted = context.request.header("if-match");
  if (wanted.empty() || trim(wanted) == "*") {
    HEJNAL_TRY(T done, on_ledger<T>(context, work));
    return std::optional(std::move(done));
  }
  return on_ledger<std::optional<T>>(context, [&](desk::Desk& desk) -> Result<std::optional<T>> {
    HEJNAL_TRY(const core::Case c, desk.look(number));
    if (trim(wanted) != etag_of(c.entries)) {
      context.audit.reset();  // nothing is done
      return std::optional<T>();
    }
    HEJNAL_TRY(T done, work(desk));
    return std::optional(std::move(done));
  });
}

ports::Response changed_meanwhile(core::CaseNumber number) {
  return problem(412, "Changed meanwhile", fmt::format("case {} is not as it was; read it again", number));
}

Result<ports::Response> act(Context& context, core::AgentActed act) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  act.agent = context.who;
  HEJNAL_TRY(const auto done, if_unchanged<core::Case>(
                                  context, number, [&](desk::Desk& desk) { return desk.act(number, act); }));
  return done ? case_response(context, number) : changed_meanwhile(number);
}

core::AgentActed plain(core::Action action) {
  core::AgentActed act;
  act.action = action;
  return act;
}

Result<ports::Response> act_plain(Context& context, core::Action action) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  return act(context, plain(action));
}

Result<ports::Response> act_with_words(Context& context, core::Action action) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::AgentActed a = plain(action);
  a.text = body.text("text", true);
  for (const std::string& name : body.texts("channels")) {
    const auto channel = core::parse<core::Channel>(name);
    if (!channel || *channel > core::Channel::sms)
      return fail(Fault::malformed, "channels: expected email or sms, found \"{}\"", name);
    if (std::find(a.channels.begin(), a.channels.end(), *channel) != a.channels.end())
      return fail(Fault::malformed, "channels: {} is named twice", name);
    a.channels.push_back(*channel);
  }
  const std::int64_t delay_s = body.integer("delay_s");
  HEJNAL_TRY_VOID(body.finish());
  if (delay_s < 0 || delay_s > 86'400)
    return fail(Fault::malformed, "delay_s: expected 0 to 86400, found {}", delay_s);
  a.delay = std::chrono::seconds(delay_s);
  return act(context, std::move(a));
}

}  // namespace

Result<ports::Response> act_read(Context& c) { return act_plain(c, core::Action::read); }
Result<ports::Response> act_start(Context& c) { return act_plain(c, core::Action::start); }
Result<ports::Response> act_settle(Context& c) { return act_plain(c, core::Action::settle); }
Result<ports::Response> act_reopen(Context& c) { return act_plain(c, core::Action::reopen); }
Result<ports::Response> act_close(Context& c) { return act_plain(c, core::Action::close); }
Result<ports::Response> act_cancel(Context& c) { return act_plain(c, core::Action::cancel); }
Result<ports::Response> act_answer(Context& c) { return act_with_words(c, core::Action::answer); }
Result<ports::Response> act_ask(Context& c) { return act_with_words(c, core::Action::ask); }

Result<ports::Response> act_note(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::AgentActed a = plain(core::Action::note);
  a.text = body.text("text", true);
  HEJNAL_TRY_VOID(body.finish());
  return act(context, std::move(a));
}

// The email that the SMS has announced will not come: said by the client on the telephone, say.
Result<ports::Response> act_no_email(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::AgentActed a = plain(core::Action::no_email);
  a.text = body.line("reason", false, 2000);
  HEJNAL_TRY_VOID(body.finish());
  return act(context, std::move(a));
}

Result<ports::Response> act_reclassify(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::AgentActed a = plain(core::Action::reclassify);
  a.class_name = body.text("class", true);
  a.text = body.line("reason", true, 2000);
  HEJNAL_TRY_VOID(body.finish());
  return act(context, std::move(a));
}

Result<ports::Response> act_link(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::AgentActed a = plain(core::Action::link);
  a.other = body.integer("to", true);
  HEJNAL_TRY_VOID(body.finish());
  return act(context, std::move(a));
}

Result<ports::Response> act_merge(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::CaseNumber into = body.integer("into", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto done, if_unchanged<core::Case>(context, number, [&](desk::Desk& desk) {
               return desk.merge(number, into, context.who);
             }));
  return done ? case_response(context, into) : changed_meanwhile(number);
}

Result<ports::Response> act_split(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::MessageId message = body.integer("message", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto opened, if_unchanged<core::CaseNumber>(context, number, [&](desk::Desk& desk) {
               return desk.split(number, message, context.who);
             }));
  return opened ? case_response(context, *opened, 201) : changed_meanwhile(number);
}

// What matching has done with an SMS is put right in one call, and remembered for its number.
Result<ports::Response> act_join(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::CaseNumber into = body.integer("into", true);
  const bool same_person = body.flag("same_person", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto done, if_unchanged<core::Case>(context, number, [&](desk::Desk& desk) {
               return desk.join(number, into, same_person, context.who);
             }));
  return done ? case_response(context, done->number) : changed_meanwhile(number);
}

Result<ports::Response> act_unjoin(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::MessageId message = body.integer("message", true);
  const bool same_person = body.flag("same_person", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto opened, if_unchanged<core::CaseNumber>(context, number, [&](desk::Desk& desk) {
               return desk.unjoin(number, message, same_person, context.who);
             }));
  return opened ? case_response(context, *opened, 201) : changed_meanwhile(number);
}

Result<ports::Response> act_not_a_case(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto done, if_unchanged<core::Case>(context, number, [&](desk::Desk& desk) {
               return desk.not_a_case(number, context.who);
             }));
  return done ? case_response(context, number) : changed_meanwhile(number);
}

// The client's link leads nowhere from now on. The new one stands in the answer, and goes to nobody by
// itself.
Result<ports::Response> act_revoke_link(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, number_of(context));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string reason = body.line("reason", false, 2000);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto done, if_unchanged<core::Case>(context, number, [&](desk::Desk& desk) {
               return desk.revoke_link(number, reason, context.who);
             }));
  return done ? case_response(context, number) : changed_meanwhile(number);
}

Result<ports::Response> create_case(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  desk::NewReport report;
  report.class_name = body.text("class", false, 100);
  report.subject = body.line("subject", true, 2000);
  report.text = body.text("text", true, 512 * 1024);
  const json::Object* client = body.object("client");
  HEJNAL_TRY_VOID(body.finish());
  if (client) {
    Body inner(*client);
    report.client.name = inner.line("name");
    report.client.email = inner.email("email");
    report.client.phone = phone_in(context, inner, "phone");
    HEJNAL_TRY_VOID(inner.finish("client."));
  }
  report.by = context.who;
  HEJNAL_TRY(const desk::Filed filed,
             on_ledger<desk::Filed>(context, [&](desk::Desk& desk) { return desk.report(report); }));
  ports::Response response;
  if (context.role >= Role::reader) {
    HEJNAL_TRY(response, case_response(context, filed.number, 201));
  } else {  // who may only report does not see what people of the desk are told
    HEJNAL_TRY(const auto row, context.archive.find(filed.number));
    if (!row) return fail(Fault::retry_later, "case {} is kept, but cannot be read yet", filed.number);
    response = json_response(case_json(*row, context.parts.public_url), 201);
  }
  response.headers.emplace_back("Location", fmt::format("/api/v1/cases/{}", filed.number));
  return response;
}

Result<ports::Response> record_call(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string number = phone_in(context, body, "from", true);
  const std::string to = body.line("to", false, 50);
  const std::string result = body.text("result", true, 20);
  const std::string at_text = body.text("at", false, 40);
  HEJNAL_TRY_VOID(body.finish());
  if (result != "rejected" && result != "missed" && result != "answered") {
    return fail(Fault::malformed, "result: expected rejected, missed or answered, found \"{}\"", result);
  }
  const auto at = parse_rfc3339(at_text);
  if (!at && !at_text.empty()) {
    return fail(Fault::malformed, "at: expected a time such as 2026-01-31T10:00:00Z, found \"{}\"", at_text);
  }
  const Instant now = context.parts.clock->now();
  if (at && (*at < now - kCallToldWithin || *at > now + kClocksDiffer)) {
    return fail(Fault::malformed, "at: expected a time of the last 7 days, found \"{}\"", at_text);
  }
  const desk::Desk::PhoneCall call{number, *core::parse<core::CallResult>(result), at, context.who, {}, to};
  HEJNAL_TRY(const auto phoned,
             on_ledger<desk::Desk::Phoned>(context, [&](desk::Desk& desk) { return desk.call(call); }));
  json::Object out{
      {"case", phoned.filed.number == 0 ? json::Value(nullptr) : json::Value(phoned.filed.number)},
      {"callback", nullptr}};
  if (phoned.callback != 0) {
    HEJNAL_TRY(const core::Callback callback, context.archive.callbacks().load(phoned.callback));
    out["callback"] = callback_json(callback);
  }
  return json_response(std::move(out), 201);
}

// Mail that was set aside gets one look of a person: a case, part of a case, or neither.
Result<ports::Response> open_set_aside(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const core::CaseNumber number, on_ledger<core::CaseNumber>(context, [&](desk::Desk& desk) {
               return desk.take_up(id, 0, context.who);
             }));
  return case_response(context, number, 201);
}

Result<ports::Response> join_set_aside(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::CaseNumber into = body.integer("case", true);
  HEJNAL_TRY_VOID(body.finish());
  if (into < 1) return fail(Fault::malformed, "case: expected the number of a case");
  HEJNAL_TRY(const core::CaseNumber number, on_ledger<core::CaseNumber>(context, [&](desk::Desk& desk) {
               return desk.take_up(id, into, context.who);
             }));
  return case_response(context, number);
}

Result<ports::Response> dismiss_set_aside(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(run_on_ledger(context, [&](desk::Desk& desk) { return desk.dismiss(id); }));
  return json_response(json::Object{{"id", id}});
}

}  // namespace hejnal::api

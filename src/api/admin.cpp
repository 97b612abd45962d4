// People, tokens, health and metrics.
#include <fmt/format.h>

#include <algorithm>
#include <span>

#include "api/context.hpp"
#include "api/tokens.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_pages();
}

namespace hejnal::api {

namespace {

json::Array texts(const std::vector<std::string>& list) {
  json::Array out;
  for (const std::string& s : list) out.push_back(json::Value(s));
  return out;
}

constexpr Duration kDeferredMax = 30min;  // longer than a relay that greylists lets a mail wait

}  // namespace

json::Object person_json(const ports::PersonRow& p) {
  json::Array sms;
  for (const ports::SmsContact& c : p.sms) {
    sms.push_back(json::Object{
        {"phone", c.phone},
        {"stopped_at", c.stopped_at ? json::Value(format_rfc3339(*c.stopped_at)) : json::Value(nullptr)},
        {"lifted_by", c.changed_by},
        {"note", c.note}});
  }
  return {{"id", p.id},
          {"name", p.name},
          {"organisation", p.organisation},
          {"emails", texts(p.emails)},
          {"phones", texts(p.phones)},
          {"sms", std::move(sms)}};
}

json::Object number_json(const ports::NumberRow& n) {
  return {{"id", n.id},
          {"phone", n.phone},
          {"email", n.email},
          {"source", n.source},
          {"message", n.message == 0 ? json::Value(nullptr) : json::Value(n.message)},
          {"at", n.at.ms == 0 ? json::Value(nullptr) : json::Value(format_rfc3339(n.at))},
          {"standing", to_string(n.standing)},
          {"decided_by", n.decided_by}};
}

namespace {

Result<ports::Response> judge_number(Context& context, core::Standing standing) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto row, on_ledger<ports::NumberRow>(context, [&](desk::Desk& desk) {
               return desk.judge_number(id, standing, context.who);
             }));
  return json_response(number_json(row));
}

std::string overall(const std::vector<ChannelHealth>& channels, const Status& store) {
  const auto any = [&](const auto& is) { return std::any_of(channels.begin(), channels.end(), is); };
  if (!store || any([](const ChannelHealth& c) { return c.state == "failing"; })) return "failing";
  return any([](const ChannelHealth& c) { return c.state != "ok"; }) ? "degraded" : "ok";
}

}  // namespace

Result<ports::Response> list_people(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  const std::string text = sanitize_utf8(context.request.parameter("q"));
  HEJNAL_TRY(auto people, context.archive.people(text, page.limit + 1, page.before));
  return page_response<ports::PersonRow>(
      page, std::move(people), [](const ports::PersonRow& p) { return p.id; }, person_json);
}

Result<ports::Response> merge_person(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::int64_t into = body.integer("into", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(run_on_ledger(context, [&](desk::Desk& desk) { return desk.merge_people(id, into); }));
  return json_response(json::Object{{"id", into}});
}

Result<ports::Response> name_person(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string organisation = body.line("organisation", true, 300);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(run_on_ledger(
      context, [&](desk::Desk& desk) { return desk.store().name_organisation(id, organisation); }));
  return json_response(json::Object{{"id", id}, {"organisation", organisation}});
}

// A number has sent STOP, and its owner has said elsewhere that SMS may come again.
Result<ports::Response> allow_sms(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string phone = phone_in(context, body, "phone", true);
  const std::string note = body.line("note", true, 2000);
  HEJNAL_TRY_VOID(body.finish());
  const auto person = [&]() -> Result<ports::PersonRow> {
    HEJNAL_TRY(auto people, context.archive.people({}, 1, id == ports::Archive::kNewest ? id : id + 1));
    if (people.empty() || people.front().id != id) return fail(Fault::not_found, "there is no person {}", id);
    return people.front();
  };
  HEJNAL_TRY(const ports::PersonRow before, person());
  if (std::find(before.phones.begin(), before.phones.end(), phone) == before.phones.end())
    return fail(Fault::not_found, "person {} has no number {}", id, phone);
  HEJNAL_TRY_VOID(
      run_on_ledger(context, [&](desk::Desk& desk) { return desk.allow_sms(phone, context.who, note); }));
  HEJNAL_TRY(const ports::PersonRow after, person());
  return json_response(person_json(after));
}

// Numbers that were learnt beside an address: weak evidence for matching until somebody has decided.
Result<ports::Response> list_numbers(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  std::optional<core::Standing> standing;
  if (context.request.has_parameter("standing")) {
    const std::string_view asked = context.request.parameter("standing");
    standing = core::parse<core::Standing>(asked);
    if (!standing)
      return fail(Fault::malformed, "standing: expected learnt, confirmed or refused, found \"{}\"",
                  sanitize_utf8(asked));
  }
  HEJNAL_TRY(auto numbers, context.archive.numbers(standing, page.limit + 1, page.before));
  return page_response<ports::NumberRow>(
      page, std::move(numbers), [](const ports::NumberRow& n) { return n.id; }, number_json);
}

Result<ports::Response> confirm_number(Context& context) {
  return judge_number(context, core::Standing::confirmed);
}
Result<ports::Response> refuse_number(Context& context) {
  return judge_number(context, core::Standing::refused);
}

Result<ports::Response> list_tokens(Context& context) {
  HEJNAL_TRY(const auto tokens, on_ledger<std::vector<ports::TokenRow>>(
                                    context, [](desk::Desk& desk) { return desk.store().tokens(); }));
  json::Array items;
  for (const ports::TokenRow& t : tokens) {
    items.push_back(
        json::Object{{"name", t.name}, {"role", t.role}, {"created_at", format_rfc3339(t.created_at)}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

Result<ports::Response> create_token(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string name = body.line("name", true, 100);
  const std::string role = body.text("role", true, 20);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const std::string token,
             on_ledger<std::string>(context, [&](desk::Desk& desk) { return make_token(desk, name, role); }));
  return json_response(json::Object{{"name", name}, {"role", role}, {"token", token}}, 201);
}

Result<ports::Response> revoke_token(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string name = body.text("name", true, 100);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(run_on_ledger(context, [&](desk::Desk& desk) { return api::revoke_token(desk, name); }));
  context.parts.events->revoke(name);
  return json_response(json::Object{{"name", name}});
}

Result<ports::Response> health(Context& context) {
  auto channels = context.parts.channels();
  const desk::Ledger::Health ledger = context.parts.ledger->health();
  HEJNAL_TRY(const auto counts, context.archive.counts(context.parts.clock->now()));
  // The auditor: every open case has something due next, and alarms ring when they are due.
  if (counts.adrift > 0) {
    channels.push_back(
        {"auditor", "failing", fmt::format("{} open cases have nothing due next", counts.adrift)});
  }
  if (counts.alarm && context.parts.clock->now() - *counts.alarm > 1min) {
    channels.push_back(
        {"alarms", "failing", "the earliest alarm was due at " + format_rfc3339(*counts.alarm)});
  }
  if (counts.oldest_deferred && context.parts.clock->now() - *counts.oldest_deferred > kDeferredMax) {
    channels.push_back({"outbox", "degraded",
                        fmt::format("{} notices wait to be handed over, the oldest since {}", counts.queued,
                                    format_rfc3339(*counts.oldest_deferred))});
  }
  const std::string status = overall(channels, ledger.last_commit);
  json::Object out{{"status", status}};
  json::Array list;
  for (const ChannelHealth& c : channels) {
    json::Object channel{{"name", c.name}, {"state", c.state}};
    if (context.role >= Role::reader) channel["detail"] = c.detail;
    list.push_back(std::move(channel));
  }
  out["channels"] = std::move(list);
  if (context.role >= Role::reader) {
    out["store"] = ledger.last_commit ? json::Value("ok") : json::Value(ledger.last_commit.error().what);
    out["version"] = context.parts.version;
    out["open_cases"] = counts.open;
    out["overdue"] = counts.overdue;
    out["queued_notices"] = counts.queued;
    out["failed_notices"] = counts.failed;
    out["set_aside"] = counts.set_aside;
    out["waiting_jobs"] = ledger.waiting;
  }
  return json_response(std::move(out), status == "failing" ? 503 : 200);
}

// A proxy that publishes everything would publish this as well.
Result<ports::Response> metrics(Context& context) {
  if (context.role < Role::reader && !is_local(context.request)) {
    ports::Response refused =
        problem(401, "Token needed", "from another machine, or through a proxy, only with a reader's token");
    refused.headers.emplace_back("WWW-Authenticate", "Bearer");
    return refused;
  }
  const desk::Ledger::Health ledger = context.parts.ledger->health();
  HEJNAL_TRY(const auto counts, context.archive.counts(context.parts.clock->now()));
  std::string out;
  const auto gauge = [&](std::string_view name, std::string_view help, std::string_view type, auto value) {
    out += fmt::format("# HELP hejnal_{0} {1}\n# TYPE hejnal_{0} {2}\nhejnal_{0} {3}\n", name, help, type,
                       value);
  };
  gauge("cases_open", "Cases that are not closed.", "gauge", counts.open);
  gauge("cases_overdue", "Open cases whose next thing is due already.", "gauge", counts.overdue);
  gauge("notices_queued", "Notices that wait to be sent.", "gauge", counts.queued);
  gauge("notices_failed", "Notices that failed, bounced, or whose fate is unknown.", "gauge", counts.failed);
  gauge("messages_set_aside", "Set-aside mail that nobody has looked at.", "gauge", counts.set_aside);
  gauge("ledger_commits_total", "Transactions since the start.", "counter", ledger.commits);
  gauge("ledger_jobs_total", "Jobs done since the start.", "counter", ledger.jobs);
  gauge("ledger_waiting", "Jobs that wait for the ledger.", "gauge", ledger.waiting);
  gauge("store_up", "1 while the last transaction could be committed.", "gauge", ledger.last_commit ? 1 : 0);
  std::string last;
  for (const Metric& m : context.parts.metrics ? context.parts.metrics() : std::vector<Metric>()) {
    if (m.name != last)
      out += fmt::format("# HELP hejnal_{0} {1}\n# TYPE hejnal_{0} {2}\n", m.name, m.help, m.type);
    last = m.name;
    out += fmt::format("hejnal_{}{} {}\n", m.name, m.labels.empty() ? "" : "{" + m.labels + "}", m.value);
  }
  return ports::Response{200, "text/plain; version=0.0.4; charset=utf-8", std::move(out), {}};
}

Result<ports::Response> openapi(Context&) {
  for (const EmbeddedFile& file : embedded_pages()) {
    if (file.name == "openapi.json")
      return ports::Response{200, "application/json", std::string(file.bytes), {}};
  }
  return fail(Fault::not_found, "the OpenAPI document is missing");
}

}  // namespace hejnal::api

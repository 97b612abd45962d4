// People, tokens, health and metrics.
#include <fmt/format.h>

#include <span>

#include "api/context.hpp"
#include "base/embedded.hpp"
#include "base/hash.hpp"
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

std::string overall(const std::vector<ChannelHealth>& channels, const Status& store) {
  if (!store) return "failing";
  std::string worst = "ok";
  for (const ChannelHealth& c : channels) {
    if (c.name == "database" && c.state == "failing") return "failing";  // what was stored may be lost
    if (c.state != "ok") worst = "degraded";
  }
  return worst;
}

}  // namespace

Result<ports::Response> list_people(Context& context) {
  HEJNAL_TRY_VOID(only_parameters(context.request, {"q"}));
  HEJNAL_TRY(const auto people, context.archive.people(sanitize_utf8(context.request.parameter("q")), 200));
  json::Array items;
  for (const ports::PersonRow& p : people) {
    items.push_back(json::Object{{"id", p.id},
                                 {"name", p.name},
                                 {"organisation", p.organisation},
                                 {"emails", texts(p.emails)},
                                 {"phones", texts(p.phones)}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

Result<ports::Response> merge_person(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::int64_t into = body.integer("into", true);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(
      context.parts.ledger->run([&](desk::Desk& desk) { return desk.store().merge_people(id, into); }));
  return json_response(json::Object{{"id", into}});
}

Result<ports::Response> name_person(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string organisation = body.text("organisation", true, 300);
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY_VOID(context.parts.ledger->run(
      [&](desk::Desk& desk) { return desk.store().name_organisation(id, organisation); }));
  return json_response(json::Object{{"id", id}, {"organisation", organisation}});
}

Result<ports::Response> create_token(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string name = body.text("name", true, 100);
  const std::string role = body.text("role", true, 20);
  HEJNAL_TRY_VOID(body.finish());
  if (role != "administrator" && role != "agent" && role != "reader" && role != "client") {
    return fail(Fault::malformed, "role: expected administrator, agent, reader or client, found \"{}\"",
                role);
  }
  char random[24];
  fill_random(random, sizeof random);
  const std::string token = to_hex({random, sizeof random});
  HEJNAL_TRY_VOID(context.parts.ledger->run(
      [&](desk::Desk& desk) { return desk.store().add_token(name, role, sha256_hex(token), desk.now()); }));
  return json_response(json::Object{{"name", name}, {"role", role}, {"token", token}}, 201);
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

Result<ports::Response> metrics(Context& context) {
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

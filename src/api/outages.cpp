// Outages by the API: declare, tell, attach, end; and what looks like one.
#include <algorithm>

#include "api/context.hpp"

namespace hejnal::api {

namespace {

constexpr Duration kSuggestedFor = 2h;
constexpr int kLookedAt = 200;  // newest cases
constexpr int kOpenMax = 1000;

json::Object outage_json(const core::Outage& o) {
  json::Array updates, cases;
  for (const core::Outage::Word& word : o.words)
    updates.push_back(json::Object{{"at", format_rfc3339(word.at)}, {"by", word.by}, {"text", word.text}});
  for (const core::CaseNumber number : o.cases) cases.push_back(number);
  return {{"id", o.id},
          {"state", o.open() ? "open" : "ended"},
          {"title", o.title},
          {"public_text", o.public_text},
          {"declared_at", format_rfc3339(o.declared_at)},
          {"declared_by", o.declared_by},
          {"expected_end", json::time_or_null(o.expected_end)},
          {"ended_at", json::time_or_null(o.ended_at)},
          {"updates", std::move(updates)},
          {"cases", std::move(cases)}};
}

Result<std::optional<Instant>> time_in(Body& body, std::string_view name) {
  const std::string text = body.text(name, false, 40);
  if (text.empty()) return std::optional<Instant>();
  const auto at = parse_rfc3339(text);
  if (!at)
    return fail(Fault::malformed, "{}: expected a time such as 2026-01-31T10:00:00Z, found \"{}\"", name,
                text);
  return at;
}

// Reports that came alike from several organisations lately and belong to no outage yet.
Result<json::Array> suggestions(Context& context, const std::vector<core::Outage>& open) {
  ports::CaseQuery query;
  query.states = {core::State::fresh, core::State::read, core::State::working, core::State::waiting};
  query.newest = true;
  query.limit = kLookedAt;
  HEJNAL_TRY(const ports::CasePage page, context.archive.cases(query));
  const Instant now = context.parts.clock->now();
  std::vector<core::FreshReport> reports;
  for (const ports::CaseRow& row : page.items) {
    const ports::CaseSummary& s = row.summary;
    if (now - s.opened_at > kSuggestedFor) break;
    const bool attached =
        std::any_of(open.begin(), open.end(), [&](const core::Outage& o) { return o.has(s.number); });
    if (attached) continue;
    const std::string_view domain = core::domain_of(s.client.email);
    std::string who = !s.client.organisation.empty()                  ? s.client.organisation
                      : !domain.empty() && !core::is_freemail(domain) ? std::string(domain)
                      : !s.client.email.empty()                       ? s.client.email
                                                                      : s.client.phone;
    HEJNAL_TRY(const auto messages, context.archive.messages(s.number));
    std::string words = s.subject;
    if (!messages.empty()) words += "\n" + messages.front().text;
    bool failure_fires = false;
    if (s.client.email.empty() && s.client.phone.empty() &&
        context.parts.procedure.at(row.class_name).failure) {
      HEJNAL_TRY(const auto journal, context.archive.journal(s.number));
      const core::Case c = core::replay(journal);
      failure_fires = !c.alerts.empty() && !core::alerts_over(c);
      if (!c.alerts.empty()) who = c.alerts.front().monitor;
    }
    reports.push_back({s.number, std::move(who), s.opened_at, std::move(words), failure_fires});
  }
  json::Array out;
  for (const core::OutageSuggestion& found : core::suggest_outages(std::move(reports))) {
    json::Array cases, words;
    for (const core::CaseNumber number : found.cases) cases.push_back(number);
    for (const std::string& word : found.words) words.push_back(json::Value(word));
    out.push_back(json::Object{
        {"cases", std::move(cases)}, {"words", std::move(words)}, {"at", format_rfc3339(found.at)}});
  }
  return out;
}

Result<ports::Response> act(Context& context, const core::outage::Signal& signal) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const core::Outage o,
             on_ledger<core::Outage>(context, [&](desk::Desk& desk) { return desk.act(id, signal); }));
  return json_response(outage_json(o));
}

Result<core::CaseNumber> case_in(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::CaseNumber number = body.integer("case", true);
  HEJNAL_TRY_VOID(body.finish());
  if (number < 1) return fail(Fault::malformed, "case: expected the number of a case");
  return number;
}

}  // namespace

Result<std::vector<core::Outage>> open_outages(Context& context) {
  HEJNAL_TRY(const auto ids, context.archive.outages().ids(true, kOpenMax, ports::Archive::kNewest));
  std::vector<core::Outage> out;
  for (const core::OutageId id : ids) {
    HEJNAL_TRY(auto o, context.archive.outages().readable(id));
    if (o) out.push_back(std::move(*o));
  }
  return out;
}

Result<ports::Response> list_outages(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  const std::string_view state = context.request.parameter("state");
  if (!state.empty() && state != "open" && state != "all")
    return fail(Fault::malformed, "state: expected open or all");
  HEJNAL_TRY(auto ids, context.archive.outages().ids(state != "all", page.limit + 1, page.before));
  const bool more = ids.size() > static_cast<std::size_t>(page.limit);
  if (more) ids.resize(static_cast<std::size_t>(page.limit));
  json::Array items;
  for (const core::OutageId id : ids) {
    HEJNAL_TRY(const auto o, context.archive.outages().readable(id));
    if (o) items.push_back(outage_json(*o));
  }
  HEJNAL_TRY(const auto open, open_outages(context));
  HEJNAL_TRY(const auto any_open, context.archive.outages().ids(true, 1, ports::Archive::kNewest));
  HEJNAL_TRY(const bool failing, context.archive.failure_open());
  HEJNAL_TRY(json::Array suggested, suggestions(context, open));
  return json_response(
      json::Object{{"items", std::move(items)},
                   {"next", more ? json::Value(std::to_string(ids.back())) : json::Value(nullptr)},
                   {"all_clear", any_open.empty() && !failing},
                   {"suggestions", std::move(suggested)}});
}

Result<ports::Response> get_outage(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const core::Outage o, context.archive.outages().load(id));
  if (!o.exists()) return fail(Fault::not_found, "there is no outage {}", id);
  json::Object out = outage_json(o);
  HEJNAL_TRY(out["journal"], journal_json(context.archive.outages(), id));
  return json_response(std::move(out));
}

Result<ports::Response> declare_outage(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  desk::Desk::NewOutage declared;
  declared.agent = context.who;
  declared.title = body.line("title", true, 200);
  declared.text = body.line("public_text", true, 1000);
  HEJNAL_TRY(declared.expected_end, time_in(body, "expected_end"));
  declared.cases = body.integers("cases");
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const core::Outage o, on_ledger<core::Outage>(context, [&](desk::Desk& desk) {
               return desk.declare_outage(declared);
             }));
  ports::Response response = json_response(outage_json(o), 201);
  response.headers.emplace_back("Location", fmt::format("/api/v1/outages/{}", o.id));
  return response;
}

Result<ports::Response> update_outage(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  core::outage::Update update{context.who, body.line("public_text", true, 1000), {}};
  update.keeps_end = !body.has("expected_end");
  HEJNAL_TRY(update.expected_end, time_in(body, "expected_end"));
  HEJNAL_TRY_VOID(body.finish());
  return act(context, update);
}

Result<ports::Response> end_outage(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::outage::End end{context.who, body.line("public_text", true, 1000)};
  HEJNAL_TRY_VOID(body.finish());
  return act(context, end);
}

Result<ports::Response> attach_to_outage(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, case_in(context));
  return act(context, core::outage::Attach{context.who, number});
}

Result<ports::Response> detach_from_outage(Context& context) {
  HEJNAL_TRY(const core::CaseNumber number, case_in(context));
  return act(context, core::outage::Detach{context.who, number});
}

}  // namespace hejnal::api

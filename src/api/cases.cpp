// Reading cases.
#include "api/context.hpp"
#include "base/text.hpp"
#include "json/entry.hpp"

namespace hejnal::api {

namespace {

std::optional<core::State> state_named(std::string_view name) { return core::parse<core::State>(name); }

Result<std::vector<core::State>> read_states(std::string_view text) {
  using core::State;
  if (text.empty() || text == "open")
    return std::vector{State::fresh, State::read, State::working, State::waiting, State::settled};
  std::vector<State> out;
  if (text == "all") return out;
  for (const std::string_view name : split(text, ',')) {
    const auto state = state_named(name);
    if (!state) {
      return fail(Fault::malformed,
                  "state: expected open, all, or some of new, read, working, waiting, settled and closed by "
                  "comma, found \"{}\"",
                  sanitize_utf8(name));
    }
    out.push_back(*state);
  }
  return out;
}

}  // namespace

json::Value time_json(const std::optional<Instant>& t) {
  return t ? json::Value(format_rfc3339(*t)) : json::Value(nullptr);
}

json::Object case_json(const ports::CaseRow& row, const Parts& parts) {
  const ports::CaseSummary& s = row.summary;
  json::Array candidates;
  for (const core::CaseNumber n : row.candidates) candidates.push_back(n);
  json::Object out{{"number", s.number},
                   {"class", row.class_name},
                   {"class_reason", row.class_reason},
                   {"state", to_string(s.state)},
                   {"email_missing", s.email_missing},
                   {"candidates", std::move(candidates)},
                   {"step", row.step},
                   {"subject", s.subject},
                   {"client",
                    {{"name", s.client.name},
                     {"email", s.client.email},
                     {"phone", s.client.phone},
                     {"organisation", s.client.organisation}}},
                   {"opened_at", format_rfc3339(s.opened_at)},
                   {"read_at", time_json(row.read_at)},
                   {"answered_at", time_json(row.answered_at)},
                   {"settled_at", time_json(row.settled_at)},
                   {"next", nullptr},
                   {"merged_into", s.merged_into == 0 ? json::Value(nullptr) : json::Value(s.merged_into)},
                   {"short_code", s.short_code},
                   {"follow_url", parts.public_url + "/c/" + row.token}};
  if (row.next) {
    out["next"] = json::Object{{"what", row.next->what},
                               {"owed_by", row.next->by_desk ? "desk" : "client"},
                               {"due_at", format_rfc3339(row.next->due)},
                               {"why", row.next->why}};
  }
  return out;
}

json::Object message_json(const ports::Message& m) {
  json::Array attachments;
  for (const auto& a : m.attachments)
    attachments.push_back(json::Object{{"name", a.name}, {"type", a.type}, {"size", a.size}});
  return {{"id", m.id},
          {"direction", m.outgoing ? "out" : "in"},
          {"channel", to_string(m.channel)},
          {"from", m.from},
          {"to", m.to},
          {"subject", m.subject},
          {"text", m.text},
          {"at", format_rfc3339(m.at)},
          {"automatic", m.automatic},
          {"state", m.state},
          {"attachments", std::move(attachments)},
          {"join_reason", m.join_reason}};
}

Result<ports::Response> case_response(Context& context, core::CaseNumber number, int status) {
  HEJNAL_TRY(const auto row, context.archive.find(number));
  if (!row) return fail(Fault::not_found, "there is no case {}", number);
  json::Object out = case_json(*row, context.parts);
  HEJNAL_TRY(const auto journal, context.archive.journal(number));
  json::Array entries;
  std::int64_t seq = 0;
  for (const core::Entry& entry : journal) {
    json::Object e{{"seq", ++seq}, {"at", format_rfc3339(entry.at)}};
    for (auto& field : json::entry_object(entry)) e.emplace(field.key(), std::move(field.value()));
    // Times in fields of a kind are milliseconds in the journal and RFC 3339 for readers.
    for (const char* name : {"due", "since", "ring_at", "sent_at"}) {
      if (json::Value* t = e.if_contains(name); t && t->is_int64())
        *t = format_rfc3339(Instant{t->as_int64()});
    }
    if (!e.contains("why")) e["why"] = "";
    e.erase("token");  // the client's key to the case
    entries.push_back(std::move(e));
  }
  HEJNAL_TRY(const auto messages, context.archive.messages(number));
  json::Array list;
  for (const ports::Message& m : messages) list.push_back(message_json(m));
  out["journal"] = std::move(entries);
  out["messages"] = std::move(list);
  return json_response(std::move(out), status);
}

Result<ports::Response> list_cases(Context& context) {
  HEJNAL_TRY_VOID(only_parameters(context.request, {"state", "class", "q", "order", "limit", "cursor"}));
  ports::CaseQuery query;
  HEJNAL_TRY(query.states, read_states(context.request.parameter("state")));
  query.class_name = std::string(context.request.parameter("class"));
  if (!query.class_name.empty() && !context.parts.procedure.find(query.class_name)) {
    return fail(Fault::malformed, "class: there is no class \"{}\"",
                truncate_utf8(sanitize_utf8(query.class_name), 40));
  }
  query.text = sanitize_utf8(context.request.parameter("q"));
  if (query.text.size() > 500) return fail(Fault::malformed, "q: at most 500 bytes are searched for");
  const std::string_view order = context.request.parameter("order");
  if (!order.empty() && order != "due" && order != "newest")
    return fail(Fault::malformed, "order: expected due or newest");
  query.newest = order == "newest";
  if (context.request.has_parameter("limit")) {
    HEJNAL_TRY(const std::int64_t limit, whole_number(context.request.parameter("limit"), "limit"));
    if (limit < 1 || limit > 200) return fail(Fault::malformed, "limit: expected 1 to 200, found {}", limit);
    query.limit = static_cast<int>(limit);
  }
  query.cursor = std::string(context.request.parameter("cursor"));
  HEJNAL_TRY(const ports::CasePage page, context.archive.cases(query));
  json::Array items;
  for (const ports::CaseRow& row : page.items) items.push_back(case_json(row, context.parts));
  json::Object out{{"items", std::move(items)},
                   {"next", page.next_cursor.empty() ? json::Value(nullptr) : json::Value(page.next_cursor)}};
  out[page.total_is_exact ? "total" : "total_at_least"] = page.total;
  return json_response(std::move(out));
}

Result<ports::Response> get_case(Context& context) {
  HEJNAL_TRY(const std::int64_t number, whole_number(context.segments.at(0), "number"));
  return case_response(context, number);
}

Result<ports::Response> get_raw(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(std::string bytes, context.archive.raw(id));
  ports::Response response{200, "message/rfc822", std::move(bytes), {}};
  response.headers.emplace_back("Content-Disposition",
                                fmt::format("attachment; filename=\"message-{}.eml\"", id));
  response.headers.emplace_back("Content-Security-Policy", "sandbox");
  return response;
}

Result<ports::Response> list_set_aside(Context& context) {
  HEJNAL_TRY(const auto messages, context.archive.set_aside(200));
  json::Array items;
  for (const ports::Message& m : messages) items.push_back(message_json(m));
  return json_response(json::Object{{"items", std::move(items)}});
}

Result<ports::Response> list_notices(Context& context) {
  HEJNAL_TRY_VOID(only_parameters(context.request, {"state"}));
  std::optional<core::NoticeState> state;
  if (const std::string_view name = context.request.parameter("state"); !name.empty()) {
    state = core::parse<core::NoticeState>(name);
    if (!state)
      return fail(Fault::malformed, "state: there is no notice state \"{}\"",
                  truncate_utf8(sanitize_utf8(name), 40));
  }
  HEJNAL_TRY(const auto notices, context.archive.notices(state, 200));
  json::Array items;
  for (const ports::OutboxItem& item : notices) {
    items.push_back(json::Object{{"message", item.message},
                                 {"case", item.notice.number},
                                 {"kind", to_string(item.notice.kind)},
                                 {"channel", to_string(item.notice.channel)},
                                 {"to", item.notice.to},
                                 {"state", to_string(item.state)},
                                 {"attempts", item.attempts},
                                 {"created_at", format_rfc3339(item.created_at)},
                                 {"next_try_at", item.state == core::NoticeState::queued
                                                     ? json::Value(format_rfc3339(item.next_try_at))
                                                     : json::Value(nullptr)},
                                 {"last_error", item.last_error}});
  }
  return json_response(json::Object{{"items", std::move(items)}});
}

}  // namespace hejnal::api

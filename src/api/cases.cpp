// Reading cases.
#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

Result<ports::Response> case_response(Context& context, core::CaseNumber number, int status) {
  HEJNAL_TRY(json::Object found,
             whole_case(context.archive, number, links_for(context), context.parts.sms_segments));
  const auto entries = static_cast<std::int64_t>(found["journal"].as_array().size());
  found["present"] = presence_json(context, number);
  ports::Response response = json_response(std::move(found), status);
  response.headers.emplace_back("ETag", etag_of(entries));
  return response;
}

std::string etag_of(std::int64_t entries) { return fmt::format("\"{}\"", entries); }

Result<ports::Response> list_cases(Context& context) {
  ports::CaseQuery query;
  HEJNAL_TRY(query.states, read_states(context.request.parameter("state")));
  query.class_name = std::string(context.request.parameter("class"));
  if (!query.class_name.empty() && !context.parts.procedure.find(query.class_name)) {
    return fail(Fault::malformed, "class: there is no class \"{}\"",
                truncate_utf8(sanitize_utf8(query.class_name), 40));
  }
  const std::string_view only = context.request.parameter("only");
  if (only == "unmatched") {
    query.only = ports::CaseQuery::Only::unmatched;
  } else if (only == "email_missing") {
    query.only = ports::CaseQuery::Only::email_missing;
  } else if (!only.empty()) {
    return fail(Fault::malformed, "only: expected unmatched or email_missing");
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
  // Each is written as soon as it is made, in memory of its own: most of a page's time went into taking
  // memory and giving it back.
  unsigned char buffer[8192];
  std::string body = "{\"items\":[";
  body.reserve(page.items.size() * 1000 + 200);
  for (const ports::CaseRow& row : page.items) {
    if (body.back() != '[') body += ',';
    json::Scratch scratch(buffer, sizeof buffer);
    body += json::dump(case_json(row, links_for(context), &scratch));
  }
  body += fmt::format("],\"next\":{},\"{}\":{}}}\n",
                      page.next_cursor.empty() ? "null" : json::dump(json::Value(page.next_cursor)),
                      page.total_is_exact ? "total" : "total_at_least", page.total);
  return ports::Response{200, "application/json", std::move(body), {}};
}

// For the chips of the list, in one answer.
Result<ports::Response> get_counts(Context& context) {
  HEJNAL_TRY(const auto counts, context.archive.case_counts(context.parts.clock->now()));
  json::Array items;
  std::int64_t open = 0;
  for (const auto& item : counts.items) {
    if (item.state != core::State::closed) open += item.cases;
    items.push_back(
        json::Object{{"state", to_string(item.state)}, {"class", item.class_name}, {"cases", item.cases}});
  }
  json::Object out{{"open", open}, {"items", std::move(items)}};
  json::Array at_least;
  const auto bounded = [&](const char* name, std::int64_t count) {
    if (count > ports::Archive::kCounted) at_least.push_back(json::Value(name));
    out[name] = std::min(count, ports::Archive::kCounted);
  };
  bounded("unmatched", counts.unmatched);
  bounded("email_missing", counts.email_missing);
  bounded("overdue", counts.overdue);
  bounded("set_aside", counts.set_aside);
  bounded("failed_notices", counts.failed_notices);
  out["at_least"] = std::move(at_least);
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

namespace {

json::Object notice_json(const ports::OutboxItem& item) {
  const bool waits = item.state == core::NoticeState::queued;
  return {{"message", item.message},
          {"case", item.notice.number},
          {"kind", to_string(item.notice.kind)},
          {"channel", to_string(item.notice.channel)},
          {"to", item.notice.to},
          {"state", to_string(item.state)},
          {"attempts", item.attempts},
          {"created_at", format_rfc3339(item.created_at)},
          {"next_try_at", waits ? json::Value(format_rfc3339(item.next_try_at)) : json::Value(nullptr)},
          {"last_error", item.last_error}};
}

}  // namespace

Result<ports::Response> list_set_aside(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  HEJNAL_TRY(auto messages, context.archive.set_aside(page.limit + 1, page.before));
  return page_response<ports::Message>(
      page, std::move(messages), [](const ports::Message& m) { return m.id; },
      [&](const ports::Message& m) { return message_json(m, context.parts.sms_segments); });
}

// Those that are noted in no case; the others stand in theirs.
Result<ports::Response> list_calls(Context& context) {
  HEJNAL_TRY(const Page page, read_page(context.request));
  HEJNAL_TRY(auto messages, context.archive.calls_of_no_case(page.limit + 1, page.before));
  return page_response<ports::Message>(
      page, std::move(messages), [](const ports::Message& m) { return m.id; },
      [&](const ports::Message& m) { return message_json(m, context.parts.sms_segments); });
}

Result<ports::Response> list_notices(Context& context) {
  std::optional<core::NoticeState> state;
  if (const std::string_view name = context.request.parameter("state"); !name.empty()) {
    state = core::parse<core::NoticeState>(name);
    if (!state)
      return fail(Fault::malformed, "state: there is no notice state \"{}\"",
                  truncate_utf8(sanitize_utf8(name), 40));
  }
  HEJNAL_TRY(const Page page, read_page(context.request));
  HEJNAL_TRY(auto notices, context.archive.notices(state, page.limit + 1, page.before));
  return page_response<ports::OutboxItem>(
      page, std::move(notices), [](const ports::OutboxItem& item) { return item.message; }, notice_json);
}

}  // namespace hejnal::api

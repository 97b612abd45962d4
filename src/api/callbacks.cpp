// Callbacks by the API: the list to work off.
#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr int kOpenMax = 100'000;

Result<ports::Response> act(Context& context, const core::callback::Signal& signal) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const core::Callback c,
             on_ledger<core::Callback>(context, [&](desk::Desk& desk) { return desk.act(id, signal); }));
  return json_response(callback_json(c));
}

Status no_fields(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  return body.finish();
}

}  // namespace

json::Object callback_json(const core::Callback& c) {
  json::Array phones, calls, attempts, cases, wrong;
  for (const std::string& phone : c.phones) phones.push_back(json::Value(phone));
  for (const std::string& phone : c.wrong_phones) wrong.push_back(json::Value(phone));
  for (const auto& call : c.calls)
    calls.push_back(
        json::Object{{"at", format_rfc3339(call.at)},
                     {"from", call.phone},
                     {"result", to_string(call.result)},
                     {"case", call.number == 0 ? json::Value(nullptr) : json::Value(call.number)}});
  for (const auto& tried : c.attempts)
    attempts.push_back(json::Object{{"at", format_rfc3339(tried.at)},
                                    {"by", tried.by},
                                    {"phone", tried.phone},
                                    {"result", to_string(tried.result)}});
  for (const core::CaseNumber number : c.cases) cases.push_back(number);
  return {{"id", c.id},
          {"state", to_string(c.state)},
          {"person", json::Object{{"name", c.person.name},
                                  {"email", c.person.email},
                                  {"phone", c.person.phone},
                                  {"organisation", c.person.organisation}}},
          {"phone", c.number_to_call()},
          {"phones", std::move(phones)},
          {"wrong_phones", std::move(wrong)},
          {"critical", c.critical},
          {"calls", std::move(calls)},
          {"calls_total", c.calls_total},
          {"cases", std::move(cases)},
          {"outage", c.outage.id == 0
                         ? json::Value(nullptr)
                         : json::Value(json::Object{{"id", c.outage.id}, {"title", c.outage.title}})},
          {"since", format_rfc3339(c.since)},
          {"due_at", json::time_or_null(c.due_at)},
          {"retry_at", json::time_or_null(c.retry_at)},
          {"rings_at", c.open() ? json::Value(format_rfc3339(c.ring_at)) : json::Value(nullptr)},
          {"taken_by", c.taken_by.empty() ? json::Value(nullptr) : json::Value(c.taken_by)},
          {"attempts", std::move(attempts)},
          {"says_it_works", c.offered.empty() ? json::Value(nullptr) : json::Value(c.offered)},
          {"ended_at", json::time_or_null(c.ended_at)},
          {"joined_into", c.into == 0 ? json::Value(nullptr) : json::Value(c.into)},
          {"end_reason", c.end_reason.empty() ? json::Value(nullptr) : json::Value(c.end_reason)}};
}

// Where the exchange rings first for whoever asks: at the person on call who has that name, or where the
// account says; empty: it has to be told.
std::string own_phone(const Context& context) {
  for (const core::OnCall& person : context.parts.on_call) {
    if (fold(person.name) == fold(context.who) && !person.phone.empty()) return person.phone;
  }
  return context.visit ? context.visit->user.phone : std::string();
}

json::Value call_out(const Context& context) {
  if (!context.parts.originate) return nullptr;
  const std::string agent = own_phone(context);
  return json::Object{{"agent", agent.empty() ? json::Value(nullptr) : json::Value(agent)}};
}

namespace {

// Where a page of the open ones ends: by that the next one goes on, also when the callback itself has ended
// meanwhile. "0.1.1795424400000.17": rings, critical, since, id.
std::string mark_of(const core::Callback& c) {
  return fmt::format("{:d}.{:d}.{}.{}", c.state == core::CallbackState::ringing, c.critical, c.since.ms,
                     c.id);
}

Result<core::Callback> read_mark(std::string_view text) {
  const auto parts = split(text, '.');
  core::Callback out;
  std::array<std::int64_t, 4> numbers{};
  bool good = parts.size() == numbers.size();
  for (std::size_t i = 0; good && i < numbers.size(); ++i) {
    const auto end = parts[i].data() + parts[i].size();
    const auto [at, error] = std::from_chars(parts[i].data(), end, numbers.at(i));
    good = error == std::errc() && at == end;
  }
  if (!good || numbers[0] < 0 || numbers[0] > 1 || numbers[1] < 0 || numbers[1] > 1)
    return fail(Fault::malformed, "cursor: expected what stood in \"next\"");
  out.state = numbers[0] == 1 ? core::CallbackState::ringing : core::CallbackState::due;
  out.critical = numbers[1] == 1;
  out.since.ms = numbers[2];
  out.id = numbers[3];
  return out;
}

// In the order in which they are to be worked off.
Result<ports::Response> list_open(Context& context) {
  // The page reader knows cursors that are ids; this one is none.
  ports::Request asked = context.request;
  std::erase_if(asked.query, [](const auto& one) { return one.first == "cursor"; });
  HEJNAL_TRY(const Page page, read_page(asked));
  std::optional<core::Callback> after;
  if (context.request.has_parameter("cursor")) {
    HEJNAL_TRY(after, read_mark(context.request.parameter("cursor")));
  }
  HEJNAL_TRY(const auto ids, context.archive.callbacks().ids(true, kOpenMax, ports::Archive::kNewest));
  std::vector<core::Callback> list;
  for (const core::CallbackId id : ids) {
    HEJNAL_TRY(auto c, context.archive.callbacks().readable(id));
    if (c && (!after || core::before(*after, *c))) list.push_back(std::move(*c));
  }
  const std::size_t size = std::min(list.size(), static_cast<std::size_t>(page.limit));
  const auto end = list.begin() + static_cast<std::ptrdiff_t>(size);
  std::partial_sort(list.begin(), end, list.end(), core::before);
  const bool more = list.size() > size;
  list.resize(size);
  json::Array items;
  for (const core::Callback& c : list) items.push_back(callback_json(c));
  return json_response(
      json::Object{{"items", std::move(items)},
                   {"call_out", call_out(context)},
                   {"next", more ? json::Value(mark_of(list.back())) : json::Value(nullptr)}});
}

}  // namespace

// Open ones in the order in which they are to be worked off; all of them newest first.
Result<ports::Response> list_callbacks(Context& context) {
  const std::string_view state = context.request.parameter("state");
  if (!state.empty() && state != "open" && state != "all")
    return fail(Fault::malformed, "state: expected open or all");
  if (state != "all") return list_open(context);
  HEJNAL_TRY(const Page page, read_page(context.request));
  HEJNAL_TRY(auto ids, context.archive.callbacks().ids(false, page.limit + 1, page.before));
  const auto limit = static_cast<std::size_t>(page.limit);
  const bool more = ids.size() > limit;
  if (more) ids.resize(limit);
  json::Array items;
  for (const core::CallbackId id : ids) {
    HEJNAL_TRY(const auto c, context.archive.callbacks().readable(id));
    if (c) items.push_back(callback_json(*c));
  }
  return json_response(
      json::Object{{"items", std::move(items)},
                   {"call_out", call_out(context)},
                   {"next", more ? json::Value(std::to_string(ids.back())) : json::Value(nullptr)}});
}

Result<ports::Response> get_callback(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const core::Callback c, context.archive.callbacks().load(id));
  if (!c.exists()) return fail(Fault::not_found, "there is no callback {}", id);
  json::Object out = callback_json(c);
  HEJNAL_TRY(out["journal"], journal_json(context.archive.callbacks(), id));
  return json_response(std::move(out));
}

Result<ports::Response> take_callback(Context& context) {
  HEJNAL_TRY_VOID(no_fields(context));
  return act(context, core::callback::Take{context.who});
}

// The exchange rings at the agent first: at the number that is said, else at own_phone. The callback is taken
// before; what came of the call is told as of any other.
Result<ports::Response> call_callback(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  std::string agent = phone_in(context, body, "agent"), to = phone_in(context, body, "phone");
  const bool again = body.flag("again", false);
  HEJNAL_TRY_VOID(body.finish());
  if (agent.empty()) agent = own_phone(context);
  if (!context.parts.originate)
    return fail(Fault::conflict,
                "no exchange that calls is configured ([phone.originate]); dial the number by hand");
  HEJNAL_TRY(
      const core::Callback c,
      on_ledger<core::Callback>(context, [&](desk::Desk& desk) -> Result<core::Callback> {
        if (agent.empty()) {
          return fail(
              Fault::malformed,
              "agent: expected the number to ring at first; nobody on call is named {}, and the account "
              "has none",
              context.who);
        }
        HEJNAL_TRY(const core::Callback before, desk.store().callbacks().load(id));
        if (to.empty() && before.exists()) to = before.number_to_call();
        const bool known = std::find(before.phones.begin(), before.phones.end(), to) != before.phones.end();
        if (before.exists() && !known) return fail(Fault::malformed, "phone: nobody has called from {}", to);
        return desk.act(id, core::callback::Take{context.who});
      }));
  RingOnce& once = *context.parts.ring_once;
  HEJNAL_TRY_VOID(once.begin(id, context.parts.clock->now(), again));
  if (const Status rings = context.parts.originate(agent, to, id); !rings) {
    once.failed(id);
    return tl::make_unexpected(rings.error());
  }
  return json_response(callback_json(c));
}

Result<ports::Response> attempt_callback(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string result = body.text("result", true, 20);
  const std::string phone = phone_in(context, body, "phone");
  HEJNAL_TRY_VOID(body.finish());
  const auto parsed = core::parse<core::AttemptResult>(result);
  if (!parsed)
    return fail(Fault::malformed,
                "result: expected reached, no_answer, voicemail or wrong_number, found \"{}\"", result);
  return act(context, core::callback::Try{context.who, phone, *parsed});
}

Result<ports::Response> settle_callback(Context& context) {
  HEJNAL_TRY_VOID(no_fields(context));
  return act(context, core::callback::Settle{context.who});
}

Result<ports::Response> write_off_callback(Context& context) {
  HEJNAL_TRY(Body body, Body::read(context.request));
  const core::callback::WriteOff write_off{context.who, body.line("reason", true, 500)};
  HEJNAL_TRY_VOID(body.finish());
  return act(context, write_off);
}

}  // namespace hejnal::api

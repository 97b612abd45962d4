#include "api/presence.hpp"

#include <algorithm>

#include "api/context.hpp"

namespace hejnal::api {

bool Presence::set(core::CaseNumber number, const std::string& who, std::optional<State> state, Instant now) {
  const std::lock_guard lock(mutex_);
  if (!state) {
    const auto people = cases_.find(number);
    if (people == cases_.end()) return false;
    const auto one = people->second.find(who);
    const bool was_there = one != people->second.end() && one->second.until > now;
    if (one != people->second.end()) people->second.erase(one);
    if (people->second.empty()) cases_.erase(people);
    return was_there;
  }
  if (cases_.size() >= kCasesMax) forget_old(now);
  if (cases_.size() >= kCasesMax && !cases_.contains(number)) return false;
  auto& people = cases_[number];
  if (people.size() >= kPeopleMax && !people.contains(who)) return false;
  const auto [place, is_new] = people.try_emplace(who, Person{who, *state, now, now + kStays});
  Person& person = place->second;
  const bool expired = person.until <= now, changed = is_new || expired || person.state != *state;
  if (changed) person = {who, *state, now, now};
  person.until = now + kStays;
  return changed;
}

std::vector<Presence::Person> Presence::in(core::CaseNumber number, Instant now) const {
  const std::lock_guard lock(mutex_);
  std::vector<Person> out;
  const auto people = cases_.find(number);
  if (people == cases_.end()) return out;
  for (const auto& [who, person] : people->second) {
    // The clock of a sandbox may jump, and one that was put back must not keep anybody for hours.
    if (person.until > now && person.until <= now + kStays) out.push_back(person);
  }
  return out;
}

void Presence::forget_old(Instant now) {
  for (auto one = cases_.begin(); one != cases_.end();) {
    std::erase_if(one->second, [&](const auto& person) { return person.second.until <= now; });
    one = one->second.empty() ? cases_.erase(one) : std::next(one);
  }
}

json::Array presence_json(Context& context, core::CaseNumber number) {
  json::Array out;
  if (!context.presence) return out;
  for (const Presence::Person& person : context.presence->in(number, context.parts.clock->now())) {
    out.push_back(json::Object{{"who", person.who},
                               {"state", person.state == Presence::State::typing ? "typing" : "looking"},
                               {"since", format_rfc3339(person.since)},
                               {"until", format_rfc3339(person.until)}});
  }
  return out;
}

Result<ports::Response> get_presence(Context& context) {
  HEJNAL_TRY(const std::int64_t number, whole_number(context.segments.at(0), "number"));
  return json_response(json::Object{{"items", presence_json(context, number)}});
}

Result<ports::Response> set_presence(Context& context) {
  context.audit.reset();  // said every few seconds by whoever looks: no change that anybody would look for
  HEJNAL_TRY(const std::int64_t number, whole_number(context.segments.at(0), "number"));
  HEJNAL_TRY(Body body, Body::read(context.request));
  const std::string name = body.line("state", true, 20);
  if (!name.empty() && name != "looking" && name != "typing" && name != "gone")
    body.complain("state", "expected looking, typing or gone");
  HEJNAL_TRY_VOID(body.finish());
  HEJNAL_TRY(const auto row, context.archive.find(number));
  if (!row) return fail(Fault::not_found, "there is no case {}", number);
  std::optional<Presence::State> state;
  if (name == "looking") state = Presence::State::looking;
  if (name == "typing") state = Presence::State::typing;
  if (context.presence->set(number, context.who, state, context.parts.clock->now()))
    context.parts.events->publish({{0, number, "presence"}});
  return json_response(json::Object{{"items", presence_json(context, number)}});
}

}  // namespace hejnal::api

// Whose the callbacks are: one for each person, also when it becomes known later whose a number is.
#include <algorithm>
#include <functional>

#include "base/text.hpp"

#include "desk/desk.hpp"

namespace hejnal::desk {

// The one that has taken it over, when it was joined with another; one that does not exist when its journal
// is damaged: that one is told of elsewhere, and must not keep the others from being called.
Result<core::Callback> Desk::living_callback(core::CallbackId id) {
  for (;;) {  // each went into one that went on then
    HEJNAL_TRY(auto c, parts_.store.callbacks().readable(id));
    if (!c) return core::Callback{};
    if (c->state != core::CallbackState::joined) return std::move(*c);
    id = c->into;
  }
}

Result<std::vector<core::OwnerOfNumber>> Desk::owners_of(const std::string& phone) {
  HEJNAL_TRY(const auto addresses, parts_.store.addresses_of_phone(phone));
  std::vector<core::OwnerOfNumber> out;
  for (const ports::AddressOfNumber& a : addresses) out.push_back({a.email, a.standing});
  return out;
}

// What is known of whose a number is may have changed: its debt goes with it, and debts of one person become
// one.
Status Desk::follow_number(const std::string& phone) {
  HEJNAL_TRY(const core::CallbackId latest, parts_.store.callbacks().latest_of(phone));
  if (latest == 0) return {};
  HEJNAL_TRY(core::Callback c, living_callback(latest));
  if (!c.open()) return {};
  HEJNAL_TRY(const core::Party person, parts_.store.person_by_phone(phone));
  HEJNAL_TRY(const auto owners, owners_of(phone));
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  if (!core::is_of(c, owners) && c.phones.size() > 1) {
    HEJNAL_TRY(const core::CallbackId last, parts_.store.callbacks().last_id());
    HEJNAL_TRY(const core::Callback own,
               turn(core::Callback{}, core::callback::BeginsWith{c, phone, last + 1, person}, facts_now));
    HEJNAL_TRY_VOID(turn(std::move(c), core::callback::Loses{phone, own.id}, facts_now));
    c = own;
  } else if (!core::is_of(c, owners)) {
    HEJNAL_TRY(c, turn(std::move(c), core::callback::IsKnown{person, {}, false, {}}, facts_now));
  }
  const core::CallbackId id = c.id;
  HEJNAL_TRY_VOID(join_callbacks(std::move(c), facts_now));
  HEJNAL_TRY(c, living_callback(id));
  return tell_what_is_known(std::move(c), facts_now);
}

// Organisations that are called back first, and whoever has a failure.
Result<bool> Desk::comes_first(const core::Party& person, const std::vector<core::Case>& cases) {
  for (const core::Case& one : cases) {
    HEJNAL_TRY(const core::Procedure* procedure, procedure_of(one));
    if (procedure->at(one.class_name).failure) return true;
  }
  const std::string domain(core::domain_of(person.email));
  return std::any_of(settings_.first_called_back.begin(), settings_.first_called_back.end(),
                     [&](const std::string& first) {
                       return (!person.organisation.empty() && fold(first) == fold(person.organisation)) ||
                              (!domain.empty() && to_lower_ascii(first) == domain);
                     });
}

Result<core::callback::IsKnown> Desk::known_of(const core::Callback& c) {
  core::callback::IsKnown out;
  out.person = c.person;
  std::vector<core::Case> cases;
  for (const std::string& phone : c.phones) {
    HEJNAL_TRY(const core::Party person, parts_.store.person_by_phone(phone));
    if (!person.name.empty() || !person.email.empty()) out.person = person;
    HEJNAL_TRY(auto of_phone, cases_of_caller(phone));
    for (core::Case& one : of_phone) {
      if (std::find(out.cases.begin(), out.cases.end(), one.number) != out.cases.end()) continue;
      out.cases.push_back(one.number);
      cases.push_back(std::move(one));
    }
  }
  std::sort(out.cases.begin(), out.cases.end(), std::greater<>());
  HEJNAL_TRY(out.critical, comes_first(out.person, cases));
  HEJNAL_TRY(const auto* outages, open_outages());
  for (const core::Outage& o : *outages) {
    const auto is_in = [&](const core::Case& one) { return one.outage == o.id; };
    if (out.outage.id == 0 && std::any_of(cases.begin(), cases.end(), is_in)) out.outage = {o.id, o.title};
  }
  return out;
}

Status Desk::tell_what_is_known(core::Callback c, const core::callback::Facts& facts_now) {
  if (!c.open()) return {};
  HEJNAL_TRY(const core::callback::IsKnown known, known_of(c));
  HEJNAL_TRY_VOID(turn(std::move(c), known, facts_now));
  return {};
}

Status Desk::tell_callbacks_of(const core::Case& c) {
  HEJNAL_TRY(const auto* open, open_callbacks());
  if (open->empty()) return {};
  HEJNAL_TRY(const auto ids, latest_callbacks(c.client.phone, c.client));
  if (ids.empty()) return {};
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  for (const core::CallbackId id : ids) {
    HEJNAL_TRY(core::Callback callback, living_callback(id));
    HEJNAL_TRY_VOID(tell_what_is_known(std::move(callback), facts_now));
  }
  return {};
}

// With the others of the same person.
Status Desk::join_callbacks(core::Callback c, const core::callback::Facts& facts_now) {
  for (const std::string& phone : std::vector(c.phones)) {
    HEJNAL_TRY(const core::Party person, parts_.store.person_by_phone(phone));
    HEJNAL_TRY(const auto ids, latest_callbacks(phone, person));
    for (const core::CallbackId id : ids) {
      HEJNAL_TRY(core::Callback other, living_callback(id));
      if (other.id == c.id || !core::may_join(c, other)) continue;
      HEJNAL_TRY(const bool same, is_of_person(other, person));
      if (!same) continue;
      if (core::goes_on(other, c)) std::swap(c, other);
      HEJNAL_TRY(c, turn(std::move(c), core::callback::TakesOver{other}, facts_now));
      HEJNAL_TRY_VOID(turn(std::move(other), core::callback::GoesInto{c.id}, facts_now));
    }
  }
  return {};
}

// A callback that was found by one of a person's numbers may be of whoever had that number before.
Result<bool> Desk::is_of_person(const core::Callback& c, const core::Party& person) {
  for (const std::string& phone : c.phones) {
    HEJNAL_TRY(const core::Party owner, parts_.store.person_by_phone(phone));
    if (owner.email != person.email || (person.email.empty() && owner.name != person.name)) continue;
    HEJNAL_TRY(const auto owners, owners_of(phone));
    if (core::is_of(c, owners)) return true;
  }
  return false;
}

// Of every number that is owed a call: two people have turned out to be one.
Status Desk::follow_people() {
  HEJNAL_TRY(const auto* open, open_callbacks());
  std::vector<std::string> phones;
  for (const auto& [id, c] : *open) phones.insert(phones.end(), c.phones.begin(), c.phones.end());
  for (const std::string& phone : phones) HEJNAL_TRY_VOID(follow_number(phone));
  return {};
}

Status Desk::merge_people(std::int64_t from, std::int64_t into) {
  HEJNAL_TRY_VOID(parts_.store.merge_people(from, into));
  return follow_people();
}

// When the last callback of this person ended; a number that has changed its owner since tells nothing.
Result<std::optional<Instant>> Desk::settled_of(const std::string& phone, const core::Party& person) {
  std::optional<Instant> out;
  HEJNAL_TRY(const auto ids, latest_callbacks(phone, person));
  for (const core::CallbackId id : ids) {
    HEJNAL_TRY(core::Callback c, living_callback(id));
    if (c.open() && !c.earlier.empty()) {
      HEJNAL_TRY(c, living_callback(c.earlier.back()));
    }
    if (c.open() || !c.ended_at || (out && *c.ended_at <= *out)) continue;
    HEJNAL_TRY(const bool same, is_of_person(c, person));
    if (same) out = c.ended_at;
  }
  return out;
}

// What other callbacks of this person mean for this one: that an agent holds one of them, or has reached the
// person.
Status Desk::add_siblings(core::callback::Facts& facts_now, const core::Callback& c) {
  for (const std::string& phone : c.phones) {
    HEJNAL_TRY(const core::Party person, parts_.store.person_by_phone(phone));
    HEJNAL_TRY(const auto ids, latest_callbacks(phone, person));
    for (const core::CallbackId id : ids) {
      HEJNAL_TRY(const core::Callback other, living_callback(id));
      if (other.id == c.id) continue;
      if (other.state == core::CallbackState::taken && !facts_now.held)
        facts_now.held = core::callback::Facts::Held{other.id, other.taken_by};
      if (const auto reached = core::reached_by(other);
          reached && (!facts_now.reached || facts_now.reached->at < reached->at))
        facts_now.reached = core::callback::Facts::Reached{other.id, reached->by, reached->at};
    }
  }
  return {};
}

}  // namespace hejnal::desk

// Telephone calls, and the callbacks that are owed for them.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/zone.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr std::size_t kCasesOfCaller = 20;
constexpr int kCasesLookedAt = 50;  // anybody may have claimed to have this number
constexpr int kOpenMax = 100'000;
constexpr int kWakingDays = 8;
constexpr const char* kPutThrough = "put through";
constexpr const char *kCall = "call", *kOutcome = "outcome of a call";
constexpr const char* kAnswered = "answered call";  // which message stands for it
constexpr const char* kColleague = "it is the telephone of somebody who is on call: nobody is owed a call";
constexpr std::size_t kListedMax = 20;
constexpr std::size_t kEarlierMax = 50;
constexpr Duration kCallsKnownFor = 30 * 24h;

}  // namespace

core::Waking Desk::waking() const {
  core::Waking out;
  const int from = settings_.wakes_minute, to = settings_.sleeps_minute;
  if (from == 0 && to == 24 * 60) return out;
  const auto days = daily_spans(now(), -1, kWakingDays, from, to, settings_.zone);
  if (!days) return {};
  for (const DaySpan& day : *days) out.spans.push_back({day.from, day.to});
  return out;
}

std::vector<std::string> Desk::phones_on_call() const {
  std::vector<std::string> out;
  for (const core::OnCall& person : settings_.on_call) out.push_back(person.phone);
  return out;
}

Result<Desk::Phoned> Desk::answer_call(const std::string& from, const std::string& id) {
  return answer_call(AskedCall{from, id});
}

Result<Desk::Phoned> Desk::answer_call(const AskedCall& asked) {
  Phoned out;
  core::CallFacts facts_now;
  HEJNAL_TRY(facts_now.failure_open, failure_open());
  facts_now.takes_calls = settings_.takes_calls;
  facts_now.from = asked.from;
  facts_now.on_call_phones = phones_on_call();
  out.decision = core::decide_call(facts_now);
  PhoneCall call{asked.from, core::CallResult::rejected, std::nullopt, "client", asked.id, asked.to};
  call.decided = true;
  call.given = asked.given;
  if (!out.decision.redirect && !asked.from.empty()) {
    HEJNAL_TRY(const Phoned kept, this->call(call));
    out.filed = kept.filed;
    out.callback = kept.callback;
    return out;
  }
  // Who withholds the number cannot be called back: the call is kept, and that is all. One that rings through
  // is noted by what comes of it; where somebody tells that, silence is no answer either.
  if (asked.from.empty()) {
    HEJNAL_TRY(out.filed, keep_unknown(call, out.decision.redirect ? kPutThrough : "rejected"));
    return out;
  }
  if (core::is_colleague(phones_on_call(), asked.from)) {
    HEJNAL_TRY(out.filed, keep_call(call, kPutThrough, kColleague));
    return out;
  }
  const bool awaited = settings_.told_within > Duration(0);
  if (!asked.last_word && !awaited) return out;
  call.result = core::CallResult::put_through;
  HEJNAL_TRY(core::Party person, parts_.store.person_by_phone(asked.from));
  person.phone = asked.from;
  HEJNAL_TRY(const core::CallbackId known, callback_that_knows(call, person));
  if (known != 0) {
    out.callback = known;
    return out;
  }
  HEJNAL_TRY(out.filed.message, message_of_answered(call));
  if (out.filed.message != 0) {
    out.filed.duplicate = true;
    return out;
  }
  HEJNAL_TRY(std::vector<core::Case> cases, cases_of_caller(asked.from));
  if (awaited) {
    HEJNAL_TRY(out.callback, owe_callback(call, person, cases, out.decision));
  }
  if (!asked.last_word) return out;
  if (cases.empty()) {
    HEJNAL_TRY(out.filed, keep_call(call, "put through", out.decision.why));
    return out;
  }
  HEJNAL_TRY(out.filed, note_call(call, person, std::move(cases.front()), "put through"));
  return out;
}

Result<Desk::Phoned> Desk::call(const PhoneCall& call) {
  Phoned out;
  core::CallFacts meaning;
  HEJNAL_TRY(meaning.failure_open, failure_open());
  meaning.takes_calls = settings_.takes_calls;
  out.decision = core::decide_call(meaning);
  if (call.from.empty()) {
    HEJNAL_TRY(out.filed, keep_unknown(call, std::string(to_string(call.result))));
    return out;
  }
  if (core::is_colleague(phones_on_call(), call.from)) {
    HEJNAL_TRY(out.filed, keep_call(call, std::string(to_string(call.result)), kColleague,
                                    call.decided ? kCall : kOutcome));
    return out;
  }
  HEJNAL_TRY(core::Party person, parts_.store.person_by_phone(call.from));
  person.phone = call.from;
  HEJNAL_TRY(out.callback, callback_that_knows(call, person));
  if (out.callback != 0) return out;
  HEJNAL_TRY(out.filed.message, message_of_answered(call));
  if (out.filed.message != 0) {
    out.filed.duplicate = true;
    return out;
  }
  HEJNAL_TRY(std::vector<core::Case> cases, cases_of_caller(call.from));
  const bool answered = call.result == core::CallResult::answered;
  // A call says nothing of its matter, so it hides nothing where it joins: the latest open case of that
  // person. One that was answered may be a matter of its own; of any other the callback is all that is owed.
  if (!cases.empty() || answered) {
    std::string text(to_string(call.result));
    if (answered && !call.answered_by.empty()) text += " by " + call.answered_by;
    HEJNAL_TRY(out.filed, note_call(call, person, cases.empty() ? core::Case{} : cases.front(), text));
  }
  HEJNAL_TRY(out.callback, owe_callback(call, person, cases, out.decision));
  if (out.callback == 0 && out.filed.message == 0) {
    HEJNAL_TRY(out.filed, keep_call(call, std::string(to_string(call.result)),
                                    "told late: the client was called back after it"));
  }
  HEJNAL_TRY_VOID(tell_of_callbacks());
  return out;
}

// The callback that has no more to learn of this call: the same told twice is one thing, what an ended one
// knows is over, and that somebody has answered is final. 0: it is new, or there is more to learn.
Result<core::CallbackId> Desk::callback_that_knows(const PhoneCall& call, const core::Party& person) {
  if (call.id.empty()) return 0;
  HEJNAL_TRY(std::vector<core::CallbackId> ids, latest_callbacks(call.from, person));
  for (std::size_t i = 0; i < ids.size() && i < kEarlierMax; ++i) {
    HEJNAL_TRY(core::Callback one, living_callback(ids[i]));
    // Exchanges begin to count anew some day.
    if (one.ended_at && now() - *one.ended_at > kCallsKnownFor) continue;
    if (const auto* known = one.call_of(call.id)) {
      // Of one that was put through more is known by now: that it was is told late.
      const bool late = call.result == core::CallResult::put_through;
      const bool is_final = !one.open() || known->result == core::CallResult::answered;
      return late || is_final || known->result == call.result ? one.id : 0;
    }
    for (const core::CallbackId before : one.earlier) {
      if (std::find(ids.begin(), ids.end(), before) == ids.end()) ids.push_back(before);
    }
  }
  return 0;
}

// That somebody has answered is final also where nothing was owed, and where only a case knows of it; 0: not
// told yet.
Result<core::MessageId> Desk::message_of_answered(const PhoneCall& call) {
  HEJNAL_TRY(const auto before, parts_.store.seen(call.id, kAnswered));
  if (!before) return 0;
  HEJNAL_TRY(const auto message, parts_.store.message(before->message));
  const bool is_same = message && message->from == call.from && now() - message->at <= kCallsKnownFor;
  return is_same ? before->message : 0;
}

// The addresses that are surely of who has this number.
Result<std::vector<std::string>> Desk::own_addresses_of(const std::string& phone) {
  HEJNAL_TRY(const auto addresses, parts_.store.addresses_of_phone(phone));
  std::vector<std::string> out;
  for (const ports::AddressOfNumber& a : addresses) {
    if (a.standing == core::Standing::confirmed) out.push_back(a.email);
  }
  return out;
}

// Those that are surely of this caller, the latest first: with one of them goes its link.
Result<std::vector<core::Case>> Desk::cases_of_caller(const std::string& from) {
  HEJNAL_TRY(const auto open, parts_.store.open_cases_of_phone(from, kCasesLookedAt));
  HEJNAL_TRY(const auto own, own_addresses_of(from));
  std::vector<core::Case> cases;
  for (const ports::CaseSummary& summary : open) {
    HEJNAL_TRY(core::Case c, load(summary.number));
    if (core::client_with_number(c, from, own)) cases.push_back(std::move(c));
    if (cases.size() == kCasesOfCaller) break;
  }
  return cases;
}

// In the case `c`, or in a new one when it does not exist.
Result<Filed> Desk::note_call(const PhoneCall& call, const core::Party& person, core::Case c,
                              std::string text) {
  core::CallReceived signal;
  signal.from = person;
  signal.answered = call.result == core::CallResult::answered;
  HEJNAL_TRY(core::Facts facts_now, facts(c));
  if (c.exists()) {
    signal.relation = core::Relation::reply;
    signal.join_reason = "the latest open case of this caller";
  } else {
    HEJNAL_TRY_VOID(prepare_opening(facts_now));
  }
  Filed out;
  out.number = c.exists() ? c.number : facts_now.number;
  ports::Message message;
  message.number = out.number;
  message.channel = core::Channel::call;
  message.from = call.from;
  message.to = call.to;
  message.text = std::move(text);
  message.at = std::min(call.at.value_or(now()), now());
  if (signal.answered) {
    message.message_id = call.id;
    message.content_key = kAnswered;
  }
  message.state = c.exists() ? "joined" : "opened";
  message.join_reason = signal.join_reason;
  HEJNAL_TRY(out.message, parts_.store.add_message(message, {}));
  signal.message = out.message;
  HEJNAL_TRY_VOID(turn(std::move(c), signal, facts_now));
  changes_.push_back({0, out.number, "message"});
  return out;
}

// One of somebody who cannot be called back. What became of one that was put through is a line of its own.
Result<Filed> Desk::keep_unknown(const PhoneCall& call, std::string text) {
  const std::string why = call.given.empty()
                              ? "the caller withholds the number: nobody can be called back"
                              : fmt::format("\"{}\" is no number that can be called back", call.given);
  PhoneCall kept = call;
  kept.from = call.given;
  HEJNAL_TRY(const auto asked, parts_.store.seen(call.id, kCall));
  if (!call.decided && asked) {
    HEJNAL_TRY(const auto before, parts_.store.message(asked->message));
    if (before && before->text == kPutThrough) return keep_call(kept, std::move(text), why, kOutcome);
  }
  return keep_call(kept, std::move(text), why);
}

// A call that nobody has to do anything about: one line, which owes nobody a look.
Result<Filed> Desk::keep_call(const PhoneCall& call, std::string text, std::string why, const char* key) {
  Filed out;
  HEJNAL_TRY(const auto before, parts_.store.seen(call.id, key));
  if (before) {
    out.message = before->message;
    out.duplicate = true;
    return out;
  }
  ports::Message message;
  message.channel = core::Channel::call;
  message.from = call.from;
  message.to = call.to;
  message.text = std::move(text);
  message.at = std::min(call.at.value_or(now()), now());
  message.state = "set_aside";
  message.join_reason = std::move(why);
  message.message_id = call.id;
  message.content_key = key;
  HEJNAL_TRY(out.message, parts_.store.add_message(message, {}));
  HEJNAL_TRY_VOID(parts_.store.set_looked_at(out.message, now()));
  changes_.push_back({0, 0, "message"});
  return out;
}

Result<core::CallbackId> Desk::owe_callback(const PhoneCall& call, const core::Party& person,
                                            const std::vector<core::Case>& cases,
                                            const core::CallDecision& means) {
  HEJNAL_TRY_VOID(follow_number(call.from));
  HEJNAL_TRY(core::Callback c, callback_of(call.from, person));
  if (!c.exists() && call.result == core::CallResult::answered) return 0;
  HEJNAL_TRY(core::callback::Facts facts_now, callback_facts());
  core::callback::Rung rung;
  rung.person = person;
  rung.phone = call.from;
  rung.at = std::min(call.at.value_or(now()), now());
  rung.result = call.result;
  rung.reason = means.reason;
  rung.by = call.by;
  rung.call_id = call.id;
  rung.hung_up = call.hung_up;
  rung.decided = call.decided;
  if (!cases.empty()) {
    const core::Case& latest = cases.front();
    rung.number = latest.number;
    HEJNAL_TRY(const auto own, own_addresses_of(call.from));
    if (const auto client = core::client_with_number(latest, call.from, own)) {
      facts_now.token = client->token;
      facts_now.short_code = client->short_code;
    }
  }
  HEJNAL_TRY(const auto* outages, open_outages());
  if (!outages->empty()) facts_now.outage_text = outages->front().in_short();
  for (const core::Case& one : cases) {
    for (const core::Outage& o : *outages) {
      if (o.id == one.outage) facts_now.outage_text = o.in_short();  // the caller's own before any other
    }
  }
  HEJNAL_TRY(rung.critical, comes_first(person, cases));
  HEJNAL_TRY_VOID(add_limits_of_caller(facts_now, call.from));
  HEJNAL_TRY(facts_now.settled_at, settled_of(call.from, person));
  if (!c.exists()) {
    HEJNAL_TRY(const core::CallbackId last, parts_.store.callbacks().last_id());
    rung.id = last + 1;
  }
  HEJNAL_TRY(const core::CallbackId latest, parts_.store.callbacks().latest_of(call.from));
  if (latest != 0) {
    HEJNAL_TRY(const core::Callback before, living_callback(latest));
    if (before.id != c.id) rung.earlier = before.id;
  }
  HEJNAL_TRY(c, turn(std::move(c), rung, facts_now));
  const core::CallbackId id = c.id;
  HEJNAL_TRY_VOID(tell_what_is_known(std::move(c), facts_now));
  return id;
}

Status Desk::add_limits_of_caller(core::callback::Facts& facts_now, const std::string& phone) {
  HEJNAL_TRY(const auto contact, parts_.store.sms_contact(phone));
  if (contact && contact->stopped_at) {
    facts_now.sms_refused = fmt::format("{} has sent STOP: no SMS goes there", phone);
  } else if (!budget_.refusal(phone, 0, now()).empty()) {
    facts_now.sms_refused = fmt::format("{} has had enough automatic SMS for now", phone);
  }
  HEJNAL_TRY(const core::CallbackId latest, parts_.store.callbacks().latest_of(phone));
  if (latest == 0) return {};
  HEJNAL_TRY(const core::Callback before, living_callback(latest));
  facts_now.told_at = before.told_at(phone);
  return {};
}

// The latest callback of each number of a person, `phone` first.
Result<std::vector<core::CallbackId>> Desk::latest_callbacks(const std::string& phone,
                                                             const core::Party& person) {
  std::vector<std::string> phones = {phone};
  HEJNAL_TRY(const auto others, parts_.store.own_phones_of(person));
  phones.insert(phones.end(), others.begin(), others.end());
  std::vector<core::CallbackId> ids;
  for (const std::string& one : phones) {
    if (one.empty()) continue;
    HEJNAL_TRY(const core::CallbackId id, parts_.store.callbacks().latest_of(one));
    if (id != 0 && std::find(ids.begin(), ids.end(), id) == ids.end()) ids.push_back(id);
  }
  return ids;
}

// The open callback of a person, whichever of the own numbers it was that called; the oldest one when it
// was learned late that two of them are of one person, and one that does not exist when there is none.
Result<core::Callback> Desk::callback_of(const std::string& phone, const core::Party& person) {
  HEJNAL_TRY(std::vector<core::CallbackId> ids, latest_callbacks(phone, person));
  std::sort(ids.begin(), ids.end());
  for (const core::CallbackId id : ids) {
    HEJNAL_TRY(core::Callback c, living_callback(id));
    if (!c.open()) continue;
    HEJNAL_TRY(const bool same, is_of_person(c, person));
    const bool called_here = std::find(c.phones.begin(), c.phones.end(), phone) != c.phones.end();
    if (same || called_here) return c;
  }
  return core::Callback{};
}

Result<core::callback::Facts> Desk::callback_facts() {
  core::callback::Facts out;
  HEJNAL_TRY(out.failure_open, failure_open());
  out.waking = waking();
  out.sms_available = settings_.sms_available;
  if (settings_.told_within > Duration(0)) out.told_within = settings_.told_within;
  return out;
}

Result<core::Callback> Desk::turn(core::Callback c, const core::callback::Signal& signal,
                                  core::callback::Facts facts_now) {
  HEJNAL_TRY(const core::callback::Decision decision, core::decide(facts_now, c, signal, now()));
  if (decision.entries.empty()) return c;
  for (const core::callback::Entry& entry : decision.entries) core::apply(c, entry);
  record_alarm_.reset();
  HEJNAL_TRY_VOID(parts_.store.callbacks().write(c, now(), decision.entries));
  changes_.push_back({0, 0, "callback", c.id});
  if (open_callbacks_) {
    open_callbacks_->erase(c.id);
    if (c.open()) open_callbacks_->emplace(c.id, c);
  }
  for (const core::Notice& notice : decision.notices) HEJNAL_TRY_VOID(queue(notice));
  if (decision.tell != core::AlertReason::none)
    told_callbacks_.push_back({decision.tell, c, decision.after_failure});
  return c;
}

Result<core::Callback> Desk::act(core::CallbackId id, const core::callback::Signal& signal) {
  HEJNAL_TRY(core::Callback c, parts_.store.callbacks().load(id));
  if (!c.exists()) return fail(Fault::not_found, "there is no callback {}", id);
  HEJNAL_TRY(core::callback::Facts facts_now, callback_facts());
  HEJNAL_TRY_VOID(add_siblings(facts_now, c));
  const bool was_held = c.state == core::CallbackState::taken;
  HEJNAL_TRY(c, turn(std::move(c), signal, facts_now));
  // What was left alone while two agents held it.
  if (was_held && c.open() && c.state != core::CallbackState::taken) {
    HEJNAL_TRY_VOID(join_callbacks(c, facts_now));
    HEJNAL_TRY(c, parts_.store.callbacks().load(id));
  }
  HEJNAL_TRY_VOID(tell_of_callbacks());
  return c;
}

Result<const std::map<core::CallbackId, core::Callback>*> Desk::open_callbacks() {
  if (!open_callbacks_) {
    HEJNAL_TRY(const auto ids, parts_.store.callbacks().ids(true, kOpenMax, ports::Archive::kNewest));
    std::map<core::CallbackId, core::Callback> all;
    for (const core::CallbackId id : ids) {
      HEJNAL_TRY(auto c, parts_.store.callbacks().readable(id));
      if (c) all.emplace(id, std::move(*c));
    }
    open_callbacks_ = std::move(all);
  }
  return &*open_callbacks_;
}

Status Desk::failure_changed() {
  HEJNAL_TRY(const auto* open, open_callbacks());
  if (open->empty()) return {};
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  if (!facts_now.failure_open) HEJNAL_TRY_VOID(follow_people());  // before somebody works them off
  std::vector<core::CallbackId> ids;
  for (const auto& [id, c] : *open) {
    if (c.state != core::CallbackState::taken) ids.push_back(id);
  }
  for (const core::CallbackId id : ids)  // each turn changes the list
    HEJNAL_TRY_VOID(turn(open->at(id), core::callback::FailureChanged{}, facts_now));
  return tell_of_callbacks();
}

// Whoever is on call gets one message for all callbacks that something was to be said of.
Status Desk::tell_of_callbacks() {
  std::vector<ToldCallback> all = std::exchange(told_callbacks_, {});
  using enum core::AlertReason;
  for (const core::AlertReason reason : {callbacks_due, callbacks_overdue, callbacks_waiting}) {
    std::vector<core::Callback> list;
    bool after_failure = false;
    for (const ToldCallback& told : all) {
      if (told.reason != reason) continue;
      list.push_back(told.c);
      after_failure = after_failure || told.after_failure;
    }
    if (list.empty()) continue;
    std::sort(list.begin(), list.end(), core::before);
    core::Notice notice;
    notice.kind = core::NoticeKind::callbacks;
    notice.reason = reason;
    notice.callback = list.front().id;
    notice.id = static_cast<int>(list.front().entries);
    notice.ring = static_cast<int>(list.size());
    const auto& first = list.front().person;
    notice.client = first;
    notice.subject = first.name.empty() ? first.phone : fmt::format("{} {}", first.name, first.phone);
    for (std::size_t i = 0; i < std::min(list.size(), kListedMax); ++i) {
      const core::Callback& c = list[i];
      notice.text +=
          fmt::format("{}{} {}{}{}: {}x, {}\n", c.critical ? "! " : "", c.phones.front(), c.person.name,
                      c.person.organisation.empty() ? "" : ", ", c.person.organisation, c.calls_total,
                      format_local(c.since, settings_.zone, procedure_.language));
    }
    if (list.size() > kListedMax) notice.text += fmt::format("+{}\n", list.size() - kListedMax);
    const bool by_sms =
        core::tells_by_sms(reason, waking().awake(now()), list.front().critical, after_failure);
    HEJNAL_TRY_VOID(tell_first_on_call(notice, by_sms));
  }
  return {};
}

Result<std::optional<Instant>> Desk::next_record_alarm() {
  if (!record_alarm_) {
    HEJNAL_TRY(auto earliest, parts_.store.outages().next_alarm());
    HEJNAL_TRY(const auto callback, parts_.store.callbacks().next_alarm());
    if (callback && (!earliest || *callback < *earliest)) earliest = callback;
    record_alarm_ = earliest;
  }
  return *record_alarm_;
}

// Rings the outages and callbacks that are due. A damaged one must not keep the others from ringing: it is
// told, and looked at again in an hour.
Result<int> Desk::ring_records(int limit) {
  const auto damaged = [&](const Error& error, const char* what, std::int64_t id) {
    if (error.fault != Fault::corrupt) return false;
    fmt::print(stderr, "hejnal: {} {}: {}\n", what, id, error.what);
    record_alarm_.reset();
    return true;
  };
  HEJNAL_TRY(const auto outages, parts_.store.outages().due(now(), limit));
  for (const core::OutageId id : outages) {
    auto o = parts_.store.outages().load(id);
    if (!o && damaged(o.error(), "outage", id)) {
      HEJNAL_TRY_VOID(parts_.store.outages().postpone_alarm(id, now() + 1h));
      continue;
    }
    if (!o) return tl::make_unexpected(o.error());
    HEJNAL_TRY_VOID(turn(std::move(*o), core::outage::AlarmRang{}));
  }
  HEJNAL_TRY(const auto callbacks, parts_.store.callbacks().due(now(), limit));
  if (callbacks.empty()) return static_cast<int>(outages.size());
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  for (const core::CallbackId id : callbacks) {
    auto c = parts_.store.callbacks().load(id);
    if (!c && damaged(c.error(), "callback", id)) {
      HEJNAL_TRY_VOID(parts_.store.callbacks().postpone_alarm(id, now() + 1h));
      continue;
    }
    if (!c) return tl::make_unexpected(c.error());
    core::callback::Facts own = facts_now;
    const bool was_held = c->state == core::CallbackState::taken;
    if (was_held) HEJNAL_TRY_VOID(add_siblings(own, *c));
    HEJNAL_TRY(core::Callback rung, turn(std::move(*c), core::callback::AlarmRang{}, own));
    if (was_held && rung.open() && rung.state != core::CallbackState::taken)
      HEJNAL_TRY_VOID(join_callbacks(std::move(rung), facts_now));
  }
  HEJNAL_TRY_VOID(tell_of_callbacks());
  return static_cast<int>(outages.size() + callbacks.size());
}

// "Już działa": what a client writes may be an offer to settle the callback; the message goes its way
// besides.
Result<core::CallbackId> Desk::client_says(core::Channel channel, const std::string& phone,
                                           const std::string& email, const std::string& text) {
  if (core::says_it_works(text)) return offer_to_settle(channel, phone, email, text);
  if (core::says_it_fails(text)) HEJNAL_TRY_VOID(take_back_offer(channel, phone, email, text));
  return 0;
}

Result<core::Callback> Desk::callback_of_client(const std::string& phone, const std::string& email) {
  core::Party person{{}, email, phone, {}};
  if (email.empty() && !phone.empty()) {
    HEJNAL_TRY(person, parts_.store.person_by_phone(phone));
  }
  return callback_of(phone, person);
}

Result<core::CallbackId> Desk::offer_to_settle(core::Channel channel, const std::string& phone,
                                               const std::string& email, const std::string& text) {
  HEJNAL_TRY(core::Callback c, callback_of_client(phone, email));
  if (!c.exists()) return 0;
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  HEJNAL_TRY(c, turn(std::move(c), core::callback::SaysItWorks{channel, text}, facts_now));
  return c.id;
}

Status Desk::take_back_offer(core::Channel channel, const std::string& phone, const std::string& email,
                             const std::string& text) {
  HEJNAL_TRY(core::Callback c, callback_of_client(phone, email));
  if (!c.exists()) return {};
  HEJNAL_TRY(const core::callback::Facts facts_now, callback_facts());
  HEJNAL_TRY_VOID(turn(std::move(c), core::callback::SaysItFails{channel, text}, facts_now));
  return {};
}

}  // namespace hejnal::desk

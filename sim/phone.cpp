#include "sim/phone.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <utility>

namespace hejnal::sim {

namespace {

constexpr Duration kWorkEvery = 25min, kCallEvery = 40h;
constexpr Duration kHandsEvery = 9 * 24h;
constexpr int kLooksToCheck = 16, kHouseholds = 5;
constexpr std::array<const char*, 2> kAgents = {"Ola", "Jan"};

}  // namespace

void Telephone::live(int outages_a_year) {
  outages_a_year_ = outages_a_year;
  plan_outage();
  plan_call();
  plan_hands();
}

void Telephone::stop() {
  living_ = false;
  end_all_outages();
  work();
}

// Those as well whose declaration was kept before a crash swallowed the answer: the console shows them.
void Telephone::end_all_outages() {
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(const auto ids, desk.store().outages().ids(true, 1000, ports::Archive::kNewest));
    open_.insert(ids.begin(), ids.end());
    return {};
  });
  if (!done || !*done) world_.after(10min, [this] { end_all_outages(); });
  for (const core::OutageId id : std::set(open_)) end_outage(id, false);
}

void Telephone::plan_outage() {
  const auto mean = Duration(24h * 365 / outages_a_year_);
  world_.after(world_.dice.between(Duration(1h), mean * 2), [this] {
    if (!living_) return;
    begin_outage(false);
    plan_outage();
  });
}

std::string Telephone::any_phone() {
  return fmt::format("+48{}{:06}", world_.dice.chance(700) ? "601" : "605", world_.dice.below(160));
}

void Telephone::plan_call() {
  world_.after(world_.dice.between(Duration(1h), kCallEvery * 2), [this] {
    if (!living_) return;
    somebody_phones(any_phone(), 1);
    plan_call();
  });
}

void Telephone::plan_hands() {
  world_.after(kHandsEvery, [this] {
    if (!living_) return;
    a_number_changes_hands();
    plan_hands();
  });
}

// Only numbers that no client of the world writes from. Not by the dice: nothing else may come out
// differently.
void Telephone::a_number_changes_hands() {
  ++hands_;
  const auto of = static_cast<unsigned>(hands_) * 2'654'435'761U;
  ports::NumberRow row;
  row.phone = fmt::format("+48605{:06}", (of >> 8U) % 160);
  row.email = fmt::format("dom{}@prywatny.example", (of >> 20U) % kHouseholds);
  row.source = "agent";
  row.at = world_.now();
  row.standing = core::Standing::confirmed;
  row.decided_by = "Ola";
  static_cast<void>(world_.ask([&](desk::Desk& desk) { return desk.judge_number(row); }));
}

void Telephone::begin_outage(bool again) {
  core::OutageId id = 0;
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(const core::Outage o,
               desk.declare_outage(
                   {"Ola", again ? "Znowu łącze" : "Łącze", "Łącze nie działa, naprawiamy.", {}, {}}));
    id = o.id;
    if (mutation_ == Mutation::due_in_a_failure) make_due(desk.store());
    check(desk.store(), true);
    return {};
  });
  if (!done || !*done) return;  // whoever is down declares nothing
  open_.insert(id);
  Dice& dice = world_.dice;
  // Reports of the last days belong to it, or so somebody thinks.
  const auto cases = static_cast<std::uint64_t>(world_.laws.cases());
  for (int i = 0; i < 3 && cases > 0; ++i) {
    const auto number = static_cast<core::CaseNumber>(cases - dice.below(std::min<std::uint64_t>(cases, 40)));
    world_.after(dice.between(Duration(1min), Duration(2h)), [this, id, number] { attach(id, number); });
  }
  if (dice.chance(400))
    world_.after(dice.between(Duration(5min), Duration(4h)), [this, id] {
      static_cast<void>(world_.ask([id](desk::Desk& desk) -> Status {
        HEJNAL_TRY_VOID(desk.act(id, core::outage::Update{"Jan", "Szukamy przyczyny.", {}}));
        return {};
      }));
    });
  const int callers = static_cast<int>(dice.below(5));
  for (int i = 0; i < callers; ++i) {
    const std::string phone = any_phone();
    const int times = dice.chance(300) ? 3 : 1;
    world_.after(dice.between(Duration(1min), Duration(5h)),
                 [this, phone, times] { somebody_phones(phone, times); });
  }
  world_.after(dice.between(Duration(10min), Duration(6h)), [this, id] { end_outage(id, true); });
}

void Telephone::attach(core::OutageId id, core::CaseNumber number) {
  if (!open_.contains(id)) return;
  static_cast<void>(world_.ask([id, number](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(desk.act(id, core::outage::Attach{"Ola", number}));
    return {};
  }));
}

void Telephone::end_outage(core::OutageId id, bool may_come_back) {
  if (!open_.contains(id)) return;
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(desk.act(id, core::outage::End{"Ola", "Łącze działa."}));
    return {};
  });
  if (!done || !*done) {  // tried again: it may have been done
    if (done && (*done).error().fault == Fault::conflict) {
      open_.erase(id);
    } else {
      world_.after(10min, [this, id] { end_outage(id, false); });
    }
    return;
  }
  open_.erase(id);
  if (may_come_back && living_ && world_.dice.chance(250))
    world_.after(world_.dice.between(Duration(1min), Duration(30min)), [this] { begin_outage(true); });
  plan_work();
}

bool Telephone::broken(Mutation mutation) {
  if (mutation_ != mutation) return false;
  mutation_ = Mutation::none;
  return true;
}

void Telephone::accepted(const std::string& id, core::CallbackId callback) {
  if (callback == 0) world_.laws.broken("calls_are_kept", 0, id + " has no callback");
  owed_.insert(id);
}

void Telephone::somebody_phones(const std::string& phone, int times) {
  if (!living_) return;
  if (world_.dice.chance(400)) return an_exchange_asks(phone);
  desk::Desk::PhoneCall call{phone,
                             world_.dice.chance(250) ? core::CallResult::missed : core::CallResult::rejected};
  call.id = fmt::format("pbx:{}", ++ids_);
  call.hung_up = call.result == core::CallResult::missed && world_.dice.chance(500);
  // Some are written down when there is time for it; the caller may have been called back since.
  const bool is_late = ids_ % 10 == 7;
  if (is_late) call.at = world_.now() - 3h * (ids_ % 7);
  desk::Desk::Phoned phoned;
  if (broken(Mutation::call_is_forgotten)) {
    owed_.insert(call.id);
  } else {
    const auto done = world_.ask([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY(phoned, desk.call(call));
      return {};
    });
    if (done && *done && (phoned.callback != 0 || !is_late)) accepted(call.id, phoned.callback);
  }
  if (times > 1)
    world_.after(world_.dice.between(Duration(1min), Duration(2h)),
                 [this, phone, times] { somebody_phones(phone, times - 1); });
  plan_work();
}

void Telephone::an_exchange_asks(const std::string& phone) {
  const std::string id = fmt::format("pbx:{}", ++ids_);
  desk::Desk::Phoned phoned;
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(phoned, desk.answer_call(phone, id));
    return {};
  });
  plan_work();
  if (!done || !*done) return;  // the exchange's own rule decides, and nothing was promised
  accepted(id, phoned.callback);
  if (!phoned.decision.redirect) return;
  Dice& dice = world_.dice;
  const auto luck = dice.below(100);
  if (luck < 30) return;  // nothing is told of it
  desk::Desk::PhoneCall call{phone, luck < 60 ? core::CallResult::answered : core::CallResult::missed};
  call.id = id;
  call.by = "the exchange";
  call.hung_up = luck >= 80;
  if (luck < 60) call.answered_by = "Ola";
  world_.after(dice.between(Duration(20s), luck % 10 == 0 ? Duration(3h) : Duration(10min)),
               [this, call] { an_exchange_tells(call); });
}

void Telephone::an_exchange_tells(const desk::Desk::PhoneCall& call) {
  desk::Desk::Phoned phoned;
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(phoned, desk.call(call));
    return {};
  });
  plan_work();
  if (!done || !*done) return;  // it does not tell again
  if (call.result != core::CallResult::answered) return;
  owed_.erase(call.id);
  if (phoned.filed.number != 0) world_.laws.called(phoned.filed.number, 0, -1, call.from);
}

void Telephone::told() { plan_work(); }

void Telephone::plan_work() {
  if (std::exchange(working_, true)) return;
  world_.after(world_.dice.between(Duration(1min), kWorkEvery), [this] { work(); });
}

void Telephone::make_due(ports::Store& store) {
  const auto ids = store.callbacks().ids(true, 1, ports::Archive::kNewest);
  if (!ids || ids->empty()) return;
  auto c = store.callbacks().load(ids->front());
  if (!c || c->state != core::CallbackState::waiting) return;
  const core::callback::Entry entry{world_.now(), "desk", "",
                                    core::callback::Became{core::CallbackState::due, world_.now() + 4h, {}}};
  core::apply(*c, entry);
  if (store.callbacks().write(*c, world_.now(), std::vector{entry}))
    static_cast<void>(broken(Mutation::due_in_a_failure));
}

void Telephone::check(ports::Store& store, bool failure_open) {
  const auto ids = store.callbacks().ids(true, 10'000, ports::Archive::kNewest);
  if (!ids || !failure_open) return;
  for (const core::CallbackId id : *ids) {
    const auto c = store.callbacks().load(id);
    if (c && c->state == core::CallbackState::due)
      world_.laws.broken("no_callback_in_a_failure", 0, fmt::format("callback {} is due", id));
  }
}

void Telephone::work() {
  working_ = false;
  std::vector<core::CallbackId> due;
  bool any = false;
  const auto done = world_.ask([&](desk::Desk& desk) -> Status {
    HEJNAL_TRY(const bool failing, desk.failure_open());
    HEJNAL_TRY(const auto ids, desk.store().callbacks().ids(true, 10'000, ports::Archive::kNewest));
    any = !ids.empty();
    if (failing) {  // nothing can be done; a look now and then, since each reads all their journals
      if (++looks_ % kLooksToCheck == 0) check(desk.store(), failing);
      return {};
    }
    std::map<std::string, core::Callback> of_person;
    for (const core::CallbackId id : ids) {
      HEJNAL_TRY(const core::Callback c, desk.store().callbacks().load(id));
      const auto [other, is_first] = of_person.emplace(c.person.email, c);
      if (!c.person.email.empty() && !is_first && core::may_join(c, other->second))
        world_.laws.broken(
            "one_callback_a_person", 0,
            fmt::format("callbacks {} and {} are of {}", other->second.id, id, c.person.email));
      if (c.state == core::CallbackState::due && (!c.retry_at || *c.retry_at <= desk.now()))
        due.push_back(id);
    }
    return {};
  });
  for (const core::CallbackId id : due) call_back(id);
  if (any || !done || !*done) plan_work();
}

void Telephone::call_back(core::CallbackId id) {
  Dice& dice = world_.dice;
  const std::size_t first = dice.below(2);
  const auto act = [&](std::size_t who, const core::callback::Signal& signal) {
    const auto done = world_.ask([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.act(id, signal));
      return {};
    });
    static_cast<void>(who);
    return done && *done;
  };
  const bool takes = act(first, core::callback::Take{kAgents.at(first)});
  const bool unwatched = takes && broken(Mutation::two_may_call);
  const char* const second = kAgents.at(unwatched ? first : 1 - first);
  if ((dice.chance(300) || unwatched) && takes && act(1 - first, core::callback::Take{second}))
    world_.laws.broken("one_agent_calls", 0, fmt::format("callback {} was taken by both", id));
  if (world_.faults && dice.chance(100)) return;  // and forgets it
  if (dice.chance(60)) {
    act(first, core::callback::WriteOff{kAgents.at(first), "dzwonił już do nas z innego numeru"});
    return;
  }
  const auto luck = dice.below(100);
  const auto result = luck < 60 || !world_.faults ? core::AttemptResult::reached
                      : luck < 80                 ? core::AttemptResult::no_answer
                      : luck < 95                 ? core::AttemptResult::voicemail
                                                  : core::AttemptResult::wrong_number;
  act(first, core::callback::Try{kAgents.at(first), {}, result});
}

void Telephone::must_be_over(ports::Store& store) {
  const auto ids = store.callbacks().ids(false, 1'000'000, ports::Archive::kNewest);
  if (!ids) return;
  std::set<std::string> owed = owed_;
  for (const core::CallbackId id : *ids) {
    const auto c = store.callbacks().load(id);
    if (!c) {
      world_.laws.broken("replay_equals_state", 0, c.error().what);
      return;
    }
    if (c->state == core::CallbackState::joined) continue;  // another one has its calls
    // Its callback was paid, or somebody has said why not.
    for (const auto& call : c->calls) owed.erase(call.call_id);
    if (c->open() || c->end_reason.empty())
      world_.laws.broken("calls_are_paid", 0,
                         fmt::format("callback {} is {} in the end", id, to_string(c->state)));
  }
  if (!owed.empty())
    world_.laws.broken("calls_are_kept", 0,
                       "no callback knows of " + *owed.begin() + ", which nobody answered");
}

}  // namespace hejnal::sim

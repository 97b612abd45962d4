#include "sim/agents.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "core/sms_command.hpp"

namespace hejnal::sim {

using core::Action;
using core::CaseNumber;

Agents::Agents(World& world, Post& post, House house)
    : world_(world), post_(post), house_(std::move(house)) {}

Duration Agents::until_working_hours() const {
  const std::int64_t minute = world_.now().ms / 60'000 + 60, of_day = minute % 1440, day = minute / 1440 % 7;
  const bool weekend = day == 2 || day == 3;
  if (!weekend && of_day >= 480 && of_day < 1020) return 0ms;
  std::int64_t wait = of_day < 480 ? 480 - of_day : 1440 - of_day + 480;
  for (std::int64_t d = (minute + wait) / 1440 % 7; d == 2 || d == 3; d = (d + 1) % 7) wait += 1440;
  return Duration(wait * 60'000);
}

void Agents::plan_work(CaseNumber number, Duration at_least, Duration at_most) {
  if (!planned_.insert(number).second) return;
  world_.after(world_.dice.between(at_least, at_most), [this, number] {
    planned_.erase(number);
    work(number);
  });
}

void Agents::changed(const WrittenTurn& turn) {
  if (turn.after.state == core::State::closed || !turn.after.owes_a_reaction) return;
  if (world_.dice.chance(world_.weather.agent_forgets)) return;
  const Duration wait = until_working_hours();
  plan_work(turn.after.number, wait + 2min, wait + 50min);
}

void Agents::got(const ports::Outgoing& outgoing) {
  if (!outgoing.notice.to_desk()) return;
  const bool by_night = until_working_hours() > 0ms, by_sms = outgoing.notice.channel == core::Channel::sms;
  if (by_night && by_sms && world_.dice.chance(300)) return;
  if (by_night && !by_sms) {  // read in the morning
    plan_work(world_.laws.living(outgoing.notice.number), until_working_hours(), until_working_hours() + 1h);
    return;
  }
  if (outgoing.notice.number == 0) return;  // of no case
  if (world_.dice.chance(150)) return;
  const CaseNumber number = world_.laws.living(outgoing.notice.number);
  if (by_sms && outgoing.notice.code > 0 && world_.dice.chance(350)) {
    answer_by_sms(outgoing.notice);
    return;
  }
  if (!by_sms && outgoing.notice.kind == core::NoticeKind::alert && world_.dice.chance(150)) {
    ClientLetter letter{.from = house_.on_call.front().email, .subject = "Re: " + outgoing.words.subject};
    letter.text = world_.dice.chance(300) ? "#notatka\nsprawdzam" : "Zajęliśmy się tym, już działa.";
    letter.in_reply_to = outgoing.message_id;
    world_.after(world_.dice.between(Duration(1min), Duration(20min)), [this, letter] {
      post_.mail(letter, {0, false, false, true, false});
    });
    return;
  }
  if (!woken_.insert(number).second) return;
  world_.after(world_.dice.between(Duration(30s), Duration(12min)), [this, number] {
    woken_.erase(number);
    work(number);
  });
}

// With one thumb, and not always the right one. Whoever has only read it works on it later.
void Agents::answer_by_sms(const core::Notice& alert) {
  Dice& dice = world_.dice;
  const int slot = alert.code - 1 + (dice.chance(50) ? 1 : 0);
  std::string text = core::alert_code(slot, dice.chance(500) ? Action::read : Action::start);
  if (dice.chance(100)) text = "sprawdzam to";
  if (dice.chance(30)) text = "R 601000001";
  if (dice.chance(10)) text = "STOP";
  const CaseNumber number = alert.number;
  world_.after(dice.between(Duration(20s), Duration(8min)), [this, text, to = alert.to, number] {
    post_.sms(to, text, {0, false, false, true, false});
    plan_work(world_.laws.living(number), 10min, 2h);
  });
}

void Agents::act(CaseNumber number, Action action, std::string text, std::string class_name, Duration delay) {
  core::AgentActed acted{.action = action,
                         .agent = "agent",
                         .text = std::move(text),
                         .class_name = std::move(class_name),
                         .channels = {},
                         .delay = delay,
                         .other = 0};
  const auto done = world_.ask([number, &acted](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(desk.act(number, acted));
    return {};
  });
  if (done && !*done && (*done).error().fault == Fault::corrupt)
    world_.laws.broken("replay_equals_state", number, (*done).error().what);
}

void Agents::work(CaseNumber number) {
  Dice& dice = world_.dice;
  number = world_.laws.living(number);
  const CaseAccount* account = world_.laws.find(number);
  if (!account || account->c.state == core::State::closed) return;
  merge_where_it_belongs(number);
  merge_with_another(number);
  if (world_.laws.living(number) != number) return;
  const core::Case& c = account->c;
  if (!c.debt(core::Promise::react) && !c.debt(core::Promise::answer)) return;
  const auto what = dice.below(100);
  if (what < 60) {
    act(number, Action::read);
    if (dice.chance(100)) act(number, Action::note, "notatka");
    if (dice.chance(60))
      act(number, Action::reclassify, "tak wygląda", dice.chance(500) ? "routine" : "urgent");
  } else if (what < 75) {
    act(number, Action::start);
  } else {
    finish(number);
    return;
  }
  if (dice.chance(world_.weather.agent_forgets)) return;
  world_.after(dice.between(Duration(2min), Duration(5h)), [this, number] { finish(number); });
}

void Agents::finish(CaseNumber number) {
  Dice& dice = world_.dice;
  number = world_.laws.living(number);
  const CaseAccount* account = world_.laws.find(number);
  if (!account || account->c.state == core::State::closed) return;
  const core::Case& c = account->c;
  if (c.state == core::State::waiting || c.state == core::State::settled) return;
  const auto what = dice.below(100);
  const bool reachable = !c.answer_to.empty() || !c.client.phone.empty();
  if (!reachable || what < 12) {
    act(number, Action::settle);
  } else if (what < 20 && world_.faults) {
    act(number, Action::ask, "Który pokój?");
  } else if (what < 28) {
    act(number, Action::answer, "Zrobione.", {}, 1min);
    if (dice.chance(300)) act(number, Action::cancel);
  } else {
    act(number, Action::answer, "Zrobione, prosimy sprawdzić.");
    if (dice.chance(200)) act(number, Action::settle);
  }
  settle_when_over(number);
  const CaseAccount* after = world_.laws.find(number);  // it was refused, or the server was down
  if (after && (after->c.debt(core::Promise::react) || after->c.debt(core::Promise::answer)))
    plan_work(number, 10min, 3h);
}

// While one failure is not settled no callback can be made, so nobody leaves it at an answer for long.
void Agents::settle_when_over(CaseNumber number) {
  const CaseAccount* account = world_.laws.find(number);
  if (!account || !core::failure_open(world_.node.procedure(), account->c)) return;
  world_.after(world_.dice.between(Duration(30min), Duration(20h)), [this, number] {
    const CaseNumber lives = world_.laws.living(number);
    const CaseAccount* later = world_.laws.find(lives);
    if (!later || !core::failure_open(world_.node.procedure(), later->c)) return;
    if (!later->c.debt(core::Promise::react) && !later->c.debt(core::Promise::answer))
      act(lives, Action::settle);
  });
}

// An agent sees that two cases are about one matter.
void Agents::merge_where_it_belongs(CaseNumber number) {
  const CaseAccount* account = world_.laws.find(number);
  if (account->c.candidates.empty() || !world_.dice.chance(600)) return;
  for (const CaseNumber candidate : account->c.candidates) {
    const CaseNumber into = world_.laws.living(candidate);
    const CaseAccount* other = world_.laws.find(into);
    if (!other || into == number || other->c.state == core::State::closed) continue;
    if (other->matters != account->matters || account->matters.empty()) continue;
    const bool same_person = other->clients == account->clients && account->clients.size() == 1;
    const auto done = world_.ask([number, into, same_person](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.join(number, into, same_person, "agent"));
      return {};
    });
    if (done && *done) plan_work(into, 1min, 30min);
    return;
  }
}

// One failure that two clients have reported.
void Agents::merge_with_another(CaseNumber number) {
  if (world_.laws.living(number) != number || !world_.dice.chance(world_.weather.merges)) return;
  const CaseAccount* account = world_.laws.find(number);
  for (CaseNumber into = number - 1; into > 0 && into > number - 20; --into) {
    const CaseAccount* other = world_.laws.find(into);
    if (!other || other->c.merged_into != 0 || other->c.state == core::State::closed) continue;
    // An SMS that still waits for its email is a matter of its own: merged, it could hide the loss.
    if (other->c.email_missing || account->c.email_missing) continue;
    const auto done = world_.ask([number, into](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.merge(number, into, "agent"));
      return {};
    });
    if (done && *done) plan_work(into, 1min, 30min);
    return;
  }
}

void Agents::work_everything_off() { sweep(); }

void Agents::sweep() {
  std::vector<CaseNumber> owed;
  for (const auto& [number, account] : world_.laws.accounts()) {
    const core::Case& c = account.c;
    if (c.state != core::State::closed && (c.debt(core::Promise::react) || c.debt(core::Promise::answer)))
      owed.push_back(number);
  }
  std::sort(owed.begin(), owed.end());
  for (const CaseNumber number : owed) finish(number);
  if (++sweeps_ < 40) world_.after(24h, [this] { sweep(); });
}

}  // namespace hejnal::sim

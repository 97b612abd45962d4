// What a monitoring system says. An alert opens one case, however often it is told; it is answered to nobody.
// What comes back after a while was flapping, and is counted; what stays over is settled by itself, as long
// as no person has taken it up: then it is offered to that person, and nothing ends behind anybody's back.
#include <fmt/core.h>

#include "core/turn.hpp"

namespace hejnal::core {

namespace {

constexpr int kKeptMax = 50;           // messages of one alert in one case; what follows is only counted
constexpr int kToldMax = 150;          // entries of one alert in one case; then only a rise is written
constexpr Duration kLateWord = 10min;  // so long after it was settled, an alert may not have heard of it

// The words (so many times), the severity or the class are others.
bool differs(const Alert& known, const AlertCame& a) {
  return (known.text != a.text && known.kept < kKeptMax) || known.severity != a.severity ||
         known.class_name != a.hint.class_name;
}

// It has flapped or changed so often that the journal would only grow, or it is one more of too many in a
// merged case. It counts as firing until a person settles the case: nothing ends by itself on a word that is
// not written down.
bool only_a_rise_counts(const Case& c, const Alert* known) {
  if (c.state == State::settled || c.state == State::closed) return false;
  return known == nullptr ? !has_room_for_alert(c) : known->told >= kToldMax && known->firing;
}

Alerted entry_of(const AlertCame& a, bool again) {
  Alerted e;
  e.monitor = a.monitor;
  e.key = a.key;
  e.over = !a.firing;
  e.again = again;
  e.message = a.message;
  e.severity = a.severity;
  e.class_name = a.hint.class_name;
  if (a.firing) e.text = a.text;
  if (!a.firing && a.settle_after) e.quiet_ms = std::max(*a.settle_after, Duration(1)).count();
  return e;
}

void opens(Turn& turn, const AlertCame& a) {
  open_case(turn, Channel::api, Party{a.monitor, {}, {}, {}}, a.subject, turn.now(), false);
  if (a.before != 0)
    turn.add(Linked{a.before, 0}, fmt::format("the same alert has opened case {} before", a.before));
  turn.add(entry_of(a, false), "the alert fires");
  if (const ServiceClass* told = turn.procedure().find(a.hint.class_name)) {
    turn.classify(*told, true, false, a.hint.why);
  } else {
    turn.classify(turn.procedure().calmest(), true, false, "nothing says how grave the alert is");
  }
  turn.owe(Promise::react, "a person has to read it");
  turn.owe(Promise::answer, "it is to be settled");
  turn.ring_due();
}

// It was settled, by itself or by a person, and it fires.
void come_back(Turn& turn, const char* why) {
  turn.drop(Timer::settle, why);
  turn.drop(Timer::close, why);
  turn.become(turn.c().read_at ? State::working : State::fresh, why);
  if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, why);
  if (!turn.c().debt(Promise::react)) turn.owe(Promise::react, why);
  turn.ring_due();
}

// Other than an inference, this was said outright: it also counts when somebody has read it already, as
// something new to be read. Only a person's own choice of class stays.
void rise(Turn& turn, const AlertCame& a) {
  const ServiceClass* to = turn.procedure().find(a.hint.class_name);
  if (to == nullptr || to <= &turn.shown_class() || turn.c().class_by_agent) return;
  if (!turn.c().debt(Promise::react)) turn.owe(Promise::react, "the alert has become graver");
  turn.classify(*to, true, false, a.hint.why);
}

void fires(Turn& turn, const AlertCame& a) {
  const Alert* known = alert_of(turn.c(), a.monitor, a.key);
  if (only_a_rise_counts(turn.c(), known)) return rise(turn, a);
  const bool settled = turn.c().state == State::settled;
  const bool again = known && !known->firing;
  const bool changed = !known || differs(*known, a);
  if (known && !again) {
    const bool just_settled = settled && turn.c().settled_at && turn.now() - *turn.c().settled_at < kLateWord;
    if (just_settled || (!settled && !changed)) return;  // it repeats itself
  }
  const char* why = again              ? "the alert fires again"
                    : settled && known ? "the alert still fires, though it was settled"
                    : known == nullptr ? "the alert fires"
                                       : "the alert says something else";
  turn.add(entry_of(a, again), why);
  const bool was_calm = turn.c().timer(Timer::alert_over).has_value();
  turn.drop(Timer::alert_over, why);
  if (settled) {
    come_back(turn, why);
  } else if (const auto& react = turn.c().debt(Promise::react); was_calm && react && react->running()) {
    turn.add(Moved{Promise::react, react->due,
                   turn.next_ring(Promise::react, react->since, react->due, std::max(react->rings, 1))},
             why);
  }
  rise(turn, a);
}

bool ends_by_itself(const Case& c) {
  return (c.state == State::fresh || c.state == State::read) && !c.taken_up && !c.delayed && c.outage == 0 &&
         speaks_to_nobody(c);
}

// Who works on it would else go on, or leave it open, until somebody looks at the page.
void tell_that_it_is_over(Turn& turn, const AlertCame& a) {
  constexpr int kTimes = 3;  // what comes back and is over again; then it flaps
  const Alert* known = alert_of(turn.c(), a.monitor, a.key);
  if (turn.c().taken_up && known != nullptr && known->fired < kTimes)
    turn.tell_who_has_it(AlertReason::alert_over, "monitoring says that it is over; a person settles it");
}

void is_over(Turn& turn, const AlertCame& a) {
  const Alert* known = alert_of(turn.c(), a.monitor, a.key);
  if (known == nullptr || !known->firing || only_a_rise_counts(turn.c(), known)) return;
  const Alerted over = entry_of(a, false);
  turn.add(over, "the alert is over");
  const State state = turn.c().state;
  if (!alerts_over(turn.c()) || state == State::settled || state == State::closed) return;
  if (over.quiet_ms == 0) return tell_that_it_is_over(turn, a);
  if (!ends_by_itself(turn.c())) return tell_that_it_is_over(turn, a);
  const Instant end = turn.now() + Duration(over.quiet_ms);
  turn.plan(Timer::alert_over, end, "if it stays over, it counts as settled");
  const auto& react = turn.c().debt(Promise::react);
  if (react && react->running() && react->ring_at <= end)
    turn.add(Moved{Promise::react, react->due, end + 1ms}, "nobody is told again while the alert is over");
}

}  // namespace

void alert_came(Turn& turn, const AlertCame& alert) {
  turn.speak_as(alert.monitor);
  if (turn.c().exists()) {
    alert.firing ? fires(turn, alert) : is_over(turn, alert);
  } else if (alert.firing) {
    opens(turn, alert);
  }
}

void alert_stays_over(Turn& turn) {
  if (!alerts_over(turn.c()) || !ends_by_itself(turn.c()))
    return;  // whoever has taken it up sees that it is over
  const char* why = "the alert has stayed over, and nobody had begun to work on it";
  turn.release(Promise::react, why);
  turn.release(Promise::answer, why);
  for (const Timer t : {Timer::start_of_work, Timer::settle, Timer::close}) turn.drop(t, why);
  turn.become(State::settled, why);
  turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
            "unless it comes back, it is closed then");
}

bool alert_goes_on(const Case& c, const AlertCame& alert, Duration back_within, Instant now) {
  if (!c.exists() || c.state == State::closed) return false;
  const Alert* known = alert_of(c, alert.monitor, alert.key);
  if (c.state != State::settled) return known != nullptr || alert.firing;
  if (known == nullptr) return false;
  if (!alert.firing || known->firing) return true;
  return now - *known->over_at <= back_within;
}

bool alert_says_more(const Case& c, const AlertCame& alert) {
  if (!alert.firing) return false;
  const Alert* known = alert_of(c, alert.monitor, alert.key);
  if (only_a_rise_counts(c, known)) return false;
  return known == nullptr || (known->kept < kKeptMax && known->text != alert.text);
}

}  // namespace hejnal::core

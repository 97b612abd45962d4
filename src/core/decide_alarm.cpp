// Time has passed. Everything that became due is done now, once, in the order in which it became due, and
// says how late it is; what would have happened several times while nobody was there happens once.
#include <algorithm>
#include <optional>

#include "core/turn.hpp"

namespace hejnal::core {

namespace {

constexpr Timer kTimers[] = {Timer::start_of_work, Timer::email_missing, Timer::settle,
                             Timer::close,         Timer::answer,        Timer::alert_over};

std::optional<Timer> earliest_due(const Case& c, Instant now) {
  std::optional<Timer> found;
  for (const Timer t : kTimers) {
    if (c.timer(t) && *c.timer(t) <= now && (!found || *c.timer(t) < *c.timer(*found))) found = t;
  }
  return found;
}

void close(Turn& turn, const char* why) {
  turn.release(Promise::answer, why);
  turn.drop(Timer::start_of_work, why);
  turn.drop(Timer::email_missing, why);
  turn.drop(Timer::alert_over, why);
  turn.become(State::closed, why);
}

void happen(Turn& turn, Timer timer) {
  const DelayedAnswer delayed = turn.c().delayed.value_or(DelayedAnswer{});
  turn.add(Dropped{timer, (turn.now() - *turn.c().timer(timer)).count()}, "its time has come");
  switch (timer) {
    case Timer::start_of_work:
      turn.tell_all_clients(NoticeKind::start_of_work, "it was read and is not settled yet");
      if (turn.c().state == State::read) turn.become(State::working, "it takes more than a few minutes");
      return;
    case Timer::email_missing:
      if (turn.c().email_missing)
        turn.tell_client_by_sms(NoticeKind::missing_email, "the email that the SMS announced has not come");
      return;
    case Timer::settle:
      if (turn.c().debt(Promise::answer)) {  // our question is unanswered, and nothing is settled by that
        turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
                  "without a reply it is closed then");
        turn.tell_all_clients(NoticeKind::no_reply, "the client has not answered our question");
        return;
      }
      turn.become(State::settled, "the client had nothing more to say");
      turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
                "without an objection it is closed then");
      return;
    case Timer::close:
      if (const auto& answer = turn.c().timer(Timer::answer)) {
        turn.plan(Timer::close, std::max(*answer, turn.now()) + turn.procedure().rules.close_after + 1ms,
                  "an answer is still to leave");
        return;
      }
      close(turn, turn.c().state == State::waiting ? "no reply came to our question" : "no objection came");
      return;
    case Timer::answer:
      turn.speak_as(delayed.by);
      send_answer(turn, delayed.question ? Action::ask : Action::answer, delayed.text, delayed.channels);
      turn.speak_as("desk");
      return;
    case Timer::alert_over:
      alert_stays_over(turn);
      return;
  }
}

}  // namespace

void alarm_rang(Turn& turn) {
  // Nobody is woken for what is over.
  if (const auto& over = turn.c().timer(Timer::alert_over); over && *over <= turn.now())
    happen(turn, Timer::alert_over);
  turn.ring_due();
  while (const auto timer = earliest_due(turn.c(), turn.now())) happen(turn, *timer);
}

}  // namespace hejnal::core

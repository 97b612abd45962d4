// What an outage means to a case that belongs to it.
#include <fmt/core.h>

#include "core/turn.hpp"

namespace hejnal::core {

namespace {

// Everybody by email; a client whose matter is critical also by SMS, where a number is known.
void tell(Turn& turn, const OutageTold& told, const std::string& why) {
  turn.speak_of_outage(told.text, told.expected_end);
  turn.tell_all_clients(NoticeKind::outage_update, why);
  if (!turn.shown_class().failure) return;
  const auto by_sms = [&](const TookOver* other) {
    const bool emailed = !(other ? other->automatic_to : turn.c().automatic_to).empty();
    const std::string& phone = other ? other->client.phone : turn.c().client.phone;
    if (emailed && !phone.empty()) turn.tell_client_by_sms(NoticeKind::outage_update, why, other);
  };
  by_sms(nullptr);
  for (const TookOver& other : std::vector(turn.c().others)) by_sms(&other);
}

// The repair is over and the client was told so, in the answer that she waits for. A failure that is over
// must not keep the desk from saying that everything works; who objects opens it again.
void settle_failure(Turn& turn, const std::string& why) {
  const Case& c = turn.c();
  if (c.state != State::waiting || c.delayed || !failure_open(turn.procedure(), c)) return;
  turn.add(Acted{Action::settle, {}, 0}, why);
  turn.drop(Timer::settle, why);
  turn.become(State::settled, why);
  turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
            "without an objection it is closed then");
}

}  // namespace

Status told_of_outage(Turn& turn, const OutageTold& told) {
  using enum OutageTold::What;
  turn.speak_as(told.agent);
  const Case& c = turn.c();
  const bool over = c.state == State::settled || c.state == State::closed;
  switch (told.what) {
    case attached: {
      if (c.outage == told.outage) return {};
      if (c.outage != 0)
        return fail(Fault::conflict, "case {} belongs to outage {}; detach it first", c.number, c.outage);
      if (over || c.merged_into != 0)
        return fail(Fault::conflict, "case {} is over: its client waits for nothing", c.number);
      turn.add(InOutage{told.outage, false}, fmt::format("it belongs to the outage \"{}\"", told.title));
      // Who has found that out has read it, and the repair is the work.
      turn.add(Acted{Action::start, {}, 0}, "the outage is being repaired");
      turn.keep(Promise::react);
      turn.drop(Timer::start_of_work, "the client is told of the outage");
      turn.drop(Timer::settle, "it belongs to an outage");
      turn.drop(Timer::close, "it belongs to an outage");
      turn.become(State::working);
      if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, "the outage will be answered");
      turn.resume_answer("it belongs to an outage");
      tell(turn, told, "the client learns what is known of the outage");
      return {};
    }
    case detached:
      if (c.outage == told.outage)
        turn.add(InOutage{}, fmt::format("it does not belong to the outage \"{}\"", told.title));
      return {};
    case updated:
      // It may have been attached as a case that was merged into this one since.
      if (!over) tell(turn, told, "there is news of the outage");
      return {};
    case ended: {
      const std::string why = fmt::format("the outage \"{}\" is over", told.title);
      const bool belonged = c.outage == told.outage;
      if (belonged) turn.add(InOutage{}, why);
      // Silence has settled it in the meantime: its client still waits for this word.
      if (belonged && c.state == State::settled) tell(turn, told, why);
      settle_failure(turn, why);
      return {};
    }
  }
  return {};
}

}  // namespace hejnal::core

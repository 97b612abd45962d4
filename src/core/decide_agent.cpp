// The desk acts: read, start, answer, ask, settle ... Reading is an act of a person, never of a program.
#include <fmt/core.h>

#include <algorithm>

#include "core/turn.hpp"

namespace hejnal::core {

namespace {

// Answer, ask, start and settle imply reading, and replace the automatic mail that reading would have caused.
void imply_reading(Turn& turn) { turn.keep(Promise::react); }

void drop_endings(Turn& turn, const std::string& why) {
  turn.drop(Timer::settle, why);
  turn.drop(Timer::close, why);
}

// Once per case, and only while an answer is owed that nobody is about to send. A procedure that says "0s"
// leaves it to a person.
void plan_start_of_work(Turn& turn, const char* why) {
  const Promises& promise = turn.shown_class().promise;
  const auto& owed = turn.c().debt(Promise::answer);
  const bool told = turn.c().start_of_work_said || turn.c().answered_at;
  if (told || !owed || !owed->running() || turn.c().delayed) return;
  if (promise.acknowledge_on_read || promise.start_of_work_after <= 0ms) return;
  turn.plan(Timer::start_of_work, turn.now() + promise.start_of_work_after, why);
}

void read(Turn& turn) {
  const bool first = turn.c().state == State::fresh;
  if (!first && !turn.c().debt(Promise::react)) return;  // read already: nothing follows
  turn.add(Acted{Action::read, {}, 0});
  turn.keep(Promise::react);
  if (first) turn.become(State::read);
  const Promises& promise = turn.shown_class().promise;
  if (promise.acknowledge_on_read) {
    if (!turn.c().acknowledged) turn.tell_client(NoticeKind::acknowledgement, "a person has read the report");
    return;
  }
  if (!turn.c().timer(Timer::start_of_work))
    plan_start_of_work(turn, "if it takes longer than that, the client is told that work has started");
}

void start(Turn& turn) {
  turn.add(Acted{Action::start, {}, 0});
  imply_reading(turn);
  turn.drop(Timer::start_of_work, "work has started");
  turn.become(State::working);
  drop_endings(turn, "work has started");
  if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, "work has started again");
  turn.resume_answer();
  if (!turn.c().start_of_work_said && !turn.c().answered_at)
    turn.tell_client(NoticeKind::start_of_work, "work has started");
}

Status answer(Turn& turn, const AgentActed& act) {
  if (turn.c().delayed)
    return fail(Fault::conflict, "an answer is waiting to be sent; cancel that one first");
  std::vector<Channel> channels = act.channels;
  if (channels.empty()) channels = {turn.c().answer_to.empty() ? Channel::sms : Channel::email};
  for (const Channel channel : channels) {
    if (channel != Channel::email && channel != Channel::sms) {
      return fail(Fault::malformed, "an answer goes by email or sms, not by {}", to_string(channel));
    }
    if ((channel == Channel::email ? turn.c().answer_to : turn.c().client.phone).empty()) {
      return fail(Fault::refused, "the client has no {}",
                  channel == Channel::email ? "email address" : "telephone number");
    }
  }
  if (act.delay <= 0ms) {
    send_answer(turn, act.action, act.text, channels);
    return {};
  }
  imply_reading(turn);
  if (turn.c().state == State::fresh) turn.become(State::read);
  turn.drop(Timer::start_of_work, "an answer is on its way");
  turn.add(Planned{Timer::answer, turn.now() + act.delay, act.text, act.action == Action::ask, channels},
           "it can be cancelled until then");
  return {};
}

Status cancel(Turn& turn) {
  if (!turn.c().delayed) return fail(Fault::conflict, "no answer is waiting to be sent");
  turn.add(Acted{Action::cancel, turn.c().delayed->text, 0});
  turn.drop(Timer::answer, "cancelled");
  plan_start_of_work(turn, "the answer was cancelled");
  return {};
}

Status settle(Turn& turn, const std::string& agent) {
  if (turn.c().state == State::settled && !turn.c().delayed) return {};
  if (turn.c().delayed && !turn.c().delayed->question) {  // written and not cancelled: it leaves now
    const DelayedAnswer answer = *turn.c().delayed;
    turn.drop(Timer::answer, "settled: the answer leaves now");
    turn.speak_as(answer.by);
    send_answer(turn, Action::answer, answer.text, answer.channels);
    turn.speak_as(agent);
  }
  turn.add(Acted{Action::settle, {}, 0});
  imply_reading(turn);
  turn.drop(Timer::start_of_work, "settled");
  turn.drop(Timer::answer, "settled");
  drop_endings(turn, "settled");
  if (turn.c().debt(Promise::answer)) {
    // "... and the email will then be answered": nobody has answered, so the program says that it is settled.
    turn.tell_client(NoticeKind::settled, "settled without an answer");
    turn.keep(Promise::answer);
  }
  turn.become(State::settled);
  turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
            "without an objection it is closed then");
  return {};
}

void end_everything(Turn& turn, const std::string& why) {
  turn.release(Promise::react, why);
  turn.release(Promise::answer, why);
  for (const Timer t :
       {Timer::start_of_work, Timer::email_missing, Timer::settle, Timer::close, Timer::answer})
    turn.drop(t, why);
  turn.become(State::closed, why);
}

void reopen(Turn& turn) {
  turn.add(Acted{Action::reopen, {}, 0});
  drop_endings(turn, "opened again");
  turn.become(State::working, "opened again");
  if (turn.c().debt(Promise::answer)) {
    turn.resume_answer();
  } else {
    turn.owe(Promise::answer, "opened again");
  }
}

Status reclassify(Turn& turn, const AgentActed& act) {
  const ServiceClass* to = turn.procedure().find(act.class_name);
  if (!to) {
    std::string known;
    for (const ServiceClass& c : turn.procedure().classes) known += (known.empty() ? "" : ", ") + c.id;
    return fail(Fault::malformed, "there is no class \"{}\"; the procedure has {}", act.class_name, known);
  }
  turn.add(Acted{Action::reclassify, act.text, 0}, act.text);
  turn.classify(*to, true, true, act.text.empty() ? fmt::format("{} has decided so", act.agent) : act.text);
  return {};
}

// What the merged case still owed is owed here now; of two due times the earlier one counts.
void absorb(Turn& turn, const Facts::Other& other) {
  turn.add(Acted{Action::absorb, {}, other.number},
           fmt::format("case {} was merged into this one", other.number));
  if (turn.c().email_missing && !other.email_missing) {
    turn.add(EmailFound{(turn.now() - turn.c().opened_at).count(), other.client, {}},
             fmt::format("its email is case {}", other.number));
    turn.drop(Timer::email_missing, "the email is here");
  }
  const auto take_over = [&](Promise p, const std::optional<Instant>& due) {
    if (!due) return;
    const auto& own = turn.c().debt(p);
    if (!own) {
      turn.add(Owed{p, turn.now(), *due, turn.next_ring(p, turn.now(), *due, 1)},
               fmt::format("case {} owed it", other.number));
    } else if (own->running() && *due < own->due) {
      turn.add(Moved{p, *due, turn.next_ring(p, own->since, *due, 1)},
               fmt::format("case {} owed it sooner", other.number));
    }
  };
  take_over(Promise::react, other.react_due);
  take_over(Promise::answer, other.answer_due);
  const bool again = turn.c().debt(Promise::react) || turn.c().debt(Promise::answer);
  if (again && (turn.c().state == State::waiting || turn.c().state == State::settled)) {
    drop_endings(turn, "a merged case is still owed something");
    turn.become(State::working, "a merged case is still owed something");
    if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, "a merged case is still owed something");
    turn.resume_answer();
  }
}

}  // namespace

void send_answer(Turn& turn, Action action, const std::string& text, std::vector<Channel> channels) {
  turn.add(Acted{action, text, 0});
  imply_reading(turn);
  for (const Channel channel : channels) {
    Notice notice = turn.draft(action == Action::ask ? NoticeKind::question : NoticeKind::answer);
    notice.channel = channel;
    notice.to = channel == Channel::email ? turn.c().answer_to : turn.c().client.phone;
    notice.to_name = turn.c().client.name;
    notice.in_reply_to = turn.c().last_message;
    notice.text = text;
    turn.say(std::move(notice), {});
  }
  turn.drop(Timer::start_of_work, "an answer was given");
  drop_endings(turn, "an answer was given");
  if (action == Action::ask) {
    if (const auto& debt = turn.c().debt(Promise::answer); debt && debt->running()) {
      turn.add(Paused{Promise::answer, (debt->due - turn.now()).count()}, "the client has to say more first");
    }
  } else {
    turn.keep(Promise::answer);
  }
  turn.become(State::waiting);
  turn.plan(Timer::settle, turn.now() + turn.procedure().rules.settle_after,
            "silence until then means that it is settled");
}

Status agent_acted(Turn& turn, const AgentActed& act) {
  turn.speak_as(act.agent);
  const bool closed = turn.c().state == State::closed;
  const bool works_on_closed = act.action == Action::note || act.action == Action::reopen ||
                               act.action == Action::link || act.action == Action::close;
  if (closed && !works_on_closed) {
    return fail(Fault::conflict, "case {} is closed; reopen it first", turn.c().number);
  }
  if (turn.c().merged_into != 0 && act.action != Action::note) {
    return fail(Fault::conflict, "case {} was merged into case {}; work there", turn.c().number,
                turn.c().merged_into);
  }
  switch (act.action) {
    case Action::read:
      read(turn);
      return {};
    case Action::start:
      start(turn);
      return {};
    case Action::answer:
    case Action::ask:
      return answer(turn, act);
    case Action::cancel:
      return cancel(turn);
    case Action::settle:
      return settle(turn, act.agent);
    case Action::reopen:
      if (!closed && turn.c().state != State::settled && turn.c().state != State::waiting) {
        return fail(Fault::conflict, "case {} is open ({})", turn.c().number, to_string(turn.c().state));
      }
      reopen(turn);
      return {};
    case Action::close:
      if (closed) return {};
      turn.add(Acted{Action::close, act.text, 0}, act.text);
      end_everything(turn, "closed by hand");
      return {};
    case Action::note:
      turn.add(Acted{Action::note, act.text, 0});
      return {};
    case Action::reclassify:
      return reclassify(turn, act);
    case Action::merge:
      turn.add(Acted{Action::merge, {}, act.other});
      end_everything(turn, fmt::format("merged into case {}", act.other));
      return {};
    case Action::absorb:
      if (turn.facts().other) absorb(turn, *turn.facts().other);
      return {};
    case Action::link:
      turn.add(Linked{act.other}, fmt::format("linked by {}", act.agent));
      return {};
  }
  return {};
}

}  // namespace hejnal::core

// The desk acts: read, start, answer, ask, settle ... Reading is an act of a person, never of a program.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/turn.hpp"

namespace hejnal::core {

namespace {

constexpr std::size_t kSmsAnswerMax = 900;  // characters: six parts of an SMS, fourteen with Polish letters

// Answer, ask, start and settle imply reading, and replace the automatic mail that reading would have caused.
void imply_reading(Turn& turn) { turn.keep(Promise::react); }

void drop_endings(Turn& turn, const std::string& why) {
  turn.drop(Timer::settle, why);
  turn.drop(Timer::close, why);
}

// Once per case, and only while an answer is owed that nobody is about to send. A procedure that says "0s"
// leaves it to a person.
void plan_start_of_work(Turn& turn, const char* why) {
  if (speaks_to_nobody(turn.c())) return;
  const Promises& promise = turn.shown_class().promise;
  const auto& owed = turn.c().debt(Promise::answer);
  const bool told = turn.c().start_of_work_said || turn.c().answered_at;
  if (told || !owed || !owed->running() || turn.c().delayed) return;
  if (promise.acknowledge_on_read || promise.start_of_work_after <= 0ms) return;
  turn.plan(Timer::start_of_work, turn.now() + promise.start_of_work_after, why);
}

void read(Turn& turn, const std::string& how, bool is_acknowledged = false) {
  const bool first = turn.c().state == State::fresh;
  if (!first && !turn.c().debt(Promise::react)) return;  // read already: nothing follows
  turn.add(Acted{Action::read, {}, 0}, how);
  turn.keep(Promise::react);
  if (first) turn.become(State::read);
  const Promises& promise = turn.shown_class().promise;
  if (promise.acknowledge_on_read) {
    if (!turn.c().acknowledged && !is_acknowledged)
      turn.tell_all_clients(NoticeKind::acknowledgement, "a person has read the report");
    return;
  }
  if (!turn.c().timer(Timer::start_of_work))
    plan_start_of_work(turn, "if it takes longer than that, the client is told that work has started");
}

void start(Turn& turn, const std::string& how) {
  turn.add(Acted{Action::start, {}, 0}, how);
  imply_reading(turn);
  turn.drop(Timer::start_of_work, "work has started");
  turn.become(State::working);
  drop_endings(turn, "work has started");
  if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, "work has started again");
  turn.resume_answer("work has started again");
  if (!turn.c().start_of_work_said && !turn.c().answered_at)
    turn.tell_all_clients(NoticeKind::start_of_work, "work has started");
}

// A mail program lets one attach a file; that it did not go on must not be a surprise.
void tell_left_out(Turn& turn, const AgentActed& act) {
  if (act.left_out.empty() || act.agent_email.empty()) return;
  Notice notice = turn.draft(NoticeKind::left_out);
  notice.to = act.agent_email;
  notice.to_name = act.agent;
  notice.text = act.left_out;
  turn.say(std::move(notice), "a part of the mail did not go to the client");
}

Status answer(Turn& turn, const AgentActed& act) {
  if (is_blank(act.text)) return fail(Fault::malformed, "an answer needs words");
  if (turn.c().delayed)
    return fail(Fault::conflict, "an answer is waiting to be sent; cancel that one first");
  std::vector<Channel> channels;
  for (const Channel channel : act.channels) {  // one that is named twice is meant once
    if (std::find(channels.begin(), channels.end(), channel) == channels.end()) channels.push_back(channel);
  }
  if (channels.empty()) channels = {turn.c().answer_to.empty() ? Channel::sms : Channel::email};
  for (const Channel channel : channels) {
    if (channel != Channel::email && channel != Channel::sms) {
      return fail(Fault::malformed, "an answer goes by email or sms, not by {}", to_string(channel));
    }
    if ((channel == Channel::email ? turn.c().answer_to : turn.c().client.phone).empty()) {
      return fail(Fault::refused, "the client has no {}",
                  channel == Channel::email ? "email address" : "telephone number");
    }
    if (channel == Channel::sms && !is_telephone(turn.c().client.phone))
      return fail(Fault::refused, "{}", no_telephone(turn.c().client.phone));
    const auto& stopped = turn.facts().sms_stopped;
    if (channel == Channel::sms &&
        std::find(stopped.begin(), stopped.end(), turn.c().client.phone) != stopped.end())
      return fail(Fault::refused,
                  "{} has sent STOP: no SMS goes there until the client sends START or agrees",
                  turn.c().client.phone);
    if (channel == Channel::sms && count_characters(act.text) > kSmsAnswerMax)
      return fail(Fault::refused,
                  "an answer by SMS has at most {} characters, this one has {}; send it by email",
                  kSmsAnswerMax, count_characters(act.text));
  }
  if (act.delay <= 0ms) {
    send_answer(turn, act.action, act.text, channels);
    tell_left_out(turn, act);
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
  if (turn.c().delayed && turn.c().delayed->question)
    return fail(Fault::conflict, "a question is waiting to be sent; cancel it first");
  if (turn.c().delayed) {  // written and not cancelled: it leaves now
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
  turn.drop(Timer::alert_over, "settled");
  drop_endings(turn, "settled");
  if (turn.c().debt(Promise::answer)) {
    // "... and the email will then be answered": nobody has answered, so the program says that it is settled.
    turn.tell_all_clients(NoticeKind::settled, "settled without an answer");
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
  for (const Timer t : {Timer::start_of_work, Timer::email_missing, Timer::settle, Timer::close,
                        Timer::answer, Timer::alert_over})
    turn.drop(t, why);
  turn.become(State::closed, why);
}

void reopen(Turn& turn) {
  turn.add(Acted{Action::reopen, {}, 0});
  drop_endings(turn, "opened again");
  turn.become(State::working, "opened again");
  if (turn.c().debt(Promise::answer)) {
    turn.resume_answer("opened again");
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

// The other case has what the SMS had announced: its email, or else its text.
void its_email_is(Turn& turn, const Facts::Other& other) {
  const bool is_here = turn.c().email_missing && !other.email_missing;
  // Its text was typed: then only the same client's email can be the one that is still awaited.
  const bool came =
      awaits_email(turn.c()) && other.email_came_at && same_person(turn.c().client, other.client);
  if (!is_here && !came) return;
  const Instant came_at = other.email_came_at.value_or(turn.now());
  const Duration late = std::max(came_at - turn.c().announced_at.value_or(turn.c().opened_at), Duration(0));
  turn.add(EmailFound{late.count(),
                      same_person(turn.c().client, other.client) ? other.client : Party{},
                      {},
                      other.email_came_at ? Channel::email : Channel::api},
           fmt::format("its email is case {}", other.number));
  turn.drop(Timer::email_missing, "the email is here");
}

// Somebody works at a failure, and it is told as this case from now on: there is no all-clear because of
// that.
void failure_goes_on(Turn& turn, const Facts::Other& other) {
  const std::string why = fmt::format("case {} is a failure that was read", other.number);
  const ServiceClass* theirs = turn.procedure().find(other.class_name);
  if (theirs && theirs > &turn.procedure().at(turn.c().class_name)) turn.classify(*theirs, true, true, why);
  read(turn, why, other.acknowledged && same_person(turn.c().client, other.client));
}

// What the merged case still owed is owed here now; of two due times the earlier one counts.
void absorb(Turn& turn, const Facts::Other& other) {
  turn.add(Acted{Action::absorb, {}, other.number},
           fmt::format("case {} was merged into this one", other.number));
  for (const Alerted& alert : other.alerts)
    turn.add(alert, fmt::format("it has opened case {}", other.number));
  for (TookOver client : other.clients) {
    client.own = same_person(turn.c().client, client.client);
    turn.add(client, client.own ? "the same client" : "another client, who is answered here from now on");
  }
  its_email_is(turn, other);
  if (other.outage != 0 && turn.c().outage == 0)
    turn.add(InOutage{other.outage, false}, fmt::format("case {} belongs to it", other.number));
  if (other.failure_open) failure_goes_on(turn, other);
  const auto take_over = [&](Promise p, const std::optional<Instant>& due) {
    if (!due) return;
    if (p == Promise::answer) turn.resume_answer(fmt::format("case {} is owed an answer, too", other.number));
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
  const bool again = other.react_due || other.answer_due;
  if (again && (turn.c().state == State::waiting || turn.c().state == State::settled)) {
    drop_endings(turn, "a merged case is still owed something");
    turn.become(State::working, "a merged case is still owed something");
    if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, "a merged case is still owed something");
    turn.resume_answer("a merged case is still owed something");
  } else if (other.failure_open && turn.c().state == State::settled) {
    // Answered, but nobody knows yet that it is settled: nor is this one.
    const std::string why = fmt::format("case {} is not settled", other.number);
    drop_endings(turn, why);
    turn.become(State::waiting, why);
    turn.plan(Timer::settle, turn.now() + turn.procedure().rules.settle_after,
              "silence until then means that it is settled");
  }
}

}  // namespace

namespace {

// Puts one answer down for several people, each of whom gets it once.
struct Writer {
  Turn& turn;
  NoticeKind kind;
  const std::string& text;

  // `copy`: for somebody beside the client.
  void operator()(const TookOver* other, Channel channel, const std::string& to, std::string why,
                  bool copy = false) const {
    const auto& told = turn.decision().notices;
    if (std::any_of(told.begin(), told.end(), [&](const Notice& n) { return n.kind == kind && n.to == to; }))
      return;
    Notice notice = turn.draft(kind, other);
    notice.channel = channel;
    notice.to = to;
    notice.copy = copy;
    if (!copy) notice.to_name = notice.client.name;
    notice.in_reply_to = other ? other->last_message : turn.c().last_message;
    notice.text = text;
    turn.say(std::move(notice), std::move(why));
  }
};

// The client of a merged case is answered in the same way where possible, else in any.
void write_to_other(const Writer& write, const TookOver& other, const std::vector<Channel>& channels) {
  const std::string& number = other.client.phone;
  const auto wanted = [&](Channel channel) {
    return std::find(channels.begin(), channels.end(), channel) != channels.end();
  };
  const bool by_email = !other.answer_to.empty() && (wanted(Channel::email) || number.empty());
  const bool by_sms = is_telephone(number) && (wanted(Channel::sms) || other.answer_to.empty()) &&
                      count_characters(write.text) <= kSmsAnswerMax;
  const std::string why = fmt::format("the client of case {}", other.cases.front());
  if (by_email) write(&other, Channel::email, other.answer_to, why);
  if (by_sms) write(&other, Channel::sms, number, why);
  if (!by_email && !by_sms)
    write.turn.add(Withheld{write.kind}, why + " has left no address, and no number that it can be sent to");
}

}  // namespace

void send_answer(Turn& turn, Action action, const std::string& text, std::vector<Channel> channels) {
  const std::vector<Listener> listeners = turn.c().also_to;
  turn.add(Acted{action, text, 0});
  imply_reading(turn);
  const Writer write{turn, action == Action::ask ? NoticeKind::question : NoticeKind::answer, text};
  for (const Channel channel : channels)
    write(nullptr, channel, channel == Channel::email ? turn.c().answer_to : turn.c().client.phone, {});
  for (const TookOver& other : std::vector(turn.c().others)) write_to_other(write, other, channels);
  for (const Listener& listener : listeners)
    write(client_through(turn.c(), listener.through), Channel::email, listener.address,
          "has written since the last answer", true);
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

namespace {

constexpr const char* kWaiting =
    "an answer is waiting to be sent; cancel it first, or wait until it has left";

}  // namespace

Status agent_acted(Turn& turn, const AgentActed& act) {
  turn.speak_as(act.agent);
  const bool closed = turn.c().state == State::closed;
  const bool works_on_closed = act.action == Action::note || act.action == Action::reopen ||
                               act.action == Action::link || act.action == Action::close ||
                               act.action == Action::unjoin || act.action == Action::revoke_link;
  if (closed && !works_on_closed) {
    return fail(Fault::conflict, "case {} is closed; reopen it first", turn.c().number);
  }
  const bool works_on_merged = act.action == Action::note || act.action == Action::revoke_link;
  if (turn.c().merged_into != 0 && !works_on_merged) {
    return fail(Fault::conflict, "case {} was merged into case {}; work there", turn.c().number,
                turn.c().merged_into);
  }
  switch (act.action) {
    case Action::read:
      read(turn, act.how);
      return {};
    case Action::start:
      start(turn, act.how);
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
      if (turn.c().delayed) return fail(Fault::conflict, kWaiting);
      turn.add(Acted{Action::close, act.text, 0}, act.text);
      end_everything(turn, "closed by hand");
      return {};
    case Action::note:
      turn.add(Acted{Action::note, act.text, 0}, act.how);
      tell_left_out(turn, act);
      return {};
    case Action::reclassify:
      return reclassify(turn, act);
    case Action::merge:
      if (turn.c().delayed) return fail(Fault::conflict, kWaiting);
      if (turn.facts().other && turn.facts().other->outage != 0 && turn.c().outage != 0 &&
          turn.facts().other->outage != turn.c().outage)
        return fail(Fault::conflict,
                    "case {} belongs to outage {}, and case {} to outage {}; detach one first",
                    turn.c().number, turn.c().outage, act.other, turn.facts().other->outage);
      if (turn.facts().other) its_email_is(turn, *turn.facts().other);
      turn.add(Acted{Action::merge, {}, act.other});
      end_everything(turn, fmt::format("merged into case {}", act.other));
      return {};
    case Action::absorb:
      if (turn.facts().other) absorb(turn, *turn.facts().other);
      return {};
    case Action::no_email:
      if (!turn.c().email_missing)
        return fail(Fault::conflict, "case {} is not without its email", turn.c().number);
      turn.add(Acted{Action::no_email, act.text, 0}, act.text);
      imply_reading(turn);
      turn.drop(Timer::email_missing, "no email will come");
      if (turn.c().state == State::fresh) turn.become(State::read);
      plan_start_of_work(turn, "if it takes longer than that, the client is told that work has started");
      return {};
    case Action::link:
      turn.add(Linked{act.other, act.message}, fmt::format("linked by {}", act.agent));
      return {};
    case Action::unjoin:
      turn.add(Unjoined{act.message, act.other, act.phone},
               act.phone.empty() ? "it belongs elsewhere"
                                 : "it belongs elsewhere, and its number is not the client's");
      return {};
    case Action::revoke_link:
      if (turn.facts().token.empty()) return fail(Fault::conflict, "there is no new link to take its place");
      turn.add(Acted{Action::revoke_link, act.text, act.other}, act.text);
      turn.add(LinkChanged{act.other != 0 ? act.other : turn.c().number, turn.facts().token},
               "the old link leads nowhere any more");
      return {};
  }
  return {};
}

}  // namespace hejnal::core

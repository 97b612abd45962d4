#include "core/turn.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hejnal::core {

void Turn::add(Body body, std::string why) {
  Entry entry{now_, by_, std::move(why), std::move(body)};
  core::apply(case_, entry);
  decision_.entries.push_back(std::move(entry));
}

const ServiceClass& Turn::reacting_class() const {
  const ServiceClass& shown = shown_class();
  return !case_.class_confirmed && shown.email_alone() ? procedure_.shortest_email_alone() : shown;
}

void Turn::classify(const ServiceClass& to, bool confirmed, bool by_agent, std::string why) {
  const ServiceClass *shown = &shown_class(), *reacting = &reacting_class();
  const Duration answer_was_within = within(Promise::answer);
  add(Classified{to.id, confirmed, by_agent}, std::move(why));
  // A new class counts from the opening, but nothing becomes due before its first grace is over. What was
  // overdue and still is stays so: a grace would make a broken promise look kept. Where only our certainty
  // has changed, what was due stays as it is, and nobody is rung again.
  for (const Promise p : {Promise::react, Promise::answer}) {
    const auto& debt = case_.debt(p);
    if (!debt) continue;
    if (p == Promise::react ? reacting == &reacting_class() : shown == &shown_class()) continue;
    const std::string moved = fmt::format("the class is now {}", to.id);
    if (!debt->running()) {
      const std::int64_t left_ms = *debt->paused_left_ms + (within(p) - answer_was_within).count();
      if (left_ms != *debt->paused_left_ms) add(Paused{p, left_ms}, moved);
      continue;
    }
    Instant due = debt->since + within(p);
    if (due > now_ || debt->due > now_) due = std::max(due, now_ + to.promise.grace);
    add(Moved{p, due, next_ring(p, debt->since, due, 0)}, moved);
  }
  // It was read under a class that says "we have started" later; this one acknowledges at once instead.
  if (to.promise.acknowledge_on_read && case_.timer(Timer::start_of_work)) {
    drop(Timer::start_of_work, "the class is now acknowledged on reading");
    if (!case_.acknowledged) tell_client(NoticeKind::acknowledgement, "a person has read the report");
  }
  ring_due();
}

void Turn::infer(const ServiceClass& to, std::string why) {
  if (case_.class_by_agent || case_.human_reaction) return;
  const ServiceClass& shown = shown_class();
  const bool graver = &to > &shown;  // classes lie in one vector, from the calmest to the most urgent
  if (case_.class_confirmed && !graver) return;
  classify(to, true, false, std::move(why));
}

Duration Turn::within(Promise promise) const {
  return promise == Promise::react ? reacting_class().promise.react_within
                                   : shown_class().promise.answer_within;
}

Instant Turn::next_ring(Promise promise, Instant since, Instant due, int rings) const {
  const Alerting& alert = reacting_class().alert;
  if (promise == Promise::react) {
    if (rings == 0 && alert.at_once) return now_;
    if (alert.repeat > 0ms) return now_ + (rings < alert.repeat_count ? alert.repeat : alert.repeat_slow);
    for (const double fraction : alert.fractions) {
      const Instant point =
          since + Duration(static_cast<std::int64_t>(static_cast<double>((due - since).count()) * fraction));
      if (point > now_) return point;
    }
  }
  if (due > now_) return due;
  const std::int64_t missed = (now_ - due).count() / alert.remind.count();
  return due + alert.remind * (missed + 1);
}

void Turn::owe(Promise promise, std::string why) {
  const Instant due = now_ + within(promise);
  add(Owed{promise, now_, due, next_ring(promise, now_, due, 0)}, std::move(why));
}

void Turn::keep(Promise promise) {
  const auto& debt = case_.debt(promise);
  if (!debt) return;
  // What was recorded as broken is late, even when the two happen in the same millisecond.
  const bool late = debt->running() && (debt->breached || now_ > debt->due);
  const Duration by = std::max(now_ - debt->due, Duration(1));
  add(Kept{promise, late ? by.count() : 0},
      late ? fmt::format("{} late", format_duration(by)) : std::string("in time"));
}

void Turn::release(Promise promise, std::string why) {
  if (case_.debt(promise)) add(Released{promise}, std::move(why));
}

void Turn::resume_answer(std::string why) {
  const auto& debt = case_.debt(Promise::answer);
  if (!debt || debt->running()) return;
  const Duration left = std::max(Duration(*debt->paused_left_ms), shown_class().promise.grace);
  const Instant due = now_ + left;
  add(Moved{Promise::answer, due, due}, fmt::format("{}: the clock of the answer goes on", why));
}

void Turn::ring_due() {
  for (const Promise p : {Promise::react, Promise::answer}) {
    const auto& debt = case_.debt(p);
    if (!debt || !debt->running()) continue;
    if (debt->due <= now_ && !debt->breached) {
      add(Breached{p, (now_ - debt->due).count()},
          p == Promise::react ? "nobody has reacted in time" : "no answer was given in time");
    }
    if (case_.debt(p)->ring_at > now_) continue;
    const auto& owed = *case_.debt(p);
    const Duration waited = now_ - owed.since, over = now_ - owed.due;
    if (owed.breached) {
      const bool react = p == Promise::react;
      ring(p, owed.ring_at, react ? AlertReason::reaction_overdue : AlertReason::answer_overdue, over,
           fmt::format("the {} was due {} ago", react ? "first reaction" : "answer", format_duration(over)));
    } else if (reacting_class().alert.at_once) {
      ring(p, owed.ring_at, owed.rings == 0 ? AlertReason::grave_report : AlertReason::unread, waited,
           owed.rings == 0 ? fmt::format("class {}: {}", case_.class_name, case_.class_reason)
                           : fmt::format("nobody has read it for {}", format_duration(waited)));
    } else {
      ring(p, owed.ring_at, AlertReason::no_reaction, waited,
           fmt::format("no reaction for {}; the first reaction is due in {}", format_duration(waited),
                       format_duration(-over)));
    }
  }
}

void Turn::ring_now(AlertReason reason, Duration elapsed, std::string why) {
  for (const Entry& entry : decision_.entries) {
    const Rang* rang = std::get_if<Rang>(&entry.body);
    if (rang && rang->promise == Promise::react) return;  // on call has just been told of this very thing
  }
  if (case_.debt(Promise::react)) ring(Promise::react, now_, reason, elapsed, std::move(why));
}

void Turn::ring(Promise promise, Instant scheduled, AlertReason reason, Duration elapsed, std::string why) {
  const Debt debt = *case_.debt(promise);
  const ServiceClass& alerting = reacting_class();
  const int n = debt.rings + 1;
  Notice alert = draft(NoticeKind::alert);
  alert.promise = promise;
  alert.ring = n;
  alert.due = debt.due;
  alert.late_ms = std::max<std::int64_t>(0, (now_ - scheduled).count());
  alert.reason = reason;
  alert.elapsed_ms = elapsed.count();
  add(Rang{promise, n, alert.late_ms, next_ring(promise, debt.since, debt.due, n)}, std::move(why));
  // Three alerts without an answer: the next person is told as well.
  const bool insistent = promise == Promise::react && alerting.alert.repeat > 0ms;
  tell_on_call(alert, alerting.alert.channels, insistent ? static_cast<std::size_t>((n - 1) / 3 + 1) : 1);
}

void Turn::plan(Timer timer, Instant due, std::string why) {
  add(Planned{timer, due, {}, false, {}}, std::move(why));
}

void Turn::drop(Timer timer, std::string why) {
  if (case_.timer(timer)) add(Dropped{timer, 0}, std::move(why));
}

void Turn::become(State state, std::string why) {
  if (case_.state != state) add(Became{state}, std::move(why));
}

Notice Turn::draft(NoticeKind kind, const TookOver* other) const {
  Notice notice;
  notice.kind = kind;
  notice.number = case_.number;
  notice.class_name = case_.class_name;
  notice.subject = case_.subject;
  notice.short_code = case_.short_code;
  notice.token = case_.token;
  notice.client = case_.client;
  if (other) {
    notice.through = other->cases.front();
    notice.subject = other->subject;
    notice.short_code = other->short_code;
    notice.token = other->token;
    notice.client = other->client;
  }
  notice.to_nobody = speaks_to_nobody(case_);
  notice.failure_open = facts_.failure_open;
  notice.outage_text = outage_text_;
  if (const auto& answer = case_.debt(Promise::answer); answer && answer->running()) notice.due = answer->due;
  if (kind == NoticeKind::alert && case_.email_missing && !case_.offered.empty())
    notice.found = fmt::format("{} ({})", case_.offered.front().subject, case_.offered.front().from);
  if (kind == NoticeKind::outage_update) notice.due = outage_until_;
  if (kind == NoticeKind::no_reply) notice.due = case_.timer(Timer::close).value_or(Instant{});
  return notice;
}

void Turn::say(Notice notice, std::string why) {
  notice.id = case_.notices + 1;
  // Only what a client gets can be stopped: the desk's own alerts go on, whatever a telephone has sent.
  const auto& stopped = facts_.sms_stopped;
  if (notice.channel == Channel::sms && !notice.to_desk() &&
      std::find(stopped.begin(), stopped.end(), notice.to) != stopped.end()) {
    notice.held_back = fmt::format("{} has sent STOP: no SMS goes there", notice.to);
    held_back_.push_back({notice.id, notice.kind, notice.channel, notice.to, notice.copy, notice.through,
                          NoticeState::failed, notice.held_back});
  }
  add(Said{notice.id, notice.kind, notice.channel, notice.to}, std::move(why));
  decision_.notices.push_back(std::move(notice));
}

void Turn::tell_client(NoticeKind kind, const std::string& why, MessageId in_reply_to,
                       const TookOver* other) {
  if (!other && speaks_to_nobody(case_)) return;
  const std::string to = other ? other->automatic_to : case_.automatic_to;
  if (!other && !facts_.automatic_budget.empty()) {
    add(Withheld{kind}, facts_.automatic_budget);
    return;
  }
  const auto& over = facts_.over_budget;
  if (other && std::find(over.begin(), over.end(), to) != over.end()) {
    add(Withheld{kind}, fmt::format("{} has had enough automatic mail for now", to));
    return;
  }
  if (to.empty()) {
    tell_client_by_sms(kind, why, other);
    return;
  }
  Notice notice = draft(kind, other);
  notice.to = to;
  notice.to_name = notice.client.name;
  notice.in_reply_to = in_reply_to != 0 ? in_reply_to : other ? other->last_message : case_.last_message;
  say(std::move(notice), why);
}

void Turn::tell_all_clients(NoticeKind kind, const std::string& why) {
  tell_client(kind, why);
  // Who was another client when a case was merged may have become this one's since, by the announced email.
  for (const TookOver& other : std::vector(case_.others)) {
    if (other.automatic_to.empty() || other.automatic_to != case_.automatic_to)
      tell_client(kind, why, 0, &other);
  }
}

void Turn::tell_client_by_sms(NoticeKind kind, std::string why, const TookOver* other,
                              const std::string& phone) {
  if (!facts_.sms_available) {
    add(Withheld{kind}, "no SMS gateway is configured");
    return;
  }
  Notice notice = draft(kind, other);
  notice.channel = Channel::sms;
  notice.to = notice.client.phone.empty() ? phone : notice.client.phone;
  if (notice.to.empty()) {
    add(Withheld{kind},
        "there is no address that automatic mail may go to, and no telephone number is known");
    return;
  }
  if (!is_telephone(notice.to)) {
    add(Withheld{kind}, no_telephone(notice.to));
    return;
  }
  const auto& over = facts_.sms_over_budget;
  if (std::find(over.begin(), over.end(), notice.to) != over.end()) {
    add(Withheld{kind}, fmt::format("{} has had enough automatic SMS for now", notice.to));
    return;
  }
  notice.to_name = notice.client.name;
  say(std::move(notice), std::move(why));
}

// By email, to who has it in hand: the first on call where that person is not among those.
void Turn::tell_who_has_it(AlertReason reason, const std::string& why) {
  if (facts_.on_call.empty()) return;
  const auto who = std::find_if(facts_.on_call.begin(), facts_.on_call.end(),
                                [&](const OnCall& one) { return one.name == case_.taken_by; });
  const OnCall& person = who == facts_.on_call.end() ? facts_.on_call.front() : *who;
  if (person.email.empty()) return;
  Notice notice = draft(NoticeKind::alert);
  notice.reason = reason;
  notice.to = person.email;
  notice.to_name = person.name;
  notice.in_reply_to = case_.last_message;
  say(std::move(notice), why);
}

void Turn::tell_on_call(const Notice& draft, const std::vector<Channel>& channels, std::size_t people) {
  if (facts_.on_call.empty()) {
    add(Withheld{draft.kind}, "nobody is on call");
    return;
  }
  for (std::size_t i = 0; i < std::min(people, facts_.on_call.size()); ++i) {
    const OnCall& person = facts_.on_call[i];
    for (const Channel channel : channels) {
      if (channel == Channel::sms && !facts_.sms_available) continue;
      Notice notice = draft;
      notice.channel = channel;
      notice.to = channel == Channel::email ? person.email : person.phone;
      if (notice.to.empty()) continue;
      notice.to_name = person.name;
      notice.in_reply_to = case_.last_message;
      for (const TookOver& other : case_.others)
        notice.in_reply_to = std::max(notice.in_reply_to, other.last_message);
      say(std::move(notice), fmt::format("{} is on call", person.name));
    }
  }
}

}  // namespace hejnal::core

#include "core/turn.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hejnal::core {

void Turn::add(Body body, std::string why) {
  Entry entry{now_, by_, std::move(why), std::move(body)};
  apply(case_, entry);
  decision_.entries.push_back(std::move(entry));
}

const ServiceClass& Turn::reacting_class() const {
  const ServiceClass& shown = shown_class();
  return !case_.class_confirmed && shown.email_alone() ? procedure_.shortest_email_alone() : shown;
}

void Turn::classify(const ServiceClass& to, bool confirmed, bool by_agent, std::string why) {
  const ServiceClass *shown = &shown_class(), *reacting = &reacting_class();
  add(Classified{to.id, confirmed, by_agent}, std::move(why));
  // A new class counts from the opening, but nothing becomes due before its first grace is over. Where only
  // our certainty has changed, what was due stays as it is, and nobody is rung again.
  for (const Promise p : {Promise::react, Promise::answer}) {
    const auto& debt = case_.debt(p);
    if (!debt || !debt->running()) continue;
    if (p == Promise::react ? reacting == &reacting_class() : shown == &shown_class()) continue;
    const Instant due = std::max(debt->since + within(p), now_ + to.promise.grace);
    add(Moved{p, due, next_ring(p, debt->since, due, 0)}, fmt::format("the class is now {}", to.id));
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
  const bool late = debt->running() && now_ > debt->due;
  add(Kept{promise, late ? (now_ - debt->due).count() : 0},
      late ? fmt::format("{} late", format_duration(now_ - debt->due)) : std::string("in time"));
}

void Turn::release(Promise promise, std::string why) {
  if (case_.debt(promise)) add(Released{promise}, std::move(why));
}

void Turn::resume_answer() {
  const auto& debt = case_.debt(Promise::answer);
  if (!debt || debt->running()) return;
  const Duration left = std::max(Duration(*debt->paused_left_ms), shown_class().promise.grace);
  const Instant due = now_ + left;
  add(Moved{Promise::answer, due, due}, "the client has spoken: the clock of the answer goes on");
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
    std::string why;
    if (owed.breached) {
      why = fmt::format("the {} was due {} ago", p == Promise::react ? "first reaction" : "answer",
                        format_duration(now_ - owed.due));
    } else if (p == Promise::react && reacting_class().alert.at_once) {
      why = owed.rings == 0 ? fmt::format("class {}: {}", case_.class_name, case_.class_reason)
                            : fmt::format("nobody has read it for {}", format_duration(now_ - owed.since));
    } else {
      why = fmt::format("no reaction for {}; the first reaction is due in {}",
                        format_duration(now_ - owed.since), format_duration(owed.due - now_));
    }
    ring(p, owed.ring_at, std::move(why));
  }
}

void Turn::ring_now(std::string why) {
  if (case_.debt(Promise::react)) ring(Promise::react, now_, std::move(why));
}

void Turn::ring(Promise promise, Instant scheduled, std::string why) {
  const Debt debt = *case_.debt(promise);
  const ServiceClass& alerting = reacting_class();
  const int n = debt.rings + 1;
  const std::int64_t late_ms = std::max<std::int64_t>(0, (now_ - scheduled).count());
  add(Rang{promise, n, late_ms, next_ring(promise, debt.since, debt.due, n)}, why);
  // Three alerts without an answer: the next person is told as well.
  const bool insistent = promise == Promise::react && alerting.alert.repeat > 0ms;
  tell_on_call(NoticeKind::alert, alerting.alert.channels,
               insistent ? static_cast<std::size_t>((n - 1) / 3 + 1) : 1, std::move(why), promise, n,
               late_ms);
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

Notice Turn::draft(NoticeKind kind) const {
  Notice notice;
  notice.kind = kind;
  notice.number = case_.number;
  notice.class_name = case_.class_name;
  notice.subject = case_.subject;
  notice.short_code = case_.short_code;
  notice.token = case_.token;
  notice.client = case_.client;
  notice.failure_open = facts_.failure_open;
  if (const auto& answer = case_.debt(Promise::answer); answer && answer->running()) notice.due = answer->due;
  return notice;
}

void Turn::say(Notice notice, std::string why) {
  notice.id = case_.notices + 1;
  add(Said{notice.id, notice.kind, notice.channel, notice.to}, std::move(why));
  decision_.notices.push_back(std::move(notice));
}

void Turn::tell_client(NoticeKind kind, std::string why, MessageId in_reply_to) {
  if (!facts_.automatic_budget.empty()) {
    add(Withheld{kind}, facts_.automatic_budget);
    return;
  }
  if (case_.automatic_to.empty()) {
    tell_client_by_sms(kind, std::move(why));
    return;
  }
  Notice notice = draft(kind);
  notice.to = case_.automatic_to;
  notice.to_name = case_.client.name;
  notice.in_reply_to = in_reply_to != 0 ? in_reply_to : case_.last_message;
  say(std::move(notice), std::move(why));
}

void Turn::tell_client_by_sms(NoticeKind kind, std::string why) {
  if (!facts_.sms_available) {
    add(Withheld{kind}, "no SMS gateway is configured");
    return;
  }
  if (case_.client.phone.empty()) {
    add(Withheld{kind},
        "there is no address that automatic mail may go to, and no telephone number is known");
    return;
  }
  Notice notice = draft(kind);
  notice.channel = Channel::sms;
  notice.to = case_.client.phone;
  notice.to_name = case_.client.name;
  say(std::move(notice), std::move(why));
}

void Turn::tell_on_call(NoticeKind kind, const std::vector<Channel>& channels, std::size_t people,
                        std::string why, Promise promise, int ring, std::int64_t late_ms) {
  if (facts_.on_call.empty()) {
    add(Withheld{kind}, "nobody is on call");
    return;
  }
  for (std::size_t i = 0; i < std::min(people, facts_.on_call.size()); ++i) {
    const OnCall& person = facts_.on_call[i];
    for (const Channel channel : channels) {
      if (channel == Channel::sms && !facts_.sms_available) continue;
      Notice notice = draft(kind);
      notice.channel = channel;
      notice.to = channel == Channel::email ? person.email : person.phone;
      if (notice.to.empty()) continue;
      notice.to_name = person.name;
      notice.in_reply_to = case_.last_message;
      notice.why = why;
      notice.promise = promise;
      notice.ring = ring;
      notice.late_ms = late_ms;
      if (const auto& debt = case_.debt(promise)) notice.due = debt->due;
      say(std::move(notice), fmt::format("{} is on call", person.name));
    }
  }
}

}  // namespace hejnal::core

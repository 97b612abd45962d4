// The rules of a sent report.
#include <fmt/format.h>

#include <algorithm>

#include "core/sent_report.hpp"

namespace hejnal::core {

namespace {

using sent::AlarmRang;
using sent::Answered;
using sent::Asks;
using sent::AwaitsReceipt;
using sent::Became;
using sent::CallCame;
using sent::CameBack;
using sent::Cancel;
using sent::File;
using sent::Fires;
using sent::GivenTo;
using sent::Hears;
using sent::Held;
using sent::Leaving;
using sent::Lost;
using sent::Note;
using sent::Noted;
using sent::Opened;
using sent::Queued;
using sent::Quiet;
using sent::Raised;
using sent::RejectCall;
using sent::Release;
using sent::Reminds;
using sent::Reported;
using sent::Resolved;
using sent::Restarted;
using sent::SendingFate;
using sent::Sent;
using sent::Settle;
using sent::StepTaken;
using Entry = sent::Entry;
using Sending = SentReport::Sending;

constexpr Duration kStillUnanswered = std::chrono::days(7);  // so often we are told once more
constexpr Duration kCallbackAgain = 24h;
constexpr Duration kCallbackAfterAnswer = 1h;  // "all is over" was heard: the callback should follow
constexpr Duration kStuck = 30min;             // an email that cannot leave for so long: an SMS says so
constexpr int kRemindersMax = 7;
constexpr Duration kPeerAnswers = 10min;  // another hejnal sends its receipt at once
constexpr Duration kAskAgain = 10min;     // when the question itself is lost
constexpr std::size_t kRepliesMax = 100;  // in the journal; of what follows only what changes something
constexpr int kFlapsMax = 50, kAlertSaidMax = 50;  // written; of one alert
constexpr Duration kExtendsAtLeast =
    std::chrono::days(1);  // an answer beyond them, the time until it is settled

// When a gateway that has said nothing is asked what has become of an SMS, after so many questions.
std::optional<Duration> ask_after(int asked) {
  constexpr Duration kWaits[] = {5min, 30min, 24h};
  if (asked >= 3) return std::nullopt;
  return kWaits[asked];
}

Duration pause_after(int attempts) {
  constexpr Duration kPauses[] = {1min, 2min, 5min, 10min, 15min};
  return attempts <= 5 ? kPauses[std::max(attempts, 1) - 1] : Duration(30min);
}

// One decision in the making.
struct ReportTurn {
  const sent::Facts& facts;
  SentReport r;
  Instant now;
  sent::Decision decision = {};

  void add(const std::string& by, sent::Body body, std::string why = {}) {
    Entry entry{now, by, std::move(why), std::move(body)};
    core::apply(r, entry);
    decision.entries.push_back(std::move(entry));
  }

  const ServiceClass& service() const { return facts.procedure->at(r.class_name); }

  void queue(SendingKind kind, Wording wording, News news, Channel channel, const std::string& to,
             std::string why) {
    if (to.empty()) return;
    Queued q;
    q.n = static_cast<int>(r.sendings.size()) + 1;
    q.step = r.step;
    q.what = kind;
    q.wording = wording;
    q.news = news;
    q.channel = channel;
    q.to = to;
    q.message_id = channel == Channel::email ? report_message_id(r, q.n)
                                             : fmt::format("report.{}.{}.{}", r.id, q.n, r.secret);
    add("reporter", std::move(q), std::move(why));
  }

  void tell_us(News news, std::string why) {
    queue(SendingKind::news, Wording::first, news, Channel::email, facts.tell, std::move(why));
  }

  bool can_sms() const { return facts.sms_available && !r.to_sms.empty(); }

  // What the provider has not got yet, it does not get any more.
  void drop_the_rest(const std::string& why) {
    for (std::size_t i = 0; i < r.sendings.size(); ++i) {
      const Sending& s = r.sendings[i];
      if (s.state == SendingState::queued && s.kind != SendingKind::news && s.kind != SendingKind::word)
        add("reporter", SendingFate{s.n, SendingState::dropped, {}, {}, {}, {}, {}}, why);
    }
  }

  bool anything_left() const {  // may the provider know of it?
    return std::any_of(r.sendings.begin(), r.sendings.end(), [](const Sending& s) {
      return s.kind != SendingKind::news && s.state != SendingState::dropped &&
             (s.attempts > 0 || s.state != SendingState::queued);
    });
  }

  // After the last step: so long a person has to answer.
  Instant when_unanswered() const { return now + std::max(service().promise.answer_within, Duration(1s)); }

  void take_step(int step) {
    const auto& steps = service().steps;
    const auto index = static_cast<std::size_t>(step - 1);
    StepTaken taken;
    taken.step = step;
    const Instant planned = r.counts_from() + steps[index].wait;
    taken.late_ms = std::max<std::int64_t>((now - planned).count(), 0);
    if (index + 1 < steps.size()) {
      const Duration gap = steps[index + 1].wait - steps[index].wait;
      taken.next_at = std::max(r.counts_from() + steps[index + 1].wait, now + std::max(gap, Duration(1s)));
    } else {
      taken.ring_at = when_unanswered();
    }
    add("reporter", taken,
        step == 1 ? "the first step of the procedure"
                  : fmt::format("{} have passed and no person has reacted",
                                format_duration(now - r.counts_from())));
    // What could not leave in all that time is not sent beside its own reminder.
    const bool known = anything_left();
    if (step > 1) drop_the_rest("the next step says the same");
    const Wording wording = !known         ? Wording::first
                            : step == 1    ? Wording::graver
                            : r.receipt_at ? Wording::after_receipt
                                           : Wording::again;
    bool said = false;
    for (const Channel means : steps[index].means) {
      const std::string why = fmt::format("step {}: {}", step, steps[index].means_text);
      if (means == Channel::email && !r.to_email.empty()) {
        queue(SendingKind::report, wording, News::none, Channel::email, r.to_email, why);
        said = true;
      } else if (means == Channel::sms && can_sms()) {
        queue(SendingKind::sms, wording, News::none, Channel::sms, r.to_sms, why);
        said = true;
      }
    }
    // A provider that can only be reached on the other way is told on that one.
    if (!said && can_sms()) {
      queue(SendingKind::sms, wording, News::none, Channel::sms, r.to_sms,
            "there is no other way to the provider");
    } else if (!said) {
      queue(SendingKind::report, wording, News::none, Channel::email, r.to_email,
            "there is no other way to the provider");
    }
  }

  void become(ReportState state, Instant ring_at, const std::string& by, const std::string& why) {
    add(by, Became{state, ring_at}, why);
    if (state != ReportState::unanswered) drop_the_rest(why);
  }

  // A word in the same thread, of a report that the provider knows of.
  void settle(const std::string& by, const std::string& why, bool tell) {
    const bool told = tell && anything_left();
    become(ReportState::settled, {}, by, why);
    if (told) word("the provider is told that it is over");
  }

  void word(const char* why) {
    if (!r.to_email.empty()) {
      queue(SendingKind::word, Wording::first, News::none, Channel::email, r.to_email, why);
    } else if (can_sms()) {
      queue(SendingKind::word, Wording::first, News::none, Channel::sms, r.to_sms, why);
    }
  }

  void ring() {
    if (r.open() && r.quiet_at && *r.quiet_at <= now)
      settle("alert",
             r.noted > 0 ? fmt::format("the alert is over; it had fired {} times more", r.noted)
                         : "the alert is over",
             true);
    if (r.open()) {
      if (r.next_at && *r.next_at <= now) {
        if (static_cast<std::size_t>(r.step) < service().steps.size()) {
          take_step(r.step + 1);
        } else {  // the procedure that it began under cannot be read any more
          add("reporter", Became{r.state, when_unanswered()}, "the procedure has no further step");
        }
      }
      if (r.ring_at && *r.ring_at <= now) ring_for_silence();
      if (r.open() && r.receipt_due_at && *r.receipt_due_at <= now)
        no_receipt("another hejnal sends a receipt at once, and none has come: the email is lost");
      if (r.remind_at && *r.remind_at <= now) remind();
    }
    for (std::size_t i = 0; i < r.sendings.size(); ++i) {
      const Sending s = r.sendings[i];
      if (s.state != SendingState::queued || s.retry_at > now) continue;
      add("reporter", Leaving{s.n});
      decision.leaving.push_back(s.n);
    }
    for (std::size_t i = 0; i < r.sendings.size(); ++i) {
      const Sending s = r.sendings[i];
      if (!s.ask_at || *s.ask_at > now) continue;
      add("reporter", Asks{s.n, r.open() ? now + kAskAgain : Instant{}, false},
          "no delivery report has come");
      if (r.open()) decision.asking.push_back(s.n);
    }
  }

  void ring_for_silence() {
    const Instant again = now + kStillUnanswered;
    switch (r.state) {
      case ReportState::waiting:
        become(ReportState::unanswered, again, "reporter",
               "every step of the procedure was carried out and no person has reacted");
        tell_us(News::unanswered, "every step was carried out, and no person has reacted");
        return;
      case ReportState::acknowledged:
        add("reporter", Became{ReportState::acknowledged, again}, "there is no answer yet");
        tell_us(News::late, "the report was acknowledged and not answered in the time of the procedure");
        return;
      case ReportState::unanswered:
        add("reporter", Became{ReportState::unanswered, again}, "there is no answer yet");
        tell_us(News::unanswered, "there is still no answer");
        return;
      case ReportState::answered:
        become(ReportState::settled, {}, "reporter", "nothing was said for a while after the answer");
        return;
      case ReportState::settled:
      case ReportState::cancelled:
        return;
    }
  }

  // Another hejnal is there, and has not got the email: it goes once more, now, and then by SMS.
  void no_receipt(const char* why) {
    add("reporter", Lost{r.lost + 1}, why);
    if (r.state != ReportState::waiting) return;
    if (r.lost == 1) {
      queue(SendingKind::report, Wording::again, News::none, Channel::email, r.to_email,
            "the email is lost: the same once more");
      return;
    }
    const bool by_sms = std::any_of(r.sendings.begin(), r.sendings.end(), [&](const Sending& s) {
      return s.channel == Channel::sms && s.arrives() && s.state != SendingState::dropped;
    });
    if (can_sms() && !r.instead && !by_sms) {
      queue(SendingKind::sms, Wording::not_delivered, News::none, Channel::sms, r.to_sms,
            "the email was lost twice: an SMS says so");
    } else if (!by_sms && !r.undelivered) {
      tell_us(News::undelivered, "the emails are lost on the way to the provider");
    }
  }

  void remind() {
    const bool last = r.reminders + 1 >= kRemindersMax;
    add("reporter", Reminds{last ? Instant{} : now + kCallbackAgain, true},
        "a call of ours was rejected, and nobody has called back");
    tell_us(News::callback, "a call of ours was rejected, and nobody has called back");
  }

  // An email does not get there: an SMS says so at once, or we are told that nothing gets through.
  void not_delivered(const Sending& s, const std::string& words) {
    if (s.kind == SendingKind::news || !r.open() || r.state == ReportState::acknowledged ||
        r.state == ReportState::answered)
      return;
    if (s.channel == Channel::email && s.kind == SendingKind::report && can_sms() && !r.instead) {
      queue(SendingKind::sms, Wording::not_delivered, News::none, Channel::sms, r.to_sms,
            fmt::format("the email did not get there: {}", words));
      return;
    }
    const bool another = std::any_of(r.sendings.begin(), r.sendings.end(), [&](const Sending& o) {
      return o.n != s.n && o.kind != SendingKind::news && o.state != SendingState::dropped &&
             o.state != SendingState::unknown && o.arrives();
    });
    if (!another && !r.undelivered)
      tell_us(News::undelivered, fmt::format("nothing gets through to the provider: {}", words));
  }
};

struct Decide {
  ReportTurn& t;

  Status operator()(const File& s) {
    if (t.r.exists()) return fail(Fault::conflict, "report {} exists already", t.r.id);
    const ServiceClass* service = t.facts.procedure->find(s.class_name);
    if (service == nullptr) {
      std::string known;
      for (const ServiceClass& c : t.facts.procedure->classes)
        known += fmt::format("{}{}", known.empty() ? "" : ", ", c.id);
      return fail(Fault::malformed, "the procedure of {} has no class \"{}\"; it has {}", s.provider,
                  s.class_name, known);
    }
    if (service->steps.empty())
      return fail(Fault::malformed, "the class \"{}\" of {} has no step", s.class_name, s.provider);
    if (s.to_email.empty() && (s.to_sms.empty() || !t.facts.sms_available))
      return fail(Fault::malformed, "there is no way to {}: neither an address nor SMS", s.provider);
    t.add(s.by,
          Opened{s.id, s.provider, t.facts.procedure->version, s.class_name, s.subject, s.language, s.code,
                 s.secret, s.key, s.alert, s.from, s.to_email, s.to_sms, s.peer},
          s.why);
    begin(s.hold_until, s.first_held);
    return {};
  }

  Status operator()(const Release& s) {
    HEJNAL_TRY_VOID(must_be_open());
    if (!t.r.held) return fail(Fault::conflict, "report {} is not held", t.r.id);
    t.add(s.by, Held{t.now}, "it goes at once");
    return {};
  }

  Status operator()(const AlarmRang&) {
    t.ring();
    return {};
  }

  Status operator()(const Restarted&) {
    for (std::size_t i = 0; i < t.r.sendings.size(); ++i) {
      const Sending s = t.r.sendings[i];
      if (s.state != SendingState::handing_over) continue;
      SendingFate fate;
      fate.n = s.n;
      const bool wanted = is_wanted(s);
      fate.state = wanted ? SendingState::queued : SendingState::dropped;
      if (wanted) fate.retry_at = t.now;
      const auto& known = t.facts.repeats_by;
      const bool not_given = s.gateway.empty();  // it is written down before a gateway gets it
      const bool recognised = std::find(known.begin(), known.end(), s.gateway) != known.end();
      if (!wanted) {
        t.add("reporter", fate, "the program ended while it was being sent, and it is not needed any more");
      } else if (s.channel == Channel::email) {
        t.add("reporter", fate, "the program ended while it was being sent: the same mail goes once more");
      } else if (not_given || recognised) {
        fate.gateway = s.gateway;
        t.add(
            "reporter", fate,
            not_given
                ? "the program ended before it was given to a gateway"
                : "the program ended while it was being sent; the gateway recognises it when it comes twice");
      } else {
        unsure(s, "the program ended while it was being sent");
      }
    }
    return {};
  }

  Status operator()(const Sent& s) {
    const Sending* found = t.r.sending(s.n);
    if (found == nullptr) return fail(Fault::not_found, "report {} has no sending {}", t.r.id, s.n);
    if (found->state != SendingState::handing_over) return {};  // heard of already
    const Sending sending = *found;
    SendingFate fate{s.n, SendingState::handed_over, s.text, {}, s.gateway, s.gateway_id, s.sum};
    switch (s.outcome) {
      case Sent::Outcome::taken:
        t.add("reporter", fate);
        if (t.r.peer && sending.kind == SendingKind::report && t.r.state == ReportState::waiting &&
            !t.r.receipt_at && t.r.lost < 2)
          t.add("reporter", AwaitsReceipt{t.now + kPeerAnswers});
        if (s.can_be_asked && sending.channel == Channel::sms && sending.kind != SendingKind::word)
          t.add("reporter", Asks{s.n, t.now + *ask_after(0), false});
        return {};
      case Sent::Outcome::uncertain:
        unsure(sending, s.text, s.gateway);
        return {};
      case Sent::Outcome::refused:
        fate.state = SendingState::failed;
        t.add("reporter", fate, "it was refused");
        t.not_delivered(sending, s.text);
        return {};
      case Sent::Outcome::later:
        break;
    }
    const bool wanted = is_wanted(sending);
    fate.state = wanted ? SendingState::queued : SendingState::dropped;
    if (wanted) fate.retry_at = t.now + pause_after(sending.attempts);
    fate.gateway_id.clear();
    t.add("reporter", fate,
          wanted ? "it could not be handed over; once more later" : "it is not needed any more");
    if (wanted && t.now - sending.since >= kStuck) t.not_delivered(sending, s.text);
    return {};
  }

  Status operator()(const GivenTo& s) {
    const Sending* sending = t.r.sending(s.n);
    if (sending == nullptr) return fail(Fault::not_found, "report {} has no sending {}", t.r.id, s.n);
    if (sending->state != SendingState::handing_over || !is_wanted(*sending))
      return fail(Fault::conflict, "sending {} of report {} is not needed any more", s.n, t.r.id);
    if (sending->gateway == s.gateway) return {};
    t.add("reporter", SendingFate{s.n, SendingState::handing_over, {}, {}, s.gateway, {}, {}});
    return {};
  }

  Status operator()(const Answered& s) {
    const Sending* found = t.r.sending(s.n);
    if (found == nullptr) return fail(Fault::not_found, "report {} has no sending {}", t.r.id, s.n);
    if (!found->ask_at) return {};  // it was told by itself meanwhile
    if (s.arrived || s.lost) return (*this)(Reported{s.n, s.arrived, s.text});
    const auto next = ask_after(found->asked + 1);
    t.add("reporter", Asks{s.n, next ? t.now + *next : Instant{}, true},
          next ? "the gateway does not know it yet" : "no delivery report has ever come");
    return {};
  }

  Status operator()(const Reported& s) {
    const Sending* found = t.r.sending(s.n);
    if (found == nullptr) return fail(Fault::not_found, "report {} has no sending {}", t.r.id, s.n);
    if (found->state == SendingState::bounced || found->state == SendingState::dropped) return {};
    if (s.arrived && found->state == SendingState::delivered) return {};
    const Sending sending = *found;
    SendingFate fate;
    fate.n = s.n;
    fate.state = s.arrived ? SendingState::delivered : SendingState::bounced;
    fate.text = s.text;
    t.add("provider", fate);
    if (!s.arrived) t.not_delivered(sending, s.text);
    return {};
  }

  Status operator()(const Hears& s) {
    if (!t.r.exists()) return fail(Fault::not_found, "there is no such report");
    const ReportState before = t.r.state;
    // The mail itself is kept beside the journal, whatever becomes of this.
    if (t.r.replies.size() >= kRepliesMax && !changes(s)) return {};
    t.add("provider", CameBack{s.what, s.channel, s.message, s.from, s.subject, s.how, s.notice, s.peer_case,
                               s.peer_state});
    if (t.r.replies.size() == kRepliesMax)
      t.add("reporter", Noted{},
            fmt::format("{} have come back: of what follows, only what changes something is written here",
                        kRepliesMax));
    if (!t.r.open() || s.what == Heard::absence || s.what == Heard::unclear) return {};
    if (s.notice == "missing_email") {
      if (before == ReportState::waiting && !t.r.held && t.r.lost == 0 && !t.r.receipt_at)
        t.no_receipt("they have the SMS, and no email");
      return {};
    }
    if (s.what == Heard::receipt) {
      if (t.facts.receipt_stops && before == ReportState::waiting && t.r.next_at && !t.r.held) {
        t.add("reporter", Became{ReportState::waiting, t.when_unanswered()},
              "for this provider a receipt is enough: no step follows");
        t.drop_the_rest("a receipt has come");
      }
      return {};
    }
    const Duration settle_after = t.facts.procedure->rules.settle_after;
    if (s.what == Heard::acknowledgement) {
      if (before != ReportState::waiting && before != ReportState::unanswered) return {};
      const Instant owed = t.r.counts_from() + t.service().promise.answer_within;
      t.become(ReportState::acknowledged, std::max(owed, t.now + 1h), "provider", "a person has read it");
      if (before == ReportState::unanswered) t.tell_us(News::acknowledged, "a person has read it, at last");
      return {};
    }
    // A word that it is settled is an answer, too: whether it is, we say.
    t.become(ReportState::answered, t.now + std::max(settle_after, Duration(1h)), "provider",
             s.what == Heard::settled ? "the provider says that it is settled" : "a person has answered");
    if (before != ReportState::answered) t.tell_us(News::answered, "an answer has come");
    if (t.r.remind_at && *t.r.remind_at > t.now + kCallbackAfterAnswer)
      t.add("reporter", Reminds{t.now + kCallbackAfterAnswer, false},
            "the provider has answered: the callback should follow");
    return {};
  }

  Status operator()(const Settle& s) {
    HEJNAL_TRY_VOID(must_be_open());
    t.settle(s.by, s.reason, s.tell);
    return {};
  }

  Status operator()(const Cancel& s) {
    HEJNAL_TRY_VOID(must_be_open());
    const bool told = t.anything_left();
    const auto over_at = t.r.quiet_at;
    t.become(ReportState::cancelled, {}, s.by, s.reason);
    if (over_at) t.add("reporter", Quiet{*over_at}, "its alert is over already");
    if (told) t.word("the provider is told that the report is withdrawn");
    return {};
  }

  Status operator()(const RejectCall& s) {
    HEJNAL_TRY_VOID(must_be_open());
    const Instant at = std::min(s.at, t.now);
    t.add(s.by, sent::CallRejected{at, std::max(at + t.facts.callback_after, t.now + 1s)},
          "rejected: they are repairing, and will call back");
    return {};
  }

  Status operator()(const CallCame& s) {
    HEJNAL_TRY_VOID(must_be_open());
    if (!t.r.remind_at) return fail(Fault::conflict, "no callback is owed for report {}", t.r.id);
    t.add(s.by, Reminds{{}, false}, "they have called back");
    return {};
  }

  Status operator()(const Note& s) {
    if (!t.r.exists()) return fail(Fault::not_found, "there is no such report");
    t.add(s.by, Noted{s.text, s.fired, false});
    return {};
  }

  Status operator()(const Fires& s) {
    if (t.r.stays_withdrawn(t.now)) {
      if (t.r.quiet_at) t.add(s.by, Quiet{}, "the alert fires again; the report stays withdrawn");
      return {};
    }
    HEJNAL_TRY_VOID(must_be_open());
    const bool again = t.r.quiet_at.has_value();
    if (again) t.add(s.by, Quiet{}, "the alert fires again");
    // What only repeats itself says nothing new, nor what changes all the time.
    if (again || (s.text != t.r.alert && t.r.said < kAlertSaidMax))
      t.add(s.by, Noted{s.text, again, s.text != t.r.alert});
    const ServiceClass* to = t.facts.procedure->find(s.class_name);
    if (to == nullptr || to->steps.empty() || to <= &t.service())
      return {};  // from the calmest to the gravest
    t.drop_the_rest("it has become graver");
    t.add(s.by, Raised{s.class_name, s.to_email.empty() ? t.r.to_email : s.to_email}, s.why);
    begin(s.hold_until, s.first_held);
    return {};
  }

  Status operator()(const Resolved& s) {
    if (!t.r.stays_withdrawn(t.now)) HEJNAL_TRY_VOID(must_be_open());
    // Who flaps all night counts as firing until a person settles it.
    if (t.r.open() && t.r.noted >= kFlapsMax) return {};
    if (!t.r.quiet_at) t.add(s.by, Quiet{t.now + std::max(s.quiet, Duration(1ms))}, "the alert is over");
    return {};
  }

 private:
  bool changes(const Hears& s) const {
    if (!t.r.open()) return false;
    if (s.what == Heard::acknowledgement)
      return t.r.state == ReportState::waiting || t.r.state == ReportState::unanswered;
    if (s.what == Heard::receipt) return !t.r.receipt_at && s.notice != "missing_email";
    if (s.what != Heard::answer && s.what != Heard::settled) return false;
    const Instant settles_at = t.now + std::max(t.facts.procedure->rules.settle_after, Duration(1h));
    return t.r.state != ReportState::answered || !t.r.ring_at || settles_at - *t.r.ring_at >= kExtendsAtLeast;
  }

  // The first step of its class, unless that has to wait in a storm.
  void begin(Instant hold_until, bool first_held) {
    if (hold_until <= t.now) return t.take_step(1);
    t.add("reporter", Held{hold_until},
          "too many reports to this provider within an hour: it goes when there is room, or when somebody "
          "says so");
    if (first_held) t.tell_us(News::held, "reports to this provider are held from now on");
  }

  // It may have left. A second SMS costs and wakes: what became of it is for a delivery report to say.
  void unsure(const Sending& s, const std::string& words, const std::string& gateway = {}) {
    t.add("reporter",
          SendingFate{s.n, SendingState::unknown, words, {}, gateway.empty() ? s.gateway : gateway, {}, {}},
          "whether it left is not known; it is not sent blindly a second time");
    t.not_delivered(s, words);
  }

  bool is_wanted(const Sending& s) const {
    return s.kind == SendingKind::news || s.kind == SendingKind::word || t.r.state == ReportState::waiting ||
           t.r.state == ReportState::unanswered;
  }

  Status must_be_open() const {
    if (!t.r.exists()) return fail(Fault::not_found, "there is no such report");
    if (t.r.open()) return {};
    return fail(Fault::conflict, "report {} is {} already", t.r.id, to_string(t.r.state));
  }
};

}  // namespace

Result<sent::Decision> decide(const sent::Facts& facts, const SentReport& r, const sent::Signal& signal,
                              Instant now) {
  ReportTurn turn{facts, r, now};
  Decide visitor{turn};
  HEJNAL_TRY_VOID(std::visit(visitor, signal));
  return std::move(turn.decision);
}

}  // namespace hejnal::core

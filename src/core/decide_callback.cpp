// The rules of callbacks.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/callback.hpp"
#include "core/sms_command.hpp"

namespace hejnal::core {

namespace {

using namespace callback;
using Entry = callback::Entry;

constexpr Duration kTellAgain = 1h;        // one SMS an hour and number
constexpr Duration kTellWithin = 1h;       // after it an SMS about a call comes too late
constexpr Duration kDaily = 24h;           // of one that waits
constexpr Duration kHeldFor = 1h;          // taken and not tried: it goes back
constexpr Duration kRingsAtLeast = 30min;  // also where the desk waits less for word of a call
constexpr Duration kRetryCall = 30min, kRetryVoicemail = 2h;

// What a callback knows, for another one.
callback::TookOver all_of(const Callback& c) {
  callback::TookOver out;
  out.from = c.id;
  out.since = c.since;
  out.critical = c.critical;
  out.calls_total = c.calls_total;
  out.calls = c.calls;
  out.phones = c.phones;
  out.wrong_phones = c.wrong_phones;
  out.attempts = c.attempts;
  out.retry_at = c.retry_at.value_or(Instant{});
  out.cases = c.cases;
  out.earlier = c.earlier;
  out.offered = c.offered;
  for (const auto& [phone, at] : c.told) out.told.push_back({phone, at});
  return out;
}

// One decision in the making.
struct CallbackTurn {
  const callback::Facts& facts;
  Callback c;
  Instant now;
  callback::Decision decision = {};

  void add(const std::string& by, callback::Body body, std::string why = {}) {
    Entry entry{now, by, std::move(why), std::move(body)};
    core::apply(c, entry);
    decision.entries.push_back(std::move(entry));
  }

  Instant latest_call() const {
    Instant latest;
    for (const Callback::Call& one : c.calls) latest = std::max(latest, one.at);
    return latest;
  }

  Instant when_overdue() const { return facts.waking.after(now, facts.unpaid_after); }

  // Due or waiting, as the world is.
  void put_back(const std::string& by, const std::string& why) {
    if (c.state == CallbackState::taken && facts.reached && facts.reached->at >= latest_call()) {
      end(by, CallbackState::paid,
          fmt::format("{} has reached the same person: callback {}", facts.reached->agent,
                      facts.reached->id));
      return;
    }
    if (facts.failure_open) {
      if (c.state != CallbackState::waiting)
        add(by, callback::Became{CallbackState::waiting, now + kDaily, {}}, why);
      return;
    }
    if (c.state == CallbackState::due) return;
    // One that was due before it was taken goes on being late.
    const Instant ring_at = c.due_at && c.ring_at > now ? c.ring_at : when_overdue();
    const bool is_new = !c.due_at;
    add(by, callback::Became{CallbackState::due, ring_at, {}}, why);
    if (is_new && by == "desk") tell(AlertReason::callbacks_due);
  }

  // On call is told now; the next time stays as it is planned.
  void tell(AlertReason reason) {
    add("desk", callback::Rang{reason, c.rings + 1, 0, c.ring_at}, "the callback can be made now");
    decision.tell = reason;
  }

  void end(const std::string& by, CallbackState how, std::string why) {
    add(by, callback::Became{how, {}, {}}, std::move(why));
  }

  Status check_open() const {
    if (c.open()) return {};
    if (!c.exists()) return fail(Fault::not_found, "there is no such callback");
    if (c.state == CallbackState::joined)
      return fail(Fault::conflict, "callback {} is of the same person and goes on", c.into);
    return fail(Fault::conflict, "this callback is {} since {}: {}",
                c.state == CallbackState::paid ? "paid" : "written off", format_rfc3339(*c.ended_at),
                c.end_reason);
  }
  Status check_holder(const std::string& agent) const {
    HEJNAL_TRY_VOID(check_open());
    if (c.state == CallbackState::taken && c.taken_by != agent)
      return fail(Fault::conflict, "{} has taken this callback and may be on the telephone now", c.taken_by);
    return {};
  }

  // Two callbacks of one person exist when that was learned only after two agents had taken them. Who holds
  // one already may say what came of it.
  Status check_person(const std::string& agent) const {
    if (c.state == CallbackState::taken && c.taken_by == agent) return {};
    if (facts.held && facts.held->agent != agent)
      return fail(Fault::conflict,
                  "{} has taken callback {} of the same person and may be on the telephone now",
                  facts.held->agent, facts.held->id);
    return {};
  }

  std::string why_no_sms(const std::string& phone, Instant called_at) const {
    if (now - called_at >= kTellWithin)
      return fmt::format("the call came {} ago: an SMS would speak of another time",
                         format_duration(now - called_at));
    if (!facts.sms_available) return "no SMS gateway is configured";
    if (!is_telephone(phone)) return no_telephone(phone);
    if (is_landline(phone)) return fmt::format("{} is a landline: no SMS goes there", phone);
    if (!facts.sms_refused.empty()) return facts.sms_refused;
    std::optional<Instant> last = c.told_at(phone);
    if (facts.told_at && (!last || *facts.told_at > *last)) last = facts.told_at;
    if (last && now - *last < kTellAgain)
      return fmt::format("{} got this SMS {} ago", phone, format_duration(now - *last));
    return {};
  }

  void tell_caller(const Rung& s) {
    if (const std::string no = why_no_sms(s.phone, s.at); !no.empty()) {
      add("desk", Withheld{NoticeKind::rejected_call}, no);
      return;
    }
    Notice notice;
    notice.id = c.notices + 1;
    notice.kind = NoticeKind::rejected_call;
    notice.channel = Channel::sms;
    notice.to = s.phone;
    notice.to_name = c.person.name;
    notice.client = c.person;
    notice.callback = c.id;
    notice.failure_open = facts.failure_open;
    notice.outage_text = facts.outage_text;
    notice.token = facts.token;
    notice.short_code = facts.short_code;
    if (!facts.failure_open) notice.due = c.ring_at;
    add("desk", Said{notice.id, notice.kind, notice.channel, notice.to},
        "the caller learns what the rejected call means");
    decision.notices.push_back(std::move(notice));
  }

  Status operator()(const Rung& s) {
    if (c.exists()) HEJNAL_TRY_VOID(check_open());                   // after its end a call opens a new one
    if (s.result == CallResult::answered && !c.exists()) return {};  // nothing is owed
    // Told late: the client was called back after it.
    if (facts.settled_at && s.at < *facts.settled_at && !c.call_of(s.call_id)) return {};
    const bool put_through = s.result == CallResult::put_through;
    const Duration within = std::max(facts.told_within, kRingsAtLeast);
    const int told_of = c.told_of({s.call_id, s.phone, s.result, s.decided, s.at}, within);
    const Callback::Call* known = c.call_of(told_of);
    if (known && (put_through || known->result == CallResult::answered)) return {};  // told late, or final
    const Instant came_at = known ? known->at : s.at;
    const bool is_other = !known;
    // One that was put through owes nothing until something is told of it; any other owes all it can.
    const bool again = known && known->result != CallResult::put_through;
    const bool is_new = !c.exists();
    const bool rang = c.state == CallbackState::ringing;
    if (is_new) add(s.by, callback::Opened{s.id, s.person});
    add(s.by,
        Called{s.at, s.phone, s.result, s.number, s.critical, s.reason, s.call_id, s.decided,
               facts.told_at.value_or(Instant{}), s.earlier, known ? told_of : c.calls_total + 1},
        s.result == CallResult::answered ? "a person has answered"
        : put_through                    ? "the call was put through to the person on call"
        : s.hung_up                      ? "the caller hung up before the answer"
        : s.result == CallResult::missed ? "nobody has answered"
                                         : "the call was rejected");
    if (s.result == CallResult::answered) {
      // It pays for what came before it, and for nothing that came after.
      const bool owes_more = std::any_of(c.calls.begin(), c.calls.end(), [&](const Callback::Call& one) {
        return one.result != CallResult::answered && one.at > came_at;
      });
      if (owes_more) return {};
      end(s.by, CallbackState::paid,
          rang ? "the call was put through and answered" : "the client has phoned again and was answered");
      return {};
    }
    if (put_through) {
      if (is_new)
        add("desk", callback::Became{CallbackState::ringing, now + facts.told_within, {}},
            "what came of the call is told when it is over");
      return {};
    }
    if (again) return {};  // what became of a call that is known: it owes no more than before
    if (rang) {
      put_back("desk", !is_other            ? "nobody has answered the call that was put through"
                       : facts.failure_open ? "a failure is being repaired"
                                            : "no failure is open");
    } else if (c.state != CallbackState::taken) {
      const bool first = c.calls_total == 1;
      if (first && facts.failure_open) {
        add("desk", callback::Became{CallbackState::waiting, now + kDaily, {}},
            "a failure is being repaired");
      } else if (first || c.state == CallbackState::waiting) {
        put_back("desk", "no failure is open");
      }
    }
    tell_caller(s);
    return {};
  }

  Status operator()(const FailureChanged&) {
    if (!c.open()) return {};
    if (facts.failure_open && c.state == CallbackState::due) put_back("desk", "a new failure is open");
    if (!facts.failure_open && c.state == CallbackState::waiting) {
      put_back("desk", "every failure is over");
      decision.after_failure = true;
    }
    return {};
  }

  void take(const std::string& agent) {
    const bool has_time = c.state == CallbackState::waiting || c.state == CallbackState::ringing;
    const Instant ring_at = has_time ? when_overdue() : c.ring_at;
    add(agent, callback::Became{CallbackState::taken, std::max(ring_at, now + kHeldFor), now + kHeldFor});
  }
  Status operator()(const Take& s) {
    HEJNAL_TRY_VOID(check_holder(s.agent));
    HEJNAL_TRY_VOID(check_person(s.agent));
    if (c.state != CallbackState::taken) take(s.agent);
    return {};
  }

  Status operator()(const Try& s) {
    HEJNAL_TRY_VOID(check_holder(s.agent));
    HEJNAL_TRY_VOID(check_person(s.agent));
    const std::string phone = s.phone.empty() ? c.number_to_call() : s.phone;
    if (std::find(c.phones.begin(), c.phones.end(), phone) == c.phones.end())
      return fail(Fault::malformed, "phone: nobody has called from {}", phone);
    if (c.state != CallbackState::taken) take(s.agent);
    const Duration wait = s.result == AttemptResult::no_answer   ? kRetryCall
                          : s.result == AttemptResult::voicemail ? kRetryVoicemail
                                                                 : Duration(0);
    add(s.agent, Tried{phone, s.result, wait > Duration(0) ? now + wait : Instant{}});
    if (s.result == AttemptResult::reached) {
      end(s.agent, CallbackState::paid, "the client was reached");
      return {};
    }
    put_back(s.agent, fmt::format("tried: {}", to_string(s.result)));
    return {};
  }

  Status operator()(const WriteOff& s) {
    HEJNAL_TRY_VOID(check_holder(s.agent));
    if (is_blank(s.reason))
      return fail(Fault::malformed, "reason: a callback is written off only with a reason");
    end(s.agent, CallbackState::written_off, s.reason);
    return {};
  }

  Status operator()(const SaysItWorks& s) {
    if (c.open())
      add("client", callback::Offered{s.channel, truncate_characters(collapse_space(s.text), 300)},
          "the client says that it works; a person decides");
    return {};
  }
  Status operator()(const SaysItFails& s) {
    if (c.open() && !c.offered.empty())
      add("client", callback::Offered{s.channel, truncate_characters(collapse_space(s.text), 300), true},
          "the client says that it does not work after all");
    return {};
  }
  Status operator()(const Settle& s) {
    HEJNAL_TRY_VOID(check_holder(s.agent));
    if (c.offered.empty())
      return fail(Fault::conflict, "the client has not said that it works; write it off with a reason");
    end(s.agent, CallbackState::paid, fmt::format("by the client's own word: {}", c.offered));
    return {};
  }

  Status operator()(const NoticeEnded& s) {
    add("desk", Fate{s.notice, s.state, s.text}, s.text);
    return {};
  }

  Status operator()(const TakesOver& s) {
    if (!may_join(c, s.other))
      return fail(Fault::conflict, "callbacks {} and {} cannot be joined", c.id, s.other.id);
    add("desk", all_of(s.other), "it is of the same person");
    if (c.person.email.empty() && !s.other.person.email.empty())
      add("desk",
          callback::Knew{s.other.person, c.cases, c.critical, c.outage.id != 0 ? c.outage : s.other.outage});
    const bool sooner = s.other.ring_at < c.ring_at && s.other.state == c.state;
    if (sooner && c.state != CallbackState::taken)
      add("desk", callback::Became{c.state, s.other.ring_at, {}});
    return {};
  }
  Status operator()(const GoesInto& s) {
    HEJNAL_TRY_VOID(check_open());
    add("desk", callback::Joined{s.into}, fmt::format("callback {} is of the same person", s.into));
    return {};
  }
  Status operator()(const BeginsWith& s) {
    add("desk", callback::Opened{s.id, s.person});
    callback::TookOver part = all_of(s.other);
    part.earlier.clear();
    const auto of_another = [&](const auto& one) { return one.phone != s.phone; };
    std::erase_if(part.calls, of_another);
    std::erase_if(part.attempts, of_another);
    std::erase_if(part.told, of_another);
    std::erase_if(part.wrong_phones, [&](const std::string& phone) { return phone != s.phone; });
    part.phones = {s.phone};
    part.calls_total = static_cast<int>(part.calls.size());
    part.since = now;
    for (const Callback::Call& one : part.calls) {
      if (one.result != CallResult::answered) part.since = std::min(part.since, one.at);
    }
    part.cases.clear();  // what they are about is the other's
    part.critical = false;
    part.offered.clear();
    add("desk", std::move(part), fmt::format("{} is not of the person of callback {}", s.phone, s.other.id));
    // Who holds the one may be on the telephone with either of them.
    add(s.other.state == CallbackState::taken ? s.other.taken_by : "desk",
        callback::Became{s.other.state, s.other.ring_at, s.other.lapse_at.value_or(Instant{})});
    return {};
  }
  Status operator()(const Loses& s) {
    HEJNAL_TRY_VOID(check_open());
    add("desk", callback::Left{s.phone, s.into}, fmt::format("{} is of another person", s.phone));
    return {};
  }
  Status operator()(const IsKnown& s) {
    callback::Knew known = s;
    known.person.phone = c.person.phone;
    if (c.open() && known != callback::Knew{c.person, c.cases, c.critical, c.outage})
      add("desk", std::move(known), "more is known of this caller");
    return {};
  }

  Status operator()(const callback::AlarmRang&) {
    if (!c.open()) return {};
    if (c.lapse_at && *c.lapse_at <= now)
      put_back("desk", fmt::format("{} has taken it and not tried for an hour", c.taken_by));
    if (c.ring_at > now) return {};
    if (c.state == CallbackState::ringing) {
      put_back("desk", "nobody has told what came of the call that was put through");
      return {};
    }
    const bool waits = c.state == CallbackState::waiting;
    const AlertReason reason = waits ? AlertReason::callbacks_waiting : AlertReason::callbacks_overdue;
    // Missed ones collapse into one; those of a day lie a day apart, whenever they are rung.
    const std::int64_t days = (now - c.ring_at).count() / kDaily.count() + 1;
    const Instant next = waits ? c.ring_at + kDaily * days : when_overdue();
    add("desk", callback::Rang{reason, c.rings + 1, (now - c.ring_at).count(), next},
        fmt::format("the client has waited for {}", format_duration(now - c.since)));
    if (decision.tell == AlertReason::none) decision.tell = reason;
    return {};
  }
};

}  // namespace

Result<callback::Decision> decide(const callback::Facts& facts, const Callback& c,
                                  const callback::Signal& signal, Instant now) {
  CallbackTurn turn{facts, c, now};
  HEJNAL_TRY_VOID(std::visit(turn, signal));
  return std::move(turn.decision);
}

}  // namespace hejnal::core

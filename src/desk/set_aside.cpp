// Mail that was set aside: bulk, robots, spam. Nobody is woken for it, but somebody owes it one look a day.
#include <fmt/core.h>

#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr Duration kReviewEvery = 24h;
constexpr int kShownMax = 50;

}  // namespace

Status Desk::plan_review() {
  if (review_at_) return {};
  review_at_ = now() + kReviewEvery;
  return parts_.store.set_setting(kReviewAt, std::to_string(review_at_->ms));
}

Status Desk::review_if_due() {
  if (!review_at_ || *review_at_ > now()) return {};
  HEJNAL_TRY(const auto waiting, parts_.store.not_looked_at(kShownMax));
  review_at_.reset();
  HEJNAL_TRY_VOID(parts_.store.set_setting(kReviewAt, ""));
  if (waiting.empty()) return {};
  HEJNAL_TRY_VOID(plan_review());
  if (settings_.on_call.empty()) return {};
  core::Notice notice;
  notice.id = static_cast<int>(now().ms / 86'400'000);  // one a day: its Message-ID says so
  notice.kind = core::NoticeKind::set_aside;
  notice.to = settings_.on_call.front().email;
  notice.to_name = settings_.on_call.front().name;
  for (const ports::Message& m : waiting)
    notice.text += fmt::format("{}. {}: {} ({})\n", m.id, m.from, m.subject, m.join_reason);
  return queue(notice);
}

Result<Filed> Desk::set_aside(const ports::IncomingSms& sms, const std::string& why) {
  HEJNAL_TRY(const auto seen, parts_.store.seen(sms.id.empty() ? sms.id : "sms:" + sms.id, "sms"));
  if (seen) return Filed{0, seen->message, true};
  Filed filed;
  HEJNAL_TRY(filed.message, keep_sms(sms, 0, false, why));
  HEJNAL_TRY_VOID(plan_review());
  return filed;
}

Status Desk::dismiss(core::MessageId id) {
  HEJNAL_TRY(const auto message, parts_.store.message(id));
  if (!message || message->number != 0 || message->outgoing)
    return fail(Fault::not_found, "message {} is not set aside", id);
  return parts_.store.set_looked_at(id, now());
}

Result<core::CaseNumber> Desk::take_up(core::MessageId id, core::CaseNumber into, const std::string& agent) {
  HEJNAL_TRY(const auto message, parts_.store.message(id));
  if (!message || message->number != 0 || message->outgoing)
    return fail(Fault::not_found, "message {} is not set aside", id);
  const bool by_phone = message->channel == core::Channel::sms || message->channel == core::Channel::call;
  core::Reported signal;
  signal.message = id;
  signal.channel = message->channel;
  signal.subject = message->subject;
  signal.text = message->text;
  signal.join_reason = fmt::format("it was set aside ({}); {} has taken it up", message->join_reason, agent);
  core::Case c;
  core::Facts facts_now;
  if (into != 0) {
    HEJNAL_TRY(into, living(into));
    HEJNAL_TRY(c, load(into));
    if (c.state == core::State::closed)
      return fail(Fault::conflict, "case {} is closed; reopen it first", into);
    if (core::awaits_email(c) && message->channel == core::Channel::email) {
      HEJNAL_TRY_VOID(
          join_set_aside(id, into, fmt::format("{} has found it among what was set aside", agent)));
      return into;
    }
    signal.relation = core::Relation::reply;
    if (!message->automatic && !by_phone)
      signal.from.email = message->from;  // a person, who gets the next answer, too
    HEJNAL_TRY(facts_now, facts(c));
  } else {
    (by_phone ? signal.from.phone : signal.from.email) = message->from;
    HEJNAL_TRY(facts_now, facts(c));
    HEJNAL_TRY_VOID(prepare_opening(facts_now));
    facts_now.automatic_budget = "it was set aside at first: no receipt goes out by itself";
  }
  HEJNAL_TRY(const core::Case after, turn(c, signal, facts_now));
  HEJNAL_TRY_VOID(parts_.store.move_message(id, after.number));
  HEJNAL_TRY_VOID(parts_.store.set_message_state(id, into == 0 ? "opened" : "joined"));
  if (message->channel == core::Channel::sms) {
    // So SMS of this number are cases after all.
    HEJNAL_TRY_VOID(parts_.store.forget_refusal(message->from, 0));
  }
  if (!message->from.empty() && !by_phone)
    HEJNAL_TRY_VOID(parts_.store.add_participants(after.number, {message->from}));
  return after.number;
}

}  // namespace hejnal::desk

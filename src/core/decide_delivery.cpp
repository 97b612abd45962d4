// What became of something that we said. "Sent" is not "arrived".
#include <fmt/core.h>

#include <algorithm>

#include "core/turn.hpp"

namespace hejnal::core {

namespace {

// A client who wants no SMS is not told by SMS, and mostly that is that. Somebody has to know it where the
// words were urgent, where a person wrote them, or where no other way is left.
bool is_worth_a_word(const Turn& turn, const NoticeFate& fate) {
  switch (fate.kind) {
    case NoticeKind::answer:
    case NoticeKind::question:
    case NoticeKind::missing_email:
    case NoticeKind::receipt_by_sms:
    case NoticeKind::rejected_call:
      return true;
    default:
      return turn.shown_class().failure;
  }
}

}  // namespace

void notice_ended(Turn& turn, const NoticeFate& fate) {
  const auto& lost = turn.c().lost_notices;
  const bool known = std::find(lost.begin(), lost.end(), Case::Lost{fate.of, fate.notice}) != lost.end();
  turn.add(Fate{fate.notice, fate.state, fate.text, fate.of}, fate.text);
  if (fate.state != NoticeState::bounced && fate.state != NoticeState::failed) return;
  if (known || fate.notice == 0) return;  // a second bounce of the same words

  const std::string why =
      fmt::format("the {} to {} did not arrive: {}", to_string(fate.kind), fate.to, fate.text);
  if (fate.kind == NoticeKind::alert || fate.kind == NoticeKind::unreachable ||
      fate.kind == NoticeKind::left_out)
    return;  // shown by the health page; the other channel has it
  const auto& stopped = turn.facts().sms_stopped;
  const bool held_back =
      fate.channel == Channel::sms && std::find(stopped.begin(), stopped.end(), fate.to) != stopped.end();
  if (held_back && !is_worth_a_word(turn, fate)) return;
  const TookOver* other = client_through(turn.c(), fate.through);
  const std::string& own_phone = other ? other->client.phone : turn.c().client.phone;
  const std::string phone = own_phone.empty() ? turn.facts().known_phone : own_phone;
  if (!fate.copy && (fate.kind == NoticeKind::answer || fate.kind == NoticeKind::question) &&
      turn.c().state != State::closed) {
    turn.drop(Timer::settle, "the answer did not arrive");
    turn.drop(Timer::close, "the answer did not arrive");
    turn.become(State::working, "the answer did not arrive");
    if (!turn.c().debt(Promise::answer)) turn.owe(Promise::answer, why);
    turn.resume_answer("the answer did not arrive");
    if (!turn.c().debt(Promise::react)) turn.owe(Promise::react, why);
    turn.ring_due();
  }
  if (!fate.copy && fate.channel == Channel::email && is_telephone(phone) && turn.facts().sms_available) {
    // One SMS says it of all automatic mail: it leads to the page where the rest stands, too. An answer is
    // worth another one.
    const auto& told = turn.c().told_of_loss;
    const bool knows = std::find(told.begin(), told.end(), phone) != told.end();
    if (knows && fate.kind != NoticeKind::answer && fate.kind != NoticeKind::question) {
      turn.add(Withheld{NoticeKind::receipt_by_sms}, "an SMS has said before that our mail does not arrive");
    } else {
      turn.tell_client_by_sms(NoticeKind::receipt_by_sms, why, other, phone);
    }
  } else {
    Notice unreachable = turn.draft(NoticeKind::unreachable);
    if (other) unreachable.client = other->client;
    if (fate.copy) unreachable.client = {{}, fate.to, {}, {}};
    unreachable.reason = held_back ? AlertReason::opted_out : AlertReason::not_arrived;
    unreachable.why = fate.text;
    turn.tell_on_call(unreachable, {Channel::email}, 1);
  }
}

}  // namespace hejnal::core

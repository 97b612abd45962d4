// What became of something that we said. "Sent" is not "arrived".
#include <fmt/core.h>

#include <algorithm>

#include "core/turn.hpp"

namespace hejnal::core {

void notice_ended(Turn& turn, const NoticeFate& fate) {
  const auto& lost = turn.c().lost_notices;
  const bool known = std::find(lost.begin(), lost.end(), fate.notice) != lost.end();
  turn.add(Fate{fate.notice, fate.state, fate.text}, fate.text);
  if (fate.state != NoticeState::bounced && fate.state != NoticeState::failed) return;
  if (known || fate.notice == 0) return;  // a second bounce of the same words

  const std::string why =
      fmt::format("the {} to {} did not arrive: {}", to_string(fate.kind), fate.to, fate.text);
  if (fate.kind == NoticeKind::alert || fate.kind == NoticeKind::unreachable ||
      fate.kind == NoticeKind::left_out)
    return;  // shown by the health page; the other channel has it
  const TookOver* other = client_through(turn.c(), fate.through);
  const std::string& phone = other ? other->client.phone : turn.c().client.phone;
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
  if (!fate.copy && fate.channel == Channel::email && !phone.empty() && turn.facts().sms_available) {
    turn.tell_client_by_sms(NoticeKind::receipt_by_sms, why, other);
  } else {
    Notice unreachable = turn.draft(NoticeKind::unreachable);
    if (other) unreachable.client = other->client;
    if (fate.copy) unreachable.client = {{}, fate.to, {}, {}};
    unreachable.reason = AlertReason::not_arrived;
    unreachable.why = fate.text;
    turn.tell_on_call(unreachable, {Channel::email}, 1);
  }
}

}  // namespace hejnal::core

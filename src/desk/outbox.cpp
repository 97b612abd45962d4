// The way out. A notice is marked `handing_over` and committed before anything leaves, so after a crash we
// know which ones may have left; the same notice always has the same Message-ID, so a second sending is
// recognised.
#include <fmt/core.h>

#include <algorithm>
#include <array>

#include "base/compress.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

// Over four days, as mail servers do.
constexpr std::array<Duration, 8> kWaits = {1min, 5min, 15min, 30min, 1h, 2h, 4h, 8h};
constexpr Duration kGiveUpAfter = 96h;

Duration wait_after(int attempts) {
  return kWaits.at(
      std::min<std::size_t>(static_cast<std::size_t>(std::max(attempts, 1)) - 1, kWaits.size() - 1));
}

}  // namespace

Result<std::vector<ports::Outgoing>> Desk::take_outgoing(int limit) {
  HEJNAL_TRY(const auto items, parts_.store.due_notices(now(), limit));
  std::vector<ports::Outgoing> out;
  for (const ports::OutboxItem& item : items) {
    HEJNAL_TRY(const auto message, parts_.store.message(item.message));
    if (!message) return fail(Fault::corrupt, "notice {} of the outbox has no message", item.id);
    ports::Outgoing outgoing;
    outgoing.item = item.id;
    outgoing.notice = item.notice;
    outgoing.words = {message->subject, message->text};
    outgoing.message_id = message->message_id;
    outgoing.attempts = item.attempts;
    if (item.notice.channel == core::Channel::email) {
      ports::Letter letter;
      letter.message_id = message->message_id;
      letter.to = item.notice.to;
      letter.to_name = item.notice.to_name;
      letter.subject = message->subject;
      letter.text = message->text;
      letter.automatic = item.notice.automatic();
      letter.at = message->at;
      letter.bounce_token = message->message_id;
      if (item.notice.in_reply_to != 0) {
        HEJNAL_TRY(const auto parent, parts_.store.message(item.notice.in_reply_to));
        if (parent && parent->channel == core::Channel::email && !parent->message_id.empty()) {
          letter.in_reply_to = parent->message_id;
          letter.references = {parent->message_id};
          letter.answers_a_mail = !item.notice.to_desk();
        }
      }
      ports::ComposedMail composed = parts_.composer.compose(letter);
      if (item.attempts == 0) {
        HEJNAL_TRY_VOID(
            parts_.store.set_raw(item.message, {{{}, compress(composed.bytes), composed.bytes.size()}}));
      }
      outgoing.mail = {std::move(composed.envelope_from), item.notice.to, std::move(composed.bytes)};
    }
    HEJNAL_TRY_VOID(parts_.store.set_notice(item.id, core::NoticeState::handing_over, item.attempts, now(),
                                            item.last_error));
    out.push_back(std::move(outgoing));
  }
  return out;
}

Status Desk::sent(std::int64_t item_id, const ports::SendResult& result) {
  HEJNAL_TRY(const auto pending, parts_.store.message(item_id));
  if (!pending) return fail(Fault::not_found, "there is no notice {}", item_id);
  HEJNAL_TRY(const auto item, parts_.store.notice_by_message_id(pending->message_id));
  if (!item) return fail(Fault::corrupt, "message {} has no notice", item_id);
  using Outcome = ports::SendResult::Outcome;
  const int attempts = item->attempts + 1;
  changes_.push_back({0, item->notice.number, "notice"});
  switch (result.outcome) {
    case Outcome::handed_over:
      return parts_.store.set_notice(item_id, core::NoticeState::handed_over, attempts, now(), {});
    case Outcome::refused: {
      HEJNAL_TRY_VOID(
          parts_.store.set_notice(item_id, core::NoticeState::failed, attempts, now(), result.text));
      HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::failed, result.text));
      return {};
    }
    case Outcome::try_later:
    case Outcome::our_mistake:
      if (now() - item->created_at > kGiveUpAfter) {
        HEJNAL_TRY_VOID(
            parts_.store.set_notice(item_id, core::NoticeState::failed, attempts, now(), result.text));
        HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::failed,
                                 fmt::format("given up after {} attempts: {}", attempts, result.text)));
        return {};
      }
      return parts_.store.set_notice(item_id, core::NoticeState::queued, attempts,
                                     now() + wait_after(attempts), result.text);
  }
  return {};
}

// What became of a notice is a signal to its case. True when the case took note of it.
Result<bool> Desk::put_fate(const ports::OutboxItem& item, core::NoticeState state, const std::string& text) {
  HEJNAL_TRY_VOID(parts_.store.set_notice(item.id, state, item.attempts, now(), text));
  HEJNAL_TRY(const core::CaseNumber number, living(item.notice.number));
  if (number == 0) return false;
  HEJNAL_TRY(const core::Case c, load(number));
  core::NoticeFate fate;
  // A notice of a merged case is known to the case that lives by no number of its own.
  fate.notice = number == item.notice.number ? item.notice.id : -item.notice.id;
  fate.kind = item.notice.kind;
  fate.channel = item.notice.channel;
  fate.to = item.notice.to;
  fate.state = state;
  fate.text = text;
  HEJNAL_TRY_VOID(turn(c, fate, facts(c)));
  return true;
}

}  // namespace hejnal::desk

// The way out. A notice is marked `handing_over` and committed before anything leaves, so after a crash we
// know which ones may have left; the same notice always has the same Message-ID, so a second sending is
// recognised.
#include <fmt/core.h>

#include <algorithm>
#include <array>

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

bool is_final(core::NoticeState state) {
  using enum core::NoticeState;
  return state == delivered || state == bounced || state == failed || state == seen;
}

}  // namespace

Result<ports::Outgoing> Desk::outgoing(std::int64_t item, const core::Notice& notice,
                                       const ports::Message& message, int attempts) {
  ports::Outgoing out;
  out.item = item;
  out.notice = notice;
  out.words = {message.subject, message.text};
  out.message_id = message.message_id;
  out.attempts = attempts;
  ports::Letter& letter = out.letter;
  letter.at = message.at;
  if (notice.channel != core::Channel::email) return out;
  letter.message_id = message.message_id;
  letter.to = notice.to;
  letter.to_name = notice.to_name;
  letter.subject = message.subject;
  letter.text = message.text;
  letter.automatic = notice.automatic();
  letter.bounce_token = message.message_id;
  if (notice.in_reply_to != 0) {
    HEJNAL_TRY(const std::string parent, parts_.store.message_id_of_email(notice.in_reply_to));
    if (!parent.empty()) {
      letter.in_reply_to = parent;
      letter.references = {parent};
      letter.answers_a_mail = !notice.to_desk();
    }
  }
  return out;
}

Status Desk::let_out(int room) {
  room_ = 0;
  if (room <= 0) return {};
  HEJNAL_TRY(const auto items, parts_.store.due_notices(now(), room));
  for (const ports::OutboxItem& item : items) {
    HEJNAL_TRY(const auto message, parts_.store.message(item.message));
    if (!message) return fail(Fault::corrupt, "notice {} of the outbox has no message", item.id);
    HEJNAL_TRY(ports::Outgoing leaves, outgoing(item.id, item.notice, *message, item.attempts));
    HEJNAL_TRY_VOID(parts_.store.set_notice(item.id, core::NoticeState::handing_over, item.attempts, now(),
                                            item.last_error));
    leaving_.push_back(std::move(leaves));
  }
  room_ = room - static_cast<int>(items.size());
  return {};
}

Status Desk::sent(const Handed& handed, const ports::SendResult& result) {
  using Outcome = ports::SendResult::Outcome;
  const int attempts = handed.attempts + 1;
  changes_.push_back({0, handed.number, "notice"});
  if (result.composed) HEJNAL_TRY_VOID(parts_.store.set_raw(handed.item, {*result.composed}));
  HEJNAL_TRY(auto item, parts_.store.notice(handed.item));
  if (!item) return fail(Fault::not_found, "there is no notice {}", handed.item);
  // A gateway's report, a bounce and a read receipt may be faster than this, and say more.
  if (is_final(item->state)) return {};
  if (result.outcome == Outcome::handed_over) {
    return parts_.store.set_notice(handed.item, core::NoticeState::handed_over, attempts, now(),
                                   handed.sms ? result.text : std::string());
  }
  item->attempts = attempts;
  if (result.outcome == Outcome::refused) {
    HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::failed, result.text));
    return {};
  }
  if (result.outcome == Outcome::uncertain) {
    HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::unknown, result.text));
    return {};
  }
  if (now() - item->created_at > kGiveUpAfter) {
    HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::failed,
                             fmt::format("given up after {} attempts: {}", attempts, result.text)));
    return {};
  }
  return parts_.store.set_notice(handed.item, core::NoticeState::queued, attempts,
                                 now() + wait_after(attempts), result.text);
}

Result<bool> Desk::heard_of_sms(const std::string& key, core::NoticeState state, const std::string& text) {
  const std::string id = fmt::format("<{}@{}>", key, core::domain_of(settings_.address));
  HEJNAL_TRY(const auto item, parts_.store.notice_by_message_id(id));
  if (!item || item->notice.channel != core::Channel::sms) return false;
  // Reports come in any order. What is on its way says nothing new; that a telephone has it is the last word.
  const bool news = state == core::NoticeState::delivered
                        ? item->state != core::NoticeState::delivered
                        : state == core::NoticeState::failed && !is_final(item->state);
  if (!news) return true;
  changes_.push_back({0, item->notice.number, "notice"});
  HEJNAL_TRY_VOID(put_fate(*item, state, text));
  return true;
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
  fate.copy = item.notice.copy;
  fate.through = item.notice.through;
  if (fate.through == 0 && number != item.notice.number) fate.through = item.notice.number;
  fate.state = state;
  fate.text = text;
  HEJNAL_TRY_VOID(turn(c, fate, facts(c)));
  return true;
}

}  // namespace hejnal::desk

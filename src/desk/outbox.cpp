// The way out. A notice is marked `handing_over` and committed before anything leaves, so after a crash we
// know which ones may have left; the same notice always has the same Message-ID, so a second sending is
// recognised.
#include <fmt/core.h>

#include "core/sending.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr Duration kAskAgainIn = 10min;  // when the question itself is lost

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
  if (notice.channel != core::Channel::email) {
    out.useful_until = message.at + core::worth_sending_for(notice, procedure_.find(notice.class_name));
    if (attempts == 0) return out;
    HEJNAL_TRY(const auto handed, parts_.store.sms_handed(item));
    if (handed) out.gateway = handed->gateway;
    return out;
  }
  letter.message_id = message.message_id;
  letter.to = notice.to;
  letter.to_name = notice.to_name;
  letter.subject = message.subject;
  letter.text = message.text;
  letter.automatic = notice.automatic();
  letter.bounce_token = message.message_id;
  if (!notice.to_desk() && notice.number != 0)
    letter.notice = fmt::format("{}; case={}; code={}; class={}", to_string(notice.kind), notice.number,
                                notice.short_code, notice.class_name);
  if (notice.in_reply_to != 0) {
    HEJNAL_TRY(const std::string parent, parts_.store.message_id_of_email(notice.in_reply_to));
    if (!parent.empty()) {
      letter.in_reply_to = parent;
      letter.references = {parent};
      letter.answers_a_mail = !notice.to_desk();
      if (parent.starts_with("<hejnal-report.") && !letter.notice.empty())
        HEJNAL_TRY_VOID(tell_the_other(notice.number, letter.notice));
    }
  }
  return out;
}

// To a client's hejnal: which report it is, and how far we are with it (docs/protocol.md).
Status Desk::tell_the_other(core::CaseNumber meant, std::string& words) {
  HEJNAL_TRY(const core::CaseNumber number, living(meant));
  HEJNAL_TRY(const std::string code, report_code_of(meant));
  HEJNAL_TRY(const auto summary, parts_.store.summary(number));
  if (!code.empty()) words += "; report=" + code;
  if (summary) words += fmt::format("; state={}", to_string(summary->state));
  return {};
}

Status Desk::let_out(int room) {
  room_ = 0;
  if (room <= 0) return {};
  HEJNAL_TRY_VOID(ask_for_reports(room));
  HEJNAL_TRY(const auto items, parts_.store.due_notices(now(), room));
  for (const ports::OutboxItem& item : items) {
    if (item.notice.channel == core::Channel::sms) {
      HEJNAL_TRY(const bool ended, too_late_or_stopped(item));
      if (ended) continue;
    }
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
  if (handed.asked) return heard_when_asked(handed, result);
  changes_.push_back({0, handed.number, "notice"});
  if (result.composed) HEJNAL_TRY_VOID(parts_.store.set_raw(handed.item, {*result.composed}));
  HEJNAL_TRY(auto item, parts_.store.notice(handed.item));
  if (!item) return fail(Fault::not_found, "there is no notice {}", handed.item);
  // A gateway's report, a bounce and a read receipt may be faster than this, and say more.
  if (is_final(item->state)) return {};
  if (handed.sms) HEJNAL_TRY_VOID(note_gateway(handed.item, result));
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
  const Duration worth = core::worth_sending_for(item->notice, procedure_.find(item->notice.class_name));
  const Instant next_try = now() + core::wait_after(item->notice.channel, attempts);
  if (next_try - item->created_at > worth) {
    HEJNAL_TRY_VOID(put_fate(*item, core::NoticeState::failed,
                             fmt::format("given up after {} attempts: {}", attempts, result.text)));
    return {};
  }
  return parts_.store.set_notice(handed.item, core::NoticeState::queued, attempts, next_try, result.text);
}

// An SMS that nobody needs any more, or that its reader has refused since it was written, does not leave.
Result<bool> Desk::too_late_or_stopped(const ports::OutboxItem& item) {
  std::string why;
  const Duration waited = now() - item.created_at;
  if (waited > core::worth_sending_for(item.notice, procedure_.find(item.notice.class_name)))
    why = fmt::format("it has waited {}: too late to be of use{}{}", format_duration(waited),
                      item.last_error.empty() ? "" : ", after ", item.last_error);
  // Who asks for HELP gets it.
  const bool of_a_case = item.notice.number != 0 || item.notice.callback != 0;
  if (why.empty() && of_a_case && !item.notice.to_desk()) {
    HEJNAL_TRY(const auto contact, parts_.store.sms_contact(item.notice.to));
    if (contact && contact->stopped_at)
      why = fmt::format("{} has sent STOP: no SMS goes there", item.notice.to);
  }
  if (why.empty()) return false;
  changes_.push_back({0, item.notice.number, "notice"});
  HEJNAL_TRY_VOID(put_fate(item, core::NoticeState::failed, why));
  return true;
}

// -- which gateway has it, and what it says
// -------------------------------------------------------------------------

Status Desk::given_to(std::int64_t item, const std::string& gateway) {
  return parts_.store.set_sms_handed({item, gateway, {}, 0, std::nullopt});
}

Status Desk::note_gateway(std::int64_t id, const ports::SendResult& result) {
  HEJNAL_TRY(const auto before, parts_.store.sms_handed(id));
  if (!before && result.gateway.empty()) return {};
  ports::SmsHanded handed{id, result.gateway, result.gateway_id, 0, std::nullopt};
  if (result.outcome == ports::SendResult::Outcome::handed_over && result.can_be_asked) {
    HEJNAL_TRY(const auto item, parts_.store.notice(id));
    if (item) {
      const auto wait = core::ask_after(item->notice, procedure_.find(item->notice.class_name), 0);
      if (wait) handed.ask_at = now() + *wait;
    }
  }
  return parts_.store.set_sms_handed(handed);
}

// A report that does not come is asked for; it is never answered with a second SMS.
Status Desk::ask_for_reports(int room) {
  if (!settings_.sms_repeats_by) return {};  // no gateway, nobody to ask
  HEJNAL_TRY(const auto missing, parts_.store.sms_to_ask(now(), room));
  for (ports::SmsHanded handed : missing) {
    HEJNAL_TRY(const auto item, parts_.store.notice(handed.item));
    const bool waits = item && item->state == core::NoticeState::handed_over;
    handed.ask_at = waits ? std::optional(now() + kAskAgainIn) : std::nullopt;
    HEJNAL_TRY_VOID(parts_.store.set_sms_handed(handed));
    if (!waits) continue;
    HEJNAL_TRY(const auto message, parts_.store.message(item->message));
    if (!message) return fail(Fault::corrupt, "notice {} of the outbox has no message", item->id);
    HEJNAL_TRY(ports::Outgoing question, outgoing(item->id, item->notice, *message, 0));
    question.ask = true;
    question.gateway = handed.gateway;
    question.gateway_id = handed.gateway_id;
    leaving_.push_back(std::move(question));
  }
  return {};
}

Status Desk::heard_when_asked(const Handed& asked, const ports::SendResult& result) {
  HEJNAL_TRY(const auto item, parts_.store.notice(asked.item));
  HEJNAL_TRY(auto handed, parts_.store.sms_handed(asked.item));
  if (!item || !handed) return {};
  handed->asked += 1;
  handed->ask_at.reset();
  const bool waits = item->state == core::NoticeState::handed_over;
  if (waits && !result.arrived && !result.lost) {
    const auto wait = core::ask_after(item->notice, procedure_.find(item->notice.class_name), handed->asked);
    if (wait) handed->ask_at = now() + *wait;
  }
  HEJNAL_TRY_VOID(parts_.store.set_sms_handed(*handed));
  if (!waits) return {};
  changes_.push_back({0, asked.number, "notice"});
  if (result.arrived || result.lost) {
    const auto state = result.arrived ? core::NoticeState::delivered : core::NoticeState::failed;
    HEJNAL_TRY_VOID(put_fate(*item, state, result.text));
    return {};
  }
  const std::string why = handed->ask_at ? "no report has come; asked for it: " : "no report has ever come: ";
  return parts_.store.set_notice(item->id, item->state, item->attempts, item->next_try_at, why + result.text);
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
  HEJNAL_TRY(auto handed, parts_.store.sms_handed(item->id));
  if (!handed || !handed->ask_at) return true;
  handed->ask_at.reset();  // told by itself
  HEJNAL_TRY_VOID(parts_.store.set_sms_handed(*handed));
  return true;
}

// What became of a notice is a signal to its case. True when the case took note of it.
Result<bool> Desk::put_fate(const ports::OutboxItem& item, core::NoticeState state, const std::string& text) {
  HEJNAL_TRY_VOID(parts_.store.set_notice(item.id, state, item.attempts, now(), text));
  if (item.notice.callback != 0 && item.notice.kind == core::NoticeKind::rejected_call) {
    HEJNAL_TRY(core::Callback callback, parts_.store.callbacks().load(item.notice.callback));
    HEJNAL_TRY_VOID(turn(std::move(callback), core::callback::NoticeEnded{item.notice.id, state, text}, {}));
    return true;
  }
  HEJNAL_TRY(const core::CaseNumber number, living(item.notice.number));
  if (number == 0) return false;
  HEJNAL_TRY(const core::Case c, load(number));
  core::NoticeFate fate;
  // A notice of a merged case is known to the case that lives by no number of its own.
  fate.notice = number == item.notice.number ? item.notice.id : -item.notice.id;
  fate.of = number == item.notice.number ? 0 : item.notice.number;
  fate.kind = item.notice.kind;
  fate.channel = item.notice.channel;
  fate.to = item.notice.to;
  fate.copy = item.notice.copy;
  fate.through = item.notice.through;
  if (fate.through == 0 && number != item.notice.number) fate.through = item.notice.number;
  fate.state = state;
  fate.text = text;
  HEJNAL_TRY(core::Facts facts_now, facts(c));
  // A number that only stands in a signature is not surely the client's, and the SMS has the case's link.
  const core::TookOver* other = core::client_through(c, fate.through);
  const core::Party& client = other ? other->client : c.client;
  if (client.phone.empty() && !client.email.empty()) {
    HEJNAL_TRY(const auto phones, parts_.store.own_phones_of(client));
    if (!phones.empty()) facts_now.known_phone = phones.front();
  }
  HEJNAL_TRY_VOID(turn(c, fate, facts_now));
  return true;
}

}  // namespace hejnal::desk

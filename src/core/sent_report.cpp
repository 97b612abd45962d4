// The fold of a sent report's journal, and the names of what it sends.
#include "core/sent_report.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace hejnal::core {

namespace {

struct Fold {
  SentReport& r;
  const sent::Entry& e;

  void operator()(const sent::Opened& b) {
    r.id = b.id;
    r.provider = b.provider;
    r.procedure = b.procedure;
    r.class_name = b.class_name;
    r.subject = b.subject;
    r.language = b.language;
    r.code = b.code;
    r.secret = b.secret;
    r.key = b.key;
    r.alert = b.alert;
    r.from = b.from;
    r.to_email = b.to_email;
    r.to_sms = b.to_sms;
    r.peer = b.peer;
    r.opened_at = e.at;
  }
  void operator()(const sent::StepTaken& b) {
    r.step = b.step;
    r.held = false;
    if (!r.began_at) r.began_at = e.at;
    r.next_at = if_set(b.next_at);
    r.ring_at = if_set(b.ring_at);
  }
  void operator()(const sent::Queued& b) {
    SentReport::Sending s;
    s.n = b.n;
    s.step = b.step;
    s.kind = b.what;
    s.wording = b.wording;
    s.news = b.news;
    s.channel = b.channel;
    s.to = b.to;
    s.message_id = b.message_id;
    s.since = s.retry_at = e.at;
    if (b.wording == Wording::not_delivered) r.instead = true;
    if (b.news == News::undelivered) r.undelivered = true;
    r.sendings.push_back(std::move(s));
  }
  void operator()(const sent::Leaving& b) {
    auto& s = r.sendings[static_cast<std::size_t>(b.n - 1)];
    s.state = SendingState::handing_over;
    ++s.attempts;
  }
  void operator()(const sent::SendingFate& b) {
    auto& s = r.sendings[static_cast<std::size_t>(b.n - 1)];
    s.state = b.state;
    if (!b.text.empty()) s.text = b.text;
    // What has certainly not left may go by any other gateway.
    if (!b.gateway.empty() || b.state == SendingState::queued) s.gateway = b.gateway;
    if (!b.gateway_id.empty()) s.gateway_id = b.gateway_id;
    if (!b.sum.empty()) s.sum = b.sum;
    if (b.state == SendingState::queued) s.retry_at = b.retry_at;
    if (b.state == SendingState::handed_over) s.left_at = e.at;
    if (b.state != SendingState::handed_over && b.state != SendingState::unknown) s.ask_at.reset();
  }
  void operator()(const sent::CameBack& b) {
    r.replies.push_back({e.at, b.what, b.channel, b.message, b.from, b.subject, b.how, b.notice});
    if (!b.notice.empty()) r.peer = true;
    if (!b.peer_case.empty()) r.peer_case = b.peer_case;
    if (!b.peer_state.empty()) r.peer_state = b.peer_state;
    if (b.channel == Channel::email && b.what != Heard::absence && b.what != Heard::unclear)
      r.receipt_due_at.reset();
    // "We have your SMS, but no email" is no receipt of the email.
    if (b.what == Heard::receipt && b.notice != "missing_email" && !r.receipt_at) r.receipt_at = e.at;
  }
  void operator()(const sent::Became& b) {
    r.state = b.state;
    r.held = false;
    if (b.state != ReportState::waiting && b.state != ReportState::unanswered) r.receipt_due_at.reset();
    r.next_at.reset();
    r.ring_at = if_set(b.ring_at);
    if (b.state == ReportState::acknowledged && !r.acknowledged_at) r.acknowledged_at = e.at;
    if (b.state == ReportState::answered && !r.answered_at) r.answered_at = e.at;
    if (b.state == ReportState::settled || b.state == ReportState::cancelled) {
      r.ended_at = e.at;
      r.end_reason = e.why;
      r.remind_at.reset();
      r.quiet_at.reset();
    }
  }
  void operator()(const sent::CallRejected& b) {
    r.rejected_calls.push_back({b.called_at});
    r.remind_at = if_set(b.remind_at);
    r.reminders = 0;
    r.called_back_at.reset();
  }
  void operator()(const sent::Reminds& b) {
    r.remind_at = if_set(b.remind_at);
    if (b.told) ++r.reminders;
    if (!r.remind_at && !b.told) r.called_back_at = e.at;
  }
  void operator()(const sent::Noted& b) {
    if (b.fired) ++r.noted;
    if (b.changed) ++r.said;
    if (b.fired || b.changed) r.alert = b.text;
  }
  void operator()(const sent::Raised& b) {
    r.class_name = b.class_name;
    r.class_reason = e.why;
    r.to_email = b.to_email;
    r.raised_at = e.at;
    r.state = ReportState::waiting;
    r.step = 0;
    r.next_at.reset();
    r.ring_at.reset();
    // What came back, or did not, was of the calmer report.
    r.receipt_at.reset();
    r.lost = 0;
    r.instead = r.undelivered = false;
  }
  void operator()(const sent::Quiet& b) { r.quiet_at = if_set(b.settle_at); }
  void operator()(const sent::Held& b) {
    r.held = true;
    r.next_at = if_set(b.until);
  }
  void operator()(const sent::AwaitsReceipt& b) { r.receipt_due_at = if_set(b.until); }
  void operator()(const sent::Lost& b) {
    r.lost = b.count;
    r.receipt_due_at.reset();
  }
  void operator()(const sent::Asks& b) {
    auto& s = r.sendings[static_cast<std::size_t>(b.n - 1)];
    s.ask_at = if_set(b.at);
    if (b.asked) ++s.asked;
  }
};

}  // namespace

bool SentReport::sends() const {
  return std::any_of(sendings.begin(), sendings.end(), [](const Sending& s) { return !s.over(); });
}

const SentReport::Sending* SentReport::sending(int n) const {
  return n >= 1 && n <= std::ssize(sendings) ? &sendings[static_cast<std::size_t>(n - 1)] : nullptr;
}

void apply(SentReport& r, const sent::Entry& entry) {
  std::visit(Fold{r, entry}, entry.body);
  ++r.entries;
}

bool fits(const SentReport& r, const sent::Entry& entry) {
  if (const auto* opened = std::get_if<sent::Opened>(&entry.body)) return !r.exists() && opened->id != 0;
  if (!r.exists()) return false;
  if (const auto* queued = std::get_if<sent::Queued>(&entry.body))
    return queued->n == std::ssize(r.sendings) + 1;
  if (const auto* leaving = std::get_if<sent::Leaving>(&entry.body)) {
    const auto* s = r.sending(leaving->n);
    return s != nullptr && s->state == SendingState::queued;
  }
  if (const auto* fate = std::get_if<sent::SendingFate>(&entry.body)) return r.sending(fate->n) != nullptr;
  if (const auto* asks = std::get_if<sent::Asks>(&entry.body)) return r.sending(asks->n) != nullptr;
  if (std::holds_alternative<sent::Quiet>(entry.body) && r.state == ReportState::cancelled) return true;
  return r.open() || std::holds_alternative<sent::CameBack>(entry.body) ||
         std::holds_alternative<sent::Noted>(entry.body);
}

std::optional<Instant> alarm(const SentReport& r) {
  std::optional<Instant> out;
  const auto earlier = [&](const std::optional<Instant>& t) {
    if (t && (!out || *t < *out)) out = t;
  };
  for (const auto& s : r.sendings) {  // also the last words of one that is over
    if (s.state == SendingState::queued) earlier(s.retry_at);
    if (s.ask_at && r.open()) earlier(s.ask_at);
  }
  if (!r.open()) return out;
  earlier(r.next_at);
  earlier(r.ring_at);
  earlier(r.remind_at);
  earlier(r.quiet_at);
  earlier(r.receipt_due_at);
  return out;
}

std::optional<ReportDue> next_of(const SentReport& r) {
  if (!r.open()) return std::nullopt;
  if (r.held && r.next_at) return ReportDue{ReportNext::begins, 1, *r.next_at};
  if (r.next_at) return ReportDue{ReportNext::step, r.step + 1, *r.next_at};
  if (!r.ring_at) return std::nullopt;
  if (r.state == ReportState::waiting) return ReportDue{ReportNext::gives_up, 0, *r.ring_at};
  if (r.state == ReportState::answered) return ReportDue{ReportNext::settles, 0, *r.ring_at};
  const bool late = trouble_of(r, *r.ring_at) == ReportTrouble::none;
  return ReportDue{late ? ReportNext::is_late : ReportNext::tells_again, 0, *r.ring_at};
}

ReportTrouble trouble_of(const SentReport& r, Instant now) {
  constexpr Duration kStuck = 30min;
  if (!r.open() || r.state == ReportState::answered) return ReportTrouble::none;
  if (r.state == ReportState::unanswered) return ReportTrouble::unanswered;
  if (r.state == ReportState::acknowledged) {
    const bool late = std::any_of(r.sendings.begin(), r.sendings.end(),
                                  [](const SentReport::Sending& s) { return s.news == News::late; });
    return late ? ReportTrouble::late : ReportTrouble::none;
  }
  if (r.undelivered) return ReportTrouble::undelivered;
  const bool stuck = std::any_of(r.sendings.begin(), r.sendings.end(), [&](const SentReport::Sending& s) {
    return s.kind != SendingKind::news && !s.over() && now - s.since >= kStuck;
  });
  if (stuck) return ReportTrouble::stuck;
  return r.held ? ReportTrouble::held : ReportTrouble::none;
}

std::string report_message_id(const SentReport& r, int n) {
  const auto at = r.from.email.rfind('@');
  return fmt::format("<hejnal-report.{}.{}.{}@{}>", r.id, n, r.secret,
                     at == std::string::npos ? "localhost" : r.from.email.substr(at + 1));
}

ReportName report_named(std::string_view message_id) {
  constexpr std::string_view kBegin = "<hejnal-report.";
  if (!message_id.starts_with(kBegin)) return {};
  message_id.remove_prefix(kBegin.size());
  ReportName out;
  const char* end = message_id.data() + message_id.size();
  auto read = std::from_chars(message_id.data(), end, out.id);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != '.' || out.id <= 0) return {};
  read = std::from_chars(read.ptr + 1, end, out.n);
  if (read.ec != std::errc() || read.ptr == end || *read.ptr != '.' || out.n <= 0) return {};
  return out;
}

}  // namespace hejnal::core

#include "carriers/email/intake.hpp"

#include <algorithm>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/missing_email.hpp"
#include "wire/mail/mail.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::carriers {

namespace {

constexpr std::size_t kTextMax = 512 * 1024;
constexpr std::size_t kPiecesMax = 500;
constexpr std::size_t kReferencesMax = 20;

using Automatic = ports::IncomingMail::Automatic;

Automatic automatic_of(wire::Automatic a) {
  switch (a) {
    case wire::Automatic::none:
      return Automatic::none;
    case wire::Automatic::auto_generated:
      return Automatic::auto_generated;
    case wire::Automatic::auto_replied:
      return Automatic::auto_replied;
    case wire::Automatic::bulk:
      return Automatic::bulk;
  }
  return Automatic::none;
}

std::string at_most(std::string&& text, std::size_t max_bytes) {
  return text.size() <= max_bytes ? std::move(text) : truncate_utf8(text, max_bytes);
}

// "receipt; case=12; state=read": what hejnals tell each other (docs/protocol.md). Plain words, else nothing.
std::string plain(std::string_view word) {
  const bool good =
      word.size() <= 40 && std::all_of(word.begin(), word.end(), [](char c) {
        return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_';
      });
  return good ? std::string(word) : std::string();
}
std::string word_of(std::string_view value) { return plain(trim(value.substr(0, value.find(';')))); }
std::string parameter_of(std::string_view value, std::string_view name) {
  for (const std::string_view piece : split(value, ';')) {
    const auto equals = piece.find('=');
    if (equals != std::string_view::npos && trim(piece.substr(0, equals)) == name)
      return plain(trim(piece.substr(equals + 1)));
  }
  return {};
}

std::string lower_address(const wire::Address& address) { return to_lower_ascii(address.addr); }

}  // namespace

std::vector<ports::RawPiece> raw_pieces(std::string_view raw, const wire::Mail& mail) {
  std::vector<const wire::Attachment*> apart;
  for (const wire::Attachment& a : mail.attachments) {
    if (a.raw_end > a.raw_begin && a.raw_end <= raw.size() &&
        a.raw_end - a.raw_begin >= wire::kStoredApartMin && apart.size() < kPiecesMax) {
      apart.push_back(&a);
    }
  }
  std::sort(apart.begin(), apart.end(), [](const wire::Attachment* a, const wire::Attachment* b) {
    return std::pair(a->raw_begin, a->raw_end) < std::pair(b->raw_begin, b->raw_end);
  });
  std::vector<ports::RawPiece> out;
  std::size_t at = 0;
  const auto inline_until = [&](std::size_t end) {
    if (end > at) out.push_back({{}, compress(raw.substr(at, end - at)), end - at});
    at = end;
  };
  for (const wire::Attachment* a : apart) {
    if (a->raw_begin < at) continue;  // nested in one that we have
    inline_until(a->raw_begin);
    const std::string_view bytes = raw.substr(a->raw_begin, a->raw_end - a->raw_begin);
    out.push_back({a->hash.empty() ? content_hash(bytes) : a->hash, compress(bytes), bytes.size()});
    at = a->raw_end;
  }
  inline_until(raw.size());
  return out;
}

ports::IncomingMail read_delivery(const ports::Delivery& delivery, const IntakeSettings& settings) {
  wire::ParseOptions options;
  options.mail_from = delivery.mail_from;
  options.has_envelope = delivery.has_envelope;
  options.authserv_id = settings.authserv_id;
  wire::Mail mail = wire::parse_mail(delivery.bytes, options);

  ports::IncomingMail in;
  in.mail_from = delivery.has_envelope ? delivery.mail_from : mail.return_path;
  in.rcpt_to = delivery.rcpt_to;
  for (std::string& recipient : in.rcpt_to) recipient = to_lower_ascii(recipient);
  if (!delivery.has_envelope) {
    for (const auto* list : {&mail.to, &mail.cc}) {
      for (const wire::Address& a : *list) in.rcpt_to.push_back(lower_address(a));
    }
  }
  in.via = delivery.via;
  in.quarantine = delivery.quarantine;
  in.message_id = mail.message_id;
  in.content_key = mail.content_key;
  if (!mail.from.empty()) {
    in.from.name = mail.from.front().name;
    in.from.email = lower_address(mail.from.front());
  }
  if (in.from.email.find('@') == std::string::npos) in.from.email = to_lower_ascii(in.mail_from);
  in.answer_to = !mail.reply_to.empty() && mail.reply_to.front().addr.find('@') != std::string::npos
                     ? mail.reply_to.front().addr
                     : in.from.email;
  in.no_receipt_why = mail.no_receipt ? mail.no_receipt_why : std::string();
  const bool from_us = std::find(settings.own_addresses.begin(), settings.own_addresses.end(),
                                 in.from.email) != settings.own_addresses.end();
  if (from_us && in.no_receipt_why.empty()) in.no_receipt_why = "it came from an address of our own";
  if (in.no_receipt_why.empty()) in.automatic_to = in.mail_from;
  in.is_ours = from_us;
  in.is_own_test = from_us && mail.message_id.starts_with("<check.");
  for (const auto* list : {&mail.from, &mail.to, &mail.cc}) {
    for (const wire::Address& a : *list) {
      if (a.addr.find('@') != std::string::npos) in.participants.push_back(lower_address(a));
    }
  }
  in.subject = truncate_utf8(collapse_space(mail.subject), 2000);
  in.base_subject = truncate_utf8(mail.base_subject, 2000);
  in.text = at_most(std::move(mail.text), kTextMax);
  in.reply_text = at_most(std::move(mail.reply_text), kTextMax);
  in.date = mail.date;
  in.automatic = automatic_of(mail.automatic);
  in.automatic_why = mail.automatic_why;
  in.automatic_is_weak = mail.weak_auto_subject;
  if (mail.spam) in.set_aside_why = "the spam filter has marked it";
  if (!settings.authserv_id.empty()) in.authenticated = mail.authenticated;
  if (mail.dmarc_failed) in.set_aside_why = core::kNotAuthenticated;
  if (const std::string_view notice = mail.header("Hejnal-Notice"); notice.size() <= 200) {
    in.notice = word_of(notice);
    in.notice_report = parameter_of(notice, "report");
    in.notice_case = parameter_of(notice, "case");
    in.notice_state = parameter_of(notice, "state");
  }
  if (const std::string_view report = mail.header("Hejnal-Report"); report.size() <= 200) {
    in.report_kind = word_of(report);
    in.report_code = parameter_of(report, "code");
    in.report_step = parameter_of(report, "step");
  }
  in.is_report = mail.is_bounce || mail.is_delivered_dsn || mail.is_mdn || mail.is_feedback_report;
  in.seen_message_id = mail.is_mdn ? mail.mdn_original_message_id : std::string();
  for (const wire::Bounce& b : mail.bounces) {
    if (b.action == "failed" || b.action == "delayed" || b.action.empty()) {
      in.bounces.push_back({b.recipient, b.status, b.action, b.diagnostic, b.original_message_id});
    }
  }
  for (const auto* list : {&mail.in_reply_to, &mail.references}) {
    for (auto id = list->rbegin(); id != list->rend() && in.references.size() < kReferencesMax; ++id) {
      if (std::find(in.references.begin(), in.references.end(), *id) == in.references.end())
        in.references.push_back(*id);
    }
  }
  in.phones = wire::numbers_in(mail.signature, settings.country);
  in.signature = std::move(mail.signature);
  for (const wire::Attachment& a : mail.attachments)
    in.attachments.push_back({a.name, a.type, static_cast<std::int64_t>(a.size)});
  in.html = !mail.html.empty();
  in.notes = std::move(mail.notes);
  in.raw = raw_pieces(delivery.bytes, mail);
  in.raw_size = static_cast<std::int64_t>(delivery.bytes.size());
  return in;
}

}  // namespace hejnal::carriers

#include "sim/letters.hpp"

#include <fmt/core.h>

#include "base/zone.hpp"
#include "wire/mail/compose.hpp"

namespace hejnal::sim {

ports::Delivery write_letter(const ClientLetter& letter) {
  wire::MailDraft draft;
  draft.from = {letter.from_name, letter.from};
  draft.to.addr = letter.to;
  draft.subject = letter.subject;
  draft.text = letter.text;
  draft.date = format_mail_date(letter.date, "Etc/UTC");
  draft.message_id = letter.message_id;
  draft.in_reply_to = letter.in_reply_to;
  if (!letter.in_reply_to.empty()) draft.references = {letter.in_reply_to};
  draft.headers = letter.headers;
  ports::Delivery delivery;
  delivery.mail_from = letter.null_sender ? std::string() : letter.from;
  delivery.rcpt_to = {letter.to};
  delivery.bytes = wire::compose_mail(draft);
  delivery.via = "simulation";
  return delivery;
}

ports::Delivery write_bounce(const ports::OutgoingMail& original, const std::string& original_id,
                             const std::string& desk_address, const std::string& id, bool delayed,
                             Instant date) {
  const std::string to = original.envelope_from.empty() ? desk_address : original.envelope_from;
  ports::Delivery delivery;
  delivery.rcpt_to = {to};
  delivery.via = "simulation";
  delivery.bytes = fmt::format(
      "From: MAILER-DAEMON@mx.example\r\nTo: {0}\r\nSubject: Undelivered Mail Returned to Sender\r\n"
      "Date: {1}\r\nMessage-ID: {2}\r\nAuto-Submitted: auto-replied\r\nMIME-Version: 1.0\r\n"
      "Content-Type: multipart/report; report-type=delivery-status; boundary=\"B\"\r\n\r\n"
      "--B\r\nContent-Type: text/plain; charset=us-ascii\r\n\r\nIt could not be delivered.\r\n"
      "--B\r\nContent-Type: message/delivery-status\r\n\r\nReporting-MTA: dns; mx.example\r\n\r\n"
      "Final-Recipient: rfc822; {3}\r\nAction: {4}\r\nStatus: {5}\r\n"
      "Diagnostic-Code: smtp; 550 no such mailbox\r\n\r\n"
      "--B\r\nContent-Type: text/rfc822-headers\r\n\r\nMessage-ID: {6}\r\nTo: {3}\r\n\r\n--B--\r\n",
      to, format_mail_date(date, "Etc/UTC"), id, original.envelope_to, delayed ? "delayed" : "failed",
      delayed ? "4.4.1" : "5.1.1", original_id);
  return delivery;
}

}  // namespace hejnal::sim

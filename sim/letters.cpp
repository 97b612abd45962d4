#include "sim/letters.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/zone.hpp"
#include "sim/sampled.hpp"
#include "wire/mail/compose.hpp"

namespace hejnal::sim {

namespace {

constexpr unsigned kWithHtml = 128;

std::string by_composer(const ClientLetter& letter) {
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
  return wire::compose_mail(draft);
}

// RFC 2047, "Q": plain where it can be, else words of at most 75 letters that cut no character.
std::string encoded(std::string_view text) {
  constexpr std::size_t kWordMax = 75 - 12;
  if (std::none_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) > 0x7E; }))
    return std::string(text);
  std::string out = "=?utf-8?Q?", word;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    next_code_point(text, at);
    std::string letters;
    for (const char c : text.substr(begin, at - begin)) {
      const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
      letters += plain ? std::string(1, c) : fmt::format("={:02X}", static_cast<unsigned char>(c));
    }
    if (word.size() + letters.size() > kWordMax) out += std::exchange(word, {}) + "?=\r\n =?utf-8?Q?";
    word += letters;
  }
  return out + word + "?=";
}

// As a plain mail program writes it: one part, eight bits.
std::string plainly(const ClientLetter& letter) {
  std::string out = letter.from_name.empty()
                        ? fmt::format("From: {}\r\n", letter.from)
                        : fmt::format("From: {} <{}>\r\n", encoded(letter.from_name), letter.from);
  out += fmt::format("To: {}\r\nSubject: {}\r\nDate: {}\r\nMessage-ID: {}\r\n", letter.to,
                     encoded(letter.subject), format_mail_date(letter.date, "Etc/UTC"), letter.message_id);
  if (!letter.in_reply_to.empty())
    out += fmt::format("In-Reply-To: {0}\r\nReferences: {0}\r\n", letter.in_reply_to);
  for (const auto& [name, value] : letter.headers) out += fmt::format("{}: {}\r\n", name, value);
  out +=
      "MIME-Version: 1.0\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: "
      "8bit\r\n\r\n";
  for (const std::string_view line : split(letter.text, '\n')) out.append(line).append("\r\n");
  return out;
}

}  // namespace

ports::Delivery write_letter(const ClientLetter& letter) {
  ports::Delivery delivery;
  delivery.mail_from = letter.null_sender ? std::string() : letter.from;
  delivery.rcpt_to = {letter.to};
  delivery.bytes = is_sample(letter.message_id, kWithHtml) ? by_composer(letter) : plainly(letter);
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

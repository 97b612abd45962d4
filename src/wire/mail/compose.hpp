// Writes a mail: RFC 5322, 2045-2047. Every value is encoded or refused, so nothing that a stranger wrote can
// become a header of its own. CRLF line ends, 7-bit.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "wire/mail/mail.hpp"

namespace hejnal::wire {

struct DraftAttachment {
  std::string name, type, bytes;  // type: "image/png"; what is none goes as application/octet-stream
};

struct MailDraft {
  Address from, to;
  std::string reply_to;  // addr-spec or empty
  std::string subject, text;
  std::string date;                     // RFC 5322
  std::string message_id, in_reply_to;  // with <>
  std::vector<std::string> references;
  std::vector<std::pair<std::string, std::string>> headers;  // others, ASCII
  std::vector<DraftAttachment> attachments = {};
};

std::string compose_mail(const MailDraft& draft);

}  // namespace hejnal::wire

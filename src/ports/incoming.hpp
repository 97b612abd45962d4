// What a carrier made of a message that came in: facts, not yet a decision. Text is valid UTF-8.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"
#include "ports/mail.hpp"

namespace hejnal::ports {

struct IncomingAttachment {
  std::string name, type;
  std::int64_t size = 0;
};

struct IncomingBounce {
  std::string recipient, status, action, diagnostic, original_message_id;
};

struct IncomingMail {
  std::string mail_from;  // envelope sender; empty: null or unknown
  std::vector<std::string> rcpt_to;
  std::string via;
  std::string message_id, content_key;  // the id with <>, a hash of the body
  core::Party from;
  std::string answer_to,
      automatic_to;  // DECISIONS 18; automatic_to is empty where nothing automatic may go back
  std::vector<std::string> participants;  // addresses of From, To and Cc
  std::string subject, base_subject, text, reply_text, signature;
  std::optional<Instant> date;
  enum class Automatic { none, auto_generated, auto_replied, bulk } automatic = Automatic::none;
  bool automatic_is_weak = false;  // only the subject says so: never a reason to set it aside
  std::string automatic_why, no_receipt_why;
  std::string set_aside_why;  // spam, failed DMARC: not empty
  // By our own Authentication-Results, its sender is who it says; nothing: we have none to look at.
  std::optional<bool> authenticated;
  std::string quarantine;  // the folder of others' that it lies in: taken only if an SMS waits for it
  std::vector<IncomingBounce> bounces;  // failed or delayed deliveries that this mail reports
  bool is_ours = false;                 // its From is an address of the desk
  bool is_own_test = false;             // sent by `hejnal check --live`
  bool is_report = false;               // a DSN, MDN or abuse report, whatever it says
  std::string notice = {};  // what another hejnal says that it is (docs/protocol.md); empty: nothing
  std::string notice_report = {}, notice_case = {},
              notice_state = {};  // ... of which report, case and state of it
  // Of a report of a client's hejnal: "report" or "word", its code, and which step of the procedure it is.
  std::string report_kind = {}, report_code = {}, report_step = {};
  std::string seen_message_id;          // of a read receipt: the mail of ours that was displayed
  std::vector<std::string> references;  // In-Reply-To and References, most telling first
  std::vector<std::string> phones;      // E.164 numbers in the signature
  std::vector<IncomingAttachment> attachments;
  bool html = false;  // it has an HTML version
  std::vector<std::string> notes;
  std::vector<RawPiece> raw;
  std::int64_t raw_size = 0;
};

// A form with files, as a browser sends it (multipart/form-data).
struct IncomingForm {
  std::vector<std::pair<std::string, std::string>> fields;  // name and text, valid UTF-8
  std::vector<IncomingAttachment> attachments;
  std::int64_t files_size = 0;  // of all of them
  std::vector<RawPiece> raw;    // as it came, readable as a mail is
};

struct IncomingSms {
  std::string id;    // of the gateway: the same one twice is one SMS
  std::string from;  // E.164 where it is a number
  std::string text;
  bool answered = false;  // STOP, START or HELP, and the gateway has answered it already
  bool in_parts = false;  // it was put together: the same id may come again with more of it
};

}  // namespace hejnal::ports

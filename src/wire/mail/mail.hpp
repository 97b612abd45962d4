// One mail, read. parse_mail takes the bytes as a stranger sent them, whole, and returns what people and the
// desk need to know of it: who wrote, to which thread it belongs, the readable text, what was attached, and
// whether a person or a machine sent it. It never fails and never throws for what is in the bytes: what
// cannot be read is left empty, what was cut stands in `notes`, and the original bytes remain with the
// caller. Every string is valid UTF-8 (U+FFFD for the rest). Thread-safe: no state is shared between calls.
//
// Strangers' bytes: all of them. Nothing here may be used as a path, a command or markup without escaping; an
// attachment's name is what the sender wrote, with slashes.
//
// RFC 5322, 2045-2049, 2183, 2231, 3676, 3834, 3464, 6522, 8098, 5965, 8601, 5256.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"

namespace hejnal::wire {

struct Address {
  std::string name;
  std::string addr;  // addr-spec; the domain in lower case, the local part as written; may lack the @
                     // ("MAILER-DAEMON")
  bool operator==(const Address&) const = default;
};

enum class Automatic {
  none,            // a person, as far as can be told
  auto_generated,  // a machine of its own accord: monitoring, a delivery report
  auto_replied,    // a machine in answer to a mail: out of office, read receipt
  bulk,            // a mailing list or a mailing
};
std::string_view to_string(Automatic);  // none, auto-generated, auto-replied, bulk

struct Bounce {
  std::string recipient;            // may be empty: a bounce that does not say whose
  std::string status;               // RFC 3463, "5.1.1"; empty when unknown
  std::string action;               // failed, delayed, delivered, relayed, expanded
  std::string diagnostic;           // what the other server said
  std::string original_message_id;  // of the mail that came back, with <>
};

struct Attachment {
  std::string name;      // as sent: not a safe file name
  std::string type;      // lower case, "image/png"
  std::size_t size = 0;  // decoded bytes
  std::size_t raw_begin = 0,
              raw_end = 0;  // the encoded content in the original; 0,0 when it is not there as such
  std::string encoding;     // base64, quoted-printable, x-uuencode or empty: how to decode that range
  std::string hash;         // content_hash of that range, where it is large enough to be stored apart
  std::string content_id;   // of a picture, without <>: by it the HTML text names it
};
constexpr std::size_t kStoredApartMin = 4096;  // bytes; smaller attachments stay inside the message

struct Header {
  std::string name, value;  // value: unfolded and decoded
};

struct Mail {
  std::string message_id;  // with <>; empty when none
  std::vector<Address> from, to, cc, reply_to;
  std::string return_path;  // of the topmost Return-Path; may be empty
  bool has_return_path = false;
  std::string subject, base_subject;
  std::optional<Instant> date;
  std::string text;        // readable: the plain part, or HTML turned to text
  std::string html;        // the HTML part, if there is one (bounded)
  bool html_cut = false;   // it was longer
  std::string reply_text;  // `text` without quotation and signature
  std::string signature;   // what stood behind the signature mark (bounded)

  Automatic automatic = Automatic::none;
  std::string automatic_why;  // which field or line said so
  bool no_receipt = false;    // nothing automatic may go back (RFC 3834)
  std::string no_receipt_why;
  bool weak_auto_subject = false;  // `automatic` rests on the subject alone: do not set such a mail aside

  bool is_bounce = false;         // failed or delayed
  bool is_delayed_dsn = false;    // only delayed so far
  bool is_delivered_dsn = false;  // a success report
  bool is_mdn = false;            // a read receipt
  bool is_feedback_report = false;
  std::string mdn_original_message_id;
  std::vector<Bounce> bounces;

  std::vector<std::string> in_reply_to, references;  // with <>
  std::vector<Attachment> attachments;
  std::vector<std::string> notes;  // what was cut or odd, for people
  std::vector<Header> headers;     // all but trace fields; bounded in number and size
  bool spam = false;               // X-Spam-Flag and the like say so
  bool dmarc_failed = false;       // by an Authentication-Results of our own authserv-id
  bool authenticated = false;      // by the same: DMARC, or SPF or DKIM of the domain of From, has passed
  std::string content_key;  // content_hash of the body, with the hashes of large attachments in their place:
                            // for finding second deliveries

  std::string_view header(std::string_view name) const;  // the first of that name; empty when none
};

struct ParseOptions {
  std::string_view mail_from;  // the envelope sender, if has_envelope
  bool has_envelope = false;
  std::string_view authserv_id;  // ours (RFC 8601); empty: no Authentication-Results is believed
  std::size_t max_depth = 20, max_parts = 500;
};

Mail parse_mail(std::string_view raw, const ParseOptions& options = {});

// The decoded bytes of an attachment; empty when its range is not in `raw`.
std::string attachment_bytes(std::string_view raw, const Attachment& attachment);

// The subject for comparing: without reply and forward prefixes, [blobs] and our own tag (RFC 5256 2.1 and
// practice).
std::string base_subject(std::string_view subject);
// An out-of-office prefix at the very start, with the colon.
bool is_out_of_office_subject(std::string_view subject);

std::string html_to_text(std::string_view html_utf8);

}  // namespace hejnal::wire

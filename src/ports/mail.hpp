// Email at the seam between sockets and the desk: whole messages with their envelopes.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace hejnal::ports {

// Original bytes, ready to be stored: pieces in order. Large encoded parts are named by the hash of their
// bytes, so that the same attachment is stored once.
struct RawPiece {
  std::string hash;   // empty: an inline piece
  std::string frame;  // compressed bytes (base/compress.hpp)
  std::size_t size = 0;
};

struct Delivery {
  std::string mail_from;             // envelope sender as given, without <>; empty is the null reverse-path
  std::vector<std::string> rcpt_to;  // in the order of RCPT; empty where the way in has no envelope (IMAP)
  std::string bytes;                 // the message, dot-unstuffed, otherwise exactly as it came
  std::string via;                   // "lmtp", "imap:INBOX", "pipe", "sandbox": for the journal
  bool has_envelope = true;          // false: mail_from is unknown (IMAP), look at Return-Path
  bool reports_only = false;         // of a mailbox of which only answers to our reports are taken
  std::string quarantine = {};  // the folder of others' that it lies in: taken only if an SMS waits for it
};

// Takes messages in. `done` is called exactly once, on any thread: success means that the message is durable
// and the sender may be told so. Fault::retry_later: it isn't stored, the sender must keep it (4xx).
// Fault::refused or malformed: it will never be (5xx). Thread-safe.
class MailIntake {
 public:
  virtual ~MailIntake() = default;
  virtual void accept(Delivery delivery, std::function<void(Status)> done) = 0;
};

struct OutgoingMail {
  std::string envelope_from;  // empty: null reverse-path
  std::string envelope_to;    // exactly one recipient, so that its result is exact
  std::string bytes;          // with CRLF line ends, not dot-stuffed
};

struct SendResult {
  enum class Outcome {
    handed_over,  // the next server has taken it
    try_later,    // 4yz, no connection, a cut after the final dot: the same bytes may be sent again
    refused,      // 5yz for this recipient
    our_mistake,  // 5yz before RCPT or a rejected password: our configuration, nothing is wrong with the
                  // recipient
    uncertain,    // it may have left, and a second sending would not be recognised: for a person to decide
  };
  Outcome outcome = Outcome::try_later;
  int code = 0;                                     // SMTP reply code, 0 when there was none
  std::string text;                                 // the other side's words, or what went wrong, for people
  std::optional<RawPiece> composed = std::nullopt;  // the bytes of an email
  // Of an SMS: the gateway that has it, or may have it; its id there; whether it can be asked for its report.
  std::string gateway = {}, gateway_id = {};
  bool can_be_asked = false;
  // What one has heard that was asked. Neither: it is on its way, or nobody knows.
  bool arrived = false, lost = false;
};

// Hands one message to the next server. `done` is called exactly once, on any thread. Thread-safe.
class MailSender {
 public:
  virtual ~MailSender() = default;
  virtual void send(OutgoingMail mail, std::function<void(SendResult)> done) = 0;
};

}  // namespace hejnal::ports

// The way out: takes what the outbox hands over. Which carrier serves which channel is wired in `app`.
#pragma once

#include <functional>

#include "core/notice.hpp"
#include "ports/letters.hpp"
#include "ports/mail.hpp"

namespace hejnal::ports {

struct Outgoing {
  std::int64_t item = 0;  // of the outbox
  core::Notice notice;
  Words words;
  std::string message_id;  // an email's Message-ID; of an SMS the idempotency key
  Letter letter;           // of an email
  OutgoingMail mail;       // what a Composer has made of the letter; empty until then
  int attempts = 0;        // before this one
  // Of an SMS: the gateway that may have it from an earlier attempt, or has it; and its id there.
  std::string gateway, gateway_id;
  std::vector<std::string> only_by = {};  // the gateways that it may go by; empty: all
  bool ask = false;                       // nothing is to be sent: what has become of it?
  Instant useful_until;                   // of an SMS: later it means nothing any more; 0: it always does
};

// `done` is called exactly once, on any thread, also before `send` returns.
class Dispatcher {
 public:
  virtual ~Dispatcher() = default;
  virtual void send(Outgoing outgoing, std::function<void(SendResult)> done) = 0;
};

}  // namespace hejnal::ports

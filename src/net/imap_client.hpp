// Watches one mailbox by IMAP (RFC 3501, IDLE of RFC 2177, MOVE of RFC 6851) and hands every new message to
// the MailIntake, in the order of UIDs, each once.
//
// What is new is told by UID and UIDVALIDITY alone: another program may read, flag or delete as it likes.
// After the intake has kept a message, the position is saved first, and only then is the message flagged or
// moved: a crash between the two leaves a mail unflagged, never taken twice; a crash before the position is
// saved brings it again, which the desk sees as a duplicate. A message that the intake wants later holds the
// ones behind it; one that it refuses, or that is too big, is logged and passed over. Messages that vanish
// before they are fetched are no trouble.
//
// Threads: one of its own, "hejnal-imap"; all callbacks are called on it. Lost connections are opened again
// for ever, with a growing pause. TCP, TLS, STARTTLS and SASL are libcurl's (CONNECT_ONLY), the IMAP is ours.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "base/instant.hpp"
#include "net/starttls.hpp"
#include "ports/mail.hpp"

namespace hejnal::net {

struct ImapPosition {
  std::uint32_t uidvalidity = 0;
  std::uint32_t uid = 0;  // this one and all below are done
};

struct ImapWatcherOptions {
  std::string url = "imap://127.0.0.1:143";  // or imaps://host:993
  StartTls starttls = StartTls::require;
  std::string user;
  std::string password;
  std::string ca_file;                   // empty: the system's
  std::string mailbox = "INBOX";         // UTF-8
  bool mark_seen = false;                // what was kept
  std::string move_to;                   // what was kept; empty: it stays where it is
  std::optional<ImapPosition> position;  // as saved last time
  // At the first contact, and when the mailbox was made anew: take what arrived on this day or later; without
  // it begin with what comes from now on.
  std::optional<Instant> import_since;
  std::size_t message_bytes = 25u << 20;
  Duration idle_every = 20min;  // servers may hang up after 30
  Duration poll_every = 60s;    // where IDLE is not offered
  Duration connect_timeout = 15s;
  Duration reply_timeout = 60s;  // without a byte
  Duration pause_first = 1s;     // before connecting again; doubles
  Duration pause_longest = 60s;
  Duration retry_every = 15s;  // a message that the intake wants later
};

struct ImapStatus {
  bool connected = false;
  Duration heard_nothing_for{0};  // since the last byte of the server, or since the start
  std::string last_error;         // empty: all is well
};

class ImapWatcher {
 public:
  struct Callbacks {
    std::function<void(ImapPosition)> save;            // must be durable when it returns
    std::function<void(const std::string&)> log = {};  // a sentence for people
  };

  ImapWatcher(ImapWatcherOptions options, ports::MailIntake& intake, Callbacks callbacks);
  ~ImapWatcher();  // stop()

  // Returns when the thread has ended. A message that the intake still holds is not saved as done. No
  // callback is called afterwards.
  void stop();
  ImapStatus status() const;  // thread-safe

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hejnal::net

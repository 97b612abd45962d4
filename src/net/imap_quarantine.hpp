// Looks through folders of a mailbox that are not ours to read (Junk, a filter's quarantine), but only while
// an SMS waits for its email: whatever came there in the last days is shown to the MailIntake, which takes
// what is awaited and forgets the rest. Nothing is changed there: folders are opened read-only, messages are
// peeked at.
//
// While nobody waits there is no connection. Each message is shown once for the same SMS; when another SMS
// begins to wait, all are shown again. A folder that cannot be opened is logged, and the others are looked
// through all the same.
//
// Threads: one of its own, "hejnal-junk"; all callbacks are called on it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "net/starttls.hpp"
#include "ports/mail.hpp"

namespace hejnal::net {

struct ImapQuarantineOptions {
  std::string url, user, password, ca_file;
  StartTls starttls = StartTls::require;
  std::vector<std::string> folders;  // UTF-8
  std::size_t message_bytes = 25u << 20;
  std::size_t messages_max = 300;  // of each folder, the latest
  Duration look_back = 48h;
  Duration look_every = 15s;
  Duration pause_longest = 5min;  // after trouble; begins with look_every, doubles
  Duration connect_timeout = 15s;
  Duration reply_timeout = 60s;
};

class ImapQuarantine {
 public:
  struct Callbacks {
    std::function<std::vector<std::int64_t>()> waiting;  // the cases whose SMS waits for its email
    std::function<Instant()> now;
    std::function<void(const std::string&)> log = {};  // a sentence for people
  };

  ImapQuarantine(ImapQuarantineOptions options, ports::MailIntake& intake, Callbacks callbacks);
  ~ImapQuarantine();  // stop()

  void stop();                  // returns when the thread has ended
  std::string trouble() const;  // empty: all is well, or nothing was to be looked for; thread-safe

 private:
  class Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace hejnal::net

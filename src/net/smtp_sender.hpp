// Hands mail to the next server by SMTP (RFC 5321), by libcurl. One recipient per message, so that its result
// is exact.
//
// Threads: `threads` of its own, "hejnal-smtp-N", each with one connection that is used again while mail
// keeps coming and closed after some idle seconds. send() never blocks; `done` is called on one of these
// threads, or inside send() when the queue is full (try_later) or an address can't be said in SMTP.
//
// How results are told apart: a 5yz from RCPT on is about this recipient or message: refused. A 5yz before
// RCPT (greeting, AUTH, MAIL) or a login that curl could not do is our_mistake. Everything else, no
// connection, 4yz, a failed TLS handshake, a cut at any moment, is try_later; after a cut behind the final
// dot the message may have arrived, and the same bytes with the same Message-ID go again.
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "base/instant.hpp"
#include "net/starttls.hpp"
#include "ports/mail.hpp"

namespace hejnal::net {

struct SmtpSenderOptions {
  std::string url = "smtp://127.0.0.1:25";  // or smtps://host:465
  std::string host_name = "localhost";      // ours, for EHLO
  StartTls starttls = StartTls::try_it;
  std::string user;  // empty: no AUTH
  std::string password;
  std::string ca_file;  // empty: the system's
  std::size_t threads = 2;
  std::size_t queue = 1000;
  Duration connect_timeout = 10s;
  Duration response_timeout = 60s;  // for one reply
  Duration total_timeout = 300s;    // for one message
  Duration keep_connection = 20s;
};

class SmtpSender : public ports::MailSender {
 public:
  explicit SmtpSender(SmtpSenderOptions options);
  ~SmtpSender() override;  // stop(0 s)

  void send(ports::OutgoingMail mail, std::function<void(ports::SendResult)> done) override;

  // What is queued is answered try_later; what is under way may finish for up to `grace` and is then cut
  // (try_later). Returns when the threads have ended. Nothing of `done` is called afterwards.
  void stop(Duration grace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace hejnal::net

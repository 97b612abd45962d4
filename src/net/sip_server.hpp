// The SIP endpoint (RFC 3261 as a user agent server, UDP and TCP): takes calls from a trunk or an exchange,
// and keeps a registration at a provider. It speaks no media: each call gets a final answer other than 200.
//
// What is told here is the protocol alone. An INVITE goes to the SipHandler as copied text, and its answer
// leaves when the handler has sent it; transactions, repeats, CANCEL, ACK and digest are libre's. Bytes of
// strangers: every packet. One that libre cannot read is counted and dropped; methods that we do not take are
// answered without any memory of them (OPTIONS 200, others 405 or 501), so a flood of them costs no memory.
// Of INVITEs at most `pending_max` may wait for the handler, and every answered one lives for 32 s at most.
//
// A CANCEL is answered at once; the INVITE gets its 487 only when the handler has kept the call as one that
// was hung up.
//
// Threads: one of its own, "hejnal-sip" (libre's re_main); all callbacks of the handler are called on it. At
// most one server in a process at a time: libre's state is the process's.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "ports/sip.hpp"

namespace hejnal::net {

struct SipRegistrationOptions {
  std::string registrar;  // "sip:provider.example", with ;transport=tcp for TCP
  std::string user;       // the account, and the user part of our Contact
  std::string auth_user;  // for digest, where it is another one
  std::string password;
  std::string contact = {};  // HOST:PORT under which the registrar reaches us; empty: where we listen
  Duration expires = 600s;
  Duration pause_first = 2s;  // after a failure; doubles
  Duration pause_longest = 60s;
};

struct SipServerOptions {
  std::string listen = "127.0.0.1:5060";  // UDP and TCP; port 0 takes a free one
  std::vector<std::string> peers =
      {};  // that may call besides the registrar; empty without one: anybody. Others get 403
  std::size_t pending_max = 2000;
  std::optional<SipRegistrationOptions> registration = {};
  std::function<void(const std::string&)> log = {};  // a sentence for people; on the server's thread
};

struct SipRegistrationStatus {
  bool registered = false;
  Duration since{0};       // how long it has been so
  Duration expires{0};     // what the registrar has granted
  std::string last_error;  // empty: all is well
};

struct SipCounts {
  std::int64_t invites = 0;    // that went to the handler
  std::int64_t answered = 0;   // with what it has said
  std::int64_t cancelled = 0;  // by the caller, before the answer
  std::int64_t refused = 0;    // by the handler at once, or because too many wait
  std::int64_t strangers = 0;  // requests of those who are no peers
  std::int64_t malformed = 0;
  std::int64_t others = 0;  // OPTIONS and methods that we do not take
};

class SipServer {
 public:
  // Listens when it returns. `handler` must outlive the server.
  static Result<std::unique_ptr<SipServer>> open(SipServerOptions options, ports::SipHandler& handler);
  ~SipServer();  // stop(0 s)

  std::uint16_t bound_port() const;
  // Calls that wait for the handler may be answered for up to `grace`, the registration is taken back, then
  // the thread ends. Replies that are sent later go nowhere.
  void stop(Duration grace);

  // Thread-safe.
  std::optional<SipRegistrationStatus> registration() const;  // empty: none is wanted
  SipCounts counts() const;

 private:
  class Impl;
  explicit SipServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace hejnal::net

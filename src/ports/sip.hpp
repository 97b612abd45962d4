// Telephone calls by SIP at the seam between the stack and the desk: an INVITE in, one final answer out.
//
// Threads: the stack calls a SipHandler on its own thread, where nothing may block. A SipReply may be kept,
// moved to another thread and sent there; one that is destroyed unsent answers 500.
#pragma once

#include <atomic>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>
#include <vector>

namespace hejnal::ports {

// What an INVITE says of itself, copied. Bytes of strangers, each field shortened; nothing is unescaped.
struct SipInvite {
  std::uint64_t serial = 0;  // of this process
  std::string call_id;
  std::string source;       // address of the peer, "192.0.2.1", without its port
  std::string transport;    // "udp" or "tcp"
  std::string request_uri;  // "sip:120000000@192.0.2.7"
  std::string from, to;     // addresses without display names and parameters: "sip:+48601@trunk.example"
  std::vector<std::string> asserted;  // P-Asserted-Identity, with whatever stands around the address
  std::string remote_party;           // Remote-Party-ID, likewise
  std::string privacy;
};

struct SipAnswer {
  int status = 500;  // 300 to 699
  std::string reason = "Server Internal Error";
  std::vector<std::pair<std::string, std::string>> headers = {};
  // The call is kept as one whose caller hung up before the answer. An answer without this, to a caller who
  // has hung up meanwhile, is not sent: the handler is asked again (SipHandler::hung_up). 500 and 503 mean
  // that nothing was kept, and are sent.
  bool hung_up = false;
};

class SipReply {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void send(SipAnswer answer) = 0;
    virtual bool cancelled() const = 0;
    virtual bool answered_elsewhere() const = 0;
  };

  explicit SipReply(std::unique_ptr<Target> target) : target_(std::move(target)) {}
  SipReply(SipReply&&) noexcept = default;
  SipReply& operator=(SipReply&&) noexcept = default;
  ~SipReply() {
    if (target_) target_->send(SipAnswer{});
  }

  // The caller has hung up. Once true it stays so.
  bool cancelled() const { return target_->cancelled(); }
  // It is no missed call: somebody has answered it at another telephone, and so it was taken back from us.
  bool answered_elsewhere() const { return target_->answered_elsewhere(); }
  void send(SipAnswer answer) && { std::exchange(target_, nullptr)->send(std::move(answer)); }

 private:
  std::unique_ptr<Target> target_;
};

class SipHandler {
 public:
  virtual ~SipHandler() = default;
  // Before anything is kept: an answer refuses the call at once, without memory of it (floods).
  virtual std::optional<SipAnswer> refuse(const SipInvite& invite) = 0;
  virtual void invited(SipInvite invite, SipReply reply) = 0;
  // The answer to `invited` came when the caller had hung up already.
  virtual void hung_up(SipInvite invite, SipReply reply) = 0;
};

}  // namespace hejnal::ports

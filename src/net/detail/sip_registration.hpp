// Keeps one registration at a provider alive (RFC 3261, 10): REGISTER with digest, again well before the
// granted time is over, and after a failure again and again with a growing pause. libre's own client waits
// for up to half an hour after failures, which is too long for a telephone.
//
// Thread: the SIP thread alone, but for status().
#pragma once

#include <chrono>
#include <functional>
#include <mutex>
#include <string>

#include "net/detail/re.hpp"
#include "net/sip_server.hpp"

namespace hejnal::net {

class SipRegistration {
 public:
  SipRegistration(::sip* stack, SipRegistrationOptions options, std::function<void(const std::string&)> log);
  // The stack is closed before (sip_close): what it still has to say of a request comes here.
  ~SipRegistration();
  SipRegistration(const SipRegistration&) = delete;
  SipRegistration& operator=(const SipRegistration&) = delete;

  void start();
  // Takes it back, if there is one; `done` is called when the registrar has answered, or at once.
  void end(std::function<void()> done);

  SipRegistrationStatus status() const;
  // Where the registrar has answered from, as a peer that may call; empty: not yet.
  const std::string& registrar_address() const { return registrar_address_; }

 private:
  using Clock = std::chrono::steady_clock;

  void attempt();
  int request();
  void answered(int error, const sip_msg* msg);
  void succeeded(const sip_msg& msg);
  void failed(const std::string& why, Duration at_least = Duration(0));
  void plan(Duration wait);
  void keep_hole_open();
  void set_state(bool registered, std::string error, Duration expires);

  ::sip* const stack_;
  const SipRegistrationOptions options_;
  const std::function<void(const std::string&)> log_;
  RePtr<sip_dialog> dialog_;
  RePtr<sip_auth> auth_;
  struct sip_request* request_ = nullptr;  // libre's; it clears this when the request has ended
  tmr timer_{}, hole_timer_{};
  Duration expires_{0}, pause_{0};
  bool challenged_ = false, asked_longer_ = false, ending_ = false, registered_ = false;
  std::string registrar_address_;
  sa registrar_{};
  bool by_udp_ = false;
  std::function<void()> ended_;

  mutable std::mutex mutex_;
  SipRegistrationStatus status_;
  Clock::time_point since_ = Clock::now();
};

}  // namespace hejnal::net

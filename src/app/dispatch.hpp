// Production's way out: email by the relay. Other channels have no carrier yet; the desk knows
// (sms_available).
#pragma once

#include "ports/dispatcher.hpp"

namespace hejnal::app {

class RelayDispatcher final : public ports::Dispatcher {
 public:
  explicit RelayDispatcher(ports::MailSender& sender) : sender_(sender) {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override {
    if (outgoing.notice.channel != core::Channel::email) {
      done({ports::SendResult::Outcome::refused, 0, "no SMS gateway is configured"});
      return;
    }
    sender_.send(std::move(outgoing.mail), std::move(done));
  }

 private:
  ports::MailSender& sender_;
};

}  // namespace hejnal::app

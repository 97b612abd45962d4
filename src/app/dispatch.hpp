// Production's way out: email by the relay, SMS by the gateways where there are any; the desk knows whether
// (sms_available).
#pragma once

#include "app/relay_health.hpp"
#include "ports/dispatcher.hpp"

namespace hejnal::app {

class RelayDispatcher final : public ports::Dispatcher {
 public:
  RelayDispatcher(ports::MailSender& sender, RelayHealth& health, ports::Dispatcher* sms)
      : sender_(sender), health_(health), sms_(sms) {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override {
    if (outgoing.notice.channel == core::Channel::sms && sms_ != nullptr)
      return sms_->send(std::move(outgoing), std::move(done));
    if (outgoing.notice.channel != core::Channel::email) {
      done({ports::SendResult::Outcome::refused, 0, "no SMS gateway is configured"});
      return;
    }
    sender_.send(std::move(outgoing.mail), [this, done = std::move(done)](ports::SendResult result) {
      health_.note(result);
      done(std::move(result));
    });
  }

 private:
  ports::MailSender& sender_;
  RelayHealth& health_;
  ports::Dispatcher* sms_;  // null: no gateway
};

}  // namespace hejnal::app

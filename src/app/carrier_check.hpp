// A test of one carrier, as the page of the channels asks for it: an email or an SMS to the first person on
// call; of a way in, a mail of ours to the desk's own address, which is to come back by it.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "api/api.hpp"
#include "app/sms_out.hpp"
#include "carriers/email/composer.hpp"
#include "config/settings.hpp"
#include "ports/clock.hpp"
#include "ports/dispatcher.hpp"
#include "ports/mail.hpp"

namespace hejnal::app {

class CarrierCheck {
 public:
  // `world`: of a sandbox, instead of a relay and gateways.
  CarrierCheck(const config::Settings& settings, ports::Clock& clock, ports::MailSender* relay, SmsOut* sms,
               ports::Dispatcher* world)
      : settings_(settings), clock_(clock), relay_(relay), sms_(sms), world_(world) {}

  // Waits some seconds for what the carrier says. Called on the api's threads. Fails with not_found, refused
  // (why it cannot be tested), conflict (one has just been sent), retry_later (no answer yet).
  Result<api::ChannelTest> run(const api::Carrier& carrier);

 private:
  Result<api::ChannelTest> mail_to(const std::string& to, const std::string& text);
  Result<api::ChannelTest> sms_by(const std::string& gateway);
  std::string mark() const;

  const config::Settings& settings_;
  ports::Clock& clock_;
  ports::MailSender* relay_;
  SmsOut* sms_;
  ports::Dispatcher* world_;
  std::mutex running_, mutex_;
  std::map<std::string, Instant> last_;  // by carrier
};

}  // namespace hejnal::app

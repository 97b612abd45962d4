// What the parts of the house are told of a company's settings: one place, so that the server and the
// commands that work without it agree.
#pragma once

#include <string>

#include "base/result.hpp"
#include "carriers/email/intake.hpp"
#include "carriers/phone/hooks.hpp"
#include "carriers/phone/originate.hpp"
#include "carriers/phone/sip.hpp"
#include "config/settings.hpp"
#include "desk/desk.hpp"
#include "net/sip_server.hpp"
#include "net/smtp_sender.hpp"
#include "net/starttls.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::app {

std::string domain_of(const std::string& address);
net::StartTls starttls_of(const std::string& name);  // of a name that the settings have checked
wire::Transliterate transliterate_of(const config::Settings& settings);
// The first line of a file with a password; empty without a path.
Result<std::string> first_line(const std::string& path);

desk::Settings desk_settings(const config::Settings& settings, bool sms_available);
Result<carriers::phone::OriginateSettings> originate_settings(const config::Settings& s);
carriers::phone::SipSettings sip_settings(const config::Settings& s);
Result<net::SipServerOptions> sip_options(const config::Settings& s);
Result<carriers::phone::HookSettings> phone_hook_settings(
    const config::Settings& settings);  // reads the secrets
carriers::IntakeSettings intake_settings(const config::Settings& settings);
Result<net::SmtpSenderOptions> smtp_options(const config::Settings& settings);  // reads the password

}  // namespace hejnal::app

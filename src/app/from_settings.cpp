#include "app/from_settings.hpp"

#include <algorithm>

#include "app/server.hpp"
#include "net/http_caller.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::app {

Result<std::string> first_line(const std::string& path) {
  if (path.empty()) return std::string();
  HEJNAL_TRY(std::string text, read_file(path, 10'000));
  text.erase(std::min(text.find_first_of("\r\n"), text.size()));
  return text;
}

net::StartTls starttls_of(const std::string& name) {
  if (name == "none") return net::StartTls::none;
  return name == "require" ? net::StartTls::require : net::StartTls::try_it;
}

wire::Transliterate transliterate_of(const config::Settings& s) {
  if (s.transliterate == "always") return wire::Transliterate::always;
  return s.transliterate == "never" ? wire::Transliterate::never : wire::Transliterate::when_cheaper;
}

std::string domain_of(const std::string& address) { return address.substr(address.rfind('@') + 1); }

desk::Settings desk_settings(const config::Settings& s, bool sms_available) {
  desk::Settings out;
  out.address = s.address;
  out.own_domains = s.own_domains;
  out.own_domains.push_back(domain_of(s.address));
  out.on_call = s.on_call;
  for (core::OnCall& person : out.on_call) {  // "+48 600 000 001" in the file
    if (std::string number = wire::e164(person.phone, s.country); !number.empty())
      person.phone = std::move(number);
  }
  out.sms_available = sms_available;
  out.normal_number = [country = s.country](const std::string& number) {
    return wire::e164(number, country);
  };
  out.budget = {static_cast<int>(s.budget_address), static_cast<int>(s.budget_case),
                static_cast<int>(s.budget_total)};
  out.takes_calls = s.takes_calls;
  // Who has nobody to tell what came of a call waits for nothing.
  if (!s.phone_secret_file.empty() || !s.twilio_token_file.empty())
    out.told_within = std::chrono::minutes(s.told_within_min);
  out.first_called_back = s.first_called_back;
  out.zone = s.timezone;
  out.wakes_minute = s.wakes_minute;
  out.sleeps_minute = s.sleeps_minute;
  for (const config::Heartbeat& h : s.heartbeats)
    out.heartbeats.push_back({h.name, {h.every, h.grace, h.from_first}});
  return out;
}

Result<carriers::phone::HookSettings> phone_hook_settings(const config::Settings& s) {
  carriers::phone::HookSettings out;
  HEJNAL_TRY(out.secret, first_line(s.phone_secret_file));
  HEJNAL_TRY(out.twilio_token, first_line(s.twilio_token_file));
  out.public_url = s.public_url;
  out.country = s.country;
  out.hmac_sha1 = net::hmac_sha1;
  if (!s.phone_secret_file.empty() && out.secret.size() < 16)
    return fail(Fault::malformed, "{}: a secret of at least 16 signs is expected", s.phone_secret_file);
  return out;
}

Result<carriers::phone::OriginateSettings> originate_settings(const config::Settings& s) {
  carriers::phone::OriginateSettings out;
  out.url = s.originate_url;
  out.method = s.originate_method;
  out.body = s.originate_body;
  out.user = s.originate_user;
  HEJNAL_TRY(out.password, first_line(s.originate_password_file));
  out.headers = s.originate_headers;
  return out;
}

carriers::phone::SipSettings sip_settings(const config::Settings& s) {
  carriers::phone::SipSettings out;
  out.country = s.country;
  out.language = s.language;
  out.trusted = s.sip_trusted;
  out.reject_with = s.sip_reject == "486" ? 486 : 603;
  out.redirect_host = s.sip_redirect_host;
  return out;
}

Result<net::SipServerOptions> sip_options(const config::Settings& s) {
  net::SipServerOptions out;
  out.listen = s.sip_listen;
  out.peers = s.sip_peers;
  if (s.sip_register.empty()) return out;
  net::SipRegistrationOptions registration;
  registration.registrar = s.sip_register;
  registration.user = s.sip_user;
  registration.auth_user = s.sip_auth_user;
  HEJNAL_TRY(registration.password, first_line(s.sip_password_file));
  registration.contact = s.sip_contact;
  registration.expires = std::chrono::seconds(s.sip_register_s);
  out.registration = std::move(registration);
  return out;
}

carriers::IntakeSettings intake_settings(const config::Settings& s) {
  carriers::IntakeSettings out;
  out.own_addresses = s.aliases;
  out.own_addresses.push_back(s.address);
  out.country = s.country;
  out.authserv_id = s.authserv_id;
  return out;
}

Result<net::SmtpSenderOptions> smtp_options(const config::Settings& s) {
  net::SmtpSenderOptions out;
  out.url = s.smtp;
  out.host_name = s.host_name;
  out.starttls = starttls_of(s.smtp_starttls);
  out.user = s.smtp_user;
  HEJNAL_TRY(out.password, first_line(s.smtp_password_file));
  out.ca_file = s.smtp_ca_file;
  return out;
}

}  // namespace hejnal::app

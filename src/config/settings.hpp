// The settings file of a company (hejnal.toml). Every key has a row in settings.cpp: from it come the parser,
// what `hejnal check` says, and docs/configuration.md.
#pragma once

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "core/facts.hpp"

namespace hejnal::config {

struct ImapMailbox {
  std::string url, user, password_file, folder, starttls, ca_file;
  std::string use = "desk";  // or reports: only what answers a report of ours is taken, all else stays
  std::string after;         // what is done with a mail that we have: nothing, seen, or move:FOLDER
  std::string import_since;
  std::vector<std::string>
      quarantine;  // folders that are only looked through while an SMS waits for its email
};

// A row of [[sms.gateway]]; which keys a kind has stands in sms_settings.cpp.
struct SmsGateway {
  std::string name, kind, url, user, password_file, from, secret_file, callback, ca_file;
  std::string method, body, success, spool;
  std::vector<std::string> headers;
  std::int64_t timeout_s = 30, price = 0, monthly_cap = 0;
};

// A row of [[provider]]: whom we report to.
struct Provider {
  std::string name, title, email, sms_number, procedure, language, from, from_name, tell;
  std::vector<std::pair<std::string, std::string>> addresses;  // class, address
  std::vector<std::string> answers_from;                       // addresses and domains
  std::vector<std::string> gateways;                           // of SMS to it; empty: all
  bool receipt_stops = false;
  Duration callback_after{24h};
  std::int64_t storm = 10;  // new reports of a class within an hour
};

// What becomes of an alert: a report to a provider, or (without one) a case at our own desk.
struct AlertRoute {
  std::string provider, standard_class;
  std::vector<std::pair<std::string, std::string>> classes;  // severity, class
  Duration quiet{5min};                                      // over for so long, it counts
  // Of a case: it is then settled by itself, unless a person has taken it up; so long afterwards the same
  // alert opens it again.
  bool settles = true;
  Duration again{1h};
};

// A row of [[monitor]]: who reports alerts by webhook.
struct Monitor {
  std::string name, kind, secret_file, secret;  // one of the two; the latter only in a sandbox
  AlertRoute route;
  // Of the kind "json": where in its payload things stand (JSON pointers), and what its states mean.
  std::string alerts, state, severity;
  std::vector<std::string> key, subject, text, firing, resolved, ignored;
};

// A row of [[heartbeat]]: who has to call regularly.
struct Heartbeat {
  std::string name, secret_file, secret;
  AlertRoute route;
  Duration every{}, grace{};
  bool from_first = false;  // nothing is expected before the first call; only in a sandbox
};

struct Settings {
  // [desk]
  std::string name, address, language, timezone, procedure, country, sms_number, phone, templates;
  std::vector<std::string> aliases, own_domains;
  std::string banner_pl, banner_en;
  // [store]
  std::string store_path;
  // [http]
  std::string http_listen, public_url;
  std::vector<std::string> trusted_proxies;
  // [sign_in]
  std::string totp = "optional";
  std::int64_t session_idle_minutes = 720, session_days = 7;
  // [email.in]
  std::string lmtp;
  std::int64_t size_limit = 0;
  std::string authserv_id;
  std::vector<ImapMailbox> imap;
  // [email.out]
  std::string smtp, smtp_user, smtp_password_file, smtp_starttls, smtp_ca_file, host_name,
      recipient_delimiter;
  // [sms]
  std::string transliterate;
  std::int64_t sms_per_number = 0, sms_total = 0;
  std::vector<SmsGateway> sms;
  // [phone]
  std::string calls, awake, phone_secret_file, twilio_token_file;
  std::int64_t told_within_min = 120;
  bool takes_calls = false;
  int wakes_minute = 0, sleeps_minute = 0;
  std::vector<std::string> first_called_back;
  // [phone.sip]
  std::string sip_listen, sip_reject, sip_redirect_host, sip_register, sip_user, sip_auth_user,
      sip_password_file, sip_contact;
  std::vector<std::string> sip_peers, sip_trusted;
  std::int64_t sip_register_s = 600, sip_per_caller = 20, sip_per_address = 300, sip_total = 400;
  // [phone.originate]
  std::string originate_url, originate_method, originate_body, originate_user, originate_password_file,
      originate_ca_file;
  std::vector<std::string> originate_headers;
  // [budget]
  std::int64_t budget_address = 0, budget_case = 0, budget_total = 0;
  // [[on_call]]
  std::vector<core::OnCall> on_call;
  // [[provider]]
  std::vector<Provider> providers;
  // [[monitor]]
  std::vector<Monitor> monitors;
  // [[heartbeat]]
  std::vector<Heartbeat> heartbeats;

  std::vector<std::string> warnings;  // of what is allowed and seldom meant; each with its place
};

// `name` stands in the messages, one mistake a line. Fails with Fault::malformed.
Result<Settings> read_settings(std::string_view text, const std::string& name);

// "HOST:PORT" or "unix:/PATH" that nobody reaches from another machine.
bool is_local_listen(std::string_view text);

// docs/configuration.md.
std::string settings_document();

}  // namespace hejnal::config

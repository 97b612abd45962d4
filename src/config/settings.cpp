#include "config/settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/email_address.hpp"
#include "base/ip_address.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "config/monitor_settings.hpp"
#include "config/provider_settings.hpp"
#include "config/sms_settings.hpp"
#include "config/toml_reader.hpp"

namespace hejnal::config {

namespace {

constexpr std::size_t kLinesMax = 1000;  // characters

// One row of the table: what a key is, and where it goes.
template <class T>
struct Text {
  const char* key;
  const char* standard;  // nullptr: must be given
  const char* what;      // for people
  std::string T::*field;
};

struct Number {
  const char* key;
  std::int64_t standard, min, max;
  const char* what;
  std::int64_t Settings::*field;
};

struct List {
  const char* key;
  const char* what;
  std::vector<std::string> Settings::*field;
};

struct Section {
  const char* name;  // dotted
  const char* what;
  std::vector<Text<Settings>> texts;
  std::vector<Number> numbers;
  std::vector<List> lists;
  bool has_lines = false;  // its texts may have line breaks
};

const std::vector<Section>& sections() {
  static const std::vector<Section> table = {
      {"desk",
       "Who answers.",
       {{"name", nullptr, "The name under which the desk writes, e.g. \"Wsparcie\"", &Settings::name},
        {"address", nullptr, "The desk's email address; mails are sent from it", &Settings::address},
        {"language", "pl", "\"pl\" or \"en\": of the built-in procedure and of everything that is said",
         &Settings::language},
        {"timezone", "Europe/Warsaw", "IANA zone of the times in texts", &Settings::timezone},
        {"procedure", "",
         "A procedure file of the company's own (docs/procedure.md); empty: the built-in one",
         &Settings::procedure},
        {"country", "48", "Calling code that national telephone numbers get", &Settings::country},
        {"sms_number", "", "The number for clients' SMS, shown on the procedure page", &Settings::sms_number},
        {"phone", "", "The desk's telephone number", &Settings::phone},
        {"templates", "", "A folder with templates of the company's own (docs/templates.md)",
         &Settings::templates}},
       {},
       {{"aliases", "Other addresses at which the desk gets mail", &Settings::aliases},
        {"own_domains",
         "Domains that are the company's own besides that of `address`: their people are nobody's client",
         &Settings::own_domains}}},
      {"desk.banner",
       "The company's own words at the top of the pages for clients, such as closing days; outages are shown "
       "there by themselves. A page "
       "in a language for which there are none shows the other's.",
       {{"pl", "", "In Polish; may have several lines", &Settings::banner_pl},
        {"en", "", "In English", &Settings::banner_en}},
       {},
       {},
       true},
      {"store",
       "Where everything is kept.",
       {{"url", "sqlite:/var/lib/hejnal/hejnal.db", "sqlite:PATH", &Settings::store_path}},
       {},
       {}},
      {"http",
       "Pages and API. TLS is the work of a reverse proxy (docs/install.md).",
       {{"listen", "127.0.0.1:8080", "HOST:PORT", &Settings::http_listen},
        {"public_url", nullptr,
         "The address at which people reach it, e.g. \"https://pomoc.example\"; links in mails begin with it",
         &Settings::public_url}},
       {},
       {{"trusted_proxy",
         "Addresses of reverse proxies whose X-Forwarded-For is believed, e.g. [\"127.0.0.1\"]; what it says "
         "is only "
         "used to slow down who guesses passwords, and is shown in the audit log",
         &Settings::trusted_proxies}}},
      {"sign_in",
       "How people sign in to the console (docs/signing-in.md). Tokens of programs have nothing to do with "
       "it.",
       {{"totp", "optional",
         "\"optional\", or \"required\": who has no second factor can then only set one up",
         &Settings::totp}},
       {{"session_idle_minutes", 720, 5, 10'080, "A session ends after so many minutes without a request",
         &Settings::session_idle_minutes},
        {"session_days", 7, 1, 90, "And after so many days in any case", &Settings::session_days}},
       {}},
      {"email.in",
       "How mail comes in: LMTP from a mail server on the same machine, IMAP from a hosted mailbox "
       "([[email.in.imap]]), or both.",
       {{"lmtp", "", "HOST:PORT or unix:/PATH for Postfix to deliver to; empty: not used", &Settings::lmtp},
        {"authserv_id", "",
         "The id under which your own mail server writes Authentication-Results; empty: none is believed",
         &Settings::authserv_id}},
       {{"size_limit", 26'214'400, 10'000, 268'435'456, "The largest mail in bytes", &Settings::size_limit}},
       {}},
      {"email.out",
       "How mail goes out: a relay.",
       {{"smtp", "smtp://127.0.0.1:25", "smtp://HOST:PORT or smtps://HOST:PORT", &Settings::smtp},
        {"user", "", "For AUTH; empty: none", &Settings::smtp_user},
        {"password_file", "", "A file whose first line is the password", &Settings::smtp_password_file},
        {"starttls", "try", "\"none\", \"try\" or \"require\"", &Settings::smtp_starttls},
        {"ca_file", "", "Certificates to believe instead of the system's", &Settings::smtp_ca_file},
        {"host_name", "localhost", "Our name for EHLO", &Settings::host_name},
        {"recipient_delimiter", "",
         "\"+\" if your mail server delivers address+detail@domain to address@domain: bounces then name "
         "their mail",
         &Settings::recipient_delimiter}},
       {},
       {}},
      {"sms",
       "SMS, in and out (docs/sms.md). Without a [[sms.gateway]] nothing is sent by SMS.",
       {{"transliterate", "when_cheaper",
         "Whether letters such as \"ż\" are written plainly: \"when_cheaper\" (where that saves a segment), "
         "\"always\" or \"never\"",
         &Settings::transliterate}},
       {{"per_number", 20, 1, 100'000,
         "Automatic SMS to one number in an hour; alerts to the on-call person are not counted",
         &Settings::sms_per_number},
        {"total", 300, 1, 100'000'000, "Automatic SMS in an hour altogether", &Settings::sms_total}},
       {}},
      {"phone",
       "Telephone calls, and calling back (docs/phone.md).",
       {{"calls", "reject",
         "What a call gets while no failure is open: \"reject\" (the caller learns by SMS when we call back) "
         "or \"ring\" (it goes to the person on call)",
         &Settings::calls},
        {"awake", "08:00-20:00",
         "When callbacks are made: a due one rings after four hours of this time (in the desk's timezone)",
         &Settings::awake},
        {"secret_file", "",
         "A file whose first line is the secret in the address that a PBX asks; empty: none may ask",
         &Settings::phone_secret_file},
        {"twilio_token_file", "",
         "A file whose first line is the auth token that signs the calls of Twilio Voice; empty: none may "
         "ask",
         &Settings::twilio_token_file}},
       {{"told_within_minutes", 120, 0, 10'080,
         "Where a PBX or Twilio asks: by when what came of a call that was put through has to be told. Of "
         "one that "
         "nothing is told of a callback is owed; 0: none",
         &Settings::told_within_min}},
       {{"first", "Organisations, or domains of email addresses, that are called back before all others",
         &Settings::first_called_back}}},
      {"phone.sip",
       "Calls by SIP, from a trunk, an exchange or a provider (docs/phone.md). UDP and TCP.",
       {{"listen", "", "IP:PORT, usually of port 5060; empty: not used", &Settings::sip_listen},
        {"reject", "603",
         "What a rejected call gets: \"603\" (declined: it ends everywhere) or \"486\" (busy: other ways of "
         "the "
         "exchange go on)",
         &Settings::sip_reject},
        {"redirect_host", "",
         "HOST or HOST:PORT behind the number in a 302, with calls = \"ring\"; empty: where the call came "
         "from",
         &Settings::sip_redirect_host},
        {"register", "",
         "Where to register for calls, such as \"sip:provider.example\" (\";transport=tcp\" for TCP); empty: "
         "nowhere",
         &Settings::sip_register},
        {"user", "", "The account there", &Settings::sip_user},
        {"auth_user", "", "Its name for digest authentication, where that is another one",
         &Settings::sip_auth_user},
        {"password_file", "", "A file whose first line is its password", &Settings::sip_password_file},
        {"contact", "",
         "HOST:PORT under which the registrar reaches us, where that is not `listen` (behind NAT)",
         &Settings::sip_contact}},
       {{"register_seconds", 600, 60, 86'400, "For how long to register at a time",
         &Settings::sip_register_s},
        {"per_caller", 20, 1, 1'000'000,
         "Calls from one number in a minute; more get 480 and are not kept. Those who withhold their number "
         "count together, for each address",
         &Settings::sip_per_caller},
        {"per_address", 300, 1, 1'000'000, "Calls from one peer in a second", &Settings::sip_per_address},
        {"total", 400, 1, 1'000'000, "Calls in a second altogether", &Settings::sip_total}},
       {{"peers",
         "IP addresses of those who may call, besides the registrar; empty: with `register` the registrar "
         "alone, else whoever reaches the port",
         &Settings::sip_peers},
        {"trusted", "IP addresses of peers whose word on who calls is believed (P-Asserted-Identity)",
         &Settings::sip_trusted}}},
      {"phone.originate",
       "Calling back by a press: an exchange is asked, by one HTTP call, to ring at the agent first and then "
       "to put "
       "the client through (docs/phone.md). In url, body and headers {agent} {to} {agent_digits} {to_digits} "
       "{id} "
       "{user} {password} are filled in.",
       {{"url", "", "The address to call; empty: not used", &Settings::originate_url},
        {"method", "", "\"GET\", \"POST\" or \"PUT\"; empty: GET, with a body POST",
         &Settings::originate_method},
        {"body", "", "What is sent; without a Content-Type header it is a form", &Settings::originate_body},
        {"user", "", "Becomes {user}", &Settings::originate_user},
        {"password_file", "", "A file whose first line becomes {password}",
         &Settings::originate_password_file},
        {"ca_file", "", "Certificates to believe instead of the system's", &Settings::originate_ca_file}},
       {},
       {{"headers", "\"Name: value\"", &Settings::originate_headers}}},
      {"budget",
       "How much automatic mail may leave in an hour. Alerts to the on-call person are not counted.",
       {},
       {{"per_address", 20, 1, 100'000, "To one address", &Settings::budget_address},
        {"per_case", 10, 1, 100'000, "For one case", &Settings::budget_case},
        {"total", 1000, 1, 100'000'000, "Altogether", &Settings::budget_total}},
       {}},
  };
  return table;
}

const std::vector<Text<core::OnCall>>& on_call_rows() {
  static const std::vector<Text<core::OnCall>> rows = {
      {"name", nullptr, "Who it is", &core::OnCall::name},
      {"email", nullptr, "Alerts go there; an answer to an alert goes to the client", &core::OnCall::email},
      {"phone", "", "For alerts by SMS", &core::OnCall::phone}};
  return rows;
}

const std::vector<Text<ImapMailbox>>& imap_rows() {
  static const std::vector<Text<ImapMailbox>> rows = {
      {"url", nullptr, "imap://HOST:PORT or imaps://HOST:PORT", &ImapMailbox::url},
      {"user", nullptr, "The mailbox's user", &ImapMailbox::user},
      {"password_file", nullptr, "A file whose first line is the password", &ImapMailbox::password_file},
      {"folder", "INBOX", "The folder to read", &ImapMailbox::folder},
      {"starttls", "try", "\"none\", \"try\" or \"require\"", &ImapMailbox::starttls},
      {"ca_file", "", "Certificates to believe instead of the system's", &ImapMailbox::ca_file},
      {"after", "nothing",
       "What is done with a mail once it is ours: \"nothing\", \"seen\" or \"move:FOLDER\"",
       &ImapMailbox::after},
      {"use", "desk",
       "\"desk\", or \"reports\": of this mailbox only answers to our own reports are taken "
       "(docs/reporter.md), "
       "everything else is left alone",
       &ImapMailbox::use},
      {"import_since", "",
       "At the first contact, also take mail since this day (2026-01-31); empty: only new mail",
       &ImapMailbox::import_since}};
  return rows;
}

// Values stand in headers, commands and lines of protocols.
std::string one_text(TomlTable& table, const char* key, const char* standard, bool required) {
  std::string value = table.text(key, standard ? standard : "", required);
  if (collapse_space(value) != collapse_space(one_line(value)) ||
      value.find_first_of("\r\n\t") != std::string::npos)
    table.mistake(key, "a line break or another control character has no place here");
  return value;
}

// What people read on a page.
std::string lines_of_text(TomlTable& table, const char* key) {
  std::string value(trim(table.text(key)));
  for (const std::string_view line : split(value, '\n')) {
    if (collapse_space(line) != collapse_space(one_line(line)))
      table.mistake(key, "a control character other than a line break has no place here");
  }
  if (count_characters(value) > kLinesMax)
    table.mistake(key, fmt::format("at most {} characters have room", kLinesMax));
  return value;
}

template <class T>
void read_texts(TomlTable& table, const std::vector<Text<T>>& rows, T& into) {
  for (const Text<T>& row : rows)
    into.*row.field = one_text(table, row.key, row.standard, row.standard == nullptr);
}

void one_of(TomlTable& table, const char* key, const std::string& value,
            std::initializer_list<const char*> known) {
  std::string list;
  for (const char* k : known) {
    if (value == k) return;
    list += fmt::format("{}\"{}\"", list.empty() ? "" : " or ", k);
  }
  table.mistake(key, fmt::format("expected {}, found \"{}\"", list, value));
}

// Makes it what is kept; notes a mistake when it is none.
void read_address(TomlTable& table, const char* key, std::string& text) {
  if (text.empty()) return;  // said already, when it must be given
  if (const auto address = email_address(text)) {
    text = *address;
  } else {
    table.mistake(
        key, fmt::format("expected an address such as pomoc@firma.example, found \"{}\"", one_line(text)));
  }
}

void read_domain(TomlTable& table, const char* key, std::string& text) {
  if (const auto address = email_address("x@" + text)) {
    text = address->substr(2);
  } else {
    table.mistake(key, fmt::format("\"{}\" is no domain", one_line(text)));
  }
}

bool looks_like_phone(std::string_view text) {
  if (text.starts_with('+')) text.remove_prefix(1);
  const auto digits = std::count_if(text.begin(), text.end(), [](char c) { return c >= '0' && c <= '9'; });
  return text.find_first_not_of("0123456789 -./()") == std::string_view::npos && digits >= 7 && digits <= 15;
}

bool looks_like_listen(const std::string& text) {
  if (text.starts_with("unix:/")) return true;
  const auto colon = text.rfind(':');
  if (colon == std::string::npos || colon + 1 == text.size() || colon == 0) return false;
  if (text.find_first_not_of("0123456789", colon + 1) != std::string::npos || text.size() - colon > 6)
    return false;
  return std::atoi(text.c_str() + colon + 1) <= 65'535;
}

void read_ip_addresses(TomlTable& table, const char* key, std::vector<std::string>& list) {
  for (std::string& one : list) {
    if (const auto address = ip_address(one)) {
      one = *address;
    } else {
      table.mistake(key,
                    fmt::format("expected an IP address such as \"192.0.2.1\", found \"{}\"", one_line(one)));
    }
  }
}

bool is_host_and_port(std::string_view text) {
  return text.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789.-:[]") ==
         std::string_view::npos;
}

void examine_sip(TomlTable& table, Settings& s) {
  const auto colon = s.sip_listen.rfind(':');
  const bool good = s.sip_listen.empty() || (looks_like_listen(s.sip_listen) && ip_address(s.sip_listen) &&
                                             !s.sip_listen.starts_with("unix:"));
  if (!good) {
    table.mistake("listen", fmt::format("expected \"IP:PORT\" such as \"192.0.2.7:5060\", found \"{}\"",
                                        one_line(s.sip_listen)));
  }
  one_of(table, "reject", s.sip_reject, {"603", "486"});
  read_ip_addresses(table, "peers", s.sip_peers);
  read_ip_addresses(table, "trusted", s.sip_trusted);
  for (const std::string& one : s.sip_trusted) {
    if (!s.sip_peers.empty() && std::find(s.sip_peers.begin(), s.sip_peers.end(), one) == s.sip_peers.end())
      table.mistake("trusted", fmt::format("{} may not even call: it is not among the peers", one));
  }
  for (const auto& [key, value] :
       {std::pair("redirect_host", &s.sip_redirect_host), std::pair("contact", &s.sip_contact)}) {
    if (!is_host_and_port(*value))
      table.mistake(key, fmt::format("expected HOST or HOST:PORT, found \"{}\"", one_line(*value)));
  }
  if (s.sip_listen.empty()) {
    if (!s.sip_register.empty()) table.mistake("register", "it needs listen, where the calls then come in");
    return;
  }
  if (good && !is_local_listen(s.sip_listen) && s.sip_peers.empty()) {
    table.warning("listen",
                  fmt::format("whoever reaches {} can call under any number, and that number gets an SMS; "
                              "name the addresses of your trunk in peers",
                              s.sip_listen));
  }
  if (s.sip_register.empty()) return;
  if (!s.sip_register.starts_with("sip:") || s.sip_register.size() < 5 ||
      s.sip_register.find_first_of("<>@ \"") != std::string::npos) {
    table.mistake("register",
                  fmt::format("expected an address such as \"sip:provider.example\", found \"{}\"",
                              one_line(s.sip_register)));
  }
  if (s.sip_user.empty() || s.sip_user.find_first_of("<>@ \";:") != std::string::npos)
    table.mistake("user", "expected the account to register, such as \"48120000000\"");
  if (s.sip_password_file.empty())
    table.mistake("password_file", "expected the file with the account's password");
  const std::string host = s.sip_listen.substr(0, colon);
  if ((host == "0.0.0.0" || host == "[::]") && s.sip_contact.empty()) {
    table.mistake("contact",
                  "expected HOST:PORT under which the registrar reaches us, as listen does not tell it");
  }
}

void examine_originate(TomlTable& table, Settings& s) {
  if (s.originate_url.empty()) return;
  if (!s.originate_url.starts_with("http://") && !s.originate_url.starts_with("https://"))
    table.mistake("url", "expected an address with http:// or https://");
  const std::string all =
      s.originate_url + s.originate_body + fmt::format("{}", fmt::join(s.originate_headers, " "));
  for (const char* what : {"to", "agent"}) {
    if (all.find(fmt::format("{{{}}}", what)) == std::string::npos &&
        all.find(fmt::format("{{{}_digits}}", what)) == std::string::npos)
      table.mistake("url", fmt::format("neither it nor body has {{{}}}", what));
  }
  if (!s.originate_method.empty()) one_of(table, "method", s.originate_method, {"GET", "POST", "PUT"});
  for (const std::string& line : s.originate_headers) {
    const auto colon = line.find(':');
    if (colon == std::string::npos || colon == 0 || line.find_first_of("\r\n") != std::string::npos)
      table.mistake("headers", fmt::format("expected \"Name: value\", found \"{}\"", one_line(line)));
  }
}

// "08:00-20:00"
bool read_span(const std::string& text, int& from, int& to) {
  const auto minute = [&](std::size_t at) {
    const auto digit = [&](std::size_t i) { return text[i] - '0'; };
    for (const std::size_t i : {at, at + 1, at + 3, at + 4}) {
      if (text[i] < '0' || text[i] > '9') return -1;
    }
    if (text[at + 2] != ':') return -1;
    const int hour = digit(at) * 10 + digit(at + 1), past = digit(at + 3) * 10 + digit(at + 4);
    return hour > 24 || past > 59 ? -1 : hour * 60 + past;
  };
  if (text.size() != 11 || text[5] != '-') return false;
  from = minute(0);
  to = minute(6);
  return from >= 0 && to > from && to <= 24 * 60;
}

void examine(TomlTable& table, const std::string& section, Settings& s) {
  if (section == "desk") {
    read_address(table, "address", s.address);
    for (std::string& alias : s.aliases) read_address(table, "aliases", alias);
    for (std::string& domain : s.own_domains) read_domain(table, "own_domains", domain);
    one_of(table, "language", s.language, {"pl", "en"});
    if (const Status zone = check_zone(s.timezone); !zone) table.mistake("timezone", zone.error().what);
    if (s.country.starts_with('+')) s.country.erase(0, 1);
    if (s.country.empty() || s.country.size() > 3 ||
        s.country.find_first_not_of("0123456789") != std::string::npos) {
      table.mistake("country",
                    fmt::format("expected a calling code such as \"48\", found \"{}\"", s.country));
    }
  } else if (section == "store") {
    if (s.store_path.starts_with("sqlite:") && s.store_path.size() > 7) {
      s.store_path.erase(0, 7);
    } else {
      table.mistake("url", fmt::format("expected \"sqlite:PATH\", found \"{}\"", s.store_path));
    }
  } else if (section == "http") {
    if (!looks_like_listen(s.http_listen))
      table.mistake("listen", fmt::format("expected \"HOST:PORT\", found \"{}\"", s.http_listen));
    while (s.public_url.ends_with('/')) s.public_url.pop_back();
    if (!s.public_url.empty() && !s.public_url.starts_with("http://") &&
        !s.public_url.starts_with("https://")) {
      table.mistake(
          "public_url",
          fmt::format("expected an address such as \"https://pomoc.example\", found \"{}\"", s.public_url));
    }
    for (std::string& proxy : s.trusted_proxies) {
      if (const auto address = ip_address(proxy)) {
        proxy = *address;
      } else {
        table.mistake(
            "trusted_proxy",
            fmt::format("expected an IP address such as \"127.0.0.1\", found \"{}\"", one_line(proxy)));
      }
    }
  } else if (section == "sign_in") {
    one_of(table, "totp", s.totp, {"optional", "required"});
  } else if (section == "email.in") {
    if (!s.lmtp.empty() && !looks_like_listen(s.lmtp)) {
      table.mistake("lmtp", fmt::format("expected \"HOST:PORT\" or \"unix:/PATH\", found \"{}\"", s.lmtp));
    } else if (!s.lmtp.empty() && !is_local_listen(s.lmtp)) {
      table.warning("lmtp",
                    fmt::format("{} believes whoever reaches it from another machine: what it is told "
                                "of sender and recipient counts",
                                s.lmtp));
    }
  } else if (section == "sms") {
    one_of(table, "transliterate", s.transliterate, {"when_cheaper", "always", "never"});
  } else if (section == "phone") {
    one_of(table, "calls", s.calls, {"reject", "ring"});
    s.takes_calls = s.calls == "ring";
    if (!read_span(s.awake, s.wakes_minute, s.sleeps_minute))
      table.mistake("awake",
                    fmt::format("expected a span of one day such as \"08:00-20:00\", found \"{}\"", s.awake));
  } else if (section == "phone.sip") {
    examine_sip(table, s);
  } else if (section == "phone.originate") {
    examine_originate(table, s);
  } else if (section == "email.out") {
    one_of(table, "starttls", s.smtp_starttls, {"none", "try", "require"});
    const auto host = s.smtp.find("://");
    const bool has_host = host != std::string::npos && s.smtp.size() > host + 3 && s.smtp[host + 3] != ':';
    if ((!s.smtp.starts_with("smtp://") && !s.smtp.starts_with("smtps://")) || !has_host)
      table.mistake(
          "smtp",
          fmt::format("expected \"smtp://HOST:PORT\" or \"smtps://HOST:PORT\", found \"{}\"", s.smtp));
    if (s.recipient_delimiter.size() > 1)
      table.mistake("recipient_delimiter", "expected one sign, such as \"+\"");
  }
}

// Also with a detail behind the delimiter.
bool leads_to_the_desk(const Settings& s, const std::string& address) {
  std::string plain = address;
  const auto at = plain.find('@');
  const auto detail = s.recipient_delimiter.empty() ? at : plain.find(s.recipient_delimiter);
  if (at != std::string::npos && detail != std::string::npos && detail < at) plain.erase(detail, at - detail);
  return plain == s.address || std::find(s.aliases.begin(), s.aliases.end(), plain) != s.aliases.end();
}

std::string code(const char* standard) {
  return standard == nullptr ? "**required**" : *standard == '\0' ? "empty" : fmt::format("`{}`", standard);
}

}  // namespace

bool is_local_listen(std::string_view text) {
  const std::string_view host = text.substr(0, text.rfind(':'));
  return text.starts_with("unix:") || host.starts_with("127.") || host == "localhost" || host == "[::1]";
}

Result<Settings> read_settings(std::string_view text, const std::string& name) {
  TomlFile file(text, name);
  const auto complain = [&] { return fail(Fault::malformed, "{}", fmt::join(file.mistakes(), "\n")); };
  if (!file.mistakes().empty()) return complain();
  TomlTable root = file.root();
  Settings settings;
  static TomlFile empty("", "");
  for (const Section& section : sections()) {
    const std::string full = section.name;
    const auto dot = full.find('.');
    std::optional<TomlTable> table = root.table(full.substr(0, dot), full == "desk" || full == "http");
    if (table && dot != std::string::npos) table = table->table(full.substr(dot + 1));
    const bool given = table.has_value();
    if (!table) table = empty.root();  // every key has its standard value
    for (const Text<Settings>& row : section.texts)
      settings.*row.field = section.has_lines
                                ? lines_of_text(*table, row.key)
                                : one_text(*table, row.key, row.standard, given && row.standard == nullptr);
    for (const Number& row : section.numbers)
      settings.*row.field = table->integer(row.key, row.standard, row.min, row.max);
    for (const List& row : section.lists) settings.*row.field = table->texts(row.key);
    examine(*table, full, settings);
    if (full == "sms" && given) read_sms_gateways(*table, settings);
    if (full == "email.in" && given) {
      for (TomlTable& mailbox : table->tables("imap")) {
        ImapMailbox m;
        read_texts(mailbox, imap_rows(), m);
        one_of(mailbox, "starttls", m.starttls, {"none", "try", "require"});
        if (m.after != "nothing" && m.after != "seen" &&
            !(m.after.starts_with("move:") && m.after.size() > 5)) {
          mailbox.mistake(
              "after",
              fmt::format("expected \"nothing\", \"seen\" or \"move:FOLDER\", found \"{}\"", m.after));
        }
        one_of(mailbox, "use", m.use, {"desk", "reports"});
        if (m.use == "reports" && m.after != "nothing")
          mailbox.mistake("after",
                          "of a mailbox that is only looked at for reports nothing is moved or marked");
        m.quarantine = mailbox.texts("quarantine");
        for (const std::string& folder : m.quarantine) {
          if (folder.empty() || folder == m.folder)
            mailbox.mistake("quarantine", fmt::format("\"{}\" cannot be one: other folders are expected",
                                                      one_line(folder)));
        }
        settings.imap.push_back(std::move(m));
      }
    }
  }
  for (TomlTable& row : root.tables("on_call")) {
    core::OnCall person;
    read_texts(row, on_call_rows(), person);
    read_address(row, "email", person.email);
    if (leads_to_the_desk(settings, person.email))
      row.mistake("email",
                  fmt::format("{} is the desk itself: its alerts would come back as mail", person.email));
    if (!person.phone.empty() && !looks_like_phone(person.phone))
      row.mistake("phone", fmt::format("\"{}\" is no telephone number", person.phone));
    settings.on_call.push_back(std::move(person));
  }
  if (settings.on_call.empty())
    root.mistake("on_call", "expected at least one [[on_call]] with name and email: somebody has to be told");
  read_providers(root, settings);
  read_monitors(root, settings);
  read_heartbeats(root, settings);
  file.report_unknown_keys();
  if (!file.mistakes().empty()) return complain();
  if (settings.lmtp.empty() && settings.imap.empty())
    root.warning("email.in", "neither lmtp nor [[email.in.imap]]: mail comes in only by `hejnal deliver`");
  settings.warnings = file.warnings();
  return settings;
}

std::string settings_document() {
  std::string out =
      "# Configuration\n\n"
      "The settings file is TOML, `/etc/hejnal/hejnal.toml` where `script/install` put it. `hejnal check "
      "--config FILE` explains every mistake in it with\n"
      "file, line and column. An example stands in `packaging/hejnal.toml`. This page is written by the "
      "program itself\n"
      "(`hejnal check --document`), from the same table that reads the file.\n";
  const auto heading = [&](const std::string& title, const char* what) {
    out += fmt::format("\n## {}\n\n{}\n\n| key | default | |\n|---|---|---|\n", title, what);
  };
  for (const Section& section : sections()) {
    heading(fmt::format("`[{}]`", section.name), section.what);
    for (const auto& row : section.texts)
      out += fmt::format("| `{}` | {} | {} |\n", row.key, code(row.standard), row.what);
    for (const auto& row : section.numbers)
      out += fmt::format("| `{}` | `{}` | {}; from {} to {} |\n", row.key, row.standard, row.what, row.min,
                         row.max);
    for (const auto& row : section.lists)
      out += fmt::format("| `{}` | empty list | {} |\n", row.key, row.what);
    if (std::string_view(section.name) == "email.in") {
      heading("`[[email.in.imap]]`", "A mailbox to be read by IMAP, any number of them.");
      for (const auto& row : imap_rows())
        out += fmt::format("| `{}` | {} | {} |\n", row.key, code(row.standard), row.what);
      out +=
          "| `quarantine` | empty list | Folders such as \"Junk\" that are looked through, read-only, while "
          "an SMS "
          "waits for its email |\n";
    }
    if (std::string_view(section.name) == "sms") {
      heading("`[[sms.gateway]]`",
              "A gateway, in order of preference. In brackets: the kinds that have a key.");
      out += sms_gateway_document();
    }
  }
  heading("`[[on_call]]`",
          "Who is told, in this order; at least one person. After three unanswered critical alerts the next "
          "one is told as well.");
  for (const auto& row : on_call_rows())
    out += fmt::format("| `{}` | {} | {} |\n", row.key, code(row.standard), row.what);
  heading(
      "`[[provider]]`",
      "Whom we report to ourselves, any number of them (docs/reporter.md). The first one is meant where none "
      "is named.");
  out += provider_document();
  heading("`[[monitor]]`",
          "A monitoring system whose alerts become cases at our desk or reports to a provider "
          "(docs/monitoring.md), any number of them.");
  out += monitor_document();
  heading("`[[heartbeat]]`",
          "A monitoring system, or a job, that has to call regularly: its silence is reported "
          "(docs/monitoring.md). Any number of them.");
  out += heartbeat_document();
  return out;
}

}  // namespace hejnal::config

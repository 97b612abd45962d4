#include "config/sms_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::config {

namespace {

struct Row {
  const char* key;
  const char* kinds;  // which have it; empty: all
  const char* what;
  std::string SmsGateway::*field;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"name", "",
       "Of your choice: small letters, digits, hyphens. Stands in its address and in the health page",
       &SmsGateway::name},
      {"kind", "", "\"kannel\", \"smsapi\", \"twilio\", \"http\" or \"gammu\"", &SmsGateway::kind},
      {"url", "kannel smsapi twilio http",
       "Where an SMS is handed over. kannel: its sendsms, http: with {to} or {number}, {text}, {id}, {from}, "
       "{user}, "
       "{password} where they belong; the others know their own",
       &SmsGateway::url},
      {"user", "kannel twilio http", "kannel: sendsms-user; twilio: the AccountSid", &SmsGateway::user},
      {"password_file", "kannel smsapi twilio http",
       "A file whose first line is the password; smsapi: the OAuth token; twilio: the AuthToken",
       &SmsGateway::password_file},
      {"from", "kannel smsapi twilio http",
       "The sender: a number, or a registered name (which cannot be answered); twilio: also a "
       "MessagingServiceSid",
       &SmsGateway::from},
      {"secret_file", "",
       "A file whose first line (16 signs or more of A-Z a-z 0-9 - _) stands in the address at which the "
       "gateway "
       "calls in; without it nothing is heard from it, but from twilio, whose calls are signed",
       &SmsGateway::secret_file},
      {"callback", "", "Our address as the gateway reaches it, when that is not `public_url`",
       &SmsGateway::callback},
      {"ca_file", "kannel smsapi twilio http", "Certificates to believe instead of the system's",
       &SmsGateway::ca_file},
      {"method", "http", "\"GET\", \"POST\" or \"PUT\"; empty: POST where there is a body",
       &SmsGateway::method},
      {"body", "http", "With the same placeholders as `url`", &SmsGateway::body},
      {"success", "http", "Words that the answer to a good call holds; empty: any 2xx is good",
       &SmsGateway::success},
      {"spool", "gammu", "The outbox folder of gammu-smsd (`OutboxPath`)", &SmsGateway::spool}};
  return table;
}

bool has(const char* kinds, const std::string& kind) {
  if (*kinds == '\0') return true;
  for (const std::string_view one : split(kinds, ' ')) {
    if (one == kind) return true;
  }
  return false;
}

bool is_url(const std::string& text) { return text.starts_with("http://") || text.starts_with("https://"); }

void examine(TomlTable& table, SmsGateway& g, const std::vector<SmsGateway>& others) {
  const auto need = [&](const char* key, const std::string& value, const char* why) {
    if (value.empty()) table.mistake(key, fmt::format("a gateway of kind \"{}\" needs it: {}", g.kind, why));
  };
  if (!g.name.empty() &&
      (g.name.size() > 20 ||
       g.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)) {
    table.mistake("name",
                  fmt::format("expected up to 20 small letters, digits and hyphens, found \"{}\"", g.name));
  }
  if (std::any_of(others.begin(), others.end(), [&](const SmsGateway& o) { return o.name == g.name; }))
    table.mistake("name", fmt::format("there is another gateway named \"{}\"", g.name));
  if (!has("kannel smsapi twilio http gammu", g.kind)) {
    if (!g.kind.empty())
      table.mistake(
          "kind",
          fmt::format("expected \"kannel\", \"smsapi\", \"twilio\", \"http\" or \"gammu\", found \"{}\"",
                      g.kind));
    return;
  }
  for (const Row& row : rows()) {
    if (!has(row.kinds, g.kind) && table.has(row.key))
      table.mistake(row.key, fmt::format("a gateway of kind \"{}\" has no use for it", g.kind));
  }
  if (!g.headers.empty() && g.kind != "http")
    table.mistake("headers", fmt::format("a gateway of kind \"{}\" has no use for it", g.kind));
  for (const auto& [key, value] : {std::pair("url", &g.url), std::pair("callback", &g.callback)}) {
    if (!value->empty() && !is_url(*value))
      table.mistake(key, fmt::format("expected an address with http:// or https://, found \"{}\"", *value));
  }
  while (g.callback.ends_with('/')) g.callback.pop_back();
  if (g.kind == "kannel") {
    need("url", g.url, "such as \"http://127.0.0.1:13013/cgi-bin/sendsms\"");
    need("user", g.user, "the username of its sendsms-user group");
    need("password_file", g.password_file, "the password of its sendsms-user group");
  } else if (g.kind == "smsapi") {
    need("password_file", g.password_file, "the OAuth token of the panel");
  } else if (g.kind == "twilio") {
    need("user", g.user, "the AccountSid");
    need("password_file", g.password_file, "the AuthToken, which also signs what comes in");
    need("from", g.from, "a number of yours at Twilio, or a MessagingServiceSid");
  } else if (g.kind == "http") {
    need("url", g.url, "such as \"https://gateway.example/send?to={to}&text={text}\"");
    const std::string both = g.url + g.body;
    if (!g.url.empty() &&
        (both.find("{text}") == std::string::npos ||
         (both.find("{to}") == std::string::npos && both.find("{number}") == std::string::npos))) {
      table.mistake("url", "neither it nor body has both {text} and one of {to} and {number}");
    }
    if (!has(" GET POST PUT", g.method))
      table.mistake("method", fmt::format("expected \"GET\", \"POST\" or \"PUT\", found \"{}\"", g.method));
    for (const std::string& line : g.headers) {
      const auto colon = line.find(':');
      if (colon == std::string::npos || colon == 0 || line.find_first_of("\r\n") != std::string::npos)
        table.mistake("headers", fmt::format("expected \"Name: value\", found \"{}\"", one_line(line)));
    }
  } else if (g.kind == "gammu") {
    need("spool", g.spool, "the folder that gammu-smsd's OutboxPath names");
  }
}

}  // namespace

void read_sms_gateways(TomlTable& sms, Settings& settings) {
  for (TomlTable& table : sms.tables("gateway")) {
    SmsGateway g;
    for (const Row& row : rows()) {
      const bool required = row.field == &SmsGateway::name || row.field == &SmsGateway::kind;
      g.*row.field = table.text(row.key, "", required);
      if ((g.*row.field).find_first_of("\r\n\t") != std::string::npos)
        table.mistake(row.key, "a line break or another control character has no place here");
    }
    g.headers = table.texts("headers");
    g.timeout_s = table.integer("timeout_s", 30, 1, 300);
    g.price = table.integer("price", 0, 0, 1'000'000);
    g.monthly_cap = table.integer("monthly_cap", 0, 0, 1'000'000'000);
    if (g.monthly_cap > 0 && g.price == 0) table.mistake("monthly_cap", "it needs a price");
    examine(table, g, settings.sms);
    settings.sms.push_back(std::move(g));
  }
}

std::string sms_gateway_document() {
  std::string out;
  for (const Row& row : rows()) {
    const bool required = row.field == &SmsGateway::name || row.field == &SmsGateway::kind;
    out += fmt::format("| `{}` | {} | {}{} |\n", row.key, required ? "**required**" : "empty",
                       *row.kinds == '\0' ? "" : fmt::format("({}) ", row.kinds), row.what);
  }
  out += "| `headers` | empty list | (http) \"Name: value\", with the same placeholders as `url` |\n";
  out += "| `timeout_s` | `30` | Seconds until an answer must be there; from 1 to 300 |\n";
  out += "| `price` | `0` | Of one segment, in hundredths of your currency; from 0 to 1000000 |\n";
  out +=
      "| `monthly_cap` | `0` | So much may it cost in a month, in hundredths; 0: no cap. From 80 % on the "
      "health page "
      "warns; above it only alerts leave by this gateway |\n";
  return out;
}

}  // namespace hejnal::config

#include "config/provider_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/email_address.hpp"
#include "base/text.hpp"

namespace hejnal::config {

namespace {

struct Row {
  const char* key;
  const char* standard;  // shown; nullptr: must be given
  const char* what;
  std::string Provider::*field;
};

const std::vector<Row>& rows() {
  static const std::vector<Row> table = {
      {"name", nullptr, "Of your choice: small letters, digits, hyphens. `hejnal report --provider` takes it",
       &Provider::name},
      {"title", "", "As it is shown to people; empty: the name", &Provider::title},
      {"email", "", "Where reports go; empty: only SMS", &Provider::email},
      {"sms_number", "", "Where the short SMS goes; empty: only email", &Provider::sms_number},
      {"procedure", "",
       "A file with the provider's own contact procedure (docs/procedure.md); empty: the built-in one",
       &Provider::procedure},
      {"language", "", "\"pl\" or \"en\": of what is written to the provider; empty: the desk's",
       &Provider::language},
      {"from", "", "Our address, to which the provider answers; empty: the desk's", &Provider::from},
      {"from_name", "", "Who writes; empty: the desk's name", &Provider::from_name},
      {"tell", "", "Who of us hears what has come of a report; empty: the first of [[on_call]]",
       &Provider::tell}};
  return table;
}

void read_address(TomlTable& table, const char* key, std::string& text) {
  if (text.empty()) return;
  if (const auto address = email_address(text)) {
    text = *address;
  } else {
    table.mistake(
        key, fmt::format("expected an address such as pomoc@firma.example, found \"{}\"", one_line(text)));
  }
}

// "critical: awaria@wsparcie.example"
void read_addresses(TomlTable& table, Provider& p) {
  for (const std::string& line : table.texts("addresses")) {
    const auto colon = line.find(':');
    const std::string class_name(trim(std::string_view(line).substr(0, colon)));
    const auto address = colon == std::string::npos
                             ? std::nullopt
                             : email_address(trim(std::string_view(line).substr(colon + 1)));
    if (!address || class_name.empty()) {
      table.mistake("addresses",
                    fmt::format("expected \"critical: awaria@firma.example\", found \"{}\"", one_line(line)));
      continue;
    }
    p.addresses.emplace_back(class_name, *address);
  }
}

void read_answers_from(TomlTable& table, Provider& p) {
  for (std::string& one : p.answers_from = table.texts("answers_from")) {
    const bool whole = one.find('@') != std::string::npos;
    if (const auto address = email_address(whole ? one : "x@" + one)) {
      one = whole ? *address : address->substr(2);
    } else {
      table.mistake("answers_from", fmt::format("\"{}\" is neither an address nor a domain", one_line(one)));
    }
  }
}

void examine(TomlTable& table, Provider& p, const std::vector<Provider>& others) {
  if (!p.name.empty() &&
      (p.name.size() > 40 ||
       p.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)) {
    table.mistake("name",
                  fmt::format("expected up to 40 small letters, digits and hyphens, found \"{}\"", p.name));
  }
  if (std::any_of(others.begin(), others.end(), [&](const Provider& o) { return o.name == p.name; }))
    table.mistake("name", fmt::format("there is another provider named \"{}\"", p.name));
  for (const auto& [key, value] :
       {std::pair("email", &p.email), std::pair("from", &p.from), std::pair("tell", &p.tell)})
    read_address(table, key, *value);
  if (p.email.empty() && p.sms_number.empty())
    table.mistake("email", "a provider needs an address, or an sms_number, or both");
  if (!p.language.empty() && p.language != "pl" && p.language != "en")
    table.mistake("language", fmt::format("expected \"pl\" or \"en\", found \"{}\"", p.language));
  const auto digits =
      std::count_if(p.sms_number.begin(), p.sms_number.end(), [](char c) { return c >= '0' && c <= '9'; });
  if (!p.sms_number.empty() &&
      (p.sms_number.find_first_not_of("+0123456789 -") != std::string::npos || digits < 7 || digits > 15))
    table.mistake("sms_number", fmt::format("\"{}\" is no telephone number", one_line(p.sms_number)));
  if (!p.email.empty() && p.email == p.from)
    table.mistake("email", fmt::format("{} is our own address: we would write to ourselves", p.email));
}

}  // namespace

void read_providers(TomlTable& root, Settings& settings) {
  for (TomlTable& table : root.tables("provider")) {
    Provider p;
    for (const Row& row : rows()) {
      p.*row.field = table.text(row.key, "", row.standard == nullptr);
      if ((p.*row.field).find_first_of("\r\n\t") != std::string::npos)
        table.mistake(row.key, "a line break or another control character has no place here");
    }
    if (p.title.empty()) p.title = p.name;
    if (p.language.empty()) p.language = settings.language;
    if (p.from.empty()) p.from = settings.address;
    if (p.from_name.empty()) p.from_name = settings.name;
    if (p.tell.empty() && !settings.on_call.empty()) p.tell = settings.on_call.front().email;
    p.receipt_stops = table.boolean("receipt_stops", false);
    p.callback_after = table.duration("callback_after", 24h);
    p.storm = table.integer("storm", 10, 0, 10'000);
    read_addresses(table, p);
    read_answers_from(table, p);
    p.gateways = table.texts("gateways");
    examine(table, p, settings.providers);
    settings.providers.push_back(std::move(p));
  }
}

std::string provider_document() {
  std::string out;
  for (const Row& row : rows())
    out += fmt::format("| `{}` | {} | {} |\n", row.key, row.standard == nullptr ? "**required**" : "empty",
                       row.what);
  out +=
      "| `addresses` | empty list | Of single classes, where they differ: [\"critical: "
      "awaria@firma.example\"] |\n"
      "| `answers_from` | empty list | Other addresses, or whole domains, from which the provider's people "
      "answer |\n"
      "| `gateways` | empty list | The names of the `[[sms.gateway]]` that SMS to it go by; empty: all of "
      "them |\n"
      "| `receipt_stops` | `false` | A receipt alone ends the steps. Else it changes only what the second "
      "email says |\n"
      "| `callback_after` | `24h` | So long after a rejected call we are reminded of the callback |\n"
      "| `storm` | `10` | So many new reports of one class leave within an hour, those of alerts and those "
      "of people "
      "counted apart; more are held until there is room, and you are told. 0: any number |\n";
  return out;
}

}  // namespace hejnal::config

// The settings file: what is read, and every mistake with its place.
#include "config/settings.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace hejnal::config {

namespace {

constexpr const char* kGood = R"([desk]
name = "Wsparcie"
address = "pomoc@wsparcie.example"
[http]
public_url = "https://pomoc.example/"
[[on_call]]
name = "Piotr"
email = "dyzur@wsparcie.example"
)";

std::string mistakes(const std::string& text) {
  const auto settings = read_settings(text, "hejnal.toml");
  EXPECT_TRUE(settings || settings.error().fault == Fault::malformed);
  return settings ? "" : settings.error().what;
}

}  // namespace

TEST(Settings, TheShortestFileHasAllStandardValues) {
  const auto settings = read_settings(kGood, "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->language, "pl");
  EXPECT_EQ(settings->timezone, "Europe/Warsaw");
  EXPECT_EQ(settings->store_path, "/var/lib/hejnal/hejnal.db");
  EXPECT_EQ(settings->http_listen, "127.0.0.1:8080");
  EXPECT_EQ(settings->public_url, "https://pomoc.example");  // without the slash at its end
  EXPECT_EQ(settings->smtp, "smtp://127.0.0.1:25");
  EXPECT_EQ(settings->size_limit, 26'214'400);
  EXPECT_EQ(settings->budget_address, 20);
  EXPECT_EQ(settings->country, "48");
  ASSERT_EQ(settings->on_call.size(), 1u);
  EXPECT_EQ(settings->on_call[0].phone, "");
  EXPECT_TRUE(settings->imap.empty());
}

TEST(Settings, EverythingThatCanBeSaid) {
  const auto settings = read_settings(std::string(kGood) + R"(
phone = "+48600000001"
[[on_call]]
name = "Ewa"
email = "ewa@wsparcie.example"
[store]
url = "sqlite:/tmp/h.db"
[email.in]
lmtp = "unix:/run/hejnal/lmtp"
size_limit = 1000000
[[email.in.imap]]
url = "imaps://imap.example:993"
user = "pomoc"
password_file = "/etc/secret"
after = "move:Hejnal"
[email.out]
smtp = "smtps://relay.example:465"
recipient_delimiter = "+"
[budget]
total = 5
[desk.banner]
pl = """
W święta odpowiadamy
tylko na zgłoszenia krytyczne.
"""
)",
                                      "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->store_path, "/tmp/h.db");
  EXPECT_EQ(settings->lmtp, "unix:/run/hejnal/lmtp");
  EXPECT_EQ(settings->budget_total, 5);
  EXPECT_EQ(settings->banner_pl, "W święta odpowiadamy\ntylko na zgłoszenia krytyczne.");
  EXPECT_EQ(settings->banner_en, "");
  EXPECT_EQ(settings->on_call.size(), 2u);
  EXPECT_EQ(settings->on_call[0].phone, "+48600000001");
  ASSERT_EQ(settings->imap.size(), 1u);
  EXPECT_EQ(settings->imap[0].folder, "INBOX");
  EXPECT_EQ(settings->imap[0].after, "move:Hejnal");
}

TEST(Settings, ABannerHasRoomForSomeSentences) {
  const std::string text = std::string(kGood) + "[desk.banner]\nen = \"" + std::string(1001, 'x') + "\"\n";
  EXPECT_EQ(mistakes(text), "hejnal.toml:10:6: desk.banner.en: at most 1000 characters have room");
}

TEST(Settings, AMistakeIsToldWithItsPlace) {
  const struct {
    const char *wrong, *right, *what;  // `wrong` stands in the file in the place of `right`
  } rows[] = {
      {"name = Wsparcie", "name = \"Wsparcie\"",
       "hejnal.toml:2:8: Error while parsing value: could not determine value type"},
      {"name = 5", "name = \"Wsparcie\"",
       "hejnal.toml:2:8: desk.name: expected a text in quotes, found a whole number"},
      {"", "name = \"Wsparcie\"\n", "hejnal.toml:1:1: desk.name: is missing; expected a text in quotes"},
      {"nmae = \"Wsparcie\"", "name = \"Wsparcie\"",
       "hejnal.toml:1:1: desk.name: is missing; expected a text in quotes\n"
       "hejnal.toml:2:1: there is no setting \"desk.nmae\""},
      {"address = \"pomoc\"", "address = \"pomoc@wsparcie.example\"",
       "hejnal.toml:3:11: desk.address: expected an address such as pomoc@firma.example, found \"pomoc\""},
      {"address = \"Pomoc <a@b>\"", "address = \"pomoc@wsparcie.example\"",
       "hejnal.toml:3:11: desk.address: expected an address such as pomoc@firma.example, found \"Pomoc "
       "<a@b>\""},
      {"public_url = \"pomoc.example\"", "public_url = \"https://pomoc.example/\"",
       "hejnal.toml:5:14: http.public_url: expected an address such as \"https://pomoc.example\", found "
       "\"pomoc.example\""},
      {"[htpp]", "[http]",
       "hejnal.toml:1:1: http: is missing; expected a table\n"
       "hejnal.toml:4:2: there is no setting \"htpp\""},
      {"email = \"dyzur\"", "email = \"dyzur@wsparcie.example\"",
       "hejnal.toml:8:9: on_call.email: expected an address such as pomoc@firma.example, found \"dyzur\""},
      {"email = \"Pomoc@wsparcie.example\"", "email = \"dyzur@wsparcie.example\"",
       "hejnal.toml:8:9: on_call.email: pomoc@wsparcie.example is the desk itself: its alerts would come "
       "back as "
       "mail"},
      {"email = \"a@b\"\nphone = \"12\"", "email = \"dyzur@wsparcie.example\"",
       "hejnal.toml:9:9: on_call.phone: \"12\" is no telephone number"},
      {"name = \"a\\nb\"", "name = \"Wsparcie\"",
       "hejnal.toml:2:8: desk.name: a line break or another control character has no place here"},
      {"[desk.banner]\nen = \"a\\u001Bb\"\n[http]", "[http]",
       "hejnal.toml:5:6: desk.banner.en: a control character other than a line break has no place here"},
      {"[desk.banner]\nde = \"Wichtig\"\n[http]", "[http]",
       "hejnal.toml:5:1: there is no setting \"desk.banner.de\""},
      {"[desk]\nown_domains = [\"@a\"]", "[desk]", "hejnal.toml:2:15: desk.own_domains: \"@a\" is no domain"},
      {"[on_call]", "[[on_call]]",
       "hejnal.toml:6:1: on_call: expected one or more [[tables]], found a table\n"
       "hejnal.toml:6:1: on_call: expected at least one [[on_call]] with name and email: somebody has to be "
       "told\n"
       "hejnal.toml:8:1: there is no setting \"on_call.email\"\n"
       "hejnal.toml:7:1: there is no setting \"on_call.name\""},
      {"[[on_call]]\nname = \"Ola\"\n[[on_call]]", "[[on_call]]",
       "hejnal.toml:6:1: on_call.email: is missing; expected a text in quotes"},
      {"[desk]\n[desk]", "[desk]",
       "hejnal.toml:2:1: Error while parsing table header: cannot redefine existing table 'desk'"},
      {"[desk]\nlanguage = \"de\"", "[desk]",
       "hejnal.toml:2:12: desk.language: expected \"pl\" or \"en\", found \"de\""},
      {"[desk]\ntimezone = \"Europe/Krakow\"", "[desk]",
       "hejnal.toml:2:12: desk.timezone: there is no time zone \"Europe/Krakow\"; expected an IANA name such "
       "as Europe/Warsaw"},
      {"[desk]\ncountry = \"PL\"", "[desk]",
       "hejnal.toml:2:11: desk.country: expected a calling code such as \"48\", found \"PL\""},
      {"[desk]\naliases = \"a@b\"", "[desk]",
       "hejnal.toml:2:11: desk.aliases: expected a list of texts, found a text in quotes"},
      {"[desk]\naliases = [\"a@b\", 5]", "[desk]",
       "hejnal.toml:2:11: desk.aliases: expected a list of texts, found a whole number in it"},
      {"[desk]\naliases = [\"a\"]", "[desk]",
       "hejnal.toml:2:11: desk.aliases: expected an address such as pomoc@firma.example, found \"a\""},
      {"[http]\nlisten = \"8080\"", "[http]",
       "hejnal.toml:5:10: http.listen: expected \"HOST:PORT\", found \"8080\""},
      {"[store]\nurl = \"postgres:x\"\n[http]", "[http]",
       "hejnal.toml:5:7: store.url: expected \"sqlite:PATH\", found \"postgres:x\""},
      {"[budget]\nper_case = 0\n[http]", "[http]",
       "hejnal.toml:5:12: budget.per_case: expected a whole number from 1 to 100000, found 0"},
      {"[budget]\nper_case = \"5\"\n[http]", "[http]",
       "hejnal.toml:5:12: budget.per_case: expected a whole number, found a text in quotes"},
      {"[budget]\nper_case = 5.5\n[http]", "[http]",
       "hejnal.toml:5:12: budget.per_case: expected a whole number, found a number"},
      {"[email.in]\nlmtp = \"2424\"\n[http]", "[http]",
       "hejnal.toml:5:8: email.in.lmtp: expected \"HOST:PORT\" or \"unix:/PATH\", found \"2424\""},
      {"[email.out]\nstarttls = \"yes\"\n[http]", "[http]",
       "hejnal.toml:5:12: email.out.starttls: expected \"none\" or \"try\" or \"require\", found \"yes\""},
      {"[email.out]\nsmtp = \"relay\"\n[http]", "[http]",
       "hejnal.toml:5:8: email.out.smtp: expected \"smtp://HOST:PORT\" or \"smtps://HOST:PORT\", found "
       "\"relay\""},
      {"[email.out]\nrecipient_delimiter = \"++\"\n[http]", "[http]",
       "hejnal.toml:5:23: email.out.recipient_delimiter: expected one sign, such as \"+\""},
      {"[email.sideways]\nsmtp = \"relay\"\n[http]", "[http]",
       "hejnal.toml:4:8: there is no setting \"email.sideways\""},
      {"[[email.in.imap]]\nurl = \"imap://x\"\nuser = \"u\"\nafter = \"delete\"\n[http]", "[http]",
       "hejnal.toml:4:1: email.in.imap.password_file: is missing; expected a text in quotes\n"
       "hejnal.toml:7:9: email.in.imap.after: expected \"nothing\", \"seen\" or \"move:FOLDER\", found "
       "\"delete\""},
      {"[email]\nin = 5\n[http]", "[http]",
       "hejnal.toml:5:6: email.in: expected a table, found a whole number"},
      {"[desk]\nname_ = \"\xFF\"", "[desk]", "hejnal.toml:2:9: Encountered invalid utf-8 sequence"},
      {"[desk]\nphone = 2026-01-01", "[desk]",
       "hejnal.toml:2:9: desk.phone: expected a text in quotes, found a date or time"},
  };
  for (const auto& row : rows) {
    std::string text = kGood;
    const auto at = text.find(row.right);
    ASSERT_NE(at, std::string::npos) << row.right;
    text.replace(at, std::string_view(row.right).size(), row.wrong);
    EXPECT_EQ(mistakes(text), row.what) << row.wrong;
  }
}

TEST(Settings, AProviderTakesFromTheDeskWhatItDoesNotSay) {
  const auto settings = read_settings(std::string(kGood) + R"(
[[provider]]
name = "short"
email = "Pomoc@W.Example"
[[provider]]
name = "long"
title = "Długi"
sms_number = "+48 600 000 000"
language = "en"
from = "jan@klient.example"
from_name = "Jan"
tell = "szef@klient.example"
addresses = ["critical: awaria@w.example"]
answers_from = ["Support.Example", "Ola@x.example"]
receipt_stops = true
callback_after = "2h"
)",
                                      "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  ASSERT_EQ(settings->providers.size(), 2u);
  const Provider& first = settings->providers[0];
  EXPECT_EQ(first.title, "short");
  EXPECT_EQ(first.email, "pomoc@w.example");
  EXPECT_EQ(first.language, "pl");
  EXPECT_EQ(first.from, "pomoc@wsparcie.example");
  EXPECT_EQ(first.from_name, "Wsparcie");
  EXPECT_EQ(first.tell, "dyzur@wsparcie.example");
  EXPECT_FALSE(first.receipt_stops);
  EXPECT_EQ(first.callback_after, 24h);
  const Provider& second = settings->providers[1];
  EXPECT_EQ(second.title, "Długi");
  EXPECT_EQ(second.language, "en");
  EXPECT_EQ(second.tell, "szef@klient.example");
  EXPECT_EQ(second.addresses.at(0).first, "critical");
  EXPECT_EQ(second.addresses.at(0).second, "awaria@w.example");
  EXPECT_EQ(second.answers_from.at(0), "support.example");
  EXPECT_TRUE(second.receipt_stops);
  EXPECT_EQ(second.callback_after, 2h);
}

TEST(Settings, WhatIsSeldomMeantIsAWarning) {
  const auto warnings = [](const std::string& text) {
    const auto settings = read_settings(kGood + text, "hejnal.toml");
    EXPECT_TRUE(settings) << settings.error().what;
    return settings ? settings->warnings : std::vector<std::string>();
  };
  EXPECT_EQ(warnings(""), std::vector<std::string>{"hejnal.toml:1:1: warning: email.in: neither lmtp nor "
                                                   "[[email.in.imap]]: mail comes in only by `hejnal "
                                                   "deliver`"});
  EXPECT_EQ(warnings("[email.in]\nlmtp = \"0.0.0.0:24\"\n"),
            std::vector<std::string>{"hejnal.toml:10:8: warning: email.in.lmtp: 0.0.0.0:24 believes whoever "
                                     "reaches it from another machine: what it is told of sender and "
                                     "recipient counts"});
  for (const char* listen : {"127.0.0.1:24", "[::1]:24", "localhost:24", "unix:/run/x"})
    EXPECT_TRUE(warnings(fmt::format("[email.in]\nlmtp = \"{}\"\n", listen)).empty()) << listen;
}

TEST(Settings, AControlCharacterIsToldWithItsPlace) {
  EXPECT_EQ(mistakes("[desk]\n[\x01"), "hejnal.toml:2:2: a control character (0x01) has no place here");
  EXPECT_EQ(mistakes(std::string("\0", 1)), "hejnal.toml:1:1: a control character (0x00) has no place here");
  EXPECT_EQ(mistakes("a = \"\x7F\""), "hejnal.toml:1:6: a control character (0x7f) has no place here");
}

// Somebody writes the keys in Polish, or pastes a no-break space.
TEST(Settings, LettersOutsideOfQuotes) {
  EXPECT_EQ(mistakes("język = \"pl\""),
            "hejnal.toml:1:2: Error while parsing key-value pair: expected '=', saw 'ę'");
  EXPECT_EQ(mistakes("ł"),
            "hejnal.toml:1:1: Error while parsing root table: expected keys, tables, whitespace or comments, "
            "saw 'ł'");
  EXPECT_EQ(mistakes("[desk]\nname = łąka"),
            "hejnal.toml:2:8: Error while parsing value: could not determine value type");
  EXPECT_EQ(mistakes("[desk]\nname\xC2\xA0= \"a\" ó"),
            "hejnal.toml:2:5: Error while parsing key: expected space or tab, saw '\\u00A0'");
  EXPECT_EQ(mistakes("[desk]\nname = \"\"\"a\\\n  łąka\"\"\""),
            "hejnal.toml:1:1: desk.address: is missing; expected a text in quotes\n"
            "hejnal.toml:1:1: http: is missing; expected a table\n"
            "hejnal.toml:1:1: on_call: expected at least one [[on_call]] with name and email: somebody has "
            "to be told");
}

TEST(Settings, TheEmptyFileTellsAllThatIsMissing) {
  EXPECT_EQ(mistakes(""),
            "hejnal.toml:1:1: desk: is missing; expected a table\n"
            "hejnal.toml:1:1: http: is missing; expected a table\n"
            "hejnal.toml:1:1: on_call: expected at least one [[on_call]] with name and email: somebody has "
            "to be told");
}

TEST(Settings, TheDocumentNamesEveryKey) {
  const std::string page = settings_document();
  for (const char* key :
       {"`[desk]`", "`[store]`", "`[http]`", "`[email.in]`", "`[[email.in.imap]]`", "`[email.out]`",
        "`[budget]`", "`[[on_call]]`", "| `public_url` | **required** |", "| `size_limit` | `26214400` |"})
    EXPECT_NE(page.find(key), std::string::npos) << key;
}

TEST(Settings, CallsBySip) {
  const auto settings = read_settings(std::string(kGood) + R"([phone.sip]
listen = "192.0.2.7:5060"
reject = "486"
peers = ["198.51.100.10", "2001:0db8::1"]
trusted = ["198.51.100.10"]
register = "sip:provider.example;transport=tcp"
user = "48120000000"
password_file = "/etc/hejnal/sip"
)",
                                      "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->sip_listen, "192.0.2.7:5060");
  EXPECT_EQ(settings->sip_peers, (std::vector<std::string>{"198.51.100.10", "2001:db8::1"}));
  EXPECT_EQ(settings->sip_register_s, 600);
  EXPECT_EQ(settings->sip_per_caller, 20);
  EXPECT_TRUE(read_settings(kGood, "hejnal.toml")->sip_listen.empty());
  const auto with = [](const std::string& lines) { return mistakes(kGood + ("[phone.sip]\n" + lines)); };
  for (const char* lines :
       {"listen = \"localhost:5060\"\n", "listen = \"unix:/run/sip\"\n", "listen = \"192.0.2.7\"\n",
        "listen = \":5060\"\n", "listen = \"192.0.2.7:99999\"\n"})
    EXPECT_NE(with(lines).find("IP:PORT"), std::string::npos) << lines << with(lines);
  EXPECT_NE(with("reject = \"404\"\n").find("hejnal.toml:10:"), std::string::npos);
  EXPECT_NE(with("register = \"sip:x\"\n").find("it needs listen"), std::string::npos);
}

TEST(Settings, CallingBackByAnExchange) {
  const auto with = [](const std::string& lines) {
    return mistakes(kGood + ("[phone.originate]\n" + lines));
  };
  EXPECT_EQ(with("url = \"http://pbx.example/?a={agent_digits}\"\nbody = \"{to}\"\nheaders = [\"X: y\"]\n"),
            "");
  EXPECT_NE(with("url = \"http://pbx.example/?a={agent}\"\n").find("{to}"), std::string::npos);
  EXPECT_NE(with("url = \"pbx.example/{agent}{to}\"\n").find("http://"), std::string::npos);
  EXPECT_NE(with("url = \"http://x/{agent}{to}\"\nheaders = [\"X\"]\n").find("Name: value"),
            std::string::npos);
  EXPECT_NE(with("url = \"http://x/{agent}{to}\"\nmethod = \"DELETE\"\n").find("\"PUT\""), std::string::npos);
}

TEST(Settings, SmsGateways) {
  const auto settings = read_settings(std::string(kGood) + R"(
[sms]
transliterate = "always"
per_number = 5
[[sms.gateway]]
name = "kannel"
kind = "kannel"
url = "http://127.0.0.1:13013/cgi-bin/sendsms"
user = "hejnal"
password_file = "/etc/hejnal/kannel.password"
secret_file = "/etc/hejnal/kannel.secret"
callback = "http://127.0.0.1:8080/"
[[sms.gateway]]
name = "backup"
kind = "http"
url = "https://gw.example/send"
body = '{"to":"{to}","text":"{text}"}'
headers = ["Content-Type: application/json"]
price = 7
monthly_cap = 5000
)",
                                      "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->transliterate, "always");
  ASSERT_EQ(settings->sms.size(), 2u);
  EXPECT_EQ(settings->sms[0].callback, "http://127.0.0.1:8080");
  EXPECT_EQ(settings->sms[1].monthly_cap, 5000);
  EXPECT_EQ(settings->sms[1].headers.size(), 1u);
}

TEST(Settings, EveryMistakeInAnSmsGatewayIsExplained) {
  const auto of = [](const std::string& gateway) {
    return mistakes(std::string(kGood) + "[[sms.gateway]]\n" + gateway);
  };
  const std::pair<const char*, const char*> table[] = {
      {"", "hejnal.toml:9:1: sms.gateway.name: "},
      {"name = \"a\"\nkind = \"pigeon\"", "found \"pigeon\""},
      {"name = \"A b\"\nkind = \"smsapi\"\npassword_file = \"/x\"", "expected up to 20 small letters"},
      {"name = \"a\"\nkind = \"kannel\"", "needs it: such as \"http://127.0.0.1:13013/cgi-bin/sendsms\""},
      {"name = \"a\"\nkind = \"smsapi\"", "the OAuth token"},
      {"name = \"a\"\nkind = \"smsapi\"\npassword_file = \"/x\"\nspool = \"/y\"", "has no use for it"},
      {"name = \"a\"\nkind = \"twilio\"\npassword_file = \"/x\"\nuser = \"AC\"", "MessagingServiceSid"},
      {"name = \"a\"\nkind = \"gammu\"", "OutboxPath"},
      {"name = \"a\"\nkind = \"http\"\nurl = \"https://x/?t={text}\"", "one of {to} and {number}"},
      {"name = \"a\"\nkind = \"http\"\nurl = \"ftp://x/{to}{text}\"", "expected an address with http"},
      {"name = \"a\"\nkind = \"http\"\nurl = \"http://x/{to}{text}\"\nmethod = \"DELETE\"",
       "found \"DELETE\""},
      {"name = \"a\"\nkind = \"http\"\nurl = \"http://x/{to}{text}\"\nheaders = [\"x\"]", "Name: value"},
      {"name = \"a\"\nkind = \"smsapi\"\npassword_file = \"/x\"\nmonthly_cap = 5", "it needs a price"},
      {"name = \"a\"\nkind = \"smsapi\"\npassword_file = \"/x\"\ncolour = 5", "colour"},
  };
  for (const auto& [gateway, words] : table) {
    EXPECT_NE(of(gateway).find(words), std::string::npos) << gateway << "\n" << of(gateway);
  }
  EXPECT_NE(
      of("name = \"a\"\nkind = \"smsapi\"\npassword_file = \"/x\"\n[[sms.gateway]]\nname = \"a\"\nkind = "
         "\"smsapi\"\npassword_file = \"/x\"")
          .find("another gateway named"),
      std::string::npos);
  EXPECT_NE(mistakes(std::string(kGood) + "[sms]\ntransliterate = \"yes\"\n").find("when_cheaper"),
            std::string::npos);
}

}  // namespace hejnal::config

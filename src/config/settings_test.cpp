// The settings file: what is read, and every mistake with its place.
#include "config/settings.hpp"

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
)",
                                      "hejnal.toml");
  ASSERT_TRUE(settings) << settings.error().what;
  EXPECT_EQ(settings->store_path, "/tmp/h.db");
  EXPECT_EQ(settings->lmtp, "unix:/run/hejnal/lmtp");
  EXPECT_EQ(settings->budget_total, 5);
  EXPECT_EQ(settings->on_call.size(), 2u);
  EXPECT_EQ(settings->on_call[0].phone, "+48600000001");
  ASSERT_EQ(settings->imap.size(), 1u);
  EXPECT_EQ(settings->imap[0].folder, "INBOX");
  EXPECT_EQ(settings->imap[0].after, "move:Hejnal");
}

TEST(Settings, AMistakeIsToldWithItsPlace) {
  const struct {
    const char *wrong, *right, *what;  // `wrong` stands in the file in the place of `right`
  } rows[] = {
      {"name = Wsparcie", "name = \"Wsparcie\"", ""},
      {"name = 5", "name = \"Wsparcie\"", ""},
      {"", "name = \"Wsparcie\"\n", ""},
      {"nmae = \"Wsparcie\"", "name = \"Wsparcie\"", ""},
      {"address = \"pomoc\"", "address = \"pomoc@wsparcie.example\"", ""},
      {"address = \"Pomoc <a@b>\"", "address = \"pomoc@wsparcie.example\"", ""},
      {"public_url = \"pomoc.example\"", "public_url = \"https://pomoc.example/\"", ""},
      {"[htpp]", "[http]", ""},
      {"email = \"dyzur\"", "email = \"dyzur@wsparcie.example\"", ""},
      {"[on_call]", "[[on_call]]", ""},
      {"[[on_call]]\nname = \"Ola\"\n[[on_call]]", "[[on_call]]", ""},
      {"[desk]\n[desk]", "[desk]", ""},
      {"[desk]\nlanguage = \"de\"", "[desk]", ""},
      {"[desk]\ntimezone = \"Europe/Krakow\"", "[desk]", ""},
      {"[desk]\ncountry = \"+48\"", "[desk]", ""},
      {"[desk]\naliases = \"a@b\"", "[desk]", ""},
      {"[desk]\naliases = [\"a@b\", 5]", "[desk]", ""},
      {"[desk]\naliases = [\"a\"]", "[desk]", ""},
      {"[http]\nlisten = \"8080\"", "[http]", ""},
      {"[store]\nurl = \"postgres:x\"\n[http]", "[http]", ""},
      {"[budget]\nper_case = 0\n[http]", "[http]", ""},
      {"[budget]\nper_case = \"5\"\n[http]", "[http]", ""},
      {"[budget]\nper_case = 5.5\n[http]", "[http]", ""},
      {"[email.in]\nlmtp = \"2424\"\n[http]", "[http]", ""},
      {"[email.out]\nstarttls = \"yes\"\n[http]", "[http]", ""},
      {"[email.out]\nsmtp = \"relay\"\n[http]", "[http]", ""},
      {"[email.out]\nrecipient_delimiter = \"++\"\n[http]", "[http]", ""},
      {"[email.sideways]\nsmtp = \"relay\"\n[http]", "[http]", ""},
      {"[[email.in.imap]]\nurl = \"imap://x\"\nuser = \"u\"\nafter = \"delete\"\n[http]", "[http]", ""},
      {"[email]\nin = 5\n[http]", "[http]", ""},
      {"[desk]\nname_ = \"\xFF\"", "[desk]", ""},
      {"[desk]\nphone = 2026-01-01", "[desk]", ""},
  };
  for (const auto& row : rows) {
    std::string text = kGood;
    const auto at = text.find(row.right);
    ASSERT_NE(at, std::string::npos) << row.right;
    text.replace(at, std::string_view(row.right).size(), row.wrong);
    EXPECT_EQ(mistakes(text), row.what) << "ROW" << (&row - rows) << "\n" << row.wrong;
  }
}

TEST(Settings, TheEmptyFileTellsAllThatIsMissing) { EXPECT_EQ(mistakes(""), ""); }

TEST(Settings, TheDocumentNamesEveryKey) {
  const std::string page = settings_document();
  for (const char* key :
       {"`[desk]`", "`[store]`", "`[http]`", "`[email.in]`", "`[[email.in.imap]]`", "`[email.out]`",
        "`[budget]`", "`[[on_call]]`", "| `public_url` | **required** |", "| `size_limit` | `26214400` |"})
    EXPECT_NE(page.find(key), std::string::npos) << key;
}

}  // namespace hejnal::config

#include "base/email_address.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"

namespace hejnal {
namespace {

TEST(EmailAddress, IsKeptInLowerCase) {
  EXPECT_EQ(email_address("Ola@Klient.Example"), "ola@klient.example");
  EXPECT_EQ(email_address(" a+b.c_d'e@x-1.example "), "a+b.c_d'e@x-1.example");
  EXPECT_EQ(email_address("root@localhost"), "root@localhost");
  EXPECT_EQ(email_address("zażółć@gęślą.example"), "zażółć@gęślą.example");
  EXPECT_EQ(email_address("a..b@docomo.example"), "a..b@docomo.example");  // there are such
}

TEST(EmailAddress, NothingElseIsOne) {
  for (const std::string_view text : {"",
                                      "@",
                                      "a",
                                      "a@",
                                      "@b",
                                      "a@b@c",
                                      "a@b;c@d",
                                      "a@b,c@d",
                                      "a b@c",
                                      "<a@b>",
                                      "Anna <a@b>",
                                      "a@b.",
                                      "a@.b",
                                      "a@b..c",
                                      "a@-b",
                                      "a@b-",
                                      "a\"b@c",
                                      "a@[127.0.0.1]",
                                      "a@b\r\nBcc: c@d",
                                      "a\tb@c",
                                      "a@b c",
                                      "a\xC2\xA0@b",
                                      "a\xC2\x9B@b",
                                      "a\xE2\x80\xAE@b",
                                      "a\xEF\xBF\xBD@b",
                                      "a\xFF@b",
                                      "a\x7F@b"}) {
    EXPECT_FALSE(email_address(text)) << text;
  }
  EXPECT_FALSE(email_address(std::string_view("a\0@b", 4)));
  EXPECT_FALSE(email_address(std::string(65, 'a') + "@b"));
  EXPECT_FALSE(email_address("a@" + std::string(64, 'b')));
}

TEST(OneLine, WhiteSpaceIsOneSpaceAndWhatSteersATerminalGoes) {
  EXPECT_EQ(one_line(" a\r\n b\t\xC2\x85 c\xE2\x80\xA8 "), "a b c");
  EXPECT_EQ(one_line("a\x1B[31mb\xC2\x9B"
                     "31m\xE2\x80\xAE"
                     "c"),
            "a[31mb31mc");
  EXPECT_EQ(one_line("Zażółć 🎺 \xFF"), "Zażółć 🎺 \xEF\xBF\xBD");
}

}  // namespace
}  // namespace hejnal

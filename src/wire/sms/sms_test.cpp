#include <gtest/gtest.h>

#include "wire/sms/number.hpp"
#include "wire/sms/text.hpp"

namespace hejnal::wire {

TEST(Number, FormsThatPeopleAndGatewaysWrite) {
  for (const char* form : {"601234567", "601 234 567", "601-234-567", "+48 601 234 567", "0048601234567",
                           "48601234567", "(60) 123 45 67", "tel:+48-60-123-45-67", "0601234567",
                           "601\xC2\xA0"
                           "234\xC2\xA0"
                           "567"}) {
    EXPECT_EQ(e164(form, "48"), "+48601234567") << form;
  }
  EXPECT_EQ(e164("+1 415 867 5309", "48"), "+14158675309");
  for (const char* bad : {"", "112", "60123456", "6012345678", "abc", "+48601", "+0601234567", "601234567x"})
    EXPECT_EQ(e164(bad, "48"), "") << bad;
}

TEST(Number, FoundInSignatures) {
  EXPECT_EQ(numbers_in("Anna Kowalska\ntel. 601 234 567, fax (22) 123 45 67\nNIP 676-00-00-000", "48"),
            (std::vector<std::string>{"+48601234567", "+48221234567"}));
  EXPECT_TRUE(numbers_in("konto 12 3456 7890 1234 5678 9012 3456", "48").empty());
}

TEST(SmsText, CountsSegments) {
  EXPECT_EQ(sms_size(std::string(160, 'a')).segments, 1);
  EXPECT_EQ(sms_size(std::string(161, 'a')).segments, 2);
  EXPECT_EQ(sms_size(std::string(307, 'a')).segments, 3);
  EXPECT_EQ(sms_size(std::string(70, 'a') + "ż").segments, 2);
  EXPECT_EQ(sms_size("[#1]").units, 6);
  EXPECT_FALSE(sms_size("ż").gsm7);
  EXPECT_EQ(sms_size("€Δ@").units, 4);
  EXPECT_EQ(sms_size("ΦΓΛΩΠΨΣΘΞ").units, 9);
}

TEST(SmsText, TransliteratesOnlyWhereItIsCheaper) {
  EXPECT_EQ(sms_text("zażółć"), "zażółć");
  const std::string longer = "Serwer nie działa: " + std::string(80, 'x');
  EXPECT_EQ(sms_text(longer), "Serwer nie dziala: " + std::string(80, 'x'));
}

}  // namespace hejnal::wire

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

TEST(Number, MoreNotations) {
  for (const char* form :
       {"TEL:+48601234567;ext=5", "+48 (0) 601 234 567", "+48(0)601234567", "601–234–567",
        "\u202A+48\u202F601\u2009234\u2009567\u202C", "00 48 601 234 567", "48 601 234 567"}) {
    EXPECT_EQ(e164(form, "48"), "+48601234567") << form;
  }
  for (const char* bad :
       {"997", "998", "999", "986", "+112", "601 234 567 lub 602", "+", "tel:", "++48601234567"})
    EXPECT_EQ(e164(bad, "48"), "") << bad;
  EXPECT_EQ(e164("030 123456", "49"), "+4930123456");
  EXPECT_EQ(e164("06 1234567", "39"), "+39061234567");
}

TEST(Number, SendersAsGatewaysWriteThem) {
  using Kind = SmsSender::Kind;
  const struct {
    const char* given;
    Kind kind;
    const char* text;
  } table[] = {{"48601234567", Kind::number, "+48601234567"},
               {"+48601234567", Kind::number, "+48601234567"},
               {"0048601234567", Kind::number, "+48601234567"},
               {"601234567", Kind::number, "+48601234567"},
               {"447911123456", Kind::number, "+447911123456"},
               {"7968", Kind::short_code, "7968"},
               {"ORANGE", Kind::name, "ORANGE"},
               {"mBank 24h", Kind::name, "mBank 24h"},
               {"", Kind::unknown, ""},
               {" 48601234567 ", Kind::number, "+48601234567"}};
  for (const auto& row : table) {
    const SmsSender sender = sms_sender(row.given, "48");
    EXPECT_EQ(sender.kind, row.kind) << row.given;
    EXPECT_EQ(sender.text, row.text) << row.given;
  }
}

TEST(SmsText, LengthsOfTheStandard) {
  const auto of = [](const char* sign, int count) {
    std::string out;
    for (int i = 0; i < count; ++i) out += sign;
    return sms_size(out).segments;
  };
  EXPECT_EQ(of("a", 160), 1);
  EXPECT_EQ(of("a", 161), 2);
  EXPECT_EQ(of("a", 306), 2);
  EXPECT_EQ(of("a", 307), 3);
  EXPECT_EQ(of("ż", 70), 1);
  EXPECT_EQ(of("ż", 71), 2);
  EXPECT_EQ(of("ż", 134), 2);
  EXPECT_EQ(of("ż", 135), 3);
  EXPECT_EQ(of("€", 80), 1);
  EXPECT_EQ(of("€", 81), 2);
  EXPECT_EQ(of("€", 152), 2);  // 76 in each: the 153rd septet of a segment cannot hold half of one
  EXPECT_EQ(of("€", 153), 3);
  EXPECT_EQ(of("😀", 35), 1);
  EXPECT_EQ(of("😀", 36), 2);
  EXPECT_EQ(of("😀", 66), 2);  // 33 in each, the 67th unit cannot hold half of one
  EXPECT_EQ(of("😀", 67), 3);
}

TEST(SmsText, TheWholeAlphabet) {
  const std::string one =
      "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿"
      "abcdefghijklmnopqrstuvwxyzäöñüà";
  EXPECT_TRUE(sms_size(one).gsm7);
  EXPECT_EQ(sms_size(one).units, 127);
  EXPECT_EQ(sms_size("\f^{}\\[~]|€").units, 20);
  for (const char* none :
       {"ą", "ć", "ę", "ł", "ń", "ó", "ś", "ź", "ż", "Ą",      "Ć", "Ę", "Ł", "Ń", "Ó", "Ś", "Ź",
        "Ż", "`", "„", "”", "“", "’", "–", "—", "…", "\u00A0", "ç", "á", "í", "ú", "😀", "\t"}) {
    EXPECT_FALSE(sms_size(none).gsm7) << none;
  }
}

TEST(SmsText, PartsAreNotCutInsideASign) {
  for (const char* sign : {"a", "€", "ż", "😀", "a€", "ż😀", "zażółć {x} "}) {
    std::string text;
    for (int i = 0; i < 400; ++i) text += sign;
    const auto parts = sms_parts(text);
    EXPECT_EQ(static_cast<int>(parts.size()), sms_size(text).segments) << sign;
    std::string again;
    for (const auto& part : parts) {
      const SmsSize size = sms_size(part);
      EXPECT_LE(size.units, sms_size(text).gsm7 ? 153 : size.gsm7 ? 67 * 2 : 67) << sign;
      again += part;
    }
    EXPECT_EQ(again, text);
  }
  EXPECT_EQ(sms_parts(""), std::vector<std::string>{""});
}

TEST(SmsText, PlainFormsNeverLoseALetter) {
  EXPECT_EQ(plain_text("Zażółć gęślą jaźń, ŁÓDŹ – „ok” … ’a’ `x`"),
            "Zazolc gesla jazn, LODZ - \"ok\" ... 'a' 'x'");
  EXPECT_EQ(plain_text("Příliš žluťoučký kůň"), "Prilis zlutoucky kun");
  EXPECT_EQ(plain_text("Привет 😀 Ñ ö ß"), "Привет 😀 Ñ ö ß");
  EXPECT_EQ(plain_text("nie działa: załącznik"), "nie dziala: zalacznik");
}

TEST(SmsText, TransliterationCanBeChosen) {
  const std::string longer = "Serwer nie działa: " + std::string(80, 'x');
  EXPECT_EQ(sms_text(longer, Transliterate::never), longer);
  EXPECT_EQ(sms_text("zażółć", Transliterate::always), "zazolc");
  // With an emoji nothing is saved, so nothing is changed.
  EXPECT_EQ(sms_text(longer + "😀"), longer + "😀");
}

TEST(SmsText, Utf16AsNetworksSendIt) {
  using namespace std::string_literals;
  EXPECT_EQ(utf8_of_utf16be("\x01\x7C\x00\x61"s), "ża");
  EXPECT_EQ(utf8_of_utf16be("\xD8\x3D\xDE\x00"s), "😀");
  EXPECT_EQ(utf8_of_utf16be("\xD8\x3D"s), "\uFFFD");
  EXPECT_EQ(utf8_of_utf16be("\xDE\x00\x00\x61\x00"s), "\uFFFDa\uFFFD");
}

TEST(SmsText, TransliteratesOnlyWhereItIsCheaper) {
  EXPECT_EQ(sms_text("zażółć"), "zażółć");
  const std::string longer = "Serwer nie działa: " + std::string(80, 'x');
  EXPECT_EQ(sms_text(longer), "Serwer nie dziala: " + std::string(80, 'x'));
}

}  // namespace hejnal::wire

#include <gtest/gtest.h>

#include "base/base64.hpp"
#include "base/compress.hpp"
#include "base/hash.hpp"
#include "base/instant.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal {

TEST(Instant, FormatsAndParsesRfc3339) {
  const Instant t{1795424400123};
  EXPECT_EQ(format_rfc3339(t), "2026-11-23T09:00:00.123Z");
  EXPECT_EQ(parse_rfc3339("2026-11-23T09:00:00.123Z"), t);
  EXPECT_EQ(parse_rfc3339("2026-11-23T10:00:00.123+01:00"), t);
  for (const char* bad : {"", "2026-11-23", "2026-13-23T09:00:00Z", "2026-11-23T09:00:00",
                          "2026-11-23T09:00:00Zx", "2026-11-23T09:00:00+1:00", "2026-02-30T09:00:00Z"}) {
    EXPECT_FALSE(parse_rfc3339(bad)) << bad;
  }
}

TEST(Duration, IsReadAndShownAsPeopleWriteIt) {
  EXPECT_EQ(parse_duration("1h30m"), 90min);
  EXPECT_EQ(parse_duration("7d"), 168h);
  EXPECT_EQ(format_duration(96min), "1 h 36 min");
  for (const char* bad : {"", "5", "-5m", "5 m", "m", "5x"}) EXPECT_FALSE(parse_duration(bad)) << bad;
}

TEST(Text, FoldsPolishAndItsNeighbours) {
  EXPECT_EQ(fold("Zażółć GĘŚLĄ JAŹŃ"), "zazolc gesla jazn");
  EXPECT_EQ(fold("Straße Ærø Łódź Œuvre Šumava Żubr"), "strasse aero lodz oeuvre sumava zubr");
  EXPECT_EQ(fold("A LONG LINE, [@Z`{] Zażółć GĘŚLĄ JAŹŃ AND ON"),
            "a long line, [@z`{] zazolc gesla jazn and on");
  EXPECT_EQ(fold("ABCDEFGH\xFF"
                 "ABCDEFGH"),
            "abcdefgh\xEF\xBF\xBD"
            "abcdefgh");
  EXPECT_EQ(fold("×÷"), "×÷");
  EXPECT_EQ(fold("МОСКВА ΑΘΗΝΑ"), "москва αθηνα");
  EXPECT_EQ(fold("o\xCC\x81"), "o");
}

TEST(Text, EveryLetterOfLatinExtendedAFoldsToAscii) {
  for (char32_t c = 0x100; c < 0x180; ++c) {
    std::string letter;
    append_utf8(letter, c);
    const std::string folded = fold(letter);
    for (const char f : folded)
      EXPECT_TRUE(f >= 'a' && f <= 'z') << std::hex << static_cast<unsigned>(c) << " " << folded;
  }
}

TEST(Text, RepairsInvalidUtf8) {
  EXPECT_EQ(sanitize_utf8("a\xFF"
                          "b"),
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(sanitize_utf8(std::string_view("a\0b", 3)),
            "a\xEF\xBF\xBD"
            "b");
  // A letter, an open letter and a control character at each place of the eight bytes that are looked at at
  // once.
  for (std::size_t at = 0; at < 24; ++at) {
    const std::string before(at, 'a'), behind(24 - at, 'b');
    EXPECT_EQ(clean_utf8_length(before + "\xC5\x82" + behind), 26u);
    for (const char* bad : {"\xC5", "\x82", "\xC0\x80", "\x7F", "\x01", "\xF5", "\xE2\x82"})
      EXPECT_EQ(clean_utf8_length(before + bad + behind), at) << at << bad;
  }
  EXPECT_EQ(sanitize_utf8("\xED\xA0\x80"), "\xEF\xBF\xBD\xEF\xBF\xBD\xEF\xBF\xBD");  // a lone surrogate
  EXPECT_TRUE(is_valid_utf8("zażółć"));
  EXPECT_EQ(truncate_utf8("zażółć", 3), "za");
}

TEST(Text, EscapesForHtml) {
  EXPECT_EQ(escape_html("<a href=\"x\">'&ż"), "&lt;a href=&quot;x&quot;&gt;&#39;&amp;ż");
}

TEST(Text, SplitsIntoFoldedWords) {
  EXPECT_EQ(words("Serwer nie działa, BŁĄD 500!"),
            (std::vector<std::string>{"serwer", "nie", "dziala", "blad", "500"}));
  EXPECT_EQ(collapse_space("  a \t\n\xC2\xA0 b "), "a b");
}

TEST(Text, CollapsesEverySortOfSpace) {
  EXPECT_EQ(collapse_space(" a\r\nb\u00A0\u2028c\u0085d\t "), "a b c d");
}

TEST(Text, CountsAndCutsCharacters) {
  EXPECT_EQ(count_characters("Zażółć"), 6u);
  EXPECT_EQ(truncate_characters("Zażółć", 4), "Zażó");
  EXPECT_EQ(truncate_characters("Za", 4), "Za");
}

TEST(Text, BlankIsWhatNobodySees) {
  for (const char* blank : {"", " \n\t", "\u200B", "\u00A0\u3000", "\uFEFF\u2060\u00AD"})
    EXPECT_TRUE(is_blank(blank));
  for (const char* seen : {".", "\u200Bx", "ż", "👍"}) EXPECT_FALSE(is_blank(seen)) << seen;
}

TEST(Hash, AKeyedOneNeedsItsKey) {
  const std::string key(32, 'k');
  EXPECT_EQ(keyed_hash(key, "1.2").size(), 64u);
  EXPECT_EQ(keyed_hash(key, "1.2"), keyed_hash(key, "1.2"));
  EXPECT_NE(keyed_hash(key, "1.2"), keyed_hash(std::string(32, 'l'), "1.2"));
  EXPECT_NE(keyed_hash(key, "1.2"), content_hash("1.2"));
}

TEST(Hash, KnownVectors) {
  EXPECT_EQ(sha256_hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

TEST(Hash, ContentHashIsBlake2b) {
  EXPECT_EQ(content_hash("abc"), "bddd813c634239723171ef3fee98579b94964e3bb1cb3e427262c8c068d52319");
}

TEST(Hash, ChecksumIsSipHashWithoutAKey) {
  EXPECT_EQ(checksum(""), 0xd70077739d4b921eu);  // 1e924b9d737700d7 in SipHash's own order of bytes
  EXPECT_NE(checksum("a"), checksum("b"));
}

TEST(Compress, RoundTripAndDamage) {
  const std::string bytes(10'000, 'x');
  std::string frame = compress(bytes);
  EXPECT_LT(frame.size(), 100u);
  EXPECT_EQ(decompress(frame).value(), bytes);
  EXPECT_FALSE(decompress(frame, 100));
  frame.resize(frame.size() - 3);
  EXPECT_FALSE(decompress(frame));
}

TEST(Zone, WarsawInSummerAndWinter) {
  EXPECT_EQ(format_local(parse_rfc3339("2026-07-01T10:00:00Z").value(), "Europe/Warsaw", "pl"),
            "01.07.2026, 12:00");
  EXPECT_EQ(format_mail_date(parse_rfc3339("2026-11-23T13:30:00Z").value(), "Europe/Warsaw"),
            "Mon, 23 Nov 2026 14:30:00 +0100");
  EXPECT_FALSE(check_zone("Europe/Krakow"));
  EXPECT_EQ(from_local(2026, 3, 29, 2, 30, "Europe/Warsaw").value(),
            parse_rfc3339("2026-03-29T01:00:00Z"));  // skipped hour
}

TEST(Zone, EveryCalendarDayHasItsSpanAlsoWhenAnHourIsMissing) {
  // Sat 27 Mar 2027, 23:30 in Warsaw; the next day has 23 hours.
  const Instant now = *from_local(2027, 3, 27, 23, 30, "Europe/Warsaw");
  const auto spans = daily_spans(now, -1, 2, 8 * 60, 20 * 60, "Europe/Warsaw");
  ASSERT_TRUE(spans);
  ASSERT_EQ(spans->size(), 4u);
  for (int i = 0; i < 4; ++i) {
    const DaySpan& day = spans->at(static_cast<std::size_t>(i));
    EXPECT_EQ(format_local(day.from, "Europe/Warsaw", "pl"), "" + std::to_string(26 + i) + ".03.2027, 08:00");
    EXPECT_EQ(day.to - day.from, 12h);
  }
  // Over a month's end, and until midnight.
  const auto late =
      daily_spans(*from_local(2026, 12, 31, 12, 0, "Europe/Warsaw"), 0, 1, 0, 24 * 60, "Europe/Warsaw");
  ASSERT_EQ(late->size(), 2u);
  EXPECT_EQ(late->front().to, late->back().from);
}

TEST(Base64, IsWholeOrNothing) {
  EXPECT_EQ(from_base64(""), "");
  EXPECT_EQ(from_base64("TQ=="), "M");
  EXPECT_EQ(from_base64("TWE="), "Ma");
  EXPECT_EQ(from_base64("TWFu"), "Man");
  EXPECT_EQ(from_base64("AP+A"), std::string("\0\xff\x80", 3));
  for (const char* bad : {"T", "TQ", "TQ=", "TQ==x", "TW Fu", "TW-u", "====", "TWFu\n"})
    EXPECT_EQ(from_base64(bad), std::nullopt) << bad;
}

}  // namespace hejnal

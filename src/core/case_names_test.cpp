#include "core/case_names.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>

namespace hejnal::core {

namespace {
const std::string kSecret = "abcdefghijkmnpqrstuvwxyz23";
const std::string kKey = "a key of sixteen bytes";
}  // namespace

TEST(Token, TellsTheNumberOfItsCase) {
  for (const CaseNumber number : {1, 31, 32, 33, 1'023, 1'024, 19'113'601, 1'000'000'000}) {
    const std::string token = token_of(number, kSecret);
    EXPECT_EQ(number_in(token), number) << token;
    EXPECT_TRUE(token.ends_with(kSecret));
  }
}

TEST(Token, WithoutANumberTellsNone) {
  EXPECT_EQ(number_in(""), 0);
  EXPECT_EQ(number_in(kSecret), 0);
  EXPECT_EQ(number_in("B" + kSecret), 0);
  EXPECT_EQ(number_in("o" + kSecret), 0);
  EXPECT_EQ(number_in(std::string(13, '9') + kSecret), 0);
  EXPECT_GT(number_in(std::string(12, '9') + kSecret), 0);
}

TEST(ShortCode, LeadsBackToItsNumber) {
  const ShortCodes codes(kKey);
  for (CaseNumber number = 1; number < 20'000; ++number) {
    const std::string code = codes.of(number);
    ASSERT_EQ(codes.number_of(code), number) << code;
  }
  for (const CaseNumber number : {ShortCodes::kCount - 1, ShortCodes::kCount, ShortCodes::kCount + 1}) {
    EXPECT_EQ((codes.number_of(codes.of(number)) - number) % ShortCodes::kCount, 0);
  }
}

TEST(ShortCode, HasADigitAndALetterAndNothingThatIsEasilyMisread) {
  const ShortCodes codes(kKey);
  std::set<std::string> seen;
  for (CaseNumber number = 1; number <= 5'000; ++number) {
    const std::string code = codes.of(number);
    ASSERT_EQ(code.size(), ShortCodes::kLength);
    EXPECT_EQ(code.find_first_of("01OILU"), std::string::npos) << code;
    EXPECT_NE(code.find_first_of("23456789"), std::string::npos) << code;
    EXPECT_NE(code.find_first_not_of("23456789"), std::string::npos) << code;
    seen.insert(code);
  }
  EXPECT_EQ(seen.size(), 5'000u);
}

TEST(ShortCode, OfTheNextCaseCannotBeToldFromTheLast) {
  const ShortCodes codes(kKey), others("another key, also long enough");
  int same_places = 0, same_desks = 0;
  for (CaseNumber number = 1; number <= 1'000; ++number) {
    const std::string a = codes.of(number), b = codes.of(number + 1);
    for (std::size_t i = 0; i < a.size(); ++i) same_places += a[i] == b[i];
    same_desks += a == others.of(number);
  }
  EXPECT_LT(same_places, 5'000 / 15);  // one in 30 by chance
  EXPECT_EQ(same_desks, 0);
}

TEST(ShortCode, OfAnyOtherWordIsNone) {
  const ShortCodes codes(kKey);
  for (const char* word : {"", "K7M2", "K7M2PX", "HELLO", "23456", "K7M2O", "k7m2p", "K7M2Ó", "     "})
    EXPECT_EQ(codes.number_of(word), 0) << word;
}

}  // namespace hejnal::core

#include "wire/form/form.hpp"

#include <gtest/gtest.h>

namespace hejnal::wire {

TEST(Form, ThereAndBack) {
  const FormFields fields = {{"to", "+48601234567"}, {"text", "zażółć & 100% = {a b}\n"}, {"empty", ""}};
  EXPECT_EQ(form_decode(form_encode(fields)), fields);
  EXPECT_EQ(percent_encode("a b+ż~"), "a%20b%2B%C5%BC~");
}

TEST(Form, TakesWhatComes) {
  const FormFields fields = form_decode("a=1&&b&c=%zz%4&d=x+y&a=2&e=%ff%00");
  EXPECT_EQ(field(fields, "a"), "1");
  EXPECT_EQ(field(fields, "b"), "");
  EXPECT_EQ(field(fields, "c"), "%zz%4");
  EXPECT_EQ(field(fields, "d"), "x y");
  EXPECT_EQ(field(fields, "e"), "\uFFFD\uFFFD");
  EXPECT_EQ(field(fields, "nothing"), "");
  EXPECT_EQ(form_decode(std::string(100'000, '&') + "a=1").size(), 1u);
}

TEST(Form, Base64AndHex) {
  EXPECT_EQ(base64(""), "");
  EXPECT_EQ(base64("f"), "Zg==");
  EXPECT_EQ(base64("fo"), "Zm8=");
  EXPECT_EQ(base64("foo"), "Zm9v");
  EXPECT_EQ(base64("foobar"), "Zm9vYmFy");
  std::string bytes;
  EXPECT_TRUE(bytes_of_hex("005AfF", bytes));
  EXPECT_EQ(bytes, std::string("\0\x5A\xFF", 3));
  EXPECT_FALSE(bytes_of_hex("0", bytes));
  EXPECT_FALSE(bytes_of_hex("0g", bytes));
}

}  // namespace hejnal::wire

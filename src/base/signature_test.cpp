#include "base/signature.hpp"

#include <gtest/gtest.h>

#include "base/locked.hpp"

namespace hejnal {

// RFC 8032, 7.1, test 2.
TEST(Signature, IsEd25519) {
  const std::string seed =
      from_hex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb").value();
  const Signature s = sign(seed, "\x72");
  EXPECT_EQ(s.key, "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c");
  EXPECT_EQ(s.bytes,
            "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
            "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00");
  EXPECT_EQ(public_key_of(seed), s.key);
  EXPECT_TRUE(is_signed("\x72", s));
}

TEST(Signature, NoticesEachChange) {
  const std::string seed(kSigningSeedBytes, 'k');
  const Signature s = sign(seed, "a proof");
  EXPECT_TRUE(is_signed("a proof", s));
  EXPECT_FALSE(is_signed("a  proof", s));
  EXPECT_FALSE(is_signed("", s));
  Signature other = s;
  other.bytes[0] = other.bytes[0] == '0' ? '1' : '0';
  EXPECT_FALSE(is_signed("a proof", other));
  EXPECT_FALSE(is_signed("a proof", {public_key_of(std::string(kSigningSeedBytes, 'x')), s.bytes}));
  EXPECT_FALSE(is_signed("a proof", {s.key, ""}));
  EXPECT_FALSE(is_signed("a proof", {"", s.bytes}));
  EXPECT_FALSE(is_signed("a proof", {"nothing", "nothing"}));
}

}  // namespace hejnal

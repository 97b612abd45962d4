// What sign-in stands on: hashes of passwords, codes of the second factor, locked secrets, addresses.
#include <gtest/gtest.h>

#include "base/ip_address.hpp"
#include "base/locked.hpp"
#include "base/password.hpp"
#include "base/qr.hpp"
#include "base/totp.hpp"

namespace hejnal {

TEST(Password, FitsItsHashAndNoOther) {
  const std::string hash = hash_password("zażółć gęślą jaźń").value();
  EXPECT_TRUE(hash.starts_with("$argon2id$v=19$m=65536,t=2,p=1$")) << hash;
  EXPECT_TRUE(password_fits(hash, "zażółć gęślą jaźń"));
  EXPECT_FALSE(password_fits(hash, "zażółć gęślą jażń"));
  EXPECT_FALSE(password_fits(hash, ""));
  EXPECT_FALSE(password_fits("", ""));
  EXPECT_NE(hash_password("zażółć gęślą jaźń").value(), hash);
}

TEST(Password, NobodysCostsAsMuchAsAnybodys) {
  EXPECT_FALSE(is_outdated_hash(nobodys_password()));
  EXPECT_FALSE(is_outdated_hash(hash_password("x").value()));
  EXPECT_FALSE(password_fits(nobodys_password(), ""));
  EXPECT_TRUE(is_outdated_hash(
      "$argon2id$v=19$m=4096,t=3,p=1$eHh4eHh4eHh4eHh4eHh4eA$H1CVEqSQNMBrLHIVLVEPCCxDMKUp0mlPmBYDKbQYB9Y"));
}

// RFC 6238, appendix B, the column for SHA-1.
TEST(Totp, TheVectorsOfItsRfc) {
  const std::string secret = "12345678901234567890";
  const std::pair<std::int64_t, const char*> vectors[] = {{59, "94287082"},
                                                          {1'111'111'109, "07081804"},
                                                          {1'111'111'111, "14050471"},
                                                          {1'234'567'890, "89005924"},
                                                          {2'000'000'000, "69279037"},
                                                          {20'000'000'000, "65353130"}};
  for (const auto& [seconds, code] : vectors) {
    EXPECT_EQ(totp_code(secret, totp_step({seconds * 1000}), 8), code) << seconds;
    EXPECT_EQ(totp_code(secret, totp_step({seconds * 1000})), std::string(code).substr(2)) << seconds;
  }
}

TEST(Totp, OneStepOfDifferenceIsAllowedAndNoCodeTwice) {
  const std::string secret = "12345678901234567890";
  const Instant now{1'111'111'111'000};
  const std::int64_t step = totp_step(now);
  for (const int away : {-1, 0, 1})
    EXPECT_EQ(totp_step_of(secret, totp_code(secret, step + away), now, 0), step + away) << away;
  for (const int away : {-2, 2})
    EXPECT_EQ(totp_step_of(secret, totp_code(secret, step + away), now, 0), std::nullopt) << away;
  EXPECT_EQ(totp_step_of(secret, totp_code(secret, step), now, step), std::nullopt);
  EXPECT_EQ(totp_step_of(secret, totp_code(secret, step - 1), now, step), std::nullopt);
  EXPECT_EQ(totp_step_of(secret, totp_code(secret, step + 1), now, step), step + 1);
  for (const char* none : {"", "0", "00000", "0000000", "abcdef"})
    EXPECT_EQ(totp_step_of(secret, none, now, 0), std::nullopt) << none;
}

TEST(Totp, WhatAnAppReads) {
  EXPECT_EQ(base32("12345678901234567890"), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
  EXPECT_EQ(base32("f"), "MY");
  EXPECT_EQ(otpauth_uri("Wsparcie: Kraków", "Zofia Łęcka", "f"),
            "otpauth://totp/"
            "Wsparcie%3A%20Krak%C3%B3w:Zofia%20%C5%81%C4%99cka?secret=MY&issuer=Wsparcie%3A%20Krak%C3%B3w");
}

TEST(Qr, IsAPictureOfPlainShapes) {
  const std::string svg = qr_svg("otpauth://totp/a:b?secret=GEZDGNBV&issuer=a").value();
  EXPECT_TRUE(svg.starts_with("<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 "));
  EXPECT_NE(svg.find("M4 4h7v1h-7z"), std::string::npos);  // the upper edge of the first corner
  EXPECT_EQ(svg.find("GEZ"), std::string::npos);
  EXPECT_EQ(qr_svg(std::string(5000, 'x')).error().fault, Fault::malformed);
}

TEST(Locked, OpensWithItsKeyAsWhatItIs) {
  const std::string key(kLockKeyBytes, 'k'), other(kLockKeyBytes, 'o');
  std::string locked = lock_up(key, "geheim", "totp 1");
  EXPECT_NE(lock_up(key, "geheim", "totp 1"), locked);
  EXPECT_EQ(unlock(key, locked, "totp 1"), "geheim");
  EXPECT_EQ(unlock(other, locked, "totp 1"), std::nullopt);
  EXPECT_EQ(unlock(key, locked, "totp 2"), std::nullopt);
  locked.back() = locked.back() == '0' ? '1' : '0';
  EXPECT_EQ(unlock(key, locked, "totp 1"), std::nullopt);
  for (const char* none : {"", "00", "x", "zz"}) EXPECT_EQ(unlock(key, none, ""), std::nullopt);
}

TEST(IpAddress, HasOneWayOfWriting) {
  const std::pair<const char*, const char*> known[] = {
      {"192.0.2.1", "192.0.2.1"},        {"192.0.2.1:4711", "192.0.2.1"},
      {"::ffff:192.0.2.1", "192.0.2.1"}, {"2001:DB8:0::1", "2001:db8::1"},
      {"[2001:db8::1]", "2001:db8::1"},  {"[2001:db8::1]:443", "2001:db8::1"}};
  for (const auto& [given, kept] : known) EXPECT_EQ(ip_address(given), kept) << given;
  for (const char* none : {"", "unknown", "192.0.2", "192.0.2.1, 192.0.2.2", "_gazonk", "[2001:db8::1",
                           "fe80::1%eth0", "1.2.3.4\r\nX: y", "unix"})
    EXPECT_EQ(ip_address(none), std::nullopt) << none;
  EXPECT_EQ(network_of("192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(network_of("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::/64");
  EXPECT_EQ(network_of(""), "");
}

}  // namespace hejnal

#include "wire/sms/joining.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hejnal::wire {

namespace {

const std::string kAnna = "+48601234567", kDesk = "+48600000000";

std::string header(std::initializer_list<int> bytes) {
  std::string out;
  for (const int b : bytes) out += static_cast<char>(b);
  return out;
}

}  // namespace

TEST(SmsJoining, ReadsBothHeaders) {
  auto part = sms_part(header({5, 0, 3, 0xCC, 3, 2}));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->reference, 0xCC);
  EXPECT_EQ(part->total, 3);
  EXPECT_EQ(part->number, 2);
  part = sms_part(header({6, 8, 4, 0x12, 0x34, 3, 1}));
  ASSERT_TRUE(part);
  EXPECT_EQ(part->reference, 0x11234);  // never the same as an 8-bit one
  // After another element (ports).
  EXPECT_TRUE(sms_part(header({11, 5, 4, 0x0B, 0x84, 0x23, 0xF0, 0, 3, 1, 2, 2})));
}

TEST(SmsJoining, WhatMakesNoSenseIsAMessageOfItsOwn) {
  for (const auto& bad : {header({}), header({5}), header({5, 0, 3, 1, 0, 1}), header({5, 0, 3, 1, 2, 0}),
                          header({5, 0, 3, 1, 2, 3}), header({5, 0, 9, 1, 2, 1}), header({2, 0, 3}),
                          header({255, 0, 3, 1, 2}), header({6, 5, 4, 1, 2, 3, 4})}) {
    EXPECT_FALSE(sms_part(bad));
  }
}

TEST(SmsJoining, AnyOrderAndAnyNumberOfTimes) {
  std::vector<int> order = {1, 2, 3};
  do {
    SmsJoiner joiner(60s);
    std::vector<SmsJoiner::Joined> out;
    std::uint64_t handle = 0;
    for (const int n : order) {
      for (int twice = 0; twice < 2 && out.empty(); ++twice) {
        out = joiner.add(kAnna, kDesk, {7, 3, n}, "id" + std::to_string(n), "part" + std::to_string(n) + " ",
                         handle++, Instant{1000});
      }
    }
    ASSERT_EQ(out.size(), 1u);
    EXPECT_EQ(out[0].text, "part1 part2 part3 ");
    EXPECT_EQ(out[0].first_id, "id1");
    EXPECT_TRUE(out[0].missing.empty());
    EXPECT_EQ(out[0].handles.size(), 5u);
    EXPECT_EQ(joiner.waiting(), 0u);
  } while (std::next_permutation(order.begin(), order.end()));
}

TEST(SmsJoining, AMissingPartIsWaitedForAndThenShown) {
  SmsJoiner joiner(60s);
  EXPECT_TRUE(joiner.add(kAnna, kDesk, {7, 20, 1}, "a", "Serwer ", 1, Instant{0}).empty());
  for (int n = 4; n <= 20; ++n) {
    EXPECT_TRUE(joiner.add(kAnna, kDesk, {7, 20, n}, "x", "x", 2, Instant{0}).empty());
  }
  EXPECT_TRUE(joiner.expire(Instant{59'999}).empty());
  const auto out = joiner.expire(Instant{60'000});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].text, "Serwer […]" + std::string(17, 'x'));
  EXPECT_EQ(out[0].missing, (std::vector<int>{2, 3}));
  EXPECT_EQ(out[0].total, 20);
}

TEST(SmsJoining, OtherSendersAndOtherMessagesAreKeptApart) {
  SmsJoiner joiner(60s);
  EXPECT_TRUE(joiner.add(kAnna, kDesk, {7, 2, 1}, "a", "A1", 1, Instant{0}).empty());
  EXPECT_TRUE(joiner.add("+48602", kDesk, {7, 2, 1}, "b", "B1", 2, Instant{0}).empty());
  EXPECT_TRUE(joiner.add(kAnna, kDesk, {8, 2, 2}, "c", "C2", 3, Instant{0}).empty());
  EXPECT_TRUE(joiner.add(kAnna, kDesk, {7, 3, 2}, "d", "D2", 4, Instant{0}).empty());
  // The reference is used again while the first message still waits.
  auto out = joiner.add(kAnna, kDesk, {7, 2, 1}, "e", "other", 5, Instant{0});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].text, "A1[…]");
  out = joiner.add("+48602", kDesk, {7, 2, 2}, "f", "B2", 6, Instant{0});
  ASSERT_EQ(out.size(), 1u);
  EXPECT_EQ(out[0].text, "B1B2");
  EXPECT_EQ(joiner.drain().size(), 3u);
}

TEST(SmsJoining, IsBounded) {
  SmsJoiner joiner(60s);
  std::size_t came_out = 0;
  for (int i = 0; i < 1000; ++i) {
    came_out += joiner.add("+48" + std::to_string(i), kDesk, {1, 255, 1}, "i", "t", 1, Instant{0}).size();
  }
  EXPECT_EQ(joiner.waiting(), SmsJoiner::kMessagesMax);
  EXPECT_EQ(came_out, 1000 - SmsJoiner::kMessagesMax);
  SmsJoiner one(60s);
  for (int i = 0; i < 1000; ++i) one.add(kAnna, kDesk, {1, 2, 1}, "i", "t", 1, Instant{0});
  EXPECT_LE(one.waiting(), 1u);
}

}  // namespace hejnal::wire

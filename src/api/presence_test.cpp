#include "api/presence.hpp"

#include <gtest/gtest.h>

namespace hejnal::api {
namespace {

constexpr Instant kStart{1'800'000'000'000};
using State = Presence::State;

TEST(Presence, OnlyADifferenceIsTold) {
  Presence presence;
  EXPECT_TRUE(presence.set(1, "ela", State::looking, kStart));
  EXPECT_FALSE(presence.set(1, "ela", State::looking, kStart + 10s));
  EXPECT_TRUE(presence.set(1, "ela", State::typing, kStart + 20s));
  EXPECT_TRUE(presence.set(1, "jan", State::looking, kStart + 20s));
  const auto people = presence.in(1, kStart + 21s);
  ASSERT_EQ(people.size(), 2u);
  EXPECT_EQ(people[0].who, "ela");
  EXPECT_EQ(people[0].state, State::typing);
  EXPECT_EQ(people[0].since, kStart + 20s);
  EXPECT_TRUE(presence.set(1, "ela", std::nullopt, kStart + 22s));
  EXPECT_FALSE(presence.set(1, "ela", std::nullopt, kStart + 22s));
  EXPECT_EQ(presence.in(1, kStart + 22s).size(), 1u);
  EXPECT_TRUE(presence.in(2, kStart).empty());
}

TEST(Presence, WhoSaysNothingIsForgotten) {
  Presence presence;
  presence.set(1, "ela", State::looking, kStart);
  EXPECT_EQ(presence.in(1, kStart + 29s).size(), 1u);
  EXPECT_TRUE(presence.in(1, kStart + 30s).empty());
  EXPECT_TRUE(presence.set(1, "ela", State::looking, kStart + 30s));  // here again
  EXPECT_FALSE(presence.set(1, "ela", std::nullopt, kStart + 90s));   // was gone for others already
}

TEST(Presence, AClockThatGoesBackKeepsNobody) {
  Presence presence;
  presence.set(1, "ela", State::looking, kStart + 10h);
  EXPECT_TRUE(presence.in(1, kStart).empty());
}

TEST(Presence, ThereAreBounds) {
  Presence presence;
  for (core::CaseNumber number = 1; number <= 20'000; ++number)
    presence.set(number, "ela", State::looking, kStart + Duration(number * 10));
  EXPECT_EQ(presence.in(19'999, kStart + 200s).size(), 1u);
  for (int i = 0; i < 100; ++i) presence.set(1, "a" + std::to_string(i), State::looking, kStart + 400s);
  EXPECT_LE(presence.in(1, kStart + 400s).size(), 50u);
}

}  // namespace
}  // namespace hejnal::api

#include "api/outage_days.hpp"

#include <gtest/gtest.h>

#include "base/zone.hpp"

namespace hejnal::api {

namespace {

constexpr const char* kZone = "Europe/Warsaw";

Instant at(int month, int day, int hour, int minute = 0) {
  return from_local(2026, month, day, hour, minute, kZone).value();
}

core::Outage outage(Instant from, std::optional<Instant> to) {
  core::Outage o;
  o.id = 1;
  o.declared_at = from;
  o.ended_at = to;
  return o;
}

}  // namespace

TEST(OutageDays, AreThoseOfTheDesksZoneAndEndToday) {
  const auto days = outage_days({outage(at(11, 21, 23), at(11, 22, 2))}, at(11, 23, 9), kZone, 90);
  ASSERT_EQ(days.size(), 90u);
  EXPECT_EQ((std::vector{days[0].month, days[0].day}), (std::vector{8, 26}));
  EXPECT_EQ((std::vector{days[89].month, days[89].day}), (std::vector{11, 23}));
  EXPECT_EQ(days[87].out, 1h);
  EXPECT_EQ(days[88].out, 2h);
  EXPECT_EQ(days[89].out, 0h);
}

TEST(OutageDays, WhatOverlapsIsCountedOnceAndWhatIsOpenLastsUntilNow) {
  const Instant now = at(11, 23, 9);
  const std::vector<core::Outage> outages = {outage(at(11, 23, 6), std::nullopt),
                                             outage(at(11, 23, 5), at(11, 23, 7)),
                                             outage(at(11, 23, 5, 30), at(11, 23, 6))};
  EXPECT_EQ(outage_days(outages, now, kZone, 2).back().out, 4h);
}

TEST(OutageDays, TheNightsInWhichTheClocksChange) {
  // 25 October has 25 hours, 29 March 23; every day comes once.
  const auto autumn = outage_days({outage(at(10, 20, 0), std::nullopt)}, at(10, 27, 0, 30), kZone, 4);
  EXPECT_EQ(autumn[1].out, 25h);
  EXPECT_EQ(autumn[2].out, 24h);
  EXPECT_EQ(autumn[3].out, 30min);
  const auto spring = outage_days({outage(at(3, 20, 0), at(4, 10, 0))}, at(3, 30, 23, 30), kZone, 3);
  EXPECT_EQ(spring[0].day, 28);
  EXPECT_EQ(spring[1].out, 23h);
  EXPECT_EQ(spring[2].day, 30);
}

TEST(OutageDays, OfAnUnknownZoneThereAreNone) {
  EXPECT_TRUE(outage_days({}, at(11, 23, 9), "Europe/Nowhere", 90).empty());
}

}  // namespace hejnal::api

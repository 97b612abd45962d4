#include "core/heartbeat.hpp"

#include <gtest/gtest.h>

namespace hejnal::core {

TEST(Heartbeat, IsDueAWholeIntervalAndTheGraceAfterTheLastOne) {
  const HeartbeatRule rule{1h, 10min};
  const Instant start{1'000'000'000};
  Heartbeat beat;
  beat.watched_from = start;
  EXPECT_EQ(due(rule, beat), start + 70min);  // one that never calls is silent, too
  EXPECT_EQ(due({1h, 10min, true}, beat), std::nullopt);
  beat.last = start + 5min;
  EXPECT_EQ(due(rule, beat), start + 75min);
  EXPECT_EQ(due({1h, 10min, true}, beat), start + 75min);
}

TEST(Heartbeat, OurOwnDowntimeIsNotTheirs) {
  const Instant start{1'000'000'000};
  Heartbeat beat;
  beat.last = start - 48h;  // we were down for two days
  beat.watched_from = start;
  EXPECT_EQ(due({1h, 10min}, beat), start + 70min);
  EXPECT_EQ(nothing_since(beat), start - 48h);
}

TEST(Heartbeat, IsToldOnce) {
  Heartbeat beat;
  beat.last = Instant{5};
  beat.silent_since = Instant{5};
  EXPECT_EQ(due({1h, 10min}, beat), std::nullopt);
}

}  // namespace hejnal::core

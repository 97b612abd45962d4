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

TEST(Heartbeat, AJobThatHasBegunHasTheGraceToBeDone) {
  const Instant start{1'000'000'000};
  const HeartbeatRule daily{24h, 30min, false}, from_first{24h, 30min, true};
  Heartbeat beat{start, {}, start + 24h, start};
  EXPECT_EQ(due(daily, beat), start + 24h + 30min);
  beat.started = start + 1h;
  EXPECT_EQ(due(daily, beat), start + 1h + 30min);
  beat.watched_from = start + 2h;  // we were down meanwhile
  EXPECT_EQ(due(daily, beat), start + 2h + 30min);
  beat.silent_since = start;
  EXPECT_EQ(due(daily, beat), std::nullopt);
  EXPECT_EQ(due(from_first, {{}, {}, {}, start}), std::nullopt);
  EXPECT_EQ(due(from_first, {{}, {}, start + 1h, start}), start + 1h + 30min);
}

}  // namespace hejnal::core

#include "api/ring_once.hpp"

#include <gtest/gtest.h>

namespace hejnal::api {

TEST(RingOnce, WithinHalfAMinuteItRingsAgainOnlyOnRequest) {
  constexpr Instant start{1'795'424'400'000};
  RingOnce once;
  EXPECT_TRUE(once.begin(7, start, false));
  EXPECT_TRUE(once.begin(8, start, false));
  const auto second = once.begin(7, start + 12s, false);
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().fault, Fault::conflict);
  EXPECT_NE(second.error().what.find("12 s ago"), std::string::npos);
  EXPECT_TRUE(once.begin(7, start + 13s, true));
  EXPECT_FALSE(once.begin(7, start + 42s, false));
  EXPECT_TRUE(once.begin(7, start + 43s, false));
  once.failed(7);
  EXPECT_TRUE(once.begin(7, start + 43s, false));
}

}  // namespace hejnal::api

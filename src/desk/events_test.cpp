#include "desk/events.hpp"

#include <gtest/gtest.h>

namespace hejnal::desk {
namespace {

std::vector<Change> changes(int count) { return std::vector<Change>(static_cast<std::size_t>(count)); }

TEST(Events, AnIdOfAnEarlierRunIsNotOneOfThisRun) {
  Events earlier(Events::epoch_of(Instant{1'000'000}));
  earlier.publish(changes(500));
  const std::uint64_t seen = earlier.last_id();
  Events later(Events::epoch_of(Instant{1'000'001}));  // at once
  later.publish(changes(600));
  bool lost = false;
  EXPECT_TRUE(later.after(seen, 100, lost).empty());
  EXPECT_TRUE(lost);
  Events back(Events::epoch_of(Instant{900'000}));  // the clock was set back
  back.publish(changes(600));
  EXPECT_TRUE(back.after(seen, 100, lost).empty());
  EXPECT_TRUE(lost);
}

TEST(Events, NothingIsLostBetweenTwoLooks) {
  Events events(Events::epoch_of(Instant{5}));
  bool lost = true;
  EXPECT_TRUE(events.after(events.last_id(), 100, lost).empty());
  EXPECT_FALSE(lost);
  events.publish(changes(3));
  EXPECT_EQ(events.after(0, 100, lost).size(), 3u);  // whoever has seen nothing gets what is remembered
  EXPECT_FALSE(lost);
  EXPECT_EQ(events.after(events.last_id() - 1, 100, lost).size(), 1u);
  EXPECT_FALSE(lost);
  const std::uint64_t first = events.last_id();
  events.publish(changes(1000));
  EXPECT_EQ(events.after(first, 2000, lost).size(), 1000u);
  EXPECT_FALSE(lost);
  EXPECT_TRUE(events.after(first - 1, 2000, lost).empty());  // one of them is forgotten
  EXPECT_TRUE(lost);
  EXPECT_TRUE(events.after(0, 2000, lost).empty());
  EXPECT_TRUE(lost);
}

TEST(Events, a_token_is_revoked_for_those_who_have_watched_before) {
  Events events;
  int woken = 0;
  events.on_publish([&woken] { ++woken; });
  const std::uint64_t before = events.revocations();
  events.revoke("ela");
  EXPECT_EQ(woken, 1);
  EXPECT_TRUE(events.revoked("ela", before));
  EXPECT_FALSE(events.revoked("ela", events.revocations()));  // a new one under the same name
  EXPECT_FALSE(events.revoked("jan", before));
  for (int i = 0; i < 1000; ++i) events.revoke("token " + std::to_string(i));
  EXPECT_TRUE(events.revoked("ela", before));  // forgotten: everybody comes again
  EXPECT_TRUE(events.revoked("jan", before));
  EXPECT_FALSE(events.revoked("jan", events.revocations()));
}

}  // namespace
}  // namespace hejnal::desk

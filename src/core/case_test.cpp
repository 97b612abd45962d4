// The fold of a journal.
#include "core/case.hpp"

#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Replay, GivesTheSameCaseAlways) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.at(10min);
  s.agent(Action::ask, "Która?");
  s.at(20min);
  s.email(Relation::reply);
  s.agent(Action::answer, "Gotowe.");
  s.at(400h);
  EXPECT_EQ(s.state(), "closed");
  EXPECT_TRUE(replay(s.journal) == s.c);
  EXPECT_EQ(s.c.entries, static_cast<std::int64_t>(s.journal.size()));
  EXPECT_TRUE(replay({}) == Case{});
}

TEST(Fits, WhateverDecideSays) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.at(30h);
  s.agent(Action::ask, "Która?");
  s.email(Relation::reply);
  Case c;
  for (const Entry& e : s.journal) {
    EXPECT_TRUE(fits(c, e)) << e.kind();
    core::apply(c, e);
  }
}

TEST(Fits, NotWhatADamagedJournalSays) {
  Case none;
  EXPECT_FALSE(fits(none, {kStart, "", "", Linked{3}}));
  EXPECT_FALSE(fits(none, {kStart, "", "", Opened{}})) << "without a number";
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_FALSE(fits(s.c, s.journal.front())) << "opened twice";
  for (const Body& body : {Body(Moved{}), Body(Paused{}), Body(Breached{}), Body(Rang{})})
    EXPECT_FALSE(fits(s.c, {kStart, "", "", body})) << "nothing is owed";
  EXPECT_TRUE(fits(s.c, {kStart, "", "", Kept{}}));
}

}  // namespace hejnal::core

// An agent changes the class; and what a failure is.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Reclassify, CountsFromTheOpeningWithGrace) {
  Story s;
  s.email();
  s.at(50min);
  s.reclassify("critical");
  EXPECT_EQ(s.due(Promise::react), 55min);
  EXPECT_EQ(s.due(Promise::answer), 4h);
  EXPECT_EQ(s.c.class_reason, "Ola has decided so");
  s.reclassify("routine");
  EXPECT_EQ(s.due(Promise::react), 24h);
  EXPECT_EQ(s.due(Promise::answer), 24h);
}

TEST(Reclassify, ToRoutineStopsTheCriticalAlerts) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(1min);
  s.reclassify("routine", "może poczekać");
  s.said();
  s.at(11h);
  EXPECT_EQ(s.said(), Lines{});
  s.at(12h);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk"}));
}

TEST(Reclassify, ToCriticalAfterReadingAcknowledgesInsteadOfAnnouncingWork) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.said();
  s.at(1min);
  s.reclassify("critical");
  EXPECT_EQ(s.said(), (Lines{"acknowledgement email anna@klient.example"}));
  s.at(1h);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Reclassify, APausedAnswerFollowsTheClass) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(1h);
  s.agent(Action::ask, "Która?");
  s.reclassify("routine");
  s.at(2h);
  s.email(Relation::reply);
  EXPECT_EQ(s.due(Promise::answer), 2h + 23h);
}

TEST(Reclassify, AnUnknownClassIsRefusedWithThoseThatThereAre) {
  Story s;
  s.email();
  AgentActed a = s.acted(Action::reclassify);
  a.class_name = "galactic";
  EXPECT_EQ(s.refusal(a), "there is no class \"galactic\"; the procedure has routine, urgent, critical");
}

TEST(FailureOpen, OnlyWhatAnAgentHasReadOrDeclared) {
  Story s;
  s.sms(Relation::opens);
  EXPECT_FALSE(failure_open(s.procedure, s.c));  // a stranger's SMS makes no failure
  s.agent(Action::read);
  EXPECT_TRUE(failure_open(s.procedure, s.c));
  s.agent(Action::settle);
  EXPECT_FALSE(failure_open(s.procedure, s.c));
  Story declared;
  declared.email();
  declared.reclassify("critical");
  EXPECT_TRUE(failure_open(declared.procedure, declared.c));
  Story calm;
  calm.email();
  calm.agent(Action::read);
  EXPECT_FALSE(failure_open(calm.procedure, calm.c));
}

}  // namespace hejnal::core

// What is the client's to do next, and what her page tells the desk.
#include <gtest/gtest.h>

#include "core/client_next.hpp"
#include "core/detail/test_story.hpp"

namespace hejnal::core {

using What = ClientNext::What;

static ClientNext next_of(const Story& s) { return client_next(s.procedure, s.c); }
static bool may(const Story& s) { return may_remind(s.procedure, s.c, s.now); }

static Reported pressed(Relation relation, bool resolved) {
  Reported press;
  press.message = 900;
  press.from = {"Anna", kAnna, {}, {}};
  press.channel = Channel::web;
  press.relation = relation;
  press.resolved = resolved;
  return press;
}
static void remind(Story& s) { HEJNAL_CHECK(s.happens(pressed(Relation::resend, false))); }
static void works(Story& s) { HEJNAL_CHECK(s.happens(pressed(Relation::reply, true))); }

TEST(ClientNext, AnEmailAloneMayBeUrgent) {
  Story s;
  s.email();
  EXPECT_EQ(next_of(s), (ClientNext{What::remind, kStart + 2h}));
  s.at(2h - 1ms);
  EXPECT_FALSE(may(s));
  s.at(2h);
  EXPECT_TRUE(may(s));
}

TEST(ClientNext, WhatIsKnownToBeRoutineWaitsADay) {
  Story s;
  s.email(Relation::opens, "routine");
  EXPECT_EQ(next_of(s), (ClientNext{What::remind, kStart + 24h}));
}

TEST(ClientNext, CriticalHasNoSecondStepButItsAnswer) {
  Story s;
  s.email(Relation::opens, "critical");
  EXPECT_EQ(next_of(s), (ClientNext{What::remind, kStart + 4h}));
}

TEST(ClientNext, OnceAPersonHasReactedTheAnswerIsWaitedFor) {
  Story s;
  s.email(Relation::opens, "urgent");
  s.at(1h);
  s.agent(Action::read);
  EXPECT_EQ(next_of(s), (ClientNext{What::remind, kStart + 24h}));
}

TEST(ClientNext, AQuestionIsHersToAnswer) {
  Story s;
  s.email();
  s.agent(Action::ask, "Która drukarka?");
  EXPECT_EQ(next_of(s).what, What::answer_question);
  s.report(Relation::reply);
  EXPECT_EQ(next_of(s).what, What::remind);
}

TEST(ClientNext, AnAnswerIsLookedAt) {
  Story s;
  s.email();
  s.agent(Action::answer, "Działa.");
  EXPECT_EQ(next_of(s), (ClientNext{What::look, kStart + 168h}));
  s.at(168h);
  EXPECT_EQ(next_of(s), (ClientNext{What::nothing, kStart + 336h}));
  s.at(336h);
  EXPECT_EQ(next_of(s), (ClientNext{What::write_anew, std::nullopt}));
}

TEST(ClientNext, AMissingEmailIsTyped) {
  Story s;
  s.sms(Relation::opens);
  EXPECT_EQ(next_of(s).what, What::type_text);
}

TEST(Reminder, IsTheSecondStepAndTellsOnCallAtOnce) {
  Story s;
  s.email();
  s.at(121min);
  s.said();
  remind(s);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.notices[0].reason, AlertReason::reminded);
  EXPECT_EQ(s.c.step, 2);
  EXPECT_EQ(s.class_name(), "urgent");  // who says so after two hours thinks that it is
  EXPECT_EQ(s.c.reminded_at, kStart + 121min);
}

TEST(Reminder, IsNotForTheNextPressUntilTheDeskHasHadItsTime) {
  Story s;
  s.email();
  s.at(2h);
  remind(s);
  EXPECT_FALSE(may(s));
  EXPECT_EQ(next_of(s).at, kStart + 4h);
  s.at(4h);
  EXPECT_TRUE(may(s));
  s.said();
  remind(s);
  EXPECT_EQ(s.c.step, 2);
  EXPECT_EQ(s.kinds(), (Lines{"alert", "alert"}));
}

TEST(Reminder, OfAnOverdueAnswerTellsOnCallThoughItWasRead) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(5min);
  s.agent(Action::read);
  s.at(4h);
  s.said();
  EXPECT_TRUE(may(s));
  remind(s);
  EXPECT_EQ(s.kinds(), (Lines{"alert", "alert"}));
  EXPECT_TRUE(s.c.debt(Promise::react));  // a person has to react to it
  EXPECT_EQ(s.c.step, 1);                 // the class has no second one
}

TEST(Works, SettlesAndNobodyIsToldAnyMore) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(4min);
  s.said();
  works(s);
  EXPECT_EQ(s.state(), "settled");
  EXPECT_EQ(s.c.settled_at, kStart + 4min);
  EXPECT_EQ(s.why<Became>(), "the client says that it works again");
  s.at(160h);
  EXPECT_EQ(s.said(), Lines{});
  s.at(169h);
  EXPECT_EQ(s.state(), "closed");
}

TEST(Works, AWordOpensItAgain) {
  Story s;
  s.email();
  works(s);
  s.at(1h);
  s.report(Relation::reply);
  EXPECT_EQ(s.state(), "working");
  EXPECT_TRUE(s.c.debt(Promise::react));
}

TEST(Works, TwiceIsOnce) {
  Story s;
  s.email();
  works(s);
  s.at(1h);
  const auto before = s.journal.size();
  works(s);
  EXPECT_EQ(s.journal.size(), before + 1);  // that it was said
  EXPECT_EQ(s.c.settled_at, kStart);
}

TEST(Works, OneClientDoesNotSettleItForAnother) {
  Story s;
  s.email();
  Facts::Other other;
  other.number = 5;
  other.client = {"Ewa", "ewa@inna.example", {}, {}};
  TookOver took;
  took.cases = {5};
  took.client = other.client;
  took.answer_to = took.automatic_to = other.client.email;
  other.clients = {took};
  s.facts.other = other;
  AgentActed absorb = s.acted(Action::absorb);
  absorb.other = 5;
  ASSERT_TRUE(s.happens(absorb));
  s.agent(Action::read);
  works(s);
  EXPECT_NE(s.state(), "settled");
  EXPECT_TRUE(s.c.debt(Promise::react));  // a person decides
}

TEST(Works, AnAnswerThatIsOnItsWayStillLeaves) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.", 10s);
  works(s);
  s.said();
  s.at(10s);
  EXPECT_EQ(s.kinds(), (Lines{"answer"}));
  EXPECT_EQ(s.state(), "waiting");
}

TEST(RevokedLink, IsAnotherOneAndNobodyIsTold) {
  Story s;
  s.email();
  s.said();
  s.facts.token = "another";
  s.agent(Action::revoke_link, "przekazany dalej");
  EXPECT_EQ(s.c.token, "another");
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.state(), "new");  // it is no reaction to what the client wrote
  EXPECT_FALSE(s.c.human_reaction);
  s.at(1h);
  ASSERT_FALSE(s.notices.empty());
  EXPECT_EQ(s.notices[0].token, "another");
}

TEST(RevokedLink, AlsoOfAClosedCaseAndOfAMergedOne) {
  Story s;
  s.email();
  s.agent(Action::close);
  s.facts.token = "another";
  s.agent(Action::revoke_link);
  EXPECT_EQ(s.c.token, "another");
  Story merged;
  merged.email();
  AgentActed merge = merged.acted(Action::merge);
  merge.other = 3;
  ASSERT_TRUE(merged.happens(merge));
  merged.facts.token = "another";
  merged.agent(Action::revoke_link);
  EXPECT_EQ(merged.c.token, "another");
}

TEST(Outlook, SaysWhatTheClassPromises) {
  const Procedure p = built_in();
  const Outlook urgent = outlook(p.at("urgent"), kStart);
  EXPECT_FALSE(urgent.told_at_once);
  EXPECT_EQ(urgent.react_by, kStart + 2h);
  EXPECT_EQ(urgent.answer_by, kStart + 24h);
  EXPECT_EQ(urgent.remind_at, kStart + 2h);
  const Outlook critical = outlook(p.at("critical"), kStart);
  EXPECT_TRUE(critical.told_at_once);
  EXPECT_EQ(critical.remind_at, std::nullopt);
}

}  // namespace hejnal::core

// One case is merged into another one: what closes, and what goes on.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Merge, TheSourceClosesAndWorkGoesOnElsewhere) {
  Story s;
  s.email();
  AgentActed merge = s.acted(Action::merge);
  merge.other = 3;
  ASSERT_TRUE(s.happens(merge));
  EXPECT_EQ(s.state(), "closed");
  EXPECT_EQ(s.c.merged_into, 3);
  EXPECT_EQ(s.refusal(s.acted(Action::reopen)), "case 7 was merged into case 3; work there");
  s.agent(Action::note, "doch");
}

struct Absorbing : ::testing::Test {
  Story s;
  Facts::Other other;
  void absorb() {
    other.number = 9;
    s.facts.other = other;
    ASSERT_TRUE(s.happens(s.acted(Action::absorb)));
  }
};

TEST_F(Absorbing, OfTwoDueTimesTheEarlierCounts) {
  s.email();
  other.react_due = kStart + 1h;
  other.answer_due = kStart + 30h;
  absorb();
  EXPECT_EQ(s.due(Promise::react), 1h);
  EXPECT_EQ(s.due(Promise::answer), 24h);
  EXPECT_FALSE(s.c.human_reaction);
}

TEST_F(Absorbing, WhatTheOtherOwedIsOwedHere) {
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.facts.candidates = {9};
  other.react_due = kStart + 2h;
  absorb();
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.due(Promise::react), 2h);
  EXPECT_EQ(s.due(Promise::answer), 24h);
  EXPECT_FALSE(s.c.timer(Timer::settle));
}

TEST_F(Absorbing, AFailureThatWasReadIsOneHereToo) {
  s.email();
  other.class_name = "critical";
  other.failure_open = true;
  other.answer_due = kStart + 4h;
  absorb();
  EXPECT_EQ(s.c.class_name, "critical");
  EXPECT_TRUE(s.c.human_reaction);
  EXPECT_TRUE(failure_open(s.procedure, s.c));
  EXPECT_TRUE(s.c.acknowledged);
  EXPECT_FALSE(s.c.debt(Promise::react));
}

TEST_F(Absorbing, WhoHasHeardThatItWasReadHearsItOnce) {
  s.email();
  other.class_name = "critical";
  other.failure_open = other.acknowledged = true;
  other.client = s.c.client;
  absorb();
  EXPECT_TRUE(failure_open(s.procedure, s.c));
  EXPECT_FALSE(s.c.acknowledged);
}

TEST_F(Absorbing, ASettledCaseStaysSettledWhenNothingIsOwed) {
  s.email();
  s.agent(Action::settle);
  absorb();
  EXPECT_EQ(s.state(), "settled");
}

TEST_F(Absorbing, OurQuestionStaysWithTheClientWhenNothingIsOwed) {
  s.email();
  s.agent(Action::ask, "Jaki to model?");
  absorb();
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_TRUE(s.c.timer(Timer::settle));
  EXPECT_FALSE(s.c.debt(Promise::answer)->running());
}

TEST_F(Absorbing, WhatTheOtherOwedIsNotPutOffByOurQuestion) {
  s.email();
  s.at(1h);
  s.agent(Action::ask, "Jaki to model?");
  other.answer_due = kStart + 3h;
  absorb();
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.due(Promise::answer), 3h);
}

TEST_F(Absorbing, OverdueItRingsAtTheNextMoment) {
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.at(5h);
  s.said();
  other.react_due = kStart + 4h;
  absorb();
  EXPECT_EQ(s.said(), Lines{});
  s.at(5h + 1ms);
  EXPECT_EQ(s.all<Breached>().at(0).late_ms, 3'600'000);
}

TEST_F(Absorbing, TheMissingEmailIsFound) {
  s.sms(Relation::opens);
  s.facts.candidates = {9};
  other.client = {"Anna", kAnna, {}, {}};
  absorb();
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_FALSE(s.c.timer(Timer::email_missing));
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
}

TEST_F(Absorbing, NothingWithoutTheOther) {
  s.email();
  ASSERT_TRUE(s.happens(s.acted(Action::absorb)));
  EXPECT_TRUE(s.last.empty());
}

// Notices count within a case, so those of two merged cases have the same numbers.
TEST(Merging, WhatWasSaidInTwoMergedCasesIsLostInEach) {
  Story s;
  s.email();
  s.said();
  NoticeFate f;
  f.notice = -2;
  f.kind = NoticeKind::answer;
  f.to = kAnna;
  f.state = NoticeState::bounced;
  f.text = "550 no such user";
  f.of = 3;
  EXPECT_TRUE(s.happens(f));
  EXPECT_FALSE(s.said().empty());
  EXPECT_TRUE(s.happens(f));
  EXPECT_EQ(s.said(), Lines{}) << "a second bounce of the same words";
  f.of = 4;
  EXPECT_TRUE(s.happens(f));
  EXPECT_FALSE(s.said().empty()) << "of another case it is something else";
}

TEST(Splitting, WhatHasLeftTheCaseIsNotRepliedTo) {
  Story s;
  s.email();
  const MessageId first = s.c.last_message;
  AgentActed link = s.acted(Action::link);
  link.other = 9;
  link.message = first;
  EXPECT_TRUE(s.happens(link));
  EXPECT_EQ(s.c.last_message, 0);
  s.said();
  s.agent(Action::answer, "Już.");
  EXPECT_EQ(s.notices.back().in_reply_to, 0);
}

}  // namespace hejnal::core

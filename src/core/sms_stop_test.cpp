// A client who has sent STOP, and a sender that is no telephone.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

namespace {

std::string fate_of_latest(const Story& s) {
  const auto fates = s.all<Fate>();
  return fates.empty() ? "" : fmt::format("{} {}", to_string(fates.back().state), fates.back().text);
}

}  // namespace

TEST(Stopped, AnUrgentWordDoesNotLeaveAndTheDeskIsTold) {
  Story s;
  s.facts.sms_stopped = {kAnnasNumber};
  s.sms(Relation::opens);
  s.said();
  s.at(2min);  // the email has not come
  EXPECT_EQ(s.said(), (Lines{"missing_email sms +48601222333", "unreachable email piotr@desk"}));
  EXPECT_EQ(fate_of_latest(s), "failed +48601222333 has sent STOP: no SMS goes there");
  EXPECT_EQ(s.notices.at(0).held_back, "+48601222333 has sent STOP: no SMS goes there");
  EXPECT_EQ(s.notices.at(1).reason, AlertReason::opted_out);
}

TEST(Stopped, ARoutineWordIsOnlyRecorded) {
  Story s;
  s.facts.sms_stopped = {kAnnasNumber};
  s.report(Relation::opens, {"Anna", {}, kAnnasNumber, {}});
  EXPECT_EQ(s.said(), (Lines{"receipt sms +48601222333"}));
  EXPECT_EQ(fate_of_latest(s), "failed +48601222333 has sent STOP: no SMS goes there");
  EXPECT_NE(s.notices.at(0).held_back, "");
}

TEST(Stopped, AnAgentIsToldBeforeWritingInVain) {
  Story s;
  s.email();
  s.call(true);
  s.facts.sms_stopped = {kAnnasNumber};
  AgentActed a = s.acted(Action::answer, "Gotowe.");
  a.channels = {Channel::sms};
  EXPECT_NE(s.refusal(a).find("has sent STOP"), std::string::npos);
  a.channels = {Channel::email};
  EXPECT_EQ(s.refusal(a), "");
}

TEST(Stopped, AnAnswerThatWaitedMeanwhileIsOwedAgain) {
  Story s;
  s.report(Relation::opens, {"Anna", {}, kAnnasNumber, {}});
  s.said();
  s.agent(Action::answer, "Gotowe.", 1min);
  s.facts.sms_stopped = {kAnnasNumber};
  s.at(1min);
  EXPECT_EQ(s.said(), (Lines{"answer sms +48601222333", "unreachable email piotr@desk"}));
  EXPECT_EQ(s.state(), "working");
  EXPECT_TRUE(s.c.debt(Promise::answer));
}

TEST(Stopped, AlertsGoOnWhoeverHasSentIt) {
  Story s;
  s.facts.sms_stopped = {"+48600000001"};
  s.email(Relation::opens, "critical");
  const Lines said = s.said();
  EXPECT_NE(std::find(said.begin(), said.end(), "alert sms +48600000001"), said.end());
  EXPECT_EQ(s.all<Fate>().size(), 0U);
}

TEST(Stopped, TheWordItselfIsRecordedAndNothingFollows) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.said();
  SmsReceived stop;
  stop.message = 9;
  stop.from.phone = kAnnasNumber;
  stop.text = "STOP";
  stop.contact_word = true;
  ASSERT_TRUE(s.happens(stop));
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.state(), "waiting") << "it is not a reply";
  EXPECT_EQ(s.last.size(), 1U);
}

TEST(Budget, OfSmsToANumber) {
  Story s;
  s.facts.sms_over_budget = {kAnnasNumber};
  s.report(Relation::opens, {"Anna", {}, kAnnasNumber, {}});
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.why<Withheld>(), "+48601222333 has had enough automatic SMS for now");
}

TEST(Nameless, ASenderThatIsNoTelephoneCannotBeAnsweredAndTheCaseSaysSo) {
  Story s;
  SmsReceived sms;
  sms.message = 1;
  sms.from.phone = "ORANGE";
  sms.text = "Serwer stoi";
  ASSERT_TRUE(s.happens(sms));
  s.said();
  s.at(2min);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_NE(s.why<Withheld>().find("\"ORANGE\" is a sender's name"), std::string::npos);
  AgentActed a = s.acted(Action::answer, "Gotowe.");
  EXPECT_NE(s.refusal(a).find("\"ORANGE\" is a sender's name"), std::string::npos);
}

TEST(Question, AnAnswerBySmsIsNoStepOfTheProcedure) {
  Story s;
  s.email();
  s.call(true);
  s.agent(Action::ask, "Który pokój?");
  EXPECT_EQ(open_question(s.c), s.now);
  s.said();
  s.at(3h);
  s.sms();
  EXPECT_EQ(s.c.step, 1);
  EXPECT_EQ(s.state(), "working");
  EXPECT_FALSE(open_question(s.c));
  EXPECT_EQ(s.why<Owed>(), "the client has answered our question by SMS");
}

TEST(Colleague, WhatIsDoneBySmsSaysSo) {
  Story s;
  s.email();
  AgentActed a = s.acted(Action::read);
  a.how = "by SMS";
  ASSERT_TRUE(s.happens(a));
  EXPECT_EQ(s.why<Acted>(), "by SMS");
  EXPECT_EQ(s.last.at(0).by, "Ola");
}

}  // namespace hejnal::core

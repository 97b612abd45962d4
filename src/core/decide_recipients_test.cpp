// Who is answered: the client, a colleague who has joined in, the client of a merged case.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

EmailReceived from(Story& s, const char* who, const char* answer_to = nullptr) {
  EmailReceived mail = s.mail(Relation::reply);
  mail.from = {"", who, {}, {}};
  mail.answer_to = answer_to ? answer_to : who;
  mail.automatic_to = mail.answer_to;
  return mail;
}

TEST(Recipients, AColleagueIsAnsweredTooAndNeverInstead) {
  Story s;
  s.email();
  ASSERT_TRUE(s.happens(from(s, "ola@inna.example")));
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer email ola@inna.example"}));
  s.agent(Action::answer, "I jeszcze jedno.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"})) << "she has not written since";
}

TEST(Recipients, AForgedReplyToChangesNothing) {
  for (const Relation relation : {Relation::reply, Relation::resend}) {
    Story s;
    s.email();
    s.said();
    EmailReceived forged = from(s, kAnna, "mallory@evil.example");
    forged.relation = relation;
    ASSERT_TRUE(s.happens(forged));
    s.at(1min);
    s.agent(Action::answer, "Gotowe.");
    for (const std::string& line : s.said()) EXPECT_EQ(line.find("evil"), std::string::npos) << line;
    EXPECT_EQ(s.c.answer_to, kAnna);
  }
}

TEST(Recipients, AnAnnouncedMailIsAnsweredToItsSenderWhateverItsReplyTo) {
  Story s;
  s.sms(Relation::opens);
  EmailReceived mail = from(s, kAnna, "mallory@zly.example");
  mail.relation = Relation::announced;
  ASSERT_TRUE(s.happens(mail));
  EXPECT_EQ(s.c.answer_to, kAnna);
}

TEST(Recipients, WhoseMailAnAgentHasPutHereGetsTheNextAnswer) {
  Story s;
  s.email();
  s.report(Relation::reply, {"", "jan@klient.example", {}, {}});
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer email jan@klient.example"}));
}

TEST(Recipients, TheClientMayMoveWithinTheOrganisation) {
  Story s;
  s.email();
  ASSERT_TRUE(s.happens(from(s, kAnna, "biuro@klient.example")));
  EXPECT_EQ(s.c.answer_to, "biuro@klient.example");
  Story freemail;
  EmailReceived first = freemail.mail();
  first.from.email = first.answer_to = first.automatic_to = "anna@wp.pl";
  ASSERT_TRUE(freemail.happens(first));
  ASSERT_TRUE(freemail.happens(from(freemail, "anna@wp.pl", "mallory@wp.pl")));
  EXPECT_EQ(freemail.c.answer_to, "anna@wp.pl");
}

// Bob's case 9 was merged into Anna's case 7.
Story merged(const Party& bob) {
  Story s;
  s.email();
  Facts::Other other;
  other.number = 9;
  other.answer_due = s.now + 2h;
  other.client = bob;
  other.clients = {
      TookOver{false, {9, 8}, bob, "Internet", "BBBBB", "bob's token", bob.email, bob.email, 55}};
  s.facts.other = other;
  s.agent(Action::absorb);
  s.said();
  return s;
}

const Party kBob = {"Bob", "bob@inny.example", {}, {}};

TEST(Merged, EachClientIsAnsweredByTheCaseThatItKnows) {
  Story s = merged(kBob);
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer email bob@inny.example"}));
  const Notice &anna = s.notices.at(0), &bob = s.notices.at(1);
  EXPECT_EQ(anna.through, 0);
  EXPECT_EQ(anna.subject, "Drukarka");
  EXPECT_EQ(bob.number, 7);
  EXPECT_EQ(bob.through, 9);
  EXPECT_EQ(bob.subject, "Internet");
  EXPECT_EQ(bob.short_code, "BBBBB");
  EXPECT_EQ(bob.token, "bob's token");
  EXPECT_EQ(bob.in_reply_to, 55);
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Merged, SettledWithoutAnAnswerBothHearOfIt) {
  Story s = merged(kBob);
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), (Lines{"settled email anna@klient.example", "settled email bob@inny.example"}));
}

TEST(Merged, WhoIsReachedOnlyByTelephoneGetsAnSms) {
  Story s = merged({"Bob", {}, "+48602333444", {}});
  EXPECT_TRUE(s.c.others.empty()) << "nothing says that it is somebody else";
  EXPECT_EQ(s.c.client.phone, "+48602333444");
  Story known;
  known.email();
  known.sms();
  Facts::Other other;
  other.number = 9;
  other.clients = {TookOver{false, {9}, {"Bob", {}, "+48602333444", {}}, {}, "BBBBB", "t", {}, {}, 55}};
  known.facts.other = other;
  known.agent(Action::absorb);
  known.said();
  known.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(known.said(), (Lines{"answer email anna@klient.example", "answer sms +48602333444"}));
}

TEST(Merged, TheSameClientIsAnsweredOnce) {
  Story s = merged({"Anna", kAnna, kAnnasNumber, {}});
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
  EXPECT_TRUE(may_see(s.c, 9, 7));
  EXPECT_TRUE(may_see(s.c, 7, 8));
}

TEST(Merged, AClientOfTwoMergedCasesIsOneClient) {
  Story s = merged(kBob);
  Facts::Other third;
  third.number = 12;
  const Party bob_again{"", kBob.email, "+48602333444", "Inny"};
  third.clients = {
      TookOver{false, {12}, bob_again, "Skaner", "CCCCC", "third token", "bob@inny.example", {}, 60}};
  s.facts.other = third;
  s.agent(Action::absorb);
  ASSERT_EQ(s.c.others.size(), 1u);
  EXPECT_EQ(s.c.others[0].cases, (std::vector<CaseNumber>{9, 8, 12}));
  EXPECT_EQ(s.c.others[0].client, (Party{"Bob", kBob.email, "+48602333444", "Inny"}));
  EXPECT_EQ(s.c.others[0].subject, "Internet");
  EXPECT_TRUE(may_see(s.c, 12, 9));
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer email bob@inny.example"}));
}

TEST(Merged, WhoWritesAsAStrangerSpeaksThroughWhatTheMailPointsTo) {
  const Story s = merged(kBob);
  EXPECT_EQ(speaks_through(s.c, kAnna, 9), 0);
  EXPECT_EQ(speaks_through(s.c, "ewa@inny.example", 9), 9);
  EXPECT_EQ(speaks_through(s.c, "ewa@inny.example", 7), 0);
}

TEST(Merged, WhoIsReachedByNothingIsSaidToBe) {
  Story s;
  s.email();
  s.sms();
  Facts::Other other;
  other.number = 9;
  other.clients = {TookOver{false, {9}, {"Bob", {}, "+48602333444", {}}, {}, "BBBBB", "t", {}, {}, 55}};
  s.facts.other = other;
  s.agent(Action::absorb);
  s.agent(Action::answer, std::string(1000, 'x'));  // too long for an SMS
  const auto withheld = s.all<Withheld>();
  ASSERT_EQ(withheld.size(), 1u);
  EXPECT_EQ(withheld[0].what, NoticeKind::answer);
}

TEST(Merged, WhoHasHadEnoughAutomaticMailGetsNone) {
  Story s = merged(kBob);
  s.facts.over_budget = {"bob@inny.example"};
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), (Lines{"settled email anna@klient.example"}));
  EXPECT_EQ(s.all<Withheld>().size(), 1u);
}

TEST(Merged, AListenerWhoIsAClientAnywayIsAnsweredOnce) {
  Story s = merged(kBob);
  ASSERT_TRUE(s.happens(from(s, "bob@inny.example")));  // as a colleague in Anna's thread
  ASSERT_EQ(s.c.also_to.size(), 1u);
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer email bob@inny.example"}));
}

TEST(Merged, NobodySeesWhatTheOtherHasWritten) {
  const Story s = merged(kBob);
  EXPECT_TRUE(may_see(s.c, 7, 7));
  EXPECT_TRUE(may_see(s.c, 9, 9));
  EXPECT_TRUE(may_see(s.c, 9, 8)) << "his own, merged before";
  EXPECT_FALSE(may_see(s.c, 9, 7));
  EXPECT_FALSE(may_see(s.c, 7, 9));
  EXPECT_FALSE(may_see(s.c, 4, 7)) << "merged before it was known whose it is";
}

TEST(Merged, WhatTheOtherClientSendsAgainIsAcknowledgedToHim) {
  Story s = merged(kBob);
  EmailReceived again = from(s, "bob@inny.example");
  again.relation = Relation::resend;
  again.through = speaks_through(s.c, "bob@inny.example", 0);
  EXPECT_EQ(again.through, 9);
  ASSERT_TRUE(s.happens(again));
  EXPECT_EQ(s.said().at(0), "resend_receipt email bob@inny.example");
  EXPECT_EQ(s.c.answer_to, kAnna);
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.notices.at(1).in_reply_to, again.message);
}

TEST(Merged, AnAnswerThatDoesNotReachTheOtherOneOwesItAnew) {
  Story s = merged(kBob);
  s.agent(Action::answer, "Gotowe.");
  s.said();
  NoticeFate fate;
  fate.notice = s.notices.at(1).id;
  fate.kind = NoticeKind::answer;
  fate.to = "bob@inny.example";
  fate.through = 9;
  fate.state = NoticeState::bounced;
  ASSERT_TRUE(s.happens(fate));
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.said(), (Lines{"unreachable email piotr@desk"}));
  EXPECT_EQ(s.notices.at(0).client.email, "bob@inny.example");
}

TEST(Recipients, ACopyThatDoesNotArriveIsOnlyTold) {
  Story s;
  s.email();
  s.sms();
  ASSERT_TRUE(s.happens(from(s, "ola@inna.example")));
  s.agent(Action::answer, "Gotowe.");
  s.said();
  NoticeFate fate;
  fate.notice = s.notices.at(1).id;
  fate.kind = NoticeKind::answer;
  fate.to = "ola@inna.example";
  fate.copy = s.notices.at(1).copy;
  fate.state = NoticeState::bounced;
  ASSERT_TRUE(s.happens(fate));
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_EQ(s.said(), (Lines{"unreachable email piotr@desk"}));
}

// An SMS case of an unknown sender takes another client's case over; then its email comes, and it is from
// him.
TEST(Merged, WhoHasBecomeTheClientHearsOfItOnce) {
  Story s;
  s.sms(Relation::opens);
  Facts::Other other;
  other.number = 9;
  other.clients = {
      TookOver{false, {9}, {"Anna", kAnna, "+48999", {}}, "Internet", "BBBBB", "t", kAnna, kAnna, 55}};
  s.facts.other = other;
  s.agent(Action::absorb);
  ASSERT_EQ(s.c.others.size(), 1U);
  s.email(Relation::announced);
  s.said();
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), (Lines{"settled email anna@klient.example"}));
}

TEST(Unjoin, ANumberOfAMergedCasesClientIsForgottenThere) {
  Story s = merged({"Bob", "bob@inny.example", kAnnasNumber, {}});
  ASSERT_EQ(s.c.others.size(), 1U);
  AgentActed unjoin = s.acted(Action::unjoin);
  unjoin.other = 8;
  unjoin.phone = kAnnasNumber;
  ASSERT_TRUE(s.happens(unjoin));
  EXPECT_EQ(s.c.others[0].client.phone, "");
}

}  // namespace hejnal::core

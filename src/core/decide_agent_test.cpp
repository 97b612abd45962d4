// The desk acts.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Read, AlarmsStopAndWorkIsAnnouncedInFiveMinutes) {
  Story s;
  s.email();
  s.said();
  s.at(30min);
  s.agent(Action::read);
  EXPECT_EQ(s.state(), "read");
  EXPECT_EQ(s.c.read_at, kStart + 30min);
  EXPECT_EQ(s.all<Kept>().at(0).late_ms, 0);
  s.at(34min);
  EXPECT_EQ(s.said(), Lines{});
  s.at(35min);
  EXPECT_EQ(s.said(), (Lines{"start_of_work email anna@klient.example"}));
  EXPECT_EQ(s.state(), "working");
  s.at(12h);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Read, TwiceIsNothing) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.agent(Action::read);
  EXPECT_TRUE(s.last.empty());
}

TEST(Read, OfACriticalCaseIsAcknowledgedAtOnceAndOnlyOnce) {
  Story s;
  s.email(Relation::opens, "critical");
  s.said();
  s.agent(Action::read);
  EXPECT_EQ(s.said(), (Lines{"acknowledgement email anna@klient.example"}));
  s.at(1h);
  EXPECT_EQ(s.said(), Lines{});  // the start-of-work reply only when a person starts
  s.email(Relation::reply);
  s.said();
  s.agent(Action::read);
  EXPECT_EQ(s.said(), Lines{});
  s.agent(Action::start);
  EXPECT_EQ(s.said(), (Lines{"start_of_work email anna@klient.example"}));
}

TEST(StartOfWork, Rules) {
  struct Row {
    const char* what;
    void (*happens)(Story&);
    int said;
  };
  const Row rows[] = {
      {"read and nothing more", [](Story&) {}, 1},
      {"started by hand", [](Story& s) { s.agent(Action::start); }, 1},
      {"started twice", [](Story& s) { s.agent(Action::start), s.agent(Action::start); }, 1},
      {"answered", [](Story& s) { s.agent(Action::answer, "Gotowe."); }, 0},
      {"asked", [](Story& s) { s.agent(Action::ask, "Która?"); }, 0},
      {"settled", [](Story& s) { s.agent(Action::settle); }, 0},
      {"closed", [](Story& s) { s.agent(Action::close); }, 0},
      {"an answer is on its way", [](Story& s) { s.agent(Action::answer, "Gotowe.", 10min); }, 0},
      {"an answer was cancelled",
       [](Story& s) { s.agent(Action::answer, "Gotowe.", 10min), s.agent(Action::cancel); }, 1},
      {"answered, then started again",
       [](Story& s) { s.agent(Action::answer, "Gotowe."), s.agent(Action::start); }, 0},
      {"read again after a reply",
       [](Story& s) { s.at(10min), s.email(Relation::reply), s.agent(Action::read); }, 1},
  };
  for (const Row& row : rows) {
    Story s;
    s.email();
    s.agent(Action::read);
    s.said();
    row.happens(s);
    s.at(2h);
    int said = 0;
    for (const std::string& kind : s.kinds()) said += kind == "start_of_work";
    EXPECT_EQ(said, row.said) << row.what;
  }
}

TEST(StartOfWork, ZeroMeansNeverByItself) {
  Story s;
  s.procedure.classes[0].promise.start_of_work_after = 0ms;
  s.email();
  s.said();
  s.agent(Action::read);
  s.at(50min);
  EXPECT_EQ(s.said(), Lines{});
  s.agent(Action::answer, "Gotowe.", 10min);
  s.agent(Action::cancel);
  s.at(55min);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(StartOfWork, ACancelledAnswerToSomebodyWhoWasAskedSaysNothing) {
  Story s;
  s.email();
  s.agent(Action::ask, "Która?");
  s.agent(Action::answer, "Gotowe.", 10min);
  s.agent(Action::cancel);
  EXPECT_FALSE(s.c.timer(Timer::start_of_work));
}

TEST(Answer, KeepsThePromiseAndWaits) {
  Story s;
  s.email();
  s.said();
  s.at(20min);
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
  EXPECT_EQ(s.notices[0].text, "Gotowe.");
  EXPECT_FALSE(s.notices[0].automatic());
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_EQ(s.c.answered_at, kStart + 20min);
  EXPECT_FALSE(s.c.debt(Promise::answer));
  EXPECT_FALSE(next(s.c)->by_desk);
  EXPECT_EQ(next(s.c)->what, "reply");
}

TEST(Answer, ThenSilenceSettlesAndCloses) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.said();
  s.at(167h);
  EXPECT_EQ(s.state(), "waiting");
  s.at(168h);
  EXPECT_EQ(s.state(), "settled");
  EXPECT_EQ(next(s.c)->what, "objection");
  s.at(335h);
  EXPECT_EQ(s.state(), "settled");
  s.at(336h);
  EXPECT_EQ(s.state(), "closed");
  EXPECT_FALSE(next(s.c));
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Answer, LateIsSaid) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.at(25h);
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.all<Kept>().back().late_ms, 3'600'000);
  EXPECT_EQ(s.why<Kept>(), "1 h late");
}

TEST(Answer, InTheMillisecondOfItsBreachIsLate) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.at(24h);
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.all<Breached>().size(), 1u);
  EXPECT_GT(s.all<Kept>().back().late_ms, 0);
}

TEST(Answer, GoesWhereItCan) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  s.agent(Action::answer, "Gotowe.");
  EXPECT_EQ(s.said(), (Lines{"answer sms +48601222333"}));
  AgentActed by_email = s.acted(Action::answer, "Gotowe.");
  by_email.channels = {Channel::email};
  EXPECT_EQ(s.refusal(by_email), "the client has no email address");
  AgentActed by_call = by_email;
  by_call.channels = {Channel::call};
  EXPECT_EQ(s.refusal(by_call), "an answer goes by email or sms, not by call");
  Story mail;
  mail.email();
  AgentActed by_sms = mail.acted(Action::answer, "Gotowe.");
  by_sms.channels = {Channel::sms};
  EXPECT_EQ(mail.refusal(by_sms), "the client has no telephone number");
  mail.sms();
  mail.said();
  by_sms.channels = {Channel::email, Channel::sms};
  ASSERT_TRUE(mail.happens(by_sms));
  EXPECT_EQ(mail.said(), (Lines{"answer email anna@klient.example", "answer sms +48601222333"}));
}

TEST(Ask, StopsTheClockUntilTheClientSpeaks) {
  Story s;
  s.email();
  s.at(1h);
  s.said();
  s.agent(Action::ask, "Która drukarka?");
  EXPECT_EQ(s.said(), (Lines{"question email anna@klient.example"}));
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_FALSE(s.c.debt(Promise::answer)->running());
  s.at(48h);
  EXPECT_EQ(s.said(), Lines{});
  s.email(Relation::reply);
  EXPECT_EQ(s.due(Promise::answer), 48h + 23h);
  EXPECT_EQ(s.due(Promise::react), 50h);
}

TEST(Ask, LateAlreadyTheClientsWordGivesTheGrace) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.at(30h);
  s.agent(Action::ask, "Która?");
  EXPECT_EQ(s.all<Paused>().at(0).left_ms, -6 * 3'600'000);
  s.at(31h);
  s.email(Relation::reply);
  EXPECT_EQ(s.due(Promise::answer), 31h + 5min);
}

TEST(Ask, SilenceSettlesNothing) {
  Story s;
  s.email();
  s.agent(Action::ask, "Która?");
  s.said();
  s.at(168h);
  EXPECT_EQ(s.said(), (Lines{"no_reply email anna@klient.example"}));
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_EQ(next(s.c)->why, "without a reply it is then closed");
  s.at(335h);
  EXPECT_EQ(s.state(), "waiting");
  s.at(336h);
  EXPECT_EQ(s.state(), "closed");
  EXPECT_EQ(s.all<Released>().size(), 1u);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Ask, AReplyAfterTheReminderTakesItUp) {
  Story s;
  s.email();
  s.at(1h);
  s.agent(Action::ask, "Która?");
  s.at(170h);
  s.email(Relation::reply);
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.due(Promise::answer), 170h + 23h);
  s.at(171h);
  s.agent(Action::ask, "A teraz?");
  s.said();
  s.at(171h + 168h);
  EXPECT_EQ(s.said(), (Lines{"no_reply email anna@klient.example"}));
}

// What was answered before is settled by silence, whatever is asked afterwards.
TEST(Ask, AfterAnAnswerSilenceSettles) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.agent(Action::ask, "Działa?");
  s.at(168h);
  EXPECT_EQ(s.state(), "settled");
}

TEST(Ask, ThenAnswerAfterAll) {
  Story s;
  s.email();
  s.agent(Action::ask, "Która?");
  s.agent(Action::ask, "Na którym piętrze?");
  EXPECT_EQ(s.all<Paused>().size(), 1u);
  s.agent(Action::answer, "Już wiemy.");
  EXPECT_FALSE(s.c.debt(Promise::answer));
  EXPECT_EQ(s.state(), "waiting");
}

TEST(DelayedAnswer, LeavesByItselfUnlessCancelled) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::answer, "Gotowe.", 10min);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.state(), "read");
  EXPECT_EQ(next(s.c)->what, "sending the answer");
  EXPECT_EQ(s.refusal(s.acted(Action::answer, "Inna.")),
            "an answer is waiting to be sent; cancel that one first");
  s.at(9min);
  EXPECT_EQ(s.said(), Lines{});
  s.at(10min);
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
  EXPECT_EQ(s.journal.back().by, "Ola");
  EXPECT_EQ(s.refusal(s.acted(Action::cancel)), "no answer is waiting to be sent");
}

TEST(DelayedAnswer, CancelledItNeverLeaves) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::answer, "Gotowe.", 10min);
  s.agent(Action::cancel);
  s.at(50min);
  EXPECT_EQ(s.said(), (Lines{"start_of_work email anna@klient.example"}));
  EXPECT_TRUE(s.c.debt(Promise::answer));
}

TEST(DelayedAnswer, AQuestionToo) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::ask, "Która?", 10min);
  s.at(10min);
  EXPECT_EQ(s.said(), (Lines{"question email anna@klient.example"}));
  EXPECT_FALSE(s.c.debt(Promise::answer)->running());
}

TEST(DelayedAnswer, SettlingSendsItNow) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::answer, "Gotowe.", 10min);
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
  EXPECT_EQ(s.state(), "settled");
  s.at(1h);
  EXPECT_EQ(s.said(), Lines{});
}

// What was written and accepted leaves, or is cancelled by name.
TEST(DelayedAnswer, NothingDropsItInSilence) {
  Story s;
  s.email();
  s.agent(Action::ask, "Która?", 10min);
  EXPECT_EQ(s.refusal(s.acted(Action::settle)), "a question is waiting to be sent; cancel it first");
  AgentActed merge = s.acted(Action::merge);
  merge.other = 3;
  for (const AgentActed& act : {s.acted(Action::close), merge}) {
    EXPECT_EQ(s.refusal(act), "an answer is waiting to be sent; cancel it first, or wait until it has left");
  }
  s.agent(Action::cancel);
  s.agent(Action::close);
  EXPECT_EQ(s.state(), "closed");
}

TEST(Answer, ByEachWayOnceAndNeverWithoutWords) {
  Story s;
  s.email();
  s.sms();
  s.said();
  AgentActed act = s.acted(Action::answer, "Gotowe.");
  act.channels = {Channel::email, Channel::email, Channel::sms, Channel::email};
  ASSERT_TRUE(s.happens(act));
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "answer sms +48601222333"}));
  EXPECT_EQ(s.refusal(s.acted(Action::answer, "\u200B \u00A0\n")), "an answer needs words");
  act.text = std::string(901, 'x');
  EXPECT_EQ(s.refusal(act),
            "an answer by SMS has at most 900 characters, this one has 901; send it by email");
  act.channels = {Channel::email};
  EXPECT_EQ(s.refusal(act), "");
}

TEST(Answer, WhatOfAMailDidNotGoIsToldToItsWriter) {
  Story s;
  s.email();
  s.said();
  AgentActed act = s.acted(Action::answer, "W załączniku.");
  act.left_out = "plan.pdf";
  act.agent_email = "piotr@desk";
  ASSERT_TRUE(s.happens(act));
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example", "left_out email piotr@desk"}));
}

TEST(DelayedAnswer, TheCaseDoesNotCloseBeforeItLeaves) {
  Story s;
  s.email();
  s.agent(Action::settle);
  s.said();
  s.agent(Action::answer, "Jeszcze jedno.", 200h);
  s.at(199h);
  EXPECT_EQ(s.state(), "settled");
  s.at(200h);
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));
  EXPECT_EQ(s.state(), "waiting");
}

TEST(Settle, WithoutAnAnswerTheProgramSaysSo) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), (Lines{"settled email anna@klient.example"}));
  EXPECT_EQ(s.state(), "settled");
  EXPECT_EQ(s.c.settled_at, kStart);
  s.agent(Action::settle);
  EXPECT_TRUE(s.last.empty());
}

TEST(Settle, AfterAnAnswerNothingMoreIsSaid) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.said();
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), Lines{});
  s.at(168h);
  EXPECT_EQ(s.state(), "closed");
}

TEST(Reopen, WorkGoesOn) {
  for (const Action rest : {Action::answer, Action::ask, Action::settle, Action::close}) {
    Story s;
    s.email();
    s.agent(rest, "Tak.");
    s.agent(Action::reopen);
    EXPECT_EQ(s.state(), "working") << to_string(rest);
    EXPECT_TRUE(s.c.debt(Promise::answer)->running()) << to_string(rest);
  }
  Story open;
  open.email();
  EXPECT_EQ(open.refusal(open.acted(Action::reopen)), "case 7 is open (new)");
}

TEST(Start, OfASettledCaseOwesAnAnswerAgain) {
  Story s;
  s.email();
  s.agent(Action::settle);
  s.at(1h);
  s.agent(Action::start);
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.due(Promise::answer), 25h);
}

TEST(Close, EndsEverything) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.agent(Action::close, "pomyłka");
  EXPECT_EQ(s.state(), "closed");
  EXPECT_FALSE(s.c.timer(Timer::start_of_work));
  s.agent(Action::close);
  EXPECT_TRUE(s.last.empty());
}

TEST(Closed, OnlyAFewThingsCanBeDone) {
  for (const Action action : {Action::read, Action::start, Action::answer, Action::ask, Action::settle,
                              Action::reclassify, Action::merge, Action::absorb, Action::cancel}) {
    Story s;
    s.email();
    s.agent(Action::close);
    EXPECT_EQ(s.refusal(s.acted(action)), "case 7 is closed; reopen it first") << to_string(action);
  }
  Story s;
  s.email();
  s.agent(Action::close);
  s.agent(Action::note, "ważne");
  AgentActed link = s.acted(Action::link);
  link.other = 3;
  ASSERT_TRUE(s.happens(link));
  ASSERT_TRUE(s.happens(link));
  EXPECT_EQ(s.c.links, (std::vector<CaseNumber>{3}));
  EXPECT_EQ(s.state(), "closed");
}

// -- a message that was joined by mistake
// -----------------------------------------------------------------------------------------------

TEST(Unjoin, TheCaseRemembersWhereItWentAndForgetsTheNumber) {
  for (const bool same_person : {true, false}) {
    Story s;
    s.email();
    s.sms();
    EXPECT_EQ(s.c.client.phone, kAnnasNumber);
    AgentActed unjoin = s.acted(Action::unjoin);
    unjoin.message = 2;
    unjoin.other = 8;
    if (!same_person) unjoin.phone = kAnnasNumber;
    ASSERT_TRUE(s.happens(unjoin));
    ASSERT_EQ(s.last.size(), 1U);
    EXPECT_EQ(std::get<Unjoined>(s.last[0].body).message, 2);
    EXPECT_EQ(s.c.links, (std::vector<CaseNumber>{8}));
    EXPECT_EQ(s.c.client.phone, same_person ? kAnnasNumber : "");
    EXPECT_FALSE(s.c.read_at) << "that is no look at the matter";
    s.agent(Action::close);
    EXPECT_TRUE(s.happens(unjoin)) << "also where it is closed already";
  }
}

}  // namespace hejnal::core

// A client speaks.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Opening, AnEmailGetsAReceiptAndNobodyIsWoken) {
  Story s;
  s.email();
  EXPECT_EQ(s.said(), (Lines{"receipt email anna@klient.example"}));
  EXPECT_EQ(s.state(), "new");
  EXPECT_EQ(s.class_name(), "routine?");  // email alone cannot tell
  EXPECT_EQ(s.due(Promise::react), 2h);   // so the desk reacts as if it were urgent
  EXPECT_EQ(s.due(Promise::answer), 24h);
  EXPECT_EQ(s.alarm_in(), 1h);
  EXPECT_EQ(s.c.number, 7);
  EXPECT_EQ(s.c.short_code, "K7M2P");
  EXPECT_EQ(s.c.subject, "Drukarka");
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_EQ(next(s.c)->what, "reaction");
  EXPECT_TRUE(next(s.c)->by_desk);
}

TEST(Opening, TheReceiptTellsWhenTheAnswerIsDue) {
  Story s;
  s.email();
  ASSERT_EQ(s.notices.size(), 1u);
  EXPECT_EQ(s.notices[0].due, kStart + 24h);
  EXPECT_EQ(s.notices[0].in_reply_to, s.c.last_message);
  EXPECT_EQ(s.notices[0].id, 1);
  EXPECT_TRUE(s.notices[0].automatic());
}

TEST(Opening, WhatLooksLikeAnOutageIsOfferedAndItsReceiptSaysSo) {
  Story s;
  s.facts.like_outage = 3;
  s.facts.outage_text = "Poczta nie działa.";
  s.email();
  EXPECT_EQ(s.notices.at(0).outage_text, "Poczta nie działa.");
  EXPECT_EQ(s.c.like_outage, 3);
  EXPECT_EQ(s.c.outage, 0);  // a person decides
  // Sent again: what is said of it now.
  s.facts.like_outage = 0;
  s.facts.outage_text = "Wymieniamy zasilacz.";
  s.at(3h);
  s.email(Relation::resend);
  EXPECT_EQ(s.notices.at(0).kind, NoticeKind::resend_receipt);
  EXPECT_EQ(s.notices.at(0).outage_text, "Wymieniamy zasilacz.");
  EXPECT_EQ(s.all<InOutage>().size(), 1u);
}

TEST(Opening, AnSmsThatLooksLikeAnOutageIsToldSoWhileItsEmailIsMissing) {
  Story s;
  s.facts.like_outage = 3;
  s.facts.outage_text = "Poczta nie działa.";
  s.sms(Relation::opens);
  s.facts.like_outage = 0;
  s.said();
  s.at(2min);
  ASSERT_EQ(s.notices.at(0).kind, NoticeKind::missing_email);
  EXPECT_EQ(s.notices.at(0).outage_text, "Poczta nie działa.");
}

TEST(Opening, TheEmailThatWasMissingMayBeWhatLooksLikeAnOutage) {
  Story s;
  s.sms(Relation::opens);
  s.at(1min);
  s.facts.like_outage = 3;
  s.facts.outage_text = "Poczta nie działa.";
  s.email(Relation::announced);
  EXPECT_EQ(s.c.like_outage, 3);
  ASSERT_EQ(s.notices.at(0).kind, NoticeKind::receipt);
  EXPECT_EQ(s.notices.at(0).outage_text, "Poczta nie działa.");
}

TEST(Opening, WhatSaysItsClassOutrightHasIt) {
  for (const char* name : {"routine", "urgent", "critical"}) {
    Story s;
    s.email(Relation::opens, name);
    EXPECT_EQ(s.class_name(), name);
    EXPECT_EQ(s.c.class_reason, "its subject says [" + std::string(name) + "]");
  }
  Story unknown;
  unknown.email(Relation::opens, "galactic");
  EXPECT_EQ(unknown.class_name(), "routine?");
}

TEST(Opening, ACriticalEmailTellsOnCallAtOnce) {
  Story s;
  s.email(Relation::opens, "critical");
  EXPECT_EQ(s.said(),
            (Lines{"receipt email anna@klient.example", "alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.due(Promise::react), 15min);
  EXPECT_EQ(s.due(Promise::answer), 4h);
}

TEST(Opening, AnSmsAloneIsHandledAsCriticalAndItsEmailIsMissed) {
  Story s;
  s.sms(Relation::opens);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.class_name(), "critical?");
  EXPECT_TRUE(s.c.email_missing);
  s.at(2min);
  EXPECT_EQ(s.said(), (Lines{"missing_email sms +48601222333"}));
  s.at(4min);
  EXPECT_EQ(s.said(), Lines{});  // told once
}

TEST(Opening, ACallAnsweredOrRejected) {
  Story answered;
  answered.call(true, Relation::opens);
  EXPECT_EQ(answered.said(), Lines{});
  EXPECT_EQ(answered.class_name(), "routine?");
  EXPECT_FALSE(answered.c.email_missing);
  Story rejected;
  rejected.facts.failure_open = true;
  rejected.call(false, Relation::opens);
  EXPECT_EQ(rejected.said(), Lines{});  // the callback tells the caller
}

TEST(Opening, AReportOnThePageGetsItsReceiptByWhateverWorks) {
  Story by_email;
  by_email.report();
  EXPECT_EQ(by_email.said(), (Lines{"receipt email anna@klient.example"}));
  EXPECT_EQ(by_email.notices[0].due, kStart + 24h);
  Story by_phone;
  by_phone.report(Relation::opens, {"Jan", {}, "+48602333444", {}});
  EXPECT_EQ(by_phone.said(), (Lines{"receipt sms +48602333444"}));
  Story nobody;
  nobody.report(Relation::opens, {"Jan", {}, {}, {}});
  EXPECT_EQ(nobody.said(), Lines{});
  EXPECT_EQ(nobody.why<Withheld>(),
            "there is no address that automatic mail may go to, and no telephone number is known");
}

TEST(Opening, AMessageThatMentionsAForeignCaseIsLinkedWithIt) {
  Story s;
  s.facts.mentions = 3;
  s.facts.candidates = {4, 5};
  s.email();
  EXPECT_EQ(s.c.links, (std::vector<CaseNumber>{3}));
  EXPECT_EQ(s.c.candidates, (std::vector<CaseNumber>{4, 5}));
}

TEST(Receipt, IsWithheldWithItsReason) {
  struct Row {
    const char* what;
    void (*change)(Story&, EmailReceived&);
    const char* why;
  };
  const Row rows[] = {
      {"an empty envelope sender", [](Story&, EmailReceived& m) { m.automatic_to.clear(); },
       "the envelope sender is empty"},
      {"the carrier knows why", [](Story&, EmailReceived& m) { m.no_receipt_why = "it is 2 days old"; },
       "it is 2 days old"},
      {"a robot", [](Story&, EmailReceived& m) { m.automatic = true; }, "it was written by a program"},
      {"the budget is used up",
       [](Story& s, EmailReceived&) { s.facts.automatic_budget = "enough for this hour"; },
       "enough for this hour"},
  };
  for (const Row& row : rows) {
    Story s;
    EmailReceived m = s.mail();
    row.change(s, m);
    ASSERT_TRUE(s.happens(m));
    EXPECT_EQ(s.said(), Lines{}) << row.what;
    EXPECT_EQ(s.why<Withheld>(), row.why) << row.what;
  }
  Story unwanted;
  unwanted.procedure.classes[0].promise.receipt = false;
  unwanted.email();
  EXPECT_EQ(unwanted.said(), Lines{});
  EXPECT_TRUE(unwanted.all<Withheld>().empty());
}

// -- the class that the time between email and SMS tells
// ---------------------------------------------------------

TEST(Inference, TheTimeBetweenEmailAndSms) {
  const struct {
    Duration after;
    const char* class_name;
  } rows[] = {{0min, "critical"}, {15min, "critical"},    {16min, "urgent"}, {2h, "urgent"},
              {6h, "urgent"},     {6h + 1min, "routine"}, {24h, "routine"}};
  for (const auto& row : rows) {
    Story s;
    s.email();
    s.at(row.after);
    s.sms();
    EXPECT_EQ(s.class_name(), row.class_name) << format_duration(row.after);
    EXPECT_NE(s.c.class_reason.find("after the email"), std::string::npos);
  }
}

TEST(Inference, ACriticalSmsRingsAtOnceAndGivesItsGrace) {
  Story s;
  s.email();
  s.at(14min);
  s.said();
  s.sms();
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.due(Promise::react),
            19min);  // 15 min since the opening would be in one minute: the grace counts
  EXPECT_EQ(s.due(Promise::answer), 4h);
}

TEST(Inference, TheEmailsOwnTimeCounts) {
  Story s;
  EmailReceived m = s.mail();
  m.sent_at = s.now - 3h;  // it was on its way for three hours
  ASSERT_TRUE(s.happens(m));
  s.sms();
  EXPECT_EQ(s.class_name(), "urgent");
}

TEST(Inference, NeverAfterAHumanReaction) {
  struct Row {
    const char* what;
    void (*react)(Story&);
  };
  const Row rows[] = {
      {"read", [](Story& s) { s.agent(Action::read); }},
      {"start", [](Story& s) { s.agent(Action::start); }},
      {"answer", [](Story& s) { s.agent(Action::answer, "Gotowe."); }},
      {"an answer that leaves later", [](Story& s) { s.agent(Action::answer, "Gotowe.", 10min); }},
      {"ask", [](Story& s) { s.agent(Action::ask, "Która?"); }},
      {"settle", [](Story& s) { s.agent(Action::settle); }}};
  for (const Row& row : rows) {
    Story s;
    s.email();
    row.react(s);
    s.at(5min);
    s.sms();
    EXPECT_EQ(s.class_name(), "routine?") << row.what;
    EXPECT_TRUE(s.c.human_reaction) << row.what;
    EXPECT_TRUE(s.c.read_at) << row.what;
  }
  Story noted;
  noted.email();
  noted.agent(Action::note, "a note is no reaction");
  noted.sms();
  EXPECT_EQ(noted.class_name(), "critical");
}

TEST(Inference, AnAgentsClassIsNeverOverridden) {
  Story s;
  s.email();
  s.reclassify("routine", "może poczekać");
  s.sms();
  EXPECT_EQ(s.class_name(), "routine");
  EXPECT_TRUE(s.c.class_by_agent);
  EXPECT_EQ(s.c.class_reason, "może poczekać");
}

TEST(Inference, AConfirmedClassIsOnlyEverRaised) {
  Story s;
  s.email(Relation::opens, "urgent");
  s.at(7h);
  s.sms();
  EXPECT_EQ(s.class_name(), "urgent");
  Story raised;
  raised.email(Relation::opens, "routine");
  raised.at(1min);
  raised.sms();
  EXPECT_EQ(raised.class_name(), "critical");
  Story by_reply;
  by_reply.email();
  by_reply.email(Relation::reply, "critical");
  EXPECT_EQ(by_reply.class_name(), "critical");
}

TEST(Inference, AReSendWithinAQuarterOfAnHourIsASlip) {
  Story s;
  s.email();
  s.at(10min);
  s.email(Relation::resend);
  EXPECT_EQ(s.class_name(), "routine?");
  EXPECT_EQ(s.c.step, 2);
}

// -- the second step
// ---------------------------------------------------------------------------------------------

TEST(SecondStep, ReSentEmailAndSmsRingOnce) {
  Story s;
  s.email();
  s.at(118min);
  s.said();
  s.email(Relation::resend);
  EXPECT_EQ(s.said(), (Lines{"resend_receipt email anna@klient.example", "alert email piotr@desk",
                             "alert sms +48600000001"}));
  EXPECT_EQ(s.class_name(), "urgent");
  EXPECT_EQ(s.c.step, 2);
  s.sms();
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.all<StepTaken>().size(), 1u);
}

// Another hejnal that has heard nothing takes its first email for lost.
TEST(SecondStep, TheFirstEmailOnceMoreIsNone) {
  Story s;
  s.email();
  s.at(10min);
  s.said();
  EmailReceived again = s.mail(Relation::resend);
  again.is_first_step = true;
  ASSERT_TRUE(s.happens(again));
  EXPECT_EQ(s.said(), Lines{"resend_receipt email anna@klient.example"});
  EXPECT_EQ(s.class_name(), "routine?");
  EXPECT_EQ(s.c.step, 1);
}

TEST(SecondStep, InTheMomentOfARingThatIsDueItRingsOnce) {
  Story s;
  s.email();
  s.said();
  s.now = kStart + 1h;  // the first alert is due, and the SMS is handled before it
  s.sms();
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
}

TEST(SecondStep, ABrokenPromiseStaysBrokenWhenTheClassIsConfirmed) {
  Story s;
  s.email();
  s.at(2h + 2min);
  s.email(Relation::resend);
  EXPECT_EQ(s.class_name(), "urgent");
  EXPECT_EQ(s.due(Promise::react), 2h);
  s.at(2h + 5min);
  s.agent(Action::read);
  EXPECT_EQ(s.all<Breached>().size(), 1u);
  EXPECT_EQ(s.all<Kept>().at(0).late_ms, 300'000);
}

TEST(SecondStep, CriticalHasNone) {
  Story s;
  s.email(Relation::opens, "critical");
  s.email(Relation::resend);
  EXPECT_EQ(s.c.step, 1);
}

// -- the email that an SMS had announced
// ---------------------------------------------------------------------------

TEST(Announced, TheEmailComesAndTheClassFollowsTheTimeBetween) {
  const struct {
    Duration sent_before_sms;
    const char* class_name;
  } rows[] = {{-1min, "critical"}, {2min, "critical"}, {2h, "urgent"}, {24h, "routine"}};
  for (const auto& row : rows) {
    Story s;
    s.sms(Relation::opens);
    s.at(3min);
    s.said();
    EmailReceived m = s.mail(Relation::announced);
    m.sent_at = kStart - row.sent_before_sms;
    ASSERT_TRUE(s.happens(m));
    EXPECT_EQ(s.class_name(), row.class_name) << format_duration(row.sent_before_sms);
    EXPECT_FALSE(s.c.email_missing);
    EXPECT_EQ(s.c.client.email, kAnna);
    EXPECT_EQ(s.c.client.phone, kAnnasNumber);
    EXPECT_EQ(s.c.subject, "Drukarka");
    EXPECT_EQ(s.kinds().front(), "receipt");
    EXPECT_EQ(s.all<EmailFound>().at(0).late_ms, 180'000);
  }
}

TEST(Announced, ConfirmingTheClassRingsNobodyAgain) {
  Story s;
  s.sms(Relation::opens);
  s.at(1min);
  s.said();
  s.email(Relation::announced);
  EXPECT_EQ(s.class_name(), "critical");
  EXPECT_EQ(s.said(), (Lines{"receipt email anna@klient.example"}));
  EXPECT_EQ(s.alarm_in(), 5min);
}

TEST(Announced, BeforeTheTwoMinutesNobodyIsToldThatItIsMissing) {
  Story s;
  s.sms(Relation::opens);
  s.at(1min);
  s.email(Relation::announced);
  s.at(4min);
  for (const std::string& kind : s.kinds()) EXPECT_NE(kind, "missing_email");
}

TEST(Announced, WithTheTagOfItsCaseItIsTheAnnouncedEmailAllTheSame) {
  Story s;
  s.sms(Relation::opens);
  s.at(3min);
  s.said();
  s.email(Relation::reply);
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_EQ(s.said(), (Lines{"receipt email anna@klient.example"}));
}

TEST(Announced, TextTypedOnThePageStandsForIt) {
  Story s;
  s.sms(Relation::opens);
  s.at(1min);
  s.report(Relation::reply);
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_FALSE(s.c.timer(Timer::email_missing));
}

TEST(Announced, AnotherSmsDoesNotStandForIt) {
  Story s;
  s.sms(Relation::opens);
  s.sms();
  EXPECT_TRUE(s.c.email_missing);
  EXPECT_EQ(s.c.step, 1);
}

// -- the client speaks again
// ---------------------------------------------------------------------------------------

TEST(Reply, AnOrdinaryReplyGetsNoReceiptAndOneNewObligationToReact) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.said();
  s.at(1min);
  s.email(Relation::reply);
  s.email(Relation::reply);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.all<Owed>().size(), 3u);  // react, answer, and react once more
  EXPECT_EQ(s.due(Promise::react), 2h + 1min);
}

TEST(Reply, TakesUpWhatRested) {
  struct Row {
    const char* what;
    void (*before)(Story&);
  };
  const Row rows[] = {{"answered", [](Story& s) { s.agent(Action::answer, "Gotowe."); }},
                      {"asked", [](Story& s) { s.agent(Action::ask, "Która?"); }},
                      {"settled", [](Story& s) { s.agent(Action::settle); }},
                      {"closed", [](Story& s) { s.agent(Action::close); }}};
  for (const Row& row : rows) {
    Story s;
    s.email();
    row.before(s);
    s.at(1h);
    s.email(Relation::reply);
    EXPECT_EQ(s.state(), "working") << row.what;
    EXPECT_TRUE(s.c.debt(Promise::react)) << row.what;
    ASSERT_TRUE(s.c.debt(Promise::answer)) << row.what;
    EXPECT_TRUE(s.c.debt(Promise::answer)->running()) << row.what;
    EXPECT_FALSE(s.c.timer(Timer::settle)) << row.what;
    EXPECT_FALSE(s.c.timer(Timer::close)) << row.what;
    EXPECT_FALSE(s.c.settled_at) << row.what;
  }
}

TEST(Reply, ByTelephone) {
  Story s;
  s.email();
  s.said();
  s.agent(Action::answer, "Gotowe.");
  s.said();
  s.call(false);  // noted; the callback is what is owed for it
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.state(), "waiting");
  s.call(true);
  EXPECT_EQ(s.state(), "working");
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.c.client.phone, kAnnasNumber);
}

TEST(Robots, AnAutomaticReplyIsRecordedAndNothingFollows) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.said();
  EmailReceived m = s.mail(Relation::reply);
  m.automatic = true;
  m.from.email = m.automatic_to = m.answer_to = "robot@klient.example";
  m.hint = {"critical", "tag"};
  const Case before = s.c;
  ASSERT_TRUE(s.happens(m));
  EXPECT_EQ(s.last.size(), 1u);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_EQ(s.c.last_message, before.last_message);
  EXPECT_EQ(s.c.automatic_to, kAnna);
}

TEST(Robots, AMonitoringSystemOpensACaseAndIsNeverWrittenToByTheProgram) {
  Story s;
  EmailReceived m = s.mail();
  m.automatic = true;
  ASSERT_TRUE(s.happens(m));
  EXPECT_EQ(s.state(), "new");
  EXPECT_EQ(s.due(Promise::react), 2h);
  s.agent(Action::read);
  s.at(10min);
  s.agent(Action::start);
  EXPECT_EQ(s.said(), Lines{});
  s.agent(Action::answer, "Widzimy.");
  EXPECT_EQ(s.said(), (Lines{"answer email anna@klient.example"}));  // a person may
}

// -- whose number
// ---------------------------------------------------------------------------------------------------

// Who joins a case by weak evidence does not become the one that its client is called by.
TEST(Sms, OnlyAKnownNumberTakesThePlaceOfAnother) {
  const struct {
    Kin kin;
    const char *where_none, *where_one;
  } rows[] = {
      {Kin::code, "+48999", "+48999"},       {Kin::person, "+48999", "+48999"},
      {Kin::learnt, "+48999", kAnnasNumber}, {Kin::claimed, "+48999", kAnnasNumber},
      {Kin::organisation, "", kAnnasNumber},
  };
  for (const auto& row : rows) {
    for (const bool known : {false, true}) {
      Story s;
      s.email();
      if (known) s.sms();
      SmsReceived sms;
      sms.message = 9;
      sms.from.phone = "+48999";
      sms.relation = Relation::reply;
      sms.kin = row.kin;
      sms.score = 70;
      ASSERT_TRUE(s.happens(sms));
      EXPECT_EQ(s.c.client.phone, known ? row.where_one : row.where_none) << to_string(row.kin);
      EXPECT_EQ(std::get<Received>(s.last[0].body).score, 70);
    }
  }
}

TEST(Sms, WhatMightBeMeantStandsInTheOpening) {
  Story s;
  s.facts.candidates = {3};
  s.facts.suggestions = {{3, 45, "same person"}};
  s.sms(Relation::opens);
  EXPECT_EQ(std::get<Opened>(s.journal[0].body).suggestions, s.facts.suggestions);
}

}  // namespace hejnal::core

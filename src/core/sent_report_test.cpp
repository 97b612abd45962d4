#include "core/sent_report.hpp"

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <deque>
#include <set>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

namespace {

using Sending = SentReport::Sending;

struct ReportStory {
  Procedure procedure = built_in();
  sent::Facts facts;
  SentReport r;
  Instant now = kStart;
  std::vector<sent::Entry> journal = {};
  Lines left = {};  // what was handed over, "email first" and so on

  ReportStory() { facts.tell = "jan@klient.example"; }

  Status happens(const sent::Signal& signal) {
    facts.procedure = &procedure;
    const auto decision = decide(facts, r, signal, now);
    if (!decision) return tl::make_unexpected(decision.error());
    for (const auto& entry : decision->entries) {
      EXPECT_TRUE(fits(r, entry)) << entry.kind();
      core::apply(r, entry);
      journal.push_back(entry);
    }
    for (const int n : decision->leaving) left.push_back(line(*r.sending(n)));
    SentReport again;
    for (const auto& entry : journal) core::apply(again, entry);
    EXPECT_TRUE(again == r);
    EXPECT_TRUE(alarm(r).has_value() || !r.open());
    return {};
  }
  static std::string line(const Sending& s) {
    if (s.kind == SendingKind::news) return fmt::format("news {}", to_string(s.news));
    return fmt::format("{} {}", to_string(s.kind), to_string(s.wording));
  }
  static sent::File file(const std::string& class_name) {
    sent::File f;
    f.id = 12;
    f.provider = "wsparcie";
    f.class_name = class_name;
    f.subject = "Drukarka";
    f.language = "pl";
    f.code = "K7M2P";
    f.secret = "s3cret";
    f.from = {"Jan", "jan@klient.example", "+48601222333", {}};
    f.to_email = "pomoc@wsparcie.example";
    f.to_sms = "+48600000000";
    return f;
  }
  void reports(const std::string& class_name) {
    ASSERT_TRUE(happens(file(class_name)));
    rings();
  }
  // Rings, and the next server takes everything.
  void rings(sent::Sent::Outcome outcome = sent::Sent::Outcome::taken) {
    const std::size_t before = r.sendings.size();
    ASSERT_TRUE(happens(sent::AlarmRang{}));
    for (std::size_t i = 0; i < std::max(before, r.sendings.size()); ++i) {
      if (r.sendings[i].state != SendingState::handing_over) continue;
      ASSERT_TRUE(happens(sent::Sent{r.sendings[i].n, outcome, "250 ok", {}, {}, {}}));
    }
  }
  // The clock runs; alarms ring on the way.
  void at(Duration since) {
    const Instant target = kStart + since;
    for (int i = 0; i < 1000; ++i) {
      const auto next = alarm(r);
      if (!next || *next > target) break;
      now = std::max(now, *next);
      rings();
    }
    now = target;
  }
  void hears(Heard what) {
    ASSERT_TRUE(
        happens(sent::Hears{what, Channel::email, 1, "ola@wsparcie.example", "Re: Drukarka", "reference"}));
  }
  Lines leaves() { return std::exchange(left, {}); }
};

}  // namespace

TEST(SentReport, CarriesOutTheSteps) {
  ReportStory s;
  s.reports("urgent");
  EXPECT_EQ(s.leaves(), (Lines{"report first"}));
  s.at(2h - 1s);
  EXPECT_EQ(s.leaves(), Lines{});
  s.at(2h);
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));
  EXPECT_EQ(s.r.state, ReportState::waiting);
  s.at(26h);
  EXPECT_EQ(s.leaves(), (Lines{"news unanswered"}));
  EXPECT_EQ(s.r.state, ReportState::unanswered);
  s.at(26h + 168h);
  EXPECT_EQ(s.leaves(), (Lines{"news unanswered"}));
  s.hears(Heard::answer);
  EXPECT_EQ(s.r.state, ReportState::answered);
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"news answered"}));
}

TEST(SentReport, CriticalGoesBothWaysAtOnceAndHasNoSecondStep) {
  ReportStory s;
  s.reports("critical");
  EXPECT_EQ(s.leaves(), (Lines{"report first", "sms first"}));
  s.at(4h);
  EXPECT_EQ(s.leaves(), (Lines{"news unanswered"}));
}

TEST(SentReport, AnAnswerEndsTheSteps) {
  ReportStory s;
  s.reports("routine");
  s.leaves();
  s.now = kStart + 1h;
  s.hears(Heard::answer);
  s.at(48h);
  EXPECT_EQ(s.leaves(), (Lines{"news answered"}));
  EXPECT_EQ(s.r.step, 1);
  s.at(1h + 168h);
  EXPECT_EQ(s.r.state, ReportState::settled);
  EXPECT_FALSE(alarm(s.r).has_value());
}

TEST(SentReport, AnAnswerStopsWhatIsStillInTheQueue) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  s.now = kStart + 2h;
  ASSERT_TRUE(s.happens(sent::AlarmRang{}));
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));
  ASSERT_TRUE(s.happens(sent::Sent{2, sent::Sent::Outcome::later, "no connection", {}, {}, {}}));
  s.hears(Heard::acknowledgement);
  EXPECT_EQ(s.r.sending(2)->state, SendingState::dropped);
  // What is on its way when the answer comes is not tried again either, nor after a crash.
  ReportStory other = s;
  ASSERT_TRUE(s.happens(sent::Sent{3, sent::Sent::Outcome::later, "no connection", {}, {}, {}}));
  EXPECT_EQ(s.r.sending(3)->state, SendingState::dropped);
  ASSERT_TRUE(other.happens(sent::Restarted{}));
  EXPECT_EQ(other.r.sending(3)->state, SendingState::dropped);
}

TEST(SentReport, AReceiptChangesTheWordsAndNotTheClock) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  s.hears(Heard::receipt);
  s.at(2h);
  EXPECT_EQ(s.leaves(), (Lines{"report after_receipt", "sms after_receipt"}));

  ReportStory enough;
  enough.facts.receipt_stops = true;
  enough.reports("urgent");
  enough.leaves();
  enough.hears(Heard::receipt);
  enough.at(23h);
  EXPECT_EQ(enough.leaves(), Lines{});
  enough.at(24h);
  EXPECT_EQ(enough.leaves(), (Lines{"news unanswered"}));
}

TEST(SentReport, AnAbsenceIsNoAnswer) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  s.hears(Heard::absence);
  s.at(2h);
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));
}

TEST(SentReport, AnAcknowledgementWithoutAnAnswerIsTold) {
  ReportStory s;
  s.reports("critical");
  s.leaves();
  s.now = kStart + 5min;
  s.hears(Heard::acknowledgement);
  s.at(4h);
  EXPECT_EQ(s.leaves(), (Lines{"news late"}));
  EXPECT_EQ(s.r.state, ReportState::acknowledged);
}

TEST(SentReport, ABounceBringsAnSmsAtOnce) {
  ReportStory s;
  s.reports("routine");
  s.leaves();
  s.now = kStart + 1min;
  ASSERT_TRUE(s.happens(sent::Reported{1, false, "550 no such user"}));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"sms not_delivered"}));
  // The SMS is refused, too: we are told, once.
  ASSERT_TRUE(s.happens(sent::Reported{2, false, "unknown number"}));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"news undelivered"}));
  s.at(24h);
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));
}

TEST(SentReport, ABounceWithoutSmsIsTold) {
  ReportStory s;
  s.facts.sms_available = false;
  s.reports("critical");
  EXPECT_EQ(s.leaves(), (Lines{"report first"}));
  ASSERT_TRUE(s.happens(sent::Reported{1, false, "550 no such user"}));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"news undelivered"}));
}

TEST(SentReport, AnEmailThatCannotLeaveBringsAnSmsAfterHalfAnHour) {
  ReportStory s;
  ASSERT_TRUE(s.happens(ReportStory::file("routine")));
  for (int i = 0; i < 20 && s.now < kStart + 34min; ++i) {
    s.rings(sent::Sent::Outcome::later);
    s.now = *alarm(s.r);
  }
  EXPECT_TRUE(s.r.instead);
  EXPECT_EQ(s.r.sendings.size(), 2u);
}

TEST(SentReport, AnSmsThatMayHaveLeftIsNotSentBlindlyAgain) {
  ReportStory s;
  ASSERT_TRUE(s.happens(ReportStory::file("critical")));
  ASSERT_TRUE(s.happens(sent::AlarmRang{}));
  ASSERT_TRUE(s.happens(sent::Sent{1, sent::Sent::Outcome::taken, "250", {}, {}, {}}));
  ASSERT_TRUE(s.happens(sent::GivenTo{2, "sms1"}));
  ASSERT_TRUE(s.happens(sent::Sent{2, sent::Sent::Outcome::uncertain, "no answer came", "sms1", {}, {}}));
  EXPECT_EQ(s.r.sending(2)->state, SendingState::unknown);
  s.leaves();
  s.at(3h);
  EXPECT_EQ(s.leaves(), Lines{});
  ASSERT_TRUE(s.happens(sent::Reported{2, true, "DELIVRD"}));  // a report says what became of it
  EXPECT_EQ(s.r.sending(2)->state, SendingState::delivered);
}

TEST(SentReport, AnSmsIsAskedForAndAfterACrashOnlySentWhereItIsRecognised) {
  ReportStory s;
  ASSERT_TRUE(s.happens(ReportStory::file("critical")));
  ASSERT_TRUE(s.happens(sent::AlarmRang{}));
  ReportStory asked = s, known = s, early = s;
  sent::Sent taken{2, sent::Sent::Outcome::taken, {}, "sms1", "id7", {}};
  taken.can_be_asked = true;
  ASSERT_TRUE(asked.happens(taken));
  asked.now = kStart + 5min;
  ASSERT_TRUE(asked.happens(sent::AlarmRang{}));
  EXPECT_EQ(asked.r.sending(2)->ask_at, kStart + 15min);
  ASSERT_TRUE(asked.happens(sent::Answered{2, false, false, "on its way"}));
  EXPECT_EQ(asked.r.sending(2)->ask_at, kStart + 35min);
  ASSERT_TRUE(asked.happens(sent::Answered{2, false, true, "UNDELIV"}));
  EXPECT_EQ(asked.r.sending(2)->state, SendingState::bounced);
  EXPECT_FALSE(asked.r.sending(2)->ask_at);

  ASSERT_TRUE(s.happens(sent::GivenTo{2, "sms1"}));
  ASSERT_TRUE(s.happens(sent::Restarted{}));
  EXPECT_EQ(s.r.sending(2)->state, SendingState::unknown);
  known.facts.repeats_by = {"sms1"};
  ASSERT_TRUE(known.happens(sent::GivenTo{2, "sms1"}));
  ASSERT_TRUE(known.happens(sent::Restarted{}));
  EXPECT_EQ(known.r.sending(2)->state, SendingState::queued);
  EXPECT_EQ(known.r.sending(2)->gateway, "sms1");
  ASSERT_TRUE(early.happens(sent::Restarted{}));
  EXPECT_EQ(early.r.sending(2)->state, SendingState::queued);
  // An answer that comes while a gateway is chosen still stops it.
  early.rings();
  ASSERT_TRUE(early.happens(sent::AlarmRang{}));
  early.hears(Heard::answer);
  EXPECT_EQ(early.happens(sent::GivenTo{2, "sms1"}).error().fault, Fault::conflict);
}

TEST(SentReport, OneOfAStormIsHeldUntilThereIsRoom) {
  ReportStory s;
  auto file = ReportStory::file("urgent");
  file.hold_until = kStart + 40min;
  file.first_held = true;
  ASSERT_TRUE(s.happens(file));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"news held"}));
  ReportStory released = s, over = s;
  s.at(40min - 1s);
  EXPECT_EQ(s.leaves(), Lines{});
  s.at(40min);
  EXPECT_EQ(s.leaves(), (Lines{"report first"}));
  EXPECT_FALSE(s.r.held);
  EXPECT_EQ(s.happens(sent::Release{"Jan"}).error().fault, Fault::conflict);
  s.at(3h);
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));

  ASSERT_TRUE(released.happens(sent::Release{"Jan"}));
  released.rings();
  EXPECT_EQ(released.leaves(), (Lines{"report first"}));

  ASSERT_TRUE(over.happens(sent::Settle{"alert", "the alert is over", true}));
  over.at(3h);
  EXPECT_EQ(over.leaves(), Lines{});  // the provider has never heard of it
}

// A provider whose hejnal has answered before.
TEST(SentReport, AnotherHejnalsSilenceMeansALostEmail) {
  ReportStory s;
  auto file = ReportStory::file("routine");
  file.peer = true;
  ASSERT_TRUE(s.happens(file));
  s.rings();
  ReportStory arrived = s;
  EXPECT_EQ(s.leaves(), (Lines{"report first"}));
  s.at(10min);
  EXPECT_EQ(s.leaves(), (Lines{"report again"}));
  EXPECT_EQ(s.r.step, 1);  // the procedure's own steps keep their times
  s.at(20min);
  EXPECT_EQ(s.leaves(), (Lines{"sms not_delivered"}));
  s.at(24h - 1s);
  EXPECT_EQ(s.leaves(), Lines{});
  s.at(24h);
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));

  sent::Hears receipt{Heard::receipt,           Channel::email, 1,
                      "pomoc@wsparcie.example", "Re: Drukarka", "reference"};
  receipt.notice = "receipt";
  receipt.peer_case = "12";
  receipt.peer_state = "new";
  arrived.now = kStart + 9min;
  ASSERT_TRUE(arrived.happens(receipt));
  arrived.leaves();
  arrived.at(23h);
  EXPECT_EQ(arrived.leaves(), Lines{});
  EXPECT_EQ(arrived.r.peer_case, "12");
  // Of one that is no hejnal nobody expects anything.
  ReportStory person;
  person.reports("routine");
  person.leaves();
  person.at(23h);
  EXPECT_EQ(person.leaves(), Lines{});
}

TEST(SentReport, TheOtherHejnalSaysThatTheEmailIsMissing) {
  ReportStory s;
  s.reports("critical");
  EXPECT_EQ(s.leaves(), (Lines{"report first", "sms first"}));
  const std::string words = "Mamy SMS, ale nie dotarł Państwa email. Prosimy ponowić: https://x Kod K7M2P";
  sent::Hears hears{Heard::receipt, Channel::sms, 1, "+48600000000", words, "number"};
  hears.notice = notice_of_sms(words);
  EXPECT_EQ(hears.notice, "missing_email");
  s.now = kStart + 3min;
  ASSERT_TRUE(s.happens(hears));
  ASSERT_TRUE(s.happens(hears));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"report again"}));
  EXPECT_FALSE(s.r.receipt_at);
  EXPECT_EQ(notice_of_sms("Case 12 has been settled. If something still does not work, please write."),
            "settled");
  EXPECT_EQ(notice_of_sms("Jedziemy."), "");
}

TEST(SentReport, WhatNeedsALook) {
  ReportStory s;
  ASSERT_TRUE(s.happens(ReportStory::file("urgent")));
  EXPECT_EQ(trouble_of(s.r, s.now), ReportTrouble::none);
  EXPECT_EQ(trouble_of(s.r, s.now + 31min), ReportTrouble::stuck);
  s.rings();
  EXPECT_EQ(next_of(s.r)->what, ReportNext::step);
  EXPECT_EQ(next_of(s.r)->step, 2);
  EXPECT_EQ(trouble_of(s.r, s.now + 31min), ReportTrouble::none);
  ReportStory lost = s, late = s;
  s.at(26h);
  EXPECT_EQ(trouble_of(s.r, s.now), ReportTrouble::unanswered);
  EXPECT_EQ(next_of(s.r)->what, ReportNext::tells_again);
  lost.facts.sms_available = false;
  ASSERT_TRUE(lost.happens(sent::Reported{1, false, "550"}));
  EXPECT_EQ(trouble_of(lost.r, lost.now), ReportTrouble::undelivered);
  late.hears(Heard::acknowledgement);
  EXPECT_EQ(trouble_of(late.r, late.now), ReportTrouble::none);
  EXPECT_EQ(next_of(late.r)->what, ReportNext::is_late);
  late.at(25h);
  EXPECT_EQ(trouble_of(late.r, late.now), ReportTrouble::late);
}

TEST(SentReport, WhoOnlyTakesSmsGetsSms) {
  ReportStory s;
  auto file = ReportStory::file("routine");
  file.to_email.clear();
  ASSERT_TRUE(s.happens(file));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"sms first"}));
  ReportStory none;
  none.facts.sms_available = false;
  EXPECT_EQ(none.happens(file).error().fault, Fault::malformed);
  EXPECT_EQ(none.happens(ReportStory::file("gold")).error().fault, Fault::malformed);
}

TEST(SentReport, AStepThatIsLateIsTakenOnce) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  s.now = kStart + 50h;  // it was switched off
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"report again", "sms again"}));
  EXPECT_EQ(s.r.ring_at, kStart + 74h);  // the provider has its time to answer
  s.rings();
  EXPECT_EQ(s.leaves(), Lines{});
}

TEST(SentReport, ARejectedCallOwesACallback) {
  ReportStory s;
  s.reports("critical");
  s.leaves();
  ASSERT_TRUE(s.happens(sent::RejectCall{"Jan", kStart}));
  s.now = kStart + 2h;
  s.hears(Heard::answer);  // everything is over: the callback should follow
  s.leaves();
  s.at(3h);
  EXPECT_EQ(s.leaves(), (Lines{"news answered", "news callback"}));
  ASSERT_TRUE(s.happens(sent::CallCame{"Jan"}));
  s.at(100h);
  EXPECT_EQ(s.leaves(), Lines{});
  EXPECT_EQ(s.happens(sent::CallCame{"Jan"}).error().fault, Fault::conflict);
}

TEST(SentReport, WithdrawingTellsTheProvider) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  ASSERT_TRUE(s.happens(sent::Cancel{"Jan", "it was the cable"}));
  EXPECT_EQ(s.r.state, ReportState::cancelled);
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"word first"}));
  EXPECT_EQ(s.happens(sent::Cancel{"Jan", ""}).error().fault, Fault::conflict);
  EXPECT_FALSE(alarm(s.r).has_value());

  ReportStory early;  // nothing has left yet: there is nothing to withdraw
  ASSERT_TRUE(early.happens(ReportStory::file("urgent")));
  ASSERT_TRUE(early.happens(sent::Cancel{"Jan", "it was the cable"}));
  early.rings();
  EXPECT_EQ(early.leaves(), Lines{});
}

TEST(SentReport, SettlingIsToldWhenAsked) {
  ReportStory s;
  s.reports("urgent");
  s.leaves();
  ASSERT_TRUE(s.happens(sent::Settle{"alertmanager", "resolved", true}));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"word first"}));
  EXPECT_EQ(s.r.state, ReportState::settled);
  s.hears(Heard::answer);  // it is kept, and nothing follows
  EXPECT_EQ(s.r.state, ReportState::settled);
}

TEST(SentReport, AnAlertThatFlapsIsOneReport) {
  ReportStory s;
  auto file = ReportStory::file("urgent");
  file.key = "am {}:{}";
  file.alert = "db1 is down";
  ASSERT_TRUE(s.happens(file));
  s.rings();
  s.leaves();
  const auto entries = s.r.entries;
  ASSERT_TRUE(s.happens(sent::Fires{"alert", "db1 is down"}));  // repeated, or by the second Alertmanager
  EXPECT_EQ(s.r.entries, entries);
  // Other words are kept, and are no second firing.
  ASSERT_TRUE(s.happens(sent::Fires{"alert", "db1 is down, db2 is down"}));
  EXPECT_EQ(s.r.noted, 0);
  EXPECT_EQ(s.r.alert, "db1 is down, db2 is down");
  for (int i = 1; i <= 3; ++i) {
    s.now = s.now + 2min;
    ASSERT_TRUE(s.happens(sent::Resolved{"alert", 5min}));
    ASSERT_TRUE(s.happens(sent::Resolved{"alert", 5min}));
    s.now = s.now + 4min;
    s.rings();
    EXPECT_EQ(s.r.state, ReportState::waiting);
    ASSERT_TRUE(s.happens(sent::Fires{"alert", "db1 is down"}));
    EXPECT_FALSE(s.r.quiet_at);
    EXPECT_EQ(s.r.noted, i);
  }
  EXPECT_EQ(s.leaves(), Lines{});
  ASSERT_TRUE(s.happens(sent::Resolved{"alert", 5min}));
  s.now = s.now + 5min;
  s.rings();
  EXPECT_EQ(s.r.state, ReportState::settled);
  EXPECT_EQ(s.leaves(), (Lines{"word first"}));
  EXPECT_EQ(s.happens(sent::Fires{"alert", "x"}).error().fault, Fault::conflict);
}

TEST(SentReport, AGraverAlertBeginsTheGraverProcedure) {
  ReportStory s;
  auto file = ReportStory::file("urgent");
  file.key = "am k";
  file.alert = "db1 is slow";
  ASSERT_TRUE(s.happens(file));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"report first"}));
  s.now = s.now + 1h;
  // A calmer or an unknown one changes nothing.
  for (const char* calm : {"routine", "urgent", "purple", ""}) {
    ASSERT_TRUE(
        s.happens(sent::Fires{"alert", "db1 is slow", calm, "severity info", "other@wsparcie.example"}));
    EXPECT_EQ(s.r.class_name, "urgent");
  }
  s.hears(Heard::acknowledgement);
  const sent::Fires graver{"alert", "db1 is down", "critical", "severity critical",
                           "awaria@wsparcie.example"};
  ASSERT_TRUE(s.happens(graver));
  EXPECT_EQ(s.r.class_name, "critical");
  EXPECT_EQ(s.r.class_reason, "severity critical");
  EXPECT_EQ(s.r.state, ReportState::waiting);  // what a person has read was less
  EXPECT_EQ(s.r.noted, 0);
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"report graver", "sms graver"}));
  EXPECT_EQ(s.r.sending(2)->to, "awaria@wsparcie.example");
  const auto entries = s.r.entries;
  ASSERT_TRUE(s.happens(graver));
  EXPECT_EQ(s.r.entries, entries);
  // Its own time counts from then on.
  s.now = s.now + 3h;
  s.rings();
  EXPECT_EQ(s.r.state, ReportState::waiting);
  s.now = s.now + 2h;
  s.rings();
  EXPECT_EQ(s.r.state, ReportState::unanswered);
}

TEST(SentReport, AfterACrashTheSameMailGoesOnceMore) {
  ReportStory s;
  ASSERT_TRUE(s.happens(ReportStory::file("critical")));
  ASSERT_TRUE(s.happens(sent::AlarmRang{}));
  const std::string id = s.r.sending(1)->message_id;
  s.leaves();
  ASSERT_TRUE(s.happens(sent::Restarted{}));
  s.rings();
  EXPECT_EQ(s.leaves(), (Lines{"report first", "sms first"}));
  EXPECT_EQ(s.r.sending(1)->message_id, id);
  EXPECT_EQ(s.r.sending(1)->attempts, 2);
}

TEST(SentReport, NamesOfMessages) {
  ReportStory s;
  s.reports("urgent");
  const auto name = report_named(s.r.sending(1)->message_id);
  EXPECT_EQ(name.id, 12);
  EXPECT_EQ(name.n, 1);
  for (const char* none : {"", "<hejnal.12.3.x@y>", "<hejnal-report.12@y>", "<hejnal-report.x.1.s@y>",
                           "<hejnal-report.-1.1.s@y>", "<hejnal-report.12.3"})
    EXPECT_EQ(report_named(none).id, 0) << none;
}

TEST(SentReport, WhatAReplyIs) {
  const auto judge = [](bool automatic, const char* subject, const char* text, const char* notice = "") {
    return judge_reply({automatic, notice, subject, text});
  };
  EXPECT_EQ(judge(true, "Automatyczna odpowiedź", "Jestem poza biurem do piątku."), Heard::absence);
  EXPECT_EQ(judge(true, "Automatic reply", "I am out of the office until Monday."), Heard::absence);
  EXPECT_EQ(judge(true, "Urlop", "wracam 3 grudnia"), Heard::absence);
  EXPECT_EQ(judge(true, "[#4711] Zgłoszenie przyjęte", "Nadaliśmy numer 4711."), Heard::receipt);
  EXPECT_EQ(judge(true, "Re: x", "...", "acknowledgement"), Heard::acknowledgement);
  EXPECT_EQ(judge(true, "Re: x", "...", "start_of_work"), Heard::acknowledgement);
  EXPECT_EQ(judge(true, "Re: x", "...", "receipt"), Heard::receipt);
  EXPECT_EQ(judge(false, "Re: x", "...", "answer"), Heard::answer);
  EXPECT_EQ(judge(false, "Re: x", "Przyjąłem, zajmujemy się tym."), Heard::acknowledgement);
  EXPECT_EQ(judge(false, "Re: x", "Got it, looking into it."), Heard::acknowledgement);
  EXPECT_EQ(judge(false, "Re: x", "Wymieniliśmy toner, proszę sprawdzić."), Heard::answer);
}

// Ticket systems whose mails carry no mark of RFC 3834.
TEST(SentReport, AnUnmarkedReceiptIsNoPersonsWord) {
  for (const char* text : {
           "We have registered your ticket no. 55.",
           "Dear customer,\n\nThank you for contacting Acme Support. Your request has been received and a "
           "ticket has "
           "been created with the number 55. We will get back to you as soon as possible.\n\nBest "
           "regards,\nThe Acme "
           "support team",
           "##- Please type your reply above this line -##\n\nYour request (12345) has been received and is "
           "being "
           "reviewed by our support staff.\n\nTo add additional comments, reply to this email.",
           "This is an automated response. Please do not reply to this message.",
           "Zarejestrowaliśmy Państwa zgłoszenie pod numerem 55.",
           "Dzień dobry,\ndziękujemy za zgłoszenie. Nadaliśmy mu numer HD/2026/0055. Odpowiemy najszybciej, "
           "jak to "
           "możliwe.\nPozdrawiamy\nZespół wsparcia",
           "Szanowni Państwo,\n\nPaństwa wiadomość została zarejestrowana w naszym systemie.\nNumer "
           "zgłoszenia: "
           "4711\nTemat: Drukarka\nPriorytet: normalny\nNie drukuje żadna.\n\nWiadomość wygenerowana "
           "automatycznie, "
           "prosimy nie odpowiadać.",
           "Otrzymaliśmy Twoje zgłoszenie. Zajmiemy się nim niezwłocznie.",
           "Sehr geehrte Damen und Herren,\nIhre Anfrage ist bei uns eingegangen. Ihre Ticketnummer lautet "
           "55. Wir "
           "melden uns so bald wie möglich bei Ihnen.\nMit freundlichen Grüßen",
           "Vielen Dank für Ihre Nachricht. Wir werden sie schnellstmöglich bearbeiten.",
           "Dziękujemy za zgłoszenie. Helpdesk działa w dni robocze od 8 do 16. Masz pytania? Zadzwoń.",
           "Your request has been received. Helpdesk ACME",
       })
    EXPECT_EQ(judge_reply({false, {}, "Re: Drukarka", text, "Drukarka", "Nie drukuje żadna."}),
              Heard::receipt)
        << text;
  for (const char* text : {
           "Dziękujemy za zgłoszenie. Wymieniliśmy toner, proszę sprawdzić.",
           "Thank you for your message. The toner was empty; one of us has replaced it this morning.",
           "Zgłoszenie numer 55: drukarka miała pusty toner. Marek wymienił go dziś rano.",
           "Vielen Dank für Ihre Nachricht. Der Toner war leer und ist ausgetauscht.",
           "Jaki to model drukarki?",
           "Tak.",
           "Dziękujemy za zgłoszenie. Już działa.",
           "Dziękuję za wiadomość, usunęliśmy awarię.",
           "We received your report and replaced the disk, everything works now.",
           "Ticket #55: naprawione.",
           "Please restart the server within 5 minutes. Thank you for your report.",
           "Proszę zrestartować router i sprawdzić status. Numer zgłoszenia 123.",
           "Thank you for your message, the toner has been replaced.",
           "Drukarka była wyłączona w portalu, włączyłem. Nr zgłoszenia: 77",
           "Was the printer's IP address generated by DHCP or static?",
           "Otrzymaliśmy wiadomość: jaki to model drukarki?",
           "Nie otrzymaliśmy załącznika, czy mogą go Państwo przysłać?",
           "Sterownik został wygenerowany na nowo, proszę spróbować.",
       })
    EXPECT_EQ(judge_reply({false, {}, "Re: Drukarka", text, "Drukarka", "Nie drukuje żadna."}), Heard::answer)
        << text;
  for (const char* text : {
           "Dziękujemy za zgłoszenie, zajmujemy się tym.",
           "Zgłoszenie nr 55. Sprawdzam. Ola",
           "We have received your report and are looking into it.",
           "Przyjąłem. Marek",
       })
    EXPECT_EQ(judge_reply({false, {}, "Re: Drukarka", text, "Drukarka", "Nie drukuje żadna."}),
              Heard::acknowledgement)
        << text;
}

// What will be, should be or is not yet done is no answer: a person has read it, no more.
TEST(SentReport, APromiseIsNoAnswer) {
  const auto judge = [](const char* text) {
    return judge_reply({false, {}, "Re: Drukarka", text, "Drukarka", "Nie drukuje żadna."});
  };
  for (const char* text : {
           "Naprawimy to jutro rano. Marek",
           "Naprawię po południu.",
           "Marek naprawi to jutro.",
           "Naprawiamy.",
           "Zrobimy.",
           "Zrestartujemy serwer dziś w nocy.",
           "Zostanie to naprawione do wieczora.",
           "Jutro będzie naprawione.",
           "Jeszcze nie naprawiliśmy, jedziemy.",
           "Damy znać, gdy tylko będzie naprawione; wymienimy dysk.",
           "Musimy zaktualizować sterownik, zrobimy to jutro.",
           "Dziękujemy za zgłoszenie. Wymienimy toner jutro rano.",
           "Naprawilibyśmy od razu, ale nie ma części. Sprawdzimy jutro.",
           "We will fix it tomorrow morning. Mark",
           "We'll fix it tonight.",
           "We’ll restart the server tonight.",
           "I'll replace the toner on Monday.",
           "It is going to be fixed this evening.",
           "It has to be repaired, we will do it tomorrow.",
           "Not fixed yet, we are working on it.",
           "It has not been resolved yet. Looking into it.",
           "We will tell you once it is fixed.",
           "Wir werden den Toner morgen austauschen.",
           "Das wird morgen behoben.",
       })
    EXPECT_EQ(judge(text), Heard::acknowledgement) << text;
  for (const char* text : {
           "Zgłoszenie zarejestrowane. Naprawimy usterkę najszybciej, jak to możliwe.",
           "Thank you for your message. We will fix it as soon as possible.",
           "We have received your request. Your ticket will be closed once it has been resolved.",
           "Your request has been received and will be resolved within two business days.",
           "Your request has been received. You can follow its status at our portal. This mailbox will not "
           "be "
           "read.",
       })
    EXPECT_EQ(judge(text), Heard::receipt) << text;
  for (const char* text : {
           "Nie naprawimy tego, to nie nasza drukarka.",
           "We will not repair it: it is not ours.",
           "Naprawiliśmy.",
           "Naprawiłem wczoraj, a jutro wymienimy jeszcze toner.",
           "Naprawione.",
           "Nie drukowała, bo sterownik był stary; zaktualizowałem.",
           "Proszę zrestartować drukarkę, będzie działać.",
           "Sprawdzam. Jaki to model drukarki?",
           "Dziękujemy za zgłoszenie. Zrobimy to jutro. Czy ktoś będzie w biurze o ósmej?",
           "You will need to restart the router.",
           "It was fixed this morning; tomorrow we will replace the cable.",
           "Fixed.",
           "It works again.",
           "Der Fehler ist behoben.",
       })
    EXPECT_EQ(judge(text), Heard::answer) << text;
}

TEST(SentReport, AnAlertThatFlapsAllNightIsBounded) {
  ReportStory s;
  s.reports("urgent");
  s.rings();
  for (int i = 0; i < 1000; ++i) {
    ASSERT_TRUE(s.happens(sent::Resolved{"am", 5min}));
    ASSERT_TRUE(s.happens(sent::Fires{"am", std::to_string(i), "urgent", "", {}}));
  }
  EXPECT_LT(s.r.entries, 220);
  EXPECT_EQ(s.r.noted, 50);
  EXPECT_FALSE(s.r.quiet_at);  // nothing ends by itself on a word that is not written down
  ASSERT_TRUE(s.happens(sent::Fires{"am", "x", "critical", "severity critical", {}}));
  EXPECT_EQ(s.r.class_name, "critical");
}

// A ticket system that writes for every change.
TEST(SentReport, AThousandTextsOfTheOtherSideAreBounded) {
  ReportStory s;
  s.reports("urgent");
  s.rings();
  const auto hears = [&](Heard what) {
    ASSERT_TRUE(s.happens(sent::Hears{what, Channel::email, 1, "x", "y", "z"}));
  };
  for (int i = 0; i < 1000; ++i) hears(Heard::receipt);
  EXPECT_EQ(s.r.replies.size(), 100u);
  EXPECT_LT(s.r.entries, 130);
  hears(Heard::acknowledgement);  // what changes something is always written
  EXPECT_EQ(s.r.state, ReportState::acknowledged);
  hears(Heard::answer);
  EXPECT_EQ(s.r.state, ReportState::answered);
  const auto entries = s.r.entries;
  const auto settles_at = *s.r.ring_at;
  for (int i = 0; i < 1000; ++i) hears(Heard::answer);
  EXPECT_EQ(s.r.entries, entries);
  s.now = s.now + std::chrono::days(2);
  hears(Heard::answer);  // it is not silent
  EXPECT_EQ(*s.r.ring_at, settles_at + std::chrono::days(2));
}

// A report about leave must not make every reply an absence.
TEST(SentReport, AwayIsOnlyWhatTheReplyAdds) {
  const auto judge = [](const char* subject, const char* text) {
    return judge_reply(
        {true, {}, subject, text, "Urlop w kadrach: out of office nie działa", "Wniosek o urlop wisi."});
  };
  EXPECT_EQ(
      judge("Re: Urlop w kadrach: out of office nie działa", "Przyjęliśmy. Numer 55.\nWniosek o urlop wisi."),
      Heard::receipt);
  EXPECT_EQ(judge("Re: Urlop w kadrach: out of office nie działa", "Jestem na urlopie do piątku."),
            Heard::absence);
  EXPECT_EQ(judge("Abwesenheit: Urlop w kadrach: out of office nie działa", "Bis Montag."), Heard::absence);
}

// Whatever happens in whatever order, the laws hold.
TEST(SentReportProperty, Laws) {
  EXPECT_TRUE(rc::check("any history", [] {
    ReportStory s;
    s.facts.receipt_stops = *rc::gen::arbitrary<bool>();
    s.facts.sms_available = *rc::gen::arbitrary<bool>();
    auto file = ReportStory::file(*rc::gen::element<std::string>("routine", "urgent", "critical"));
    if (*rc::gen::inRange(0, 3) == 0) file.hold_until = kStart + 30min;
    file.peer = *rc::gen::arbitrary<bool>();
    RC_ASSERT(s.happens(file).has_value());
    bool person = false;
    if (*rc::gen::inRange(0, 4) == 0) s.facts.repeats_by = {"a"};
    const int length = *rc::gen::inRange(1, 40);
    for (int i = 0; i < length; ++i) {
      const int what = *rc::gen::inRange(0, 17);
      const int step_before = s.r.step;
      std::vector<SendingState> before;
      for (const Sending& sending : s.r.sendings) before.push_back(sending.state);
      const bool was_open = s.r.open();
      sent::Signal signal = sent::AlarmRang{};
      if (what <= 3) {
        const auto next = alarm(s.r);
        // Also too early, too late, and by a clock that was set back.
        s.now = next ? *next + Duration(*rc::gen::inRange(-60'000, 60'000) * (what == 3 ? 100 : 1)) : s.now;
      } else if (what <= 5 && !s.r.sendings.empty()) {
        sent::Sent fate;
        fate.n = *rc::gen::inRange(1, static_cast<int>(s.r.sendings.size()) + 1);
        fate.outcome = static_cast<sent::Sent::Outcome>(*rc::gen::inRange(0, 4));
        if (fate.outcome == sent::Sent::Outcome::taken) fate.can_be_asked = *rc::gen::arbitrary<bool>();
        signal = fate;
      } else if (what == 6) {
        signal = sent::Reported{*rc::gen::inRange(1, static_cast<int>(s.r.sendings.size()) + 1),
                                *rc::gen::arbitrary<bool>(), "words"};
      } else if (what == 7) {
        signal = sent::Restarted{};
      } else if (what <= 9) {
        const auto heard = static_cast<Heard>(*rc::gen::inRange(0, 6));
        signal = sent::Hears{heard, Channel::email, 0, "x", "y", "z"};
        person =
            person || heard == Heard::acknowledgement || heard == Heard::answer || heard == Heard::settled;
      } else if (what == 12 && !s.r.sendings.empty()) {
        signal = sent::GivenTo{*rc::gen::inRange(1, static_cast<int>(s.r.sendings.size()) + 1),
                               *rc::gen::element<std::string>("a", "b")};
      } else if (what == 13 && !s.r.sendings.empty()) {
        signal = sent::Answered{*rc::gen::inRange(1, static_cast<int>(s.r.sendings.size()) + 1),
                                *rc::gen::arbitrary<bool>(), *rc::gen::arbitrary<bool>(), "words"};
      } else if (what == 14) {
        signal = sent::Release{"Jan"};
      } else if (what == 10) {
        signal = sent::RejectCall{"Jan", s.now};
      } else if (what == 15) {
        const char* words[] = {"routine", "urgent", "critical", "purple", ""};
        sent::Fires fires{
            "am", *rc::gen::element<std::string>("a", "b"), words[*rc::gen::inRange(0, 5)], "graver", {}};
        if (*rc::gen::inRange(0, 3) == 0) fires.hold_until = s.now + 30min;
        signal = fires;
      } else if (what == 16) {
        signal = sent::Resolved{"am", 5min};
      } else {
        signal = *rc::gen::inRange(0, 6) == 0 ? sent::Signal(sent::Cancel{"Jan", ""})
                                              : sent::Signal(sent::CallCame{"Jan"});
      }
      const std::string class_before = s.r.class_name;
      static_cast<void>(s.happens(signal));
      // What a person has read was less: the graver procedure begins anew.
      if (s.r.class_name != class_before) {
        RC_ASSERT(&s.procedure.at(s.r.class_name) > &s.procedure.at(class_before));
        RC_ASSERT(s.r.state == ReportState::waiting && s.r.step == (s.r.held ? 0 : 1));
        person = false;
        continue;
      }
      // Step two never goes out after an answer that had arrived.
      if (person) RC_ASSERT(s.r.step == step_before);
      for (const Sending& sending : s.r.sendings) {
        const auto n = static_cast<std::size_t>(sending.n - 1);
        const bool leaves = sending.state == SendingState::handing_over &&
                            (n >= before.size() || before[n] != SendingState::handing_over);
        const bool to_provider = sending.kind == SendingKind::report || sending.kind == SendingKind::sms;
        if (leaves && to_provider) RC_ASSERT(!person);
      }
      // Whatever is open has something due; what is over speaks at most its last words.
      RC_ASSERT(!s.r.open() || alarm(s.r).has_value());
      RC_ASSERT(was_open || !s.r.open());
    }
    // When the faults stop, it comes to rest: a person has answered, or we know that every step was taken.
    for (int i = 0; i < 100 && s.r.open() && s.r.state != ReportState::unanswered; ++i) {
      s.now = std::max(s.now, *alarm(s.r));
      s.rings();
    }
    const auto steps = static_cast<int>(s.procedure.at(s.r.class_name).steps.size());
    if (s.r.state == ReportState::unanswered) {
      RC_ASSERT(s.r.step == steps || s.facts.receipt_stops);
      const auto told = [&] {
        return std::any_of(s.r.sendings.begin(), s.r.sendings.end(), [](const Sending& one) {
          return one.news == News::unanswered && one.state == SendingState::handed_over;
        });
      };
      for (int i = 0; i < 100 && !told(); ++i) {
        s.now = std::max(s.now, *alarm(s.r));
        s.rings();
      }
      RC_ASSERT(told());
    } else {
      RC_ASSERT(!s.r.open() || person);
    }
  }));
}

// Every history of the signals that matter, up to a depth: nothing is left to chance there.
TEST(SentReportProperty, EveryShortHistory) {
  struct Node {
    ReportStory s;
    int depth = 0;
    bool person = false;
  };
  constexpr int kDepth = 6;
  Node first;
  ASSERT_TRUE(first.s.happens(ReportStory::file("urgent")));
  std::deque<Node> queue = {first};
  std::size_t seen = 0;
  while (!queue.empty()) {
    Node node = std::move(queue.front());
    queue.pop_front();
    ++seen;
    if (node.depth == kDepth) continue;
    const auto go = [&](const sent::Signal& signal, bool person, bool time) {
      Node next = node;
      ++next.depth;
      next.person = node.person || person;
      if (time) {
        const auto at = alarm(next.s.r);
        if (!at) return;
        next.s.now = std::max(next.s.now, *at);
      }
      const int step = next.s.r.step;
      if (!next.s.happens(signal)) return;
      if (next.s.r.entries == node.s.r.entries) return;  // nothing has changed
      if (node.person) {
        ASSERT_EQ(next.s.r.step, step);
      }
      ASSERT_TRUE(!next.s.r.open() || alarm(next.s.r).has_value());
      queue.push_back(std::move(next));
    };
    go(sent::AlarmRang{}, false, true);
    const auto& r = node.s.r;
    for (const Sending& sending : r.sendings) {
      if (sending.state != SendingState::handing_over) continue;
      go(sent::Sent{sending.n, sent::Sent::Outcome::taken, "250", {}, {}, {}}, false, false);
      go(sent::Sent{sending.n, sent::Sent::Outcome::later, "451", {}, {}, {}}, false, false);
      go(sent::Sent{sending.n, sent::Sent::Outcome::refused, "550", {}, {}, {}}, false, false);
    }
    go(sent::Restarted{}, false, false);
    if (r.replies.size() < 2) {
      go(sent::Hears{Heard::receipt, Channel::email, 0, {}, {}, {}}, false, false);
      go(sent::Hears{Heard::acknowledgement, Channel::email, 0, {}, {}, {}}, true, false);
      go(sent::Hears{Heard::answer, Channel::email, 0, {}, {}, {}}, true, false);
    }
  }
  EXPECT_GT(seen, 1000u);
}

}  // namespace hejnal::core

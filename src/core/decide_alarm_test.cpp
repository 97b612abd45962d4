// Time passes, and what became of what we said.
#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Alerts, HalfFourFifthsBreachAndReminders) {
  Story s;
  s.email();
  s.said();
  const struct {
    Duration at;
    int n;
    AlertReason reason;
    Duration elapsed;
    const char* why;
  } rows[] = {{1h, 1, AlertReason::no_reaction, 1h, "no reaction for 1 h; the first reaction is due in 1 h"},
              {96min, 2, AlertReason::no_reaction, 96min,
               "no reaction for 1 h 36 min; the first reaction is due in 24 min"},
              {2h, 3, AlertReason::reaction_overdue, 0h, "the first reaction was due 0 ms ago"},
              {4h, 4, AlertReason::reaction_overdue, 2h, "the first reaction was due 2 h ago"},
              {6h, 5, AlertReason::reaction_overdue, 4h, "the first reaction was due 4 h ago"}};
  for (const auto& row : rows) {
    s.at(row.at - 1ms);
    EXPECT_EQ(s.said(), Lines{}) << format_duration(row.at);
    s.at(row.at);
    EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}))
        << format_duration(row.at);
    EXPECT_EQ(s.notices[0].ring, row.n);
    EXPECT_EQ(s.notices[0].reason, row.reason);
    EXPECT_EQ(s.notices[0].elapsed_ms, row.elapsed.count());
    EXPECT_EQ(s.why<Rang>(), row.why);
    EXPECT_EQ(s.notices[0].late_ms, 0);
    EXPECT_EQ(s.notices[0].due, kStart + 2h);
  }
  EXPECT_EQ(s.all<Breached>().size(), 1u);
}

TEST(Alerts, ConfirmedRoutineByEmailOnly) {
  Story s;
  s.email(Relation::opens, "routine");
  s.said();
  s.at(12h);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk"}));
}

TEST(Alerts, CriticalEveryFiveMinutesTwelveTimesThenEveryFifteen) {
  Story s;
  s.email(Relation::opens, "critical");
  std::vector<Duration> rings;
  for (Duration t = 0min; t <= 2h; t += 1min) {
    s.at(t);
    for (const std::string& line : s.said()) {
      if (line == "alert sms +48600000001") rings.push_back(t);
    }
  }
  std::vector<Duration> expected;
  for (int i = 0; i < 12; ++i) expected.push_back(i * 5min);
  for (int i = 0; i < 4; ++i) expected.push_back(70min + i * 15min);
  EXPECT_EQ(rings, expected);
}

TEST(Alerts, TheNextPersonIsToldAfterThree) {
  Story s;
  s.email(Relation::opens, "critical");
  for (int ring = 1; ring <= 8; ++ring) {
    s.at((ring - 1) * 5min);
    bool ewa = false;
    for (const std::string& line : s.said()) ewa = ewa || line == "alert email ewa@desk";
    EXPECT_EQ(ewa, ring > 3) << ring;
  }
}

TEST(Alerts, StopWhenSomebodyHasRead) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(7min);
  s.agent(Action::read);
  s.said();
  s.at(3h);
  EXPECT_EQ(s.said(), Lines{});
  s.at(4h);  // the answer is overdue
  EXPECT_EQ(s.kinds(), (Lines{"alert", "alert"}));
  EXPECT_EQ(s.notices[0].promise, Promise::answer);
  s.at(4h + 30min);
  EXPECT_EQ(s.kinds(), (Lines{"alert", "alert"}));
}

TEST(Alerts, MissedOnesCollapseIntoOneThatSaysHowLateItIs) {
  Story s;
  s.email(Relation::opens, "critical");
  s.said();
  s.down_until(52min);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.notices[0].late_ms, 47 * 60'000);
  EXPECT_EQ(s.notices[0].ring, 2);
  EXPECT_EQ(s.alarm_in(), 57min);
  Story calm;
  calm.email();
  calm.said();
  calm.down_until(30h);
  EXPECT_EQ(calm.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001",     // the reaction
                                "alert email piotr@desk", "alert sms +48600000001"}));  // the answer
  EXPECT_EQ(calm.all<Breached>().size(), 2u);
  EXPECT_EQ(calm.all<Rang>().at(0).late_ms, 29 * 3'600'000);
  EXPECT_EQ(calm.alarm_in(), 32h);  // reminders keep their rhythm
}

TEST(Alerts, NothingRingsEarly) {
  Story s;
  s.email();
  s.now = kStart + 59min;
  ASSERT_TRUE(s.happens(AlarmRang{}));
  EXPECT_TRUE(s.last.empty());
}

TEST(Alerts, WithoutAnybodyOnCallOrAGateway) {
  Story nobody;
  nobody.facts.on_call.clear();
  nobody.email(Relation::opens, "critical");
  EXPECT_EQ(nobody.why<Withheld>(), "nobody is on call");
  Story no_gateway;
  no_gateway.facts.sms_available = false;
  no_gateway.facts.on_call[0].email.clear();
  no_gateway.email(Relation::opens, "critical");
  EXPECT_EQ(no_gateway.said(), (Lines{"receipt email anna@klient.example"}));
}

TEST(Downtime, EverythingThatCameDueHappensOnceInItsOrder) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.", 10min);
  s.said();
  s.down_until(400h);
  EXPECT_EQ(s.said(),
            (Lines{"alert email piotr@desk", "alert sms +48600000001",  // no answer was given in time
                   "answer email anna@klient.example"}));
  EXPECT_EQ(s.state(), "waiting");
  EXPECT_EQ(s.alarm_in(), 568h);  // the client's silence begins when the answer leaves
  s.down_until(2000h);
  EXPECT_EQ(s.state(), "settled");
}

TEST(Downtime, TheLatenessOfATimerIsWritten) {
  Story s;
  s.email();
  s.agent(Action::read);
  s.said();
  s.down_until(15min);
  EXPECT_EQ(s.said(), (Lines{"start_of_work email anna@klient.example"}));
  EXPECT_EQ(s.all<Dropped>().at(0).late_ms, 600'000);
}

TEST(EmailMissing, NotToldWithoutAGateway) {
  Story s;
  s.facts.sms_available = false;
  s.sms(Relation::opens);
  s.at(3min);
  EXPECT_EQ(s.why<Withheld>(), "no SMS gateway is configured");
}

// -- what became of it
// ---------------------------------------------------------------------------------------------

TEST(Bounce, OfAReceiptGoesBySms) {
  Story s;
  s.email();
  s.sms();
  s.said();
  s.fate(1, NoticeKind::receipt);
  EXPECT_EQ(s.said(), (Lines{"receipt_by_sms sms +48601222333"}));
  EXPECT_EQ(s.state(), "new");
  s.fate(1, NoticeKind::receipt);
  EXPECT_EQ(s.said(), Lines{});  // a second bounce of the same words
}

TEST(Bounce, WithoutAnotherWayOnCallIsTold) {
  Story no_number;
  no_number.email();
  no_number.said();
  no_number.fate(1, NoticeKind::receipt);
  EXPECT_EQ(no_number.said(), (Lines{"unreachable email piotr@desk"}));
  EXPECT_EQ(no_number.notices[0].why, "550 no such user");
  Story no_gateway;
  no_gateway.facts.sms_available = false;
  no_gateway.email();
  no_gateway.sms();
  no_gateway.said();
  no_gateway.fate(1, NoticeKind::receipt);
  EXPECT_EQ(no_gateway.said(), (Lines{"unreachable email piotr@desk"}));
  Story by_sms;
  by_sms.sms(Relation::opens);
  by_sms.at(2min);
  by_sms.said();
  by_sms.fate(3, NoticeKind::missing_email, NoticeState::failed, Channel::sms);
  EXPECT_EQ(by_sms.said(), (Lines{"unreachable email piotr@desk"}));
}

TEST(Bounce, OfAnAnswerTheAnswerIsOwedAgain) {
  for (const Action action : {Action::answer, Action::ask}) {
    Story s;
    s.email();
    s.at(1h);
    s.agent(action, "Tak?");
    s.at(2h);
    s.said();
    s.fate(s.c.notices, action == Action::ask ? NoticeKind::question : NoticeKind::answer);
    EXPECT_EQ(s.state(), "working");
    EXPECT_TRUE(s.c.debt(Promise::answer)->running());
    EXPECT_EQ(s.due(Promise::react), 4h);
    EXPECT_FALSE(s.c.timer(Timer::settle));
    EXPECT_EQ(s.kinds(), (Lines{"unreachable"}));
  }
}

TEST(Bounce, OfAnAnswerInAClosedCaseIsToldAndStaysClosed) {
  Story s;
  s.email();
  s.agent(Action::answer, "Gotowe.");
  s.agent(Action::close);
  s.said();
  s.fate(2, NoticeKind::answer);
  EXPECT_EQ(s.said(), (Lines{"unreachable email piotr@desk"}));
  EXPECT_EQ(s.state(), "closed");
}

TEST(Bounce, OfAnAlertWakesNobody) {
  Story s;
  s.email(Relation::opens, "critical");
  s.said();
  s.fate(2, NoticeKind::alert);
  s.fate(3, NoticeKind::unreachable);
  s.fate(0, NoticeKind::receipt);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Fate, DeliveredAndSeenAreWrittenDown) {
  Story s;
  s.email();
  s.said();
  s.fate(1, NoticeKind::receipt, NoticeState::delivered);
  s.fate(1, NoticeKind::receipt, NoticeState::seen);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.all<Fate>().size(), 2u);
  EXPECT_TRUE(s.c.lost_notices.empty());
}

// -- the case, and what is next
// ------------------------------------------------------------------------------------

TEST(Next, TheDesksEarliestElseTheClients) {
  Story s;
  s.email();
  EXPECT_EQ(next(s.c)->due, kStart + 2h);
  s.agent(Action::read);
  EXPECT_EQ(next(s.c)->what, "start-of-work reply");
  s.at(10min);
  EXPECT_EQ(next(s.c)->what, "answer");
  s.agent(Action::ask, "Która?");
  EXPECT_EQ(next(s.c)->what, "reply");
  s.agent(Action::settle);
  EXPECT_EQ(next(s.c)->what, "objection");
  s.agent(Action::close);
  EXPECT_FALSE(next(s.c));
  EXPECT_FALSE(alarm(s.c));
}

TEST(Procedure, FindsItsClasses) {
  Procedure p = built_in();
  EXPECT_EQ(p.at("urgent").id, "urgent");
  EXPECT_EQ(p.at("gone").id, "routine");
  EXPECT_EQ(p.find("gone"), nullptr);
  EXPECT_EQ(p.shortest_email_alone().id, "urgent");
  EXPECT_EQ(p.by_sms_distance(-10min).id, "critical");
  p.classes = {p.classes[2]};
  EXPECT_EQ(p.shortest_email_alone().id, "critical");
}

TEST(Words, NamesAreReadBack) {
  EXPECT_EQ(parse<State>("new"), State::fresh);
  EXPECT_EQ(parse<State>("fresh"), std::nullopt);
  EXPECT_EQ(to_string(Timer::start_of_work), "start_of_work");
}

}  // namespace hejnal::core

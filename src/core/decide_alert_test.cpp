#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

namespace {

struct AlertStory : Story {
  MessageId kept = 100;

  AlertCame alert(bool firing, const std::string& class_name = "urgent", const std::string& text = "db1") {
    AlertCame a;
    a.monitor = "prometheus";
    a.key = "k";
    a.firing = firing;
    a.subject = "db1 is down";
    a.text = text;
    a.severity = class_name;
    a.hint = {class_name, "severity " + class_name};
    if (!firing) a.settle_after = 5min;
    if (!c.exists() || alert_says_more(c, a)) a.message = ++kept;
    return a;
  }
  void fires(const std::string& class_name = "urgent", const std::string& text = "db1") {
    ASSERT_TRUE(happens(alert(true, class_name, text)));
  }
  void over() { ASSERT_TRUE(happens(alert(false))); }
};

}  // namespace

TEST(Alert, OpensOneCaseAndTellsNobodyOutside) {
  AlertStory s;
  EXPECT_TRUE(decide(s.procedure, s.facts, s.c, s.alert(false), s.now)->entries.empty());  // of nothing known
  s.fires("critical");
  EXPECT_EQ(s.c.class_name, "critical");
  EXPECT_TRUE(s.c.class_confirmed);
  EXPECT_EQ(s.c.client.name, "prometheus");
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  const auto entries = s.c.entries;
  s.fires("critical");  // repeated, or by the second of a pair
  EXPECT_EQ(s.c.entries, entries);
  s.at(1min);
  s.agent(Action::read);
  s.agent(Action::start);
  s.agent(Action::settle);
  EXPECT_EQ(s.said(), Lines{});  // no receipt, no acknowledgement, nothing: there is nobody
  for (const Entry& e : s.journal) EXPECT_FALSE(std::holds_alternative<Withheld>(e.body)) << e.why;
}

// Whatever a broken check does all night: the journal is bounded, and what is grave is heard all the same.
TEST(Alert, FlappingIsFolded) {
  AlertStory s;
  s.fires("urgent");
  for (int i = 0; i < 1000; ++i) {
    s.now = s.now + 1s;
    s.over();
    s.now = s.now + 1s;
    s.fires(i % 2 == 0 ? "urgent" : "routine");
  }
  const auto entries = s.c.entries;
  EXPECT_LT(entries, 700);
  for (int i = 0; i < 1000; ++i) {
    s.over();
    s.fires("urgent", std::to_string(i));
  }
  EXPECT_EQ(s.c.entries, entries);
  EXPECT_FALSE(alerts_over(s.c));
  s.fires("critical");
  EXPECT_EQ(s.c.class_name, "critical");
  s.now = s.now + 24h;
  s.over();
  s.at(25h);
  EXPECT_EQ(s.state(), "new");  // a person has to look
  s.agent(Action::settle);
  s.over();  // now it is written again
  EXPECT_TRUE(alerts_over(s.c));
}

TEST(Alert, OneMoreThanAMergedCaseFollows) {
  AlertStory s;
  s.fires();
  const auto other = [&](int n, bool firing, const std::string& class_name = "urgent") {
    AlertCame a = s.alert(firing, class_name);
    a.key = std::to_string(n);
    a.message = alert_says_more(s.c, a) ? ++s.kept : 0;
    ASSERT_TRUE(s.happens(a));
  };
  for (int n = 1; n < 50; ++n) other(n, true);
  ASSERT_EQ(s.c.alerts.size(), 50u);
  const auto entries = s.c.entries;
  for (int i = 0; i < 100; ++i) other(50, true);
  EXPECT_EQ(s.c.entries, entries);  // it neither grows
  other(50, true, "critical");
  EXPECT_EQ(s.c.class_name, "critical");  // nor is deaf
  other(7, false);
  other(50, true);  // the place of one that is over
  EXPECT_NE(alert_of(s.c, "prometheus", "50"), nullptr);
  EXPECT_EQ(s.c.alerts.size(), 50u);
}

TEST(Alert, WhatIsOverSettlesUnlessSomebodyHasBegun) {
  AlertStory s;
  s.fires();
  s.at(1min);
  s.agent(Action::read);
  s.over();
  s.at(5min);
  EXPECT_EQ(s.state(), "read");
  s.at(6min);
  EXPECT_EQ(s.state(), "settled");

  AlertStory begun;
  begun.fires();
  begun.at(1min);
  begun.agent(Action::start);
  begun.said();
  begun.over();
  EXPECT_EQ(begun.said(), Lines{"alert email piotr@desk"});  // who has it hears of it, by email
  begun.fires();
  begun.said();
  for (int i = 0; i < 10; ++i) {
    begun.over();
    begun.fires();
  }
  EXPECT_LE(begun.said().size(), 2u);  // and not all night
  begun.over();
  EXPECT_TRUE(alerts_over(begun.c));
  begun.at(2h);
  EXPECT_EQ(begun.state(), "working");

  AlertStory asked;  // by the settings
  asked.fires();
  AlertCame a = asked.alert(false);
  a.settle_after.reset();
  ASSERT_TRUE(asked.happens(a));
  asked.at(1h);
  EXPECT_EQ(asked.state(), "new");
}

TEST(Alert, FlappingIsOneCaseAndWakesNobodyAgain) {
  AlertStory s;
  s.fires("critical");
  s.said();
  for (int i = 1; i <= 5; ++i) {
    s.over();
    s.at(i * 4min - 1min);
    s.fires("critical");
    s.at(i * 4min);
  }
  EXPECT_EQ(s.c.alerts.front().fired, 5);
  EXPECT_EQ(s.state(), "new");
  EXPECT_EQ(s.said(), Lines{});
  s.at(20min + 4min);  // it has stayed: now it rings on
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  s.over();
  s.at(40min);
  EXPECT_EQ(s.state(), "settled");
  EXPECT_EQ(s.said(), Lines{});
}

TEST(Alert, ARiseOfSeverityAlarmsEvenWhenItWasRead) {
  AlertStory s;
  s.fires("routine");
  s.at(1min);
  s.agent(Action::read);
  s.fires("urgent", "db1, db2");
  EXPECT_EQ(s.c.class_name, "urgent");
  s.fires("routine");
  EXPECT_EQ(s.c.class_name, "urgent");  // it never falls
  s.said();
  s.fires("critical");
  EXPECT_EQ(s.c.class_name, "critical");
  EXPECT_EQ(s.c.class_reason, "severity critical");
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_EQ(s.c.alerts.front().fired, 0);

  AlertStory chosen;
  chosen.fires("routine");
  AgentActed act = chosen.acted(Action::reclassify, "a test machine");
  act.class_name = "routine";
  ASSERT_TRUE(chosen.happens(act));
  chosen.fires("critical");
  EXPECT_EQ(chosen.c.class_name, "routine");
}

TEST(Alert, ComesBackAfterItWasSettled) {
  AlertStory s;
  s.fires();
  s.over();
  s.at(10min);
  EXPECT_EQ(s.state(), "settled");
  AlertCame back = s.alert(true);
  EXPECT_TRUE(alert_goes_on(s.c, back, 1h, s.now));
  EXPECT_FALSE(alert_goes_on(s.c, back, 5min, s.now));  // too long ago: a case of its own
  s.fires();
  EXPECT_EQ(s.state(), "new");
  EXPECT_EQ(s.c.alerts.front().fired, 1);
  // Settled by a person while it fires: it may not have heard of that yet.
  s.agent(Action::settle);
  s.at(15min);
  s.fires();
  EXPECT_EQ(s.state(), "settled");
  s.at(30min);
  EXPECT_TRUE(alert_goes_on(s.c, back, 1min, s.now));
  s.fires();
  EXPECT_EQ(s.state(), "working");
  s.agent(Action::close);
  EXPECT_FALSE(alert_goes_on(s.c, back, 1h, s.now));
}

TEST(Alert, WhatItSaysIsKeptSoManyTimes) {
  AlertStory s;
  for (int i = 0; i < 200; ++i) s.fires("urgent", "cpu " + std::to_string(i));
  EXPECT_EQ(s.c.alerts.front().kept, 50);
  EXPECT_LT(s.c.entries, 100);
}

TEST(Alert, ManyAlertsOfOneCase) {
  AlertStory s;
  s.fires();
  s.facts.other = Facts::Other{};
  s.facts.other->number = 8;
  s.facts.other->client = {"prometheus", {}, {}, {}};
  s.facts.other->clients = {{false, {8}, s.facts.other->client, {}, {}, {}, {}, {}, 0}};
  s.facts.other->alerts = {{"prometheus", "other", false, false, 0, "", "", "", 0}};
  ASSERT_TRUE(s.happens(s.acted(Action::absorb)));
  ASSERT_EQ(s.c.alerts.size(), 2u);
  s.over();
  EXPECT_FALSE(alerts_over(s.c));
  // A client's case that is merged into it has somebody to answer.
  s.facts.other->number = 9;
  s.facts.other->client = {"Anna", kAnna, {}, {}};
  s.facts.other->clients = {{false, {9}, s.facts.other->client, {}, {}, {}, kAnna, kAnna, 0}};
  s.facts.other->alerts.clear();
  ASSERT_TRUE(s.happens(s.acted(Action::absorb)));
  EXPECT_EQ(s.c.client.name, "Anna");
  EXPECT_FALSE(speaks_to_nobody(s.c));
}

}  // namespace hejnal::core

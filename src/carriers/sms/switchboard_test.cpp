#include "carriers/sms/switchboard.hpp"

#include <gtest/gtest.h>

#include "carriers/sms/test_caller.hpp"

namespace hejnal::carriers {

namespace {

using Sent = ports::SendResult::Outcome;

// A company with SMSAPI (recognises repeats) or Kannel (does not), and another gateway behind it.
struct Company {
  explicit Company(const char* first = "smsapi", const char* second = "http",
                   SwitchboardSettings settings = {}) {
    std::vector<Switchboard::Line> lines;
    for (const char* kind : {first, second}) {
      if (kind == nullptr) continue;
      GatewaySettings s;
      s.kind = kind;
      s.name = lines.empty() ? "first" : "second";
      s.url = std::string("http://") + s.name;
      s.country = "48";
      lines.push_back({std::move(*make_gateway(s, http)), lines.empty() ? Tariff{7, 70} : Tariff{}});
    }
    board = std::make_unique<Switchboard>(
        settings, std::move(lines), clock,
        Switchboard::Watch{[this](const std::string&, const std::string& month, std::int64_t sum) {
                             kept = month + " " + std::to_string(sum);
                           },
                           [this](const std::string& words) { log.push_back(words); }});
  }

  ports::SendResult send(core::NoticeKind kind = core::NoticeKind::receipt_by_sms, int attempts = 0,
                         const char* to = "+48601234567") {
    ports::Outgoing out;
    out.notice.channel = core::Channel::sms;
    out.notice.kind = kind;
    out.notice.to = to;
    out.words.text = "Text";
    out.message_id = "<hejnal.5.2.abcd@firma.example>";
    out.attempts = attempts;
    ports::SendResult result;
    int times = 0;
    board->send(std::move(out), [&](ports::SendResult r) {
      result = std::move(r);
      ++times;
    });
    EXPECT_EQ(times, 1);
    return result;
  }
  std::string hosts() {
    std::string out;
    for (const auto& call : http.calls) out += call.url.starts_with("http://first") ? '1' : '2';
    http.calls.clear();
    return out;
  }

  TestCaller http;
  TestClock clock;
  std::unique_ptr<Switchboard> board;
  std::vector<std::string> log;
  std::string kept;
};

const char* const kTaken = R"({"count":1,"list":[{"id":"1","error":null}]})";

}  // namespace

TEST(Switchboard, TheFirstGatewayIsAskedFirst) {
  Company c;
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send().outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "1");
  EXPECT_EQ(c.kept, "2026-11 7");
  EXPECT_EQ(c.board->health()[0].state, "ok");
}

TEST(Switchboard, WhatHasNotLeftGoesByTheNextWithAReason) {
  Company c;
  c.http.will_say(200, R"({"error":103,"message":"x"})");
  c.http.will_say(200, "fine");
  const auto result = c.send();
  EXPECT_EQ(result.outcome, Sent::handed_over);
  EXPECT_EQ(result.text, "second took it, because first: the account has no credit (error 103: x)");
  EXPECT_EQ(c.hosts(), "12");
  ASSERT_GE(c.log.size(), 2u);
  EXPECT_NE(c.log[0].find("no credit"), std::string::npos);
  EXPECT_EQ(c.board->health()[0].state, "degraded");
  EXPECT_EQ(c.board->health()[1].state, "ok");
  // It rests for five minutes, and is then asked first again.
  c.http.will_say(200, "fine");
  EXPECT_EQ(c.send().outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "2");
  c.clock.time = c.clock.time + 6min;
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send().outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "1");
  EXPECT_EQ(c.log.back(), "sms: first works again");
}

TEST(Switchboard, AWrongNumberIsWrongEverywhere) {
  Company c;
  c.http.will_say(200, R"({"error":13,"message":"x"})");
  EXPECT_EQ(c.send().outcome, Sent::refused);
  EXPECT_EQ(c.hosts(), "1");
  EXPECT_EQ(c.send(core::NoticeKind::receipt_by_sms, 0, "ORANGE").outcome, Sent::refused);
  EXPECT_EQ(c.hosts(), "");
}

TEST(Switchboard, WhatMayHaveLeftStaysWhereARepeatIsRecognised) {
  Company c;
  c.http.will_be_silent();
  EXPECT_EQ(c.send().outcome, Sent::try_later);
  EXPECT_EQ(c.hosts(), "1");
  c.http.will_say(200, R"({"error":53,"message":"x"})");
  EXPECT_EQ(c.send(core::NoticeKind::receipt_by_sms, 1).outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "1");
}

TEST(Switchboard, WhatMayHaveLeftElsewhereIsForAPerson) {
  Company c("kannel");
  c.http.will_be_silent();
  EXPECT_EQ(c.send().outcome, Sent::uncertain);
  EXPECT_EQ(c.hosts(), "1");
  EXPECT_FALSE(c.board->recognises_repeats());
}

TEST(Switchboard, AnAlertRatherTwiceThanNever) {
  for (const char* first : {"smsapi", "kannel"}) {
    Company c(first);
    c.http.will_be_silent();
    c.http.will_say(200, "fine");
    EXPECT_EQ(c.send(core::NoticeKind::alert).outcome, Sent::handed_over);
    EXPECT_EQ(c.hosts(), "12");
    c.http.will_be_silent();
    c.http.will_be_silent();
    const auto result = c.send(core::NoticeKind::alert);
    EXPECT_EQ(result.outcome, Sent::try_later);
    EXPECT_NE(result.text.find("may arrive twice"), std::string::npos);
  }
}

TEST(Switchboard, NobodyTakesIt) {
  Company c;
  c.http.will_not_connect();
  c.http.will_say(503, "later");
  auto result = c.send();
  EXPECT_EQ(result.outcome, Sent::try_later);
  EXPECT_EQ(result.text, "first: no connection (connection refused); second: HTTP 503: later");
  c.http.will_say(200, R"({"error":101,"message":""})");
  c.http.will_say(401, "who");
  result = c.send();
  EXPECT_EQ(result.outcome, Sent::our_mistake);
  for (const auto& health : c.board->health()) EXPECT_EQ(health.state, "failing");
}

TEST(Switchboard, BudgetsHoldBackWhatIsAutomaticOnly) {
  Company c("http", nullptr, {2, 3});
  const auto take = [&](core::NoticeKind kind, const char* to) {
    c.http.will_say(200, "fine");
    const auto outcome = c.send(kind, 0, to).outcome;
    c.http.answers.clear();
    return outcome == Sent::handed_over;
  };
  using core::NoticeKind;
  EXPECT_TRUE(take(NoticeKind::receipt_by_sms, "+48601234567"));
  EXPECT_TRUE(take(NoticeKind::receipt_by_sms, "+48601234567"));
  EXPECT_FALSE(take(NoticeKind::receipt_by_sms, "+48601234567"));  // per number
  EXPECT_TRUE(take(NoticeKind::alert, "+48601234567"));
  EXPECT_TRUE(take(NoticeKind::answer, "+48601234567"));  // a person wrote it
  EXPECT_TRUE(take(NoticeKind::receipt_by_sms, "+48602234567"));
  EXPECT_FALSE(take(NoticeKind::receipt_by_sms, "+48603234567"));  // altogether
  c.clock.time = c.clock.time + 1h;
  EXPECT_TRUE(take(NoticeKind::receipt_by_sms, "+48601234567"));
}

TEST(Switchboard, TheMonthlyCapWarnsAtFourFifthsAndStopsAllButAlerts) {
  Company c;  // 0.07 each, 0.70 a month
  c.board->set_spent("first", "2026-11", 49);
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send().outcome, Sent::handed_over);
  auto health = c.board->health()[0];
  EXPECT_EQ(health.state, "degraded");
  EXPECT_NE(health.detail.find("0.56 spent this month of 0.70, more than 80 %"), std::string::npos)
      << health.detail;
  c.board->set_spent("first", "2026-11", 70);
  c.http.will_say(200, "fine");
  const auto result = c.send();
  EXPECT_EQ(result.text, "second took it, because first: the monthly cap of 0.70 is reached");
  c.hosts();
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send(core::NoticeKind::alert).outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "1");
  c.clock.time = c.clock.time + 9 * 24h;  // December
  EXPECT_EQ(c.board->health()[0].state, "ok");
}

}  // namespace hejnal::carriers

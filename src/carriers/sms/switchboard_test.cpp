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
                           [this](const std::string& words) { log.push_back(words); },
                           [this](std::int64_t item, const std::string&, const std::string& gateway,
                                  const std::function<void(bool)>& then) {
                             noted += std::to_string(item) + (gateway == "first" ? ":1 " : ":2 ");
                             if (before_call) before_call();
                             then(can_note);
                           }});
  }

  ports::SendResult send(core::NoticeKind kind = core::NoticeKind::receipt_by_sms, int attempts = 0,
                         const char* to = "+48601234567") {
    ports::Outgoing out;
    out.notice.channel = core::Channel::sms;
    out.notice.kind = kind;
    out.notice.to = to;
    out.words.text = "Text";
    out.message_id = "<hejnal.5.2.abcd@firma.example>";
    out.item = 5;
    out.attempts = attempts;
    out.gateway = attempts > 0 ? given_to : std::string();
    out.only_by = only_by;
    if (useful_for > 0ms) out.useful_until = clock.now() + useful_for;
    ports::SendResult result;
    int times = 0;
    board->send(std::move(out), [&](ports::SendResult r) {
      result = std::move(r);
      ++times;
    });
    EXPECT_EQ(times, 1);
    given_to = result.gateway;  // as the outbox remembers it
    return result;
  }
  std::string hosts() {
    std::string out;
    for (const auto& call : http.calls) out += call.url.starts_with("http://first") ? '1' : '2';
    http.calls.clear();
    return out;
  }

  std::vector<std::string> only_by;
  TestCaller http;
  TestClock clock;
  std::unique_ptr<Switchboard> board;
  std::vector<std::string> log;
  std::string kept, noted, given_to;
  bool can_note = true;
  std::function<void()> before_call;
  Duration useful_for{};
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

TEST(Switchboard, WhatMayGoByOneOnlyGoesByNoOther) {
  Company c;
  c.only_by = {"second"};
  c.http.will_say(503, "later");
  EXPECT_NE(c.send().outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "2");
  c.only_by = {"second", "first"};
  c.http.will_say(503, "later");
  c.http.will_say(503, "later");
  c.send();
  EXPECT_EQ(c.hosts().size(), 2u);
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
  EXPECT_EQ(c.board->recognising_repeats(), std::vector<std::string>{});
  EXPECT_EQ(c.given_to, "first");
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

// What was tried again is one SMS, and what has not left is none.
TEST(Switchboard, BudgetsCountWhatMayHaveLeftOnce) {
  Company c("smsapi", nullptr, {2, 1000});
  for (int i = 0; i < 5; ++i) EXPECT_EQ(c.send().outcome, Sent::try_later);  // no connection
  c.http.will_say(500, "half way");
  EXPECT_EQ(c.send().outcome, Sent::try_later);
  EXPECT_EQ(c.given_to, "first");  // who may have it
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send(core::NoticeKind::receipt_by_sms, 1).outcome, Sent::handed_over);
  c.http.will_say(200, R"({"error":13,"message":"no number"})");
  EXPECT_EQ(c.send().outcome, Sent::refused);
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send().outcome, Sent::handed_over);
  c.http.will_say(200, kTaken);
  EXPECT_NE(c.send().text.find("2 SMS have gone to this number"), std::string::npos);
}

TEST(Switchboard, ThePriceIsKeptBeforeTheSmsLeaves) {
  Company c;
  std::vector<std::string> kept;
  c.before_call = [&] { kept.push_back(c.kept); };
  c.http.will_say(500, "half way");
  EXPECT_EQ(c.send().outcome, Sent::try_later);
  EXPECT_EQ(kept, (std::vector<std::string>{"2026-11 7"}));
  EXPECT_EQ(c.kept, "2026-11 7") << "it may have left";
  c.http.will_say(200, R"({"error":53,"message":"idx"})");
  EXPECT_EQ(c.send(core::NoticeKind::receipt_by_sms, 1).outcome, Sent::handed_over);
  EXPECT_EQ(c.kept, "2026-11 7") << "paid once";
  c.http.will_say(200, R"({"error":13,"message":"no number"})");
  EXPECT_EQ(c.send().outcome, Sent::refused);
  EXPECT_EQ(c.kept, "2026-11 7") << "what was not taken costs nothing";
  EXPECT_EQ(kept.back(), "2026-11 14");
}

TEST(Switchboard, TellsHowLongAnSmsIsOfUse) {
  Company c;
  c.http.will_say(200, kTaken);
  c.useful_for = 2h;
  c.send();
  EXPECT_NE(c.http.calls[0].body.find("expiration_date=" + std::to_string((c.clock.now() + 2h).ms / 1000)),
            std::string::npos);
  c.http.calls.clear();
  c.http.will_say(200, kTaken);
  c.useful_for = 1min;  // nearer than what SMSAPI surely takes
  c.send();
  EXPECT_NE(c.http.calls[0].body.find("expiration_date=" + std::to_string((c.clock.now() + 1h).ms / 1000)),
            std::string::npos);
  c.http.calls.clear();
  c.http.will_say(200, kTaken);
  c.useful_for = 24h;
  c.send();
  EXPECT_EQ(c.http.calls[0].body.find("expiration_date"), std::string::npos);
}

TEST(Switchboard, WritesDownWhoGetsItBeforeThatOneGetsIt) {
  Company c;
  c.can_note = false;
  EXPECT_EQ(c.send().outcome, Sent::try_later);
  EXPECT_EQ(c.hosts(), "") << "what cannot be written down waits";
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send(core::NoticeKind::alert).outcome, Sent::handed_over) << "but an alert does not";
  EXPECT_EQ(c.noted, "5:1 5:1 ");
}

// After a crash the outbox says which of several gateways was given it.
TEST(Switchboard, AfterACrashTheRightGatewayIsAsked) {
  Company c("smsapi", "smsapi");
  c.given_to = "second";
  c.http.will_say(200, kTaken);
  const auto result = c.send(core::NoticeKind::answer, 1);
  EXPECT_EQ(result.outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "2");
  EXPECT_EQ(result.gateway, "second");
  EXPECT_EQ(result.gateway_id, "1");
  EXPECT_TRUE(result.can_be_asked);

  c.given_to = "gone";
  EXPECT_EQ(c.send(core::NoticeKind::answer, 1).outcome, Sent::uncertain);
  EXPECT_EQ(c.hosts(), "") << "the one that may have it is not configured any more";
  c.given_to = "second";
  c.http.will_say(200, kTaken);
  EXPECT_EQ(c.send(core::NoticeKind::alert, 1).outcome, Sent::handed_over);
  EXPECT_EQ(c.hosts(), "2") << "an alert goes first where it would be recognised";
}

TEST(Switchboard, WhatAnEarlierRunHasSentCounts) {
  Company c("smsapi", "http", {2, 1000});
  c.board->count_sent("+48601234567", c.clock.now() - 10min);
  c.board->count_sent("+48601234567", c.clock.now() - 5min);
  EXPECT_EQ(c.send().outcome, Sent::try_later);
  EXPECT_EQ(c.hosts(), "");
}

TEST(Switchboard, AReportThatDoesNotComeIsAskedFor) {
  struct Row {
    const char *kind, *answer;
    bool arrived, lost;
  };
  const Row rows[] = {
      {"smsapi", R"({"count":1,"list":[{"id":"7","status":"DELIVERED"}]})", true, false},
      {"smsapi", R"({"count":1,"list":[{"id":"7","status":"UNDELIVERED"}]})", false, true},
      {"smsapi", R"({"count":1,"list":[{"id":"7","status":"REJECTD"}]})", false, true},
      {"smsapi", R"({"count":1,"list":[{"id":"7","status":404}]})", true, false},
      {"smsapi", R"({"count":1,"list":[{"id":"7","status":"QUEUE"}]})", false, false},
      {"smsapi", R"({"count":1,"list":[{"id":"7","sta)", false, false},
      {"smsapi", R"({"error":101,"message":"x"})", false, false},
      {"smsapi", "<html>Przerwa</html>", false, false},
      {"twilio", R"({"sid":"SM7","status":"delivered"})", true, false},
      {"twilio", R"({"sid":"SM7","status":"undelivered","error_code":30003})", false, true},
      {"twilio", R"({"sid":"SM7","status":"sent"})", false, false},
      {"twilio", "<html>500</html>", false, false},
  };
  for (const Row& row : rows) {
    Company c(row.kind);
    ports::Outgoing question;
    question.notice.channel = core::Channel::sms;
    question.notice.to = "+48601234567";
    question.ask = true;
    question.gateway = "first";
    question.gateway_id = "7";
    c.http.will_say(200, row.answer);
    ports::SendResult result;
    c.board->send(question, [&](ports::SendResult r) { result = std::move(r); });
    EXPECT_EQ(result.arrived, row.arrived) << row.answer;
    EXPECT_EQ(result.lost, row.lost) << row.answer;
    ASSERT_EQ(c.http.calls.size(), 1U);
    EXPECT_EQ(c.http.calls[0].method, "GET") << "it is never sent again";
    EXPECT_NE(c.http.calls[0].url.find("7"), std::string::npos);
    EXPECT_EQ(c.noted, "");
  }
}

}  // namespace hejnal::carriers

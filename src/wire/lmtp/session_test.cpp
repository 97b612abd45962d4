// Tables of conversations. Each runs whole, one byte at a time, and cut at random: the answers must be the
// same.
#include "wire/lmtp/session.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hejnal::wire {
namespace {

constexpr Instant kStart{1795424400000};

struct Outcome {
  std::string output;
  std::vector<LmtpMessage> messages;
  bool finished = false;
};

// `cut` says how long the next piece is. Each message gets `status`.
template <class Cut>
Outcome talk(std::string_view input, Cut cut, LmtpLimits limits = {}, const Status& status = {}) {
  LmtpSession session(limits, "desk.example", kStart);
  Outcome outcome;
  while (!input.empty()) {
    const std::size_t size = std::min(cut(), input.size());
    session.feed(input.substr(0, size), kStart);
    input.remove_prefix(size);
    while (session.wants_verdict()) {
      outcome.messages.push_back(session.take_message());
      session.verdict(status, kStart);
    }
    outcome.output += session.take_output();
  }
  outcome.finished = session.finished();
  return outcome;
}

void expect_same(const Outcome& a, const Outcome& b) {
  EXPECT_EQ(a.output, b.output);
  EXPECT_EQ(a.finished, b.finished);
  ASSERT_EQ(a.messages.size(), b.messages.size());
  for (std::size_t i = 0; i < a.messages.size(); ++i) {
    EXPECT_EQ(a.messages[i].mail_from, b.messages[i].mail_from);
    EXPECT_EQ(a.messages[i].rcpt_to, b.messages[i].rcpt_to);
    EXPECT_EQ(a.messages[i].bytes, b.messages[i].bytes);
  }
}

Outcome talk_in_every_way(std::string_view input, LmtpLimits limits = {}, const Status& status = {}) {
  Outcome whole = talk(
      input, [&] { return input.size(); }, limits, status);
  expect_same(whole, talk(
                         input, [] { return std::size_t{1}; }, limits, status));
  for (unsigned seed = 1; seed <= 20; ++seed) {
    SCOPED_TRACE(seed);
    std::mt19937 random(seed);
    expect_same(whole, talk(
                           input, [&] { return std::size_t{1} + random() % 9; }, limits, status));
  }
  return whole;
}

constexpr std::string_view kGreeting = "220 desk.example LMTP hejnal\r\n";
constexpr std::string_view kHello =
    "250-desk.example\r\n250-PIPELINING\r\n250-ENHANCEDSTATUSCODES\r\n250-8BITMIME\r\n250-SMTPUTF8\r\n"
    "250 SIZE 26214400\r\n";

struct Case {
  const char* name;
  std::string input;
  std::string replies;  // behind the greeting
  bool finished;
};

TEST(LmtpSession, AnswersAsTheTableSays) {
  const std::string hello(kHello);
  const std::string long_line(5000, 'x');
  const std::vector<Case> cases = {
      {"quit", "QUIT\r\n", "221 2.0.0 bye\r\n", true},
      {"lower case", "lhlo me\r\nquit\r\n", hello + "221 2.0.0 bye\r\n", true},
      {"nothing behind QUIT", "QUIT\r\nNOOP\r\n", "221 2.0.0 bye\r\n", true},
      {"HELO", "HELO me\r\n", "500 5.5.1 this is LMTP (RFC 2033), not SMTP: say LHLO\r\n", false},
      {"EHLO", "EHLO me\r\n", "500 5.5.1 this is LMTP (RFC 2033), not SMTP: say LHLO\r\n", false},
      {"LHLO without a name", "LHLO\r\n", "501 5.5.4 LHLO needs your name\r\n", false},
      {"MAIL before LHLO", "MAIL FROM:<>\r\n", "503 5.5.1 say LHLO first\r\n", false},
      {"RCPT before MAIL", "LHLO x\r\nRCPT TO:<a@b>\r\n", hello + "503 5.5.1 say MAIL first\r\n", false},
      {"DATA before MAIL", "LHLO x\r\nDATA\r\n", hello + "503 5.5.1 say MAIL first\r\n", false},
      {"DATA without RCPT", "LHLO x\r\nMAIL FROM:<a@b>\r\nDATA\r\n",
       hello + "250 2.1.0 go on\r\n503 5.5.1 no valid recipients\r\n", false},
      {"DATA with only a bad RCPT", "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<>\r\nDATA\r\n",
       hello + "250 2.1.0 go on\r\n501 5.1.3 expected RCPT TO:<address>\r\n503 5.5.1 no valid recipients\r\n",
       false},
      {"two MAILs", "LHLO x\r\nMAIL FROM:<a@b>\r\nMAIL FROM:<c@d>\r\n",
       hello + "250 2.1.0 go on\r\n503 5.5.1 one MAIL at a time: say RSET first\r\n", false},
      {"RSET", "LHLO x\r\nMAIL FROM:<a@b>\r\nRSET\r\nMAIL FROM:<c@d>\r\n",
       hello + "250 2.1.0 go on\r\n250 2.0.0 forgotten\r\n250 2.1.0 go on\r\n", false},
      {"NOOP and VRFY", "NOOP\r\nVRFY a\r\n", "250 2.0.0 here\r\n252 2.5.0 send it and see\r\n", false},
      {"unknown", "TURN\r\n\r\n", "500 5.5.1 unknown command\r\n500 5.5.1 unknown command\r\n", false},
      {"HTTP", "POST / HTTP/1.1\r\nMAIL FROM:<>\r\n", "421 4.7.0 this is LMTP, not HTTP\r\n", true},
      {"bare LF", "NOOP\nNOOP\r\n", "500 5.5.2 end each line with CR LF\r\n250 2.0.0 here\r\n", false},
      {"long line", long_line + "\r\nNOOP\r\n", "500 5.5.2 the line is too long\r\n250 2.0.0 here\r\n",
       false},
      {"long line goes on behind a bare LF", long_line + "\nNOOP\r\nNOOP\r\n",
       "500 5.5.2 the line is too long\r\n250 2.0.0 here\r\n", false},
      {"declared too big", "LHLO x\r\nMAIL FROM:<a@b> SIZE=26214401\r\n",
       hello + "552 5.3.4 the message is too big\r\n", false},
      {"declared absurdly big", "LHLO x\r\nMAIL FROM:<a@b> SIZE=99999999999999999999999\r\n",
       hello + "552 5.3.4 the message is too big\r\n", false},
      {"size is no number", "LHLO x\r\nMAIL FROM:<a@b> SIZE=12x\r\n",
       hello + "501 5.5.4 SIZE needs a number\r\n", false},
      {"parameters", "LHLO x\r\nMAIL FROM:<a@b>  BODY=8bitmime SIZE=10 SMTPUTF8\r\n",
       hello + "250 2.1.0 go on\r\n", false},
      {"unknown parameter", "LHLO x\r\nMAIL FROM:<a@b> RET=FULL\r\n",
       hello + "555 5.5.4 unknown parameter\r\n", false},
      {"no path", "LHLO x\r\nMAIL FROM:a@b\r\n", hello + "501 5.1.7 expected MAIL FROM:<address>\r\n", false},
      {"control character", std::string("LHLO x\r\nMAIL FROM:<a\0@b>\r\n", 27),
       hello + "501 5.1.7 expected MAIL FROM:<address>\r\n", false},
      {"not UTF-8", "LHLO x\r\nMAIL FROM:<\xB1@b>\r\n", hello + "501 5.1.7 expected MAIL FROM:<address>\r\n",
       false},
  };
  for (const Case& c : cases) {
    SCOPED_TRACE(c.name);
    const Outcome outcome = talk_in_every_way(c.input);
    EXPECT_EQ(outcome.output, std::string(kGreeting) + c.replies);
    EXPECT_EQ(outcome.finished, c.finished);
    EXPECT_TRUE(outcome.messages.empty());
  }
}

std::string envelope(std::string_view data) {
  return "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nDATA\r\n" + std::string(data);
}

TEST(LmtpSession, EndsDataOnlyAtCrlfDotCrlf) {
  const std::vector<std::pair<std::string, std::string>> texts = {
      {"Subject: x\r\n\r\nhello\r\n.\r\n", "Subject: x\r\n\r\nhello\r\n"},
      {".\r\n", ""},
      {"..\r\n...\r\n.x\r\n.\r\n", ".\r\n..\r\nx\r\n"},
      {"a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"},
      {"a\r.\rb\r\n.\r\n", "a\r.\rb\r\n"},
      {"a\n.\r\nb\r\n.\r\n", "a\n.\r\nb\r\n"},
      {"a\r\n.\nb\r\n.\r\n", "a\r\n\nb\r\n"},
      {"a\r\n.\rb\r\n.\r\n", "a\r\n\rb\r\n"},
      {"a\r\n.\r\r\nb\r\n.\r\n", "a\r\n\r\r\nb\r\n"},
      {"a\r\r\n.\r\n", "a\r\r\n"},
      {std::string("\0\xFF\r\n.\r\n", 7), std::string("\0\xFF\r\n", 4)},
      {std::string(100'000, 'y') + "\r\n.\r\n", std::string(100'000, 'y') + "\r\n"},
  };
  for (const auto& [sent, kept] : texts) {
    SCOPED_TRACE(sent.substr(0, 40));
    const Outcome outcome = talk_in_every_way(envelope(sent) + "NOOP\r\n");
    ASSERT_EQ(outcome.messages.size(), 1u);
    EXPECT_EQ(outcome.messages[0].bytes, kept);
    EXPECT_TRUE(outcome.output.ends_with(
        "354 end with a dot on a line of its own\r\n250 2.6.0 kept\r\n250 2.0.0 here\r\n"))
        << outcome.output;
  }
}

TEST(LmtpSession, PipelinesWholeMessagesAndAnswersEachRecipient) {
  const std::string one =
      "MAIL FROM:<>\r\nRCPT TO:<c@d>\r\nRCPT TO:<>\r\nRCPT TO:<c@d>\r\nDATA\r\nx\r\n.\r\n";
  const Outcome outcome = talk_in_every_way("LHLO x\r\n" + one + one + "QUIT\r\n");
  const std::string answers =
      "250 2.1.0 go on\r\n250 2.1.5 go on\r\n501 5.1.3 expected RCPT TO:<address>\r\n250 2.1.5 go on\r\n"
      "354 end with a dot on a line of its own\r\n250 2.6.0 kept\r\n250 2.6.0 kept\r\n";
  EXPECT_EQ(outcome.output,
            std::string(kGreeting) + std::string(kHello) + answers + answers + "221 2.0.0 bye\r\n");
  ASSERT_EQ(outcome.messages.size(), 2u);
  EXPECT_EQ(outcome.messages[1].mail_from, "");
  EXPECT_EQ(outcome.messages[1].rcpt_to, (std::vector<std::string>{"c@d", "c@d"}));
}

TEST(LmtpSession, ReadsPathsAsTheyOccur) {
  const std::vector<std::pair<std::string, std::string>> paths = {
      {"<a@b>", "a@b"},
      {" <a@b>", "a@b"},
      {"<\"a b\"@c>", "\"a b\"@c"},
      {"<\"a>b\\\"\"@c>", "\"a>b\\\"\"@c"},
      {"<@x,@y:a@b>", "a@b"},
      {"<postmaster>", "postmaster"},
      {"<za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87@b>", "za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87@b"},
      {"<a@[192.0.2.1]>", "a@[192.0.2.1]"},
  };
  for (const auto& [text, address] : paths) {
    SCOPED_TRACE(text);
    const Outcome outcome =
        talk_in_every_way("LHLO x\r\nMAIL FROM:<>\r\nRCPT TO:" + text + "\r\nDATA\r\n.\r\n");
    ASSERT_EQ(outcome.messages.size(), 1u);
    EXPECT_EQ(outcome.messages[0].rcpt_to, std::vector<std::string>{address});
  }
}

TEST(LmtpSession, MapsEachFaultToOneCode) {
  const std::vector<std::pair<Status, std::string>> answers = {
      {fail(Fault::retry_later, "the disk is full"), "451 4.3.0 the disk is full\r\n"},
      {fail(Fault::corrupt, "x"), "451 4.3.0 x\r\n"},
      {fail(Fault::conflict, "x"), "451 4.3.0 x\r\n"},
      {fail(Fault::refused, "no\r\n250 yes"), "550 5.7.1 no??250 yes\r\n"},
      {fail(Fault::not_found, "x"), "550 5.1.1 x\r\n"},
      {fail(Fault::malformed, "\xC4\x85"), "554 5.6.0 ??\r\n"},
  };
  for (const auto& [status, line] : answers) {
    const Outcome outcome = talk_in_every_way(envelope("x\r\n.\r\n"), {}, status);
    EXPECT_TRUE(outcome.output.ends_with("own\r\n" + line)) << outcome.output;
  }
}

TEST(LmtpSession, SwallowsWhatIsTooBigAndGoesOn) {
  LmtpLimits limits;
  limits.message_bytes = 100;
  const std::string fits(98, 'x');
  EXPECT_EQ(talk_in_every_way(envelope(fits + "\r\n.\r\n"), limits).messages.size(), 1u);
  const Outcome outcome = talk_in_every_way(envelope(fits + "x\r\n" + fits + "\r\n.\r\nNOOP\r\n"), limits);
  EXPECT_TRUE(outcome.messages.empty());
  EXPECT_TRUE(outcome.output.ends_with("own\r\n552 5.3.4 the message is too big\r\n250 2.0.0 here\r\n"));
}

TEST(LmtpSession, RefusesRecipientsOverTheLimitAndLoopsAndManyMistakes) {
  LmtpLimits limits;
  limits.recipients = 1;
  limits.received_lines = 2;
  limits.errors = 1;
  const std::string start = "LHLO x\r\nMAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n";
  const std::string received = "RECEIVED: x\r\n y\r\n";
  Outcome outcome = talk_in_every_way(start + received + received + "\r\nReceived: z\r\n.\r\n", limits);
  ASSERT_EQ(outcome.messages.size(), 1u);
  EXPECT_EQ(outcome.messages[0].rcpt_to.size(), 1u);
  EXPECT_NE(outcome.output.find("452 4.5.3 too many recipients\r\n"), std::string::npos);
  outcome = talk_in_every_way(start + received + received + received + "\r\n.\r\nX\r\nY\r\nZ\r\n", limits);
  EXPECT_TRUE(outcome.messages.empty());
  EXPECT_TRUE(
      outcome.output.ends_with("554 5.4.6 the message goes round in a loop\r\n500 5.5.1 unknown "
                               "command\r\n421 4.7.0 too many mistakes\r\n"));
  EXPECT_TRUE(outcome.finished);
}

TEST(LmtpSession, KeepsItsTimes) {
  LmtpSession session({}, "x", kStart);
  EXPECT_EQ(session.deadline(), kStart + 5min);
  session.feed("LHLO x", kStart + 1min);  // half a command does not prolong
  EXPECT_EQ(session.deadline(), kStart + 5min);
  session.feed("\r\nMAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\n", kStart + 2min);
  EXPECT_EQ(session.deadline(), kStart + 12min);
  session.feed("x", kStart + 3min);
  EXPECT_EQ(session.deadline(), kStart + 13min);
  session.feed("x", kStart + 60min);
  EXPECT_EQ(session.deadline(), kStart + 62min);
  session.feed("\r\n.\r\n", kStart + 61min);
  ASSERT_TRUE(session.wants_verdict());
  EXPECT_GT(session.deadline(), kStart + 100000h);
  session.timed_out();  // nothing is due while we think
  EXPECT_TRUE(session.wants_verdict());
  session.verdict({}, kStart + 62min);
  EXPECT_EQ(session.deadline(), kStart + 67min);
  session.timed_out();
  EXPECT_TRUE(session.finished());
  EXPECT_TRUE(session.take_output().ends_with("421 4.4.2 nothing more came in time\r\n"));
}

TEST(LmtpSession, ShutsDownBehindTheMessageThatIsUnderWay) {
  LmtpSession idle({}, "x", kStart);
  idle.shutting_down();
  EXPECT_TRUE(idle.finished());
  EXPECT_TRUE(idle.take_output().ends_with("421 4.3.2 shutting down\r\n"));

  LmtpSession busy({}, "x", kStart);
  busy.feed(envelope("half"), kStart);
  busy.shutting_down();
  EXPECT_FALSE(busy.finished());
  busy.feed("\r\n.\r\nNOOP\r\n", kStart);
  ASSERT_TRUE(busy.wants_verdict());
  busy.verdict({}, kStart);
  EXPECT_TRUE(busy.finished());
  EXPECT_TRUE(busy.take_output().ends_with("250 2.6.0 kept\r\n421 4.3.2 shutting down\r\n"));
}

TEST(LmtpSession, SurvivesBombs) {
  const std::string megabyte(1 << 20, 'z');
  LmtpSession session({}, "x", kStart);
  for (int i = 0; i < 100; ++i) session.feed(megabyte, kStart);  // a command line without end
  session.feed("\r\n", kStart);
  EXPECT_TRUE(session.take_output().ends_with("500 5.5.2 the line is too long\r\n"));
  session.feed(envelope(""), kStart);
  for (int i = 0; i < 100; ++i) session.feed(megabyte, kStart);
  session.feed("\r\n.\r\n", kStart);
  EXPECT_TRUE(session.take_output().ends_with("552 5.3.4 the message is too big\r\n"));
}

}  // namespace
}  // namespace hejnal::wire

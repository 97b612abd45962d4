#include "core/sending.hpp"

#include <gtest/gtest.h>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

TEST(Sending, AnSmsIsGivenUpWhenItIsOfNoUseAnyMore) {
  const Procedure p = built_in();
  const ServiceClass *routine = p.find("routine"), *critical = p.find("critical");
  Notice n;
  EXPECT_EQ(worth_sending_for(n, routine), 96h) << "email, as mail servers do";
  n.channel = Channel::sms;
  n.kind = NoticeKind::alert;
  EXPECT_EQ(worth_sending_for(n, critical), 1h);
  n.kind = NoticeKind::receipt;
  EXPECT_EQ(worth_sending_for(n, routine), 6h);
  EXPECT_EQ(worth_sending_for(n, critical), 2h);
  EXPECT_EQ(worth_sending_for(n, nullptr), 6h);
  for (std::size_t kind = 0; kind < Names<NoticeKind>::list.size(); ++kind) {
    n.kind = static_cast<NoticeKind>(kind);
    EXPECT_LE(worth_sending_for(n, critical), worth_sending_for(n, routine));
    EXPECT_LE(worth_sending_for(n, routine), 24h);
  }
}

TEST(Sending, ManyAttemptsWhileItMatters) {
  Duration at{};
  int attempts = 0;
  while (at <= 1h) at += wait_after(Channel::sms, ++attempts);
  EXPECT_GE(attempts, 6);
  EXPECT_EQ(wait_after(Channel::sms, 1), 20s);
  EXPECT_EQ(wait_after(Channel::sms, 1000), 20min);
  EXPECT_EQ(wait_after(Channel::email, 1), 1min);
  EXPECT_EQ(wait_after(Channel::email, 100), 8h);
}

TEST(Sending, AReportIsAskedForThreeTimes) {
  const Procedure p = built_in();
  Notice n;
  n.channel = Channel::sms;
  n.kind = NoticeKind::alert;
  EXPECT_EQ(ask_after(n, p.find("routine"), 0), 5min);
  n.kind = NoticeKind::receipt;
  EXPECT_EQ(ask_after(n, p.find("routine"), 0), 30min);
  EXPECT_TRUE(ask_after(n, p.find("routine"), 2));
  EXPECT_FALSE(ask_after(n, p.find("routine"), 3));
}

}  // namespace hejnal::core

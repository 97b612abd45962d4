// One server on a disk that fails, and a clock that goes wrong.
#include "sim/node.hpp"

#include <gtest/gtest.h>

#include "sim/letters.hpp"
#include "sim/random.hpp"

namespace hejnal::sim {
namespace {

struct Nobody final : StoreWatcher, ports::Dispatcher {
  void before_commit(const std::vector<WrittenTurn>&) override {}
  void after_commit(std::vector<WrittenTurn>) override {}
  void commit_failed(std::vector<WrittenTurn>) override {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override {
    left.push_back(std::move(outgoing.message_id));
    if (outgoing.notice.kind == core::NoticeKind::rejected_call) to_callers.push_back(outgoing.words.text);
    if (slow) {
      unanswered.push_back(std::move(done));
    } else {
      done({ports::SendResult::Outcome::handed_over, 250, "taken"});
    }
  }

  bool slow = false;
  std::vector<std::string> left, to_callers;
  std::vector<std::function<void(ports::SendResult)>> unanswered;
};

struct Server {
  explicit Server(StoreKind kind = StoreKind::sqlite)
      : node({}, make_disk(kind, "one-desk"), clock, dice, nobody, nobody) {
    clock.real = {1'795'392'000'000};
    EXPECT_TRUE(node.start());
  }

  Status mail(int n) {
    const ports::Delivery delivery = write_letter({.from = "anna@klient.example",
                                                   .to = "pomoc@wsparcie.example",
                                                   .subject = "Drukarka " + std::to_string(n),
                                                   .text = "Nie drukuje.",
                                                   .message_id = "<" + std::to_string(n) + "@klient.example>",
                                                   .date = clock.real});
    return take(carriers::read_delivery(delivery, node.intake()));
  }

  Status take(const ports::IncomingMail& in) {
    Status result = fail(Fault::retry_later, "nobody has answered");
    node.ledger().submit(
        [&in](desk::Desk& desk) -> Status {
          HEJNAL_TRY_VOID(desk.receive(in));
          return {};
        },
        [&result](Status s) { result = std::move(s); });
    work();
    return result;
  }

  void work() {
    for (int i = 0; i < 50 && node.ledger().step(); ++i) {
    }
  }

  std::size_t notices(core::NoticeState state) {
    const auto found = node.desk().store().notices_in(state);
    return found ? found->size() : 0;
  }

  core::CaseNumber cases() { return node.desk().store().last_case_number().value_or(-1); }

  VirtualClock clock;
  Dice dice{1};
  Nobody nobody;
  Node node;
};

// The n-th operation of the disk fails, for every n until one run passes untouched: the mail is in the store
// or its sender was told to keep it; sent again it is there once.
void keeps_a_mail_whatever_operation_fails(StoreKind kind) {
  using Ill = Disk::Ill;
  for (const Ill ill : {Ill::io_error, Ill::disk_full}) {
    bool untouched = false;
    for (std::int64_t n = 1; n < 2000 && !untouched; ++n) {
      Server server(kind);
      ASSERT_TRUE(server.mail(1));
      server.node.disk().fail_after(n, ill, n % 2 == 0);
      const Status first = server.mail(2);
      untouched = !server.node.disk().has_failed();
      server.node.disk().heal();
      if (n % 3 == 0) {
        server.node.die(static_cast<std::uint64_t>(n));
        ASSERT_TRUE(server.node.start());
      }
      if (first) {
        EXPECT_EQ(server.cases(), 2) << "n = " << n;
      }
      const Status second = server.mail(2);
      EXPECT_TRUE(second) << "n = " << n << ": " << second.error().what;
      EXPECT_EQ(server.cases(), 2) << "n = " << n;
    }
    EXPECT_TRUE(untouched);
  }
}

TEST(Node, keeps_a_mail_whatever_operation_of_sqlite_fails) {
  keeps_a_mail_whatever_operation_fails(StoreKind::sqlite);
}

TEST(Node, keeps_a_mail_whatever_operation_of_the_memory_fails) {
  keeps_a_mail_whatever_operation_fails(StoreKind::memory);
}

// While something is broken a caller hears that we repair it, also when the store stumbles just then: not to
// know is no all-clear.
TEST(Node, a_caller_is_never_told_the_wrong_thing_whatever_operation_fails) {
  std::string repairing;
  for (std::int64_t n = 0; n < 500; ++n) {
    Server server(StoreKind::memory);
    const auto broken = [](desk::Desk& desk) -> Status {
      desk::NewReport report;
      report.class_name = "critical";
      report.subject = report.text = "Serwer stoi";
      report.client.email = "anna@klient.example";
      HEJNAL_TRY(const desk::Filed filed, desk.report(report));
      core::AgentActed read;
      read.agent = "Jan";
      HEJNAL_TRY_VOID(desk.act(filed.number, read));
      return {};
    };
    server.node.ledger().submit(broken, [](const Status& done) { ASSERT_TRUE(done); });
    server.work();
    if (n > 0) server.node.disk().fail_after(n, Disk::Ill::io_error, false);
    server.node.ledger().submit(
        [](desk::Desk& desk) -> Status {
          HEJNAL_TRY_VOID(desk.call({"+48601222333"}));
          return {};
        },
        [](const Status&) {});
    server.work();
    const bool failed = server.node.disk().has_failed();
    server.node.disk().heal();
    server.work();
    for (const std::string& text : server.nobody.to_callers) {
      if (n == 0) repairing = text;
      EXPECT_EQ(text, repairing) << "n = " << n;
    }
    if (n > 0 && !failed) return;
  }
  FAIL() << "no run has passed untouched";
}

TEST(Node, time_goes_on_after_a_restart_with_the_clock_set_back) {
  Server server;
  ASSERT_TRUE(server.mail(1));
  const Instant before = server.node.desk().now();
  server.node.die(0);
  server.clock.error = -2h;
  ASSERT_TRUE(server.node.start());
  EXPECT_GE(server.node.desk().now(), before);
}

ports::IncomingMail bounce_of(const std::string& message_id) {
  ports::IncomingMail mail;
  mail.message_id = "<bounce@relay.example>";
  mail.content_key = "bounce";
  mail.is_report = true;
  mail.bounces = {{"anna@klient.example", "5.1.1", "failed", "550 nobody of that name", message_id}};
  return mail;
}

TEST(Node, a_bounce_that_is_faster_than_the_relays_answer_is_the_last_word) {
  using enum core::NoticeState;
  Server server(StoreKind::memory);
  server.nobody.slow = true;
  ASSERT_TRUE(server.mail(1));
  ASSERT_EQ(server.nobody.left.size(), 1u);  // the receipt
  ASSERT_TRUE(server.take(bounce_of(server.nobody.left[0])));
  EXPECT_EQ(server.notices(bounced), 1u);
  server.nobody.unanswered[0]({ports::SendResult::Outcome::handed_over, 250, "taken"});
  server.work();
  EXPECT_EQ(server.notices(bounced), 1u);
  EXPECT_EQ(server.notices(handed_over), 0u);
}

// It has no case, so what comes back to it has none either.
TEST(Node, a_bounce_of_the_daily_mail_about_what_was_set_aside_is_kept) {
  Server server(StoreKind::memory);
  ports::IncomingMail bulk;
  bulk.message_id = "<1@lista.example>";
  bulk.content_key = "bulk";
  bulk.automatic = ports::IncomingMail::Automatic::bulk;
  bulk.automatic_why = "a mailing list";
  ASSERT_TRUE(server.take(bulk));
  server.clock.real = server.clock.real + 25h;
  server.work();
  ASSERT_EQ(server.nobody.left.size(), 1u);
  ASSERT_TRUE(server.take(bounce_of(server.nobody.left[0])));
  EXPECT_EQ(server.notices(core::NoticeState::bounced), 1u);
  const auto kept = server.node.desk().store().message(3);
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->state, "set_aside");
  EXPECT_EQ((*kept)->join_reason, "a bounce of what we sent");
}

}  // namespace
}  // namespace hejnal::sim

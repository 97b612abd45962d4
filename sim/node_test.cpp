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
  void send(ports::Outgoing, std::function<void(ports::SendResult)> done) override {
    done({ports::SendResult::Outcome::handed_over, 250, "taken"});
  }
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
    Status result = fail(Fault::retry_later, "nobody has answered");
    node.ledger().submit(
        [in = carriers::read_delivery(delivery, node.intake())](desk::Desk& desk) -> Status {
          HEJNAL_TRY_VOID(desk.receive(in));
          return {};
        },
        [&result](Status s) { result = std::move(s); });
    for (int i = 0; i < 50 && node.ledger().step(); ++i) {
    }
    return result;
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

TEST(Node, time_goes_on_after_a_restart_with_the_clock_set_back) {
  Server server;
  ASSERT_TRUE(server.mail(1));
  const Instant before = server.node.desk().now();
  server.node.die(0);
  server.clock.error = -2h;
  ASSERT_TRUE(server.node.start());
  EXPECT_GE(server.node.desk().now(), before);
}

}  // namespace
}  // namespace hejnal::sim

// What a power cut and a failing disk may do to the store, and what they may not.
#include "store/sqlite/memory_vfs.hpp"

#include <gtest/gtest.h>

#include "base/compress.hpp"
#include "core/case_names.hpp"
#include "core/decide.hpp"
#include "store/sqlite/keeper.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {
namespace {

core::Procedure small_procedure() {
  core::ServiceClass c;
  c.id = "routine";
  c.steps = {{0h, {core::Channel::email}, {}, {}, {}}};
  c.promise = {true, false, 5min, 2h, 24h, 5min};
  c.alert = {false, {0.5}, 0h, 0, 0h, 2h, {core::Channel::email}};
  core::Procedure p;
  p.version = "test";
  p.rules = {24h, 24h, 15min, 6h, 2min};
  p.classes = {c};
  return p;
}

std::unique_ptr<ports::Store> open(const MemoryDisk& disk) {
  auto store = open_store(disk.path("desk.db"), kMemoryVfs);
  EXPECT_TRUE(store) << (store ? "" : store.error().what);
  return store ? std::move(*store) : nullptr;
}

// What the desk writes for one mail: message, original, journal, case, outbox.
Status store_mail(ports::Store& store, core::CaseNumber number) {
  const Instant now{1'000'000 * number};
  HEJNAL_TRY_VOID(store.begin());
  ports::Message message;
  message.number = number;
  message.from = "anna@klient.example";
  message.text = std::string(3000, 'x');
  message.at = now;
  message.state = "opened";
  message.message_id = "<" + std::to_string(number) + "@klient.example>";
  message.content_key = "key";
  const std::string raw(9000, static_cast<char>('a' + number));
  core::EmailReceived email;
  HEJNAL_TRY(email.message, store.add_message(message, {{{}, compress(raw), raw.size()}}));
  email.from.email = message.from;
  email.automatic_to = message.from;
  email.sent_at = now;
  core::Facts facts;
  facts.number = number;
  facts.short_code = "A" + std::to_string(number);
  facts.token = "token" + std::to_string(number);
  HEJNAL_TRY(const core::Decision decision, core::decide(small_procedure(), facts, core::Case{}, email, now));
  core::Case c;
  for (const core::Entry& entry : decision.entries) core::apply(c, entry);
  HEJNAL_TRY_VOID(store.write_turn(c, now, decision.entries));
  for (const core::Notice& notice : decision.notices) {
    ports::Message out;
    out.number = number;
    out.outgoing = true;
    out.notice = notice.id;
    out.message_id = core::message_id_of({number, number, notice.id}, "x", "wsparcie.example");
    HEJNAL_TRY(const core::MessageId id, store.add_message(out, {}));
    HEJNAL_TRY_VOID(store.queue(notice, id, core::NoticeState::queued, now));
  }
  HEJNAL_TRY(const int indexed, store.index_some(10));
  static_cast<void>(indexed);
  return store.commit();
}

// Everything that store_mail() wrote for this number is there (1), or nothing of it (0); -1 for something
// between.
int found(ports::Store& store, core::CaseNumber number) {
  const auto journal = store.journal(number);
  const auto summary = store.summary(number);
  const auto seen = store.seen("<" + std::to_string(number) + "@klient.example>", "key");
  const auto notice =
      store.notice_by_message_id(core::message_id_of({number, number, 1}, "x", "wsparcie.example"));
  EXPECT_TRUE(journal && summary && seen && notice);
  if (!journal || !summary || !seen || !notice) return -1;
  const int parts = (journal->empty() ? 0 : 1) + (*summary ? 1 : 0) + (*seen ? 1 : 0) + (*notice ? 1 : 0);
  return parts == 0 ? 0 : parts == 4 ? 1 : -1;
}

TEST(MemoryDisk, keeps_what_commit_returned_success_for) {
  for (std::uint64_t seed = 0; seed < 40; ++seed) {
    MemoryDisk disk("kept");
    auto store = open(disk);
    for (int i = 1; i <= 5; ++i) {
      const Status done = store_mail(*store, i);
      ASSERT_TRUE(done) << done.error().what;
      if (i == 3) store->tidy();
    }
    ASSERT_TRUE(store->begin());
    ASSERT_TRUE(store->set_setting("half", "done"));
    disk.crash(seed);
    EXPECT_FALSE(store->commit());  // that process is dead
    store.reset();
    store = open(disk);
    for (int i = 1; i <= 5; ++i) EXPECT_EQ(found(*store, i), 1) << "mail " << i << ", seed " << seed;
    EXPECT_EQ(store->setting("half"), "");
    store.reset();
    const auto report = verify(disk.path("desk.db"), kMemoryVfs);
    EXPECT_TRUE(report) << report.error().what;
  }
}

TEST(MemoryDisk, drops_what_was_not_synced) {
  MemoryDisk disk("dropped");
  auto db = Database::open(disk.path("plain.db"), Database::Mode::create, kMemoryVfs);
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->script("PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; CREATE TABLE t (x)"));
  disk.crash();
  auto again = Database::open(disk.path("plain.db"), Database::Mode::create, kMemoryVfs);
  ASSERT_TRUE(again);
  auto rows = again->query("SELECT count(*) FROM sqlite_master");
  ASSERT_TRUE(rows && rows->next());
  EXPECT_EQ(rows->integer(0), 0);
}

TEST(MemoryDisk, is_read_by_a_second_connection) {
  MemoryDisk disk("second");
  auto writer = open(disk), reader = open(disk);
  ASSERT_TRUE(store_mail(*writer, 1));
  EXPECT_EQ(found(*reader, 1), 1);
}

// SQLite's own way of testing: the first operation fails, then the second ... until a run passes untouched.
// After each the state is the one before or the one after, nothing between, and the same work succeeds on a
// healthy disk.
void nth_failure(MemoryDisk::Ill ill, bool stays, bool power_goes_too) {
  for (std::int64_t n = 1; n < 5000; ++n) {
    MemoryDisk disk("nth");
    auto store = open(disk);
    ASSERT_TRUE(store_mail(*store, 1));
    disk.fail_after(n, ill, stays);
    const Status done = store_mail(*store, 2);
    if (!done) store->rollback();
    const bool untouched = !disk.has_failed();
    disk.heal();
    if (power_goes_too) {
      disk.crash(static_cast<std::uint64_t>(n));
      store.reset();
      store = open(disk);
      ASSERT_NE(store, nullptr);
    }
    EXPECT_EQ(found(*store, 1), 1) << "n = " << n;
    const int second = found(*store, 2);
    EXPECT_NE(second, -1) << "n = " << n;
    if (done) {
      EXPECT_EQ(second, 1) << "n = " << n;
    } else if (second == 0) {
      const Status again = store_mail(*store, 2);
      EXPECT_TRUE(again) << "n = " << n << ": " << again.error().what;
    }
    if (untouched) {
      EXPECT_GT(n, 1);
      return;
    }
  }
  FAIL() << "no run passed untouched";
}

TEST(MemoryDisk, nth_io_error) { nth_failure(MemoryDisk::Ill::io_error, false, false); }
TEST(MemoryDisk, nth_io_error_and_all_that_follow) { nth_failure(MemoryDisk::Ill::io_error, true, false); }
TEST(MemoryDisk, nth_io_error_and_a_power_cut) { nth_failure(MemoryDisk::Ill::io_error, true, true); }
TEST(MemoryDisk, full_disk) { nth_failure(MemoryDisk::Ill::disk_full, true, false); }
TEST(MemoryDisk, full_disk_and_a_power_cut) { nth_failure(MemoryDisk::Ill::disk_full, true, true); }

}  // namespace
}  // namespace hejnal::store::sqlite

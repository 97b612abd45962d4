// What is SQLite's own in the writer; what every store does stands in contract_test.cpp.
#include "store/sqlite/store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include <filesystem>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "store/sqlite/log_vfs.hpp"
#include "store/sqlite/test_folder.hpp"

namespace hejnal::store::sqlite {

namespace {

struct StoreTest : ::testing::Test {
  TestFolder folder;
  std::unique_ptr<ports::Store> store = std::move(open_store(folder.file())).value();
};

}  // namespace

TEST_F(StoreTest, AnAttachmentLiesThereOnce) {
  const std::string photo(100'000, 'x');
  const ports::RawPiece attached{content_hash(photo), compress(photo), photo.size()};
  in_transaction(*store, [&] {
    ASSERT_TRUE(store->add_message(mail(1, "a", "b"), {attached}));
    ASSERT_TRUE(store->add_message(mail(1, "a", "b"), {attached, attached}));
  });
  auto db = std::move(Database::open(folder.file(), Database::Mode::read_only)).value();
  auto rows = std::move(db.query("SELECT count(*) FROM blobs")).value();
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 1);
}

TEST_F(StoreTest, WhatTheWriterWroteIsListed) {
  in_transaction(*store, [&] {
    ASSERT_TRUE(store->learn_person({"Anna", "anna@klient.example", {}, {}}));
    ASSERT_TRUE(store->learn_person({"A. Nowak", "a.nowak@gmail.com", "+48601", {}}));
    ASSERT_TRUE(store->merge_people(2, 1));
    ASSERT_TRUE(store->name_organisation(1, "Klient"));
    ASSERT_TRUE(store->queue({}, store->add_message(mail(1, "a", "b"), {}).value(), core::NoticeState::queued,
                             kStart));
    ASSERT_TRUE(store->add_token("Ola", "agent", "hash", kStart));
  });
  const auto archive = std::move(open_archive(folder.file())).value();
  const auto people = archive->people("", 10).value();
  ASSERT_EQ(people.size(), 1u);
  EXPECT_EQ(people[0].organisation, "Klient");
  EXPECT_EQ(people[0].emails.size(), 2u);
  EXPECT_EQ(people[0].phones, (std::vector<std::string>{"+48601"}));
  EXPECT_EQ(archive->people("NOWAK@gmail", 10).value().size(), 1u);
  EXPECT_EQ(archive->people("nobody", 10).value().size(), 0u);
  EXPECT_EQ(archive->notices(std::nullopt, 10).value().size(), 1u);
  EXPECT_EQ(archive->notices(core::NoticeState::failed, 10).value().size(), 0u);
  EXPECT_EQ(archive->token_role("hash").value(), "agent:Ola");
  EXPECT_EQ(archive->token_role("").value(), "");
}

TEST_F(StoreTest, TheLogIsLaidOutAndHoldsWhatWasCommitted) {
  const auto size = [this] {
    return static_cast<std::int64_t>(std::filesystem::file_size(folder.file() + "-wal"));
  };
  in_transaction(*store, [&] { add_case(*store, 1); });
  for (int step = 0; step < 10 && size() < kLaidOut; ++step) store->tidy();
  ASSERT_EQ(size(), kLaidOut);
  store->tidy();
  in_transaction(*store, [&] { add_case(*store, 2); });
  EXPECT_EQ(size(), kLaidOut);
  // What a crash leaves: the files, without the index of the log.
  for (const char* suffix : {"", "-wal"})
    std::filesystem::copy_file(folder.file() + suffix, folder.file("crashed.db") + suffix);
  const auto after = std::move(open_store(folder.file("crashed.db"))).value();
  EXPECT_EQ(after->last_case_number().value(), 2);
  EXPECT_FALSE(after->journal(2).value().empty());
}

TEST_F(StoreTest, WhatIsNotCommittedIsSeenByNobody) {
  const auto archive = std::move(open_archive(folder.file())).value();
  const std::int64_t before = archive->version();
  ASSERT_TRUE(store->begin());
  add_case(*store, 1);
  EXPECT_FALSE(archive->find(1).value());
  EXPECT_EQ(archive->version(), before);
  ASSERT_TRUE(store->commit());
  EXPECT_TRUE(archive->find(1).value());
  EXPECT_NE(archive->version(), before);
}

TEST(FullDisk, NothingIsHalfStoredAndItRecovers) {
  TestFolder folder;
  ASSERT_TRUE(open_store(folder.file()));
  Database db = std::move(Database::open(folder.file(), Database::Mode::existing)).value();
  sqlite3* const handle = db.handle();
  SqliteStore store(std::move(db));
  in_transaction(store, [&] { add_case(store, 1); });
  const auto limit_pages = [&](const char* limit) {
    ASSERT_EQ(sqlite3_exec(handle, limit, nullptr, nullptr, nullptr), SQLITE_OK);
  };
  limit_pages("PRAGMA max_page_count = 90");
  const std::string text(20'000, 'x');
  int kept = 0;
  Status last;
  for (int i = 0; i < 100 && last; ++i) {
    ASSERT_TRUE(store.begin());
    ASSERT_TRUE(store.savepoint());
    const auto id = store.add_message(mail(1, "a", text), {});
    last = id ? Status() : tl::make_unexpected(id.error());
    if (last) last = store.release();
    if (last) last = store.commit();
    if (!last) {
      store.rollback_to_savepoint();
      store.rollback();
    } else {
      ++kept;
    }
  }
  ASSERT_FALSE(last);
  EXPECT_EQ(last.error().fault, Fault::retry_later);
  EXPECT_EQ(last.error().what, "the disk is full");
  EXPECT_GT(kept, 0);
  EXPECT_EQ(store.journal(1).value().size(), 5u);  // reading goes on
  EXPECT_FALSE(store.message(kept + 1).value());
  limit_pages("PRAGMA max_page_count = 1000000");
  in_transaction(store, [&] { EXPECT_TRUE(store.add_message(mail(1, "a", text), {})); });
  EXPECT_TRUE(store.message(kept + 1).value());
}

TEST(ReadOnly, ADatabaseThatCannotBeWrittenIsToBeTriedLater) {
  TestFolder folder;
  ASSERT_TRUE(open_store(folder.file()));
  SqliteStore store(std::move(Database::open(folder.file(), Database::Mode::read_only)).value());
  const Status done = store.set_setting("a", "1");
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().fault, Fault::retry_later);
  EXPECT_EQ(open_store(folder.file("no/such/folder.db")).error().fault, Fault::retry_later);
}

}  // namespace hejnal::store::sqlite

// Schemas, backups, and what verify finds.
#include "store/sqlite/keeper.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <fstream>
#include <iterator>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "json/entry.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/test_folder.hpp"

namespace hejnal::store::sqlite {

namespace {

namespace fs = std::filesystem;

// A small desk: two cases, an attachment, something in the outbox.
void fill(const std::string& path) {
  const auto store = std::move(open_store(path)).value();
  in_transaction(*store, [&] {
    core::Case c = add_case(*store, 1);
    change(*store, c, kStart + 1min,
           {core::Acted{core::Action::read, {}, 0}, core::Kept{core::Promise::react, 0},
            core::Became{core::State::read}});
    core::Case closed = add_case(*store, 2);
    close(*store, closed, kStart + 2min);
    const std::string photo(5000, 'x');
    ports::Message first = mail(1, "Zażółć", "Gęślą");
    first.content_key = "key";
    HEJNAL_CHECK(store->add_message(first, {{{}, compress("Subject: a\r\n\r\n"), 14},
                                            {content_hash(photo), compress(photo), photo.size()}}));
    HEJNAL_CHECK(store->add_message(mail(2, "Faktura", ""), {}));
    HEJNAL_CHECK(store->set_setting("color", "blue"));
  });
}

void sql(const std::string& path, const std::string& text) {
  auto db = std::move(Database::open(path, Database::Mode::existing)).value();
  const Status done = db.script(text);
  ASSERT_TRUE(done) << done.error().what;
}

std::string bytes_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

void write_bytes(const std::string& path, const std::string& bytes) {
  std::ofstream(path, std::ios::binary).write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
}

std::string dump(const std::string& path) {  // schema and version
  auto db = std::move(Database::open(path, Database::Mode::read_only)).value();
  auto rows =
      std::move(db.query("SELECT coalesce(sql, name) FROM sqlite_schema ORDER BY type, name")).value();
  std::string out;
  while (rows.next().value()) out += rows.text(0) + "\n";
  return out + std::to_string(schema_of(db).value());
}

std::string journal_rows(const std::string& path) {
  auto db = std::move(Database::open(path, Database::Mode::read_only)).value();
  std::string out;
  auto rows = std::move(db.query("SELECT id, at, entries FROM journal ORDER BY id")).value();
  while (rows.next().value())
    out += fmt::format("{} at {}: {}\n", rows.integer(0), rows.integer(1), rows.text(2));
  return out;
}

// What a database of schema k holds, as the program of that time would have written it. A new migration adds
// the rows that are worth upgrading here.
void insert_as_of(const std::string& path, int schema) {
  if (schema < 1) return;
  sql(path,
      "INSERT INTO settings (key, value) VALUES ('color', 'blue');"
      "INSERT INTO procedures (version, text) VALUES ('v1', 'text');"
      "INSERT INTO tokens (hash, name, role, created_at) VALUES ('h', 'Ola', 'agent', 5);"
      "INSERT INTO people (name) VALUES ('Anna');"
      "INSERT INTO identifiers (kind, value, person, confirmed) VALUES ('phone', '+48601', 1, 1);" +
          fmt::format(
              "INSERT INTO messages (case_number, outgoing, channel, sender, recipient, subject, text, at, "
              "automatic, state, join_reason, message_id, content_key, base_subject, attachments, seal) "
              "VALUES (1, 0, 'email', 'a@k', 'p@w', 'Zażółć', 'tekst', 5, 0, 'opened', '', '<1@k>', '', "
              "'Zażółć', '', '{}');",
              seal_of("a@k", "p@w", "Zażółć", "tekst")));
  sql(path,
      schema < 3
          ? "INSERT INTO journal (case_number, seq, at, entries) VALUES (7, 1, 5, '[]'), (7, 4, 6, '[]')"
          : "INSERT INTO journal (id, at, entries, sum) VALUES (7340033, 5, '[]', 0), (7340036, 6, '[]', 0)");
}

}  // namespace

TEST(Schema, EveryEarlierOneIsUpgradedWithWhatItHolds) {
  TestFolder folder;
  ASSERT_TRUE(open_store(folder.file("newest.db")));
  const std::string newest = dump(folder.file("newest.db"));
  for (int k = 0; k <= newest_schema(); ++k) {
    const std::string path = folder.file(fmt::format("from-{}.db", k));
    {
      auto db = std::move(Database::open(path, Database::Mode::create)).value();
      ASSERT_TRUE(migrate(db, k));
      EXPECT_EQ(schema_of(db).value(), k);
    }
    insert_as_of(path, k);
    const auto store = std::move(open_store(path)).value();
    EXPECT_EQ(dump(path), newest) << k;
    if (k == 0) continue;
    EXPECT_EQ(store->setting("color").value(), "blue");
    EXPECT_EQ(store->procedure_text("v1").value(), "text");
    EXPECT_EQ(store->person_by_phone("+48601").value().name, "Anna");
    EXPECT_EQ(store->message(1).value()->subject, "Zażółć");
    EXPECT_TRUE(store->seen("<1@k>", "").value().has_value());
    EXPECT_EQ(journal_rows(path), "7340033 at 5: []\n7340036 at 6: []\n") << k;
    sql(path, "DELETE FROM journal");  // of no case, so it would be reported below
    in_transaction(*store, [&] { add_case(*store, 1); });
    const auto report = verify(path);
    EXPECT_TRUE(report) << k << ": " << report.error().what;
  }
}

TEST(Schema, WhatAnIndexLedToIsFoundWithoutIt) {
  TestFolder folder;
  {
    auto db = std::move(Database::open(folder.file(), Database::Mode::create)).value();
    ASSERT_TRUE(migrate(db, 4));
  }
  sql(folder.file(),
      "INSERT INTO cases (number, state, open, class, class_reason, email_missing, candidates, step, "
      "subject, "
      "client_name, client_email, client_phone, client_organisation, opened_at, sent_at, short_code, token, "
      "entries) VALUES (3, 'new', 1, 'routine', '', 0, '', 1, 'Drukarka', 'Ewa', 'e@k', '', '', 5, 5, "
      "'K7M2P', "
      "'abcdefghijkmnpqrstuvwxyz23', 1);"
      "INSERT INTO messages (case_number, outgoing, channel, sender, recipient, subject, text, at, "
      "automatic, "
      "state, join_reason, message_id, content_key, base_subject, notice, attachments) VALUES (3, 1, "
      "'email', "
      "'p@w', 'e@k', 'Re: Drukarka', 'Jest.', 5, 1, 'queued', '', '<hejnal.3.1.f00@w>', '', '', 1, '');"
      "INSERT INTO outbox (message, case_number, state, created_at, next_try_at, notice) VALUES (1, 3, "
      "'queued', 5, 5, '" +
          json::encode_notice({}) + "');");
  const auto store = std::move(open_store(folder.file())).value();
  EXPECT_EQ(store->case_by_early_code("K7M2P").value(), 3);
  EXPECT_EQ(store->open_cases_of_email("e@k", 9).value().size(), 1u);
  EXPECT_EQ(store->case_by_message_id("<hejnal.3.1.f00@w>").value(), 3);
  EXPECT_TRUE(store->notice_by_message_id("<hejnal.3.1.f00@w>").value());
  const auto archive = std::move(open_archive(folder.file())).value();
  EXPECT_EQ(archive->by_token("abcdefghijkmnpqrstuvwxyz23").value(), 3);
  EXPECT_EQ(archive->people("Ewa", 9).value().size(), 1u);
}

TEST(Schema, OfANewerProgramIsRefused) {
  TestFolder folder;
  fill(folder.file());
  sql(folder.file(), "PRAGMA user_version = 9999");
  const auto opened = open_store(folder.file());
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::conflict);
  EXPECT_EQ(
      opened.error().what,
      fmt::format(
          "the database has schema 9999, this program knows up to {}: use the newer hejnal that wrote it",
          newest_schema()));
  EXPECT_EQ(verify(folder.file()).error().fault, Fault::conflict);
  EXPECT_EQ(restore(folder.file(), folder.file("other.db")).error().fault, Fault::malformed);
}

TEST(Backup, AndRestoreBringEverythingBack) {
  TestFolder folder;
  fill(folder.file());
  const auto writer = std::move(open_store(folder.file())).value();  // a server runs
  ASSERT_TRUE(writer->set_setting("late", "1"));
  ASSERT_TRUE(back_up(folder.file(), folder.file("copy")));
  EXPECT_FALSE(fs::exists(folder.file("copy.part")));
  EXPECT_FALSE(fs::exists(folder.file("copy-wal")));
  EXPECT_EQ(back_up(folder.file(), folder.file("copy")).error().fault, Fault::conflict);
  const auto report = verify(folder.file("copy")).value();
  EXPECT_EQ(report.cases, 2);
  EXPECT_EQ(report.entries, 17);
  EXPECT_EQ(report.messages, 2);
  EXPECT_EQ(report.blobs, 1);

  const std::string target = folder.file("new.db");
  {
    const auto other = std::move(open_store(target)).value();
    in_transaction(*other, [&] { add_case(*other, 5); });
  }
  ASSERT_TRUE(restore(folder.file("copy"), target));
  EXPECT_TRUE(fs::exists(target + ".before-restore"));
  EXPECT_FALSE(fs::exists(target + ".restoring"));
  {
    const auto restored = std::move(open_store(target)).value();
    EXPECT_EQ(restored->last_case_number().value(), 2);
    EXPECT_EQ(restored->setting("late").value(), "1");
    EXPECT_EQ(restored->setting("color").value(), "blue");
  }
  EXPECT_TRUE(verify(target));
  EXPECT_EQ(std::move(open_store(target + ".before-restore")).value()->last_case_number().value(), 5);
}

TEST(Backup, WhatAKilledServerLeftIsKeptWhole) {
  TestFolder folder;
  fill(folder.file("backup"));
  {
    const auto store = std::move(open_store(folder.file())).value();
    in_transaction(*store, [&] { add_case(*store, 5); });
    fs::copy_file(folder.file(), folder.file("killed.db"));  // its log was never brought home
    fs::copy_file(folder.file() + "-wal", folder.file("killed.db-wal"));
  }
  ASSERT_TRUE(restore(folder.file("backup"), folder.file("killed.db")));
  EXPECT_EQ(std::move(open_store(folder.file("killed.db"))).value()->last_case_number().value(), 2);
  EXPECT_EQ(
      std::move(open_store(folder.file("killed.db.before-restore"))).value()->last_case_number().value(), 5);
}

TEST(Backup, WhatIsNoneIsNotRestored) {
  TestFolder folder;
  fill(folder.file());
  EXPECT_EQ(restore(folder.file("nowhere"), folder.file()).error().fault, Fault::not_found);
  write_bytes(folder.file("text"), std::string(5000, 'x'));
  EXPECT_EQ(restore(folder.file("text"), folder.file()).error().fault, Fault::corrupt);
  ASSERT_TRUE(Database::open(folder.file("foreign"), Database::Mode::create));
  sql(folder.file("foreign"), "CREATE TABLE notes (text)");
  EXPECT_EQ(restore(folder.file("foreign"), folder.file()).error().fault, Fault::malformed);
  EXPECT_TRUE(verify(folder.file())) << "nothing was touched";
  EXPECT_FALSE(back_up(folder.file("nowhere"), folder.file("x")));
  EXPECT_FALSE(fs::exists(folder.file("x")));
}

TEST(Verify, FindsEachKindOfDamageAndNamesIt) {
  const struct {
    const char *damage, *what;
  } rows[] = {
      {"UPDATE cases SET state = 'new' WHERE number = 1",
       "case 1: state is \"new\", its journal says \"read\""},
      {"UPDATE cases SET open = 0 WHERE number = 1", "case 1: open is \"0\", its journal says \"1\""},
      {"UPDATE cases SET class = 'urgent' WHERE number = 2",
       "case 2: class is \"urgent\", its journal says \"routine\""},
      {"UPDATE cases SET class_reason = 'x' WHERE number = 2",
       "case 2: class_reason is \"x\", its journal says \"email alone\""},
      {"UPDATE cases SET subject = 'Drukarkb' WHERE number = 1",
       "case 1: subject is \"Drukarkb\", its journal says \"Drukarka\""},
      {"UPDATE cases SET client_name = 'Bnna' WHERE number = 1",
       "case 1: client_name is \"Bnna\", its journal says \"Anna\""},
      {"UPDATE cases SET client_organisation = '' WHERE number = 1",
       "case 1: client_organisation is \"\", its journal says \"Klient\""},
      {"UPDATE cases SET opened_at = opened_at + 1 WHERE number = 1",
       "case 1: opened_at is \"1795424400001\", its journal says \"1795424400000\""},
      {"UPDATE cases SET sent_at = 0 WHERE number = 1",
       "case 1: sent_at is \"0\", its journal says \"1795424400000\""},
      {"UPDATE cases SET read_at = NULL WHERE number = 1",
       "case 1: read_at is \"null\", its journal says \"1795424460000\""},
      {"UPDATE cases SET settled_at = 3 WHERE number = 1",
       "case 1: settled_at is \"3\", its journal says \"null\""},
      {"UPDATE cases SET alarm_at = NULL WHERE number = 1",
       "case 1: alarm_at is \"null\", its journal says \"1795510800000\""},
      {"UPDATE cases SET next_due = 1 WHERE number = 1",
       "case 1: next_due is \"1\", its journal says \"1795510800000\""},
      {"UPDATE cases SET next_by_desk = 0 WHERE number = 1",
       "case 1: next_by_desk is \"0\", its journal says \"1\""},
      {"UPDATE cases SET next_what = 'x' WHERE number = 1",
       "case 1: next_what is \"x\", its journal says \"answer\""},
      {"UPDATE cases SET candidates = '3' WHERE number = 1",
       "case 1: candidates is \"3\", its journal says \"\""},
      {"UPDATE cases SET token = 'x' WHERE number = 1",
       "case 1: token is \"x\", its journal says \"bxxxxxxxxxxxxxxxxxxxxxxxxxx\""},
      {"UPDATE cases SET client_person = 9 WHERE number = 1",
       "case 1 would not be found by the address of its client"},
      {"UPDATE cases SET merged_into = 2 WHERE number = 1",
       "case 1: merged_into is \"2\", its journal says \"0\""},
      {"UPDATE cases SET entries = 9 WHERE number = 1", "case 1: entries is \"9\", its journal says \"8\""},
      {"DELETE FROM cases WHERE number = 2", "case 2 has a journal and is not in the list of cases"},
      {"DELETE FROM journal WHERE id / 1048576 = 2", "case 2 has no journal"},
      {"DELETE FROM journal WHERE id = 1048577",
       "case 1: entry 1 (\"acted\") of its journal cannot follow on those before it"},
      {"UPDATE journal SET sum = 0, id = id + 2097152 WHERE id = 1048582",
       "case 1: state is \"read\", its journal says \"new\""},
      {"UPDATE journal SET sum = 0, entries = replace(entries, '\"read\"', '\"reae\"') WHERE id = 1048582",
       "case 1: a stored object does not have the expected fields: "
       "{\"kind\":\"acted\",\"by\":\"Ola\",\"why\":\"so\",\"action\":\"reae\"}"},
      {"UPDATE journal SET sum = 0, entries = replace(entries, 'owed', 'oved') WHERE id = 1048577",
       "case 1: a journal holds an entry of the unknown kind \"oved\""},
      {"UPDATE journal SET sum = 0, entries = substr(entries, 1, 40) WHERE id = 1048577",
       "case 1: a stored text is damaged"},
      {"UPDATE journal SET sum = 0, at = at + 1 WHERE id = 1048582",
       "case 1: read_at is \"1795424460000\", its journal says \"1795424460001\""},
      {"UPDATE journal SET sum = 0, entries = replace(entries, '\"number\":1', '\"number\":8') WHERE id = "
       "1048577",
       "the journal of case 1 tells of case 8"},
      {"UPDATE journal SET at = at + 1 WHERE id = 1048582",
       "case 1: the journal of case 1 is damaged at entry 6"},
      {"UPDATE journal SET entries = replace(entries, 'so', 'sp') WHERE id = 1048582",
       "case 1: the journal of case 1 is damaged at entry 6"},
      {"UPDATE journal SET sum = sum + 1 WHERE id = 2097153",
       "case 2: the journal of case 2 is damaged at entry 1"},
      {"UPDATE messages SET text = 'Gęśla' WHERE id = 1", "message 1 was changed after it was stored"},
      {"UPDATE messages SET sender = 'b' WHERE id = 2", "message 2 was changed after it was stored"},
      {"DELETE FROM messages WHERE id = 2", "case 2: message 2, which it has received, is gone"},
      {"UPDATE messages SET outgoing = 1 WHERE id = 1", "case 1: it has said 0 things, 1 are there"},
      {"DELETE FROM raw_pieces", "the original bytes of message 1 are gone"},
      {"UPDATE blobs SET frame = X'00'", "the stored attachment "},
      {"UPDATE blobs SET hash = 'x'", "the stored attachment x is not what its name says"},
      {"DELETE FROM blobs", "the original bytes of message 1 are incomplete"},
      {"UPDATE raw_pieces SET frame = X'28B52FFD' WHERE hash IS NULL",
       "the original bytes of message 1 are incomplete"},
  };
  for (const auto& row : rows) {
    TestFolder folder;
    fill(folder.file());
    ASSERT_TRUE(verify(folder.file()));
    sql(folder.file(), row.damage);
    const auto report = verify(folder.file());
    ASSERT_FALSE(report) << row.damage;
    EXPECT_EQ(report.error().fault, Fault::corrupt) << row.damage;
    EXPECT_TRUE(report.error().what.starts_with(row.what)) << row.damage << "\n" << report.error().what;
  }
}

// A bit flips on the disk, anywhere in a stored attachment, an inline piece or a journal.
TEST(Verify, FindsAFlippedByteInTheFile) {
  TestFolder folder;
  fill(folder.file());
  ASSERT_TRUE(empty_log(folder.file()));
  const std::string sound = bytes_of(folder.file());
  const std::string frame = compress(std::string(5000, 'x')), piece = compress("Subject: a\r\n\r\n");
  const std::string places[] = {frame, piece, R"("action":"read")",
                                R"("promise":"answer","since":1795424400000)"};
  for (const std::string& place : places) {
    const auto at = sound.find(place);
    ASSERT_NE(at, std::string::npos) << place;
    for (std::size_t i = 0; i < place.size(); ++i) {
      std::string damaged = sound;
      damaged[at + i] = static_cast<char>(damaged[at + i] ^ 0x04);
      write_bytes(folder.file("damaged.db"), damaged);
      const auto report = verify(folder.file("damaged.db"));
      EXPECT_FALSE(report) << place.substr(0, 20) << " at " << i;
    }
  }
}

TEST(Sound, ADamagedFileIsRefusedWithWhatToDo) {
  TestFolder folder;
  EXPECT_TRUE(check_sound(folder.file("none"))) << "a new database is sound";
  fill(folder.file());
  ASSERT_TRUE(empty_log(folder.file()));
  EXPECT_TRUE(check_sound(folder.file()));
  const std::string sound = bytes_of(folder.file());

  std::string damaged = sound;  // pages of tables overwritten
  for (std::size_t page = 4096; page + 4096 <= damaged.size(); page += 4096)
    damaged.replace(page, 64, std::string(64, '\xA5'));
  write_bytes(folder.file("pages.db"), damaged);
  write_bytes(folder.file("text.db"), std::string(10'000, 'x'));
  write_bytes(folder.file("cut.db"), sound.substr(0, sound.size() / 2));
  for (const char* name : {"pages.db", "text.db", "cut.db"}) {
    const Status status = check_sound(folder.file(name));
    ASSERT_FALSE(status) << name;
    EXPECT_EQ(status.error().fault, Fault::corrupt) << name;
    EXPECT_TRUE(status.error().what.starts_with(folder.file(name) + ": ")) << status.error().what;
    EXPECT_NE(status.error().what.find("hejnal restore"), std::string::npos);
    const auto report = verify(folder.file(name));
    EXPECT_FALSE(report) << name;
  }
  EXPECT_EQ(open_store(folder.file("text.db")).error().fault, Fault::corrupt);
}

// A file too large to be checked whole before the start.
TEST(Sound, ALargeFileIsSampledAndCheckedWholeAfterwards) {
  TestFolder folder;
  fill(folder.file());
  {
    auto db = std::move(Database::open(folder.file(), Database::Mode::existing)).value();
    ASSERT_TRUE(db.script(
        "WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 40000) INSERT INTO "
        "raw_pieces (id, frame) SELECT 1000000 + i, randomblob(600) FROM n"));
  }
  ASSERT_TRUE(empty_log(folder.file()));
  const std::string sound = bytes_of(folder.file());
  ASSERT_GT(sound.size(), 20u << 20);
  const std::string mark = folder.file() + ".damaged";
  const std::atomic<bool> go_on = false, stop = true;
  EXPECT_TRUE(check_sound(folder.file()));
  EXPECT_TRUE(check_whole(folder.file(), go_on));
  EXPECT_EQ(check_whole(folder.file(), stop).error().fault, Fault::retry_later);

  write_bytes(folder.file(), sound.substr(0, sound.size() / 2));
  EXPECT_EQ(check_sound(folder.file()).error().fault, Fault::corrupt) << "cut off";
  std::string damaged = sound;
  damaged.replace(sound.size() / 8, sound.size() / 2, std::string(sound.size() / 2, '\0'));
  write_bytes(folder.file(), damaged);
  EXPECT_EQ(check_sound(folder.file()).error().fault, Fault::corrupt) << "half of it is lost";

  damaged = sound;  // one page, which no sample meets
  damaged.replace(1000 * 4096, 64, std::string(64, '\xA5'));
  write_bytes(folder.file(), damaged);
  EXPECT_TRUE(check_sound(folder.file()));
  EXPECT_FALSE(fs::exists(mark));
  const Status found = check_whole(folder.file(), go_on);
  ASSERT_FALSE(found);
  EXPECT_EQ(found.error().fault, Fault::corrupt);
  EXPECT_NE(found.error().what.find("raw_pieces"), std::string::npos) << found.error().what;
  EXPECT_NE(found.error().what.find("hejnal restore"), std::string::npos) << found.error().what;
  EXPECT_TRUE(fs::exists(mark));
  EXPECT_EQ(check_sound(folder.file()).error().fault, Fault::corrupt) << "from now on it is not started on";

  write_bytes(folder.file("backup.db"), sound);
  ASSERT_TRUE(restore(folder.file("backup.db"), folder.file()));
  EXPECT_FALSE(fs::exists(mark));
  EXPECT_TRUE(check_sound(folder.file()));
  write_bytes(mark, "x");  // another file came in its place by other means
  EXPECT_TRUE(check_sound(folder.file()));
  EXPECT_FALSE(fs::exists(mark));
}

TEST(Verify, OfSomethingElseSaysSo) {
  TestFolder folder;
  ASSERT_TRUE(Database::open(folder.file("foreign"), Database::Mode::create));
  sql(folder.file("foreign"), "CREATE TABLE notes (text)");
  const auto report = verify(folder.file("foreign"));
  ASSERT_FALSE(report);
  EXPECT_EQ(report.error().fault, Fault::conflict);
  EXPECT_FALSE(verify(folder.file("none")));
}

TEST(Checkpoint, EmptiesTheLog) {
  TestFolder folder;
  const auto store = std::move(open_store(folder.file())).value();
  in_transaction(*store, [&] { add_case(*store, 1); });
  const Log log = checkpoint(folder.file()).value();
  EXPECT_GT(log.pages, 0);
  EXPECT_EQ(log.moved, log.pages);
  EXPECT_GT(fs::file_size(folder.file() + "-wal"), 0u);
  ASSERT_TRUE(empty_log(folder.file()));
  EXPECT_EQ(fs::file_size(folder.file() + "-wal"), 0u);
}

}  // namespace hejnal::store::sqlite

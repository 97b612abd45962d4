// The writer: every function of ports::Store.
#include "store/sqlite/store.hpp"

#include <gtest/gtest.h>
#include <sqlite3.h>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "store/sqlite/test_folder.hpp"

namespace hejnal::store::sqlite {

namespace {

using core::CaseNumber;
using Numbers = std::vector<CaseNumber>;

struct StoreTest : ::testing::Test {
  TestFolder folder;
  std::unique_ptr<ports::Store> store = std::move(open_store(folder.file())).value();

  static Numbers numbers(const Result<std::vector<ports::CaseSummary>>& summaries) {
    Numbers out;
    for (const auto& s : *summaries) out.push_back(s.number);
    return out;
  }
};

}  // namespace

TEST_F(StoreTest, AJournalIsReadAsItWasWritten) {
  EXPECT_EQ(store->last_case_number().value(), 0);
  core::Case c = add_case(*store, 1);
  change(*store, c, kStart + 1min,
         {core::Acted{core::Action::read, {}, 0}, core::Kept{core::Promise::react, 0},
          core::Became{core::State::read}});
  const auto journal = store->journal(1).value();
  EXPECT_EQ(journal.size(), 8u);
  EXPECT_TRUE(core::replay(journal) == c);
  EXPECT_TRUE(store->journal(2).value().empty());
  EXPECT_EQ(store->last_case_number().value(), 1);
}

TEST_F(StoreTest, TheSameEntriesCannotBeWrittenTwice) {
  std::vector<core::Entry> entries;
  const core::Case c = opened(1, entries);
  ASSERT_TRUE(store->write_turn(c, kStart, entries));
  const Status again = store->write_turn(c, kStart, entries);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::conflict);
}

TEST_F(StoreTest, AlarmsInTheirOrder) {
  add_case(*store, 1, kStart, kStart + 3h);
  add_case(*store, 2, kStart, kStart + 1h);
  core::Case third = add_case(*store, 3, kStart, kStart + 1h);
  EXPECT_EQ(store->next_alarm().value(), kStart + 1h);
  EXPECT_EQ(store->due_cases(kStart + 1h - 1ms, 10).value(), Numbers{});
  EXPECT_EQ(store->due_cases(kStart + 1h, 10).value(), (Numbers{2, 3}));
  EXPECT_EQ(store->due_cases(kStart + 5h, 2).value(), (Numbers{2, 3}));
  EXPECT_EQ(store->due_cases(kStart + 5h, 10).value(), (Numbers{2, 3, 1}));
  close(*store, third, kStart);
  EXPECT_EQ(store->due_cases(kStart + 5h, 10).value(), (Numbers{2, 1}));
  TestFolder other;
  EXPECT_EQ(open_store(other.file()).value()->next_alarm().value(), std::nullopt);
}

TEST_F(StoreTest, AFailureIsOpenUntilTheLastOneIsNot) {
  add_case(*store, 1);
  add_case(*store, 2);
  EXPECT_FALSE(store->failure_open().value());
  ASSERT_TRUE(store->set_failure(1, true));
  ASSERT_TRUE(store->set_failure(2, true));
  ASSERT_TRUE(store->set_failure(1, false));
  EXPECT_TRUE(store->failure_open().value());
  ASSERT_TRUE(store->set_failure(2, false));
  EXPECT_FALSE(store->failure_open().value());
}

TEST_F(StoreTest, ACaseIsFoundByWhatIsKnownOfIt) {
  core::Case first = add_case(*store, 1);
  add_case(*store, 2, kStart, kStart + 2h, "jan@sklep.example");
  const auto summary = store->summary(1).value();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->subject, "Drukarka");
  EXPECT_EQ(summary->client, first.client);
  EXPECT_EQ(summary->opened_at, kStart);
  EXPECT_FALSE(store->summary(9).value());
  EXPECT_EQ(store->case_by_code("C2").value(), 2);
  EXPECT_EQ(store->case_by_code("C9").value(), 0);
  EXPECT_EQ(store->case_by_token("token-1").value(), 1);
  EXPECT_EQ(store->case_by_token("").value(), 0);
  EXPECT_EQ(numbers(store->open_cases_of_email("anna@klient.example", 10)), (Numbers{1}));
  EXPECT_EQ(numbers(store->open_cases_of_email("", 10)), Numbers{});
  EXPECT_EQ(numbers(store->open_cases_of_phone("+48601222333", 10)), (Numbers{2, 1}));
  EXPECT_EQ(numbers(store->open_cases_of_phone("+48601222333", 1)), (Numbers{2}));
  close(*store, first, kStart);
  EXPECT_EQ(numbers(store->open_cases_of_email("anna@klient.example", 10)), Numbers{});
  EXPECT_EQ(store->summary(1).value()->state, core::State::closed);
}

TEST_F(StoreTest, ACaseIsFoundByAnotherNumberOfItsPerson) {
  add_case(*store, 1, kStart, kStart + 2h, "jan@sklep.example");
  ASSERT_TRUE(store->learn_person({"Jan", "jan@sklep.example", {}, {}}, true));
  ASSERT_TRUE(store->learn_person({"Jan", "jan@sklep.example", "+48999", {}}, false));
  EXPECT_EQ(numbers(store->open_cases_of_phone("+48999", 10)), (Numbers{1}));
}

TEST_F(StoreTest, CasesWithoutTheirEmail) {
  using namespace core;
  for (CaseNumber n = 1; n <= 3; ++n) {
    std::vector<Entry> entries;
    Case c = opened(n, entries);
    if (n != 2) std::get<Opened>(entries[0].body).email_missing = true;
    c = replay(entries);
    ASSERT_TRUE(store->write_turn(c, kStart, entries));
  }
  EXPECT_EQ(numbers(store->cases_without_email(10)), (Numbers{3, 1}));
  EXPECT_EQ(numbers(store->cases_without_email(1)), (Numbers{3}));
}

TEST_F(StoreTest, ParticipantsAreKeptOnceAndMerged) {
  ASSERT_TRUE(store->add_participants(1, {"b@x", "a@x", "b@x"}));
  ASSERT_TRUE(store->add_participants(2, {"a@x", "c@x"}));
  EXPECT_EQ(store->participants(1).value(), (std::vector<std::string>{"a@x", "b@x"}));
  ASSERT_TRUE(store->merge_participants(1, 2));
  EXPECT_EQ(store->participants(2).value(), (std::vector<std::string>{"a@x", "b@x", "c@x"}));
}

TEST_F(StoreTest, MessagesAreReadAsTheyWereWritten) {
  ports::Message m = mail(1, "Zażółć", "Gęślą jaźń");
  m.channel = core::Channel::sms;
  m.automatic = true;
  m.join_reason = "so";
  m.message_id = "<1@klient>";
  m.content_key = "key";
  m.notice = 3;
  m.attachments = {{"faktura \"1\".pdf", "application/pdf", 12345}, {"", "text/plain", 0}};
  m.id = store->add_message(m, {}).value();
  const auto again = store->message(m.id).value();
  ASSERT_TRUE(again);
  EXPECT_EQ(again->text, m.text);
  EXPECT_EQ(again->subject, m.subject);
  EXPECT_EQ(again->channel, m.channel);
  EXPECT_EQ(again->from, m.from);
  EXPECT_EQ(again->to, m.to);
  EXPECT_EQ(again->at, m.at);
  EXPECT_EQ(again->state, "opened");
  EXPECT_EQ(again->join_reason, "so");
  EXPECT_EQ(again->notice, 3);
  EXPECT_TRUE(again->automatic);
  ASSERT_EQ(again->attachments.size(), 2u);
  EXPECT_EQ(again->attachments[0].name, m.attachments[0].name);
  EXPECT_EQ(again->attachments[0].size, 12345);
  EXPECT_FALSE(store->message(99).value());
  ASSERT_TRUE(store->set_message_state(m.id, "set_aside"));
  ASSERT_TRUE(store->move_message(m.id, 5));
  EXPECT_EQ(store->message(m.id).value()->state, "set_aside");
  EXPECT_EQ(store->message(m.id).value()->number, 5);
  EXPECT_EQ(store->case_by_message_id("<1@klient>").value(), 5);
  EXPECT_EQ(store->case_by_message_id("").value(), 0);
}

TEST_F(StoreTest, ASecondDeliveryIsTheSameIdWithTheSameBody) {
  ports::Message m = mail(1, "a", "b");
  m.message_id = "<1@klient>";
  m.content_key = "key";
  ASSERT_TRUE(store->add_message(m, {}));
  ports::Message ours = m;
  ours.message_id = "<2@ours>";
  ours.outgoing = true;
  ASSERT_TRUE(store->add_message(ours, {}));
  EXPECT_TRUE(store->seen("<1@klient>", "key").value().has_value());
  EXPECT_FALSE(store->seen("<1@klient>", "another body").value().has_value());
  EXPECT_FALSE(store->seen("", "key").value().has_value());
  EXPECT_FALSE(store->seen("<2@ours>", "key").value().has_value())
      << "our own mail that comes back is a message";
}

TEST_F(StoreTest, TheClientsFirstWords) {
  for (int i = 0; i < 5; ++i) {
    ports::Message m = mail(1, i == 0 ? "" : "Drukarka", fmt::format("słowo{}", i));
    m.outgoing = i == 1;
    ASSERT_TRUE(store->add_message(m, {}));
  }
  const auto words = store->client_words(1).value();
  EXPECT_EQ(words.base_subject, "Drukarka");
  EXPECT_EQ(words.text, "słowo0\nsłowo2\nsłowo3\n");
  EXPECT_EQ(store->client_words(2).value().text, "");
}

TEST_F(StoreTest, OriginalBytesComeBackAndAnAttachmentLiesThereOnce) {
  const std::string photo(100'000, 'x');
  const ports::RawPiece head{{}, compress("head\r\n"), 6}, tail{{}, compress("tail"), 4},
      attached{content_hash(photo), compress(photo), photo.size()};
  core::MessageId first = 0, second = 0;
  in_transaction(*store, [&] {
    first = store->add_message(mail(1, "a", "b"), {head, attached, tail}).value();
    second = store->add_message(mail(1, "a", "b"), {attached, attached}).value();
    const auto ours = store->add_message(mail(1, "a", "b"), {}).value();
    ASSERT_TRUE(store->set_raw(ours, {head}));
    ASSERT_TRUE(store->set_raw(ours, {tail}));
  });
  const auto archive = std::move(open_archive(folder.file())).value();
  EXPECT_EQ(archive->raw(first).value(), "head\r\n" + photo + "tail");
  EXPECT_EQ(archive->raw(second).value(), photo + photo);
  EXPECT_EQ(archive->raw(second + 1).value(), "tail");
  EXPECT_EQ(archive->raw(99).error().fault, Fault::not_found);
  auto db = std::move(Database::open(folder.file(), Database::Mode::read_only)).value();
  auto rows = std::move(db.query("SELECT count(*) FROM blobs")).value();
  ASSERT_TRUE(rows.next().value());
  EXPECT_EQ(rows.integer(0), 1);
}

TEST_F(StoreTest, PeopleAreLearntAndWhatIsConfirmedStays) {
  ASSERT_TRUE(store->learn_person({{}, {}, {}, {}}, true));
  ASSERT_TRUE(store->learn_person({{}, "anna@klient.example", {}, {}}, true));
  ASSERT_TRUE(store->learn_person({"Anna", "anna@klient.example", "+48601", "Klient"}, false));
  const auto anna = store->person_by_phone("+48601").value();
  EXPECT_EQ(anna.name, "Anna");
  EXPECT_EQ(anna.email, "anna@klient.example");
  EXPECT_EQ(anna.phone, "+48601");
  EXPECT_EQ(store->person_by_phone("+48999").value(), core::Party{});
  EXPECT_EQ(store->phones_of_email("anna@klient.example").value(), (std::vector<std::string>{"+48601"}));
  // Somebody else's number does not change hands because a signature names it.
  ASSERT_TRUE(store->learn_person({"Jan", "jan@sklep.example", {}, {}}, true));
  ASSERT_TRUE(store->learn_person({"Jan", "jan@sklep.example", "+48601", {}}, true));
  EXPECT_EQ(store->person_by_phone("+48601").value().name, "Anna");
}

TEST_F(StoreTest, PeopleAreMergedAndNamed) {
  in_transaction(*store, [&] {
    ASSERT_TRUE(store->learn_person({"Anna", "anna@klient.example", {}, {}}, true));
    ASSERT_TRUE(store->learn_person({"A. Nowak", "a.nowak@gmail.com", "+48601", {}}, true));
    EXPECT_EQ(store->merge_people(2, 2).error().fault, Fault::conflict);
    EXPECT_EQ(store->merge_people(2, 9).error().fault, Fault::not_found);
    ASSERT_TRUE(store->merge_people(2, 1));
    ASSERT_TRUE(store->name_organisation(1, "Klient"));
    EXPECT_EQ(store->name_organisation(2, "Klient").error().fault, Fault::not_found);
  });
  const auto archive = std::move(open_archive(folder.file())).value();
  const auto people = archive->people("", 10).value();
  ASSERT_EQ(people.size(), 1u);
  EXPECT_EQ(people[0].organisation, "Klient");
  EXPECT_EQ(people[0].emails.size(), 2u);
  EXPECT_EQ(people[0].phones, (std::vector<std::string>{"+48601"}));
  EXPECT_EQ(archive->people("NOWAK@gmail", 10).value().size(), 1u);
  EXPECT_EQ(archive->people("nobody", 10).value().size(), 0u);
  EXPECT_EQ(store->person_by_phone("+48601").value().name, "Anna");
}

TEST_F(StoreTest, TheOutbox) {
  core::Notice notice;
  notice.id = 1;
  notice.number = 1;
  notice.to = "anna@klient.example";
  ports::Message m = mail(1, "Re: Drukarka", "Gotowe.");
  m.outgoing = true;
  m.message_id = "<hejnal.1.1.x@wsparcie.example>";
  EXPECT_EQ(store->next_try().value(), std::nullopt);
  const auto first = store->add_message(m, {}).value();
  ASSERT_TRUE(store->queue(notice, first, core::NoticeState::queued, kStart));
  m.message_id = "<hejnal.1.2.x@wsparcie.example>";
  notice.id = 2;
  const auto second = store->add_message(m, {}).value();
  ASSERT_TRUE(store->queue(notice, second, core::NoticeState::queued, kStart + 1min));
  EXPECT_EQ(store->next_try().value(), kStart);
  EXPECT_EQ(store->due_notices(kStart - 1ms, 10).value().size(), 0u);
  EXPECT_EQ(store->due_notices(kStart + 1h, 1).value().size(), 1u);
  const auto due = store->due_notices(kStart + 1h, 10).value();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[1].notice, notice);
  EXPECT_EQ(due[1].message, second);
  EXPECT_EQ(due[0].state, core::NoticeState::queued);
  ASSERT_TRUE(store->set_notice(due[0].id, core::NoticeState::handing_over, 1, kStart, ""));
  EXPECT_EQ(store->due_notices(kStart + 1h, 10).value().size(), 1u);
  EXPECT_EQ(store->notices_in(core::NoticeState::handing_over).value().size(), 1u);
  ASSERT_TRUE(store->set_notice(due[0].id, core::NoticeState::queued, 1, kStart + 5min, "451 later"));
  EXPECT_EQ(store->next_try().value(), kStart + 1min);
  const auto found = store->notice_by_message_id("<hejnal.1.1.x@wsparcie.example>").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attempts, 1);
  EXPECT_EQ(found->last_error, "451 later");
  EXPECT_EQ(found->next_try_at, kStart + 5min);
  EXPECT_EQ(store->message(first).value()->state, "queued");
  EXPECT_FALSE(store->notice_by_message_id("").value());
  EXPECT_FALSE(store->notice_by_message_id("<1@klient>").value());
  const auto archive = std::move(open_archive(folder.file())).value();
  EXPECT_EQ(archive->notices(std::nullopt, 10).value().size(), 2u);
  EXPECT_EQ(archive->notices(core::NoticeState::failed, 10).value().size(), 0u);
}

TEST_F(StoreTest, SettingsProceduresAndTokens) {
  EXPECT_EQ(store->setting("a").value(), "");
  ASSERT_TRUE(store->set_setting("a", "1"));
  ASSERT_TRUE(store->set_setting("a", "2"));
  EXPECT_EQ(store->setting("a").value(), "2");
  ASSERT_TRUE(store->keep_procedure("v1", "text"));
  ASSERT_TRUE(store->keep_procedure("v1", "another"));
  EXPECT_EQ(store->procedure_text("v1").value(), "text");
  EXPECT_EQ(store->procedure_text("v2").value(), "");
  ASSERT_TRUE(store->add_token("Ola", "agent", "hash", kStart));
  EXPECT_EQ(store->add_token("Ola", "agent", "hash", kStart).error().fault, Fault::conflict);
  const auto archive = std::move(open_archive(folder.file())).value();
  EXPECT_EQ(archive->token_role("hash").value(), "agent:Ola");
  EXPECT_EQ(archive->token_role("").value(), "");
}

TEST_F(StoreTest, TransactionsAndTheirSavepoint) {
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->set_setting("kept", "1"));
  ASSERT_TRUE(store->savepoint());
  ASSERT_TRUE(store->set_setting("undone", "1"));
  store->rollback_to_savepoint();
  ASSERT_TRUE(store->savepoint());
  ASSERT_TRUE(store->set_setting("also", "1"));
  ASSERT_TRUE(store->release());
  ASSERT_TRUE(store->commit());
  EXPECT_EQ(store->setting("kept").value(), "1");
  EXPECT_EQ(store->setting("also").value(), "1");
  EXPECT_EQ(store->setting("undone").value(), "");
  ASSERT_TRUE(store->begin());
  ASSERT_TRUE(store->set_setting("kept", "2"));
  store->rollback();
  store->rollback();  // nothing to roll back is no mistake
  store->rollback_to_savepoint();
  EXPECT_EQ(store->setting("kept").value(), "1");
  store->tidy();
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
  limit_pages("PRAGMA max_page_count = 60");
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

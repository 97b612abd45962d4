// What every store does, whatever it is made of: ports::Store, function by function.
#include <gtest/gtest.h>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "store/memory/store.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/store.hpp"
#include "store/sqlite/test_folder.hpp"
#include "store/test_cases.hpp"

namespace hejnal::store {

namespace {

template <class T>
T got(Result<T> result) {
  return std::move(*result);
}

using core::CaseNumber;
using Numbers = std::vector<CaseNumber>;

// Where a store keeps what it has committed.
class Place {
 public:
  virtual ~Place() = default;
  virtual std::unique_ptr<ports::Store> open() = 0;
  virtual Result<std::string> raw(core::MessageId id) = 0;
};

class SqlitePlace final : public Place {
 public:
  std::unique_ptr<ports::Store> open() override {
    return std::move(sqlite::open_store(folder_.file())).value();
  }
  Result<std::string> raw(core::MessageId id) override {
    return std::move(sqlite::open_archive(folder_.file())).value()->raw(id);
  }

 private:
  sqlite::TestFolder folder_;
};

class MemoryPlace final : public Place {
 public:
  std::unique_ptr<ports::Store> open() override { return std::move(memory::open_store(memory_)).value(); }
  Result<std::string> raw(core::MessageId id) override { return memory_.raw(id); }

 private:
  memory::Memory memory_;
};

template <class Where>
struct StoreContract : ::testing::Test {
  std::unique_ptr<Place> place = std::make_unique<Where>();
  std::unique_ptr<ports::Store> store = place->open();

  static Numbers numbers(const Result<std::vector<ports::CaseSummary>>& summaries) {
    Numbers out;
    for (const auto& s : *summaries) out.push_back(s.number);
    return out;
  }
};

struct Names {
  template <class Where>
  static std::string GetName(int) {
    return std::is_same_v<Where, SqlitePlace> ? "sqlite" : "memory";
  }
};
using Stores = ::testing::Types<SqlitePlace, MemoryPlace>;
TYPED_TEST_SUITE(StoreContract, Stores, Names);

}  // namespace

TYPED_TEST(StoreContract, AJournalIsReadAsItWasWritten) {
  EXPECT_EQ(this->store->last_case_number().value(), 0);
  core::Case c = add_case(*this->store, 1);
  change(*this->store, c, kStart + 1min,
         {core::Acted{core::Action::read, {}, 0}, core::Kept{core::Promise::react, 0},
          core::Became{core::State::read}});
  const auto journal = this->store->journal(1).value();
  EXPECT_EQ(journal.size(), 8u);
  EXPECT_TRUE(core::replay(journal) == c);
  EXPECT_TRUE(this->store->journal(2).value().empty());
  EXPECT_EQ(this->store->last_case_number().value(), 1);
}

namespace {

core::Callback callback_of(core::CallbackId id, const std::string& phone, Instant at, Instant ring_at,
                           std::vector<core::callback::Entry>& journal) {
  journal = {
      {at, "client", {}, core::callback::Opened{id, {"Anna", "a@k.example", phone, {}}}},
      {at, "client", "it was rejected",
       core::callback::Called{at, phone, core::CallResult::rejected, 0, false, core::CallReason::repairing}},
      {at, "desk", {}, core::callback::Became{core::CallbackState::waiting, ring_at, {}}}};
  core::Callback c;
  for (const auto& entry : journal) core::apply(c, entry);
  return c;
}

}  // namespace

TYPED_TEST(StoreContract, ACallbackIsItsJournal) {
  auto& callbacks = this->store->callbacks();
  EXPECT_EQ(callbacks.last_id().value(), 0);
  EXPECT_TRUE(callbacks.journal(1).value().empty());
  EXPECT_FALSE(callbacks.load(1).value().exists());
  EXPECT_FALSE(callbacks.next_alarm().value().has_value());
  std::vector<core::callback::Entry> journal;
  ASSERT_TRUE(this->store->begin());
  core::Callback first = callback_of(1, "+48601000001", kStart, kStart + 3h, journal);
  ASSERT_TRUE(callbacks.write(first, kStart, journal));
  EXPECT_FALSE(callbacks.write(first, kStart, journal));  // the same entries twice
  const core::Callback second = callback_of(2, "+48601000002", kStart, kStart + 2h, journal);
  ASSERT_TRUE(callbacks.write(second, kStart, journal));
  ASSERT_TRUE(this->store->commit());
  EXPECT_TRUE(callbacks.load(1).value() == first);
  EXPECT_EQ(callbacks.last_id().value(), 2);
  EXPECT_EQ(callbacks.ids(true, 10, ports::Archive::kNewest).value(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(callbacks.ids(false, 1, 2).value(), (std::vector<std::int64_t>{1}));
  EXPECT_EQ(callbacks.next_alarm().value(), kStart + 2h);
  EXPECT_EQ(callbacks.due(kStart + 3h, 10).value(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(callbacks.due(kStart + 2h, 10).value(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(callbacks.latest_of("+48601000001").value(), 1);
  EXPECT_EQ(callbacks.latest_of("+48601000009").value(), 0);

  ASSERT_TRUE(this->store->begin());
  const std::vector<core::callback::Entry> end = {
      {kStart + 1h, "Ola", "the client was reached",
       core::callback::Became{core::CallbackState::paid, {}, {}}}};
  core::apply(first, end.front());
  ASSERT_TRUE(callbacks.write(first, kStart + 1h, end));
  this->store->rollback();
  EXPECT_TRUE(callbacks.load(1).value().open());
  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(callbacks.write(first, kStart + 1h, end));
  ASSERT_TRUE(callbacks.postpone_alarm(2, kStart + 9h));
  ASSERT_TRUE(this->store->commit());
  EXPECT_TRUE(callbacks.load(1).value() == first);
  EXPECT_EQ(callbacks.ids(true, 10, ports::Archive::kNewest).value(), (std::vector<std::int64_t>{2}));
  EXPECT_EQ(callbacks.latest_of("+48601000001").value(), 1);
  EXPECT_EQ(callbacks.next_alarm().value(), kStart + 9h);
}

TYPED_TEST(StoreContract, AnOutageIsItsJournalAndOutlivesTheStore) {
  const std::vector<core::outage::Entry> journal = {
      {kStart,
       "Ola",
       {},
       core::outage::Declared{1, "Poczta", "Poczta nie działa.", kStart + 1h, kStart + 1h}},
      {kStart, "Ola", {}, core::outage::Attached{7}}};
  core::Outage o;
  for (const auto& entry : journal) core::apply(o, entry);
  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(this->store->outages().write(o, kStart, journal));
  ASSERT_TRUE(this->store->commit());
  this->store.reset();
  this->store = this->place->open();
  EXPECT_TRUE(this->store->outages().load(1).value() == o);
  EXPECT_EQ(this->store->outages().next_alarm().value(), kStart + 1h);
  EXPECT_EQ(this->store->callbacks().last_id().value(), 0);  // the two do not share their ids
}

namespace {

core::SentReport report_of(core::ReportId id, const std::string& key, Instant at, Instant next_at,
                           std::vector<core::sent::Entry>& journal) {
  core::sent::Opened opened;
  opened.id = id;
  opened.provider = "wsparcie";
  opened.class_name = "urgent";
  opened.subject = "Drukarka \"3\"";
  opened.key = key;
  opened.from = {"Jan", "jan@k.example", {}, {}};
  core::sent::Queued queued;
  queued.n = 1;
  queued.to = "pomoc@w.example";
  core::sent::SendingFate fate;
  fate.n = 1;
  fate.text = "250 2.0.0 Ok";
  journal = {{at, "Jan", "typed", opened},
             {at, "reporter", {}, core::sent::StepTaken{1, 0, next_at, {}}},
             {at, "reporter", {}, queued},
             {at, "reporter", {}, core::sent::Leaving{1}},
             {at, "reporter", {}, fate}};
  core::SentReport r;
  for (const auto& entry : journal) core::apply(r, entry);
  return r;
}

}  // namespace

TYPED_TEST(StoreContract, ASentReportIsItsJournal) {
  auto& reports = this->store->reports().records();
  std::vector<core::sent::Entry> journal;
  ASSERT_TRUE(this->store->begin());
  core::SentReport first = report_of(1, "alert a", kStart, kStart + 2h, journal);
  ASSERT_TRUE(reports.write(first, kStart, journal));
  EXPECT_FALSE(reports.write(first, kStart, journal));
  const core::SentReport second = report_of(2, "alert a", kStart, kStart + 1h, journal);
  ASSERT_TRUE(reports.write(second, kStart, journal));
  const core::SentReport third = report_of(3, {}, kStart, kStart + 3h, journal);
  ASSERT_TRUE(reports.write(third, kStart, journal));
  ASSERT_TRUE(this->store->commit());
  EXPECT_TRUE(reports.load(1).value() == first);
  EXPECT_EQ(reports.latest_of("alert a").value(), 2);
  EXPECT_EQ(reports.latest_of("").value(), 0);
  EXPECT_EQ(reports.latest_of("alert b").value(), 0);
  EXPECT_EQ(reports.next_alarm().value(), kStart + 1h);
  EXPECT_EQ(reports.due(kStart + 2h, 10).value(), (std::vector<std::int64_t>{2, 1}));
  EXPECT_EQ(this->store->callbacks().last_id().value(), 0);

  ASSERT_TRUE(this->store->begin());
  const std::vector<core::sent::Entry> end = {
      {kStart + 1h, "Jan", "it works", core::sent::Became{core::ReportState::settled, {}}}};
  core::apply(first, end.front());
  ASSERT_TRUE(reports.write(first, kStart + 1h, end));
  ASSERT_TRUE(this->store->commit());
  this->store.reset();
  this->store = this->place->open();
  auto& again = this->store->reports().records();
  EXPECT_TRUE(again.load(1).value() == first);
  EXPECT_EQ(again.ids(true, 10, ports::Archive::kNewest).value(), (std::vector<std::int64_t>{3, 2}));
}

TYPED_TEST(StoreContract, WhatAReportHasSentAndHeardIsKept) {
  auto& reports = this->store->reports();
  const std::string raw = "Subject: x\r\n\r\n" + std::string("\0\xff", 2);
  ports::ReportMessage sent{
      0,      1,       1,      core::Channel::email, "jan@k.example", "pomoc@w.example", "x",
      "text", "<1@k>", kStart, sha256_hex(raw)};
  ports::ReportMessage sms{0,        1,  2,      core::Channel::sms,  "", "+48600000000", "",
                           "Awaria", "", kStart, sha256_hex("Awaria")};
  ports::ReportMessage came{0,       1,     0,       core::Channel::email, "ola@w.example",  "jan@k.example",
                            "Re: x", "już", "<2@w>", kStart + 1h,          sha256_hex("raw")};
  const std::vector<ports::ReportFile> files = {{"a b.txt", "text/plain", "one"}, {"ż.bin", "x/y", raw}};
  ASSERT_TRUE(this->store->begin());
  sent.id = reports.add_message(sent, raw).value();
  sms.id = reports.add_message(sms, {}).value();
  EXPECT_FALSE(reports.has_come(1, came.sum).value());
  came.id = reports.add_message(came, "raw").value();
  ASSERT_TRUE(reports.add_files(1, files));
  ASSERT_TRUE(reports.add_files(2, {}));
  ASSERT_TRUE(this->store->commit());
  EXPECT_TRUE(reports.has_come(1, came.sum).value());
  EXPECT_FALSE(reports.has_come(1, sent.sum).value());  // that one is ours
  EXPECT_FALSE(reports.has_come(2, came.sum).value());
  EXPECT_EQ(reports.messages(1).value(), (std::vector<ports::ReportMessage>{sent, sms, came}));
  EXPECT_TRUE(reports.messages(2).value().empty());
  EXPECT_EQ(reports.raw(sent.id).value(), raw);
  EXPECT_EQ(reports.raw(sms.id).error().fault, Fault::not_found);
  EXPECT_EQ(reports.files(1).value(), files);
  EXPECT_TRUE(reports.files(2).value().empty());

  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(reports.add_message(came, "raw").has_value());
  this->store->rollback();
  EXPECT_EQ(reports.messages(1).value().size(), 3u);
}

TYPED_TEST(StoreContract, TheSameEntriesCannotBeWrittenTwice) {
  std::vector<core::Entry> entries;
  const core::Case c = opened(1, entries);
  ASSERT_TRUE(this->store->write_turn(c, kStart, entries));
  const Status again = this->store->write_turn(c, kStart, entries);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().fault, Fault::conflict);
}

TYPED_TEST(StoreContract, AlarmsInTheirOrder) {
  EXPECT_EQ(this->store->next_alarm().value(), std::nullopt);
  add_case(*this->store, 1, kStart, kStart + 3h);
  add_case(*this->store, 2, kStart, kStart + 1h);
  core::Case third = add_case(*this->store, 3, kStart, kStart + 1h);
  EXPECT_EQ(this->store->next_alarm().value(), kStart + 1h);
  EXPECT_EQ(this->store->due_cases(kStart + 1h - 1ms, 10).value(), Numbers{});
  EXPECT_EQ(this->store->due_cases(kStart + 1h, 10).value(), (Numbers{2, 3}));
  EXPECT_EQ(this->store->due_cases(kStart + 5h, 2).value(), (Numbers{2, 3}));
  EXPECT_EQ(this->store->due_cases(kStart + 5h, 10).value(), (Numbers{2, 3, 1}));
  close(*this->store, third, kStart);
  EXPECT_EQ(this->store->due_cases(kStart + 5h, 10).value(), (Numbers{2, 1}));
  ASSERT_TRUE(this->store->postpone_alarm(2, kStart + 4h));
  EXPECT_EQ(this->store->due_cases(kStart + 5h, 10).value(), (Numbers{1, 2}));
}

TYPED_TEST(StoreContract, AFailureIsOpenUntilTheLastOneIsNot) {
  add_case(*this->store, 1);
  add_case(*this->store, 2);
  EXPECT_FALSE(this->store->failure_open().value());
  ASSERT_TRUE(this->store->set_failure(1, true));
  ASSERT_TRUE(this->store->set_failure(2, true));
  ASSERT_TRUE(this->store->set_failure(1, false));
  EXPECT_TRUE(this->store->failure_open().value());
  ASSERT_TRUE(this->store->set_failure(2, false));
  EXPECT_FALSE(this->store->failure_open().value());
}

TYPED_TEST(StoreContract, ACaseIsFoundByWhatIsKnownOfIt) {
  core::Case first = add_case(*this->store, 1);
  add_case(*this->store, 2, kStart, kStart + 2h, "jan@sklep.example");
  const auto summary = this->store->summary(1).value();
  ASSERT_TRUE(summary);
  EXPECT_EQ(summary->subject, "Drukarka");
  EXPECT_EQ(summary->client, first.client);
  EXPECT_EQ(summary->opened_at, kStart);
  EXPECT_FALSE(this->store->summary(9).value());
  EXPECT_EQ(this->store->case_by_early_code("C2").value(), 0);
  EXPECT_EQ(this->numbers(this->store->open_cases_of_email("anna@klient.example", 10)), (Numbers{1}));
  EXPECT_EQ(this->numbers(this->store->open_cases_of_email("", 10)), Numbers{});
  EXPECT_EQ(this->numbers(this->store->open_cases_of_phone("+48601222333", 10)), (Numbers{2, 1}));
  EXPECT_EQ(this->numbers(this->store->open_cases_of_phone("+48601222333", 1)), (Numbers{2}));
  close(*this->store, first, kStart);
  EXPECT_EQ(this->numbers(this->store->open_cases_of_email("anna@klient.example", 10)), Numbers{});
  EXPECT_EQ(this->store->summary(1).value()->state, core::State::closed);
}

TYPED_TEST(StoreContract, ACaseIsFoundByAnotherNumberOfItsPerson) {
  add_case(*this->store, 1, kStart, kStart + 2h, "jan@sklep.example");
  ASSERT_TRUE(this->store->learn_person({"Jan", "jan@sklep.example", {}, {}}));
  ASSERT_TRUE(this->store->learn_person({"Jan", "jan@sklep.example", "+48999", {}}));
  EXPECT_EQ(this->numbers(this->store->open_cases_of_phone("+48999", 10)), (Numbers{1}));
}

TYPED_TEST(StoreContract, CasesWithoutTheirEmail) {
  using namespace core;
  for (CaseNumber n = 1; n <= 3; ++n) {
    std::vector<Entry> entries;
    Case c = opened(n, entries);
    if (n != 2) std::get<Opened>(entries[0].body).email_missing = true;
    c = replay(entries);
    ASSERT_TRUE(this->store->write_turn(c, kStart, entries));
  }
  EXPECT_EQ(this->numbers(this->store->cases_without_email(10)), (Numbers{3, 1}));
  EXPECT_EQ(this->numbers(this->store->cases_without_email(1)), (Numbers{3}));
}

TYPED_TEST(StoreContract, AnnouncedEmailsAreNotedAndForgotten) {
  using core::Announcement;
  EXPECT_EQ(this->store->announcement(7).value(), std::nullopt);
  const Announcement awaited{7, kStart, "klient.example", std::nullopt};
  ASSERT_TRUE(this->store->note_announcement(7, awaited));
  EXPECT_EQ(this->store->announcement(7).value(), awaited);
  const Announcement late{7, kStart, "klient.example", 5000};
  ASSERT_TRUE(this->store->note_announcement(7, late));
  EXPECT_EQ(this->store->announcement(7).value(), late);
  ASSERT_TRUE(this->store->note_announcement(7, std::nullopt));
  EXPECT_EQ(this->store->announcement(7).value(), std::nullopt);
  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(this->store->note_announcement(8, late));
  this->store->rollback();
  EXPECT_EQ(this->store->announcement(8).value(), std::nullopt);
}

TYPED_TEST(StoreContract, ANumberThatWasOnlySeenBesideAnAddressIsNobodysOwn) {
  using Texts = std::vector<std::string>;
  const core::Party anna{"Anna", "anna@klient.example", {}, {}};
  EXPECT_EQ(this->store->own_phones_of(anna).value(), Texts{});
  ASSERT_TRUE(this->store->learn_person(anna));
  ASSERT_TRUE(this->store->note_number(
      {0, "+48601222333", anna.email, "page", 7, kStart, core::Standing::learnt, {}}));
  EXPECT_EQ(this->store->own_phones_of(anna).value(), Texts{});
  EXPECT_EQ(this->store->phones_of_email(anna.email).value(), Texts{"+48601222333"});
  EXPECT_EQ(this->store->person_by_phone("+48601222333").value(), core::Party{});
  // Not even where its owner has been met since.
  ASSERT_TRUE(this->store->learn_person({{}, {}, "+48601222333", {}}));
  EXPECT_EQ(this->store->person_by_phone("+48601222333").value().email, "");
  EXPECT_EQ(this->store->own_phones_of(anna).value(), Texts{});
  ASSERT_TRUE(this->store->learn_person({"Anna", anna.email, "+48602222333", {}}));
  EXPECT_EQ(this->store->own_phones_of(anna).value(), Texts{"+48602222333"});
  EXPECT_EQ(this->store->phones_of_email(anna.email).value(), (Texts{"+48601222333", "+48602222333"}));
  ASSERT_TRUE(this->store->judge_number(
      {1, "+48601222333", anna.email, "page", 7, kStart, core::Standing::confirmed, "Ola"}));
  EXPECT_EQ(this->store->own_phones_of({{}, {}, "+48602222333", {}}).value(),
            (Texts{"+48601222333", "+48602222333"}));
}

TYPED_TEST(StoreContract, ParticipantsAreKeptOnceAndMerged) {
  ASSERT_TRUE(this->store->add_participants(1, {"b@x", "a@x", "b@x"}));
  ASSERT_TRUE(this->store->add_participants(2, {"a@x", "c@x"}));
  EXPECT_EQ(this->store->participants(1).value(), (std::vector<std::string>{"a@x", "b@x"}));
  ASSERT_TRUE(this->store->merge_participants(1, 2));
  EXPECT_EQ(this->store->participants(2).value(), (std::vector<std::string>{"a@x", "b@x", "c@x"}));
}

TYPED_TEST(StoreContract, MessagesAreReadAsTheyWereWritten) {
  ports::Message m = mail(1, "Zażółć", "Gęślą jaźń");
  m.channel = core::Channel::sms;
  m.automatic = true;
  m.join_reason = "so";
  m.message_id = "<1@klient>";
  m.content_key = "key";
  m.notice = 3;
  m.attachments = {{"faktura \"1\".pdf", "application/pdf", 12345}, {"", "text/plain", 0}};
  m.id = this->store->add_message(m, {}).value();
  const auto again = this->store->message(m.id).value();
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
  EXPECT_FALSE(this->store->message(99).value());
  ASSERT_TRUE(this->store->set_message_state(m.id, "set_aside"));
  ASSERT_TRUE(this->store->move_message(m.id, 5));
  EXPECT_EQ(this->store->message(m.id).value()->state, "set_aside");
  EXPECT_EQ(this->store->message(m.id).value()->number, 5);
  EXPECT_EQ(this->store->case_by_message_id("<1@klient>").value(), 5);
  EXPECT_EQ(this->store->case_by_message_id("").value(), 0);
}

TYPED_TEST(StoreContract, ASecondDeliveryIsTheSameIdWithTheSameBody) {
  ports::Message m = mail(1, "a", "b");
  m.message_id = "<1@klient>";
  m.content_key = "key";
  ASSERT_TRUE(this->store->add_message(m, {}));
  ports::Message ours = m;
  ours.message_id = "<2@ours>";
  ours.outgoing = true;
  ASSERT_TRUE(this->store->add_message(ours, {}));
  EXPECT_EQ(this->store->seen("<1@klient>", "key").value().value().message, 1);
  EXPECT_FALSE(this->store->seen("<1@klient>", "another body").value());
  EXPECT_FALSE(this->store->seen("", "key").value());
  EXPECT_FALSE(this->store->seen("<2@ours>", "key").value()) << "our own mail that comes back is a message";
  m.number = 0;
  m.message_id = "<3@klient>";
  const auto aside = this->store->add_message(m, {}).value();
  EXPECT_TRUE(this->store->seen("<3@klient>", "key").value().value().set_aside);
  m.number = 2;
  m.internal = true;
  ASSERT_TRUE(this->store->add_message(m, {}));
  EXPECT_EQ(this->store->seen("<3@klient>", "key").value().value().message, aside + 1);
  EXPECT_EQ(this->store->messages_from_clients(1).value(), 1);
  EXPECT_EQ(this->store->messages_from_clients(2).value(), 0);
}

TYPED_TEST(StoreContract, TheClientsFirstWords) {
  for (int i = 0; i < 5; ++i) {
    ports::Message m = mail(1, i == 0 ? "" : "Drukarka", fmt::format("słowo{}", i));
    m.outgoing = i == 1;
    ASSERT_TRUE(this->store->add_message(m, {}));
  }
  const auto words = this->store->client_words(1).value();
  EXPECT_EQ(words.base_subject, "Drukarka");
  EXPECT_EQ(words.text, "słowo0\nsłowo2\nsłowo3\n");
  EXPECT_EQ(this->store->client_words(2).value().text, "");
}

TYPED_TEST(StoreContract, OriginalBytesComeBack) {
  const std::string photo(100'000, 'x');
  const ports::RawPiece head{{}, compress("head\r\n"), 6}, tail{{}, compress("tail"), 4},
      attached{content_hash(photo), compress(photo), photo.size()};
  core::MessageId first = 0, second = 0;
  in_transaction(*this->store, [&] {
    first = this->store->add_message(mail(1, "a", "b"), {head, attached, tail}).value();
    second = this->store->add_message(mail(1, "a", "b"), {attached, attached}).value();
    const auto ours = this->store->add_message(mail(1, "a", "b"), {}).value();
    ASSERT_TRUE(this->store->set_raw(ours, {head}));
    ASSERT_TRUE(this->store->set_raw(ours, {tail}));
  });
  EXPECT_EQ(this->place->raw(first).value(), "head\r\n" + photo + "tail");
  EXPECT_EQ(this->place->raw(second).value(), photo + photo);
  EXPECT_EQ(this->place->raw(second + 1).value(), "tail");
  EXPECT_EQ(this->place->raw(99).error().fault, Fault::not_found);
}

TYPED_TEST(StoreContract, PeopleAreLearntAndNothingChangesHands) {
  ASSERT_TRUE(this->store->learn_person({{}, {}, {}, {}}));
  ASSERT_TRUE(this->store->learn_person({{}, "anna@klient.example", {}, {}}));
  ASSERT_TRUE(this->store->learn_person({"Anna", "anna@klient.example", "+48601", "Klient"}));
  const auto anna = this->store->person_by_phone("+48601").value();
  EXPECT_EQ(anna.name, "Anna");
  EXPECT_EQ(anna.email, "anna@klient.example");
  EXPECT_EQ(anna.phone, "+48601");
  EXPECT_EQ(this->store->person_by_phone("+48999").value(), core::Party{});
  EXPECT_EQ(this->store->phones_of_email("anna@klient.example").value(),
            (std::vector<std::string>{"+48601"}));
  // Somebody else's number does not change hands because a signature names it.
  ASSERT_TRUE(this->store->learn_person({"Jan", "jan@sklep.example", {}, {}}));
  ASSERT_TRUE(this->store->learn_person({"Jan", "jan@sklep.example", "+48601", {}}));
  EXPECT_EQ(this->store->person_by_phone("+48601").value().name, "Anna");
}

TYPED_TEST(StoreContract, NumbersAreNotedOnceAndJudged) {
  using core::Standing;
  const auto addresses = [this] {
    std::string out;
    for (const auto& a : got(this->store->addresses_of_phone("+48601")))
      out += fmt::format("{} {} ", a.email, to_string(a.standing));
    return out;
  };
  ports::NumberRow row{0, "+48601", "jan@klient.example", "signature", 7, kStart, Standing::learnt, {}};
  in_transaction(*this->store, [&] {
    ASSERT_TRUE(this->store->note_number(row));
    row.message = 8;
    ASSERT_TRUE(this->store->note_number(row));
    row.email = "anna@klient.example";
    ASSERT_TRUE(this->store->note_number(row));
  });
  EXPECT_EQ(addresses(), "anna@klient.example learnt jan@klient.example learnt ");
  EXPECT_EQ(this->store->number(1).value()->message, 7);
  EXPECT_EQ(this->store->number(2).value()->email, "anna@klient.example");
  EXPECT_FALSE(this->store->number(3).value());
  EXPECT_TRUE(this->store->addresses_of_phone("+48602").value().empty());
  in_transaction(*this->store, [&] {
    ASSERT_TRUE(this->store->learn_person({"Jan", "jan@klient.example", "+48601", {}}));
    row.standing = Standing::confirmed;
    row.decided_by = "Ola";
    ASSERT_TRUE(this->store->judge_number(row));
  });
  EXPECT_EQ(this->store->number(2).value()->decided_by, "Ola");
  EXPECT_EQ(this->store->number(2).value()->source, "signature");
  EXPECT_EQ(this->store->person_by_phone("+48601").value().email, "anna@klient.example")
      << "it changed hands";
  EXPECT_EQ(addresses(),
            "anna@klient.example confirmed jan@klient.example learnt anna@klient.example confirmed ");
  in_transaction(*this->store, [&] {
    row.standing = Standing::refused;
    ASSERT_TRUE(this->store->judge_number(row));
    row.email = "new@klient.example";  // nobody has seen the pair before
    ASSERT_TRUE(this->store->judge_number(row));
  });
  EXPECT_EQ(addresses(), "anna@klient.example refused jan@klient.example learnt new@klient.example refused ");
  EXPECT_EQ(this->store->person_by_phone("+48601").value(), core::Party{});
}

TYPED_TEST(StoreContract, CasesThatANumberDoesNotBelongTo) {
  ports::Store& s = *this->store;
  EXPECT_TRUE(s.refused_cases("+48601").value().empty());
  in_transaction(s, [&] {
    ASSERT_TRUE(s.refuse_case("+48601", 5, "Ola", kStart));
    ASSERT_TRUE(s.refuse_case("+48601", 5, "Jan", kStart));
    ASSERT_TRUE(s.refuse_case("+48601", 0, "Ola", kStart));
    ASSERT_TRUE(s.refuse_case("+48602", 3, "Ola", kStart));
  });
  EXPECT_EQ(s.refused_cases("+48601").value(), (std::vector<core::CaseNumber>{0, 5}));
  in_transaction(s, [&] { ASSERT_TRUE(s.forget_refusal("+48601", 0)); });
  EXPECT_EQ(s.refused_cases("+48601").value(), (std::vector<core::CaseNumber>{5}));
}

TYPED_TEST(StoreContract, CasesOfAnOrganisation) {
  ports::Store& s = *this->store;
  const auto numbers = [&](std::string_view domain, int limit) {
    std::vector<core::CaseNumber> out;
    for (const auto& c : got(s.open_cases_of_domain(domain, limit))) out.push_back(c.number);
    return out;
  };
  in_transaction(s, [&] {
    ASSERT_TRUE(s.learn_person({"Anna", "anna@klient.example", {}, {}}));
    ASSERT_TRUE(s.learn_person({"Jan", "jan@klient.example", {}, {}}));
    ASSERT_TRUE(s.name_organisation(1, "Firma"));
    ASSERT_TRUE(s.name_organisation(2, "Firma"));
    for (core::CaseNumber n = 1; n <= 4; ++n) {
      add_case(s, n, kStart, kStart + 2h, n == 2 ? "a@x.example" : fmt::format("a{}@klient.example", n));
      ASSERT_TRUE(s.add_message(mail(n, "a", "b"), {}));
      ASSERT_TRUE(s.add_message(mail(n, "a", "c"), {}));
    }
  });
  in_transaction(s, [&] {
    while (s.index_some(3).value() == 3) {
    }
  });
  EXPECT_EQ(numbers("klient.example", 20), (std::vector<core::CaseNumber>{4, 3, 1}));
  EXPECT_EQ(numbers("klient.example", 2), (std::vector<core::CaseNumber>{4, 3}));
  EXPECT_EQ(numbers("y.example", 20), std::vector<core::CaseNumber>{});
  EXPECT_EQ(s.addresses_of_organisation("Firma", 20).value(),
            (std::vector<std::string>{"anna@klient.example", "jan@klient.example"}));
  EXPECT_TRUE(s.addresses_of_organisation("", 20).value().empty());
}

TYPED_TEST(StoreContract, TheLatestEmailsOfACase) {
  ports::Store& s = *this->store;
  EXPECT_FALSE(s.latest_emails(1).value().at);
  in_transaction(s, [&] {
    add_case(s, 1);
    for (int i = 1; i <= 4; ++i) {
      ports::Message m = mail(1, "a", fmt::format("{}{}", i, std::string(2000, 'x')));
      m.at = kStart + i * 1h;
      HEJNAL_CHECK(s.add_message(m, {}));
    }
    ports::Message m = mail(1, "a", "not this one");
    m.automatic = true;
    HEJNAL_CHECK(s.add_message(m, {}));
  });
  const ports::LatestEmails latest = s.latest_emails(1).value();
  const std::string x(999, 'x');
  EXPECT_EQ(latest.at, kStart + 4h);
  EXPECT_EQ(latest.text, "4" + x + "\n3" + x + "\n2" + x + "\n");
}

TYPED_TEST(StoreContract, PeopleAreMergedAndNamed) {
  in_transaction(*this->store, [&] {
    ASSERT_TRUE(this->store->learn_person({"Anna", "anna@klient.example", {}, {}}));
    ASSERT_TRUE(this->store->learn_person({"A. Nowak", "a.nowak@gmail.com", "+48601", {}}));
    EXPECT_EQ(this->store->merge_people(2, 2).error().fault, Fault::conflict);
    EXPECT_EQ(this->store->merge_people(2, 9).error().fault, Fault::not_found);
    ASSERT_TRUE(this->store->merge_people(2, 1));
    ASSERT_TRUE(this->store->name_organisation(1, "Klient"));
    EXPECT_EQ(this->store->name_organisation(2, "Klient").error().fault, Fault::not_found);
  });
  EXPECT_EQ(this->store->person_by_phone("+48601").value().organisation, "Klient");
  EXPECT_EQ(this->store->person_by_phone("+48601").value().email, "a.nowak@gmail.com")
      << "confirmed both: by text";
  EXPECT_EQ(this->store->phones_of_email("anna@klient.example").value(),
            (std::vector<std::string>{"+48601"}));
  EXPECT_EQ(this->store->person_by_phone("+48601").value().name, "Anna");
}

TYPED_TEST(StoreContract, WhatGoesToTheClientOfAMergedCaseIsFoundToo) {
  core::Notice notice;
  notice.id = 3;
  notice.number = 12;
  notice.through = 9;
  ports::Message m = mail(9, "Re: Drukarka", "Gotowe.");
  m.outgoing = true;
  m.notice = 3;
  m.message_id = core::message_id_of({9, 12, 3}, "x", "wsparcie.example");
  ASSERT_TRUE(
      this->store->queue(notice, this->store->add_message(m, {}).value(), core::NoticeState::queued, kStart));
  EXPECT_EQ(this->store->case_by_message_id(m.message_id).value(), 9);
  ASSERT_TRUE(this->store->notice_by_message_id(m.message_id).value());
  EXPECT_EQ(this->store->notice_by_message_id(m.message_id).value()->notice, notice);
}

TYPED_TEST(StoreContract, CasesOfAPersonAreFoundAfterAMerge) {
  ASSERT_TRUE(this->store->learn_person({"Anna", "", "+48601", ""}));
  add_case(*this->store, 1, kStart, kStart + 2h, "a@dom.example");  // makes its client known
  EXPECT_EQ(this->numbers(this->store->open_cases_of_phone("+48601", 10)), Numbers{});
  ASSERT_TRUE(this->store->merge_people(2, 1));
  EXPECT_EQ(this->numbers(this->store->open_cases_of_phone("+48601", 10)), Numbers{1});
  EXPECT_EQ(this->numbers(this->store->open_cases_of_email("a@dom.example", 10)), Numbers{1});
}

TYPED_TEST(StoreContract, TheOutbox) {
  core::Notice notice;
  notice.id = 1;
  notice.number = 1;
  notice.to = "anna@klient.example";
  ports::Message m = mail(1, "Re: Drukarka", "Gotowe.");
  m.outgoing = true;
  m.notice = 1;
  m.message_id = "<hejnal.1.1.x@wsparcie.example>";
  EXPECT_EQ(this->store->next_try().value(), std::nullopt);
  const auto first = this->store->add_message(m, {}).value();
  ASSERT_TRUE(this->store->queue(notice, first, core::NoticeState::queued, kStart));
  m.message_id = "<hejnal.1.2.x@wsparcie.example>";
  m.notice = notice.id = 2;
  const auto second = this->store->add_message(m, {}).value();
  ASSERT_TRUE(this->store->queue(notice, second, core::NoticeState::queued, kStart + 1min));
  EXPECT_EQ(this->store->next_try().value(), kStart);
  EXPECT_EQ(this->store->due_notices(kStart - 1ms, 10).value().size(), 0u);
  EXPECT_EQ(this->store->due_notices(kStart + 1h, 1).value().size(), 1u);
  const auto due = this->store->due_notices(kStart + 1h, 10).value();
  ASSERT_EQ(due.size(), 2u);
  EXPECT_EQ(due[1].notice, notice);
  EXPECT_EQ(due[1].message, second);
  EXPECT_EQ(due[0].state, core::NoticeState::queued);
  ASSERT_TRUE(this->store->set_notice(due[0].id, core::NoticeState::handing_over, 1, kStart, ""));
  EXPECT_EQ(this->store->due_notices(kStart + 1h, 10).value().size(), 1u);
  EXPECT_EQ(this->store->notices_in(core::NoticeState::handing_over).value().size(), 1u);
  ASSERT_TRUE(this->store->set_notice(due[0].id, core::NoticeState::queued, 1, kStart + 5min, "451 later"));
  EXPECT_EQ(this->store->next_try().value(), kStart + 1min);
  const auto found = this->store->notice_by_message_id("<hejnal.1.1.x@wsparcie.example>").value();
  ASSERT_TRUE(found);
  EXPECT_EQ(found->attempts, 1);
  EXPECT_EQ(found->last_error, "451 later");
  EXPECT_EQ(found->next_try_at, kStart + 5min);
  EXPECT_EQ(this->store->message(first).value()->state, "queued");
  EXPECT_EQ(this->store->case_by_message_id("<hejnal.1.2.x@wsparcie.example>").value(), 1);
  for (const char* other : {"", "<1@klient>", "<hejnal.1.2.y@wsparcie.example>",
                            "<hejnal.1.3.x@wsparcie.example>", "<hejnal.2.1.x@wsparcie.example>"}) {
    EXPECT_FALSE(this->store->notice_by_message_id(other).value()) << other;
    EXPECT_EQ(this->store->case_by_message_id(other).value(), 0) << other;
  }
}

TYPED_TEST(StoreContract, SettingsProceduresAndTokens) {
  EXPECT_EQ(this->store->setting("a").value(), "");
  ASSERT_TRUE(this->store->set_setting("a", "1"));
  ASSERT_TRUE(this->store->set_setting("gone", "1"));
  ASSERT_TRUE(this->store->set_setting("gone", ""));
  EXPECT_EQ(this->store->setting("gone").value(), "");
  ASSERT_TRUE(this->store->set_setting("gone", ""));  // twice
  ASSERT_TRUE(this->store->set_setting("a", "2"));
  EXPECT_EQ(this->store->setting("a").value(), "2");
  ASSERT_TRUE(this->store->keep_procedure("v1", "text"));
  ASSERT_TRUE(this->store->keep_procedure("v1", "another"));
  EXPECT_EQ(this->store->procedure_text("v1").value(), "text");
  EXPECT_EQ(this->store->procedure_text("v2").value(), "");
  ASSERT_TRUE(this->store->add_token("Ola", "agent", "hash", kStart));
  EXPECT_EQ(this->store->add_token("Ola", "agent", "hash", kStart).error().fault, Fault::conflict);
  ASSERT_TRUE(this->store->add_token("Ewa", "reader", "other hash", kStart));
  const auto tokens = this->store->tokens().value();
  ASSERT_EQ(tokens.size(), 2u);
  EXPECT_EQ(tokens[0].name, "Ewa");
  EXPECT_EQ(tokens[1].role, "agent");
  EXPECT_EQ(this->store->remove_tokens("Ola").value(), 1);
  EXPECT_EQ(this->store->remove_tokens("Ola").value(), 0);
  EXPECT_EQ(this->store->tokens().value().size(), 1u);
}

TYPED_TEST(StoreContract, PeopleWhoSignIn) {
  ports::Accounts& a = this->store->accounts();
  EXPECT_EQ(a.user_by_key("zofia").value(), std::nullopt);
  ports::UserRow zofia{0, "Zofia", "zofia", "z@w", "+48601", "agent", "pl", "hash", "", "", 0, false, kStart};
  zofia.id = a.add_user(zofia).value();
  EXPECT_EQ(a.add_user(zofia).error().fault, Fault::conflict);
  ports::UserRow adam = zofia;
  adam.name = "Adam", adam.key = "adam";
  adam.id = a.add_user(adam).value();
  EXPECT_NE(adam.id, zofia.id);
  const auto both = a.users().value();
  ASSERT_EQ(both.size(), 2u);
  EXPECT_EQ(both[0].name, "Adam");
  zofia.role = "reader", zofia.password = "other", zofia.totp = "t", zofia.totp_next = "n",
  zofia.totp_step = 7;
  zofia.disabled = true, zofia.signed_in_at = kStart + 1h, zofia.email = "y@w", zofia.phone = "",
  zofia.language = "en";
  zofia.created_at = kStart + 9h;  // which stays
  ASSERT_TRUE(a.set_user(zofia));
  const ports::UserRow read = *a.user(zofia.id).value();
  EXPECT_EQ(read.created_at, kStart);
  EXPECT_EQ(
      std::tie(read.name, read.key, read.role, read.password, read.totp, read.totp_next, read.totp_step),
      std::tie(zofia.name, zofia.key, zofia.role, zofia.password, zofia.totp, zofia.totp_next,
               zofia.totp_step));
  EXPECT_EQ(std::tie(read.email, read.phone, read.language, read.disabled, read.signed_in_at),
            std::tie(zofia.email, zofia.phone, zofia.language, zofia.disabled, zofia.signed_in_at));
  EXPECT_EQ(a.user(99).value(), std::nullopt);
  adam.key = "zofia";
  EXPECT_EQ(a.set_user(adam).error().fault, Fault::conflict);
}

TYPED_TEST(StoreContract, SessionsAndLinksEnd) {
  ports::Accounts& a = this->store->accounts();
  const auto session = [&](const char* hash, std::int64_t user, Instant at) {
    return a.add_session({0, hash, user, at, at, at + 48h, "Firefox", "192.0.2.1"}).value();
  };
  const std::int64_t old = session("h1", 1, kStart), young = session("h2", 1, kStart + 2h);
  session("h3", 2, kStart + 2h);
  EXPECT_EQ(a.add_session({0, "h1", 1, kStart, kStart, kStart, "", ""}).error().fault, Fault::conflict);
  EXPECT_EQ(a.session("h4").value(), std::nullopt);
  const ports::SessionRow read = *a.session("h1").value();
  EXPECT_EQ(read.id, old);
  EXPECT_EQ(read.user, 1);
  EXPECT_EQ(read.expires_at, kStart + 48h);
  EXPECT_EQ(read.agent + read.address, "Firefox192.0.2.1");
  ASSERT_EQ(a.sessions(1).value().size(), 2u);
  EXPECT_EQ(a.sessions(1).value()[0].id, young);
  ASSERT_TRUE(a.see_session(old, kStart + 3h));
  ASSERT_TRUE(a.see_session(old, kStart + 1h));
  EXPECT_EQ(a.session("h1").value()->seen_at, kStart + 3h);
  ports::LinkRow link{0,        "l1",    "invitation", 0,      "Ewa",  "e@w",
                      "+48602", "agent", "pl",         "Adam", kStart, kStart + 24h};
  link.id = a.add_link(link).value();
  EXPECT_EQ(a.add_link(link).error().fault, Fault::conflict);
  EXPECT_EQ(a.link("l1").value()->name, "Ewa");
  EXPECT_EQ(a.link("l1").value()->expires_at, kStart + 24h);
  EXPECT_EQ(a.links().value().size(), 1u);
  ASSERT_TRUE(a.remove_expired(kStart + 2h, kStart + 24h - 1ms));  // who was not seen since
  EXPECT_TRUE(a.session("h1").value());
  EXPECT_FALSE(a.session("h2").value());
  EXPECT_TRUE(a.link("l1").value());
  EXPECT_TRUE(a.remove_link(link.id).value());
  EXPECT_FALSE(a.remove_link(link.id).value());
  link.id = a.add_link(link).value();
  ASSERT_TRUE(a.remove_expired(kStart, kStart + 24h));
  EXPECT_FALSE(a.link("l1").value());
  ASSERT_TRUE(a.remove_session(old));
  EXPECT_TRUE(a.sessions(1).value().empty());
}

TYPED_TEST(StoreContract, ARecoveryCodeIsGoodOnce) {
  ports::Accounts& a = this->store->accounts();
  ASSERT_TRUE(a.set_recovery_codes(1, {"x", "y"}));
  ASSERT_TRUE(a.set_recovery_codes(2, {"x"}));
  EXPECT_TRUE(a.use_recovery_code(1, "x").value());
  EXPECT_FALSE(a.use_recovery_code(1, "x").value());
  EXPECT_FALSE(a.use_recovery_code(1, "z").value());
  EXPECT_EQ(a.recovery_codes_left(1).value(), 1);
  EXPECT_EQ(a.recovery_codes_left(2).value(), 1);
  ASSERT_TRUE(a.set_recovery_codes(1, {}));
  EXPECT_EQ(a.recovery_codes_left(1).value(), 0);
}

TYPED_TEST(StoreContract, TheAuditLogNewestFirst) {
  ports::Accounts& a = this->store->accounts();
  for (const char* action : {"one", "two", "three"})
    ASSERT_TRUE(a.add_audit({0, kStart, "Ola", "token", "192.0.2.1", action, "/cases/1", "b", "a"}));
  const auto page = a.audit(2, ports::Archive::kNewest).value();
  ASSERT_EQ(page.size(), 2u);
  EXPECT_EQ(page[0].action, "three");
  EXPECT_EQ(page[1].who + page[1].via + page[1].address + page[1].object + page[1].before + page[1].after,
            "Olatoken192.0.2.1/cases/1ba");
  const auto rest = a.audit(2, page[1].id).value();
  ASSERT_EQ(rest.size(), 1u);
  EXPECT_EQ(rest[0].action, "one");
}

TYPED_TEST(StoreContract, AccountsAreUndoneWithTheRest) {
  ports::Accounts& a = this->store->accounts();
  const auto write = [&] {
    ports::UserRow user;
    user.key = user.name = "ola";
    user.id = a.add_user(user).value();
    EXPECT_TRUE(a.add_session({0, "h", user.id, kStart, kStart, kStart + 1h, "", ""}));
    EXPECT_TRUE(a.set_recovery_codes(user.id, {"x"}));
    EXPECT_TRUE(a.add_audit({0, kStart, "", "", "", "x", "", "", ""}));
  };
  ASSERT_TRUE(this->store->begin());
  write();
  this->store->rollback();
  EXPECT_TRUE(a.users().value().empty());
  EXPECT_FALSE(a.session("h").value());
  EXPECT_EQ(a.recovery_codes_left(1).value(), 0);
  EXPECT_TRUE(a.audit(9, ports::Archive::kNewest).value().empty());
  ASSERT_TRUE(this->store->begin());
  write();
  ASSERT_TRUE(this->store->commit());
  EXPECT_EQ(a.users().value().size(), 1u);
}

TYPED_TEST(StoreContract, TransactionsAndTheirSavepoint) {
  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(this->store->set_setting("kept", "1"));
  ASSERT_TRUE(this->store->savepoint());
  ASSERT_TRUE(this->store->set_setting("undone", "1"));
  this->store->rollback_to_savepoint();
  ASSERT_TRUE(this->store->savepoint());
  ASSERT_TRUE(this->store->set_setting("also", "1"));
  ASSERT_TRUE(this->store->release());
  ASSERT_TRUE(this->store->commit());
  EXPECT_EQ(this->store->setting("kept").value(), "1");
  EXPECT_EQ(this->store->setting("also").value(), "1");
  EXPECT_EQ(this->store->setting("undone").value(), "");
  ASSERT_TRUE(this->store->begin());
  ASSERT_TRUE(this->store->set_setting("kept", "2"));
  this->store->rollback();
  this->store->rollback();  // nothing to roll back is no mistake
  this->store->rollback_to_savepoint();
  EXPECT_EQ(this->store->setting("kept").value(), "1");
  this->store->tidy();
}

TYPED_TEST(StoreContract, MergedCasesAreFoundByTheirClient) {
  core::Case c = add_case(*this->store, 1);
  add_case(*this->store, 2);
  EXPECT_EQ(this->numbers(this->store->merged_cases_of_email("anna@klient.example", 10)), Numbers{});
  change(*this->store, c, kStart, {core::Acted{core::Action::merge, {}, 2}});
  EXPECT_EQ(this->numbers(this->store->merged_cases_of_email("anna@klient.example", 10)), (Numbers{1}));
  EXPECT_EQ(this->store->summary(1).value()->merged_into, 2);
}

TYPED_TEST(StoreContract, WhatWasSetAsideWaitsForALook) {
  ports::Message m = mail(0, "a", "b");
  m.state = "set_aside";
  const auto first = this->store->add_message(m, {}).value(),
             second = this->store->add_message(m, {}).value(),
             third = this->store->add_message(m, {}).value();
  EXPECT_EQ(this->store->not_looked_at(10).value().size(), 3u);
  EXPECT_EQ(this->store->not_looked_at(1).value().at(0).id, third);
  EXPECT_EQ(this->store->ids_not_looked_at(2).value(), (std::vector<core::MessageId>{third, second}));
  ASSERT_TRUE(this->store->set_looked_at(third, kStart));
  ASSERT_TRUE(this->store->move_message(second, 1));
  const auto left = this->store->not_looked_at(10).value();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_EQ(left[0].id, first);
  EXPECT_EQ(this->store->ids_not_looked_at(10).value(), (std::vector<core::MessageId>{first}));
}

TYPED_TEST(StoreContract, AMessageThatHasComeAgainIsCounted) {
  const auto id = this->store->add_message(mail(1, "a", "b"), {}).value();
  EXPECT_EQ(this->store->message(id).value()->again, 0);
  EXPECT_EQ(this->store->message(id).value()->again_at, std::nullopt);
  ASSERT_TRUE(this->store->came_again(id, kStart));
  ASSERT_TRUE(this->store->came_again(id, kStart + 1h));
  EXPECT_EQ(this->store->message(id).value()->again, 2);
  EXPECT_EQ(this->store->message(id).value()->again_at, kStart + 1h);
}

TYPED_TEST(StoreContract, WhatANumberHasSaidAboutSms) {
  auto& s = *this->store;
  EXPECT_FALSE(s.sms_contact("+48601").value());
  ports::SmsContact contact{"+48601", Instant{5}, Instant{6}, {}, {}, {}};
  ASSERT_TRUE(s.set_sms_contact(contact));
  EXPECT_EQ(*s.sms_contact("+48601").value(), contact);
  contact.stopped_at.reset();
  contact.helped_at = Instant{9};
  contact.changed_by = "Ola";
  contact.note = "prosi o SMS";
  ASSERT_TRUE(s.set_sms_contact(contact));
  EXPECT_EQ(*s.sms_contact("+48601").value(), contact);
  EXPECT_FALSE(s.sms_contact("+48602").value());
}

TYPED_TEST(StoreContract, CodesOfAlerts) {
  auto& s = *this->store;
  EXPECT_TRUE(s.alert_codes("+48601").value().empty());
  ASSERT_TRUE(s.set_alert_code("+48601", {1, 8, Instant{2}}));
  ASSERT_TRUE(s.set_alert_code("+48601", {0, 7, Instant{1}}));
  ASSERT_TRUE(s.set_alert_code("+486011", {0, 9, Instant{3}}));
  ASSERT_TRUE(s.set_alert_code("+48601", {1, 10, Instant{4}}));
  EXPECT_EQ(s.alert_codes("+48601").value(),
            (std::vector<core::AlertCode>{{0, 7, Instant{1}}, {1, 10, Instant{4}}}));
  EXPECT_EQ(s.alert_codes("+486011").value().size(), 1u);
}

TYPED_TEST(StoreContract, WhichGatewayHasAnSms) {
  auto& s = *this->store;
  EXPECT_FALSE(s.sms_handed(3).value());
  EXPECT_FALSE(s.next_ask().value());
  ASSERT_TRUE(s.set_sms_handed({3, "smsapi", {}, 0, {}}));
  EXPECT_FALSE(s.next_ask().value());
  ASSERT_TRUE(s.set_sms_handed({3, "smsapi", "77", 0, Instant{50}}));
  ASSERT_TRUE(s.set_sms_handed({2, "twilio", "SM1", 1, Instant{40}}));
  EXPECT_EQ(s.sms_handed(3).value()->gateway_id, "77");
  EXPECT_EQ(s.next_ask().value(), Instant{40});
  EXPECT_TRUE(s.sms_to_ask(Instant{39}, 10).value().empty());
  EXPECT_EQ(s.sms_to_ask(Instant{50}, 10).value().size(), 2u);
  EXPECT_EQ(s.sms_to_ask(Instant{50}, 1).value().at(0).item, 2);
  ASSERT_TRUE(s.set_sms_handed({2, "twilio", "SM1", 2, {}}));
  EXPECT_EQ(s.next_ask().value(), Instant{50});
}

TYPED_TEST(StoreContract, WhatWasSaidAutomaticallyCountsAfterARestart) {
  ports::Message m = mail(1, "", "Potwierdzenie");
  m.outgoing = m.automatic = true;
  m.to = "anna@klient.example";
  m.at = Instant{100};
  ASSERT_TRUE(this->store->add_message(m, {}));
  m.at = Instant{200};
  m.channel = core::Channel::sms;
  m.to = "+48601";
  ASSERT_TRUE(this->store->add_message(m, {}));
  m.internal = true;  // to the desk
  ASSERT_TRUE(this->store->add_message(m, {}));
  m.internal = m.automatic = false;
  ASSERT_TRUE(this->store->add_message(m, {}));
  EXPECT_EQ(this->store->automatic_since(Instant{100}).value(),
            (std::vector<ports::AutomaticWord>{{core::Channel::email, "anna@klient.example", 1, Instant{100}},
                                               {core::Channel::sms, "+48601", 1, Instant{200}}}));
  EXPECT_EQ(this->store->automatic_since(Instant{101}).value().size(), 1u);
}

TYPED_TEST(StoreContract, WhatWasToldByText) {
  ports::Message m = mail(1, "", "Alarm");
  m.channel = core::Channel::sms;
  m.outgoing = true;
  m.to = "+48601";
  EXPECT_EQ(this->store->last_case_told("+48601").value(), 0);
  const auto id = this->store->add_message(m, {}).value();
  m.number = 2;
  ASSERT_TRUE(this->store->add_message(m, {}));
  m.number = 0;
  ASSERT_TRUE(this->store->add_message(m, {}));
  EXPECT_EQ(this->store->last_case_told("+48601").value(), 2);
  ASSERT_TRUE(this->store->set_message_text(id, "Alarmy"));
  EXPECT_EQ(this->store->message(id).value()->text, "Alarmy");
  EXPECT_EQ(this->store->set_message_text(99, "a").error().fault, Fault::not_found);
  EXPECT_EQ(this->store->message_id_of_email(id).value(), "") << "an SMS has none";
}

namespace {

// Something of everything that a transaction may change, and all of it as words.
void write_everything(ports::Store& store, core::Case& c, int n) {
  using namespace core;
  change(store, c, kStart + 1min,
         {Acted{Action::merge, {}, 9}, Moved{Promise::react, kStart + 1h, kStart + 1h}});
  add_case(store, 10 + n);
  ports::Message m = mail(1, "a", "b");
  m.message_id = "<1@klient.example>";
  m.content_key = "key";
  const ports::RawPiece piece{content_hash("blob"), compress("blob"), 4};
  const MessageId id = store.add_message(m, {piece}).value();
  m.number = 0;
  m.state = "set_aside";
  HEJNAL_CHECK(store.add_message(m, {}));
  HEJNAL_CHECK(store.move_message(1, 7) && store.set_message_state(1, "joined"));
  HEJNAL_CHECK(store.set_message_text(1, fmt::format("text {}", n)));
  Notice notice;
  notice.number = 1;
  notice.to = "anna@klient.example";
  HEJNAL_CHECK(store.queue(notice, id, NoticeState::queued, kStart));
  HEJNAL_CHECK(store.set_notice(1, NoticeState::failed, n, kStart, "no"));
  HEJNAL_CHECK(store.set_failure(1, n % 2 == 0));
  HEJNAL_CHECK(store.add_participants(1, {fmt::format("{}@x", n)}));
  HEJNAL_CHECK(store.learn_person({"Ola", fmt::format("ola{}@x", n), "+48700", {}}));
  HEJNAL_CHECK(store.name_organisation(1, fmt::format("{}", n)));
  HEJNAL_CHECK(store.judge_number(
      {0, "+48700", fmt::format("{}@y", n), "agent", 0, kStart, core::Standing::confirmed, "Ola"}));
  HEJNAL_CHECK(store.refuse_case("+48700", n, "Ola", kStart));
  HEJNAL_CHECK(store.set_setting("a", fmt::format("{}", n)));
}

std::string everything(ports::Store& store) {
  std::string out;
  const auto add = [&out](const auto&... values) {
    ((out += fmt::format("{} ", values)), ..., (out += "\n"));
  };
  for (CaseNumber number = 1; number < 20; ++number) {
    if (const auto s = store.summary(number).value())
      add("case", number, s->merged_into, s->client.email, store.journal(number).value().size());
    for (const std::string& address : got(store.participants(number))) add(number, address);
    add(store.client_words(number).value().text);
  }
  add(store.last_case_number().value(), store.next_alarm().value().value_or(Instant{}).ms);
  for (const CaseNumber number : got(store.due_cases(kStart + 30h, 100))) add("due", number);
  add(store.failure_open().value());
  for (const auto& s : got(store.open_cases_of_email("anna@klient.example", 20))) add("open", s.number);
  for (const auto& s : got(store.merged_cases_of_email("anna@klient.example", 20))) add("merged", s.number);
  for (core::MessageId id = 1; id < 20; ++id) {
    if (const auto m = store.message(id).value())
      add("message", id, m->number, m->state, m->text, m->message_id);
    if (const auto item = store.notice(id).value()) add("notice", id, item->attempts, item->last_error);
  }
  add(store.case_by_message_id("<1@klient.example>").value(),
      store.seen("<1@klient.example>", "key").value().has_value());
  add(store.not_looked_at(10).value().size(), store.due_notices(kStart + 1h, 10).value().size());
  add(store.notices_in(core::NoticeState::failed).value().size(), store.next_try().value().has_value());
  for (const auto& a : got(store.addresses_of_phone("+48700"))) add(a.email, to_string(a.standing));
  for (const CaseNumber number : got(store.refused_cases("+48700"))) add("refused", number);
  add(store.open_cases_of_domain("x", 9).value().size());
  const auto person = store.person_by_phone("+48700").value();
  add(person.name, person.email, person.organisation, store.setting("a").value());
  return out;
}

}  // namespace

TYPED_TEST(StoreContract, ARollbackLeavesNothing) {
  ports::Store& s = *this->store;
  core::Case c;
  in_transaction(s, [&] {
    c = add_case(s, 1);
    const auto id = s.add_message(mail(1, "a", "b"), {}).value();
    HEJNAL_CHECK(s.queue({}, id, core::NoticeState::queued, kStart));
    HEJNAL_CHECK(s.learn_person({"Ola", "ola@x", "+48700", {}}));
  });
  const std::string before = everything(s);
  core::Case unchanged = c;
  ASSERT_TRUE(s.begin());
  write_everything(s, c, 1);
  EXPECT_NE(everything(s), before);
  s.rollback();
  EXPECT_EQ(everything(s), before);
  c = unchanged;
  ASSERT_TRUE(s.begin());
  write_everything(s, c, 2);
  const std::string half = everything(s);
  const core::Case half_way = c;
  ASSERT_TRUE(s.savepoint());
  write_everything(s, c, 3);
  s.rollback_to_savepoint();
  EXPECT_EQ(everything(s), half);
  c = half_way;
  ASSERT_TRUE(s.savepoint());
  write_everything(s, c, 4);
  ASSERT_TRUE(s.release());
  const std::string whole = everything(s);
  ASSERT_TRUE(s.commit());
  EXPECT_EQ(everything(s), whole);
}

TYPED_TEST(StoreContract, WhatWasNotCommittedGoesWithItsProcess) {
  core::Case c;
  in_transaction(*this->store, [&] {
    c = add_case(*this->store, 1);
    HEJNAL_CHECK(this->store->add_message(mail(1, "a", "b"), {}));
    HEJNAL_CHECK(this->store->learn_person({"Ola", "ola@x", "+48700", {}}));
  });
  const std::string committed = everything(*this->store);
  ASSERT_TRUE(this->store->begin());
  write_everything(*this->store, c, 1);
  this->store.reset();
  this->store = this->place->open();
  EXPECT_EQ(everything(*this->store), committed);
}

}  // namespace hejnal::store

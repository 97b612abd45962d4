// The readers: lists, pages, search.
#include "store/sqlite/archive.hpp"

#include <gtest/gtest.h>

#include <map>
#include <set>

#include "store/sqlite/test_folder.hpp"

namespace hejnal::store::sqlite {

namespace {

using core::CaseNumber;
using Numbers = std::vector<CaseNumber>;

struct ArchiveTest : ::testing::Test {
  TestFolder folder;
  std::unique_ptr<ports::Store> store = std::move(open_store(folder.file())).value();
  std::unique_ptr<ports::Archive> archive = std::move(open_archive(folder.file())).value();

  Numbers found(const std::string& text) {
    ports::CaseQuery query;
    query.text = text;
    const auto page = archive->cases(query);
    EXPECT_TRUE(page) << text << ": " << (page ? "" : page.error().what);
    Numbers out;
    if (page) {
      for (const auto& row : page->items) out.push_back(row.summary.number);
      EXPECT_EQ(page->total, static_cast<std::int64_t>(out.size())) << text;
    }
    return out;
  }
};

}  // namespace

TEST_F(ArchiveTest, ARowTellsWhatAListShows) {
  core::Case c;
  in_transaction(*store, [&] {
    c = add_case(*store, 1);
    change(*store, c, kStart + 1min, {core::Classified{"urgent", true, true}, core::StepTaken{2}});
  });
  const auto row = archive->find(1).value();
  ASSERT_TRUE(row);
  EXPECT_EQ(row->summary.subject, "Drukarka");
  EXPECT_EQ(row->class_name, "urgent");
  EXPECT_EQ(row->class_reason, "so");
  EXPECT_EQ(row->step, 2);
  const std::string token = core::token_of(1, std::string(core::kTokenSecret, 'x'));
  EXPECT_EQ(row->token, token);
  EXPECT_TRUE(*row->next == *core::next(c));
  EXPECT_FALSE(row->read_at);
  EXPECT_FALSE(archive->find(2).value());
  EXPECT_EQ(archive->by_token(token).value(), 1);
  EXPECT_EQ(archive->by_token(core::token_of(1, std::string(core::kTokenSecret, 'y'))).value(), 0);
  EXPECT_EQ(archive->by_token(core::token_of(2, std::string(core::kTokenSecret, 'x'))).value(), 0);
  EXPECT_EQ(archive->by_token("x").value(), 0);
  EXPECT_TRUE(core::replay(archive->journal(1).value()) == c);
}

TEST_F(ArchiveTest, CandidatesAreListed) {
  in_transaction(*store, [&] {
    std::vector<core::Entry> entries;
    core::Case c = opened(1, entries);
    std::get<core::Opened>(entries[0].body).candidates = {12, 7};
    c = core::replay(entries);
    ASSERT_TRUE(store->write_turn(c, kStart, entries));
  });
  EXPECT_EQ(archive->find(1).value()->candidates, (Numbers{12, 7}));
}

TEST_F(ArchiveTest, ListsAreFiltered) {
  in_transaction(*store, [&] {
    add_case(*store, 1);
    core::Case read = add_case(*store, 2);
    change(*store, read, kStart, {core::Became{core::State::read}, core::Classified{"urgent", true, false}});
    core::Case closed = add_case(*store, 3);
    close(*store, closed, kStart);
  });
  const auto listed = [&](std::vector<core::State> states, std::string class_name = {}) {
    ports::CaseQuery query;
    query.states = std::move(states);
    query.class_name = std::move(class_name);
    const auto page = archive->cases(query).value();
    EXPECT_EQ(page.total, static_cast<std::int64_t>(page.items.size()));
    Numbers out;
    for (const auto& row : page.items) out.push_back(row.summary.number);
    return out;
  };
  using enum core::State;
  EXPECT_EQ(listed({}), (Numbers{1, 2, 3}));
  EXPECT_EQ(listed({fresh}), (Numbers{1}));
  EXPECT_EQ(listed({read, closed}), (Numbers{2, 3}));
  EXPECT_EQ(listed({fresh, read, working, waiting, settled}), (Numbers{1, 2}));
  EXPECT_EQ(listed({}, "urgent"), (Numbers{2}));
  EXPECT_EQ(listed({}, "'; DROP TABLE cases; --"), Numbers{});
}

// 1,000 cases, read in pages by due time and by number, while some of them change between the pages.
TEST_F(ArchiveTest, PagesLoseNothingAndDoubleNothingWhileCasesChange) {
  std::map<CaseNumber, core::Case> cases;
  in_transaction(*store, [&] {
    for (CaseNumber n = 1; n <= 1000; ++n)  // many are due at the same time
      cases[n] = add_case(*store, n, kStart, kStart + std::chrono::minutes((n * 37) % 90));
    for (CaseNumber n = 50; n <= 1000; n += 50) close(*store, cases[n], kStart);
  });
  for (const bool newest : {false, true}) {
    for (const bool with_closed : {false, true}) {
      std::set<CaseNumber> changed;
      std::map<CaseNumber, int> seen;
      ports::CaseQuery query;
      query.newest = newest;
      query.limit = 37;
      if (!with_closed)
        query.states = {core::State::fresh, core::State::read, core::State::working, core::State::waiting,
                        core::State::settled};
      CaseNumber next_change = newest ? 3 : 7;
      Instant last_due{0};
      for (int pages = 0; pages < 100; ++pages) {
        const auto page = archive->cases(query).value();
        EXPECT_EQ(page.total, with_closed ? 1000 : 980);
        for (const auto& row : page.items) {
          ++seen[row.summary.number];
          const Instant due = row.next ? row.next->due : Instant{9'000'000'000'000'000};
          EXPECT_TRUE(newest || due >= last_due);
          last_due = due;
        }
        if (page.next_cursor.empty()) break;
        query.cursor = page.next_cursor;
        in_transaction(*store, [&] {  // one becomes due later, one sooner
          for (const Duration by : {-200min, 200min}) {
            core::Case& c = cases[next_change];
            if (c.state != core::State::closed) {
              const Instant due = c.debt(core::Promise::react)->due + by;
              change(*store, c, kStart, {core::Moved{core::Promise::react, due, due}});
              changed.insert(next_change);
            }
            next_change = next_change % 1000 + 31 > 1000 ? 1 : next_change + 31;
          }
        });
      }
      for (const auto& [number, c] : cases) {
        if (changed.contains(number) && !newest) continue;
        EXPECT_EQ(seen[number], with_closed || c.state != core::State::closed ? 1 : 0) << number << newest;
      }
    }
  }
}

TEST_F(ArchiveTest, ACursorOfSomebodyElseIsRefused) {
  in_transaction(*store, [&] { add_case(*store, 1); });
  for (const char* cursor : {"x", "1", "-", "1-", "-1", "1-x", "1-2 ", "99999999999999999999-1", "1--"}) {
    ports::CaseQuery query;
    query.cursor = cursor;
    const auto page = archive->cases(query);
    ASSERT_FALSE(page) << cursor;
    EXPECT_EQ(page.error().fault, Fault::malformed) << cursor;
  }
}

TEST_F(ArchiveTest, ALimitBelowOneIsOne) {
  in_transaction(*store, [&] { add_case(*store, 1), add_case(*store, 2); });
  ports::CaseQuery query;
  query.limit = 0;
  EXPECT_EQ(archive->cases(query).value().items.size(), 1u);
  query.limit = -5;
  EXPECT_EQ(archive->cases(query).value().items.size(), 1u);
}

TEST_F(ArchiveTest, TotalsAreExactUpToTenThousand) {
  in_transaction(*store, [&] {
    for (CaseNumber n = 1; n <= 10'000; ++n) add_case(*store, n);
  });
  auto page = archive->cases({}).value();
  EXPECT_EQ(page.total, 10'000);
  EXPECT_TRUE(page.total_is_exact);
  in_transaction(*store, [&] { add_case(*store, 10'001); });
  page = archive->cases({}).value();
  EXPECT_EQ(page.total, 10'000);
  EXPECT_FALSE(page.total_is_exact);
}

TEST_F(ArchiveTest, SearchFoldsPolishLettersAndSurvivesSyntax) {
  in_transaction(*store, [&] {
    for (CaseNumber n = 1; n <= 3; ++n) add_case(*store, n);
    ASSERT_TRUE(store->add_message(mail(1, "Zażółć gęślą jaźń", "Łódź i drukarka"), {}));
    ASSERT_TRUE(store->add_message(mail(2, "Faktura", "Drukarka w ŁODZI, błąd 500"), {}));
    ASSERT_TRUE(store->add_message(mail(3, "NOT AND OR NEAR", "c++ foo:bar (x) \"y\" * ^z"), {}));
    ports::Message aside = mail(0, "Zażółć", "");
    aside.state = "set_aside";
    ASSERT_TRUE(store->add_message(aside, {}));
  });
  EXPECT_EQ(found("zazolc"), Numbers{}) << "the index follows behind";
  in_transaction(*store, [&] {
    EXPECT_EQ(store->index_some(2).value(), 2);
    EXPECT_EQ(store->index_some(10).value(), 2);
    EXPECT_EQ(store->index_some(10).value(), 0);
  });
  EXPECT_EQ(found("zazolc"), (Numbers{1}));
  EXPECT_EQ(found("ZAŻÓŁĆ"), (Numbers{1}));
  EXPECT_EQ(found("zaż"), (Numbers{1}));
  EXPECT_EQ(found("drukarka"), (Numbers{2, 1}));  // newest first
  EXPECT_EQ(found("drukarka faktura"), (Numbers{2}));
  EXPECT_EQ(found("anna@klient.example"), (Numbers{3, 2, 1}));
  EXPECT_EQ(found("not and or near"), (Numbers{3}));
  EXPECT_EQ(found("NOT"), (Numbers{3}));
  EXPECT_EQ(found("foo:bar"), (Numbers{3}));
  for (const char* text :
       {"\"", "'",      "*",   "^",        "(",       ")",        "a AND",      "AND",   "-",       "+",
        ":",  "words:", "{x}", "\"y",      "y\"",     "NEAR(",    "%",          "_",     "\\",      ";",
        "--", "🎺",      "€",   "🎺 zazolc", "zazolc*", "(zazolc)", "zazolc\x01", "ż\xCC", "\xFF\xFE"}) {
    found(text);  // no error, whatever is found
  }
  EXPECT_EQ(found("(zazolc)"), (Numbers{1}));
  EXPECT_EQ(found("🎺"), Numbers{});
  EXPECT_EQ(found("   "), Numbers{});
  EXPECT_EQ(found(std::string(5000, 'a')), Numbers{});
}

TEST_F(ArchiveTest, ARolledBackIndexIsMadeAgain) {
  in_transaction(*store, [&] {
    add_case(*store, 1);
    ASSERT_TRUE(store->add_message(mail(1, "Zażółć", ""), {}));
  });
  ASSERT_TRUE(store->begin());
  EXPECT_EQ(store->index_some(10).value(), 1);
  store->rollback();
  in_transaction(*store, [&] { EXPECT_EQ(store->index_some(10).value(), 1); });
  EXPECT_EQ(found("zazolc"), (Numbers{1}));
}

TEST_F(ArchiveTest, MessagesOfACaseAndOfThoseMergedIntoIt) {
  in_transaction(*store, [&] {
    add_case(*store, 1);
    core::Case merged = add_case(*store, 2);
    close(*store, merged, kStart);
    change(*store, merged, kStart, {core::Acted{core::Action::merge, {}, 1}});
    ASSERT_TRUE(store->add_message(mail(2, "b", ""), {}));
    ASSERT_TRUE(store->add_message(mail(1, "a", ""), {}));
    ports::Message aside = mail(0, "c", "");
    aside.state = "set_aside";
    ASSERT_TRUE(store->add_message(aside, {}));
  });
  const auto messages = archive->messages(1).value();
  ASSERT_EQ(messages.size(), 2u);
  EXPECT_EQ(messages[0].subject, "b");
  EXPECT_EQ(archive->messages(2).value().size(), 1u);
  EXPECT_EQ(archive->message(2).value()->subject, "a");
  EXPECT_FALSE(archive->message(9).value());
  ASSERT_EQ(archive->set_aside(10).value().size(), 1u);
  EXPECT_EQ(archive->set_aside(10).value()[0].subject, "c");
}

TEST_F(ArchiveTest, CallsOfNoCaseByPage) {
  in_transaction(*store, [&] {
    add_case(*store, 1);
    for (const core::CaseNumber number : {0, 1, 0, 0}) {
      ports::Message call = mail(number, "", "");
      call.channel = core::Channel::call;
      call.state = number == 0 ? "set_aside" : "joined";
      const auto id = store->add_message(call, {});
      ASSERT_TRUE(id);
      if (number == 0) {
        ASSERT_TRUE(store->set_looked_at(*id, kStart));
      }
    }
    ports::Message aside = mail(0, "no call", "");
    aside.state = "set_aside";
    ASSERT_TRUE(store->add_message(aside, {}));
  });
  const auto first = archive->calls_of_no_case(2).value();
  ASSERT_EQ(first.size(), 2u);
  EXPECT_GT(first[0].id, first[1].id);
  EXPECT_EQ(archive->calls_of_no_case(9, first[1].id).value().size(), 1u);
}

TEST_F(ArchiveTest, Counts) {
  in_transaction(*store, [&] {
    add_case(*store, 1, kStart, kStart + 1h);
    add_case(*store, 2, kStart, kStart + 3h);
    core::Case closed = add_case(*store, 3);
    close(*store, closed, kStart);
    for (int i = 0; i < 3; ++i) {
      core::Notice n;
      n.number = 1;
      n.id = i;
      const auto id = store->add_message(mail(1, "x", ""), {}).value();
      ASSERT_TRUE(store->queue(n, id, core::NoticeState::queued, kStart));
      if (i == 1) HEJNAL_CHECK(store->set_notice(id, core::NoticeState::bounced, 1, kStart, "550"));
    }
    ports::Message aside = mail(0, "c", "");
    aside.state = "set_aside";
    ASSERT_TRUE(store->add_message(aside, {}));
  });
  const auto counts = archive->counts(kStart + 2h).value();
  EXPECT_EQ(counts.open, 2);
  EXPECT_EQ(counts.overdue, 1);
  EXPECT_EQ(counts.queued, 2);
  EXPECT_EQ(counts.failed, 1);
  EXPECT_EQ(counts.set_aside, 1);
}

}  // namespace hejnal::store::sqlite

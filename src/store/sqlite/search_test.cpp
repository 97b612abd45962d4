// Searches: what is found, in which order, how pages follow on each other, and that each is bounded.
#include "store/sqlite/search.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <functional>
#include <map>
#include <set>

#include "store/sqlite/archive.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/search_words.hpp"
#include "store/sqlite/test_folder.hpp"

namespace hejnal::store::sqlite {

namespace {

using core::CaseNumber;
using Numbers = std::vector<CaseNumber>;
using Strings = std::vector<std::string>;

struct SearchTest : ::testing::Test {
  TestFolder folder;
  std::unique_ptr<ports::Store> store = std::move(open_store(folder.file())).value();
  std::unique_ptr<ports::Archive> archive = std::move(open_archive(folder.file())).value();

  // Cases 1 to `count`; of each second the client has closed.
  void add_cases(CaseNumber count, bool close_even = false) {
    in_transaction(*store, [&] {
      for (CaseNumber n = 1; n <= count; ++n) {
        core::Case c = add_case(*store, n);
        if (close_even && n % 2 == 0) close(*store, c, kStart);
      }
    });
  }
  core::MessageId say(CaseNumber number, const std::string& text) {
    return store->add_message(mail(number, "", text), {}).value();
  }
  void index() {
    for (;;) {
      ASSERT_TRUE(store->begin());
      const int done = store->index_some(100).value();
      ASSERT_TRUE(store->commit());
      if (done == 0) return;
    }
  }

  ports::CaseQuery query(const std::string& text, int limit = 50) {
    ports::CaseQuery q;
    q.text = text;
    q.limit = limit;
    return q;
  }
  // All pages, one behind the other.
  Numbers all(
      ports::CaseQuery q, const std::function<void()>& between = [] {}) {
    Numbers out;
    for (int pages = 0; pages < 2000; ++pages) {
      const auto page = archive->cases(q);
      EXPECT_TRUE(page);
      if (!page) return out;
      EXPECT_LE(static_cast<int>(page->items.size()), q.limit);
      for (const auto& row : page->items) out.push_back(row.summary.number);
      if (page->next_cursor.empty()) return out;
      EXPECT_NE(page->next_cursor, q.cursor) << "no way forward";
      q.cursor = page->next_cursor;
      between();
    }
    ADD_FAILURE() << "the pages do not end";
    return out;
  }
};

constexpr std::initializer_list<core::State> kOpen = {
    core::State::fresh, core::State::read, core::State::working, core::State::waiting, core::State::settled};

}  // namespace

TEST(SearchWords, AreRunsOfFoldedLettersAndDigits) {
  EXPECT_EQ(search_words("Zażółć GĘŚLĄ, jaźń!"), (Strings{"zazolc", "gesla", "jazn"}));
  EXPECT_EQ(search_words("anna@klient.example +48 601"), (Strings{"anna", "klient", "example", "48", "601"}));
  EXPECT_EQ(search_words("„a”—b→c 🎺d€e f…g"), (Strings{"a", "b", "c", "d", "e", "f", "g"}));
  EXPECT_EQ(search_words("Привет Ωμέγα 日本"), (Strings{"привет", "ωμέγα", "日本"}));
  EXPECT_EQ(search_words(""), Strings{});
  EXPECT_EQ(search_words("\"*^ -()"), Strings{});
  EXPECT_EQ(search_words(std::string("a\0b", 3)), (Strings{"a", "b"}));
  EXPECT_EQ(search_words("\xFF\xFE a\xC5"), (Strings{"a"}));
}

TEST(SearchWords, LongOnesAreCutAtACharacter) {
  EXPECT_EQ(search_words(std::string(200, 'a')), (Strings{std::string(64, 'a')}));
  const std::string word = search_words("a" + std::string(60, 'b') + "яяяя").at(0);
  EXPECT_EQ(word, "a" + std::string(60, 'b') + "я");
}

TEST(SearchWords, AreDistinctForTheIndex) {
  EXPECT_EQ(distinct_words("a b A, b; c a"), "a b c");
  EXPECT_EQ(distinct_words(" ... "), "");
  std::string text, expected;  // more than the table begins with
  for (int i = 0; i < 5000; ++i) {
    text += fmt::format("{} x{} {} ", i, i, i);
    expected += fmt::format("{}{} x{}", i ? " " : "", i, i);
  }
  EXPECT_EQ(distinct_words(text), expected);
}

TEST(SearchWords, Beginnings) {
  EXPECT_TRUE(has_word_beginning("Nowa Drukarka", "druk"));
  EXPECT_FALSE(has_word_beginning("Nowa Drukarka", "karka"));
  EXPECT_FALSE(has_word_beginning("", "a"));
}

TEST_F(SearchTest, TheCaseWithTheNewestHitComesFirst) {
  add_cases(3);
  in_transaction(*store,
                 [&] { say(1, "drukarka"), say(2, "drukarka"), say(3, "faktura"), say(1, "drukarka"); });
  index();
  EXPECT_EQ(all(query("drukarka")), (Numbers{1, 2}));
  EXPECT_EQ(all(query("drukarka", 1)), (Numbers{1, 2}));
}

// Cases with several messages, so that a case has hits on many pages; and mail that comes in between.
TEST_F(SearchTest, PagesGiveEachCaseOnceWhileMailComesIn) {
  add_cases(120);
  in_transaction(*store, [&] {
    for (int i = 0; i < 600; ++i)
      say(1 + (i * 37 + i / 120) % 120, i % 3 ? fmt::format("drukarka x{}", i) : "faktura");
  });
  index();
  const std::map<std::string, std::string> kinds = {{"drukarka", "one word"},
                                                    {"druk", "a beginning of one word"},
                                                    {"x", "a beginning of many, in most"},
                                                    {"drukarka x", "both"},
                                                    {"x59", "a beginning of a few"}};
  for (const auto& [text, what] : kinds) {
    const Numbers expected = all(query(text, 200));
    EXPECT_EQ(std::set<CaseNumber>(expected.begin(), expected.end()).size(), expected.size()) << what;
    for (const int limit : {3, 50}) EXPECT_EQ(all(query(text, limit)), expected) << what << limit;
  }
  const Numbers expected = all(query("drukarka", 200));
  EXPECT_EQ(expected.size(), 120u);
  int n = 0;
  const Numbers found = all(query("drukarka", 7), [&] {
    in_transaction(*store, [&] { say(1 + n++ % 120, "drukarka"); });
    index();
  });
  EXPECT_EQ(found, expected);
}

// The newest 1,000 messages have none of them: the texts that are looked into first give nothing.
TEST_F(SearchTest, ARareBeginningOfManyWordsIsFoundBehindManyOthers) {
  add_cases(60);
  in_transaction(*store, [&] {
    for (int i = 0; i < 20; ++i) say(1, "nr abcd");  // one of the words is in many messages
    for (int i = 0; i < 300; ++i) say(1 + i % 60, fmt::format("nr abc{} rs{}", i, i));
    for (int i = 0; i < 1000; ++i) say(1, "nr faktura");
  });
  index();
  const auto page = archive->cases(query("abc", 200)).value();
  EXPECT_EQ(page.items.size(), 60u);
  EXPECT_EQ(page.items[0].summary.number, 60);
  EXPECT_EQ(page.total, 60);
  EXPECT_TRUE(page.total_is_exact);
  for (const char* text : {"abc", "nr abc", "rs", "nr rs"}) {
    const Numbers found = all(query(text, 9));
    EXPECT_EQ(found.size(), 60u) << text;
    EXPECT_EQ(std::set<CaseNumber>(found.begin(), found.end()).size(), 60u) << text;
  }
}

TEST_F(SearchTest, TotalsAreExactAsFarAsIsCounted) {
  add_cases(Search::kCountedMax + 200);
  in_transaction(*store, [&] {
    for (CaseNumber n = 1; n <= Search::kCountedMax + 200; ++n)
      say(n, n % 2 ? "drukarka rzadka" : "drukarka");
  });
  index();
  auto q = query("drukarka", 20);
  auto page = archive->cases(q).value();
  EXPECT_EQ(page.items.size(), 20u);
  EXPECT_FALSE(page.total_is_exact);
  EXPECT_EQ(page.total, Search::kCountedMax);
  q.cursor = page.next_cursor;
  page = archive->cases(q).value();
  EXPECT_FALSE(page.total_is_exact) << "on each page";
  EXPECT_EQ(page.total, Search::kCountedMax);
  page = archive->cases(query("rzadka drukarka", 20)).value();
  EXPECT_TRUE(page.total_is_exact);
  EXPECT_EQ(page.total, Search::kCountedMax / 2 + 100);
  EXPECT_EQ(all(query("drukarka", 100)).size(), static_cast<std::size_t>(Search::kCountedMax + 200));
}

// Nearly everything that is found is closed: a page looks at so many and no more, and the next goes on.
TEST_F(SearchTest, APageLooksAtSoManyAndTheNextGoesOn) {
  add_cases(2, true);
  in_transaction(*store, [&] {
    say(1, "drukarka");
    for (int i = 0; i < Search::kLooksMax + 100; ++i) say(2, "drukarka");
  });
  index();
  auto q = query("drukarka");
  q.states = kOpen;
  const auto page = archive->cases(q).value();
  EXPECT_TRUE(page.items.empty());
  EXPECT_FALSE(page.next_cursor.empty());
  EXPECT_FALSE(page.total_is_exact);
  EXPECT_EQ(all(q), (Numbers{1}));
  EXPECT_EQ(all(query("drukarka")), (Numbers{2, 1}));
}

TEST_F(SearchTest, OnlyWhatTheListShowsIsFound) {
  add_cases(10, true);
  in_transaction(*store, [&] {
    for (CaseNumber n = 1; n <= 10; ++n) say(n, "drukarka");
    say(0, "drukarka");
  });
  index();
  auto q = query("drukarka");
  q.states = {core::State::closed};
  EXPECT_EQ(all(q), (Numbers{10, 8, 6, 4, 2}));
  q.states = kOpen;
  EXPECT_EQ(all(q), (Numbers{9, 7, 5, 3, 1}));
  q.class_name = "urgent";
  EXPECT_EQ(all(q), Numbers{});
}

TEST_F(SearchTest, AForeignCursorDoesNoHarm) {
  add_cases(3);
  in_transaction(*store, [&] { say(1, "drukarka"), say(2, "drukarka"); });
  index();
  for (const char* cursor : {"0-0", "-5--5", "9-9", "1-1", "9000000000000000-1", "1-9223372036854775807"}) {
    auto q = query("drukarka");
    q.cursor = cursor;
    EXPECT_TRUE(archive->cases(q)) << cursor;
  }
}

// The index of an older program is made anew behind everything else.
TEST(SearchUpgrade, TheIndexIsMadeAnew) {
  TestFolder folder;
  {
    auto db = std::move(Database::open(folder.file(), Database::Mode::create)).value();
    ASSERT_TRUE(migrate(db, 2));
    ASSERT_TRUE(
        db.script("INSERT INTO search (rowid, words) VALUES (1, 'dawne slowa'); INSERT INTO settings (key, "
                  "value) VALUES ('indexed_upto', '1')"));
  }
  {
    auto db = std::move(Database::open(folder.file(), Database::Mode::existing)).value();
    ASSERT_TRUE(
        db.script("INSERT INTO messages (case_number, outgoing, channel, sender, recipient, subject, text, "
                  "at, automatic, "
                  "state, join_reason, message_id, content_key, base_subject, attachments) VALUES (1, 0, "
                  "'email', 'a@k', "
                  "'p@w', 'Zażółć', 'dawne słowa', 5, 0, 'opened', '', '', '', '', '')"));
  }
  const auto store = std::move(open_store(folder.file())).value();
  in_transaction(*store, [&] {
    add_case(*store, 1);
    EXPECT_EQ(store->index_some(10).value(), 1);
  });
  const auto archive = std::move(open_archive(folder.file())).value();
  ports::CaseQuery query;
  query.text = "slowa zazolc";
  EXPECT_EQ(archive->cases(query).value().items.size(), 1u);
}

}  // namespace hejnal::store::sqlite

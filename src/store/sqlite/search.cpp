#include "store/sqlite/search.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "store/sqlite/search_words.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::size_t kExpandedMax = 24;
constexpr int kStepsMax = 2000;
constexpr int kTextsMax = 600;  // read for a page of 50

std::string quoted(std::string_view word) { return fmt::format("\"{}\"", word); }

std::string joined(const std::vector<std::string>& words, std::string_view between) {
  std::string out;
  for (const std::string& word : words) out += fmt::format("{}{}", out.empty() ? "" : between, quoted(word));
  return out;
}

std::string both(const std::string& one, const std::string& other) {
  return one.empty() ? other : fmt::format("{} AND {}", one, other);
}

}  // namespace

// What a page has seen so far.
struct Search::Walk {
  Place from;
  std::size_t limit = 0;
  int texts_left = 0;
  int looked = 0;
  std::int64_t below = 0;  // the last message that was looked at
  std::set<core::CaseNumber> seen;
  Found found;
};

Status Search::prepare(Database& db) {
  return db.script("CREATE VIRTUAL TABLE temp.search_terms USING fts5vocab('main', 'search', 'instance')");
}

Search::Search(Database& db, std::string_view text, std::string condition, std::vector<std::string> values)
    : db_(db), condition_(std::move(condition)), values_(std::move(values)) {
  std::vector<std::string> words = search_words(text);
  if (words.empty()) return;
  last_ = std::move(words.back());
  words.pop_back();
  whole_words_ = joined(words, " AND ");
}

Result<Search::Ending> Search::expand(std::vector<std::string>& into) {
  std::string from = last_, term;
  int steps = 0;
  bool common = false;
  for (;;) {
    HEJNAL_TRY(Rows rows, db_.query("SELECT term FROM temp.search_terms WHERE term >= ?1", from));
    // A row for each message that has the term; of a common one we go straight to the next.
    int same = 0;
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more || !rows.view(0).starts_with(last_))
        return into.size() <= kExpandedMax ? Ending::few : common ? Ending::many : Ending::rare;
      if (++steps > kStepsMax) return Ending::many;
      if (term == rows.view(0)) {
        if (++same < 8) continue;
        common = true;
        from = term + '\x01';
        break;
      }
      term = rows.text(0);
      same = 0;
      if (into.size() <= kExpandedMax) into.push_back(term);
      if (into.size() > kExpandedMax && common) return Ending::many;
    }
  }
}

Result<Search::Found> Search::page(Place from, int limit) {
  Walk state;
  state.from = from;
  state.limit = static_cast<std::size_t>(std::max(limit, 1));
  state.texts_left = std::max(kTextsMax, limit * (kTextsMax / 50));
  state.below = from.below;
  state.found.next.top = from.top;
  std::vector<std::string> expanded;
  HEJNAL_TRY(const Ending ending, expand(expanded));
  const std::string beginning = quoted(last_) + '*';
  End end = End::exhausted;
  if (ending == Ending::many) {
    HEJNAL_TRY(end, walk(Source::text, whole_words_, state));
    if (end == End::enough && !state.found.more && state.looked < kLooksMax) {
      HEJNAL_TRY(end, walk(Source::index, both(whole_words_, beginning), state));
    }
  } else if (!expanded.empty()) {
    exact_ = both(whole_words_,
                  ending == Ending::rare ? beginning : fmt::format("({})", joined(expanded, " OR ")));
    HEJNAL_TRY(end, walk(Source::index, exact_, state));
  }
  Found& found = state.found;
  if (end == End::enough && !found.more) {  // the bound was reached before the page was full
    found.more = true;
    found.next.below = state.below;
  }
  found.total = static_cast<std::int64_t>(state.seen.size());
  found.total_is_exact = end == End::exhausted;
  return std::move(found);
}

Result<Search::End> Search::walk(Source source, const std::string& expression, Walk& state) {
  const std::size_t n = values_.size();
  const std::string wanted =
      fmt::format("EXISTS (SELECT 1 FROM cases WHERE number = m.case_number AND {})", condition_);
  // The order of the join is given: what the index finds comes newest first, each with its message.
  std::string sql;
  const bool from_index = !expression.empty();
  const std::string_view columns =
      source == Source::index ? ""
                              : ", m.sender, m.recipient, m.subject, m.text, coalesce(c.client_name, ''), "
                                "coalesce(c.client_organisation, '')";
  const std::string_view client =
      source == Source::index ? "" : "LEFT JOIN cases c ON c.number = m.case_number";
  if (from_index) {
    sql = fmt::format(
        "SELECT m.id, m.case_number, {}{} FROM search CROSS JOIN messages m {} WHERE search MATCH "
        "?{} AND search.rowid > {} - ?{} AND m.id = {} - search.rowid ORDER BY search.rowid",
        wanted, columns, client, n + 2, kNewestFirst, n + 1, kNewestFirst);
  } else {
    sql = fmt::format(
        "SELECT m.id, m.case_number, {}{} FROM messages m {} WHERE m.id < ?{} AND m.id <= "
        "(SELECT CAST(value AS INTEGER) FROM settings WHERE key = 'indexed_upto') "
        "ORDER BY m.id DESC",
        wanted, columns, client, n + 1);
  }
  HEJNAL_TRY(Rows rows, db_.prepare_once(sql));
  for (std::size_t i = 0; i < n; ++i) rows.bind(static_cast<int>(i) + 1, std::string_view(values_[i]));
  rows.bind(static_cast<int>(n) + 1, state.below > 0 ? state.below : std::int64_t{9'000'000'000'000'000});
  if (from_index) rows.bind(static_cast<int>(n) + 2, std::string_view(expression));

  Found& found = state.found;
  for (;;) {
    if (state.looked >= kLooksMax) return End::enough;
    if (found.more && (source == Source::text || state.looked >= kCountedMax)) return End::enough;
    if (source == Source::text && state.texts_left == 0) return End::enough;
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return End::exhausted;
    const std::int64_t id = rows.integer(0);
    if (found.next.top == 0) found.next.top = id;
    ++state.looked;
    state.below = id;
    const core::CaseNumber number = rows.integer(1);
    if (rows.integer(2) == 0 || state.seen.contains(number)) continue;
    if (source == Source::text) {
      --state.texts_left;
      if (!has_word_beginning(indexed_text(rows, 3), last_)) continue;
    }
    if (state.from.below > 0) {
      HEJNAL_TRY(const bool shown, shown_before(number, state));
      if (shown) continue;
    }
    state.seen.insert(number);
    if (found.cases.size() < state.limit) {
      found.cases.push_back(number);
    } else if (!found.more) {
      found.more = true;
      found.next.below = id + 1;
    }
  }
}

// Whether an earlier page has had this case, for a newer message.
Result<bool> Search::shown_before(core::CaseNumber number, const Walk& state) {
  std::vector<std::int64_t> newer;
  {
    HEJNAL_TRY(Rows rows,
               db_.query("SELECT id FROM messages WHERE case_number = ?1 AND id >= ?2 AND id <= ?3 "
                         "ORDER BY id",
                         number, state.from.below, state.from.top));
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) break;
      newer.push_back(rows.integer(0));
    }
  }
  for (const std::int64_t id : newer) {
    HEJNAL_TRY(const bool is_hit, matches(id));
    if (is_hit) return true;
  }
  return false;
}

Result<bool> Search::matches(std::int64_t message) {
  const std::string& expression = exact_.empty() ? whole_words_ : exact_;
  if (!expression.empty()) {
    HEJNAL_TRY(Rows rows, db_.query("SELECT 1 FROM search WHERE search MATCH ?1 AND rowid = ?2", expression,
                                    kNewestFirst - message));
    HEJNAL_TRY(const bool found, rows.next());
    if (!found || !exact_.empty()) return found;
  }
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT m.sender, m.recipient, m.subject, m.text, coalesce(c.client_name, ''), "
                       "coalesce(c.client_organisation, '') FROM messages m LEFT JOIN cases c ON "
                       "c.number = m.case_number WHERE m.id = ?1",
                       message));
  HEJNAL_TRY(const bool there, rows.next());
  return there && has_word_beginning(indexed_text(rows, 0), last_);
}

}  // namespace hejnal::store::sqlite

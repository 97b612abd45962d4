#include "store/sqlite/archive.hpp"

#include <fmt/format.h>
#include <sqlite3.h>

#include <charconv>
#include <map>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/case_names.hpp"
#include "store/sqlite/archive_parts.hpp"
#include "store/sqlite/reports.hpp"
#include "store/sqlite/search.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::int64_t kExactTotal = 10'000;

constexpr const char* kCaseColumns =
    "number, state, subject, short_code, client_name, client_email, client_phone, client_organisation, "
    "email_missing, merged_into, "
    "opened_at, sent_at, class, class_reason, candidates, step, read_at, answered_at, settled_at, next_what, "
    "next_by_desk, next_due, "
    "next_why, token, mail_lost";

ports::CaseRow read_case(const Rows& rows) {
  ports::CaseRow row;
  row.summary = read_summary(rows);
  row.class_name = rows.text(12);
  row.class_reason = rows.text(13);
  for (const std::string_view part : split(rows.view(14), ',')) {
    core::CaseNumber number = 0;
    std::from_chars(part.data(), part.data() + part.size(), number);
    if (number != 0) row.candidates.push_back(number);
  }
  row.step = static_cast<int>(rows.integer(15));
  row.read_at = rows.instant(16);
  row.answered_at = rows.instant(17);
  row.settled_at = rows.instant(18);
  if (const auto due = rows.instant(21))
    row.next = core::Next{rows.text(19), rows.integer(20) != 0, *due, rows.text(22)};
  row.token = rows.text(23);
  row.mail_lost = rows.integer(24) != 0;
  return row;
}

struct Cursor {
  std::int64_t due = 0, number = 0;
};

Result<Cursor> read_cursor(std::string_view text) {
  Cursor c;
  const auto at = text.find('-', 1);
  const char* const end = text.data() + text.size();
  if (at == std::string_view::npos)
    return fail(Fault::malformed, "the cursor is not one that this server gave");
  const auto due = std::from_chars(text.data(), text.data() + at, c.due);
  const auto number = std::from_chars(text.data() + at + 1, end, c.number);
  if (due.ec != std::errc() || due.ptr != text.data() + at || number.ec != std::errc() || number.ptr != end) {
    return fail(Fault::malformed, "the cursor is not one that this server gave");
  }
  return c;
}

class SqliteArchive final : public ports::Archive {
 public:
  explicit SqliteArchive(Database db) : db_(std::move(db)) {}

  Result<ports::CasePage> cases(const ports::CaseQuery& query) override;
  Result<std::optional<ports::CaseRow>> find(core::CaseNumber number) override;
  Result<core::CaseNumber> by_token(std::string_view token) override {
    const core::CaseNumber number = core::number_in(token);
    if (number == 0)
      return one(db_.query("SELECT number FROM cases WHERE length(token) = 26 AND token = ?1", token));
    HEJNAL_TRY(Rows rows, db_.query("SELECT token FROM cases WHERE number = ?1", number));
    HEJNAL_TRY(const bool found, rows.next());
    return found && equal_constant_time(rows.view(0), token) ? number : 0;
  }
  Result<bool> failure_open() override {
    HEJNAL_TRY(Rows rows, db_.query("SELECT 1 FROM cases WHERE failure = 1 LIMIT 1"));
    return rows.next();
  }
  ports::RecordReader<core::Outage>& outages() override { return outages_; }
  ports::RecordReader<core::Callback>& callbacks() override { return callbacks_; }
  ports::ReportsReader& reports() override { return reports_; }
  Result<std::vector<core::Entry>> journal(core::CaseNumber number) override {
    return read_journal(db_, number);
  }
  Result<std::vector<ports::Message>> messages(core::CaseNumber number) override {
    return list(db_.query(
        "WITH RECURSIVE merged (number) AS (SELECT ?1 UNION SELECT c.number FROM cases c JOIN merged m "
        "ON c.merged_into = m.number WHERE c.merged_into <> 0) "
        "SELECT * FROM message_rows WHERE case_number IN (SELECT number FROM merged) ORDER BY id",
        number));
  }
  Result<std::optional<ports::Message>> message(core::MessageId id) override {
    HEJNAL_TRY(auto found, list(db_.query("SELECT * FROM message_rows WHERE id = ?1", id)));
    if (found.empty()) return std::nullopt;
    return std::optional(std::move(found.front()));
  }
  Result<std::string> raw(core::MessageId id) override;
  Result<bool> has_message_id(std::string_view message_id) override {
    HEJNAL_TRY(
        Rows rows,
        db_.query(
            "SELECT 1 FROM messages WHERE message_id <> '' AND outgoing = 0 AND message_id = ?1 LIMIT 1",
            message_id));
    return rows.next();
  }
  Result<std::vector<ports::Message>> set_aside(int limit, std::int64_t before) override {
    return list(db_.query(
        "SELECT * FROM message_rows WHERE case_number = 0 AND state = 'set_aside' AND looked_at IS NULL "
        "AND id < ?2 ORDER BY id DESC LIMIT ?1",
        limit, before));
  }
  Result<std::vector<ports::Message>> calls_of_no_case(int limit, std::int64_t before) override {
    return list(
        db_.query("SELECT * FROM message_rows WHERE case_number = 0 AND channel = 'call' AND id < ?2 "
                  "ORDER BY id DESC LIMIT ?1",
                  limit, before));
  }
  Result<std::vector<ports::OutboxItem>> notices(std::optional<core::NoticeState> state, int limit,
                                                 std::int64_t before) override;
  Result<std::vector<ports::NumberRow>> numbers(std::optional<core::Standing> standing, int limit,
                                                std::int64_t before) override;
  Result<std::vector<ports::PersonRow>> people(std::string_view text, int limit,
                                               std::int64_t before) override;
  Result<std::optional<ports::PersonRow>> person(std::int64_t id) override;
  Result<std::vector<ports::NumberRow>> numbers_of(const ports::PersonRow& person, int limit) override {
    return sqlite::numbers_of(db_, person, limit);
  }
  Result<std::vector<core::CaseNumber>> open_cases_of(std::int64_t person, int limit) override {
    return sqlite::open_cases_of(db_, person, limit);
  }
  Result<std::vector<ports::OrganisationRow>> organisations(std::string_view text, int limit,
                                                            std::string_view after) override {
    return sqlite::organisations(db_, text, limit, after);
  }
  Result<std::vector<ports::PersonRow>> people_of(std::string_view organisation, int limit) override {
    return sqlite::people_of(db_, organisation, limit);
  }
  Result<std::string> procedure_text(std::string_view version) override {
    HEJNAL_TRY(Rows rows, db_.query("SELECT text FROM procedures WHERE version = ?1", version));
    HEJNAL_TRY(const bool found, rows.next());
    return found ? rows.text(0) : std::string();
  }
  Result<std::vector<ports::ProcedureVersion>> procedure_versions() override {
    return sqlite::procedure_versions(db_);
  }
  Result<core::CaseNumber> first_case_since(Instant from) override {
    return sqlite::first_case_since(db_, from);
  }
  Result<std::vector<core::Figures>> figures(core::CaseNumber from, Instant to, int limit) override {
    return sqlite::figures(db_, from, to, limit);
  }
  Result<std::vector<Traffic>> traffic(Instant now) override { return sqlite::traffic(db_, now); }
  Result<std::vector<core::Announcement>> announcements(Instant from, Instant to,
                                                        const core::Announcement* after, int limit) override {
    HEJNAL_TRY(Rows rows, db_.query("SELECT case_number, at, domain, late_ms FROM announcements WHERE (at, "
                                    "case_number) > (?1, ?2) AND at < ?3 ORDER BY at, case_number LIMIT ?4",
                                    after ? after->at : from, after ? after->number : 0, to, limit));
    std::vector<core::Announcement> out;
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) return out;
      out.push_back(read_announcement(rows));
    }
  }
  Result<std::string> token_role(std::string_view hash) override {
    HEJNAL_TRY(Rows rows, db_.query("SELECT role || ':' || name FROM tokens WHERE hash = ?1", hash));
    HEJNAL_TRY(const bool found, rows.next());
    return found ? rows.text(0) : std::string();
  }
  ports::AccountsReader& accounts() override { return accounts_; }
  Result<Counts> counts(Instant now) override;
  Result<std::string> setting(std::string_view key) override {
    HEJNAL_TRY(Rows rows, db_.query("SELECT value FROM settings WHERE key = ?1", key));
    HEJNAL_TRY(const bool found, rows.next());
    return found ? rows.text(0) : std::string();
  }

  Result<CaseCounts> case_counts(Instant now) override;
  std::int64_t version() override {
    const auto v = one(db_.query("PRAGMA data_version"));
    return v ? *v : 0;
  }

 private:
  Status add_glance(ports::CaseRow& row);
  static Result<std::int64_t> one(Result<Rows> rows) {
    if (!rows) return tl::make_unexpected(rows.error());
    HEJNAL_TRY(const bool found, rows->next());
    return found ? rows->integer(0) : 0;
  }
  Result<std::vector<ports::Message>> list(Result<Rows> rows) {
    if (!rows) return tl::make_unexpected(rows.error());
    std::vector<ports::Message> out;
    for (;;) {
      HEJNAL_TRY(const bool more, rows->next());
      if (!more) return out;
      HEJNAL_TRY(ports::Message m, read_message(db_, *rows));
      out.push_back(std::move(m));
    }
  }
  struct Total {
    std::int64_t count = 0;
    bool is_exact = true;  // else at least
  };
  Result<Total> total(const std::string& table, const std::string& where,
                      const std::vector<std::string>& values);
  Result<ports::CasePage> search(const ports::CaseQuery& query, std::string where,
                                 std::vector<std::string> values);
  static std::string total_key(const std::string& where, const std::vector<std::string>& values) {
    std::string key = where;
    for (const std::string& v : values) key += '\x1f' + v;
    return key;
  }
  void forget_old_totals();

  Database db_;
  SqliteRecords<core::Outage> outages_{db_};
  SqliteRecords<core::Callback> callbacks_{db_};
  SqliteReports reports_{db_};
  SqliteAccounts accounts_{db_};
  std::int64_t totals_version_ = -1;
  std::map<std::string, Total> totals_;  // while nothing is committed
};

void SqliteArchive::forget_old_totals() {
  const std::int64_t now = version();
  if (now != totals_version_ || totals_.size() > 200) totals_.clear();
  totals_version_ = now;
}

// Counts to 10,001 and no further. A console asks the same question again and again, so the answer is kept
// until something was committed.
Result<SqliteArchive::Total> SqliteArchive::total(const std::string& table, const std::string& where,
                                                  const std::vector<std::string>& values) {
  forget_old_totals();
  const std::string key = total_key(where, values);
  if (const auto kept = totals_.find(key); kept != totals_.end()) return kept->second;
  HEJNAL_TRY(Rows rows,
             db_.prepare_once(fmt::format("SELECT count(*) FROM (SELECT 1 FROM {} WHERE {} LIMIT {})", table,
                                          where, kExactTotal + 1)));
  for (std::size_t i = 0; i < values.size(); ++i)
    rows.bind(static_cast<int>(i) + 1, std::string_view(values[i]));
  HEJNAL_TRY(const std::int64_t counted, one(std::move(rows)));
  const Total total{std::min(counted, kExactTotal), counted <= kExactTotal};
  totals_[key] = total;
  return total;
}

Result<ports::CasePage> SqliteArchive::cases(const ports::CaseQuery& query) {
  std::vector<std::string> values;
  const auto value = [&](std::string v) {
    values.push_back(std::move(v));
    return fmt::format("?{}", values.size());
  };
  std::string where = "1";
  bool closed = query.states.empty();
  std::string states;
  for (const core::State s : query.states) {
    states += fmt::format("{}'{}'", states.empty() ? "" : ", ", to_string(s));
    closed = closed || s == core::State::closed;
  }
  const bool all_open = query.states.size() == 5 && !closed;
  if (!closed) where += " AND open = 1";
  if (!states.empty() && !all_open) where += fmt::format(" AND state IN ({})", states);
  if (!query.class_name.empty()) where += " AND class = " + value(query.class_name);
  // Few among many: they have an index of their own, and the planner does not know how few.
  std::string table = "cases";
  if (query.only == ports::CaseQuery::Only::unmatched) {
    where += " AND open = 1 AND candidates <> ''";
    table += " INDEXED BY cases_unmatched";
  } else if (query.only == ports::CaseQuery::Only::email_missing) {
    where += " AND open = 1 AND email_missing = 1";
    table += " INDEXED BY cases_without_email";
  }
  if (!query.text.empty()) return search(query, std::move(where), std::move(values));
  ports::CasePage page;
  HEJNAL_TRY(const Total counted, total(table, where, values));
  page.total = counted.count;
  page.total_is_exact = counted.is_exact;

  const bool newest = query.newest;
  const int limit = std::max(query.limit, 1);
  std::string order;
  // Bound, not written into the text: statements are kept by their text, and there is a cursor for every
  // page.
  const std::size_t due_at = values.size() + 1, number_at = due_at + 1, limit_at = number_at + 1;
  Cursor cursor;
  if (!query.cursor.empty()) {
    HEJNAL_TRY(cursor, read_cursor(query.cursor));
    where += newest ? fmt::format(" AND number < ?{}", number_at)
                    : fmt::format(" AND (coalesce(next_due, 9000000000000000), number) > (?{}, ?{})", due_at,
                                  number_at);
  }
  // Closed cases have nothing due: they stand behind all others.
  order = newest   ? "number DESC"
          : closed ? "coalesce(next_due, 9000000000000000), number"
                   : "next_due, number";
  if (!newest && !closed && !query.cursor.empty()) {  // lets the index be used
    where += fmt::format(" AND next_due >= ?{}", due_at);
  }
  HEJNAL_TRY(Rows rows, db_.prepare_once(fmt::format("SELECT {} FROM {} WHERE {} ORDER BY {} LIMIT ?{}",
                                                     kCaseColumns, table, where, order, limit_at)));
  for (std::size_t i = 0; i < values.size(); ++i)
    rows.bind(static_cast<int>(i) + 1, std::string_view(values[i]));
  if (!query.cursor.empty() && !newest) rows.bind(static_cast<int>(due_at), cursor.due);
  if (!query.cursor.empty()) rows.bind(static_cast<int>(number_at), cursor.number);
  rows.bind(static_cast<int>(limit_at), std::int64_t{limit} + 1);
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return page;
    if (static_cast<int>(page.items.size()) == limit) {
      const ports::CaseRow& last = page.items.back();
      page.next_cursor =
          fmt::format("{}-{}", last.next ? last.next->due.ms : 9000000000000000, last.summary.number);
      return page;
    }
    page.items.push_back(read_case(rows));
    HEJNAL_TRY_VOID(add_glance(page.items.back()));
  }
}

// What stands beside a case in a list, from tables of short rows.
Status SqliteArchive::add_glance(ports::CaseRow& row) {
  {
    HEJNAL_TRY(Rows words, db_.query("SELECT at, outgoing, channel, sender, text FROM last_words WHERE "
                                     "case_number = ?1",
                                     row.summary.number));
    HEJNAL_TRY(const bool found, words.next());
    if (found)
      row.last_word =
          ports::LastWord{Instant{words.integer(0)}, words.integer(1) != 0,
                          core::parse<core::Channel>(words.view(2)).value_or(core::Channel::email),
                          words.text(3), words.text(4)};
  }
  if (row.summary.client.phone.empty()) return {};
  HEJNAL_TRY(const std::int64_t stopped,
             one(db_.query("SELECT count(*) FROM sms_contacts WHERE phone = ?1 AND stopped_at IS NOT NULL",
                           row.summary.client.phone)));
  row.sms_stopped = stopped != 0;
  return {};
}

Result<ports::CasePage> SqliteArchive::search(const ports::CaseQuery& query, std::string where,
                                              std::vector<std::string> values) {
  const std::string key = total_key(where, values) + '\x1e' + query.text;
  Search search(db_, query.text, std::move(where), std::move(values));
  ports::CasePage page;
  if (!search.has_words()) return page;
  const bool first = query.cursor.empty();
  Search::Place from;
  if (!first) {
    HEJNAL_TRY(const Cursor cursor, read_cursor(query.cursor));
    from = {cursor.due, cursor.number};
    if (from.below < 1) return page;
  }
  HEJNAL_TRY(const Search::Found found, search.page(from, query.limit));
  for (const core::CaseNumber number : found.cases) {
    HEJNAL_TRY(auto row, find(number));
    if (row) page.items.push_back(std::move(*row));
  }
  if (found.more) page.next_cursor = fmt::format("{}-{}", found.next.top, found.next.below);
  // How many there are is counted from the first page on.
  forget_old_totals();
  auto kept = first ? totals_.end() : totals_.find(key);
  if (kept == totals_.end()) {
    Total total{found.total, found.total_is_exact};
    if (!first) {
      HEJNAL_TRY(const Search::Found counted, search.first_page(query.limit));
      total = {counted.total, counted.total_is_exact};
    }
    kept = totals_.insert_or_assign(key, total).first;
  }
  page.total = kept->second.count;
  page.total_is_exact = kept->second.is_exact;
  return page;
}

Result<std::optional<ports::CaseRow>> SqliteArchive::find(core::CaseNumber number) {
  HEJNAL_TRY(Rows rows,
             db_.prepare_once(fmt::format("SELECT {} FROM cases WHERE number = ?1", kCaseColumns)));
  rows.bind(1, number);
  HEJNAL_TRY(const bool found, rows.next());
  if (!found) return std::nullopt;
  ports::CaseRow row = read_case(rows);
  HEJNAL_TRY_VOID(add_glance(row));
  return std::optional(std::move(row));
}

Result<std::string> SqliteArchive::raw(core::MessageId id) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT coalesce(p.frame, b.frame) FROM raw_pieces p LEFT JOIN blobs b ON b.hash = p.hash "
                "WHERE p.id >= ?1 AND p.id < ?2 ORDER BY p.id",
                id * 1024, (id + 1) * 1024));
  std::string out;
  bool any = false;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) break;
    any = true;
    HEJNAL_TRY(const std::string piece, decompress(rows.view(0)));
    out += piece;
  }
  if (!any)
    return fail(Fault::not_found,
                "message {} has no original bytes; those of an email are kept when it leaves", id);
  return out;
}

Result<std::vector<ports::OutboxItem>> SqliteArchive::notices(std::optional<core::NoticeState> state,
                                                              int limit, std::int64_t before) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT message, state, attempts, created_at, next_try_at, last_error, notice FROM outbox "
                "WHERE (?1 = '' OR state = ?1) AND message < ?3 ORDER BY message DESC LIMIT ?2",
                state ? to_string(*state) : std::string_view(), limit, before));
  std::vector<ports::OutboxItem> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    HEJNAL_TRY(ports::OutboxItem item, read_outbox(rows));
    out.push_back(std::move(item));
  }
}

Result<std::vector<ports::NumberRow>> SqliteArchive::numbers(std::optional<core::Standing> standing,
                                                             int limit, std::int64_t before) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT id, phone, email, source, message, at, standing, decided_by FROM "
                                  "numbers WHERE id < ?1 AND (?2 = '' OR standing = ?2) "
                                  "ORDER BY id DESC LIMIT ?3",
                                  before, standing ? to_string(*standing) : std::string_view(), limit));
  std::vector<ports::NumberRow> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(read_number(rows));
  }
}

Result<std::vector<ports::PersonRow>> SqliteArchive::people(std::string_view text, int limit,
                                                            std::int64_t before) {
  HEJNAL_TRY(
      Rows rows,
      db_.prepare_once(fmt::format(
          "SELECT {} FROM people WHERE id < ?3 AND (?1 = '' OR instr(fold(name), ?1) OR "
          "instr(fold(organisation), ?1) OR EXISTS (SELECT 1 FROM identifiers WHERE person = people.id AND "
          "instr(value, ?1))) ORDER BY id DESC LIMIT ?2",
          kPersonColumns)));
  rows.bind(1, fold(text));
  rows.bind(2, std::int64_t{limit});
  rows.bind(3, before);
  return read_people(db_, std::move(rows));
}

Result<std::optional<ports::PersonRow>> SqliteArchive::person(std::int64_t id) {
  HEJNAL_TRY(Rows rows, db_.prepare_once(fmt::format("SELECT {} FROM people WHERE id = ?1", kPersonColumns)));
  rows.bind(1, id);
  HEJNAL_TRY(auto found, read_people(db_, std::move(rows)));
  if (found.empty()) return std::nullopt;
  return std::optional(std::move(found.front()));
}

Result<ports::Archive::Counts> SqliteArchive::counts(Instant now) {
  Counts c;
  HEJNAL_TRY(c.open,
             one(db_.query("SELECT count(*) FROM (SELECT 1 FROM cases WHERE open = 1 LIMIT 100001)")));
  HEJNAL_TRY(c.queued, one(db_.query("SELECT count(*) FROM outbox WHERE state = 'queued'")));
  HEJNAL_TRY(c.failed,
             one(db_.query("SELECT count(*) FROM outbox WHERE state IN ('failed', 'bounced', 'unknown')")));
  HEJNAL_TRY(c.set_aside, one(db_.query("SELECT count(*) FROM messages WHERE case_number = 0 AND state = "
                                        "'set_aside' AND looked_at IS NULL")));
  HEJNAL_TRY(
      c.overdue,
      one(db_.query("SELECT count(*) FROM (SELECT 1 FROM cases WHERE open = 1 AND next_due < ?1 LIMIT 10001)",
                    now)));
  HEJNAL_TRY(c.adrift,
             one(db_.query("SELECT (SELECT count(*) FROM cases WHERE open = 1 AND alarm_at IS NULL) + "
                           "(SELECT count(*) FROM records WHERE open = 1 AND alarm_at IS NULL)")));
  HEJNAL_TRY(Rows deferred,
             db_.query("SELECT min(created_at) FROM outbox WHERE state = 'queued' AND attempts > 0"));
  HEJNAL_TRY(const bool counted, deferred.next());
  if (counted) c.oldest_deferred = deferred.instant(0);
  HEJNAL_TRY(Rows alarm,
             db_.query("SELECT alarm_at FROM cases WHERE alarm_at IS NOT NULL ORDER BY alarm_at LIMIT 1"));
  HEJNAL_TRY(const bool any, alarm.next());
  if (any) c.alarm = alarm.instant(0);
  return c;
}

Result<ports::Archive::CaseCounts> SqliteArchive::case_counts(Instant now) {
  CaseCounts out;
  {
    HEJNAL_TRY(Rows rows, db_.query("SELECT state, class, cases FROM case_counts WHERE cases > 0 ORDER BY "
                                    "state, class"));
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) break;
      const auto state = core::parse<core::State>(rows.view(0));
      if (state) out.items.push_back({*state, rows.text(1), rows.integer(2)});
    }
  }
  constexpr std::int64_t kMost = kCounted + 1;
  HEJNAL_TRY(out.unmatched,
             one(db_.query("SELECT count(*) FROM (SELECT 1 FROM cases INDEXED BY cases_unmatched "
                           "WHERE open = 1 AND candidates <> '' LIMIT ?1)",
                           kMost)));
  HEJNAL_TRY(
      out.email_missing,
      one(db_.query("SELECT count(*) FROM (SELECT 1 FROM cases INDEXED BY cases_without_email WHERE open "
                    "= 1 AND email_missing = 1 LIMIT ?1)",
                    kMost)));
  HEJNAL_TRY(out.overdue,
             one(db_.query("SELECT count(*) FROM (SELECT 1 FROM cases WHERE open = 1 AND next_due < ?1 AND "
                           "next_by_desk = 1 LIMIT ?2)",
                           now, kMost)));
  HEJNAL_TRY(out.set_aside,
             one(db_.query("SELECT count(*) FROM (SELECT 1 FROM messages WHERE case_number = 0 AND state = "
                           "'set_aside' AND looked_at IS NULL LIMIT ?1)",
                           kMost)));
  HEJNAL_TRY(out.failed_notices,
             one(db_.query("SELECT count(*) FROM (SELECT 1 FROM outbox WHERE state IN ('failed', 'bounced', "
                           "'unknown') LIMIT ?1)",
                           kMost)));
  return out;
}

}  // namespace

namespace {

// fold(text) of base/text.hpp, for searching people.
void fold_sql(sqlite3_context* context, int, sqlite3_value** values) {
  const auto* text = reinterpret_cast<const char*>(sqlite3_value_text(values[0]));
  const std::string folded = fold(text ? text : "");
  sqlite3_result_text(context, folded.c_str(), static_cast<int>(folded.size()), SQLITE_TRANSIENT);
}

}  // namespace

Result<std::unique_ptr<ports::Archive>> open_archive(const std::string& path, const std::string& vfs) {
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::read_only, vfs));
  sqlite3_create_function(db.handle(), "fold", 1, SQLITE_UTF8 | SQLITE_DETERMINISTIC, nullptr, &fold_sql,
                          nullptr, nullptr);
  HEJNAL_TRY_VOID(Search::prepare(db));
  HEJNAL_TRY_VOID(db.script("PRAGMA query_only=1; PRAGMA cache_size=-4000"));
  return std::unique_ptr<ports::Archive>(std::make_unique<SqliteArchive>(std::move(db)));
}

}  // namespace hejnal::store::sqlite

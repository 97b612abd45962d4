// Cases and their journals.
#include <fmt/format.h>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "core/case_names.hpp"
#include "json/entry.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

std::string numbers(const std::vector<core::CaseNumber>& list) {
  return fmt::format("{}", fmt::join(list, ","));
}

}  // namespace

Result<std::vector<ports::CaseSummary>> read_summaries(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<ports::CaseSummary> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return out;
    out.push_back(read_summary(*rows));
  }
}

ports::CaseSummary read_summary(const Rows& rows) {
  ports::CaseSummary s;
  s.number = rows.integer(0);
  s.state = core::parse<core::State>(rows.view(1)).value_or(core::State::fresh);
  s.subject = rows.text(2);
  s.short_code = rows.text(3);
  s.client = {rows.text(4), rows.text(5), rows.text(6), rows.text(7)};
  s.email_missing = rows.integer(8) != 0;
  s.merged_into = rows.integer(9);
  s.opened_at = {rows.integer(10)};
  s.sent_at = {rows.integer(11)};
  return s;
}

namespace {

// The rows of a case lie together, in the order of their entries.
std::int64_t journal_row(core::CaseNumber number, std::int64_t seq) {
  constexpr std::int64_t kEntriesMax = 1 << 20;
  HEJNAL_CHECK(seq < kEntriesMax);
  return number * kEntriesMax + seq;
}

// Over everything that a row says. Never 0, which stands for a row from before there were sums.
std::int64_t journal_sum(core::CaseNumber number, std::int64_t seq, Instant at, std::string_view entries) {
  const std::uint64_t sum = checksum(fmt::format("{}:{}:{}:{}", number, seq, at.ms, entries));
  return sum == 0 ? 1 : static_cast<std::int64_t>(sum);
}

}  // namespace

Result<std::vector<core::Entry>> read_journal(Database& db, core::CaseNumber number) {
  HEJNAL_TRY(Rows rows,
             db.query("SELECT at, entries, id, sum FROM journal WHERE id > ?1 AND id < ?2 ORDER BY id",
                      journal_row(number, 0), journal_row(number + 1, 0)));
  std::vector<core::Entry> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    const std::int64_t seq = rows.integer(2) - journal_row(number, 0), sum = rows.integer(3);
    if (sum != 0 && sum != journal_sum(number, seq, Instant{rows.integer(0)}, rows.view(1)))
      return fail(Fault::corrupt, "the journal of case {} is damaged at entry {}", number, seq);
    HEJNAL_TRY(std::vector<core::Entry> turn, json::decode_entries(rows.view(1), Instant{rows.integer(0)}));
    for (core::Entry& entry : turn) out.push_back(std::move(entry));
  }
}

Result<core::CaseNumber> SqliteStore::number_of(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  HEJNAL_TRY(const bool found, rows->next());
  return found ? rows->integer(0) : 0;
}

Result<core::CaseNumber> SqliteStore::last_case_number() {
  return number_of(db_.query("SELECT coalesce(max(number), 0) FROM cases"));
}

Result<std::vector<core::Entry>> SqliteStore::journal(core::CaseNumber number) {
  return read_journal(db_, number);
}

Status SqliteStore::write_turn(const core::Case& c, Instant at, const std::vector<core::Entry>& entries) {
  const std::int64_t first_seq = c.entries - static_cast<std::int64_t>(entries.size()) + 1;
  const std::string text = json::encode_entries(entries);
  HEJNAL_TRY_VOID(db_.run("INSERT INTO journal (id, at, entries, sum) VALUES (?1, ?2, ?3, ?4)",
                          journal_row(c.number, first_seq), at, text,
                          journal_sum(c.number, first_seq, at, text)));
  const auto next = core::next(c);
  const auto due = next ? std::optional(next->due) : std::nullopt;
  const bool open = c.state != core::State::closed;
  HEJNAL_TRY(const std::int64_t person, person_of_client(c.client));
  if (c.merged_into != 0) HEJNAL_TRY_VOID(hand_last_word(c.number, c.merged_into));
  if (first_seq == 1) {
    return db_.run(
        "INSERT INTO cases (number, state, open, class, class_reason, email_missing, candidates, step, "
        "subject, client_name, "
        "client_email, client_phone, client_organisation, opened_at, sent_at, read_at, answered_at, "
        "settled_at, next_what, "
        "next_by_desk, next_due, next_why, alarm_at, short_code, token, merged_into, entries, client_person, "
        "mail_lost, "
        "receipt_at, reacted_at, first_answer_at, kept, broken) VALUES "
        "(?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21, "
        "?22, ?23, ?24, ?25, ?26, ?27, ?28, ?29, ?30, ?31, ?32, ?33, ?34)",
        c.number, to_string(c.state), open, c.class_name, c.class_reason, c.email_missing,
        numbers(c.candidates), c.step, c.subject, c.client.name, c.client.email, c.client.phone,
        c.client.organisation, c.opened_at, c.sent_at, c.read_at, c.answered_at, c.settled_at,
        next ? next->what : "", next && next->by_desk, due, next ? next->why : "", core::alarm(c),
        c.short_code, c.token, c.merged_into, c.entries, person, c.mail_lost, c.measured.receipt_at,
        c.measured.reacted_at, c.measured.answered_at, c.measured.kept, core::broken_so_far(c));
  }
  for (const core::Entry& entry : entries) {  // seldom: so it costs the others nothing
    if (std::holds_alternative<core::LinkChanged>(entry.body))
      HEJNAL_TRY_VOID(db_.run("UPDATE cases SET token = ?2 WHERE number = ?1", c.number, c.token));
  }
  return db_.run(
      "UPDATE cases SET state = ?2, open = ?3, class = ?4, class_reason = ?5, email_missing = ?6, candidates "
      "= ?7, step = ?8, "
      "subject = ?9, client_name = ?10, client_email = ?11, client_phone = ?12, client_organisation = ?13, "
      "read_at = ?14, "
      "answered_at = ?15, settled_at = ?16, next_what = ?17, next_by_desk = ?18, next_due = ?19, next_why = "
      "?20, alarm_at = ?21, "
      "merged_into = ?22, entries = ?23, client_person = ?24, mail_lost = ?25, receipt_at = ?26, "
      "reacted_at = ?27, first_answer_at = ?28, kept = ?29, broken = ?30 WHERE number = ?1",
      c.number, to_string(c.state), open, c.class_name, c.class_reason, c.email_missing,
      numbers(c.candidates), c.step, c.subject, c.client.name, c.client.email, c.client.phone,
      c.client.organisation, c.read_at, c.answered_at, c.settled_at, next ? next->what : "",
      next && next->by_desk, due, next ? next->why : "", core::alarm(c), c.merged_into, c.entries, person,
      c.mail_lost, c.measured.receipt_at, c.measured.reacted_at, c.measured.answered_at, c.measured.kept,
      core::broken_so_far(c));
}

Result<std::vector<core::CaseNumber>> SqliteStore::due_cases(Instant now, int limit) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT number FROM cases WHERE alarm_at <= ?1 ORDER BY alarm_at, number LIMIT ?2",
                       now, limit));
  std::vector<core::CaseNumber> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.integer(0));
  }
}

Result<std::optional<Instant>> SqliteStore::next_alarm() {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT alarm_at FROM cases WHERE alarm_at IS NOT NULL ORDER BY alarm_at LIMIT 1"));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.instant(0) : std::nullopt;
}

Status SqliteStore::postpone_alarm(core::CaseNumber number, Instant to) {
  return db_.run("UPDATE cases SET alarm_at = ?2 WHERE number = ?1", number, to);
}

Result<bool> SqliteStore::failure_open() {
  HEJNAL_TRY(Rows rows, db_.query("SELECT 1 FROM cases WHERE failure = 1 LIMIT 1"));
  return rows.next();
}

Status SqliteStore::set_failure(core::CaseNumber number, bool open) {
  return db_.run("UPDATE cases SET failure = ?2 WHERE number = ?1", number, open);
}

Result<std::optional<ports::CaseSummary>> SqliteStore::summary(core::CaseNumber number) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
                       "client_organisation, "
                       "email_missing, merged_into, opened_at, sent_at FROM cases WHERE number = ?1",
                       number));
  HEJNAL_TRY(const bool found, rows.next());
  if (!found) return std::nullopt;
  return std::optional(read_summary(rows));
}

Result<std::vector<ports::CaseSummary>> SqliteStore::open_cases_of_email(std::string_view address,
                                                                         int limit) {
  HEJNAL_TRY(const std::int64_t person, person_of("email", address));
  if (person == 0) return std::vector<ports::CaseSummary>();
  return read_summaries(
      db_.query("SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
                "client_organisation, "
                "email_missing, merged_into, opened_at, sent_at FROM cases "
                "WHERE open = 1 AND client_person <> 0 AND client_person = ?2 AND client_email = ?1 ORDER BY "
                "number DESC LIMIT ?3",
                address, person, limit));
}

Result<std::vector<ports::CaseSummary>> SqliteStore::merged_cases_of_email(std::string_view address,
                                                                           int limit) {
  return read_summaries(db_.query(
      "SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
      "client_organisation, "
      "email_missing, merged_into, opened_at, sent_at FROM cases "
      "WHERE merged_into <> 0 AND client_email <> '' AND client_email = ?1 ORDER BY number DESC LIMIT ?2",
      address, limit));
}

Result<std::vector<ports::CaseSummary>> SqliteStore::open_cases_of_phone(std::string_view phone, int limit) {
  return read_summaries(db_.query(
      "SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
      "client_organisation, email_missing, "
      "merged_into, opened_at, sent_at FROM cases WHERE number IN ("
      " SELECT number FROM cases WHERE open = 1 AND client_phone <> '' AND client_phone = ?1"
      " UNION SELECT c.number FROM identifiers p JOIN cases c ON c.open = 1 AND c.client_person <> 0 AND "
      "c.client_person = p.person WHERE p.kind = 'phone' AND p.value = ?1) "
      "ORDER BY number DESC LIMIT ?2",
      phone, limit));
}

Result<core::CaseNumber> SqliteStore::case_by_early_code(std::string_view short_code) {
  return number_of(db_.query("SELECT number FROM early_codes WHERE code = ?1", short_code));
}

Result<core::CaseNumber> SqliteStore::case_by_message_id(std::string_view message_id) {
  if (const auto ours = core::sent_name(message_id)) {
    HEJNAL_TRY(const core::CaseNumber number,
               number_of(db_.query("SELECT case_number FROM messages WHERE case_number = ?1 AND notice = ?2 "
                                   "AND outgoing = 1 AND message_id = ?3 LIMIT 1",
                                   ours->number, ours->notice, message_id)));
    if (number != 0) return number;
  }
  return number_of(db_.query(
      "SELECT case_number FROM messages WHERE message_id <> '' AND outgoing = 0 AND message_id = ?1 "
      "AND case_number <> 0 ORDER BY id DESC LIMIT 1",
      message_id));
}

Result<std::vector<std::string>> SqliteStore::participants(core::CaseNumber number) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT address FROM participants WHERE case_number = ?1 ORDER BY address", number));
  std::vector<std::string> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.text(0));
  }
}

Status SqliteStore::add_participants(core::CaseNumber number, const std::vector<std::string>& addresses) {
  for (const std::string& address : addresses) {
    HEJNAL_TRY_VOID(
        db_.run("INSERT INTO participants (case_number, address) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                number, address));
  }
  return {};
}

Result<ports::ClientWords> SqliteStore::client_words(core::CaseNumber number) {
  HEJNAL_TRY(
      Rows rows,
      db_.query(
          "SELECT text, base_subject FROM messages WHERE case_number = ?1 AND outgoing = 0 AND automatic = 0 "
          "AND channel <> 'call' "
          "ORDER BY id LIMIT 3",
          number));
  ports::ClientWords out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more || out.text.size() > 20'000) return out;
    if (out.base_subject.empty()) out.base_subject = rows.text(1);
    out.text += rows.view(0);
    out.text += '\n';
  }
}

Result<std::vector<ports::CaseSummary>> SqliteStore::cases_without_email(int limit) {
  return read_summaries(db_.query(
      "SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
      "client_organisation, "
      "email_missing, merged_into, opened_at, sent_at FROM cases WHERE open = 1 AND email_missing = 1 "
      "ORDER BY number DESC LIMIT ?1",
      limit));
}

}  // namespace hejnal::store::sqlite

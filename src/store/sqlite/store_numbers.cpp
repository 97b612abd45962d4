// What SMS are matched by: whose a number may be, what an agent has said of it, and the cases of an
// organisation.
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

ports::NumberRow read_number(const Rows& rows) {
  ports::NumberRow row;
  row.id = rows.integer(0);
  row.phone = rows.text(1);
  row.email = rows.text(2);
  row.source = rows.text(3);
  row.message = rows.integer(4);
  row.at = {rows.integer(5)};
  row.standing = core::parse<core::Standing>(rows.view(6)).value_or(core::Standing::learnt);
  row.decided_by = rows.text(7);
  return row;
}

Status SqliteStore::note_number(const ports::NumberRow& row) {
  return db_.run(
      "INSERT INTO numbers (phone, email, source, message, at, standing) VALUES (?1, ?2, ?3, ?4, ?5, ?6) "
      "ON CONFLICT DO NOTHING",
      row.phone, row.email, row.source, row.message, row.at, to_string(row.standing));
}

Result<std::optional<ports::NumberRow>> SqliteStore::number(std::int64_t id) {
  HEJNAL_TRY(
      Rows rows,
      db_.query(
          "SELECT id, phone, email, source, message, at, standing, decided_by FROM numbers WHERE id = ?1",
          id));
  HEJNAL_TRY(const bool found, rows.next());
  if (!found) return std::nullopt;
  return std::optional(read_number(rows));
}

Result<std::vector<ports::AddressOfNumber>> SqliteStore::addresses_of_phone(std::string_view phone) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT email, standing FROM numbers WHERE phone = ?1 "
                       "UNION ALL SELECT e.value, iif(p.confirmed AND e.confirmed, 'confirmed', 'learnt') "
                       "FROM identifiers p JOIN identifiers e ON e.person = p.person AND e.kind = 'email' "
                       "WHERE p.kind = 'phone' AND p.value = ?1 LIMIT 40",
                       phone));
  std::vector<ports::AddressOfNumber> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back({rows.text(0), core::parse<core::Standing>(rows.view(1)).value_or(core::Standing::learnt)});
  }
}

Status SqliteStore::judge_number(const ports::NumberRow& row) {
  HEJNAL_TRY_VOID(db_.run(
      "INSERT INTO numbers (phone, email, source, message, at, standing, decided_by) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7) "
      "ON CONFLICT DO UPDATE SET standing = excluded.standing, decided_by = excluded.decided_by",
      row.phone, row.email, row.source, row.message, row.at, to_string(row.standing), row.decided_by));
  if (row.standing == core::Standing::confirmed) {
    HEJNAL_TRY_VOID(learn_person({{}, row.email, {}, {}}));
    HEJNAL_TRY(const std::int64_t person, person_of("email", row.email));
    return db_.run(
        "INSERT INTO identifiers (kind, value, person, confirmed) VALUES ('phone', ?1, ?2, 1) "
        "ON CONFLICT DO UPDATE SET person = excluded.person, confirmed = 1",
        row.phone, person);
  }
  HEJNAL_TRY(const std::int64_t person, person_of("email", row.email));
  return db_.run("DELETE FROM identifiers WHERE kind = 'phone' AND value = ?1 AND person = ?2", row.phone,
                 person);
}

Status SqliteStore::refuse_case(std::string_view phone, core::CaseNumber number, std::string_view by,
                                Instant now) {
  return db_.run(
      "INSERT INTO refused_cases (phone, case_number, at, decided_by) VALUES (?1, ?2, ?3, ?4) "
      "ON CONFLICT DO NOTHING",
      phone, number, now, by);
}

Status SqliteStore::forget_refusal(std::string_view phone, core::CaseNumber number) {
  return db_.run("DELETE FROM refused_cases WHERE phone = ?1 AND case_number = ?2", phone, number);
}

Result<std::vector<core::CaseNumber>> SqliteStore::refused_cases(std::string_view phone) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT case_number FROM refused_cases WHERE phone = ?1 ORDER BY case_number", phone));
  std::vector<core::CaseNumber> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.integer(0));
  }
}

Result<std::vector<ports::CaseSummary>> SqliteStore::open_cases_of_domain(std::string_view domain,
                                                                          int limit) {
  return read_summaries(db_.query(
      "SELECT number, state, subject, short_code, client_name, client_email, client_phone, "
      "client_organisation, email_missing, merged_into, opened_at, sent_at FROM cases WHERE number IN "
      "(SELECT case_number FROM organisation_cases WHERE domain = ?1 ORDER BY case_number DESC LIMIT 100) "
      "AND open = 1 ORDER BY number DESC LIMIT ?2",
      domain, limit));
}

Result<std::vector<std::string>> SqliteStore::addresses_of_organisation(std::string_view name, int limit) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT e.value FROM people p JOIN identifiers e ON e.person = p.id AND e.kind = 'email' "
                "WHERE p.organisation <> '' AND p.organisation = ?1 ORDER BY e.value LIMIT ?2",
                name, limit));
  std::vector<std::string> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.text(0));
  }
}

Result<ports::LatestEmails> SqliteStore::latest_emails(core::CaseNumber number) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT at, substr(text, 1, 1000) FROM messages WHERE case_number = ?1 AND outgoing = 0 AND "
                "channel = 'email' AND automatic = 0 AND internal = 0 ORDER BY id DESC LIMIT 3",
                number));
  ports::LatestEmails out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    if (!out.at) out.at = rows.instant(0);
    out.text += rows.view(1);
    out.text += '\n';
  }
}

}  // namespace hejnal::store::sqlite

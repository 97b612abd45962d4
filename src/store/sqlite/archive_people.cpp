#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "store/sqlite/archive_parts.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

std::vector<std::string> parts(std::string_view joined) {
  std::vector<std::string> list;
  if (joined.empty()) return list;
  for (const std::string_view part : split(joined, '\x1f')) list.emplace_back(part);
  return list;
}

Status add_contact(Database& db, const std::string& phone, std::vector<ports::SmsContact>& out) {
  HEJNAL_TRY(Rows rows, db.query("SELECT phone, stopped_at, confirmed_at, helped_at, changed_by, note FROM "
                                 "sms_contacts WHERE phone = ?1 AND (stopped_at IS NOT NULL OR note <> '')",
                                 phone));
  HEJNAL_TRY(const bool found, rows.next());
  if (found)
    out.push_back(
        {rows.text(0), rows.instant(1), rows.instant(2), rows.instant(3), rows.text(4), rows.text(5)});
  return {};
}

}  // namespace

Result<std::vector<ports::PersonRow>> read_people(Database& db, Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<ports::PersonRow> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return out;
    out.push_back(
        {rows->integer(0), rows->text(1), rows->text(2), parts(rows->view(3)), parts(rows->view(4))});
    if (rows->integer(5) == 0) continue;
    for (const std::string& phone : out.back().phones)
      HEJNAL_TRY_VOID(add_contact(db, phone, out.back().sms));
  }
}

Result<std::vector<ports::PersonRow>> people_of(Database& db, std::string_view organisation, int limit) {
  HEJNAL_TRY(Rows rows, db.prepare_once(fmt::format("SELECT {} FROM people WHERE organisation <> '' AND "
                                                    "organisation = ?1 ORDER BY id DESC LIMIT ?2",
                                                    kPersonColumns)));
  rows.bind(1, organisation);
  rows.bind(2, std::int64_t{limit});
  return read_people(db, std::move(rows));
}

Result<std::vector<ports::NumberRow>> numbers_of(Database& db, const ports::PersonRow& person, int limit) {
  std::vector<ports::NumberRow> out;
  const auto take = [&](Result<Rows> rows) -> Status {
    if (!rows) return tl::make_unexpected(rows.error());
    for (;;) {
      HEJNAL_TRY(const bool more, rows->next());
      if (!more || static_cast<int>(out.size()) >= limit) return {};
      ports::NumberRow row = read_number(*rows);
      const auto same = [&](const ports::NumberRow& other) { return other.id == row.id; };
      if (std::none_of(out.begin(), out.end(), same)) out.push_back(std::move(row));
    }
  };
  for (const std::string& email : person.emails)
    HEJNAL_TRY_VOID(
        take(db.query("SELECT id, phone, email, source, message, at, standing, decided_by FROM "
                      "numbers WHERE email = ?1 ORDER BY id DESC LIMIT ?2",
                      email, limit)));
  for (const std::string& phone : person.phones)
    HEJNAL_TRY_VOID(
        take(db.query("SELECT id, phone, email, source, message, at, standing, decided_by FROM "
                      "numbers WHERE phone = ?1 ORDER BY id DESC LIMIT ?2",
                      phone, limit)));
  return out;
}

// By the address of the client, and where only a number is known, by that.
Result<std::vector<core::CaseNumber>> open_cases_of(Database& db, std::int64_t person, int limit) {
  HEJNAL_TRY(
      Rows rows,
      db.query("SELECT number FROM cases WHERE open = 1 AND client_person <> 0 AND client_person = ?1 "
               "UNION SELECT c.number FROM identifiers i JOIN cases c ON c.open = 1 AND c.client_phone "
               "<> '' AND c.client_phone = i.value WHERE i.person = ?1 AND i.kind = 'phone' "
               "ORDER BY 1 DESC LIMIT ?2",
               person, limit));
  std::vector<core::CaseNumber> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.integer(0));
  }
}

Result<std::vector<ports::OrganisationRow>> organisations(Database& db, std::string_view text, int limit,
                                                          std::string_view after) {
  HEJNAL_TRY(
      Rows rows,
      db.query("SELECT organisation, count(*) FROM people WHERE organisation <> '' AND organisation > ?1 "
               "AND (?2 = '' OR instr(fold(organisation), ?2)) GROUP BY organisation ORDER BY "
               "organisation LIMIT ?3",
               after, fold(text), limit));
  std::vector<ports::OrganisationRow> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back({rows.text(0), rows.integer(1)});
  }
}

}  // namespace hejnal::store::sqlite

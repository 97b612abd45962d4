// Emails that an SMS has announced.
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

core::Announcement read_announcement(const Rows& rows) {
  core::Announcement a{rows.integer(0), Instant{rows.integer(1)}, rows.text(2), std::nullopt};
  if (!rows.is_null(3)) a.late_ms = rows.integer(3);
  return a;
}

Status SqliteStore::note_announcement(core::CaseNumber number,
                                      const std::optional<core::Announcement>& announcement) {
  if (!announcement) return db_.run("DELETE FROM announcements WHERE case_number = ?1", number);
  return db_.run(
      "INSERT INTO announcements (case_number, at, domain, late_ms) VALUES (?1, ?2, ?3, ?4) ON CONFLICT "
      "(case_number) DO UPDATE SET at = excluded.at, domain = excluded.domain, late_ms = excluded.late_ms",
      number, announcement->at, announcement->domain, announcement->late_ms);
}

Result<std::optional<core::Announcement>> SqliteStore::announcement(core::CaseNumber number) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT case_number, at, domain, late_ms FROM announcements WHERE case_number = ?1", number));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? std::optional(read_announcement(rows)) : std::nullopt;
}

}  // namespace hejnal::store::sqlite

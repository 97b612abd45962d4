// The figures of cases for reports: short columns of their rows, never a journal.
#include "store/sqlite/archive_parts.hpp"

namespace hejnal::store::sqlite {

// Numbers grow with the time of opening, so the first one of a time is found by halving: no index is needed.
Result<core::CaseNumber> first_case_since(Database& db, Instant from) {
  std::int64_t low = 0, high = 0;
  {
    HEJNAL_TRY(Rows rows, db.query("SELECT coalesce(max(number), 0) FROM cases"));
    HEJNAL_TRY(const bool found, rows.next());
    high = found ? rows.integer(0) + 1 : 1;
  }
  while (low < high) {
    const std::int64_t middle = low + (high - low) / 2;
    HEJNAL_TRY(
        Rows rows,
        db.query("SELECT number, opened_at FROM cases WHERE number >= ?1 ORDER BY number LIMIT 1", middle));
    HEJNAL_TRY(const bool found, rows.next());
    if (!found || rows.integer(1) >= from.ms)
      high = middle;
    else
      low = rows.integer(0) + 1;
  }
  return low;
}

Result<std::vector<core::Figures>> figures(Database& db, core::CaseNumber from, Instant to, int limit) {
  HEJNAL_TRY(
      Rows rows,
      db.query(
          "SELECT number, class, client_organisation, client_email, opened_at, sent_at, step, receipt_at, "
          "reacted_at, first_answer_at, coalesce(kept, 0), coalesce(broken, 0), merged_into FROM cases "
          "WHERE number >= ?1 AND opened_at < ?2 ORDER BY number LIMIT ?3",
          from, to, limit));
  std::vector<core::Figures> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    core::Figures f;
    f.number = rows.integer(0);
    f.class_name = rows.text(1);
    f.organisation = rows.text(2);
    if (f.organisation.empty()) {
      const std::string_view email = rows.view(3);
      if (const auto at = email.rfind('@'); at != email.npos)
        f.organisation = std::string(email.substr(at + 1));
    }
    f.opened_at = Instant{rows.integer(4)};
    f.sent_at = Instant{rows.integer(5)};
    f.step = static_cast<int>(rows.integer(6));
    f.measured.receipt_at = rows.instant(7);
    f.measured.reacted_at = rows.instant(8);
    f.measured.answered_at = rows.instant(9);
    f.measured.kept = static_cast<int>(rows.integer(10));
    f.measured.broken = static_cast<int>(rows.integer(11));
    f.merged = rows.integer(12) != 0;
    out.push_back(std::move(f));
  }
}

}  // namespace hejnal::store::sqlite

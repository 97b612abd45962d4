// The figures of cases from before they were kept: out of their journals, some at a time, behind the commits.
#include <algorithm>
#include <charconv>

#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr const char* kFrom = "measured_from";
constexpr int kAtOnce = 100;  // some milliseconds

}  // namespace

Result<int> SqliteStore::measure_some(int limit) {
  if (measured_from_ < 0) {
    HEJNAL_TRY(const std::string kept, setting(kFrom));
    measured_from_ = 0;
    std::from_chars(kept.data(), kept.data() + kept.size(), measured_from_);
  }
  if (measured_from_ == 0) return 0;
  const int at_once = std::min(limit, kAtOnce);
  std::vector<core::CaseNumber> numbers;
  {
    HEJNAL_TRY(Rows rows,
               db_.query("SELECT number FROM cases WHERE number < ?1 ORDER BY number DESC LIMIT ?2",
                         measured_from_, at_once));
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) break;
      numbers.push_back(rows.integer(0));
    }
  }
  for (const core::CaseNumber number : numbers) {
    const auto entries = journal(number);
    // A damaged journal is not made better by standing still before it.
    if (!entries) {
      if (entries.error().fault != Fault::corrupt) return tl::make_unexpected(entries.error());
      continue;
    }
    core::Case c;
    bool sound = true;
    for (const core::Entry& entry : *entries) {
      sound = sound && core::fits(c, entry);
      if (sound) core::apply(c, entry);
    }
    if (!sound) continue;
    HEJNAL_TRY_VOID(
        db_.run("UPDATE cases SET receipt_at = ?2, reacted_at = ?3, first_answer_at = ?4, kept = ?5, "
                "broken = ?6, mail_lost = ?7 WHERE number = ?1",
                number, c.measured.receipt_at, c.measured.reacted_at, c.measured.answered_at, c.measured.kept,
                core::broken_so_far(c), c.mail_lost));
  }
  const std::int64_t from = numbers.empty() ? 0 : numbers.back();
  HEJNAL_TRY_VOID(set_setting(kFrom, std::to_string(from)));
  measured_from_ = from;
  return from == 0 ? 0 : limit;  // there is more to do
}

}  // namespace hejnal::store::sqlite

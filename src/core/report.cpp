#include "core/report.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <chrono>

namespace hejnal::core {

std::int64_t Report::Times::rank(std::size_t percent) const {
  if (ms.empty()) return 0;
  std::vector<std::int64_t> sorted = ms;
  const std::size_t nth = std::max<std::size_t>((sorted.size() * percent + 99) / 100, 1) - 1;
  std::nth_element(sorted.begin(), sorted.begin() + static_cast<std::ptrdiff_t>(nth), sorted.end());
  return sorted[nth];
}

std::optional<double> Report::Row::share_kept() const {
  if (kept + broken == 0) return std::nullopt;
  return static_cast<double>(kept) / static_cast<double>(kept + broken);
}

void Report::add(const Figures& f, const std::string& group) {
  const Measured& m = f.measured;
  for (Row* row : {&rows_[group], &total_}) {
    ++row->cases;
    if (f.step >= 2) ++row->step_twos;
    row->kept += m.kept;
    row->broken += m.broken;
    // A client's clock may be ahead of ours.
    const auto note = [](Times& times, const std::optional<Instant>& at, Instant since) {
      if (at) times.ms.push_back(std::max<std::int64_t>((*at - since).count(), 0));
    };
    note(row->receipt, m.receipt_at, f.sent_at);
    note(row->reaction, m.reacted_at, f.opened_at);
    note(row->answer, m.answered_at, f.opened_at);
  }
}

std::string iso_week(int year, int month, int day) {
  using namespace std::chrono;
  const sys_days date = std::chrono::year(year) / month / day;
  // The week belongs to the year of its Thursday.
  const int from_monday = static_cast<int>(weekday(date).iso_encoding()) - 1;
  const sys_days thursday = date + days(3 - from_monday);
  const std::chrono::year of = year_month_day(thursday).year();
  const auto week = (thursday - sys_days(of / January / 1)).count() / 7 + 1;
  return fmt::format("{:04}-W{:02}", static_cast<int>(of), week);
}

}  // namespace hejnal::core

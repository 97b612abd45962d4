#include "core/mail_health.hpp"

#include <algorithm>

#include "core/matching.hpp"

namespace hejnal::core {

std::optional<Announcement> announcement(const Case& c) {
  if (!c.announced_at || (c.merged_into != 0 && awaits_email(c))) return std::nullopt;
  return Announcement{c.number, *c.announced_at, std::string(domain_of(c.client.email)), c.email_late_ms};
}

std::int64_t MailHealth::Count::late_ms_median() const {
  if (late_ms.empty()) return 0;
  std::vector<std::int64_t> sorted = late_ms;
  const auto middle = sorted.begin() + static_cast<std::ptrdiff_t>((sorted.size() - 1) / 2);
  std::nth_element(sorted.begin(), middle, sorted.end());
  return *middle;
}

std::int64_t MailHealth::Count::late_ms_max() const {
  return late_ms.empty() ? 0 : *std::max_element(late_ms.begin(), late_ms.end());
}

void MailHealth::add(const Announcement& a, const std::string& day) {
  for (Count* count : {&by_day_[{day, a.domain}], &by_domain_[a.domain], &total_}) {
    ++count->announced;
    if (!a.late_ms) {
      ++(now_ - a.at <= in_time_within_ ? count->waiting : count->missing);
    } else if (Duration(*a.late_ms) <= in_time_within_) {
      ++count->in_time;
    } else {
      ++count->late;
      count->late_ms.push_back(*a.late_ms);
    }
  }
}

}  // namespace hejnal::core

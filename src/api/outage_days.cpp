#include "api/outage_days.hpp"

#include <algorithm>

#include "base/zone.hpp"

namespace hejnal::api {

namespace {

struct Span {
  Instant from, to;
};

// In order, and none touches another.
std::vector<Span> spans_of(const std::vector<core::Outage>& outages, Instant now) {
  std::vector<Span> all, out;
  for (const core::Outage& o : outages) {
    if (o.exists()) all.push_back({o.declared_at, o.ended_at.value_or(now)});
  }
  std::sort(all.begin(), all.end(), [](const Span& a, const Span& b) { return a.from < b.from; });
  for (const Span& span : all) {
    if (!out.empty() && span.from <= out.back().to) {
      out.back().to = std::max(out.back().to, span.to);
    } else {
      out.push_back(span);
    }
  }
  return out;
}

}  // namespace

std::vector<OutageDay> outage_days(const std::vector<core::Outage>& outages, Instant now,
                                   std::string_view zone, int days) {
  std::vector<OutageDay> out;
  const auto today = local_time(now, zone);
  if (!today) return out;
  // From noon to noon, because the nights in which the clocks change make a day longer or shorter than 24 h.
  const auto noon = from_local(today->year, today->month, today->day, 12, 0, zone);
  if (!noon) return out;
  const std::vector<Span> spans = spans_of(outages, now);
  const auto start_of = [&](int days_ago) -> Result<Instant> {
    HEJNAL_TRY(const LocalTime day, local_time(*noon - 24h * days_ago, zone));
    return from_local(day.year, day.month, day.day, 0, 0, zone);
  };
  for (int ago = days - 1; ago >= 0; --ago) {
    const auto day = local_time(*noon - 24h * ago, zone);
    const auto begin = start_of(ago), end = start_of(ago - 1);
    if (!day || !begin || !end) return {};
    Duration lost(0);
    for (const Span& span : spans) {
      const Instant from = std::max(span.from, *begin), to = std::min(span.to, *end);
      if (from < to) lost += to - from;
    }
    out.push_back({day->year, day->month, day->day, lost});
  }
  return out;
}

}  // namespace hejnal::api

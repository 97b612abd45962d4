// Local time of an IANA zone, for texts that people read. Rules come from the system's tzdata. Thread-safe.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace hejnal {

Status check_zone(std::string_view name);  // malformed: no such zone

struct LocalTime {
  int year, month, day, hour, minute, second;
  int offset_s;  // east of Greenwich
};
Result<LocalTime> local_time(Instant t, std::string_view zone);
// The instant of a wall-clock time. In the hour that occurs twice the first one, in the hour that is skipped
// the moment of the change.
Result<Instant> from_local(int year, int month, int day, int hour, int minute, std::string_view zone);

// From one time of the day to another, on each calendar day from `first` to `last` days after that of `now`.
// Days are counted, not hours: the night before summer time has one hour less.
struct DaySpan {
  Instant from, to;
};
Result<std::vector<DaySpan>> daily_spans(Instant now, int first, int last, int from_minute, int to_minute,
                                         std::string_view zone);

// "23.11.2026, 14:30" (pl) or "23 Nov 2026, 14:30" (en); the zone's UTC time when the zone is unknown.
std::string format_local(Instant t, std::string_view zone, std::string_view language);
// RFC 5322 date: "Mon, 23 Nov 2026 14:30:00 +0100"
std::string format_mail_date(Instant t, std::string_view zone);

}  // namespace hejnal

// A point in time: milliseconds since 1970-01-01T00:00:00Z, in UTC, always. There is no "now" here: time is a
// parameter everywhere; only `app` (the Clock) and `net` (socket time-outs) look at a real clock.
#pragma once

#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace hejnal {

using Duration = std::chrono::milliseconds;
using namespace std::chrono_literals;

struct Instant {
  std::int64_t ms = 0;

  auto operator<=>(const Instant&) const = default;
  friend Instant operator+(Instant t, Duration d) { return {t.ms + d.count()}; }
  friend Instant operator-(Instant t, Duration d) { return {t.ms - d.count()}; }
  friend Duration operator-(Instant a, Instant b) { return Duration(a.ms - b.ms); }
};

// RFC 3339 in UTC with milliseconds: 2026-11-23T09:00:00.000Z
std::string format_rfc3339(Instant t);

// Any RFC 3339 offset, with or without a fraction; empty when the text is none.
std::optional<Instant> parse_rfc3339(std::string_view text);

// "2 h", "1 h 36 min", "45 s": for journals and messages to people.
std::string format_duration(Duration d);

// "90s", "5m", "2h", "7d", also combined ("1h30m"); empty when the text is none or negative.
std::optional<Duration> parse_duration(std::string_view text);

}  // namespace hejnal

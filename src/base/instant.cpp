#include "base/instant.hpp"

#include <fmt/format.h>

#include <charconv>

namespace hejnal {

namespace {

using Days = std::chrono::days;

// A thousand years: longer ones are slips, and a sum of them would not fit.
constexpr Duration kLongest = std::chrono::hours(24 * 365'250);

bool digits(std::string_view text, std::size_t at, std::size_t count, int& value) {
  if (at + count > text.size()) return false;
  value = 0;
  for (std::size_t i = at; i < at + count; ++i) {
    if (text[i] < '0' || text[i] > '9') return false;
    value = value * 10 + (text[i] - '0');
  }
  return true;
}

}  // namespace

std::string format_rfc3339(Instant t) {
  const std::chrono::sys_time<Duration> point{Duration(t.ms)};
  const auto day = std::chrono::floor<Days>(point);
  const std::chrono::year_month_day date{day};
  const std::chrono::hh_mm_ss<Duration> time{point - day};
  return fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:03}Z", static_cast<int>(date.year()),
                     static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
                     time.hours().count(), time.minutes().count(), time.seconds().count(),
                     time.subseconds().count());
}

std::optional<Instant> parse_rfc3339(std::string_view text) {
  int year, month, day, hour, minute, second;
  if (text.size() < 20 || !digits(text, 0, 4, year) || text[4] != '-' || !digits(text, 5, 2, month) ||
      text[7] != '-' || !digits(text, 8, 2, day) || (text[10] != 'T' && text[10] != 't' && text[10] != ' ') ||
      !digits(text, 11, 2, hour) || text[13] != ':' || !digits(text, 14, 2, minute) || text[16] != ':' ||
      !digits(text, 17, 2, second)) {
    return std::nullopt;
  }
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok() || hour > 23 || minute > 59 || second > 60) return std::nullopt;
  std::size_t at = 19;
  int fraction_ms = 0;
  if (text[at] == '.') {
    int scale = 100;
    for (++at; at < text.size() && text[at] >= '0' && text[at] <= '9'; ++at, scale /= 10) {
      fraction_ms += scale * (text[at] - '0');
    }
  }
  int offset_minutes = 0;
  if (at < text.size() && (text[at] == 'Z' || text[at] == 'z')) {
    ++at;
  } else {
    int h, m;
    if (at >= text.size() || (text[at] != '+' && text[at] != '-') || !digits(text, at + 1, 2, h) ||
        at + 3 >= text.size() || text[at + 3] != ':' || !digits(text, at + 4, 2, m) || h > 23 || m > 59) {
      return std::nullopt;
    }
    offset_minutes = (text[at] == '-' ? -1 : 1) * (h * 60 + m);
    at += 6;
  }
  if (at != text.size()) return std::nullopt;
  const auto point = std::chrono::sys_days(date) + std::chrono::hours(hour) +
                     std::chrono::minutes(minute - offset_minutes) + std::chrono::seconds(second);
  return Instant{std::chrono::duration_cast<Duration>(point.time_since_epoch()).count() + fraction_ms};
}

std::string format_duration(Duration d) {
  if (d < 0ms) return "-" + format_duration(-d);
  if (d < 1s) return fmt::format("{} ms", d.count());
  const auto seconds = std::chrono::duration_cast<std::chrono::seconds>(d).count();
  if (seconds < 60) return fmt::format("{} s", seconds);
  const auto minutes = seconds / 60;
  if (minutes < 60)
    return seconds % 60 != 0 ? fmt::format("{} min {} s", minutes, seconds % 60)
                             : fmt::format("{} min", minutes);
  const auto hours = minutes / 60;
  if (hours < 48)
    return minutes % 60 != 0 ? fmt::format("{} h {} min", hours, minutes % 60) : fmt::format("{} h", hours);
  return hours % 24 != 0 ? fmt::format("{} d {} h", hours / 24, hours % 24) : fmt::format("{} d", hours / 24);
}

std::optional<Duration> parse_duration(std::string_view text) {
  if (text.empty()) return std::nullopt;
  std::int64_t total_ms = 0;
  while (!text.empty()) {
    std::int64_t number = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number < 0 || number > 100'000'000) return std::nullopt;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    std::int64_t unit_ms = 0;
    if (text.starts_with("ms")) {
      unit_ms = 1;
      text.remove_prefix(1);
    } else if (text.starts_with("s")) {
      unit_ms = 1000;
    } else if (text.starts_with("m")) {
      unit_ms = 60'000;
    } else if (text.starts_with("h")) {
      unit_ms = 3'600'000;
    } else if (text.starts_with("d")) {
      unit_ms = 86'400'000;
    } else {
      return std::nullopt;
    }
    text.remove_prefix(1);
    total_ms += number * unit_ms;
    if (total_ms > kLongest.count()) return std::nullopt;
  }
  return Duration(total_ms);
}

}  // namespace hejnal

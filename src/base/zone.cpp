#include "base/zone.hpp"

#include <date/tz.h>
#include <fmt/format.h>

#include <array>
#include <cstdlib>

namespace hejnal {

namespace {

constexpr std::array kMonths = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
constexpr std::array kDays = {"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};

// The date library throws for an unknown zone; caught here, where it is called.
Result<const date::time_zone*> find(std::string_view name) {
  try {
    return date::locate_zone(std::string(name));
  } catch (const std::exception&) {
    return fail(Fault::malformed, "there is no time zone \"{}\"; expected an IANA name such as Europe/Warsaw",
                name);
  }
}

}  // namespace

Status check_zone(std::string_view name) {
  HEJNAL_TRY_VOID(find(name));
  return {};
}

Result<LocalTime> local_time(Instant t, std::string_view zone) {
  HEJNAL_TRY(const date::time_zone* found, find(zone));
  const date::sys_time<Duration> point{Duration(t.ms)};
  const auto info = found->get_info(point);
  const auto local = point + info.offset;
  const auto day = date::floor<date::days>(local);
  const date::year_month_day ymd{day};
  const date::hh_mm_ss<Duration> time{local - day};
  return LocalTime{static_cast<int>(ymd.year()),
                   static_cast<int>(static_cast<unsigned>(ymd.month())),
                   static_cast<int>(static_cast<unsigned>(ymd.day())),
                   static_cast<int>(time.hours().count()),
                   static_cast<int>(time.minutes().count()),
                   static_cast<int>(time.seconds().count()),
                   static_cast<int>(info.offset.count())};
}

Result<Instant> from_local(int year, int month, int day, int hour, int minute, std::string_view zone) {
  HEJNAL_TRY(const date::time_zone* found, find(zone));
  const date::year_month_day ymd{date::year(year), date::month(static_cast<unsigned>(month)),
                                 date::day(static_cast<unsigned>(day))};
  if (!ymd.ok() || hour < 0 || hour > 23 || minute < 0 || minute > 59) {
    return fail(Fault::malformed, "{:04}-{:02}-{:02} {:02}:{:02} is no date and time", year, month, day, hour,
                minute);
  }
  const date::local_time<Duration> local{date::local_days(ymd) + std::chrono::hours(hour) +
                                         std::chrono::minutes(minute)};
  return Instant{found->to_sys(local, date::choose::earliest).time_since_epoch().count()};
}

Result<std::vector<DaySpan>> daily_spans(Instant now, int first, int last, int from_minute, int to_minute,
                                         std::string_view zone) {
  HEJNAL_TRY(const LocalTime today, local_time(now, zone));
  const date::sys_days day{date::year(today.year) / today.month / today.day};
  const auto at = [&](date::sys_days d, int minute) {
    const date::year_month_day ymd{d};
    return from_local(static_cast<int>(ymd.year()), static_cast<int>(static_cast<unsigned>(ymd.month())),
                      static_cast<int>(static_cast<unsigned>(ymd.day())), minute / 60, minute % 60, zone);
  };
  std::vector<DaySpan> out;
  for (int i = first; i <= last; ++i) {
    const date::sys_days d = day + date::days(i);
    HEJNAL_TRY(const Instant from, at(d, from_minute));
    HEJNAL_TRY(const Instant to, to_minute == 24 * 60 ? at(d + date::days(1), 0) : at(d, to_minute));
    if (from < to) out.push_back({from, to});
  }
  return out;
}

std::string format_local(Instant t, std::string_view zone, std::string_view language) {
  const auto local = local_time(t, zone);
  if (!local) return format_rfc3339(t);
  if (language == "pl") {
    return fmt::format("{:02}.{:02}.{:04}, {:02}:{:02}", local->day, local->month, local->year, local->hour,
                       local->minute);
  }
  return fmt::format("{} {} {:04}, {:02}:{:02}", local->day,
                     kMonths.at(static_cast<std::size_t>(local->month - 1)), local->year, local->hour,
                     local->minute);
}

std::string format_mail_date(Instant t, std::string_view zone) {
  auto local = local_time(t, zone);
  if (!local) local = local_time(t, "Etc/UTC");
  if (!local) return "Thu, 01 Jan 1970 00:00:00 +0000";
  const std::int64_t day_number = (t.ms / 1000 + local->offset_s) / 86400;
  const int offset = std::abs(local->offset_s) / 60;
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} {}{:02}{:02}",
                     kDays.at(static_cast<std::size_t>((day_number + 4) % 7)), local->day,
                     kMonths.at(static_cast<std::size_t>(local->month - 1)), local->year, local->hour,
                     local->minute, local->second, local->offset_s < 0 ? '-' : '+', offset / 60, offset % 60);
}

}  // namespace hejnal

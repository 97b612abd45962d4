#include <charconv>

#include "base/text.hpp"
#include "wire/mail/address.hpp"

namespace hejnal::wire {

namespace {

constexpr std::string_view kMonths = "janfebmaraprmayjunjulaugsepoctnovdec";

struct Zone {
  std::string_view name;
  int minutes;
};
constexpr Zone kZones[] = {{"UT", 0},     {"GMT", 0},    {"UTC", 0},    {"Z", 0},      {"EST", -300},
                           {"EDT", -240}, {"CST", -360}, {"CDT", -300}, {"MST", -420}, {"MDT", -360},
                           {"PST", -480}, {"PDT", -420}, {"CET", 60},   {"CEST", 120}, {"MET", 60},
                           {"MEST", 120}, {"BST", 60},   {"WEST", 60},  {"EET", 120},  {"EEST", 180},
                           {"MSK", 180},  {"JST", 540}};

// Words without commas and comments.
std::vector<std::string> date_words(std::string_view value) {
  std::vector<std::string> out;
  std::string word;
  std::size_t depth = 0;
  for (const char c : value.substr(0, 200)) {
    if (c == '(') ++depth;
    const bool separator = c == ' ' || c == '\t' || c == ',' || c == '(' || c == ')' || depth > 0;
    if (c == ')' && depth > 0) --depth;
    if (!separator) {
      word += c;
    } else if (!word.empty()) {
      out.push_back(std::move(word));
      word.clear();
    }
  }
  if (!word.empty()) out.push_back(std::move(word));
  return out;
}

std::optional<int> number(std::string_view text) {
  int n = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), n);
  if (error != std::errc() || end != text.data() + text.size() || n < 0) return std::nullopt;
  return n;
}

int month_of(std::string_view word) {
  if (word.size() < 3) return 0;
  const auto at = kMonths.find(to_lower_ascii(word.substr(0, 3)));
  return at == kMonths.npos || at % 3 != 0 ? 0 : static_cast<int>(at / 3) + 1;
}

std::optional<int> zone_of(std::string_view word) {
  if (word.size() >= 5 && (word[0] == '+' || word[0] == '-')) {
    std::string digits;
    for (const char c : word.substr(1)) {
      if (c != ':') digits += c;
    }
    const auto n = number(digits);
    if (n && digits.size() == 4 && *n % 100 < 60 && *n <= 1400) {
      const int minutes = *n / 100 * 60 + *n % 100;
      return word[0] == '-' ? -minutes : minutes;
    }
    return std::nullopt;
  }
  for (const auto& zone : kZones) {
    if (iequals(zone.name, word)) return zone.minutes;
  }
  return std::nullopt;
}

}  // namespace

std::optional<Instant> parse_mail_date(std::string_view value) {
  if (const auto iso = parse_rfc3339(trim(value))) return iso;
  int day = 0, month = 0, year = -1, hour = -1, minute = 0, second = 0, offset = 0;
  bool has_zone = false;
  std::vector<std::string> all;
  for (auto& word : date_words(value)) {
    if (word.find('-') != std::string::npos && word[0] != '-' && word[0] != '+' &&
        word.find(':') == std::string::npos) {
      for (const auto piece : split(word, '-')) all.emplace_back(piece);  // 21-Nov-2026
    } else {
      all.push_back(std::move(word));
    }
  }
  for (const auto& word : all) {
    if (word.empty()) continue;
    if (word.find(':') != std::string::npos && word[0] != '+' && word[0] != '-') {
      std::string_view time = word;
      if (const auto sign = time.find_first_of("+-"); sign != time.npos) {
        if (const auto zone = zone_of(time.substr(sign))) {
          offset = *zone;
          has_zone = true;
        }
        time = time.substr(0, sign);
      }
      const auto parts = split(time, ':');
      if (parts.size() < 2) return std::nullopt;  // "12-05:00": the colon was the zone's
      const auto h = number(parts[0]), m = number(parts[1]);
      const auto s =
          parts.size() > 2 ? number(parts[2].substr(0, parts[2].find('.'))) : std::optional<int>(0);
      if (!h || !m || !s || *h > 24 || *m > 59 || *s > 60) return std::nullopt;
      hour = *h;
      minute = *m;
      second = *s;
    } else if (const auto n = number(word)) {
      if (day == 0 && word.size() <= 2)
        day = *n;
      else if (year < 0)
        year = *n;
    } else if (month == 0 && month_of(word) != 0) {
      month = month_of(word);
    } else if (const auto zone = zone_of(word)) {
      if (!has_zone || word[0] == '+' || word[0] == '-') offset = *zone;
      has_zone = true;
    }
  }
  if (year >= 0 && year < 50)
    year += 2000;  // RFC 5322 4.3
  else if (year >= 50 && year < 1000)
    year += 1900;
  if (hour < 0 || month == 0 || year < 1970 || year > 2200) return std::nullopt;
  const std::chrono::year_month_day date{std::chrono::year(year),
                                         std::chrono::month(static_cast<unsigned>(month)),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!date.ok()) return std::nullopt;
  const std::int64_t days = std::chrono::sys_days(date).time_since_epoch().count();
  return Instant{((days * 24 + hour) * 60 + minute - offset) * 60'000 + second * 1000};
}

}  // namespace hejnal::wire

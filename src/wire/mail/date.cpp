#include "base/text.hpp"
#include "wire/mail/address.hpp"
#include "wire/mail/gmime.hpp"

namespace hejnal::wire {

namespace {

struct UnrefDate {
  void operator()(GDateTime* date) const { g_date_time_unref(date); }
};

// "12-05:00": the only colon is the zone's, so there is no time; GMime would read 12 o'clock.
bool has_time(std::string_view value) {
  const std::string_view before = value.substr(0, value.find(':'));
  return before.substr(before.find_last_of(' ') + 1).find_first_of("+-") == before.npos;
}

}  // namespace

std::optional<Instant> parse_mail_date(std::string_view value) {
  value = trim(value.substr(0, 200));
  if (const auto iso = parse_rfc3339(value)) return iso;  // GMime reads RFC 5322 only
  if (!has_time(value)) return std::nullopt;
  mail_options();
  const std::unique_ptr<GDateTime, UnrefDate> date(
      g_mime_utils_header_decode_date(std::string(value).c_str()));
  if (date == nullptr) return std::nullopt;
  const int year = g_date_time_get_year(date.get());
  if (year < 1970 || year > 2200) return std::nullopt;
  return Instant{g_date_time_to_unix(date.get()) * 1000};
}

}  // namespace hejnal::wire

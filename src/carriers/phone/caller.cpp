#include "carriers/phone/caller.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::carriers::phone {

namespace {

constexpr std::size_t kGivenMax = 60, kWithCountryMin = 11;

bool is_digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string number_of_caller(std::string_view text, std::string_view country) {
  const bool lost_plus =
      text.size() > kWithCountryMin && text[0] == ' ' && is_digit(text[1]) && text[1] != '0';
  std::string_view number = trim(text);
  std::string out = lost_plus ? std::string() : wire::e164(number, country);
  // Too long for a number of this country: it can only be one with its country before it.
  const bool all_digits = !number.empty() && std::all_of(number.begin(), number.end(), is_digit);
  if (out.empty() && all_digits && number.size() >= kWithCountryMin && number.front() != '0')
    out = wire::e164("+" + std::string(number), country);
  return out.empty() ? wire::e164(number, country) : out;
}

std::string no_number(std::string_view text) {
  std::string given = collapse_space(sanitize_utf8(one_line(truncate_utf8(text, kGivenMax))));
  std::string word = to_lower_ascii(given);
  for (const std::string_view scheme : {"sips:", "sip:", "tel:"}) {
    if (word.starts_with(scheme)) word.erase(0, scheme.size());
  }
  word.erase(std::min(word.find_first_of("@;"), word.size()));
  for (const std::string_view withheld : {"", "anonymous", "unknown", "unavailable", "restricted", "private",
                                          "withheld", "blocked", "+266696687"}) {
    if (word == withheld) return {};
  }
  return given;
}

}  // namespace hejnal::carriers::phone

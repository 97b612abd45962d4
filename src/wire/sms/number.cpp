#include "wire/sms/number.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool separator(char32_t c) {
  switch (c) {
    case U' ':
    case U'-':
    case U'.':
    case U'(':
    case U')':
    case U'/':
    case U'\t':
    case 0x00A0:  // no-break space
    case 0x2007:
    case 0x2009:
    case 0x200B:
    case 0x200E:  // direction marks, which telephones copy from their contacts
    case 0x200F:
    case 0x2010:
    case 0x2011:
    case 0x2012:
    case 0x2013:
    case 0x202A:
    case 0x202C:
    case 0x202D:
    case 0x202F:
    case 0x2060:
    case 0x2212:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::string e164(std::string_view text, std::string_view country) {
  if (text.size() >= 4 && iequals(text.substr(0, 4), "tel:")) {
    text.remove_prefix(4);
    text = text.substr(0, text.find(';'));  // ;ext= and other parameters (RFC 3966)
  }
  bool plus = false;
  std::string digits;
  for (std::size_t at = 0; at < text.size();) {
    // "+48 (0) 22 ...": the trunk prefix that is not dialled from abroad.
    if (plus && !digits.empty() && text.substr(at, 3) == "(0)") {
      at += 3;
      continue;
    }
    const char32_t c = next_code_point(text, at);
    if (c < 0x80 && digit(static_cast<char>(c))) {
      digits += static_cast<char>(c);
    } else if (c == U'+' && digits.empty() && !plus) {
      plus = true;
    } else if (!separator(c)) {
      return {};
    }
  }
  if (!plus && digits.starts_with("00")) {
    plus = true;
    digits.erase(0, 2);
  }
  if (!plus && country == "48") {
    if (digits.size() == 10 && digits[0] == '0') digits.erase(0, 1);  // the old trunk prefix
    if (digits.size() == 11 && digits.starts_with("48")) plus = true;
    if (digits.size() != 9 && !plus) return {};
  }
  // A trunk prefix is not dialled from abroad; in Italy it is part of the number.
  if (!plus && country != "39" && digits.size() > 7 && digits[0] == '0') digits.erase(0, 1);
  if (!plus) {
    if (digits.size() > 10 && digits.starts_with(country)) {
      plus = true;
    } else {
      if (digits.size() < 7) return {};
      digits.insert(0, country);
    }
  }
  if (digits.size() < 8 || digits.size() > 15 || digits[0] == '0') return {};
  if (digits.starts_with("48") && digits.size() != 11) return {};
  return "+" + digits;
}

SmsSender sms_sender(std::string_view text, std::string_view country) {
  using Kind = SmsSender::Kind;
  const std::string_view given = trim(text);
  const bool plain = !given.empty() && std::all_of(given.begin(), given.end(), digit);
  // Gateways write international numbers without a sign: 48601234567. Eleven digits are no national number
  // anywhere that we know of but in countries where they begin with the calling code.
  std::string number;
  if (plain && given.size() >= 11 && given.size() <= 15 && given[0] != '0') {
    number = e164("+" + std::string(given), country);
  }
  if (number.empty()) number = e164(given, country);
  if (!number.empty()) return {Kind::number, number};
  if (plain && given.size() >= 3 && given.size() <= 6) return {Kind::short_code, std::string(given)};
  return {given.empty() ? Kind::unknown : Kind::name, collapse_space(sanitize_utf8(given.substr(0, 40)))};
}

std::vector<std::string> numbers_in(std::string_view text, std::string_view country) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < text.size() && out.size() < 5;) {
    const bool starts = digit(text[i]) || text[i] == '+' || text[i] == '(';
    const bool inside_word = i > 0 && (digit(text[i - 1]) || (text[i - 1] >= 'a' && text[i - 1] <= 'z') ||
                                       (text[i - 1] >= 'A' && text[i - 1] <= 'Z'));
    if (!starts || inside_word) {
      ++i;
      continue;
    }
    std::size_t end = i;
    while (end < text.size() &&
           (digit(text[end]) || separator(static_cast<unsigned char>(text[end])) || text[end] == '+'))
      ++end;
    std::string_view piece = text.substr(i, end - i);
    while (!piece.empty() && !digit(piece.back())) piece.remove_suffix(1);
    const auto digits = std::count_if(piece.begin(), piece.end(), digit);
    if (digits >= 9 && digits <= 15) {
      const std::string number = e164(piece, country);
      if (!number.empty() && std::find(out.begin(), out.end(), number) == out.end()) out.push_back(number);
    }
    i = end;
  }
  return out;
}

}  // namespace hejnal::wire

#include "wire/sms/number.hpp"

#include <algorithm>

namespace hejnal::wire {

namespace {

bool digit(char c) { return c >= '0' && c <= '9'; }
bool separator(char c) {
  return c == ' ' || c == '-' || c == '.' || c == '(' || c == ')' || c == '/' || c == '\t';
}

}  // namespace

std::string e164(std::string_view text, std::string_view country) {
  if (text.starts_with("tel:")) text.remove_prefix(4);
  bool plus = false;
  std::string digits;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    const bool no_break_space = c == '\xC2' && i + 1 < text.size() && text[i + 1] == '\xA0';
    if (no_break_space) {
      ++i;
    } else if (digit(c)) {
      digits += c;
    } else if (c == '+' && digits.empty() && !plus) {
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
    while (end < text.size() && (digit(text[end]) || separator(text[end]) || text[end] == '+')) ++end;
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

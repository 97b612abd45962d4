#include "core/case_names.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

namespace hejnal::core {

namespace {

constexpr int kTokenBits = 5;
constexpr std::size_t kNumberLettersMax = 12;  // 60 bits

constexpr std::string_view kDigits = "23456789";
constexpr std::string_view kLetters = "ABCDEFGHJKMNPQRSTVWXYZ";

constexpr std::int64_t power(std::int64_t base, std::size_t exponent) {
  return exponent == 0 ? 1 : base * power(base, exponent - 1);
}

// How many ways there are to go on with `left` characters so that the code has a digit and a letter.
constexpr std::int64_t ways(std::size_t left, bool digit, bool letter) {
  constexpr auto kAll = static_cast<std::int64_t>(kDigits.size() + kLetters.size());
  std::int64_t out = power(kAll, left);
  if (!letter) out -= power(kDigits.size(), left);
  if (!digit) out -= power(kLetters.size(), left);
  return digit || letter ? out : out + (left == 0 ? 1 : 0);
}
static_assert(ways(ShortCodes::kLength, false, false) == ShortCodes::kCount);

// The codes in order, the digits before the letters.
std::string code_at(std::int64_t place) {
  std::string out;
  bool digit = false, letter = false;
  for (std::size_t left = ShortCodes::kLength; left-- > 0;) {
    const std::int64_t with_digit = ways(left, true, letter), with_letter = ways(left, digit, true);
    const std::int64_t digits = with_digit * static_cast<std::int64_t>(kDigits.size());
    if (place < digits) {
      out += kDigits[static_cast<std::size_t>(place / with_digit)];
      place %= with_digit;
      digit = true;
    } else {
      place -= digits;
      out += kLetters[static_cast<std::size_t>(place / with_letter)];
      place %= with_letter;
      letter = true;
    }
  }
  return out;
}

// -1: no code.
std::int64_t place_of(std::string_view code) {
  if (code.size() != ShortCodes::kLength) return -1;
  std::int64_t place = 0;
  bool digit = false, letter = false;
  for (std::size_t i = 0; i < code.size(); ++i) {
    const std::size_t left = code.size() - i - 1;
    const std::int64_t with_digit = ways(left, true, letter), with_letter = ways(left, digit, true);
    if (const auto at = kDigits.find(code[i]); at != std::string_view::npos) {
      place += static_cast<std::int64_t>(at) * with_digit;
      digit = true;
    } else if (const auto then = kLetters.find(code[i]); then != std::string_view::npos) {
      place += static_cast<std::int64_t>(kDigits.size()) * with_digit +
               static_cast<std::int64_t>(then) * with_letter;
      letter = true;
    } else {
      return -1;
    }
  }
  return digit && letter ? place : -1;
}

constexpr int kHalfBits = 13;
constexpr std::uint32_t kHalf = (1u << kHalfBits) - 1;
constexpr int kRounds = 4;

}  // namespace

std::string token_of(CaseNumber number, std::string_view secret) {
  HEJNAL_CHECK(number > 0 && secret.size() == kTokenSecret);
  std::string out;
  for (auto rest = static_cast<std::uint64_t>(number); rest != 0; rest >>= kTokenBits)
    out += kTokenAlphabet[rest % kTokenAlphabet.size()];
  std::reverse(out.begin(), out.end());
  return out.append(secret);
}

CaseNumber number_in(std::string_view token) {
  if (token.size() <= kTokenSecret || token.size() > kTokenSecret + kNumberLettersMax) return 0;
  CaseNumber out = 0;
  for (const char c : token.substr(0, token.size() - kTokenSecret)) {
    const auto digit = kTokenAlphabet.find(c);
    if (digit == std::string_view::npos) return 0;
    out = out << kTokenBits | static_cast<CaseNumber>(digit);
  }
  return out;
}

std::string message_id_of(const SentName& name, std::string_view secret, std::string_view domain) {
  const std::string through = name.number == name.decided ? "" : fmt::format("{}.", name.number);
  return fmt::format("<hejnal.{}{}.{}.{}@{}>", through, name.decided, name.notice, secret, domain);
}

std::optional<SentName> sent_name(std::string_view message_id) {
  constexpr std::string_view kBegin = "<hejnal.";
  const auto at = message_id.find('@');
  if (!message_id.starts_with(kBegin) || at == std::string_view::npos) return std::nullopt;
  const auto parts = split(message_id.substr(kBegin.size(), at - kBegin.size()), '.');
  if (parts.size() < 3 || parts.size() > 4) return std::nullopt;
  const auto read = [](std::string_view text, auto& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    return error == std::errc() && end == text.data() + text.size() && number >= 0;
  };
  SentName out;
  if (!read(parts.front(), out.number) || !read(parts[parts.size() - 3], out.decided) ||
      !read(parts[parts.size() - 2], out.notice))
    return std::nullopt;
  return out;
}

ShortCodes::ShortCodes(std::string_view key) : key_() {
  HEJNAL_CHECK(key.size() >= key_.size());
  std::copy_n(key.begin(), key_.size(), key_.begin());
}

// A Feistel network over the two halves of a place; four rounds of a keyed function make it a permutation
// that cannot be told from a random one without the key (Luby, Rackoff 1988). It has more places than there
// are codes: one that leads outside is followed until it comes back inside.
std::uint32_t ShortCodes::mix(std::uint32_t place, bool back) const {
  const std::string_view key(key_.data(), key_.size());
  do {
    std::uint32_t left = place >> kHalfBits, right = place & kHalf;
    for (int i = 0; i < kRounds; ++i) {
      const auto round = static_cast<char>(back ? kRounds - 1 - i : i);
      std::uint32_t& in = back ? left : right;
      const char bytes[] = {round, static_cast<char>(in & 0xff), static_cast<char>(in >> 8)};
      const auto f = static_cast<std::uint32_t>(keyed_checksum(key, {bytes, sizeof bytes})) & kHalf;
      std::uint32_t& other = back ? right : left;
      other ^= f;
      std::swap(left, right);
    }
    place = left << kHalfBits | right;
  } while (place >= kCount);
  return place;
}

std::string ShortCodes::of(CaseNumber number) const {
  HEJNAL_CHECK(number > 0);
  return code_at(mix(static_cast<std::uint32_t>(number % kCount), false));
}

CaseNumber ShortCodes::number_of(std::string_view code) const {
  const std::int64_t place = place_of(code);
  if (place < 0) return 0;
  const CaseNumber number = mix(static_cast<std::uint32_t>(place), true);
  return number == 0 ? kCount : number;
}

}  // namespace hejnal::core

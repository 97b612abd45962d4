#include "wire/sms/text.hpp"

#include <array>
#include <cstdint>
#include <vector>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

// TS 23.038, 6.2.1 without the escape; the extension table (6.2.1.1) costs two septets.
constexpr std::string_view kBasic =
    "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ "
    "!\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
constexpr std::string_view kExtension = "\f^{}\\[~]|€";

constexpr char32_t kTableEnd =
    0x400;  // all of the basic alphabet lies below; of the extension all but the euro

// Septets of each sign: 0 where GSM 7-bit has none.
const std::array<std::uint8_t, kTableEnd>& septet_table() {
  static const auto table = [] {
    std::array<std::uint8_t, kTableEnd> out{};
    for (std::size_t at = 0; at < kBasic.size();) {
      const char32_t c = next_code_point(kBasic, at);
      if (c < kTableEnd) out[c] = 1;
    }
    for (std::size_t at = 0; at < kExtension.size();) {
      const char32_t c = next_code_point(kExtension, at);
      if (c < kTableEnd) out[c] = 2;
    }
    return out;
  }();
  return table;
}

int septets(char32_t c) {
  if (c < kTableEnd) return septet_table()[c];
  return c == U'€' ? 2 : 0;
}

int segments(const std::vector<int>& signs, int total, int single, int joined) {
  if (total <= single) return 1;
  int count = 1, used = 0;
  for (const int size : signs) {
    if (used + size > joined) {
      ++count;
      used = 0;
    }
    used += size;
  }
  return count;
}

const char* plain(char32_t c) {
  switch (c) {
    case U'ą':
      return "a";
    case U'ć':
      return "c";
    case U'ę':
      return "e";
    case U'ł':
      return "l";
    case U'ń':
      return "n";
    case U'ó':
      return "o";
    case U'ś':
      return "s";
    case U'ź':
    case U'ż':
      return "z";
    case U'Ą':
      return "A";
    case U'Ć':
      return "C";
    case U'Ę':
      return "E";
    case U'Ł':
      return "L";
    case U'Ń':
      return "N";
    case U'Ó':
      return "O";
    case U'Ś':
      return "S";
    case U'Ź':
    case U'Ż':
      return "Z";
    case U'„':
    case U'”':
    case U'“':
    case U'«':
    case U'»':
      return "\"";
    case U'’':
    case U'‘':
      return "'";
    case U'–':
    case U'—':
    case U'‑':
      return "-";
    case U'…':
      return "...";
    case U'\u00A0':
      return " ";
    default:
      return nullptr;
  }
}

}  // namespace

SmsSize sms_size(std::string_view text) {
  std::vector<int> septet_list, unit_list;
  int septet_total = 0, unit_total = 0;
  bool gsm7 = true;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    const int s = septets(c), u = c > 0xFFFF ? 2 : 1;
    gsm7 = gsm7 && s > 0;
    septet_list.push_back(s);
    unit_list.push_back(u);
    septet_total += s;
    unit_total += u;
  }
  if (gsm7) return {true, septet_total, segments(septet_list, septet_total, 160, 153)};
  return {false, unit_total, segments(unit_list, unit_total, 70, 67)};
}

std::string sms_text(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    if (const char* replacement = plain(c)) {
      out += replacement;
    } else {
      out += text.substr(begin, at - begin);
    }
  }
  return sms_size(out).segments < sms_size(text).segments ? out : std::string(text);
}

}  // namespace hejnal::wire

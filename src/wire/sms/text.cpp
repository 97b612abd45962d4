#include "wire/sms/text.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <iterator>

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

struct Plain {
  char32_t sign;
  const char* plain;
};

// Sorted. Signs that GSM 7-bit has (ä, é, ñ, Ç ...) are not here: they cost nothing.
constexpr Plain kPlain[] = {
    {U'\t', " "},   {U'`', "'"},    {0x00A0, " "},  {U'«', "\""},  {0x00AD, ""},    {U'´', "'"},
    {U'»', "\""},   {U'À', "A"},    {U'Á', "A"},    {U'Â', "A"},   {U'Ã', "A"},     {U'È', "E"},
    {U'Ê', "E"},    {U'Ë', "E"},    {U'Ì', "I"},    {U'Í', "I"},   {U'Î', "I"},     {U'Ï', "I"},
    {U'Ò', "O"},    {U'Ó', "O"},    {U'Ô', "O"},    {U'Õ', "O"},   {U'Ù', "U"},     {U'Ú', "U"},
    {U'Û', "U"},    {U'Ý', "Y"},    {U'á', "a"},    {U'â', "a"},   {U'ã', "a"},     {U'ç', "c"},
    {U'ê', "e"},    {U'ë', "e"},    {U'í', "i"},    {U'î', "i"},   {U'ï', "i"},     {U'ó', "o"},
    {U'ô', "o"},    {U'õ', "o"},    {U'ú', "u"},    {U'û', "u"},   {U'ý', "y"},     {U'ÿ', "y"},
    {U'Ą', "A"},    {U'ą', "a"},    {U'Ć', "C"},    {U'ć', "c"},   {U'Č', "C"},     {U'č', "c"},
    {U'Ď', "D"},    {U'ď', "d"},    {U'Ę', "E"},    {U'ę', "e"},   {U'Ě', "E"},     {U'ě', "e"},
    {U'Ł', "L"},    {U'ł', "l"},    {U'Ń', "N"},    {U'ń', "n"},   {U'Ň', "N"},     {U'ň', "n"},
    {U'Ő', "O"},    {U'ő', "o"},    {U'Ř', "R"},    {U'ř', "r"},   {U'Ś', "S"},     {U'ś', "s"},
    {U'Š', "S"},    {U'š', "s"},    {U'Ť', "T"},    {U'ť', "t"},   {U'Ů', "U"},     {U'ů', "u"},
    {U'Ű', "U"},    {U'ű', "u"},    {U'Ź', "Z"},    {U'ź', "z"},   {U'Ż', "Z"},     {U'ż', "z"},
    {U'Ž', "Z"},    {U'ž', "z"},    {0x2009, " "},  {0x200B, ""},  {0x2010, "-"},   {0x2011, "-"},
    {0x2012, "-"},  {0x2013, "-"},  {0x2014, "-"},  {0x2018, "'"}, {0x2019, "'"},   {0x201A, "'"},
    {0x201C, "\""}, {0x201D, "\""}, {0x201E, "\""}, {0x2022, "*"}, {0x2026, "..."}, {0x202F, " "},
    {0x2032, "'"},  {0x2192, "->"}, {0x2212, "-"},  {0xFEFF, ""},
};

const char* plain(char32_t c) {
  const auto* found = std::lower_bound(std::begin(kPlain), std::end(kPlain), c,
                                       [](const Plain& row, char32_t sign) { return row.sign < sign; });
  return found != std::end(kPlain) && found->sign == c ? found->plain : nullptr;
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

std::string plain_text(std::string_view text) {
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
  return out;
}

std::string sms_text(std::string_view text, Transliterate when) {
  if (when == Transliterate::never) return std::string(text);
  std::string out = plain_text(text);
  if (when == Transliterate::always) return out;
  return sms_size(out).segments < sms_size(text).segments ? out : std::string(text);
}

std::vector<std::string> sms_parts(std::string_view text) {
  const SmsSize size = sms_size(text);
  if (size.segments == 1) return {std::string(text)};
  const int room = size.gsm7 ? 153 : 67;
  std::vector<std::string> out(1);
  int used = 0;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = at;
    const char32_t c = next_code_point(text, at);
    const int units = size.gsm7 ? septets(c) : c > 0xFFFF ? 2 : 1;
    if (used + units > room) {
      out.emplace_back();
      used = 0;
    }
    used += units;
    out.back() += text.substr(begin, at - begin);
  }
  return out;
}

std::string utf8_of_utf16be(std::string_view bytes) {
  std::string out;
  const auto unit = [&](std::size_t at) {
    return static_cast<char32_t>(static_cast<unsigned char>(bytes[at]) << 8 |
                                 static_cast<unsigned char>(bytes[at + 1]));
  };
  for (std::size_t at = 0; at + 1 < bytes.size(); at += 2) {
    char32_t c = unit(at);
    if (c >= 0xD800 && c < 0xDC00 && at + 3 < bytes.size() && unit(at + 2) >= 0xDC00 &&
        unit(at + 2) < 0xE000) {
      c = 0x10000 + ((c - 0xD800) << 10) + (unit(at + 2) - 0xDC00);
      at += 2;
    } else if (c >= 0xD800 && c < 0xE000) {
      c = 0xFFFD;  // half a pair
    }
    append_utf8(out, c == 0 ? 0xFFFD : c);
  }
  if (bytes.size() % 2 != 0) append_utf8(out, 0xFFFD);
  return out;
}

}  // namespace hejnal::wire

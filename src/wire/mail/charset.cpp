#include "wire/mail/charset.hpp"

#include <iconv.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <memory>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

struct Alias {
  std::string_view label;  // letters and digits only, lower case
  const char* name;        // iconv's
};

constexpr const char* kUtf8 = "UTF-8";

constexpr Alias kAliases[] = {
    {"utf8", kUtf8},
    {"unicode11utf8", kUtf8},
    {"xutf8", kUtf8},
    {"utf8mb4", kUtf8},
    {"utf8n", kUtf8},
    {"usascii", ""},
    {"ascii", ""},
    {"ansix341968", ""},
    {"iso646us", ""},
    {"us", ""},
    {"default", ""},
    {"unknown8bit", ""},
    {"x", ""},
    {"unknown", ""},
    {"8bit", ""},
    {"binary", ""},
    {"charsetusascii", ""},
    {"iso88591", "CP1252"},
    {"latin1", "CP1252"},
    {"l1", "CP1252"},
    {"cp819", "CP1252"},
    {"iso8859", "CP1252"},
    {"cp1252", "CP1252"},
    {"windows1252", "CP1252"},
    {"xcp1252", "CP1252"},
    {"win1252", "CP1252"},
    {"ansi", "CP1252"},
    {"iso88592", "ISO-8859-2"},
    {"latin2", "ISO-8859-2"},
    {"l2", "ISO-8859-2"},
    {"cp1250", "CP1250"},
    {"windows1250", "CP1250"},
    {"xcp1250", "CP1250"},
    {"win1250", "CP1250"},
    {"windowseastern", "CP1250"},
    {"iso88593", "ISO-8859-3"},
    {"iso88594", "ISO-8859-4"},
    {"iso88595", "ISO-8859-5"},
    {"iso88596", "ISO-8859-6"},
    {"iso88597", "ISO-8859-7"},
    {"iso88598", "ISO-8859-8"},
    {"iso88598i", "ISO-8859-8"},
    {"iso88599", "CP1254"},
    {"latin5", "CP1254"},
    {"iso885910", "ISO-8859-10"},
    {"iso885911", "CP874"},
    {"tis620", "CP874"},
    {"windows874", "CP874"},
    {"iso885913", "ISO-8859-13"},
    {"iso885914", "ISO-8859-14"},
    {"iso885915", "ISO-8859-15"},
    {"latin9", "ISO-8859-15"},
    {"iso885916", "ISO-8859-16"},
    {"latin10", "ISO-8859-16"},
    {"windows1251", "CP1251"},
    {"cp1251", "CP1251"},
    {"win1251", "CP1251"},
    {"xcp1251", "CP1251"},
    {"windows1253", "CP1253"},
    {"cp1253", "CP1253"},
    {"windows1254", "CP1254"},
    {"cp1254", "CP1254"},
    {"windows1255", "CP1255"},
    {"cp1255", "CP1255"},
    {"windows1256", "CP1256"},
    {"cp1256", "CP1256"},
    {"windows1257", "CP1257"},
    {"cp1257", "CP1257"},
    {"windows1258", "CP1258"},
    {"cp1258", "CP1258"},
    {"koi8r", "KOI8-R"},
    {"koi8", "KOI8-R"},
    {"cskoi8r", "KOI8-R"},
    {"koi8u", "KOI8-U"},
    {"koi8ru", "KOI8-U"},
    {"ibm437", "CP437"},
    {"cp437", "CP437"},
    {"ibm850", "CP850"},
    {"cp850", "CP850"},
    {"ibm852", "CP852"},
    {"cp852", "CP852"},
    {"ibm866", "CP866"},
    {"cp866", "CP866"},
    {"ibm865", "CP865"},
    {"cp865", "CP865"},
    {"macintosh", "MACINTOSH"},
    {"mac", "MACINTOSH"},
    {"xmacroman", "MACINTOSH"},
    {"macroman", "MACINTOSH"},
    {"xmacce", "MAC-CENTRALEUROPE"},
    {"xmaccentraleurope", "MAC-CENTRALEUROPE"},
    {"gb2312", "GB18030"},
    {"gbk", "GB18030"},
    {"gb18030", "GB18030"},
    {"xgbk", "GB18030"},
    {"cp936", "GB18030"},
    {"ms936", "GB18030"},
    {"euccn", "GB18030"},
    {"csgb2312", "GB18030"},
    {"gb231280", "GB18030"},
    {"chinesesimplified", "GB18030"},
    {"big5", "BIG5-HKSCS"},
    {"big5hkscs", "BIG5-HKSCS"},
    {"cp950", "BIG5-HKSCS"},
    {"xxbig5", "BIG5-HKSCS"},
    {"shiftjis", "CP932"},
    {"sjis", "CP932"},
    {"xsjis", "CP932"},
    {"cp932", "CP932"},
    {"windows31j", "CP932"},
    {"mskanji", "CP932"},
    {"eucjp", "EUC-JP-MS"},
    {"xeucjp", "EUC-JP-MS"},
    {"iso2022jp", "ISO-2022-JP-2"},
    {"iso2022jp1", "ISO-2022-JP-2"},
    {"iso2022jp2", "ISO-2022-JP-2"},
    {"iso2022jpms", "ISO-2022-JP-2"},
    {"cp50220", "ISO-2022-JP-2"},
    {"cp50221", "ISO-2022-JP-2"},
    {"jis", "ISO-2022-JP-2"},
    {"euckr", "CP949"},
    {"ksc56011987", "CP949"},
    {"ksc5601", "CP949"},
    {"korean", "CP949"},
    {"cp949", "CP949"},
    {"uhc", "CP949"},
    {"windows949", "CP949"},
    {"cseuckr", "CP949"},
    {"iso2022kr", "ISO-2022-KR"},
    {"utf7", "UTF-7"},
    {"unicode11utf7", "UTF-7"},
    {"utf16", "UTF-16"},
    {"utf16le", "UTF-16LE"},
    {"utf16be", "UTF-16BE"},
    {"unicode", "UTF-16"},
    {"ucs2", "UTF-16"},
    {"utf32", "UTF-32"},
};

struct CloseConverter {
  void operator()(void* descriptor) const { iconv_close(descriptor); }
};

std::string convert(std::string_view bytes, const char* name) {
  const iconv_t descriptor = iconv_open(kUtf8, name);
  if (descriptor == reinterpret_cast<iconv_t>(-1)) return sanitize_utf8(bytes);
  const std::unique_ptr<void, CloseConverter> close(descriptor);
  std::string out;
  out.reserve(bytes.size() + bytes.size() / 4 + 16);
  std::array<char, 4096> buffer;
  char* in = const_cast<char*>(bytes.data());
  std::size_t left = bytes.size();
  bool flushed = false;
  while (!flushed) {
    char* to = buffer.data();
    std::size_t room = buffer.size();
    flushed = left == 0;
    const auto result =
        flushed ? iconv(descriptor, nullptr, nullptr, &to, &room) : iconv(descriptor, &in, &left, &to, &room);
    out.append(buffer.data(), buffer.size() - room);
    if (result != static_cast<std::size_t>(-1)) continue;
    if (errno == E2BIG) {
      if (flushed) break;
      continue;
    }
    append_utf8(out, 0xFFFD);  // EILSEQ, or EINVAL: cut at the end
    if (left > 0) {
      ++in;
      --left;
    }
  }
  return sanitize_utf8(out);
}

bool in_range(std::string_view bytes, unsigned char low, unsigned char high) {
  return std::any_of(bytes.begin(), bytes.end(), [&](char c) {
    const auto u = static_cast<unsigned char>(c);
    return u >= low && u <= high;
  });
}

// Polish letters stand at other places in the two; 0x80-0x9F are letters only in windows-1250.
const char* guess_8bit(std::string_view bytes) {
  std::size_t l2 = 0, cp1250 = 0;
  for (const char c : bytes) {
    switch (static_cast<unsigned char>(c)) {
      case 0xB1:
      case 0xB6:
      case 0xBC:
      case 0xA1:
      case 0xA6:
      case 0xAC:
        ++l2;
        break;
      case 0xB9:
      case 0xA5:
      case 0x9C:
      case 0x9F:
      case 0x8C:
      case 0x8F:
      case 0x84:
      case 0x94:
      case 0x93:
      case 0x96:
        ++cp1250;
        break;
      default:
        break;
    }
  }
  return l2 > cp1250 && !in_range(bytes, 0x80, 0x9F) ? "ISO-8859-2" : "CP1250";
}

bool looks_like_iso2022jp(std::string_view bytes) {
  return bytes.find("\x1B$B") != bytes.npos || bytes.find("\x1B$@") != bytes.npos ||
         bytes.find("\x1B(J") != bytes.npos;
}

// How many characters of more than one byte valid UTF-8 holds; three-byte ones count double.
std::size_t multibyte_weight(std::string_view bytes) {
  std::size_t weight = 0;
  for (const char c : bytes) {
    const auto u = static_cast<unsigned char>(c);
    if (u >= 0xC2) weight += u >= 0xE0 ? 2 : 1;
  }
  return weight;
}

std::string guess(std::string_view bytes, std::string_view hint) {
  if (looks_like_iso2022jp(bytes)) return convert(bytes, "ISO-2022-JP-2");
  if (is_valid_utf8(bytes)) return sanitize_utf8(bytes);
  const char* hinted = charset_name(hint);
  if (hinted != nullptr && *hinted != '\0' && hinted != kUtf8) return to_utf8(bytes, hint);
  return convert(bytes, guess_8bit(bytes));
}

}  // namespace

const char* charset_name(std::string_view label) {
  std::array<char, 32> key{};
  std::size_t size = 0;
  for (const char c : label) {
    if (c == '*') break;  // RFC 2231 5: a language follows
    const char l = c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
    if ((l < 'a' || l > 'z') && (l < '0' || l > '9')) continue;
    if (size == key.size()) return nullptr;
    key[size++] = l;
  }
  std::string_view name(key.data(), size);
  if (name.starts_with("charset")) name.remove_prefix(7);  // charset="charset=utf-8" occurs
  if (name.starts_with("cs") && name.size() > 2 && name != "cskoi8r" && name != "csgb2312" &&
      name != "cseuckr")
    name.remove_prefix(2);
  if (name.starts_with("iso8859") && name.size() > 7 && name.back() == 'e')
    name.remove_suffix(1);  // iso-8859-8-e
  for (const auto& alias : kAliases) {
    if (alias.label == name) return alias.name;
  }
  return nullptr;
}

bool is_ascii(std::string_view bytes) {
  return std::all_of(bytes.begin(), bytes.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

std::string to_utf8(std::string_view bytes, std::string_view label, std::string_view hint) {
  const char* name = charset_name(label);
  if (name == nullptr || *name == '\0') return guess(bytes, hint);
  const std::string_view charset = name;
  if (charset == kUtf8) {
    if (clean_utf8_length(bytes) == bytes.size()) return std::string(bytes);  // nearly all mail
    if (is_valid_utf8(bytes) || multibyte_weight(bytes) == 0) return sanitize_utf8(bytes);
    // Labelled UTF-8, but not one character of it is: a program that wrote the label by habit.
    std::string clean = sanitize_utf8(bytes);
    const auto wrong = [&] {
      std::size_t count = 0;
      for (std::size_t at = clean.find("\xEF\xBF\xBD"); at != clean.npos;
           at = clean.find("\xEF\xBF\xBD", at + 3))
        ++count;
      return count;
    }();
    std::size_t high = 0;
    for (const char c : bytes) high += static_cast<unsigned char>(c) >= 0x80 ? 1 : 0;
    return wrong == high ? convert(bytes, guess_8bit(bytes)) : clean;
  }
  const bool single_byte = charset.starts_with("CP125") || charset.starts_with("ISO-8859-");
  if (single_byte) {
    if (is_ascii(bytes)) return looks_like_iso2022jp(bytes) ? guess(bytes, {}) : sanitize_utf8(bytes);
    if (multibyte_weight(bytes) >= 4 && is_valid_utf8(bytes))
      return sanitize_utf8(bytes);  // cannot be chance
    if (charset == "ISO-8859-2" && in_range(bytes, 0x80, 0x9F)) return convert(bytes, "CP1250");
  }
  return convert(bytes, name);
}

}  // namespace hejnal::wire

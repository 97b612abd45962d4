#include "base/text.hpp"

#include <algorithm>
#include <bit>
#include <cstdint>
#include <cstring>

using namespace std::string_view_literals;

namespace hejnal {

namespace {

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n' || c == '\v' || c == '\f'; }
char lower(char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; }

// Base letters of U+00C0..U+017F, lower case; '\0' = see fold_special, ' ' = not a letter.
constexpr std::string_view kLatin =
    "aaaaaa\0ceeeeiiiidnooooo ouuuuy\0\0aaaaaa\0ceeeeiiiidnooooo ouuuuy\0y"   // 00C0..00FF
    "aaaaaaccccccccddddeeeeeeeeeegggggggghhhhiiiiiiiiii\0\0jjkkklllllllllln"  // 0100..0143
    "nnnnn\0nnoooooo\0\0rrrrrrssssssssttttttuuuuuuuuuuuuwwyyyzzzzzzs"sv;

// Eight bytes at once, where all of them are ASCII: most text is.
constexpr std::uint64_t kEach = 0x0101010101010101u;
constexpr std::uint64_t kHigh = 0x80 * kEach;

std::uint64_t load8(const char* bytes) {
  std::uint64_t word = 0;
  std::memcpy(&word, bytes, sizeof word);
  return word;
}
std::uint64_t lower8(std::uint64_t word) {  // of ASCII: no sum runs over into the next byte
  const std::uint64_t above_z = word + (0x7F - 'Z') * kEach, from_a = word + (0x80 - 'A') * kEach;
  return word | ((from_a & ~above_z & kHigh) >> 2);
}
bool ascii8(std::uint64_t word) { return (word & kHigh) == 0; }

const char* fold_special(char32_t c) {
  switch (c) {
    case 0xC6:
    case 0xE6:
      return "ae";
    case 0xDE:
    case 0xFE:
      return "th";
    case 0xDF:
      return "ss";
    case 0x132:
    case 0x133:
      return "ij";
    case 0x149:
      return "n";
    case 0x152:
    case 0x153:
      return "oe";
    default:
      return nullptr;
  }
}

bool is_letter(char32_t c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') ||
         (c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&
          !(c >= 0x3000 && c <= 0x303F) && c != 0xFFFD);
}

}  // namespace

std::string_view trim(std::string_view text) {
  while (!text.empty() && is_space(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_space(text.back())) text.remove_suffix(1);
  return text;
}

std::string to_lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) c = lower(c);
  return out;
}

bool iequals(std::string_view a, std::string_view b) {
  if (a.size() != b.size()) return false;
  for (std::size_t i = 0; i < a.size(); ++i) {
    if (lower(a[i]) != lower(b[i])) return false;
  }
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> out;
  for (;;) {
    const auto at = text.find(separator);
    out.push_back(text.substr(0, at));
    if (at == std::string_view::npos) return out;
    text.remove_prefix(at + 1);
  }
}

std::string collapse_space(std::string_view text) {
  std::string out;
  bool pending = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    // No-break space and next line (two bytes), line and paragraph separator (three).
    const std::string_view rest = text.substr(i);
    const bool two = rest.starts_with("\xC2\xA0") || rest.starts_with("\xC2\x85");
    const bool three = rest.starts_with("\xE2\x80\xA8") || rest.starts_with("\xE2\x80\xA9");
    if (is_space(text[i]) || two || three) {
      pending = !out.empty();
      i += two ? 1 : three ? 2 : 0;
    } else {
      if (pending) out += ' ';
      pending = false;
      out += text[i];
    }
  }
  return out;
}

void append_utf8(std::string& out, char32_t c) {
  if (c < 0x80) {
    out += static_cast<char>(c);
  } else if (c < 0x800) {
    out += static_cast<char>(0xC0 | (c >> 6));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else if (c < 0x10000) {
    out += static_cast<char>(0xE0 | (c >> 12));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  } else {
    out += static_cast<char>(0xF0 | (c >> 18));
    out += static_cast<char>(0x80 | ((c >> 12) & 0x3F));
    out += static_cast<char>(0x80 | ((c >> 6) & 0x3F));
    out += static_cast<char>(0x80 | (c & 0x3F));
  }
}

namespace {

// The length of the valid sequence at `at` (RFC 3629), or 0.
inline std::size_t sequence_length(std::string_view text, std::size_t at) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[at + i]); };
  const auto tail = [&](std::size_t i) { return at + i < text.size() && (byte(i) & 0xC0) == 0x80; };
  const unsigned char first = byte(0);
  if (first < 0x80) return 1;
  if (first >= 0xC2 && first <= 0xDF) [[likely]]
    return tail(1) ? 2 : 0;
  if (first >= 0xE0 && first <= 0xEF) {
    if (!tail(1) || !tail(2)) return 0;
    if (first == 0xE0 && byte(1) < 0xA0) return 0;
    if (first == 0xED && byte(1) > 0x9F) return 0;
    return 3;
  }
  if (first >= 0xF0 && first <= 0xF4) {
    if (!tail(1) || !tail(2) || !tail(3)) return 0;
    if (first == 0xF0 && byte(1) < 0x90) return 0;
    if (first == 0xF4 && byte(1) > 0x8F) return 0;
    return 4;
  }
  return 0;
}

inline char32_t code_point(std::string_view text, std::size_t& at) {
  const std::size_t length = sequence_length(text, at);
  const auto byte = [&](std::size_t i) {
    return static_cast<char32_t>(static_cast<unsigned char>(text[at + i]));
  };
  char32_t c = 0xFFFD;
  switch (length) {
    case 1:
      c = byte(0);
      break;
    case 2:
      c = ((byte(0) & 0x1F) << 6) | (byte(1) & 0x3F);
      break;
    case 3:
      c = ((byte(0) & 0x0F) << 12) | ((byte(1) & 0x3F) << 6) | (byte(2) & 0x3F);
      break;
    case 4:
      c = ((byte(0) & 0x07) << 18) | ((byte(1) & 0x3F) << 12) | ((byte(2) & 0x3F) << 6) | (byte(3) & 0x3F);
      break;
    default:
      break;
  }
  at += length == 0 ? 1 : length;
  return c;
}

}  // namespace

char32_t next_code_point(std::string_view text, std::size_t& at) { return code_point(text, at); }

std::string one_line(std::string_view text) {
  const auto is_white = [](char32_t c) {
    return c == ' ' || (c >= 0x09 && c <= 0x0D) || c == 0x85 || c == 0xA0 || c == 0x1680 ||
           (c >= 0x2000 && c <= 0x200A) || c == 0x2028 || c == 0x2029 || c == 0x202F || c == 0x205F ||
           c == 0x3000;
  };
  const auto is_unseen = [](char32_t c) {
    return c < 0x20 || (c >= 0x7F && c < 0xA0) || (c >= 0x202A && c <= 0x202E) ||
           (c >= 0x2066 && c <= 0x2069) || c == 0x200E || c == 0x200F || c == 0x061C || c == 0xFEFF;
  };
  std::string out;
  bool pending = false;
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    if (is_white(c)) {
      pending = !out.empty();
    } else if (!is_unseen(c)) {
      if (pending) out += ' ';
      pending = false;
      append_utf8(out, c);
    }
  }
  return out;
}

bool is_valid_utf8(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (at + 8 <= bytes.size() && ascii8(load8(bytes.data() + at))) {
      at += 8;
      continue;
    }
    const std::size_t length = sequence_length(bytes, at);
    if (length == 0) return false;
    at += length;
  }
  return true;
}

namespace {

// Eight bytes that are printable ASCII or letters of two bytes, as most of our text is. `open` says that the
// byte before them begins a letter, and afterwards the same of their last.
bool clean8(std::uint64_t word, std::uint64_t& open) {
  static_assert(std::endian::native == std::endian::little);
  const std::uint64_t high = word & kHigh, bit6 = (word << 1) & kHigh, bit5 = (word << 2) & kHigh;
  const std::uint64_t low = word & ~kHigh;
  const std::uint64_t lead = high & bit6 & ~bit5, tail = high & ~bit6;
  const std::uint64_t longer = high & bit6 & bit5;
  const std::uint64_t overlong = lead & ~((word & 0x1E * kEach) + 0x7E * kEach);  // C0, C1
  const std::uint64_t control = ~high & kHigh & (~(low + 0x60 * kEach) | (low + kEach));
  if ((longer | overlong | control) != 0 || (lead << 8 | open) != tail) return false;
  open = lead >> 56;
  return true;
}

}  // namespace

std::size_t clean_utf8_length(std::string_view bytes) {
  std::size_t at = 0;
  while (at < bytes.size()) {
    std::uint64_t open = 0;
    while (at + 8 <= bytes.size() && clean8(load8(bytes.data() + at), open)) at += 8;
    if (open != 0) --at;
    for (const std::size_t next = at + 8; at < std::min(next, bytes.size());) {
      const auto first = static_cast<unsigned char>(bytes[at]);
      if (first < 0x80) {
        if ((first < 0x20 && first != '\t' && first != '\n' && first != '\r') || first == 0x7F) return at;
        ++at;
        continue;
      }
      const std::size_t length = sequence_length(bytes, at);
      if (length == 0) return at;
      at += length;
    }
  }
  return at;
}

std::string sanitize_utf8(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  while (!bytes.empty()) {
    const std::size_t good = clean_utf8_length(bytes);
    out.append(bytes.substr(0, good));
    if (good == bytes.size()) break;
    const auto bad = static_cast<unsigned char>(bytes[good]);
    if (bad == 0 || bad >= 0x80) append_utf8(out, 0xFFFD);
    bytes.remove_prefix(good + 1);
  }
  return out;
}

std::string escape_html(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&':
        out += "&amp;";
        break;
      case '<':
        out += "&lt;";
        break;
      case '>':
        out += "&gt;";
        break;
      case '"':
        out += "&quot;";
        break;
      case '\'':
        out += "&#39;";
        break;
      default:
        out += c;
    }
  }
  return out;
}

std::size_t count_characters(std::string_view text) {
  return static_cast<std::size_t>(std::count_if(
      text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0) != 0x80; }));
}

std::string truncate_characters(std::string_view text, std::size_t max) {
  std::size_t at = 0;
  for (std::size_t n = 0; n < max && at < text.size(); ++n) static_cast<void>(next_code_point(text, at));
  return std::string(text.substr(0, at));
}

bool is_blank(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const char32_t c = next_code_point(text, at);
    const bool space = c <= 0x20 || (c >= 0x7F && c <= 0xA0) || c == 0xAD || c == 0x1680 || c == 0x180E ||
                       (c >= 0x2000 && c <= 0x200F) || (c >= 0x2028 && c <= 0x202F) ||
                       (c >= 0x205F && c <= 0x206F) || c == 0x2800 || c == 0x3000 || c == 0x3164 ||
                       (c >= 0xFE00 && c <= 0xFE0F) || c == 0xFEFF;
    if (!space) return false;
  }
  return true;
}

std::string truncate_utf8(std::string_view text, std::size_t max_bytes) {
  if (text.size() <= max_bytes) return std::string(text);
  std::size_t end = max_bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return std::string(text.substr(0, end));
}

std::string fold(std::string_view text) {
  std::string out(text.size(), '\0');  // nothing gets longer but bytes that are no UTF-8
  std::size_t size = 0;
  const auto put = [&](std::string_view piece) {
    std::memcpy(out.data() + size, piece.data(), piece.size());
    size += piece.size();
  };
  std::string other;
  for (std::size_t at = 0; at < text.size();) {
    if (at + 8 <= text.size()) {
      const std::uint64_t word = load8(text.data() + at);
      if (ascii8(word)) {
        const std::uint64_t lowered = lower8(word);
        std::memcpy(out.data() + size, &lowered, sizeof lowered);
        size += 8;
        at += 8;
        continue;
      }
    }
    if (static_cast<unsigned char>(text[at]) < 0x80) {
      out[size++] = lower(text[at++]);
      continue;
    }
    const std::size_t begin = at;
    char32_t c = code_point(text, at);
    if (c >= 0xC0 && c < 0xC0 + kLatin.size()) {
      const char base = kLatin[c - 0xC0];
      if (base != ' ' && base != '\0') {
        out[size++] = base;
      } else if (const char* special = fold_special(c)) {
        put(special);
      } else {
        put(text.substr(begin, at - begin));
      }
    } else if (c >= 0x300 && c <= 0x36F) {
      // a combining mark: dropped
    } else {
      if ((c >= 0x391 && c <= 0x3A9) || (c >= 0x410 && c <= 0x42F)) c += 0x20;
      if (c >= 0x400 && c <= 0x40F) c += 0x50;
      other.clear();
      append_utf8(other, c);
      const std::size_t longest = size + other.size() + (text.size() - at);
      if (longest > out.size()) out.resize(longest + (text.size() - at));
      put(other);
    }
  }
  out.resize(size);
  return out;
}

std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> out;
  const std::string folded = fold(text);
  std::size_t begin = 0;
  const auto end_word = [&](std::size_t end) {
    if (end > begin) out.emplace_back(folded, begin, end - begin);
  };
  for (std::size_t at = 0; at < folded.size();) {
    const std::size_t here = at;
    const auto first = static_cast<unsigned char>(folded[at]);
    const char32_t c = first < 0x80 ? (++at, first) : code_point(folded, at);
    if (is_letter(c)) continue;
    end_word(here);
    begin = at;
  }
  end_word(folded.size());
  return out;
}

}  // namespace hejnal

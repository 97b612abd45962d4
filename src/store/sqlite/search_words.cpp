#include "store/sqlite/search_words.hpp"

#include <cstdint>

#include "base/text.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::size_t kWordMax = 64;

bool in_word(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z');
  return c >= 0xC0 && c != 0xD7 && c != 0xF7 && !(c >= 0x2000 && c <= 0x206F) &&  // spaces, dashes, quotes
         !(c >= 0x20A0 && c <= 0x20CF) &&                                         // currencies
         !(c >= 0x2190 && c <= 0x2BFF) &&                                         // arrows, boxes, dingbats
         !(c >= 0x2E00 && c <= 0x2E7F) && !(c >= 0x3000 && c <= 0x303F) &&        // more punctuation
         !(c >= 0xFE00 && c <= 0xFE0F) &&                                         // variants of emoji
         !(c >= 0xFF00 && c <= 0xFF0F) && !(c >= 0xFFF0 && c <= 0xFFFF) && !(c >= 0x1F000 && c <= 0x1FAFF);
}

// Calls take(word) for each word, with views into `folded`; take returns false to end.
template <class Take>
void each_word(std::string_view folded, const Take& take) {
  std::size_t at = 0;
  while (at < folded.size()) {
    const std::size_t begin = at;
    std::size_t end = begin;  // of the word
    while (at < folded.size()) {
      const bool ascii = static_cast<unsigned char>(folded[at]) < 0x80;
      const char32_t c = ascii ? static_cast<char32_t>(folded[at++]) : next_code_point(folded, at);
      if (!in_word(c)) break;
      end = at;
    }
    if (end == begin) continue;
    std::string_view word = folded.substr(begin, end - begin);
    if (word.size() > kWordMax) {
      std::size_t cut = kWordMax;
      while (cut > 0 && (static_cast<unsigned char>(word[cut]) & 0xC0) == 0x80) --cut;
      word = word.substr(0, cut);
    }
    if (!take(word)) return;
  }
}

std::uint32_t hash_of(std::string_view word) {
  std::uint32_t h = 2166136261u;  // FNV-1a
  for (const char c : word) h = (h ^ static_cast<unsigned char>(c)) * 16777619u;
  return h;
}

}  // namespace

std::vector<std::string> search_words(std::string_view text) {
  std::vector<std::string> out;
  const std::string folded = fold(text);
  each_word(folded, [&](std::string_view word) {
    out.emplace_back(word);
    return true;
  });
  return out;
}

std::string distinct_words(std::string_view text) {
  const std::string folded = fold(text);
  std::string out;
  std::size_t slots = 64;  // a table with open addressing, never more than half full
  while (slots < folded.size() / 4) slots *= 2;
  std::vector<std::string_view> table(slots);
  std::size_t used = 0;
  const auto place_of = [&](std::string_view word) -> std::string_view& {
    std::size_t i = hash_of(word) & (table.size() - 1);
    while (!table[i].empty() && table[i] != word) i = (i + 1) & (table.size() - 1);
    return table[i];
  };
  each_word(folded, [&](std::string_view word) {
    std::string_view& place = place_of(word);
    if (!place.empty()) return true;
    place = word;
    if (!out.empty()) out += ' ';
    out += word;
    if (++used * 2 > table.size()) {
      std::vector<std::string_view> old(table.size() * 2);
      old.swap(table);
      for (const std::string_view kept : old)
        if (!kept.empty()) place_of(kept) = kept;
    }
    return true;
  });
  return out;
}

bool has_word_beginning(std::string_view text, std::string_view beginning) {
  const std::string folded = fold(text);
  bool found = false;
  each_word(folded, [&](std::string_view word) { return !(found = word.starts_with(beginning)); });
  return found;
}

}  // namespace hejnal::store::sqlite

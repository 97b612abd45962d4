// Small text tools that do not depend on a locale. Text is UTF-8; what is not valid becomes U+FFFD at the
// edge (sanitize_utf8), so that everything behind it may rely on it.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hejnal {

std::string_view trim(std::string_view text);          // ASCII white space at both ends
std::string to_lower_ascii(std::string_view text);     // A-Z only, other bytes untouched
bool iequals(std::string_view a, std::string_view b);  // equal but for the case of A-Z
std::vector<std::string_view> split(std::string_view text, char separator);  // empty pieces are kept
std::string collapse_space(std::string_view text);  // runs of white space (Unicode's lines, too) to one space
// One line of plain signs, for lists, headers and terminals: white space of any kind (line ends too) becomes
// one space, and what steers a terminal or turns the direction of writing goes. Valid UTF-8 comes out.
std::string one_line(std::string_view text);

// Valid UTF-8 with U+FFFD for each byte that is none; NUL also becomes U+FFFD, other controls but \t \n \r
// are dropped.
std::string sanitize_utf8(std::string_view bytes);
std::size_t clean_utf8_length(std::string_view bytes);  // so many bytes sanitize_utf8 would not touch
bool is_valid_utf8(std::string_view bytes);
void append_utf8(std::string& out, char32_t code_point);
// Decodes one code point at `at` of valid UTF-8 and moves `at` behind it; U+FFFD (one byte) for invalid
// bytes.
char32_t next_code_point(std::string_view text, std::size_t& at);
std::size_t count_characters(std::string_view text);  // code points of valid UTF-8
std::string truncate_characters(std::string_view text, std::size_t max);
bool is_blank(std::string_view text);  // nothing that can be seen: white space, invisible characters
std::string truncate_utf8(std::string_view text, std::size_t max_bytes);  // never cuts a character

// For text between tags and in quoted attributes: & < > " and ' become character references.
std::string escape_html(std::string_view text);

// Lower case without diacritics, for searching and comparing: "Zażółć GĘŚLĄ" -> "zazolc gesla", "Straße" ->
// "strasse". Latin letters (Latin-1, Latin Extended-A), Greek and Cyrillic are lowered; all else is kept.
std::string fold(std::string_view text);

// Folded words of letters and digits, in order, with repeats.
std::vector<std::string> words(std::string_view text);

}  // namespace hejnal

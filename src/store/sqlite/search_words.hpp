// How the search index cuts a text into words: the same way when a message is indexed, when somebody
// searches, and when a message's text is looked at again. Words are runs of letters and digits, folded
// (base/text.hpp); of a very long one the first 64 bytes count. Any bytes may come in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hejnal::store::sqlite {

std::vector<std::string> search_words(std::string_view text);
// Each word once, with a space between two: what the index takes.
std::string distinct_words(std::string_view text);
// Whether a word begins with `beginning`, which is itself one of search_words().
bool has_word_beginning(std::string_view text, std::string_view beginning);

}  // namespace hejnal::store::sqlite

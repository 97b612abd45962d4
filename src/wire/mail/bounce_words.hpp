// The words that servers write into bounces, in the languages that they speak. All arguments are folded text
// (base/text.hpp). Used by plain_bounce only.
#pragma once

#include <string_view>

namespace hejnal::wire {

bool is_bounce_subject(std::string_view folded);
bool has_bounce_words(std::string_view folded);
bool says_delayed(std::string_view folded);              // not given up yet
bool opens_returned_mail(std::string_view folded_line);  // behind it stands the mail that came back

}  // namespace hejnal::wire

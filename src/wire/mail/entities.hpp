// HTML character references to UTF-8. Strangers' bytes: the text behind "&".
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hejnal::wire {

// Decodes the reference at `at` ("&") and moves behind it; appends "&" and moves by one when it is none.
void append_entity(std::string& out, std::string_view text, std::size_t& at);

}  // namespace hejnal::wire

// Bytes of a named charset to UTF-8, as charsets are really used: wrong labels, missing labels, misspelt
// ones. Thread-safe. Strangers' bytes: both arguments. Names are looked up in a fixed list, so that no
// stranger can choose which converter of the C library runs. WHATWG Encoding for the labels; RFC 2045, 2047.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

// `label` may be empty or unknown: then valid UTF-8 is taken as such, otherwise `hint` (a label), otherwise
// Polish 8-bit (windows-1250 or ISO-8859-2, by the letters that occur). Always returns valid UTF-8.
std::string to_utf8(std::string_view bytes, std::string_view label, std::string_view hint = {});

bool is_ascii(std::string_view bytes);

}  // namespace hejnal::wire

// Bytes of a named charset to UTF-8, as charsets are really used: wrong labels, missing labels, misspelt
// ones. Thread-safe. Strangers' bytes: both arguments. Names are looked up in a fixed list, so that no
// stranger can choose which converter of the C library runs. WHATWG Encoding for the labels; RFC 2045, 2047.
//
// Ours and not GMime's, which takes every label at its word: "=?iso-8859-2?Q?=B3=F3d=9F?=", as half of
// Poland's old programs write it (the letters are windows-1250's), would end in a control character.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

// `label` may be empty or unknown: then valid UTF-8 is taken as such, otherwise `hint` (a label), otherwise
// Polish 8-bit (windows-1250 or ISO-8859-2, by the letters that occur). Always returns valid UTF-8.
std::string to_utf8(std::string_view bytes, std::string_view label, std::string_view hint = {});

// iconv's name of a label; "" for one that means ASCII; nullptr for one that we do not know.
const char* charset_name(std::string_view label);

bool is_ascii(std::string_view bytes);

}  // namespace hejnal::wire

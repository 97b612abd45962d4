// Status codes in what servers say (RFC 3463, RFC 5321 4.2), for bounces that do not state one. Strangers'
// bytes: the text.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

// The first "5.1.1" with word boundaries (no part of an IP address or a version); empty when none.
std::string enhanced_status(std::string_view text);
// The same, of class 4 or 5 only.
std::string failure_status(std::string_view text);
// The first reply code 4xx or 5xx that begins a reply or stands behind a space; 0 when none.
int reply_code(std::string_view text);
// The enhanced status; otherwise one derived from the words and the reply code; empty when nothing can be
// said.
std::string derive_status(std::string_view text);

}  // namespace hejnal::wire

// format=flowed (RFC 3676 4) undone: soft line ends joined, space-stuffing removed, quote marks kept as "> ".
// Strangers' bytes: the text.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

std::string unflow(std::string_view text, bool delsp);

}  // namespace hejnal::wire

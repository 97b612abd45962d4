// Base64 (RFC 4648, with its padding) of bytes that came in a text.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hejnal {

// Nothing: it is not base64 through and through.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace hejnal

// Content-Transfer-Encoding (RFC 2045 6.7, 6.8; uuencode by practice), decoded by GMime. Strangers' bytes:
// the input.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hejnal::wire {

enum class Transfer { identity, base64, quoted_printable, uuencode };

Transfer transfer_of(std::string_view encoding);
std::string decode_transfer(std::string_view bytes, Transfer transfer);
std::size_t decoded_size(std::string_view bytes,
                         Transfer transfer);  // without making the bytes, where that is possible

int hex_value(char c);  // -1: none

}  // namespace hejnal::wire

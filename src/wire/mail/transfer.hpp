// Content-Transfer-Encoding, decoded leniently (RFC 2045 6.7, 6.8; uuencode by practice). Strangers' bytes:
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

std::string decode_base64(
    std::string_view bytes);  // ignores what is not of the alphabet; padding may occur inside
std::string decode_quoted_printable(std::string_view bytes);  // "=" without hex digits stays
int hex_value(char c);                                        // -1: none

}  // namespace hejnal::wire

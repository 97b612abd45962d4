// Compression of stored bytes, by libzstd. Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hejnal {

std::string compress(std::string_view bytes);
// `max_bytes` bounds what a damaged or hostile frame may claim to hold. Fails with Fault::corrupt.
Result<std::string> decompress(std::string_view frame, std::size_t max_bytes = 256u << 20);

}  // namespace hejnal

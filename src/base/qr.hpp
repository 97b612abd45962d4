// A QR code as a picture, by libqrencode. Thread-safe.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hejnal {

// An SVG of one path, dark on white, with the margin that readers need. Fails with malformed when it is too
// long.
Result<std::string> qr_svg(const std::string& text);

}  // namespace hejnal

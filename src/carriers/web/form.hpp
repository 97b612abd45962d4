// A form with files, read: its fields, its attachments, and its bytes as the store keeps them. Any thread.
#pragma once

#include <string_view>

#include "base/result.hpp"
#include "ports/incoming.hpp"

namespace hejnal::carriers {

// malformed: it is no such form, is cut, or has too many parts.
Result<ports::IncomingForm> read_form(std::string_view content_type, std::string_view body);

}  // namespace hejnal::carriers

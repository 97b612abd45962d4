// An email address that somebody types or configures: one rule for the API, the settings and the commands.
// (What stands in a mail's header is read by wire/mail, which takes far more.)
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hejnal {

// The address as it is kept and compared, in lower case (A-Z); nothing when it is none: not exactly one @, an
// empty or overlong part, signs that need quotes in a header, white space, unseen characters.
std::optional<std::string> email_address(std::string_view text);

}  // namespace hejnal

// One line of JSON that says how a mail was read: what `hejnal inspect` prints.
#pragma once

#include <string>
#include <string_view>

#include "wire/mail/mail.hpp"

namespace hejnal {

std::string inspect_line(std::string_view file, const wire::Mail& mail);

}  // namespace hejnal

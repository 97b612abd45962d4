// One line of JSON that says how a mail was read: what `hejnal inspect` prints, and how an administrator
// finds out what the desk saw in a mail.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::carriers {

std::string inspect_line(std::string_view file, std::string_view raw);

}  // namespace hejnal::carriers

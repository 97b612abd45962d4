// Who calls, as exchanges and trunks write it. Any bytes of strangers reach this.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::carriers::phone {

// A number as a caller's is told, to E.164; empty: none. An exchange may leave out the plus of a foreign
// number, and in an address that nobody has escaped a plus is a space.
std::string number_of_caller(std::string_view text, std::string_view country);

// What stands there instead of a number, "112" or "client:bob", as one short line; empty: a word for
// "withheld".
std::string no_number(std::string_view text);

}  // namespace hejnal::carriers::phone

// Cookies, read and written. Reached by anybody.
#pragma once

#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "ports/http.hpp"

namespace hejnal::api {

// The value of a cookie; empty when it is absent, or comes twice: one of them is somebody else's then.
std::string cookie(const ports::Request& request, std::string_view name);

// A Set-Cookie that no script can read, no other site can send, and, with `secure`, no plain connection
// carries. `name` and `value` are ours and need no quoting; an age of zero takes it away.
std::string set_cookie(std::string_view name, std::string_view value, Duration age, bool secure);

}  // namespace hejnal::api

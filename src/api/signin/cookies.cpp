#include "api/signin/cookies.hpp"

#include <fmt/format.h>

#include "base/check.hpp"
#include "base/text.hpp"

namespace hejnal::api {

std::string cookie(const ports::Request& request, std::string_view name) {
  std::string found;
  for (const auto& [header, value] : request.headers) {
    if (header != "cookie") continue;
    for (const std::string_view pair : split(value, ';')) {
      const auto equal = pair.find('=');
      if (equal == std::string_view::npos || trim(pair.substr(0, equal)) != name) continue;
      const std::string_view one = trim(pair.substr(equal + 1));
      if (!found.empty() && found != one) return {};
      found = one;
    }
  }
  return found;
}

std::string set_cookie(std::string_view name, std::string_view value, Duration age, bool secure) {
  HEJNAL_CHECK(value.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.") == std::string_view::npos);
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", name, value, age / 1s,
                     secure ? "; Secure" : "");
}

}  // namespace hejnal::api

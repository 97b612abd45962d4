// The request target of HTTP (RFC 9112, 3.2) as path and query, percent-decoded. The bytes come from
// strangers: what could mean two things (a NUL, `..`, `.`, a backslash, a broken escape, bytes that are no
// UTF-8) is refused. Only the values of a query below /hooks/ may be any bytes: what is in them says who
// reads them there.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hejnal::net {

struct HttpTarget {
  std::string path;  // begins with '/'
  std::vector<std::pair<std::string, std::string>> query;
};

// Takes "/a/b?c=d" and "http://host/a/b?c=d".
std::optional<HttpTarget> parse_target(std::string_view target);

}  // namespace hejnal::net

// One command line of LMTP or SMTP in pieces (RFC 5321, 4.1). Every byte comes from a stranger; nothing here
// keeps state or allocates without a bound: the session limits the line.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hejnal::wire {

struct LmtpCommand {
  std::string verb;           // upper case
  std::string_view argument;  // trimmed; a view into the line
};

LmtpCommand split_command(std::string_view line);

// `<path> KEY=value KEY` after "FROM:" or "TO:". A source route (`<@a,@b:x@y>`, RFC 5321 C) is dropped.
struct LmtpPath {
  std::string address;                                          // without <>; empty for the null reverse-path
  std::vector<std::pair<std::string, std::string>> parameters;  // keys in upper case
};

// Empty when `argument` does not begin with `keyword` or holds no well-formed path.
std::optional<LmtpPath> parse_path(std::string_view argument, std::string_view keyword);

}  // namespace hejnal::wire

// The bytes that an HTTP server sends: heads of responses (RFC 9112), problems (RFC 9457), events (WHATWG
// HTML 9.2).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "ports/http.hpp"

namespace hejnal::net {

enum class Framing { length, chunked, until_close };

struct HeadOptions {
  bool keep_alive = true;
  bool http_1_0 = false;
  Framing framing = Framing::length;
};

// Status line and headers, up to and including the empty line. A control character in a header value becomes
// a space.
std::string http_head(const ports::Response& response, HeadOptions options, std::int64_t unix_seconds);
std::string http_date(std::int64_t unix_seconds);  // "Mon, 23 Nov 2026 09:00:00 GMT"

// An answer of the server itself, as application/problem+json. `detail` is plain ASCII of ours.
ports::Response http_problem(int status, std::string_view detail);

std::string format_events(const std::vector<ports::Event>& events);
std::string http_chunk(std::string_view data);

}  // namespace hejnal::net

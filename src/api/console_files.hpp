// The team's pages as they were built (console/) and put into the program (cmake/console.cmake).
#pragma once

#include <span>
#include <string_view>

namespace hejnal::api {

struct ConsoleFile {
  std::string_view name;  // below /console/
  std::string_view type;  // its media type
  std::string_view etag;  // of the bytes, without quotes
  bool hashed = false;    // its name changes with its bytes: may be kept for ever
  std::string_view plain;
  std::string_view gzip;  // empty: not smaller than plain
  std::string_view brotli;
};

std::span<const ConsoleFile> console_files();

}  // namespace hejnal::api

// Files that were put into the program when it was built (cmake/embed.cmake).
#pragma once

#include <span>
#include <string_view>

namespace hejnal {

struct EmbeddedFile {
  std::string_view name;  // relative to the folder it came from
  std::string_view bytes;
};

}  // namespace hejnal

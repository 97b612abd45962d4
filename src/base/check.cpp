#include "base/check.hpp"

#include <cstdio>
#include <cstdlib>

namespace hejnal {

void check_failed(const char* expression, const char* file, int line) {
  std::fprintf(stderr, "hejnal: a check failed, this is a bug of the program: %s (%s:%d)\n", expression, file,
               line);
  std::abort();
}

}  // namespace hejnal

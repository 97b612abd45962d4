// Plays stories (test/scenarios/README.md) on every store there is and says of each whether it holds:
//
//   hejnal_scenarios FILE...
//   ok FILE
//   FAILED FILE:line: expected …, happened …
#include <fmt/core.h>

#include <fstream>
#include <iterator>

#include "sim/stage.hpp"

int main(int argc, char** argv) {
  int failed = argc < 2 ? 1 : 0;
  if (argc < 2) fmt::print(stderr, "usage: hejnal_scenarios FILE...\n");
  for (int i = 1; i < argc; ++i) {
    const std::string name = argv[i];
    std::ifstream in(name, std::ios::binary);
    const std::string text((std::istreambuf_iterator<char>(in)), std::istreambuf_iterator<char>());
    using hejnal::sim::StoreKind;
    const hejnal::Status held = hejnal::sim::play_scenario(text, name, StoreKind::sqlite),
                         in_memory = hejnal::sim::play_scenario(text, name, StoreKind::memory);
    if (held && in_memory) {
      fmt::print("ok {}\n", name);
    } else if (!held) {
      fmt::print("FAILED {}\n", held.error().what);
      ++failed;
    } else {
      fmt::print("FAILED {} (on the store in memory, and there alone)\n", in_memory.error().what);
      ++failed;
    }
  }
  return failed == 0 ? 0 : 1;
}

// Plays stories (test/scenarios/README.md) and says of each whether it holds:
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
    const hejnal::Status held = hejnal::sim::play_scenario(text, name);
    if (held) {
      fmt::print("ok {}\n", name);
    } else {
      fmt::print("FAILED {}\n", held.error().what);
      ++failed;
    }
  }
  return failed == 0 ? 0 : 1;
}

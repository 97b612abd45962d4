// The simulation alone, for profiling and for many seeds: simulate SEED YEARS [COUNT] runs COUNT seeds from
// SEED on.
#include <fmt/core.h>

#include <cstdlib>

#include "sim/simulate.hpp"

int main(int argc, char** argv) {
  hejnal::sim::SimulationOptions options;
  options.seed = argc > 1 ? std::strtoull(argv[1], nullptr, 10) : 1;
  options.years = argc > 2 ? std::strtod(argv[2], nullptr) : 1;
  const int count = argc > 3 ? std::atoi(argv[3]) : 1;
  int broken = 0;
  for (int i = 0; i < count; ++i, ++options.seed) {
    const auto report = hejnal::sim::simulate(options);
    fmt::print("{}", to_text(report));
    std::fflush(stdout);
    if (!report.violations.empty()) ++broken;
  }
  return broken == 0 ? 0 : 1;
}

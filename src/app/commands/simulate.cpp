// hejnal simulate: desk-years in seconds, with all their faults; see sim/README.md.
#include <fmt/core.h>

#include "app/commands/commands.hpp"
#include "sim/simulate.hpp"
#include "sim/two_sided/table.hpp"
#include "sim/two_sided/two_sided.hpp"

namespace hejnal::app {

namespace two_sided = sim::two_sided;

int simulate_table(unsigned long long seed, int reports, bool as_svg, bool as_json) {
  const two_sided::LossTable table = two_sided::loss_table(seed, reports);
  fmt::print("{}", as_svg    ? two_sided::picture(table)
                   : as_json ? two_sided::to_json(table) + "\n"
                             : two_sided::to_text(table));
  return 0;
}

int simulate_two_sides(unsigned long long seed, double years, int seeds, bool in_memory, bool as_json) {
  int broken = 0;
  for (int i = 0; i < seeds; ++i) {
    two_sided::TwoSidedOptions options;
    options.seed = seed + static_cast<unsigned long long>(i);
    options.years = years;
    options.store = in_memory ? sim::StoreKind::memory : sim::StoreKind::sqlite;
    const two_sided::TwoSidedReport report = two_sided::simulate_two_sides(options);
    fmt::print("{}{}", as_json ? two_sided::to_json(report) : two_sided::to_text(report),
               as_json ? "\n" : "");
    std::fflush(stdout);
    if (!report.violations.empty()) ++broken;
  }
  return broken == 0 ? 0 : 1;
}

int simulate(unsigned long long seed, double years, int seeds, bool in_memory, bool as_json) {
  int broken = 0;
  sim::Laws::Matching all;
  for (int i = 0; i < seeds; ++i) {
    sim::SimulationOptions options;
    options.seed = seed + static_cast<unsigned long long>(i);
    options.years = years;
    options.store = in_memory ? sim::StoreKind::memory : sim::StoreKind::sqlite;
    const sim::SimulationReport report = sim::simulate(options);
    fmt::print("{}", as_json ? sim::to_json(report) : sim::to_text(report));
    std::fflush(stdout);
    if (!report.violations.empty()) ++broken;
    all += report.matching;
  }
  if (seeds > 1 && !as_json) fmt::print("\nin all {} seeds: {}", seeds, sim::matching_text(all));
  return broken == 0 ? 0 : 1;
}

}  // namespace hejnal::app

// A desk's years in seconds: one seed decides the clients, the weather and every fault (weather.hpp), the
// laws are checked with each commit (laws.hpp), and when the faults stop everything must come to rest.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/disk.hpp"
#include "sim/laws.hpp"

namespace hejnal::sim {

// Something broken on purpose, to see that the laws notice it.
enum class Mutation {
  none,
  leaves_twice,       // a carrier hands a notice over a second time
  accepted_is_lost,   // one mail is called accepted that the desk has never seen
  never_answers,      // a carrier takes one notice and never says what became of it
  call_is_forgotten,  // one call is called accepted that the desk has never heard of
  two_may_call,       // the desk lets a second agent take what another one has taken
  due_in_a_failure,   // one callback becomes due while a failure is open
};

struct SimulationOptions {
  std::uint64_t seed = 1;
  double years = 1;
  int matters_a_year = 5000;
  StoreKind store = StoreKind::sqlite;
  bool disk_faults = true;  // each store has operations of its own to fail, so stories differ after a fault
  Mutation mutation = Mutation::none;
};

struct BrokenLaw {
  std::string law, what;
  std::vector<std::string> story;  // what happened in that case, shortened
};

struct SimulationReport {
  std::uint64_t seed = 0;
  double years = 0;
  StoreKind store = StoreKind::sqlite;
  std::int64_t cases = 0, signals = 0, notices = 0, crashes = 0;
  std::string digest;  // hex
  Laws::Matching matching;
  std::vector<BrokenLaw> violations;
};

SimulationReport simulate(const SimulationOptions& options);

std::string to_json(const SimulationReport& report);        // as CONTRACT says, one line
std::string matching_text(const Laws::Matching& matching);  // one line, with precision and recall
std::string to_text(const SimulationReport& report);        // for people, with the command that repeats it

}  // namespace hejnal::sim

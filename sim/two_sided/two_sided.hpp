// Reporters and desks, over lossy carriers, for years: one seed decides everything. Clients with a hejnal
// report to a desk with one, to a company with a ticket system and to a lone technician; others carry the
// procedure out by hand (people.hpp). What may go wrong stands in scene.hpp, what must hold in laws.hpp.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "sim/disk.hpp"
#include "sim/simulate.hpp"

namespace hejnal::sim::two_sided {

// Something broken on purpose, to see that the laws notice it.
enum class TwoSidedMutation {
  none,
  sleeps,               // a reporter does not look at its clock for a day
  nobody_is_told,       // the news that nobody has answered goes nowhere
  leaves_after_answer,  // the road is given a step's email once more when an answer has come
  is_deaf,              // a person's word is taken, and nobody looks at it
  believes_machines,    // a person's words come from a program
  does_not_repeat,      // what is sent again because a receipt is missing goes nowhere
  two_in_a_case,        // the desk files one report in the case of another
  sms_twice,            // a gateway is given an SMS a second time
  other_bytes,          // what leaves is not what is kept
  never_heard_of,       // a carrier takes one email and never says what became of it
};

struct TwoSidedOptions {
  std::uint64_t seed = 1;
  double years = 1;
  int reports_a_year = 600, by_hand_a_year = 200;
  StoreKind store = StoreKind::sqlite;
  TwoSidedMutation mutation = TwoSidedMutation::none;
};

struct TwoSidedReport {
  std::uint64_t seed = 0;
  double years = 0;
  StoreKind store = StoreKind::sqlite;
  std::int64_t reports = 0, answered = 0, told = 0, ended = 0;  // by clients with a hejnal
  std::int64_t sent = 0, cases = 0, crashes = 0, proofs = 0, lost_with_sms = 0;
  std::int64_t by_hand = 0, by_hand_known = 0, by_hand_answered = 0;
  std::string digest;  // hex
  std::vector<BrokenLaw> violations;
};

TwoSidedReport simulate_two_sides(const TwoSidedOptions& options);

std::string to_json(const TwoSidedReport& report);
std::string to_text(const TwoSidedReport& report);

}  // namespace hejnal::sim::two_sided

// The procedure, executed: what follows from a signal. Pure and total: the same arguments give the same
// decision.
//
// `c` is the case that the signal belongs to, or one that does not exist yet (Case{}), which the signal then
// opens. The entries of a decision are to be applied and stored together with its notices, or not at all.
// Fails only for what a person of the desk asks (AgentActed): conflict (not in this state), refused,
// malformed. Every other signal always has a decision, if only an empty one.
#pragma once

#include <vector>

#include "base/result.hpp"
#include "core/case.hpp"
#include "core/facts.hpp"
#include "core/notice.hpp"
#include "core/procedure.hpp"
#include "core/signal.hpp"

namespace hejnal::core {

struct Decision {
  std::vector<Entry> entries;
  std::vector<Notice> notices;
};

Result<Decision> decide(const Procedure& procedure, const Facts& facts, const Case& c, const Signal& signal,
                        Instant now);

// Whether this case alone denies the all-clear: its class means a failure, and an agent has read or declared
// it.
bool failure_open(const Procedure& procedure, const Case& c);

}  // namespace hejnal::core

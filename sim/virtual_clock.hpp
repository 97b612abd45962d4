// Time in the simulation: `real` is what the world's time is, the machine's own clock may be wrong by
// `error`.
#pragma once

#include "ports/clock.hpp"

namespace hejnal::sim {

struct VirtualClock final : ports::Clock {
  Instant real;
  Duration error{};

  Instant now() override { return real + error; }
};

}  // namespace hejnal::sim

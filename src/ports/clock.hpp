// The clock and the dice. Only `app` implements them with the real ones; the simulation with its own.
#pragma once

#include <cstdint>

#include "base/instant.hpp"

namespace hejnal::ports {

class Clock {
 public:
  virtual ~Clock() = default;
  virtual Instant
  now() = 0;  // thread-safe; may step back: the desk uses the later of this and its last commit
};

class Random {
 public:
  virtual ~Random() = default;
  virtual std::uint64_t next() = 0;  // 64 independent bits; used on the ledger thread only
};

}  // namespace hejnal::ports

// Who has to call regularly, and has not: its silence is told once, and the next call ends it. Our own
// downtime is not theirs: after a start they have one whole interval, whatever was before. Pure.
#pragma once

#include <optional>

#include "base/instant.hpp"

namespace hejnal::core {

struct HeartbeatRule {
  Duration every{}, grace{};
  bool from_first = false;  // nothing is expected before the first call

  bool operator==(const HeartbeatRule&) const = default;
};

struct Heartbeat {
  std::optional<Instant> last;          // call; kept
  std::optional<Instant> silent_since;  // its silence, or its failure, was told; kept
  std::optional<Instant> started;       // a job that says when it begins: it has the grace to be done; kept
  Instant watched_from;                 // this run's start

  bool operator==(const Heartbeat&) const = default;
};

// When its silence is to be told; empty: it was, or nothing is expected.
std::optional<Instant> due(const HeartbeatRule& rule, const Heartbeat& beat);
// Since when there was nothing, for who is told.
Instant nothing_since(const Heartbeat& beat);

}  // namespace hejnal::core

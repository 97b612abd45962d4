#include "core/heartbeat.hpp"

#include <algorithm>

namespace hejnal::core {

std::optional<Instant> due(const HeartbeatRule& rule, const Heartbeat& beat) {
  if (beat.silent_since || (rule.from_first && !beat.last)) return std::nullopt;
  return std::max(beat.last.value_or(beat.watched_from), beat.watched_from) + rule.every + rule.grace;
}

Instant nothing_since(const Heartbeat& beat) { return beat.last.value_or(beat.watched_from); }

}  // namespace hejnal::core

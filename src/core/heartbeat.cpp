#include "core/heartbeat.hpp"

#include <algorithm>

namespace hejnal::core {

std::optional<Instant> due(const HeartbeatRule& rule, const Heartbeat& beat) {
  if (beat.silent_since) return std::nullopt;
  std::optional<Instant> out;
  if (!rule.from_first || beat.last)
    out = std::max(beat.last.value_or(beat.watched_from), beat.watched_from) + rule.every + rule.grace;
  if (beat.started) {
    const Instant done_by = std::max(*beat.started, beat.watched_from) + rule.grace;
    out = std::min(out.value_or(done_by), done_by);
  }
  return out;
}

Instant nothing_since(const Heartbeat& beat) { return beat.last.value_or(beat.watched_from); }

}  // namespace hejnal::core

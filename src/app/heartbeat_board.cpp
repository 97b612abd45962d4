#include "app/heartbeat_board.hpp"

#include <fmt/format.h>

#include "desk/desk.hpp"
#include "store/sqlite/archive.hpp"

namespace hejnal::app {

std::vector<api::ChannelHealth> HeartbeatBoard::channels() {
  std::vector<api::ChannelHealth> out;
  if (heartbeats_.empty()) return out;
  const std::lock_guard lock(mutex_);
  if (!archive_) {
    if (auto opened = store::sqlite::open_archive(path_)) archive_ = std::move(*opened);
  }
  for (const config::Heartbeat& h : heartbeats_) {
    api::ChannelHealth one{"heartbeat " + h.name, "degraded", "it cannot be read"};
    const auto kept = archive_ ? archive_->setting(desk::heartbeat_key(h.name))
                               : fail(Fault::retry_later, "the database cannot be opened");
    if (kept) {
      core::Heartbeat beat = desk::read_heartbeat(*kept, clock_.now());
      beat.watched_from = started_at_;
      const core::HeartbeatRule rule{h.every, h.grace, h.from_first};
      if (h.from_first && !beat.last) continue;  // nobody plays with it
      one.state = beat.silent_since ? "degraded" : "ok";
      one.detail = beat.last ? fmt::format("called last at {}", format_rfc3339(*beat.last))
                             : std::string("has not called yet");
      if (beat.silent_since) {
        one.detail = fmt::format("silent since {}; it is to call every {}",
                                 format_rfc3339(*beat.silent_since), format_duration(h.every));
      } else if (const auto due = core::due(rule, beat)) {
        one.detail += fmt::format("; silent from {} on", format_rfc3339(*due));
      }
    }
    out.push_back(std::move(one));
  }
  return out;
}

}  // namespace hejnal::app

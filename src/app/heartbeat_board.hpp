// What the health page says of heartbeats: read from the database whenever it is asked, so that it is never
// ahead of a commit. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "api/api.hpp"
#include "config/settings.hpp"
#include "ports/clock.hpp"

namespace hejnal::app {

class HeartbeatBoard {
 public:
  HeartbeatBoard(const config::Settings& settings, ports::Clock& clock)
      : heartbeats_(settings.heartbeats),
        path_(settings.store_path),
        clock_(clock),
        started_at_(clock.now()) {}

  std::vector<api::ChannelHealth> channels();

 private:
  const std::vector<config::Heartbeat> heartbeats_;
  const std::string path_;
  ports::Clock& clock_;
  const Instant started_at_;
  std::mutex mutex_;
  std::unique_ptr<ports::Archive> archive_;
};

}  // namespace hejnal::app

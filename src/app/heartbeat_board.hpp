// What the health page says of heartbeats: read from the database whenever it is asked, so that it is never
// ahead of a commit. Thread-safe.
#pragma once

#include <memory>
#include <mutex>
#include <vector>

#include "api/api.hpp"
#include "config/settings.hpp"

namespace hejnal::app {

class HeartbeatBoard {
 public:
  HeartbeatBoard(const config::Settings& settings, Instant started_at)
      : heartbeats_(settings.heartbeats), path_(settings.store_path), started_at_(started_at) {}

  std::vector<api::ChannelHealth> channels();

 private:
  const std::vector<config::Heartbeat> heartbeats_;
  const std::string path_;
  const Instant started_at_;
  std::mutex mutex_;
  std::unique_ptr<ports::Archive> archive_;
};

}  // namespace hejnal::app

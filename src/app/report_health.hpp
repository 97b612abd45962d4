// How the reports are that we have sent: whether any of them needs a look. Counted from the database, at most
// every few seconds. Thread-safe.
#pragma once

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "api/api.hpp"
#include "core/sent_report.hpp"
#include "ports/clock.hpp"
#include "ports/store.hpp"

namespace hejnal::app {

class ReportHealth {
 public:
  using Open = std::function<Result<std::unique_ptr<ports::Archive>>()>;
  // `expected`: there is somebody to whom we report.
  ReportHealth(Open open, ports::Clock& clock, bool expected)
      : open_(std::move(open)), clock_(clock), expected_(expected) {}

  std::optional<api::ChannelHealth> health();  // nothing: we report to nobody, and never have
  std::map<core::ReportTrouble, std::int64_t> counts();

 private:
  void look();  // under the lock

  const Open open_;
  ports::Clock& clock_;
  const bool expected_;
  std::mutex mutex_;
  std::optional<Instant> looked_at_;
  std::int64_t open_reports_ = 0;
  std::map<core::ReportTrouble, std::vector<core::ReportId>> troubled_;
  std::string unreadable_;
};

}  // namespace hejnal::app

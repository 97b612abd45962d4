// Monitoring systems call in, and each alert becomes a case at our own desk or a report to a provider: one
// for each alert, however often it is told. Answered after the commit; what cannot be taken now gets 503, and
// is sent again by those that do. On the network thread.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "carriers/monitor/alerts.hpp"
#include "config/settings.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"
#include "reporter/reporter.hpp"

namespace hejnal::app {

inline constexpr const char* kMonitorHooks = "/hooks/monitor/";
inline constexpr const char* kHeartbeatHooks = "/hooks/heartbeat/";

struct MonitorLine {
  config::Monitor settings;
  std::string secret;
};

struct HeartbeatLine {
  config::Heartbeat settings;
  std::string secret;
};

// Read the secrets. Mistakes name the monitor.
Result<std::vector<MonitorLine>> make_monitors(const config::Settings& settings);
Result<std::vector<HeartbeatLine>> make_heartbeats(const config::Settings& settings);
// That the classes which the settings name are there: of the desk's procedure and the providers'. Only
// `check` asks; a server takes the calmest instead.
Status check_classes(const config::Settings& settings, const core::Procedure& procedure,
                     const reporter::Settings& reporter);

// Inside a transaction. `name`: of the monitor.
Status take_alert(desk::Desk& desk, reporter::Reporter& reporter, const std::string& name,
                  const config::AlertRoute& route, const carriers::Alert& alert);

// Its silence, or that it calls again, as an alert; inside a transaction. It never fails for what the next
// try would not mend: what cannot be reported to a provider becomes a case at our own desk.
Status tell_silence(desk::Desk& desk, reporter::Reporter& reporter, const config::Settings& settings,
                    const desk::Desk::HeartbeatState& state, bool silent);

class MonitorHooks {
 public:
  MonitorHooks(std::vector<MonitorLine> lines, std::vector<HeartbeatLine> heartbeats,
               reporter::Reporter& reporter, desk::Ledger& ledger, std::function<void()> reported)
      : lines_(std::move(lines)),
        heartbeats_(std::move(heartbeats)),
        reporter_(reporter),
        ledger_(ledger),
        reported_(std::move(reported)) {}

  static bool wants(const ports::Request& request) {
    return request.path.starts_with(kMonitorHooks) || request.path.starts_with(kHeartbeatHooks);
  }
  void answer(const ports::Request& request, ports::Reply reply);

 private:
  void beat(const ports::Request& request, ports::Reply reply);

  const std::vector<MonitorLine> lines_;
  const std::vector<HeartbeatLine> heartbeats_;
  reporter::Reporter& reporter_;
  desk::Ledger& ledger_;
  const std::function<void()> reported_;
};

}  // namespace hejnal::app

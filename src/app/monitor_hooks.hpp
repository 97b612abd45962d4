// Monitoring systems call in, and each alert becomes a report to a provider: one for each alert, however
// often it is told. Answered after the commit; what cannot be taken now gets 503, and is sent again by those
// that do. On the network thread.
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

struct MonitorLine {
  config::Monitor settings;
  std::string secret;
};

// Reads the secrets. Mistakes name the monitor.
Result<std::vector<MonitorLine>> make_monitors(const config::Settings& settings);

// Inside a transaction.
Status report_alert(reporter::Reporter& reporter, const config::Monitor& monitor,
                    const carriers::Alert& alert, Instant now);

class MonitorHooks {
 public:
  MonitorHooks(std::vector<MonitorLine> lines, reporter::Reporter& reporter, desk::Ledger& ledger,
               std::function<void()> reported)
      : lines_(std::move(lines)), reporter_(reporter), ledger_(ledger), reported_(std::move(reported)) {}

  static bool wants(const ports::Request& request) { return request.path.starts_with(kMonitorHooks); }
  void answer(const ports::Request& request, ports::Reply reply);

 private:
  const std::vector<MonitorLine> lines_;
  reporter::Reporter& reporter_;
  desk::Ledger& ledger_;
  const std::function<void()> reported_;
};

}  // namespace hejnal::app

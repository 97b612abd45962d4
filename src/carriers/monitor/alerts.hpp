// What monitoring systems send: webhooks of Prometheus Alertmanager, Grafana, Zabbix and Uptime Kuma, as
// alerts. Bytes of strangers who know the secret of a monitor; pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hejnal::carriers {

struct Alert {
  std::string key;     // the monitoring system's own: the same thing again has the same one
  bool firing = true;  // else it is over
  std::string title;   // a few words
  std::string text;    // what it says; the same as long as nothing has changed
  // In the system's words, small letters, each once: an alert of several parts may have several. The gravest
  // counts, and only the one who knows the table of classes can tell which that is.
  std::vector<std::string> severities;
};

// `kind`: alertmanager, grafana, zabbix or uptime-kuma. Nothing where the webhook speaks of no alert (a test
// button). Fails with malformed: it is not of that kind.
Result<std::vector<Alert>> read_alerts(std::string_view kind, std::string_view body);

// critical, urgent or routine: what such a word usually means; empty: nobody knows.
std::string_view class_of_severity(std::string_view severity);

}  // namespace hejnal::carriers

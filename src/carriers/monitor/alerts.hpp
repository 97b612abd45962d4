// What monitoring systems send: webhooks of Prometheus Alertmanager, Grafana, Zabbix and Uptime Kuma, what
// the notification command of Icinga and Nagios posts, and any JSON by a mapping, as alerts. Bytes of
// strangers who know the secret of a monitor; pure.
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

// `kind`: alertmanager, grafana, zabbix, uptime-kuma, icinga or nagios. Nothing where the webhook speaks of
// no alert (a test button). Fails with malformed: it is not of that kind.
Result<std::vector<Alert>> read_alerts(std::string_view kind, std::string_view body);

// Where things stand in JSON of somebody's own (JSON pointers, RFC 6901; with a `$` in front they count from
// the whole payload instead of one alert), and what the values of the state mean, in small letters.
struct AlertMapping {
  std::string alerts, state, severity;
  std::vector<std::string> key, subject, text;
  std::vector<std::string> firing, over, ignored;
};

struct MappedAlerts {
  std::vector<Alert> alerts;
  // Of those that could not be understood, which pointer found nothing: "alert 2: subject: /title finds
  // nothing". The others are good.
  std::vector<std::string> mistakes;
};

// Fails with malformed: it is not JSON at all.
Result<MappedAlerts> read_mapped(const AlertMapping& mapping, std::string_view body);

// A Watchdog that is said to be over is no sign of life.
bool is_beat(std::string_view body);

// critical, urgent or routine: what such a word usually means; empty: nobody knows.
std::string_view class_of_severity(std::string_view severity);

}  // namespace hejnal::carriers

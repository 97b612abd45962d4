// What monitoring systems post: any bytes as each kind, and as somebody's own JSON. Whatever comes out is
// bounded, has a key, and is one line where a line is expected.
#include <cstdint>
#include <cstdlib>

#include "base/text.hpp"
#include "carriers/monitor/alerts.hpp"

namespace {

void look(const hejnal::carriers::Alert& a) {
  if (a.key.empty() || a.key.size() > 400 || a.title.size() > 1000 || a.text.size() > 20'200) std::abort();
  if (a.key.find('\n') != std::string::npos || a.title.find('\n') != std::string::npos) std::abort();
  if (!hejnal::is_valid_utf8(a.title) || !hejnal::is_valid_utf8(a.text)) std::abort();
  if (a.severities.size() > 20) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace hejnal::carriers;
  const std::string_view input(reinterpret_cast<const char*>(data), size);
  for (const char* kind : {"alertmanager", "grafana", "zabbix", "uptime-kuma", "icinga"}) {
    const auto alerts = read_alerts(kind, input);
    if (!alerts) continue;
    for (const Alert& a : *alerts) look(a);
  }
  AlertMapping mapping;
  mapping.alerts = "/alerts";
  mapping.key = {"/labels/alertname", "$/groupKey", "/x~1y/0"};
  mapping.subject = {"/annotations/summary", "/title"};
  mapping.text = {"/labels", ""};
  mapping.severity = "/labels/severity";
  mapping.state = "/status";
  mapping.firing = {"firing"};
  mapping.over = {"resolved"};
  mapping.ignored = {"test"};
  for (const char* alerts : {"/alerts", ""}) {
    mapping.alerts = alerts;
    const auto mapped = read_mapped(mapping, input);
    if (!mapped) continue;
    if (mapped->alerts.size() > 1000 || mapped->mistakes.size() > 21) std::abort();
    for (const Alert& a : mapped->alerts) look(a);
  }
  static_cast<void>(is_beat(input));
  return 0;
}

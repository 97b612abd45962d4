#include "config/monitor_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::config {

namespace {

// "page: critical"
void read_classes(TomlTable& table, Monitor& m) {
  for (const std::string& line : table.texts("classes")) {
    const auto colon = line.find(':');
    const std::string severity = to_lower_ascii(trim(std::string_view(line).substr(0, colon)));
    const std::string class_name(colon == std::string::npos ? std::string_view()
                                                            : trim(std::string_view(line).substr(colon + 1)));
    if (severity.empty() || class_name.empty()) {
      table.mistake("classes",
                    fmt::format("expected \"severity: class\", such as \"page: critical\", found \"{}\"",
                                one_line(line)));
      continue;
    }
    m.classes.emplace_back(severity, class_name);
  }
}

}  // namespace

void read_monitors(TomlTable& root, Settings& settings) {
  for (TomlTable& table : root.tables("monitor")) {
    Monitor m;
    m.name = table.text("name", "", true);
    m.kind = table.text("kind", "", true);
    m.secret_file = table.text("secret_file", "", true);
    m.provider = table.text("provider", "");
    m.standard_class = table.text("class", "");
    m.quiet = table.duration("quiet", 5min);
    read_classes(table, m);
    if (!m.name.empty() &&
        (m.name.size() > 40 ||
         m.name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos)) {
      table.mistake("name",
                    fmt::format("expected up to 40 small letters, digits and hyphens, found \"{}\"", m.name));
    }
    if (std::any_of(settings.monitors.begin(), settings.monitors.end(),
                    [&](const Monitor& o) { return o.name == m.name; }))
      table.mistake("name", fmt::format("there is another monitor named \"{}\"", m.name));
    if (!m.kind.empty() && m.kind != "alertmanager" && m.kind != "grafana" && m.kind != "zabbix" &&
        m.kind != "uptime-kuma")
      table.mistake(
          "kind",
          fmt::format("expected \"alertmanager\", \"grafana\", \"zabbix\" or \"uptime-kuma\", found \"{}\"",
                      m.kind));
    const bool known =
        m.provider.empty() || std::any_of(settings.providers.begin(), settings.providers.end(),
                                          [&](const Provider& p) { return p.name == m.provider; });
    if (settings.providers.empty()) {
      table.mistake("provider", "a monitor reports to a [[provider]], and there is none");
    } else if (!known) {
      table.mistake("provider", fmt::format("there is no [[provider]] named \"{}\"", m.provider));
    }
    if (m.provider.empty() && !settings.providers.empty()) m.provider = settings.providers.front().name;
    settings.monitors.push_back(std::move(m));
  }
}

std::string monitor_document() {
  return "| `name` | **required** | Of your choice: small letters, digits, hyphens. Stands in its address, "
         "`/hooks/monitor/NAME` |\n"
         "| `kind` | **required** | \"alertmanager\", \"grafana\", \"zabbix\" or \"uptime-kuma\" |\n"
         "| `secret_file` | **required** | A file whose first line (16 signs or more) is the bearer token, "
         "the "
         "password, or the end of the address by which it calls |\n"
         "| `provider` | empty | Whom its alerts are reported to; empty: the first [[provider]] |\n"
         "| `classes` | empty list | \"severity: class\" of the provider's procedure, where the usual table "
         "does not "
         "do |\n"
         "| `class` | empty | Of an alert whose severity says nothing; empty: the calmest |\n"
         "| `quiet` | `5m` | An alert that is over is settled after so long; one that comes back before is "
         "the "
         "same report |\n";
}

}  // namespace hejnal::config

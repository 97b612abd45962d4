#include "config/monitor_settings.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::config {

namespace {

constexpr const char* kKinds[] = {"alertmanager", "grafana", "zabbix", "uptime-kuma",
                                  "icinga",       "nagios",  "json"};

// "page: critical"
void read_classes(TomlTable& table, AlertRoute& route) {
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
    route.classes.emplace_back(severity, class_name);
  }
}

// To a provider, or to our own desk.
void read_route(TomlTable& table, const char* what, const Settings& settings, AlertRoute& route) {
  route.provider = table.text("provider", "");
  const bool desk = table.boolean("desk", false);
  route.standard_class = table.text("class", "");
  const std::string resolved = table.text("resolved", "settle");
  route.again = table.duration("again", 1h);
  if (resolved != "settle" && resolved != "offer")
    table.mistake("resolved",
                  fmt::format("expected \"settle\" or \"offer\", found \"{}\"", one_line(resolved)));
  route.settles = resolved == "settle";
  const bool known = std::any_of(settings.providers.begin(), settings.providers.end(),
                                 [&](const Provider& p) { return p.name == route.provider; });
  if (desk && !route.provider.empty()) {
    table.mistake("provider", "it is either desk = true or a provider");
  } else if (!desk && settings.providers.empty()) {
    table.mistake("provider",
                  fmt::format("a {} needs desk = true, for cases at our own desk, or a [[provider]] that it "
                              "reports to, and there is none",
                              what));
  } else if (!route.provider.empty() && !known) {
    table.mistake("provider", fmt::format("there is no [[provider]] named \"{}\"", one_line(route.provider)));
  }
  for (const char* of_desk : {"resolved", "again"}) {
    if (!desk && table.has(of_desk))
      table.mistake(of_desk, "only of what becomes a case at our own desk (desk = true)");
  }
  if (!desk && route.provider.empty() && !settings.providers.empty())
    route.provider = settings.providers.front().name;
}

template <class Row>
void read_name(TomlTable& table, const char* what, const std::vector<Row>& others, std::string& name) {
  name = table.text("name", "", true);
  if (!name.empty() && (name.size() > 40 ||
                        name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") != std::string::npos))
    table.mistake("name", fmt::format("expected up to 40 small letters, digits and hyphens, found \"{}\"",
                                      one_line(name)));
  if (std::any_of(others.begin(), others.end(), [&](const Row& o) { return o.name == name; }))
    table.mistake("name", fmt::format("there is another {} named \"{}\"", what, name));
}

// "/labels/host", or "$/status" of the whole payload. RFC 6901: "~1" is a slash, "~0" a tilde.
bool is_pointer(std::string_view text) {
  if (text.starts_with('$')) text.remove_prefix(1);
  if (!text.empty() && text.front() != '/') return false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] == '~' && (i + 1 == text.size() || (text[i + 1] != '0' && text[i + 1] != '1'))) return false;
  }
  return true;
}

void check_pointer(TomlTable& table, const char* key, const std::string& pointer) {
  if (!is_pointer(pointer))
    table.mistake(key, fmt::format("expected a JSON pointer such as \"/labels/host\", or \"$/status\" where "
                                   "it counts from the whole payload, found \"{}\"",
                                   one_line(pointer)));
}

void read_mapping(TomlTable& table, Monitor& m) {
  m.alerts = table.text("alerts", "");
  m.key = table.texts("key");
  m.subject = table.texts("subject");
  m.text = table.texts("text");
  m.severity = table.text("severity", "");
  m.state = table.text("state", "");
  m.firing = table.texts("firing");
  m.resolved = table.texts("over");
  m.ignored = table.texts("ignored");
  if (m.kind != "json") {
    for (const char* key :
         {"alerts", "key", "subject", "text", "severity", "state", "firing", "over", "ignored"}) {
      if (table.has(key)) table.mistake(key, "only the kind \"json\" has a mapping");
    }
    return;
  }
  for (const char* key : {"key", "subject", "state", "firing"}) {
    if (!table.has(key)) table.mistake(key, "the kind \"json\" needs it (docs/monitoring.md)");
  }
  if (m.alerts.starts_with('$')) table.mistake("alerts", "it counts from the whole payload by itself");
  for (const auto& [key, list] : {std::pair{"key", &m.key}, {"subject", &m.subject}, {"text", &m.text}}) {
    for (const std::string& pointer : *list) check_pointer(table, key, pointer);
  }
  for (const auto& [key, pointer] :
       {std::pair{"alerts", &m.alerts}, {"severity", &m.severity}, {"state", &m.state}})
    check_pointer(table, key, *pointer);
  for (std::vector<std::string>* list : {&m.firing, &m.resolved, &m.ignored}) {
    for (std::string& value : *list) value = to_lower_ascii(value);
  }
  for (const std::string& value : m.firing) {
    for (const auto& [name, other] : {std::pair{"over", &m.resolved}, {"ignored", &m.ignored}}) {
      if (std::find(other->begin(), other->end(), value) != other->end())
        table.mistake(name, fmt::format("\"{}\" stands in firing, too", one_line(value)));
    }
  }
}

}  // namespace

void read_monitors(TomlTable& root, Settings& settings) {
  for (TomlTable& table : root.tables("monitor")) {
    Monitor m;
    read_name(table, "monitor", settings.monitors, m.name);
    m.kind = table.text("kind", "", true);
    m.secret_file = table.text("secret_file", "", true);
    m.route.quiet = table.duration("quiet", 5min);
    read_classes(table, m.route);
    read_route(table, "monitor", settings, m.route);
    if (!m.kind.empty() && std::find(std::begin(kKinds), std::end(kKinds), m.kind) == std::end(kKinds))
      table.mistake(
          "kind", fmt::format("expected one of {}, found \"{}\"", fmt::join(kKinds, ", "), one_line(m.kind)));
    read_mapping(table, m);
    settings.monitors.push_back(std::move(m));
  }
}

void read_heartbeats(TomlTable& root, Settings& settings) {
  for (TomlTable& table : root.tables("heartbeat")) {
    Heartbeat h;
    read_name(table, "heartbeat", settings.heartbeats, h.name);
    h.secret_file = table.text("secret_file", "", true);
    h.every = table.duration("every", 0ms, true);
    h.grace = table.duration("grace", h.every);
    if (table.has("every") && (h.every < 1s || h.every > std::chrono::days(366)))
      table.mistake("every", "expected something between 1s and 366d");
    read_route(table, "heartbeat", settings, h.route);
    h.route.quiet = 1ms;  // a call is a call: there is nothing to wait for
    settings.heartbeats.push_back(std::move(h));
  }
}

std::string monitor_document() {
  return "| `name` | **required** | Of your choice: small letters, digits, hyphens. Stands in its address, "
         "`/hooks/monitor/NAME` |\n"
         "| `kind` | **required** | \"alertmanager\", \"grafana\", \"zabbix\", \"uptime-kuma\", \"icinga\", "
         "\"nagios\", or \"json\" for any other, with a mapping |\n"
         "| `secret_file` | **required** | A file whose first line (16 signs or more) is the bearer token, "
         "the password, or the end of the address by which it calls |\n"
         "| `desk` | `false` | Its alerts become cases at our own desk, instead of reports to a provider |\n"
         "| `provider` | empty | Whom its alerts are reported to; empty: the first [[provider]] |\n"
         "| `classes` | empty list | \"severity: class\" of the procedure, where the usual table does not "
         "do |\n"
         "| `class` | empty | Of an alert whose severity says nothing; empty: the calmest |\n"
         "| `quiet` | `5m` | An alert that is over is settled after so long; one that comes back before is "
         "the same report or case |\n"
         "| `resolved` | `settle` | At our own desk: the case of an alert that is over is settled, unless "
         "somebody has begun to work on it; \"offer\": that is always left to people |\n"
         "| `again` | `1h` | At our own desk: an alert that comes back so long after its case was settled "
         "opens it again; later, it opens a new one |\n"
         "| `alerts` | empty | Of the kind \"json\": JSON pointer to the list of alerts; empty: the payload "
         "is one alert |\n"
         "| `key` | empty list | ... in each alert, what tells it from others; several are put together |\n"
         "| `subject` | empty list | ... a few words of it |\n"
         "| `text` | empty list | ... what else it says, one line each; what is not there is left out |\n"
         "| `severity` | empty | ... how grave it is |\n"
         "| `state` | empty | ... whether it fires or is over; `$/status` counts from the whole payload |\n"
         "| `firing` | empty list | ... values of the state that mean that it fires |\n"
         "| `over` | empty list | ... that it is over |\n"
         "| `ignored` | empty list | ... that mean nothing; any other value is refused |\n";
}

std::string heartbeat_document() {
  return "| `name` | **required** | Of your choice: small letters, digits, hyphens. Stands in its address, "
         "`/hooks/heartbeat/NAME` |\n"
         "| `secret_file` | **required** | As of a [[monitor]] |\n"
         "| `every` | **required** | How often it calls |\n"
         "| `grace` | as `every` | So much later it may be before it counts as silent |\n"
         "| `class` | empty | Of the case or report of its silence; empty: the calmest |\n"
         "| `desk`, `provider`, `resolved`, `again` | | As of a [[monitor]] |\n";
}

}  // namespace hejnal::config

#include "carriers/monitor/alerts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "json/value.hpp"
#include "wire/form/form.hpp"

namespace hejnal::carriers {

namespace {

constexpr std::size_t kTitleMax = 200, kTextMax = 20'000, kKeyMax = 300, kAlertsMax = 200;
constexpr std::size_t kSeverityMax = 60, kSeveritiesMax = 20;

// JSON has one kind of number, so 7 and 7.0 are the same one, and are written alike. Beyond 2^53 a number
// with a point or more than 64 bits has lost its last digits on the way: two of them may be told apart no
// more.
struct Written {
  std::string text;
  bool exact = true;
};
Written written(const json::Value& v) {
  constexpr double kExactMax = 9007199254740992.0;  // 2^53
  if (!v.is_double()) return {json::dump(v)};
  const double d = v.as_double();
  if (std::abs(d) >= kExactMax) return {fmt::format("{}", d), false};
  if (d == std::trunc(d)) return {fmt::format("{}", static_cast<std::int64_t>(d))};
  return {fmt::format("{}", d)};
}

// A field as text, whatever it is; empty where there is none.
std::string field(const json::Value& v, std::string_view name) {
  if (!v.is_object()) return {};
  const json::Value* found = v.as_object().if_contains(name);
  if (found == nullptr || found->is_null()) return {};
  if (found->is_string()) return std::string(found->as_string());
  if (found->is_object() || found->is_array()) return {};
  return written(*found).text;
}

const json::Value& child(const json::Value& v, std::string_view name) {
  static const json::Value none;
  const json::Value* found = v.is_object() ? v.as_object().if_contains(name) : nullptr;
  return found ? *found : none;
}

// "instance=db1:9100, job=node": sorted, so that the same alert always says the same.
std::string pairs_of(const json::Value& v) {
  std::vector<std::string> all;
  if (v.is_object()) {
    for (const auto& [name, value] : v.as_object()) {
      if (value.is_string())
        all.push_back(fmt::format("{}={}", std::string(name), std::string(value.as_string())));
    }
  }
  std::sort(all.begin(), all.end());
  return fmt::format("{}", fmt::join(all, ", "));
}

// Two long keys may have the same beginning: what is cut off is told apart by its sum.
std::string key_of(std::string_view kind, std::string_view key) {
  const std::string line = one_line(key);
  if (line.size() <= kKeyMax) return fmt::format("{} {}", kind, line);
  return fmt::format("{} {}... {}", kind, truncate_utf8(line, kKeyMax - 70), sha256_hex(key));
}

void add_severity(Alert& a, std::string_view severity) {
  std::string word = to_lower_ascii(truncate_utf8(one_line(severity), kSeverityMax));
  const bool known = std::find(a.severities.begin(), a.severities.end(), word) != a.severities.end();
  if (!word.empty() && !known && a.severities.size() < kSeveritiesMax)
    a.severities.push_back(std::move(word));
}

Alert finished(Alert a, std::string_view kind) {
  a.key = key_of(kind, a.key);
  a.title = is_blank(a.title) ? "alert" : truncate_characters(one_line(a.title), kTitleMax);
  if (a.text.size() > kTextMax) {
    const std::size_t all = a.text.size();
    a.text = truncate_utf8(a.text, kTextMax);
    a.text += fmt::format("\n\n... cut here: {} of {} bytes are left out", all - a.text.size(), all);
  }
  return a;
}

// Grafana speaks the same with more words.
Result<std::vector<Alert>> read_prometheus(std::string_view kind, const json::Value& body) {
  Alert a;
  a.key = field(body, "groupKey");
  const std::string status = field(body, "status");
  const json::Value& alerts = child(body, "alerts");
  if (a.key.empty() || (status != "firing" && status != "resolved") || !alerts.is_array())
    return fail(Fault::malformed, "it is no webhook of {}: groupKey, status and alerts are expected", kind);
  a.firing = status == "firing";
  const json::Value& common = child(body, "commonLabels");
  add_severity(a, field(common, "severity"));
  a.title = field(child(body, "commonAnnotations"), "summary");
  if (a.title.empty()) a.title = field(common, "alertname");
  std::size_t n = 0;
  std::vector<std::string> lines;
  for (const json::Value& one : alerts.as_array()) {
    if (field(one, "status") != "firing") continue;
    const json::Value& labels = child(one, "labels");
    add_severity(a, field(labels, "severity"));
    if (++n > kAlertsMax) continue;  // what is not shown counts all the same
    const json::Value& notes = child(one, "annotations");
    const std::string name = field(labels, "alertname"), summary = field(notes, "summary");
    if (a.title.empty()) a.title = !summary.empty() ? summary : name;
    std::string line = fmt::format("{}: {}\n  {}", name, summary, pairs_of(labels));
    if (const std::string more = field(notes, "description"); !more.empty()) line += "\n  " + more;
    if (const std::string since = field(one, "startsAt"); !since.empty()) line += "\n  since " + since;
    lines.push_back(std::move(line));
  }
  std::sort(lines.begin(), lines.end());
  a.text = fmt::format("{}", fmt::join(lines, "\n\n"));
  if (n > kAlertsMax) a.text += fmt::format("\n\n... and {} more", n - kAlertsMax);
  // The sender has cut, too (max_alerts).
  if (const std::string cut = field(body, "truncatedAlerts"); !cut.empty() && cut != "0")
    a.text += fmt::format("\n\n... and {} more that {} has left out", one_line(cut), kind);
  if (const std::string url = field(body, "externalURL"); !url.empty() && a.firing) a.text += "\n\n" + url;
  if (a.title.empty()) a.title = "alert";
  return std::vector<Alert>{finished(std::move(a), kind)};
}

Result<std::vector<Alert>> read_zabbix(const json::Value& body) {
  // A macro that Zabbix cannot resolve arrives as it was written.
  const auto known = [&](std::string_view name) {
    std::string value = field(body, name);
    if (value.starts_with('{') || value == "*UNKNOWN*") value.clear();
    return value;
  };
  Alert a;
  a.key = known("event_id");
  const std::string value = known("event_value");
  if (a.key.empty() || (value != "0" && value != "1"))
    return fail(Fault::malformed,
                "it is no webhook of zabbix: event_id and event_value (0 or 1) are expected");
  if (known("update_status") == "1") return std::vector<Alert>();  // somebody has commented on it
  a.firing = value == "1";
  static constexpr std::string_view kSeverities[] = {"not classified", "info", "warning",
                                                     "average",        "high", "disaster"};
  const std::string severity = known("nseverity");
  if (severity.size() == 1 && severity[0] >= '0' && severity[0] <= '5')
    add_severity(a, kSeverities[static_cast<std::size_t>(severity[0] - '0')]);
  const std::string host = known("host"), name = known("name");
  a.title = host.empty() ? name : fmt::format("{}: {}", host, name);
  for (const char* one : {"message", "opdata", "ip", "time"}) {
    if (const std::string words = known(one); !words.empty()) a.text += words + "\n";
  }
  if (a.text.empty()) a.text = a.title;
  return std::vector<Alert>{finished(std::move(a), "zabbix")};
}

Result<std::vector<Alert>> read_kuma(const json::Value& body) {
  if (!body.is_object() || !body.as_object().contains("heartbeat"))
    return fail(Fault::malformed, "it is no webhook of uptime-kuma: heartbeat is expected");
  const json::Value& beat = child(body, "heartbeat");
  const json::Value& monitor = child(body, "monitor");
  if (!beat.is_object() || !monitor.is_object())
    return std::vector<Alert>();  // the test button, a certificate
  Alert a;
  a.key = field(monitor, "id");
  if (a.key.empty()) a.key = field(beat, "monitorID");
  const std::string status = field(beat, "status");
  if (a.key.empty() || status.empty())
    return fail(Fault::malformed,
                "it is no webhook of uptime-kuma: monitor.id and heartbeat.status are expected");
  if (status != "0" && status != "1") return std::vector<Alert>();  // pending, maintenance
  a.firing = status == "0";
  if (a.firing) add_severity(a, "down");
  a.title = fmt::format("{}: {}", field(monitor, "name"), field(beat, "msg"));
  a.text = field(body, "msg");
  for (const char* one : {"url", "hostname"}) {
    if (const std::string words = field(monitor, one); !words.empty() && words != "https://")
      a.text += "\n" + words;
  }
  return std::vector<Alert>{finished(std::move(a), "uptime-kuma")};
}

// What packaging/monitoring/hejnal-notify posts: a form, because a shell can write that.
Result<std::vector<Alert>> read_icinga(std::string_view body) {
  const wire::FormFields form = wire::form_decode(body);
  const auto told = [&](std::string_view name) {
    std::string value(trim(wire::field(form, name)));
    // A macro that has no value arrives as it was written.
    const bool macro = value.size() > 2 && value.front() == '$' && value.back() == '$';
    return macro ? std::string() : value;
  };
  const std::string host = told("host"), service = told("service");
  const std::string type = to_lower_ascii(told("type")), state = to_lower_ascii(told("state"));
  if (host.empty() || type.empty())
    return fail(Fault::malformed, "it is no notification of icinga or nagios: host and type are expected");
  const bool well = state == "ok" || state == "up";
  const bool over = type == "recovery" || (type == "custom" && well);
  if (!over && type != "problem" && type != "custom")
    return std::vector<Alert>();  // acknowledged, in downtime, flapping: nothing that a person has to do
  if (!over && state.empty())
    return fail(Fault::malformed, "it is no notification of icinga or nagios: state is expected");
  Alert a;
  a.key = service.empty() ? host : host + "!" + service;
  a.firing = !over;
  if (a.firing) add_severity(a, state);
  const auto shown = [&](const char* name, const std::string& plain) {
    const std::string words = told(name);
    return words.empty() ? plain : words;
  };
  a.title = shown("host_display", host);
  // A service's state may rise while the title stays; a host has only one bad state.
  if (service.empty()) {
    a.title += " " + told("state");
    a.text = told("output");
  } else {
    a.title += ": " + shown("service_display", service);
    a.text = told("state") + ": " + told("output");
  }
  for (const char* one : {"long_output", "address", "comment", "url"}) {
    if (const std::string words = told(one); !words.empty()) a.text += (a.text.empty() ? "" : "\n") + words;
  }
  return std::vector<Alert>{finished(std::move(a), "icinga")};
}

// RFC 6901. Null: it finds nothing.
const json::Value* pointed_at(const json::Value& whole, const json::Value& alert, std::string_view pointer) {
  const json::Value* at = &alert;
  if (pointer.starts_with('$')) {
    at = &whole;
    pointer.remove_prefix(1);
  }
  while (!pointer.empty()) {
    pointer.remove_prefix(1);  // the slash, which the settings have seen to
    const std::string_view piece = pointer.substr(0, pointer.find('/'));
    pointer.remove_prefix(piece.size());
    std::string name;
    for (std::size_t i = 0; i < piece.size(); ++i) {
      const bool escaped = piece[i] == '~' && i + 1 < piece.size();
      name += !escaped ? piece[i] : piece[++i] == '1' ? '/' : '~';
    }
    if (at->is_object()) {
      at = at->as_object().if_contains(name);
    } else if (at->is_array() && !name.empty() && name.size() < 7 &&
               name.find_first_not_of("0123456789") == std::string::npos) {
      at = at->as_array().if_contains(static_cast<std::size_t>(std::stoul(name)));
    } else {
      at = nullptr;
    }
    if (at == nullptr) return nullptr;
  }
  return at;
}

// One alert of somebody's own JSON, or what is wrong with it.
struct Mapper {
  const AlertMapping& m;
  const json::Value& whole;
  const json::Value& alert;
  std::string mistake = {};

  std::string text(const char* what, const std::string& pointer, bool needed) {
    const json::Value* found = pointed_at(whole, alert, pointer);
    std::string out;
    if (found != nullptr && found->is_string()) {
      out = std::string(found->as_string());
    } else if (found != nullptr && !found->is_null()) {
      const Written number = written(*found);
      out = number.text;
      if (!number.exact && mistake.empty() && std::string_view(what) == "key")
        mistake = fmt::format(
            "{}: {} is a number of so many digits that JSON does not carry them all: send it as "
            "text, in quotes",
            what, pointer);
    }
    if (needed && mistake.empty() && is_blank(out))
      mistake = fmt::format("{}: {} finds nothing", what, pointer.empty() ? "\"\"" : pointer);
    return out;
  }

  std::string joined(const char* what, const std::vector<std::string>& pointers, const char* between,
                     bool needed) {
    std::string out;
    for (const std::string& pointer : pointers) {
      const std::string one = text(what, pointer, needed);
      if (!is_blank(one)) out += (out.empty() ? "" : between) + one;
    }
    return out;
  }

  // Nothing: it means nothing, or there is a mistake.
  std::optional<Alert> read() {
    const std::string state = to_lower_ascii(trim(text("state", m.state, true)));
    const auto is_in = [&](const std::vector<std::string>& list) {
      return std::find(list.begin(), list.end(), state) != list.end();
    };
    Alert a;
    a.firing = is_in(m.firing);
    if (mistake.empty() && is_in(m.ignored)) return std::nullopt;
    if (mistake.empty() && !a.firing && !is_in(m.over))
      mistake = fmt::format("state: {} says \"{}\", which stands neither in firing nor in over or ignored",
                            m.state, truncate_utf8(one_line(state), 60));
    a.key = joined("key", m.key, " ", true);
    a.title = joined("subject", m.subject, " ", a.firing);  // of one that is over the key is enough
    a.text = joined("text", m.text, "\n", false);
    if (!m.severity.empty() && a.firing) add_severity(a, text("severity", m.severity, false));
    if (!mistake.empty()) return std::nullopt;
    return finished(std::move(a), "json");
  }
};

}  // namespace

Result<MappedAlerts> read_mapped(const AlertMapping& mapping, std::string_view body) {
  constexpr std::size_t kMappedMax = 1000, kMistakesMax = 20;
  HEJNAL_TRY(const json::Value whole, json::parse(body));
  MappedAlerts out;
  const json::Value* found = pointed_at(whole, whole, mapping.alerts);
  if (found == nullptr) {
    out.mistakes.push_back(fmt::format("alerts: {} finds nothing", mapping.alerts));
    return out;
  }
  const bool many = found->is_array();
  const std::size_t n = many ? found->as_array().size() : 1;
  for (std::size_t i = 0; i < n && out.mistakes.size() < kMistakesMax; ++i) {
    if (i >= kMappedMax) {
      out.mistakes.push_back(fmt::format("only the first {} of {} alerts were taken", kMappedMax, n));
      break;
    }
    Mapper one{mapping, whole, many ? found->as_array()[i] : *found};
    if (auto alert = one.read()) out.alerts.push_back(std::move(*alert));
    if (!one.mistake.empty())
      out.mistakes.push_back(many ? fmt::format("alert {}: {}", i + 1, one.mistake) : one.mistake);
  }
  return out;
}

bool is_beat(std::string_view body) {
  if (is_blank(body)) return true;
  const auto parsed = json::parse(body);
  return !parsed || field(*parsed, "status") != "resolved";
}

Result<std::vector<Alert>> read_alerts(std::string_view kind, std::string_view body) {
  if (kind == "icinga" || kind == "nagios") return read_icinga(body);
  HEJNAL_TRY(const json::Value parsed, json::parse(body));
  if (!parsed.is_object()) return fail(Fault::malformed, "an object is expected");
  if (kind == "zabbix") return read_zabbix(parsed);
  if (kind == "uptime-kuma") return read_kuma(parsed);
  return read_prometheus(kind, parsed);
}

std::string_view class_of_severity(std::string_view severity) {
  for (const std::string_view one : {"critical", "disaster", "down", "emergency", "page"}) {
    if (severity == one) return "critical";
  }
  for (const std::string_view one : {"warning", "average", "high", "unknown", "error"}) {
    if (severity == one) return "urgent";
  }
  for (const std::string_view one : {"info", "none", "not classified", "notice"}) {
    if (severity == one) return "routine";
  }
  return {};
}

}  // namespace hejnal::carriers

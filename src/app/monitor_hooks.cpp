#include "app/monitor_hooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/from_settings.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::app {

namespace {

ports::Response say(int status, std::string words) {
  return {status, "text/plain", std::move(words) + "\n", {}};
}

// Bearer, the password of Basic, or the end of the path: whatever the monitoring system can.
bool may(const ports::Request& request, std::string_view in_path, const std::string& secret) {
  if (!in_path.empty()) return equal_constant_time(in_path, secret);
  const std::string_view given = request.header("authorization");
  const auto space = given.find(' ');
  if (space == std::string_view::npos) return false;
  const std::string_view rest = trim(given.substr(space + 1));
  if (iequals(given.substr(0, space), "bearer")) return equal_constant_time(rest, secret);
  if (!iequals(given.substr(0, space), "basic")) return false;
  // The other way round: then nothing of a stranger has to be decoded.
  static constexpr std::string_view kDigits =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  const std::string plain = "hejnal:" + secret;
  std::string coded;
  for (std::size_t i = 0; i < plain.size(); i += 3) {
    const auto byte = [&](std::size_t at) {
      return at < plain.size() ? static_cast<unsigned>(static_cast<unsigned char>(plain[at])) : 0u;
    };
    const unsigned triple = byte(i) << 16 | byte(i + 1) << 8 | byte(i + 2);
    for (unsigned n = 0; n < 4; ++n)
      coded += i + n > plain.size() ? '=' : kDigits[triple >> (18 - 6 * n) & 63];
  }
  return equal_constant_time(rest, coded);
}

template <class Row>
Result<std::string> secret_of(const char* what, const Row& row) {
  const std::string &name = row.name, &file = row.secret_file;
  if (!row.secret.empty()) return row.secret;
  auto secret = first_line(file);
  if (!secret) return fail(secret.error().fault, "{} {}: {}", what, name, secret.error().what);
  if (secret->size() < 16 || secret->find_first_of(" /\t") != std::string::npos)
    return fail(Fault::malformed,
                "{} {}: {}: a secret of at least 16 signs without spaces and slashes is expected", what, name,
                file);
  return std::move(*secret);
}

}  // namespace

Result<std::vector<MonitorLine>> make_monitors(const config::Settings& settings) {
  std::vector<MonitorLine> out;
  for (const config::Monitor& m : settings.monitors) {
    HEJNAL_TRY(std::string secret, secret_of("monitor", m));
    out.push_back({m, std::move(secret)});
  }
  return out;
}

Result<std::vector<HeartbeatLine>> make_heartbeats(const config::Settings& settings) {
  std::vector<HeartbeatLine> out;
  for (const config::Heartbeat& h : settings.heartbeats) {
    HEJNAL_TRY(std::string secret, secret_of("heartbeat", h));
    out.push_back({h, std::move(secret)});
  }
  return out;
}

Status check_classes(const config::Settings& settings, const core::Procedure& procedure,
                     const reporter::Settings& reporter) {
  const auto check = [&](const char* what, const std::string& name,
                         const config::AlertRoute& route) -> Status {
    const core::Procedure* of = &procedure;
    for (const reporter::Provider& provider : reporter.providers) {
      if (!route.provider.empty() && provider.name == route.provider) of = &provider.procedure;
    }
    std::vector<std::string> named = {route.standard_class};
    for (const auto& [severity, class_name] : route.classes) named.push_back(class_name);
    for (const std::string& one : named) {
      if (!one.empty() && of->find(one) == nullptr)
        return fail(Fault::malformed, "{} {}: {} has no class \"{}\"", what, name,
                    of == &procedure ? "the procedure" : "the procedure of " + route.provider, one);
    }
    return {};
  };
  for (const config::Monitor& m : settings.monitors) HEJNAL_TRY_VOID(check("monitor", m.name, m.route));
  for (const config::Heartbeat& h : settings.heartbeats) HEJNAL_TRY_VOID(check("heartbeat", h.name, h.route));
  return {};
}

namespace {

struct Judged {
  std::string class_name;  // empty: its severities say nothing
  std::string severity;    // that says so
  std::string why;
};

// The gravest of the classes that its severities mean.
Judged judge(const core::Procedure& procedure, const config::AlertRoute& route,
             const carriers::Alert& alert) {
  std::vector<std::string> classes;
  for (const std::string& severity : alert.severities) {
    std::string class_name(carriers::class_of_severity(severity));
    for (const auto& [own, meant] : route.classes) {
      if (own == severity) class_name = meant;
    }
    classes.push_back(std::move(class_name));
  }
  Judged out;
  const core::ServiceClass* gravest = procedure.gravest_of(classes);
  if (gravest != nullptr) out.class_name = gravest->id;
  for (std::size_t i = 0; i < classes.size() && out.severity.empty(); ++i) {
    if (gravest == nullptr || classes[i] == gravest->id) out.severity = alert.severities[i];
  }
  out.why = out.severity.empty() ? "an alert of monitoring"
                                 : fmt::format("an alert of monitoring, severity {}", out.severity);
  if (gravest == nullptr && procedure.find(route.standard_class) != nullptr)
    out.class_name = route.standard_class;
  return out;
}

Status tell_desk(desk::Desk& desk, const std::string& name, const config::AlertRoute& route,
                 const carriers::Alert& alert) {
  const Judged judged = judge(desk.procedure(), route, alert);
  desk::Desk::MonitorAlert told;
  told.monitor = name;
  told.key = alert.key;
  told.firing = alert.firing;
  told.subject = alert.title;
  told.text = alert.text;
  told.severity = judged.severity;
  told.class_name = judged.class_name;
  told.why = judged.why;
  if (route.settles) told.settle_after = route.quiet;
  told.back_within = route.again;
  HEJNAL_TRY_VOID(desk.alert(told));
  return {};
}

Status tell_provider(reporter::Reporter& reporter, const std::string& name, const config::AlertRoute& route,
                     const carriers::Alert& alert, Instant now) {
  const std::string key = fmt::format("{} {}", name, alert.key);
  HEJNAL_TRY(const core::SentReport open, reporter.of_key(key, now));
  if (!alert.firing) {
    if (!open.exists()) return {};  // of nothing that we know: it never opens anything
    HEJNAL_TRY_VOID(reporter.act(open.id, core::sent::Resolved{name, route.quiet}, now));
    return {};
  }
  const core::Procedure* procedure = nullptr;
  for (const reporter::Provider& p : reporter.settings().providers) {
    if (p.name == route.provider) procedure = &p.procedure;
  }
  const Judged judged = procedure ? judge(*procedure, route, alert) : Judged{};
  const std::string in_short = truncate_utf8(alert.text, 2000);
  bool anew = !open.exists();
  if (!anew && !open.open()) {  // withdrawn by hand, while it still fires
    HEJNAL_TRY(anew, reporter.is_graver(open, judged.class_name));
  }
  if (!anew) {
    HEJNAL_TRY_VOID(
        reporter.fires(open, {name, in_short, judged.class_name, judged.why, {}}, alert.text, now));
    return {};
  }
  reporter::NewReport report;
  report.provider = route.provider;
  report.class_name = judged.class_name;  // empty: rather a calm report than none
  report.subject = alert.title;
  report.text = alert.text.empty() ? alert.title : alert.text;
  report.by = name;
  report.why = judged.why;
  report.key = key;
  report.alert = in_short;
  HEJNAL_TRY_VOID(reporter.file(report, now));
  return {};
}

}  // namespace

Status take_alert(desk::Desk& desk, reporter::Reporter& reporter, const std::string& name,
                  const config::AlertRoute& route, const carriers::Alert& alert) {
  return route.provider.empty() ? tell_desk(desk, name, route, alert)
                                : tell_provider(reporter, name, route, alert, desk.now());
}

Status tell_silence(desk::Desk& desk, reporter::Reporter& reporter, const config::Settings& settings,
                    const desk::Desk::HeartbeatState& state, bool silent) {
  const auto found = std::find_if(settings.heartbeats.begin(), settings.heartbeats.end(),
                                  [&](const config::Heartbeat& h) { return h.name == state.name; });
  if (found == settings.heartbeats.end()) return {};
  const bool pl = settings.language == "pl";
  carriers::Alert alert;
  alert.key = "heartbeat";
  alert.firing = silent;
  const bool failed = !state.failure.empty();
  alert.title = state.name + (failed ? (pl ? ": niepowodzenie" : " has failed")
                              : pl   ? " milczy"
                                     : " is silent");
  const std::string last =
      state.beat.last ? format_local(*state.beat.last, settings.timezone, settings.language) : std::string();
  const std::string every = format_duration(state.rule.every), grace = format_duration(state.rule.grace);
  if (pl) {
    alert.text = (last.empty() ? "Nie odezwał się ani razu, odkąd czekamy."
                               : fmt::format("Ostatni raz odezwał się {}.", last)) +
                 fmt::format(" Ma się odzywać co {}, z zapasem {}.", every, grace);
  } else {
    alert.text = (last.empty() ? "It has not called once since we have been waiting."
                               : fmt::format("It called last on {}.", last)) +
                 fmt::format(" It is to call every {}, with {} of grace.", every, grace);
  }
  if (failed) {  // the same words as long as the same goes wrong
    alert.text = pl ? "Zgłosił, że się nie udało." : "It says that it has failed.";
    if (state.failure != "-") alert.text += "\n\n" + state.failure;
  } else if (silent && state.beat.started) {
    const std::string began = format_local(*state.beat.started, settings.timezone, settings.language);
    alert.text += pl ? fmt::format(" Zaczął {} i nie zgłosił, że skończył.", began)
                     : fmt::format(" It began on {} and has not said that it is done.", began);
  }
  const Status told = take_alert(desk, reporter, state.name, found->route, alert);
  const bool again_helps =
      !told && (told.error().fault == Fault::retry_later || told.error().fault == Fault::corrupt);
  if (told || again_helps || found->route.provider.empty()) return told;
  fmt::print(stderr, "hejnal: heartbeat {}: {}\n", state.name, told.error().what);
  return tell_desk(desk, state.name, found->route, alert);
}

namespace {

// What a job may say at the end of the address, as to other such services: it begins, it has failed, or its
// exit status.
bool is_word(std::string_view piece) {
  return piece == "start" || piece == "fail" ||
         (!piece.empty() && piece.size() <= 3 && piece.find_first_not_of("0123456789") == piece.npos);
}

}  // namespace

// /hooks/heartbeat/NAME[/SECRET][/start|/fail|/STATUS], by whatever method: many can only GET.
void MonitorHooks::beat(const ports::Request& request, ports::Reply reply) {
  auto pieces = split(std::string_view(request.path).substr(std::string_view(kHeartbeatHooks).size()), '/');
  std::string word;
  if (pieces.size() > 1 && is_word(pieces.back())) {
    word = std::string(pieces.back());
    pieces.pop_back();
    if (word.find_first_not_of('0') == std::string::npos) word.clear();  // all is well
  }
  const auto line = std::find_if(heartbeats_.begin(), heartbeats_.end(),
                                 [&](const HeartbeatLine& one) { return one.settings.name == pieces[0]; });
  if (line == heartbeats_.end() || pieces.size() > 2)
    return std::move(reply).send(say(404, "no such address"));
  if (!may(request, pieces.size() == 2 ? pieces[1] : std::string_view(), line->secret))
    return std::move(reply).send(say(403, "the secret is wrong"));
  if (word.empty() && !carriers::is_beat(request.body))
    return std::move(reply).send(say(200, "that is over, and no sign of life"));
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  constexpr std::size_t kWordsMax = 2000;
  std::string words = truncate_utf8(sanitize_utf8(trim(request.body)), kWordsMax);
  if (word != "fail" && word != "start" && !word.empty())
    words = fmt::format("exit status {}{}{}", word, words.empty() ? "" : "\n\n", words);
  ledger_.submit(
      [name = line->settings.name, word, words](desk::Desk& desk) {
        if (word == "start") return desk.began(name);
        return word.empty() ? desk.beat(name) : desk.failed(name, words);
      },
      [this, kept](const Status& done) {
        if (done) reported_();
        const int bad = !done && done.error().fault == Fault::retry_later ? 503 : 500;
        std::move(*kept).send(done ? say(200, "heard") : say(bad, done.error().what));
      });
}

void MonitorHooks::answer(const ports::Request& request, ports::Reply reply) {
  if (request.path.starts_with(kHeartbeatHooks)) return beat(request, std::move(reply));
  // /hooks/monitor/NAME[/SECRET]
  const auto pieces =
      split(std::string_view(request.path).substr(std::string_view(kMonitorHooks).size()), '/');
  const auto line = std::find_if(lines_.begin(), lines_.end(),
                                 [&](const MonitorLine& one) { return one.settings.name == pieces[0]; });
  if (line == lines_.end() || pieces.size() > 2) return std::move(reply).send(say(404, "no such address"));
  if (!may(request, pieces.size() == 2 ? pieces[1] : std::string_view(), line->secret))
    return std::move(reply).send(say(403, "the secret is wrong"));
  if (request.method != "POST" && request.method != "PUT")
    return std::move(reply).send(say(405, "expected POST"));
  const config::Monitor& monitor = line->settings;
  std::vector<carriers::Alert> alerts;
  std::string left_out;  // what could not be understood; the others are taken all the same
  if (monitor.kind == "json") {
    auto mapped =
        carriers::read_mapped({monitor.alerts, monitor.state, monitor.severity, monitor.key, monitor.subject,
                               monitor.text, monitor.firing, monitor.resolved, monitor.ignored},
                              request.body);
    if (!mapped) return std::move(reply).send(say(400, mapped.error().what));
    alerts = std::move(mapped->alerts);
    left_out = fmt::format("{}", fmt::join(mapped->mistakes, "\n"));
    if (!left_out.empty() && !alerts.empty()) left_out += fmt::format("\n{} taken", alerts.size());
  } else {
    auto read = carriers::read_alerts(monitor.kind, request.body);
    if (!read) return std::move(reply).send(say(400, read.error().what));
    alerts = std::move(*read);
  }
  if (alerts.empty())
    return std::move(reply).send(left_out.empty() ? say(200, "nothing to do") : say(422, left_out));
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  ledger_.submit(
      [this, name = monitor.name, route = monitor.route,
       alerts = std::move(alerts)](desk::Desk& desk) -> Status {
        for (const carriers::Alert& alert : alerts)
          HEJNAL_TRY_VOID(take_alert(desk, reporter_, name, route, alert));
        return {};
      },
      [this, kept, left_out](const Status& done) {
        if (done) reported_();
        const int bad = !done && done.error().fault == Fault::retry_later ? 503 : 500;
        if (!done) return std::move(*kept).send(say(bad, done.error().what));
        std::move(*kept).send(left_out.empty() ? say(200, "taken") : say(422, left_out));
      });
}

}  // namespace hejnal::app

#include "app/monitor_hooks.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <memory>

#include "app/from_settings.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"

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

}  // namespace

Result<std::vector<MonitorLine>> make_monitors(const config::Settings& settings) {
  std::vector<MonitorLine> out;
  for (const config::Monitor& m : settings.monitors) {
    auto secret = first_line(m.secret_file);
    if (!secret) return fail(secret.error().fault, "monitor {}: {}", m.name, secret.error().what);
    if (secret->size() < 16 || secret->find_first_of(" /\t") != std::string::npos)
      return fail(Fault::malformed,
                  "monitor {}: {}: a secret of at least 16 signs without spaces and slashes is expected",
                  m.name, m.secret_file);
    out.push_back({m, std::move(*secret)});
  }
  return out;
}

namespace {

struct Judged {
  std::string class_name;  // empty: its severities say nothing
  std::string why;
};

// The gravest of the classes that its severities mean.
Judged judge(const reporter::Reporter& reporter, const config::Monitor& monitor,
             const carriers::Alert& alert) {
  std::vector<std::string> classes;
  for (const std::string& severity : alert.severities) {
    std::string class_name(carriers::class_of_severity(severity));
    for (const auto& [own, meant] : monitor.classes) {
      if (own == severity) class_name = meant;
    }
    classes.push_back(std::move(class_name));
  }
  Judged out;
  out.class_name = reporter.gravest(monitor.provider, classes);
  out.why = "an alert of monitoring";
  for (std::size_t i = 0; i < classes.size(); ++i) {
    if (classes[i] != out.class_name && !out.class_name.empty()) continue;
    out.why += ", severity " + alert.severities[i];
    break;
  }
  return out;
}

}  // namespace

Status report_alert(reporter::Reporter& reporter, const config::Monitor& monitor,
                    const carriers::Alert& alert, Instant now) {
  const std::string key = fmt::format("{} {}", monitor.name, alert.key);
  HEJNAL_TRY(const core::SentReport open, reporter.open_of_key(key));
  if (!alert.firing) {
    if (!open.exists()) return {};  // of nothing that we know: it never opens anything
    HEJNAL_TRY_VOID(reporter.act(open.id, core::sent::Resolved{monitor.name, monitor.quiet}, now));
    return {};
  }
  const Judged judged = judge(reporter, monitor, alert);
  const std::string in_short = truncate_utf8(alert.text, 2000);
  if (open.exists()) {
    HEJNAL_TRY_VOID(
        reporter.fires(open, {monitor.name, in_short, judged.class_name, judged.why, {}}, alert.text, now));
    return {};
  }
  reporter::NewReport report;
  report.provider = monitor.provider;
  // A procedure of other words: rather a calm report than none.
  report.class_name = judged.class_name.empty() ? reporter.gravest(monitor.provider, {monitor.standard_class})
                                                : judged.class_name;
  report.subject = alert.title;
  report.text = alert.text.empty() ? alert.title : alert.text;
  report.by = monitor.name;
  report.why = judged.why;
  report.key = key;
  report.alert = in_short;
  HEJNAL_TRY_VOID(reporter.file(report, now));
  return {};
}

void MonitorHooks::answer(const ports::Request& request, ports::Reply reply) {
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
  auto alerts = carriers::read_alerts(line->settings.kind, request.body);
  if (!alerts) return std::move(reply).send(say(400, alerts.error().what));
  if (alerts->empty()) return std::move(reply).send(say(200, "nothing to do"));
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  ledger_.submit(
      [this, monitor = line->settings, alerts = std::move(*alerts)](desk::Desk& desk) -> Status {
        for (const carriers::Alert& alert : alerts)
          HEJNAL_TRY_VOID(report_alert(reporter_, monitor, alert, desk.now()));
        return {};
      },
      [this, kept](const Status& done) {
        if (done) reported_();
        const int bad = !done && done.error().fault == Fault::retry_later ? 503 : 500;
        std::move(*kept).send(done ? say(200, "taken") : say(bad, done.error().what));
      });
}

}  // namespace hejnal::app

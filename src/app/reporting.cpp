#include "app/reporting.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "app/secret_key.hpp"
#include "app/server.hpp"
#include "base/hash.hpp"
#include "base/locked.hpp"
#include "base/signature.hpp"
#include "base/text.hpp"
#include "base/thread_name.hpp"
#include "config/procedure_file.hpp"
#include "json/value.hpp"
#include "reporter/proof.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::app {

namespace {
constexpr int kRingMax = 16;
constexpr std::size_t kInFlightMax = 64;  // handed over and not heard of
constexpr Duration kSleepMax = 60s;       // clocks are set
}  // namespace

Result<reporter::Settings> reporter_settings(const config::Settings& s) {
  reporter::Settings out;
  out.sms_available = !s.sms.empty();
  out.zone = s.timezone;
  if (!s.on_call.empty()) out.tell = s.on_call.front().email;
  for (const config::Provider& p : s.providers) {
    reporter::Provider one;
    one.name = p.name;
    one.title = p.title;
    one.email = p.email;
    one.sms_number = p.sms_number.empty() ? std::string() : wire::e164(p.sms_number, s.country);
    if (!p.sms_number.empty() && one.sms_number.empty())
      return fail(Fault::malformed, "provider {}: sms_number: \"{}\" is no telephone number", p.name,
                  p.sms_number);
    one.language = p.language;
    one.tell = p.tell;
    one.from = {p.from_name, p.from, wire::e164(s.phone, s.country), {}};
    one.addresses = p.addresses;
    one.answers_from = p.answers_from;
    one.gateways = p.gateways;
    for (const std::string& name : p.gateways) {
      if (std::none_of(s.sms.begin(), s.sms.end(), [&](const auto& g) { return g.name == name; }))
        return fail(Fault::malformed, "provider {}: gateways: there is no [[sms.gateway]] named \"{}\"",
                    p.name, name);
    }
    one.receipt_stops = p.receipt_stops;
    one.callback_after = p.callback_after;
    one.storm = static_cast<int>(p.storm);
    if (p.procedure.empty()) {
      HEJNAL_TRY(one.procedure_text, config::builtin_procedure_text(p.language));
    } else {
      auto text = read_file(p.procedure, 1u << 20);
      if (!text) return fail(text.error().fault, "provider {}: procedure: {}", p.name, text.error().what);
      one.procedure_text = std::move(*text);
    }
    auto procedure =
        config::read_procedure(one.procedure_text, p.procedure.empty() ? p.language + ".toml" : p.procedure);
    if (!procedure) return fail(procedure.error().fault, "provider {}: {}", p.name, procedure.error().what);
    one.procedure = std::move(*procedure);
    for (const auto& [class_name, address] : p.addresses) {
      if (one.procedure.find(class_name) == nullptr)
        return fail(Fault::malformed, "provider {}: addresses: its procedure has no class \"{}\"", p.name,
                    class_name);
    }
    out.providers.push_back(std::move(one));
  }
  return out;
}

Result<Reporting> make_reporting(const config::Settings& settings, ports::Store& store, ports::Random& random,
                                 ReportWiring wiring) {
  HEJNAL_TRY(reporter::Settings of_reporter, reporter_settings(settings));
  of_reporter.repeats_by = std::move(wiring.repeats_by);
  of_reporter.sms_available = of_reporter.sms_available || wiring.sms_available;
  Reporting out;
  out.composer = std::make_unique<carriers::EmailReportComposer>(settings.timezone);
  out.engine = std::make_unique<reporter::Reporter>(
      reporter::Parts{
          store, random, *out.composer,
          [](const std::string& text) { return config::read_procedure(text, "an older procedure"); },
          std::move(wiring.changed)},
      std::move(of_reporter));
  return out;
}

std::string ReportCommand::body() const {
  json::Array files;
  std::string bytes = report.text;
  for (const ports::ReportFile& file : report.files) {
    files.push_back(json::Object{
        {"name", file.name}, {"type", file.type}, {"size", static_cast<std::int64_t>(file.bytes.size())}});
    bytes += file.bytes;
  }
  return json::dump(json::Object{{"id", id},
                                 {"by", by},
                                 {"reason", reason},
                                 {"provider", report.provider},
                                 {"class", report.class_name},
                                 {"subject", report.subject},
                                 {"key", report.key},
                                 {"size", static_cast<std::int64_t>(report.text.size())},
                                 {"files", std::move(files)}}) +
         "\n" + bytes;
}

Result<ReportCommand> ReportCommand::of(const ports::Request& request) {
  ReportCommand out;
  out.verb = request.path.substr(std::string_view("/report/").size());
  const auto line = request.body.find('\n');
  if (line == std::string::npos) return fail(Fault::malformed, "a line of JSON is expected");
  HEJNAL_TRY(const json::Value head, json::parse(std::string_view(request.body).substr(0, line)));
  if (!head.is_object()) return fail(Fault::malformed, "an object is expected");
  const json::Object& o = head.as_object();
  const auto text = [&](const char* name) {
    const json::Value* v = o.if_contains(name);
    return v && v->is_string() ? std::string(v->as_string()) : std::string();
  };
  const auto number = [](const json::Object& from, const char* name) {
    const json::Value* v = from.if_contains(name);
    return v && v->is_int64() ? v->as_int64() : std::int64_t{0};
  };
  out.id = number(o, "id");
  out.by = text("by");
  out.reason = text("reason");
  out.report.provider = text("provider");
  out.report.class_name = text("class");
  out.report.subject = text("subject");
  out.report.key = text("key");
  std::string_view rest = std::string_view(request.body).substr(line + 1);
  const auto take = [&](std::int64_t size) -> Result<std::string> {
    if (size < 0 || static_cast<std::size_t>(size) > rest.size())
      return fail(Fault::malformed, "the sizes do not fit what follows");
    std::string piece(rest.substr(0, static_cast<std::size_t>(size)));
    rest.remove_prefix(static_cast<std::size_t>(size));
    return piece;
  };
  HEJNAL_TRY(out.report.text, take(number(o, "size")));
  const json::Value* files = o.if_contains("files");
  if (files && files->is_array()) {
    for (const json::Value& file : files->as_array()) {
      if (!file.is_object()) return fail(Fault::malformed, "a file is an object");
      const json::Object& f = file.as_object();
      ports::ReportFile one;
      if (const auto* v = f.if_contains("name"); v && v->is_string()) one.name = std::string(v->as_string());
      if (const auto* v = f.if_contains("type"); v && v->is_string()) one.type = std::string(v->as_string());
      HEJNAL_TRY(one.bytes, take(number(f, "size")));
      out.report.files.push_back(std::move(one));
    }
  }
  return out;
}

Result<std::string> do_report_command(reporter::Reporter& reporter, const ReportCommand& command,
                                      Instant now) {
  core::SentReport r;
  const std::string by = command.by.empty() ? "client" : command.by;
  if (command.verb == "file") {
    reporter::NewReport report = command.report;
    report.by = by;
    HEJNAL_TRY(r, reporter.file(report, now));
  } else if (command.verb == "settle") {
    HEJNAL_TRY(r, reporter.act(command.id, core::sent::Settle{by, command.reason, false}, now));
  } else if (command.verb == "cancel") {
    HEJNAL_TRY(r, reporter.act(command.id, core::sent::Cancel{by, command.reason}, now));
  } else if (command.verb == "call-rejected") {
    HEJNAL_TRY(r, reporter.act(command.id, core::sent::RejectCall{by, now}, now));
  } else if (command.verb == "release") {
    HEJNAL_TRY(r, reporter.act(command.id, core::sent::Release{by}, now));
  } else if (command.verb == "called-back") {
    HEJNAL_TRY(r, reporter.act(command.id, core::sent::CallCame{by}, now));
  } else {
    return fail(Fault::malformed, "there is no such command");
  }
  return std::to_string(r.id);
}

Result<std::string> signing_seed(const config::Settings& settings) {
  HEJNAL_TRY(const std::string key, secret_key(settings.store_path));
  const auto seed = from_hex(keyed_hash(key, "hejnal: the key that signs proofs"));
  if (!seed || seed->size() != kSigningSeedBytes)
    return fail(Fault::corrupt, "the key that signs cannot be made");
  return *seed;
}

Result<api::Proof> prove(const config::Settings& settings, ports::Archive& archive, core::ReportId id,
                         Instant now) {
  ports::ReportsReader& reports = archive.reports();
  HEJNAL_TRY(const core::SentReport r, reports.records().load(id));
  if (!r.exists()) return fail(Fault::not_found, "there is no report {}", id);
  HEJNAL_TRY(const auto journal, reports.records().journal(id));
  HEJNAL_TRY(const auto messages, reports.messages(id));
  HEJNAL_TRY(const std::string procedure_text, archive.procedure_text(r.procedure));
  std::optional<core::Procedure> procedure;
  if (!procedure_text.empty()) {
    if (auto read = config::read_procedure(procedure_text, "the provider's procedure"))
      procedure = std::move(*read);
  }
  HEJNAL_TRY(const std::string seed, signing_seed(settings));
  reporter::SignedText proof;
  proof.text = reporter::proof_text(
      {r, journal, messages, procedure ? &*procedure : nullptr, settings.name, settings.timezone, now});
  const Signature signature = sign(seed, proof.text);
  proof.key = signature.key;
  proof.signature = signature.bytes;
  std::string armoured = reporter::armour(proof);
  return api::Proof{std::move(proof.text), std::move(proof.key), std::move(proof.signature),
                    std::move(armoured)};
}

void ReportLoop::start() {
  thread_ = std::thread([this] {
    name_this_thread("hejnal-report");
    loop();
  });
}

void ReportLoop::stop() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  if (thread_.joinable()) thread_.join();
}

void ReportLoop::nudge() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->nudged = true;
  }
  state_->wake.notify_one();
}

void ReportLoop::loop() {
  // What was being handed over when the last run ended.
  while (!ledger_.run([this](desk::Desk& desk) { return reporter_.take_up(desk.now()); })) {
    std::unique_lock lock(state_->mutex);
    if (state_->wake.wait_for(lock, 5s, [this] { return state_->stopping; })) return;
  }
  for (;;) {
    const bool good = round();
    std::unique_lock lock(state_->mutex);
    if (state_->stopping) return;
    Duration sleep = good ? kSleepMax : Duration(5s);
    if (good && next_) sleep = std::clamp(*next_ - clock_.now(), Duration(1), kSleepMax);
    state_->wake.wait_for(lock, sleep, [this, good] {
      return state_->stopping || (good && (state_->nudged || !state_->heard.empty()));
    });
  }
}

void ReportLoop::keep() {
  std::deque<Heard> heard;
  {
    const std::lock_guard lock(state_->mutex);
    heard = std::exchange(state_->heard, {});
  }
  if (heard.empty()) return;
  // What cannot be stored now is taken up at the next start.
  static_cast<void>(ledger_.run([&](desk::Desk& desk) { return take(heard, desk.now()); }));
}

Status ReportLoop::take(const std::deque<Heard>& heard, Instant now) {
  for (const Heard& one : heard) {
    const Status stored = one.asked ? reporter_.heard_when_asked(one.report, one.n, one.result, now)
                                    : reporter_.sent(one.report, one.n, one.sum, one.result, now);
    if (!stored && stored.error().fault == Fault::retry_later) return stored;
  }
  return {};
}

bool ReportLoop::round() {
  std::deque<Heard> heard;
  bool nudged = false;
  {
    const std::lock_guard lock(state_->mutex);
    heard = state_->heard;
    nudged = std::exchange(state_->nudged, false);
  }
  if (heard.empty() && !nudged && (!next_ || *next_ > clock_.now())) return true;
  std::vector<reporter::Leaving> leaving;
  std::optional<Instant> next;
  const Status done = ledger_.run([&](desk::Desk& desk) -> Status {
    leaving.clear();
    HEJNAL_TRY_VOID(take(heard, desk.now()));
    // A relay that hangs must not fill with all that a night of alerts has to say. Whoever is heard of next
    // makes room, and wakes the loop.
    if (in_flight_ - heard.size() >= kInFlightMax) return {};
    HEJNAL_TRY(leaving, reporter_.ring(desk.now(), kRingMax));
    HEJNAL_TRY(next, reporter_.next_alarm());
    return {};
  });
  if (!done) {
    const std::lock_guard lock(state_->mutex);
    state_->nudged = true;
    return false;
  }
  next_ = next;
  in_flight_ += leaving.size();
  in_flight_ -= heard.size();
  {
    const std::lock_guard lock(state_->mutex);
    for (std::size_t i = 0; i < heard.size(); ++i) state_->heard.pop_front();
  }
  hand_over(std::move(leaving));
  return true;
}

void ReportLoop::hand_over(std::vector<reporter::Leaving> leaving) {
  for (reporter::Leaving& one : leaving) {
    const bool asked = one.outgoing.ask;
    carrier_.send(std::move(one.outgoing), [state = state_, report = one.report, n = one.n, sum = one.sum,
                                            asked](ports::SendResult result) {
      result.composed.reset();
      {
        const std::lock_guard lock(state->mutex);
        state->heard.push_back({report, n, sum, asked, std::move(result)});
      }
      state->wake.notify_one();
    });
  }
}

}  // namespace hejnal::app

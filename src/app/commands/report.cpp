// hejnal report: what a client does with a provider's contact procedure (docs/reporter.md).
#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <iterator>
#include <thread>

#include "api/sent_report_view.hpp"
#include "app/clock.hpp"
#include "app/commands/shared.hpp"
#include "app/control.hpp"
#include "app/from_settings.hpp"
#include "app/reporting.hpp"
#include "app/secret_key.hpp"
#include "base/hash.hpp"
#include "base/locked.hpp"
#include "base/signature.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "config/procedure_file.hpp"
#include "json/entry.hpp"
#include "json/value.hpp"
#include "reporter/proof.hpp"
#include "store/sqlite/archive.hpp"

namespace hejnal::app {

namespace {

using core::ReportState;
using core::SentReport;

// Beyond <sysexits.h>; --help says them.
constexpr int kAcknowledged = 10, kGaveUp = 11, kEnded = 12;
constexpr auto kLook = 500ms;

std::string who_types() {
  const char* name = std::getenv("USER");
  return name != nullptr && *name != '\0' ? sanitize_utf8(name) : "client";
}

std::string type_of(const std::string& path) {
  static constexpr std::pair<const char*, const char*> kTypes[] = {
      {".txt", "text/plain"},        {".log", "text/plain"},      {".csv", "text/csv"},
      {".json", "application/json"}, {".pdf", "application/pdf"}, {".png", "image/png"},
      {".jpg", "image/jpeg"},        {".jpeg", "image/jpeg"},     {".gif", "image/gif"},
      {".zip", "application/zip"},   {".gz", "application/gzip"}, {".html", "text/html"},
  };
  const std::string ending = to_lower_ascii(std::filesystem::path(path).extension().string());
  for (const auto& [known, type] : kTypes) {
    if (ending == known) return type;
  }
  return "application/octet-stream";
}

// A server does it, or, without one, we do.
struct Asked {
  int code = EX_OK;
  std::string said;
  bool by_server = false;
};
Asked ask(const config::Settings& settings, const ReportCommand& command) {
  Asked out;
  const auto answer =
      net::post_locally(control_socket(settings.store_path), command.path(), {}, command.body());
  if (answer) {
    out.by_server = true;
    out.code = exit_code_of(*answer);
    out.said = answer->body;
    return out;
  }
  if (answer.error().fault != Fault::not_found) {
    out.code = complain(answer.error());
    return out;
  }
  const Status done = with_desk(settings, [&](desk::Desk& desk) -> Status {
    SystemRandom random;
    HEJNAL_TRY(const Reporting reporting, make_reporting(settings, desk.store(), random));
    HEJNAL_TRY(out.said, do_report_command(*reporting.engine, command, desk.now()));
    return {};
  });
  if (!done) out.code = complain(done.error());
  return out;
}

Result<SentReport> look(const config::Settings& settings, core::ReportId id) {
  HEJNAL_TRY(const auto archive, store::sqlite::open_archive(settings.store_path));
  return archive->reports().records().load(id);
}

std::string left(Duration d) { return d <= 0ms ? "now" : "in " + format_duration(d); }

// "report 12 to wsparcie: step 1 of 2, taken by the server; next: step 2 in 1 h 59 min"
std::string live_line(const SentReport& r, Instant now) {
  std::string out = fmt::format("report {} to {}: {}", r.id, r.provider, to_string(r.state));
  if (r.state == ReportState::waiting) {
    int going = 0, gone = 0, lost = 0;
    for (const auto& s : r.sendings) {
      if (s.kind == core::SendingKind::news) continue;
      if (!s.over()) ++going;
      if (s.left_at) ++gone;
      if (!s.arrives()) ++lost;
    }
    out += fmt::format(
        ", step {}, {} sent{}{}{}", r.step, gone, going > 0 ? fmt::format(", {} on the way", going) : "",
        lost > 0 ? fmt::format(", {} did not arrive", lost) : "", r.receipt_at ? ", receipt is here" : "");
    if (r.held && r.next_at) {
      out += fmt::format(", held: too many reports at once; it begins {} ({})", left(*r.next_at - now),
                         format_rfc3339(*r.next_at));
    } else if (r.next_at) {
      out += fmt::format("; step {} {} ({})", r.step + 1, left(*r.next_at - now), format_rfc3339(*r.next_at));
    } else if (r.ring_at) {
      out += fmt::format("; no further step; given up {}", left(*r.ring_at - now));
    }
  }
  return out;
}

std::optional<int> over(const SentReport& r, const std::string& wait) {
  switch (r.state) {
    case ReportState::waiting:
      return std::nullopt;
    case ReportState::acknowledged:
      return wait == "answer" ? std::nullopt : std::optional(kAcknowledged);
    case ReportState::answered:
      return EX_OK;
    case ReportState::unanswered:
      return kGaveUp;
    case ReportState::settled:
      return r.answered_at ? EX_OK : kEnded;
    case ReportState::cancelled:
      return kEnded;
  }
  return kEnded;
}

Result<std::unique_ptr<Server>> carry_on(const config::Settings& settings) {
  ServerOptions options;
  options.settings = settings;
  options.reports_only = true;
  return Server::start(std::move(options));
}

bool is_interrupted(const sigset_t& signals, Duration wait) {
  const timespec at_most{wait.count() / 1000, (wait.count() % 1000) * 1'000'000};
  return sigtimedwait(&signals, nullptr, &at_most) > 0;
}

int wait_for(const config::Settings& settings, core::ReportId id, const std::string& wait, bool carries_on) {
  const sigset_t signals = block_signals();
  std::unique_ptr<Server> own;
  OffsetClock clock;
  const bool terminal = ::isatty(STDERR_FILENO) != 0;
  std::string shown;
  for (;;) {
    const auto r = look(settings, id);
    if (!r) return complain(r.error());
    const std::string line = live_line(*r, clock.now());
    if (line != shown) {
      // In a log each change is a line, and the countdown is no change.
      const auto fixed = [](const std::string& s) { return s.substr(0, s.find(';')); };
      if (terminal) {
        std::fprintf(stderr, "\r\033[K%s", line.c_str());
      } else if (fixed(line) != fixed(shown)) {
        std::fprintf(stderr, "%s\n", line.c_str());
      }
      std::fflush(stderr);
      shown = line;
    }
    if (const auto code = over(*r, wait)) {
      if (terminal) std::fprintf(stderr, "\n");
      return *code;
    }
    // Where a server has taken the report it also carries it out, when it has been started anew, too: whoever
    // only looks on must not take the database from it. The lock tells whether anybody else has it.
    if (!own && carries_on) {
      auto started = carry_on(settings);
      if (started) {
        own = std::move(*started);
      } else if (started.error().fault != Fault::conflict) {
        return complain(started.error());
      }
    }
    if (is_interrupted(signals, kLook)) {
      std::fprintf(stderr,
                   "\nhejnal: report %lld is kept; a server, or hejnal report --run, carries on with it\n",
                   static_cast<long long>(id));
      return 130;
    }
  }
}

// As the API shows it, so that a script may read either.
struct Shown {
  explicit Shown(const config::Settings& settings) {
    if (auto read = reporter_settings(settings)) providers = std::move(read->providers);
  }
  json::Object operator()(const SentReport& r) const {
    const auto of = std::find_if(providers.begin(), providers.end(),
                                 [&](const reporter::Provider& p) { return p.name == r.provider; });
    return api::sent_report_view(r, of == providers.end() ? nullptr : &*of, OffsetClock().now());
  }
  std::vector<reporter::Provider> providers;
};

}  // namespace

int file_report(const DatabaseArguments& database, const ReportArguments& a) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_CONFIG;
  }
  ReportCommand command;
  command.verb = "file";
  command.by = a.by.empty() ? who_types() : a.by;
  command.report.provider = a.provider;
  command.report.class_name = a.class_name;
  command.report.subject = sanitize_utf8(a.subject);
  std::size_t size = 0;
  for (const std::string& path : a.attach) {
    auto bytes = read_file(path);
    if (!bytes) return complain(bytes.error());
    size += bytes->size();
    command.report.files.push_back(
        {sanitize_utf8(std::filesystem::path(path).filename().string()), type_of(path), std::move(*bytes)});
  }
  const auto most = static_cast<std::size_t>(settings->size_limit) / 4 * 3;  // base64 makes it a third longer
  if (size > most) {
    std::fprintf(stderr, "hejnal report: the files have %zu bytes together; at most %zu go with an email\n",
                 size, most);
    return EX_DATAERR;
  }
  if (::isatty(STDIN_FILENO) != 0)
    std::fprintf(stderr, "What do you expect, or what is the problem? (Ctrl-D ends)\n");
  std::cin >> std::noskipws;
  command.report.text = std::string{std::istreambuf_iterator<char>(std::cin), {}};
  if (command.report.text.size() > (1u << 20)) {
    std::fprintf(stderr, "hejnal report: the text is longer than a megabyte; attach it with --attach\n");
    return EX_DATAERR;
  }
  const Asked asked = ask(*settings, command);
  if (asked.code != EX_OK) return asked.code;
  const core::ReportId id = std::atoll(asked.said.c_str());
  if (a.json) {
    fmt::print("{}\n", json::dump(json::Object{{"report", id}}));
  } else {
    fmt::print("report {}\n", id);
  }
  std::fflush(stdout);
  if (const auto filed = look(*settings, id); filed && filed->held && filed->next_at)
    std::fprintf(stderr,
                 "hejnal: too many reports to %s within an hour: it is held until %s; hejnal report %lld "
                 "release sends "
                 "it at once\n",
                 filed->provider.c_str(), format_rfc3339(*filed->next_at).c_str(),
                 static_cast<long long>(id));
  if (!a.wait.empty()) return wait_for(*settings, id, a.wait, !asked.by_server);
  if (!asked.by_server)
    std::fprintf(stderr, "hejnal: it is kept, and leaves when a server or hejnal report --run is started\n");
  return EX_OK;
}

int list_reports(const DatabaseArguments& database, bool all, bool as_json) {
  const auto settings = settings_of(database);
  if (!settings) return complain(settings.error());
  const auto archive = store::sqlite::open_archive(settings->store_path);
  if (!archive) return complain(archive.error());
  auto& records = (*archive)->reports().records();
  const auto ids = records.ids(!all, 1000, ports::Archive::kNewest);
  if (!ids) return complain(ids.error());
  const Shown shown(*settings);
  for (const core::ReportId id : *ids) {
    const auto r = records.load(id);
    if (!r) return complain(r.error());
    if (as_json) {
      fmt::print("{}\n", json::dump(shown(*r)));
    } else {
      const auto due = r->next_at ? r->next_at : r->ring_at;
      fmt::print("{:>5}  {:<12}  {:<8}  {:<12}  step {}  {}  {}\n", r->id, r->provider, r->class_name,
                 to_string(r->state), r->step,
                 r->open() && due ? format_rfc3339(*due).substr(0, 16) : std::string(16, '-'),
                 one_line(r->subject));
    }
  }
  return EX_OK;
}

int show_report(const DatabaseArguments& database, long long id, bool as_json) {
  const auto settings = settings_of(database);
  if (!settings) return complain(settings.error());
  const auto archive = store::sqlite::open_archive(settings->store_path);
  if (!archive) return complain(archive.error());
  auto& records = (*archive)->reports().records();
  const auto r = records.load(id);
  const auto journal = records.journal(id);
  if (!r) return complain(r.error());
  if (!journal) return complain(journal.error());
  if (!r->exists()) return complain({Fault::not_found, fmt::format("there is no report {}", id)});
  if (as_json) {
    json::Object object = Shown(*settings)(*r);
    json::Array entries;
    for (std::size_t i = 0; i < journal->size(); ++i) {
      json::Object entry = json::entry_object((*journal)[i]);
      entry["seq"] = static_cast<std::int64_t>(i + 1);
      entry["at"] = format_rfc3339((*journal)[i].at);
      entries.push_back(api::shown_entry(std::move(entry)));
    }
    object["journal"] = std::move(entries);
    fmt::print("{}\n", json::dump(object));
    return EX_OK;
  }
  fmt::print("{}\n  {}\n  {}, code {}, filed {}\n", live_line(*r, OffsetClock().now()), one_line(r->subject),
             r->class_name, r->code, format_rfc3339(r->opened_at));
  for (const auto& s : r->sendings) {
    fmt::print("  {}. {:<6} {:<5} -> {}: {}{}{}\n", s.n, to_string(s.kind), to_string(s.channel),
               one_line(s.to), to_string(s.state), s.left_at ? " " + format_rfc3339(*s.left_at) : "",
               s.text.empty() ? "" : " (" + one_line(s.text) + ")");
  }
  for (const auto& reply : r->replies)
    fmt::print("  {}  {} from {}: {}\n", format_rfc3339(reply.at), to_string(reply.what),
               one_line(reply.from), one_line(reply.subject));
  if (r->remind_at) fmt::print("  a callback is owed; we are reminded {}\n", format_rfc3339(*r->remind_at));
  for (const auto& entry : *journal)
    fmt::print("  {}  {:<12} {:<13} {}\n", format_rfc3339(entry.at), one_line(entry.by), entry.kind(),
               one_line(entry.why));
  return EX_OK;
}

int change_report(const DatabaseArguments& database, long long id, const std::string& verb,
                  const ReportArguments& a) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_CONFIG;
  }
  ReportCommand command;
  command.verb = verb;
  command.id = id;
  command.by = a.by.empty() ? who_types() : a.by;
  command.reason = sanitize_utf8(a.reason);
  return ask(*settings, command).code;
}

int run_reports(const DatabaseArguments& database, bool until_done) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_CONFIG;
  }
  const sigset_t signals = block_signals();
  auto server = carry_on(*settings);
  if (!server) return complain(server.error());
  fmt::print("hejnal carries on with its reports\n");
  std::fflush(stdout);
  while (!is_interrupted(signals, kLook)) {
    if (!until_done) continue;
    const auto archive = store::sqlite::open_archive(settings->store_path);
    if (!archive) return complain(archive.error());
    auto& records = (*archive)->reports().records();
    const auto ids = records.ids(false, 1000, ports::Archive::kNewest);
    if (!ids) return complain(ids.error());
    bool more = false;
    for (const core::ReportId id : *ids) {
      const auto r = records.load(id);
      more = more ||
             (r && (r->sends() || r->state == ReportState::waiting || r->state == ReportState::acknowledged));
    }
    if (!more) break;
  }
  (*server)->stop();
  return EX_OK;
}

int prove_report(const DatabaseArguments& database, long long id) {
  const auto settings = settings_of(database);
  if (!settings) return complain(settings.error());
  const auto archive = store::sqlite::open_archive(settings->store_path);
  if (!archive) return complain(archive.error());
  const auto proof = prove(*settings, **archive, id, OffsetClock().now());
  if (!proof) return complain(proof.error());
  fmt::print("{}", proof->armoured);
  return EX_OK;
}

int verify_proof(const DatabaseArguments& database, const std::string& file, const std::string& key) {
  const auto bytes = read_file(file, 16u << 20);
  if (!bytes) return complain(bytes.error());
  const auto proof = reporter::read_armour(*bytes);
  if (!proof) return complain(proof.error());
  if (!is_signed(proof->text, {proof->key, proof->signature}))
    return complain(
        {Fault::malformed, fmt::format("{}: the signature is not of this text: it was changed", file)});
  std::string expected = key;
  if (expected.empty() && (!database.config.empty() || !database.data.empty())) {
    const auto settings = settings_of(database);
    if (!settings) return complain(settings.error());
    const auto seed = signing_seed(*settings);
    if (!seed) return complain(seed.error());
    expected = public_key_of(*seed);
  }
  if (!expected.empty() && to_lower_ascii(expected) != proof->key)
    return complain(
        {Fault::malformed, fmt::format("{}: it is whole, but signed by the key {}", file, proof->key)});
  fmt::print("good: nothing was changed since it was signed by the key {}{}\n", proof->key,
             expected.empty() ? " (whose that is, is not known here: compare it, or give --key)" : "");
  return EX_OK;
}

}  // namespace hejnal::app

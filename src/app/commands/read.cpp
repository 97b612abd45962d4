// Commands that read the database beside a running server: cases, case, mail-health, verify.
#include <fmt/format.h>

#include "api/case_view.hpp"
#include "app/clock.hpp"
#include "app/commands/shared.hpp"
#include "app/server.hpp"
#include "base/text.hpp"
#include "json/value.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/keeper.hpp"

namespace hejnal::app {

namespace {

struct Opened {
  config::Settings settings;
  std::unique_ptr<ports::Archive> archive;
};

Result<Opened> open(const DatabaseArguments& database) {
  Opened out;
  HEJNAL_TRY(out.settings, settings_of(database));
  HEJNAL_TRY(out.archive, store::sqlite::open_archive(out.settings.store_path));
  return out;
}

}  // namespace

int list_cases(const DatabaseArguments& database, const std::string& state, const std::string& text,
               int limit, bool as_json) {
  auto opened = open(database);
  if (!opened) return complain(opened.error());
  ports::CaseQuery query;
  const auto states = api::read_states(state);
  if (!states) return complain(states.error());
  query.states = *states;
  query.text = text;
  query.limit = limit;
  const auto page = opened->archive->cases(query);
  if (!page) return complain(page.error());
  for (const ports::CaseRow& row : page->items) {
    if (as_json) {
      fmt::print("{}\n", json::dump(api::case_json(row, opened->settings.public_url)));
    } else {
      const auto& s = row.summary;
      fmt::print("{:>6}  {:<8}  {:<8}  {}  {}{}\n", s.number, row.class_name, to_string(s.state),
                 row.next ? format_rfc3339(row.next->due).substr(0, 16) : std::string(16, '-'),
                 one_line(s.client.email.empty() ? s.client.phone : s.client.email),
                 s.subject.empty() ? "" : ": " + one_line(s.subject));
    }
  }
  if (!as_json && !page->next_cursor.empty())
    fmt::print("        ... {}{} altogether\n", page->total_is_exact ? "" : "at least ", page->total);
  return EX_OK;
}

int show_case(const DatabaseArguments& database, long long number, bool as_json) {
  auto opened = open(database);
  if (!opened) return complain(opened.error());
  const auto object = api::whole_case(*opened->archive, number, opened->settings.public_url);
  if (!object) return complain(object.error());
  if (as_json) {
    fmt::print("{}\n", json::dump(*object));
    return EX_OK;
  }
  const auto row = opened->archive->find(number);
  const auto journal = opened->archive->journal(number);
  if (!row || !*row || !journal) return EX_SOFTWARE;
  const auto& s = (*row)->summary;
  fmt::print("case {}: {}\n  {} ({}), {}, step {}{}\n  client {} {} {}\n  code {}\n", s.number,
             one_line(s.subject), (*row)->class_name, one_line((*row)->class_reason), to_string(s.state),
             (*row)->step, s.email_missing ? ", email missing" : "", one_line(s.client.name),
             one_line(s.client.email), s.client.phone, s.short_code);
  if ((*row)->next) {
    fmt::print("  next: {} by the {}, due {} ({})\n", (*row)->next->what,
               (*row)->next->by_desk ? "desk" : "client", format_rfc3339((*row)->next->due),
               one_line((*row)->next->why));
  }
  for (const core::Entry& entry : *journal)
    fmt::print("  {}  {:<12} {:<10} {}\n", format_rfc3339(entry.at), one_line(entry.by), entry.kind(),
               one_line(entry.why));
  return EX_OK;
}

int show_mail_health(const DatabaseArguments& database, int days, bool as_json) {
  auto opened = open(database);
  if (!opened) return complain(opened.error());
  const auto procedure = load_procedure(opened->settings);
  if (!procedure) return complain(procedure.error());
  const std::string& zone = opened->settings.timezone;
  const auto offset = opened->archive->setting(kSandboxOffset);  // a sandbox may be ahead of its time
  if (!offset) return complain(offset.error());
  const Instant now = OffsetClock(Duration(std::atoll(offset->c_str()))).now();
  const auto health = api::mail_health_of(*opened->archive, procedure->procedure.rules, now, days, zone);
  if (!health) return complain(health.error());
  if (as_json) {
    fmt::print("{}\n", json::dump(api::mail_health_json(*health, days, zone)));
    return EX_OK;
  }
  const auto line = [](std::string_view day, std::string_view domain, const core::MailHealth::Count& c) {
    const auto longest = c.late == 0 ? std::string() : format_duration(Duration(c.late_ms_max()));
    const auto middle = c.late == 0 ? std::string() : format_duration(Duration(c.late_ms_median()));
    fmt::print("{:<10}  {:<28}  {:>9}  {:>7}  {:>5}  {:>7}  {:>7}  {:>11}  {:>11}\n", day,
               domain.empty() ? "(unknown)" : one_line(domain), c.announced, c.in_time, c.late, c.missing,
               c.waiting, middle, longest);
  };
  if (health->total().announced == 0) {
    fmt::print("no SMS has announced an email in {} days\n", days);
    return EX_OK;
  }
  fmt::print("{:<10}  {:<28}  {:>9}  {:>7}  {:>5}  {:>7}  {:>7}  {:>11}  {:>11}\n", "day", "domain",
             "announced", "in time", "late", "missing", "waiting", "median late", "longest");
  for (auto at = health->by_day().rbegin(); at != health->by_day().rend(); ++at)
    line(at->first.first, at->first.second, at->second);
  for (const auto& [domain, count] : health->by_domain()) line("all", domain, count);
  line("all", "all domains", health->total());
  return EX_OK;
}

int verify(const DatabaseArguments& database, const std::string& backup, bool as_json) {
  std::string path = backup;
  if (path.empty()) {
    const auto settings = settings_of(database);
    if (!settings) return complain(settings.error());
    path = settings->store_path;
  }
  const auto report = store::sqlite::verify(path);
  if (!report) {
    fmt::print(stderr, "{}: {}\n", path, report.error().what);
    return exit_code(report.error().fault);
  }
  if (as_json) {
    fmt::print("{}\n", json::dump(json::Object{{"cases", report->cases},
                                               {"entries", report->entries},
                                               {"messages", report->messages},
                                               {"blobs", report->blobs}}));
  } else {
    fmt::print("good: {} cases, {} journal entries replayed, {} messages, {} stored attachments\n",
               report->cases, report->entries, report->messages, report->blobs);
  }
  return EX_OK;
}

}  // namespace hejnal::app

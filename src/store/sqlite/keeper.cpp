#include "store/sqlite/keeper.hpp"

#include <fmt/format.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <fstream>
#include <optional>

#include "base/compress.hpp"
#include "base/hash.hpp"
#include "core/case.hpp"
#include "store/sqlite/schema.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace fs = std::filesystem;

namespace {

Status integrity(Database& db, const char* pragma) {
  HEJNAL_TRY(Rows rows, db.query(pragma));
  HEJNAL_TRY(const bool found, rows.next());
  const std::string words = found ? rows.text(0) : "no answer";
  if (words != "ok") return fail(Fault::corrupt, "SQLite finds it damaged: {}", words);
  return {};
}

// The first column of the projection that differs from the replayed case, or empty.
std::string difference(const Rows& row, const core::Case& c) {
  const auto next = core::next(c);
  const auto text = [](const std::optional<Instant>& t) {
    return t ? std::to_string(t->ms) : std::string("null");
  };
  const auto column = [&](int i) { return row.is_null(i) ? std::string("null") : row.text(i); };
  const auto flag = [](bool b) { return std::string(b ? "1" : "0"); };
  const std::pair<const char*, std::string> expected[] = {
      {"state", std::string(to_string(c.state))},
      {"open", flag(c.state != core::State::closed)},
      {"class", c.class_name},
      {"class_reason", c.class_reason},
      {"email_missing", flag(c.email_missing)},
      {"candidates", fmt::format("{}", fmt::join(c.candidates, ","))},
      {"step", std::to_string(c.step)},
      {"subject", c.subject},
      {"client_name", c.client.name},
      {"client_email", c.client.email},
      {"client_phone", c.client.phone},
      {"client_organisation", c.client.organisation},
      {"opened_at", std::to_string(c.opened_at.ms)},
      {"sent_at", std::to_string(c.sent_at.ms)},
      {"read_at", text(c.read_at)},
      {"answered_at", text(c.answered_at)},
      {"settled_at", text(c.settled_at)},
      {"next_what", next ? next->what : ""},
      {"next_by_desk", flag(next && next->by_desk)},
      {"next_due", text(next ? std::optional(next->due) : std::nullopt)},
      {"next_why", next ? next->why : ""},
      {"alarm_at", text(core::alarm(c))},
      {"short_code", c.short_code},
      {"token", c.token},
      {"merged_into", std::to_string(c.merged_into)},
      {"entries", std::to_string(c.entries)}};
  int i = 1;
  for (const auto& [name, value] : expected) {
    if (column(i) != value)
      return fmt::format("{} is \"{}\", its journal says \"{}\"", name, column(i), value);
    ++i;
  }
  return {};
}

}  // namespace

namespace {

// Up to this size the whole file is checked before a server starts: some 20 ms.
constexpr std::uintmax_t kSmall = 16u << 20;
constexpr int kSamples = 32;  // of each table, evenly spaced
constexpr int kNewest = 20;

std::string mark_of(const std::string& path) { return path + ".damaged"; }

Error with_advice(const std::string& path, const Error& error, const char* consequence) {
  return {
      Fault::corrupt,
      fmt::format("{}: {}. {} What to do: keep a copy of the file and of {}-wal, then put the last backup in "
                  "its place with `hejnal restore`; mail that came after it is still in the mail server's "
                  "log and can be delivered again",
                  path, error.what, consequence, path)};
}

struct Table {
  std::string name;  // quoted
  bool has_rowid;
};

Result<std::vector<Table>> tables_of(Database& db) {
  HEJNAL_TRY(
      Rows rows,
      db.query("SELECT '\"' || replace(name, '\"', '\"\"') || '\"', sql NOT LIKE '%WITHOUT ROWID%' FROM "
               "sqlite_schema WHERE type = 'table' AND rootpage > 0 ORDER BY name"));
  std::vector<Table> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back({rows.text(0), rows.integer(1) != 0});
  }
}

// Reads what it gives, to the end.
Status read_all(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return {};
  }
}

// A look at every table of a large file: its ends, where the last transactions wrote, and rows all over it. A
// file that is cut off, another file in its place and a lost stretch are seen by it, a single bad page hardly
// ever.
Status sample(Database& db) {
  HEJNAL_TRY_VOID(db.script("PRAGMA cell_size_check=ON"));
  HEJNAL_TRY(const auto tables, tables_of(db));
  for (const Table& table : tables) {
    if (!table.has_rowid) {
      HEJNAL_TRY_VOID(
          read_all(db.prepare_once(fmt::format("SELECT * FROM {} LIMIT {}", table.name, kNewest))));
      continue;
    }
    HEJNAL_TRY_VOID(read_all(
        db.prepare_once(fmt::format("SELECT * FROM {} ORDER BY rowid DESC LIMIT {}", table.name, kNewest))));
    std::int64_t first = 0, last = 0;
    {
      HEJNAL_TRY(Rows ends,
                 db.prepare_once(fmt::format(
                     "SELECT (SELECT min(rowid) FROM {0}), (SELECT max(rowid) FROM {0})", table.name)));
      HEJNAL_TRY_VOID(ends.next());
      if (ends.is_null(0)) continue;
      first = ends.integer(0), last = ends.integer(1);
    }
    for (int i = 0; i < kSamples; ++i) {
      HEJNAL_TRY(Rows one,
                 db.prepare_once(fmt::format("SELECT * FROM {} WHERE rowid >= ?1 LIMIT 1", table.name)));
      one.bind(1, first + (last - first) / kSamples * i);
      HEJNAL_TRY_VOID(one.next());
    }
  }
  return read_all(
      db.query("SELECT j.* FROM cases c JOIN journal j ON j.id BETWEEN c.number * 1048576 AND c.number * "
               "1048576 + 1048575 WHERE c.number IN "
               "(SELECT number FROM cases ORDER BY number DESC LIMIT 20)"));
}

}  // namespace

Status check_sound(const std::string& path) {
  std::error_code error;
  const auto size = fs::file_size(path, error);
  if (error) return {};  // none yet, or one that cannot be looked at: opening it will say why
  const bool marked = fs::exists(mark_of(path), error);
  auto opened = Database::open(path, Database::Mode::read_only);
  Status sound = opened ? Status() : tl::make_unexpected(opened.error());
  if (opened)
    sound = marked || size <= kSmall ? integrity(*opened, "PRAGMA quick_check(1)") : sample(*opened);
  if (sound && marked) fs::remove(mark_of(path), error);  // repaired, or another file in its place
  if (!sound && sound.error().fault == Fault::corrupt)
    return tl::unexpected<Error>(with_advice(path, sound.error(), "Nothing was changed."));
  return sound;
}

Status check_whole(const std::string& path, const std::atomic<bool>& stopping) {
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::read_only));
  sqlite3_progress_handler(
      db.handle(), 10'000,
      [](void* flag) { return static_cast<const std::atomic<bool>*>(flag)->load() ? 1 : 0; },
      const_cast<std::atomic<bool>*>(&stopping));
  // A table at a time: while one is read, the log cannot be emptied.
  const auto check = [&]() -> Status {
    HEJNAL_TRY(const auto tables, tables_of(db));
    for (const Table& table : tables) {
      if (stopping) break;
      HEJNAL_TRY(Rows rows, db.prepare_once(fmt::format("PRAGMA quick_check({})", table.name)));
      HEJNAL_TRY(const bool found, rows.next());
      if (found && rows.view(0) != "ok")
        return fail(Fault::corrupt, "SQLite finds the table {} damaged: {}", table.name, rows.text(0));
    }
    return {};
  };
  const Status sound = check();
  if (stopping) return fail(Fault::retry_later, "the check was not finished");
  if (sound || sound.error().fault != Fault::corrupt) return sound;
  const Error error =
      with_advice(path, sound.error(),
                  "The server goes on and keeps what it can; once stopped it does not start on it again.");
  std::ofstream(mark_of(path)) << error.what << '\n';
  return tl::unexpected<Error>(error);
}

Status check_records(const std::string& path) {
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::read_only));
  HEJNAL_TRY_VOID(db.script("BEGIN"));  // the server goes on writing
  HEJNAL_TRY_VOID(SqliteRecords<core::Outage>(db).verify());
  HEJNAL_TRY_VOID(SqliteRecords<core::Callback>(db).verify());
  HEJNAL_TRY_VOID(SqliteReports(db).verify());
  return {};
}

Status back_up(const std::string& path, const std::string& to) {
  if (fs::exists(to)) return fail(Fault::conflict, "{} exists already; a backup never overwrites", to);
  HEJNAL_TRY(Database source, Database::open(path, Database::Mode::read_only));
  const std::string unfinished = to + ".part";
  std::error_code ignored;
  fs::remove(unfinished, ignored);
  {
    HEJNAL_TRY(Database target, Database::open(unfinished, Database::Mode::create));
    sqlite3_backup* backup = sqlite3_backup_init(target.handle(), "main", source.handle(), "main");
    if (!backup) return tl::unexpected<Error>(error_of(target.handle(), sqlite3_errcode(target.handle())));
    const int code = sqlite3_backup_step(backup, -1);
    sqlite3_backup_finish(backup);
    if (code != SQLITE_DONE) {
      fs::remove(unfinished, ignored);
      return tl::unexpected<Error>(error_of(target.handle(), code));
    }
    HEJNAL_TRY_VOID(target.script("PRAGMA journal_mode=DELETE"));  // one file, without a log beside it
  }
  std::error_code error;
  fs::rename(unfinished, to, error);
  if (error) return fail(Fault::retry_later, "{}: {}", to, error.message());
  return {};
}

Status restore(const std::string& from, const std::string& path) {
  {
    if (!fs::exists(from)) return fail(Fault::not_found, "there is no file {}", from);
    HEJNAL_TRY(Database backup, Database::open(from, Database::Mode::read_only));
    HEJNAL_TRY_VOID(integrity(backup, "PRAGMA integrity_check(1)"));
    HEJNAL_TRY(const int schema, schema_of(backup));
    if (schema < 1 || schema > newest_schema())
      return fail(Fault::malformed, "{} is no backup that this program can read (schema {})", from, schema);
  }
  std::error_code error;
  const std::string kept = path + ".before-restore", fresh = path + ".restoring";
  fs::copy_file(from, fresh, fs::copy_options::overwrite_existing, error);
  if (error) return fail(Fault::retry_later, "{}: {}", fresh, error.message());
  if (fs::exists(path)) {
    static_cast<void>(empty_log(path));
    fs::rename(path, kept, error);
    if (error) return fail(Fault::retry_later, "{}: {}", kept, error.message());
  }
  // What the checkpoint could not bring home goes with the database that it belongs to.
  fs::remove(kept + "-wal", error);
  if (fs::exists(path + "-wal")) fs::rename(path + "-wal", kept + "-wal", error);
  fs::remove(path + "-shm", error);
  fs::rename(fresh, path, error);
  if (error) return fail(Fault::retry_later, "{}: {}", path, error.message());
  fs::remove(mark_of(path), error);
  return {};
}

namespace {

// Every message that the journal speaks of is there, and so is everything that was said.
Status verify_messages_of(Database& db, const core::Case& c, const std::vector<core::Entry>& journal) {
  for (const core::Entry& entry : journal) {
    const auto* received = std::get_if<core::Received>(&entry.body);
    if (!received || received->message == 0) continue;
    HEJNAL_TRY(Rows found, db.query("SELECT 1 FROM messages WHERE id = ?1", received->message));
    HEJNAL_TRY(const bool there, found.next());
    if (!there)
      return fail(Fault::corrupt, "case {}: message {}, which it has received, is gone", c.number,
                  received->message);
  }
  // What was said to the client of a merged case lies with that one.
  HEJNAL_TRY(Rows said,
             db.query("WITH RECURSIVE merged (number) AS (SELECT ?1 UNION SELECT c.number FROM cases c JOIN "
                      "merged m ON c.merged_into = m.number WHERE c.merged_into <> 0) "
                      "SELECT count(*) FROM merged JOIN messages m ON m.case_number = merged.number "
                      "LEFT JOIN outbox o ON o.message = m.id "
                      "WHERE m.outgoing = 1 AND coalesce(o.case_number, m.case_number) = ?1",
                      c.number));
  HEJNAL_TRY(const bool counted, said.next());
  if (!counted || said.integer(0) != c.notices) {
    return fail(Fault::corrupt, "case {}: it has said {} things, {} are there", c.number, c.notices,
                said.integer(0));
  }
  return {};
}

// What mail health counts is what the journal says.
Status verify_announcement(Database& db, const core::Case& c) {
  HEJNAL_TRY(Rows rows,
             db.query("SELECT case_number, at, domain, late_ms FROM announcements WHERE case_number = ?1",
                      c.number));
  HEJNAL_TRY(const bool found, rows.next());
  const auto kept = found ? std::optional(read_announcement(rows)) : std::nullopt;
  if (kept != core::announcement(c))
    return fail(Fault::corrupt,
                "case {}: what is counted of its announced email is not what its journal says", c.number);
  return {};
}

// Each message is as it was written, has its original bytes, and if it goes out, its place in the outbox.
Result<std::int64_t> verify_messages(Database& db) {
  HEJNAL_TRY(
      Rows rows,
      db.query("SELECT m.id, m.sender, m.recipient, m.subject, m.text, m.seal, m.outgoing, m.content_key, "
               "m.channel, p.id, o.message FROM messages m LEFT JOIN raw_pieces p ON p.id = m.id * 1024 "
               "LEFT JOIN outbox o ON o.message = m.id ORDER BY m.id"));
  std::int64_t count = 0;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return count;
    const std::int64_t id = rows.integer(0);
    if (!rows.view(5).empty() &&
        seal_of(rows.view(1), rows.view(2), rows.view(3), rows.view(4)) != rows.view(5)) {
      return fail(Fault::corrupt, "message {} was changed after it was stored", id);
    }
    const bool outgoing = rows.integer(6) != 0;
    if (!outgoing && rows.view(8) == "email" && !rows.view(7).empty() && rows.is_null(9)) {
      return fail(Fault::corrupt, "the original bytes of message {} are gone", id);
    }
    if (outgoing && rows.is_null(10))
      return fail(Fault::corrupt, "message {} has no place in the outbox", id);
    ++count;
  }
}

}  // namespace

Result<VerifyReport> verify(const std::string& path, const std::string& vfs) {
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::read_only, vfs));
  HEJNAL_TRY_VOID(db.script("BEGIN"));  // one moment, whatever a server does meanwhile
  HEJNAL_TRY_VOID(integrity(db, "PRAGMA integrity_check(1)"));
  HEJNAL_TRY(const int schema, schema_of(db));
  if (schema != newest_schema())
    return fail(Fault::conflict,
                "{} has schema {}, this program verifies schema {}: start the server on it first, or use "
                "the hejnal that wrote it",
                path, schema, newest_schema());
  VerifyReport report;
  HEJNAL_TRY(
      Rows cases,
      db.query("SELECT number, state, open, class, class_reason, email_missing, candidates, step, subject, "
               "client_name, client_email, client_phone, client_organisation, opened_at, sent_at, read_at, "
               "answered_at, settled_at, next_what, next_by_desk, next_due, next_why, alarm_at, short_code, "
               "token, "
               "merged_into, entries FROM cases ORDER BY number"));
  for (;;) {
    HEJNAL_TRY(const bool more, cases.next());
    if (!more) break;
    const core::CaseNumber number = cases.integer(0);
    auto journal = read_journal(db, number);
    if (!journal) return fail(Fault::corrupt, "case {}: {}", number, journal.error().what);
    if (journal->empty()) return fail(Fault::corrupt, "case {} has no journal", number);
    core::Case c;
    for (const core::Entry& entry : *journal) {
      if (!core::fits(c, entry))
        return fail(Fault::corrupt,
                    "case {}: entry {} (\"{}\") of its journal cannot follow on those before it", number,
                    c.entries + 1, entry.kind());
      core::apply(c, entry);
    }
    if (c.number != number)
      return fail(Fault::corrupt, "the journal of case {} tells of case {}", number, c.number);
    if (const std::string words = difference(cases, c); !words.empty())
      return fail(Fault::corrupt, "case {}: {}", number, words);
    HEJNAL_TRY_VOID(verify_messages_of(db, c, *journal));
    HEJNAL_TRY_VOID(verify_announcement(db, c));
    ++report.cases;
    report.entries += c.entries;
  }
  HEJNAL_TRY(Rows strays,
             db.query("SELECT id / 1048576 FROM journal WHERE id / 1048576 NOT IN (SELECT number FROM cases) "
                      "ORDER BY id LIMIT 1"));
  HEJNAL_TRY(const bool stray, strays.next());
  if (stray)
    return fail(Fault::corrupt, "case {} has a journal and is not in the list of cases", strays.integer(0));
  HEJNAL_TRY(const std::int64_t of_outages, SqliteRecords<core::Outage>(db).verify());
  HEJNAL_TRY(const std::int64_t of_callbacks, SqliteRecords<core::Callback>(db).verify());
  HEJNAL_TRY(const std::int64_t of_reports, SqliteReports(db).verify());
  report.entries += of_outages + of_callbacks + of_reports;
  HEJNAL_TRY(
      Rows unfound,
      db.query("SELECT number FROM cases WHERE open = 1 AND client_email <> '' AND client_person IS NOT "
               "(SELECT person FROM identifiers WHERE kind = 'email' AND value = client_email) LIMIT 1"));
  HEJNAL_TRY(const bool one, unfound.next());
  if (one)
    return fail(Fault::corrupt, "case {} would not be found by the address of its client",
                unfound.integer(0));
  HEJNAL_TRY(Rows blobs, db.query("SELECT hash, frame FROM blobs"));
  for (;;) {
    HEJNAL_TRY(const bool more, blobs.next());
    if (!more) break;
    const auto bytes = decompress(blobs.view(1));
    if (!bytes || content_hash(*bytes) != blobs.view(0))
      return fail(Fault::corrupt, "the stored attachment {} is not what its name says", blobs.view(0));
    ++report.blobs;
  }
  HEJNAL_TRY(Rows raws, db.query("SELECT p.id / 1024, p.hash, p.frame, b.hash FROM raw_pieces p LEFT JOIN "
                                 "blobs b ON b.hash = p.hash ORDER BY p.id"));
  for (;;) {
    HEJNAL_TRY(const bool more, raws.next());
    if (!more) break;
    if (raws.is_null(1) ? !decompress(raws.view(2)) : raws.is_null(3))
      return fail(Fault::corrupt, "the original bytes of message {} are incomplete", raws.integer(0));
  }
  HEJNAL_TRY(report.messages, verify_messages(db));
  return report;
}

namespace {

Result<Log> checkpoint(const std::string& path, int mode) {
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::existing));
  // A connection that has read nothing yet does not know of the log, and would report success without a look.
  HEJNAL_TRY_VOID(schema_of(db));
  sqlite3_busy_timeout(db.handle(), 200);
  int pages = 0, moved = 0;
  const int code = sqlite3_wal_checkpoint_v2(db.handle(), nullptr, mode, &pages, &moved);
  if (code != SQLITE_OK && code != SQLITE_BUSY) return tl::unexpected<Error>(error_of(db.handle(), code));
  return Log{std::max(pages, 0), std::max(moved, 0)};
}

}  // namespace

Log log_of(int index) {
  constexpr off_t kLastFrame = 16, kMoved = 96;
  const auto number_at = [index](off_t at) {
    std::uint32_t out = 0;
    return ::pread(index, &out, sizeof out, at) == sizeof out ? std::int64_t{out} : std::int64_t{0};
  };
  return {number_at(kLastFrame), number_at(kMoved)};
}

Result<Log> checkpoint(const std::string& path) { return checkpoint(path, SQLITE_CHECKPOINT_PASSIVE); }

Status empty_log(const std::string& path) {
  HEJNAL_TRY_VOID(checkpoint(path, SQLITE_CHECKPOINT_TRUNCATE));
  return {};
}

}  // namespace hejnal::store::sqlite

#include "store/sqlite/reports.hpp"

#include "base/compress.hpp"
#include "base/hash.hpp"

namespace hejnal::store::sqlite {

Result<std::vector<ports::ReportMessage>> SqliteReports::messages(core::ReportId report) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT id, report, n, channel, sender, recipient, subject, text, message_id, at, sum "
                       "FROM report_messages WHERE report = ?1 ORDER BY id",
                       report));
  std::vector<ports::ReportMessage> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    const auto channel = core::parse<core::Channel>(rows.view(3));
    if (!channel)
      return fail(Fault::corrupt, "message {} of report {} has the unknown channel \"{}\"", rows.integer(0),
                  report, rows.view(3));
    out.push_back({rows.integer(0), rows.integer(1), static_cast<int>(rows.integer(2)), *channel,
                   rows.text(4), rows.text(5), rows.text(6), rows.text(7), rows.text(8),
                   Instant{rows.integer(9)}, rows.text(10)});
  }
}

Result<std::string> SqliteReports::raw(std::int64_t message) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT raw FROM report_messages WHERE id = ?1", message));
  HEJNAL_TRY(const bool found, rows.next());
  if (!found || rows.is_null(0))
    return fail(Fault::not_found, "there are no original bytes of message {} of a report", message);
  return decompress(rows.view(0));
}

Result<std::int64_t> SqliteReports::add_message(const ports::ReportMessage& m, std::string_view raw) {
  const std::string frame = raw.empty() ? std::string() : compress(raw);
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO report_messages (report, n, channel, sender, recipient, subject, text, "
              "message_id, at, sum, raw) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, nullif(?11, x''))",
              m.report, m.n, core::to_string(m.channel), m.from, m.to, m.subject, m.text, m.message_id, m.at,
              m.sum, Blob{frame}));
  return db_.last_row_id();
}

Result<bool> SqliteReports::has_come(core::ReportId report, std::string_view sum) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT 1 FROM report_messages WHERE report = ?1 AND n = 0 AND sum = ?2 LIMIT 1",
                       report, sum));
  return rows.next();
}

Status SqliteReports::add_files(core::ReportId report, const std::vector<ports::ReportFile>& files) {
  int n = 0;
  for (const ports::ReportFile& file : files) {
    const std::string frame = compress(file.bytes);
    HEJNAL_TRY_VOID(
        db_.run("INSERT INTO report_files (report, n, name, type, bytes) VALUES (?1, ?2, ?3, ?4, ?5)", report,
                ++n, file.name, file.type, Blob{frame}));
  }
  return {};
}

Result<std::vector<ports::ReportFile>> SqliteReports::files(core::ReportId report) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT name, type, bytes FROM report_files WHERE report = ?1 ORDER BY n", report));
  std::vector<ports::ReportFile> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    HEJNAL_TRY(std::string bytes, decompress(rows.view(2)));
    out.push_back({rows.text(0), rows.text(1), std::move(bytes)});
  }
}

Result<std::int64_t> SqliteReports::verify() {
  HEJNAL_TRY(const std::int64_t entries, records_.verify());
  HEJNAL_TRY(Rows rows, db_.query("SELECT id, report, text, sum, raw FROM report_messages ORDER BY id"));
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) break;
    std::string bytes = rows.text(2);
    if (!rows.is_null(4)) {
      HEJNAL_TRY(bytes, decompress(rows.view(4)));
    }
    if (sha256_hex(bytes) != rows.view(3))
      return fail(Fault::corrupt, "message {} of report {} is not what was kept", rows.integer(0),
                  rows.integer(1));
  }
  HEJNAL_TRY(Rows files, db_.query("SELECT report, name, bytes FROM report_files"));
  for (;;) {
    HEJNAL_TRY(const bool more, files.next());
    if (!more) return entries;
    if (!decompress(files.view(2)))
      return fail(Fault::corrupt, "the file {} of report {} is damaged", files.view(1), files.integer(0));
  }
}

}  // namespace hejnal::store::sqlite

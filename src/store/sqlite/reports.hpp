// ports::Reports on SQLite, for the writer and for readers: on the connection of whoever owns it.
#pragma once

#include "ports/reports.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/records.hpp"

namespace hejnal::store::sqlite {

class SqliteReports final : public ports::Reports {
 public:
  explicit SqliteReports(Database& db) : db_(db), records_(db) {}  // which must outlive it

  ports::Records<core::SentReport>& records() override { return records_; }
  Result<std::vector<ports::ReportMessage>> messages(core::ReportId report) override;
  Result<std::string> raw(std::int64_t message) override;
  Result<std::int64_t> add_message(const ports::ReportMessage& message, std::string_view raw) override;
  Result<bool> has_come(core::ReportId report, std::string_view sum) override;
  Status add_files(core::ReportId report, const std::vector<ports::ReportFile>& files) override;
  Result<std::vector<ports::ReportFile>> files(core::ReportId report) override;

  // Replays every journal, and looks at every original: corrupt at the first difference.
  Result<std::int64_t> verify();

 private:
  Database& db_;
  SqliteRecords<core::SentReport> records_;
};

}  // namespace hejnal::store::sqlite

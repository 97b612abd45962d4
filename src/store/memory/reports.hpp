// Reports in memory (ports/reports.hpp). They are few, so that every search looks through all of them.
#pragma once

#include "store/memory/records.hpp"

namespace hejnal::store::memory {

class MemoryReports final : public ports::Reports {
 public:
  explicit MemoryReports(Memory& memory)
      : memory_(memory), t_(memory.tables), records_(memory, memory.tables.reports) {}

  ports::Records<core::SentReport>& records() override { return records_; }

  Result<std::vector<ports::ReportMessage>> messages(core::ReportId report) override {
    HEJNAL_TRY_VOID(memory_.operation());
    std::vector<ports::ReportMessage> out;
    for (const auto& [id, row] : t_.report_messages.rows()) {
      if (row.message.report == report) out.push_back(row.message);
    }
    return out;
  }
  Result<std::string> raw(std::int64_t message) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const ReportMessageRow* row = t_.report_messages.find(message);
    if (!row || row->raw.empty())
      return fail(Fault::not_found, "there are no original bytes of message {} of a report", message);
    return row->raw;
  }
  Result<std::int64_t> add_message(const ports::ReportMessage& message, std::string_view raw) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const auto& rows = t_.report_messages.rows();
    ReportMessageRow row{message, std::string(raw)};
    const std::int64_t id = row.message.id = rows.empty() ? 1 : rows.rbegin()->first + 1;
    t_.report_messages.put(id, std::move(row));
    return id;
  }
  Result<bool> has_come(core::ReportId report, std::string_view sum) override {
    HEJNAL_TRY_VOID(memory_.operation());
    for (const auto& [id, row] : t_.report_messages.rows()) {
      if (row.message.report == report && row.message.n == 0 && row.message.sum == sum) return true;
    }
    return false;
  }
  Status add_files(core::ReportId report, const std::vector<ports::ReportFile>& files) override {
    HEJNAL_TRY_VOID(memory_.operation());
    if (!files.empty()) t_.report_files.put(report, files);
    return {};
  }
  Result<std::vector<ports::ReportFile>> files(core::ReportId report) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const auto* found = t_.report_files.find(report);
    return found ? *found : std::vector<ports::ReportFile>();
  }

 private:
  Memory& memory_;
  Tables& t_;
  MemoryRecords<core::SentReport> records_;
};

}  // namespace hejnal::store::memory

// Reports that we have sent to providers, as they are kept: journals like those of outages and callbacks
// (records.hpp), and beside them what was sent and what came back, in full, because it is the proof.
// Failures and threads: as of Store and Archive (store.hpp).
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/sent_report.hpp"
#include "ports/records.hpp"

namespace hejnal::ports {

struct ReportMessage {
  std::int64_t id = 0;
  core::ReportId report = 0;
  int n = 0;  // of the sending; 0: it came in
  core::Channel channel = core::Channel::email;
  std::string from, to, subject, text, message_id;
  Instant at;
  std::string sum;  // SHA-256 of the original bytes, or of the text where there are none

  bool operator==(const ReportMessage&) const = default;
};

struct ReportFile {  // that was attached
  std::string name, type, bytes;

  bool operator==(const ReportFile&) const = default;
};

class ReportsReader {
 public:
  virtual ~ReportsReader() = default;
  virtual RecordReader<core::SentReport>& records() = 0;
  virtual Result<std::vector<ReportMessage>> messages(core::ReportId report) = 0;  // oldest first
  virtual Result<std::string> raw(std::int64_t message) = 0;  // not_found: there are no original bytes
};

class Reports : public ReportsReader {
 public:
  // `latest_of` is asked with the key of an alert.
  Records<core::SentReport>& records() override = 0;
  virtual Result<std::int64_t> add_message(const ReportMessage& message, std::string_view raw) = 0;
  // The same one has come in before (by its sum).
  virtual Result<bool> has_come(core::ReportId report, std::string_view sum) = 0;
  virtual Status add_files(core::ReportId report, const std::vector<ReportFile>& files) = 0;
  virtual Result<std::vector<ReportFile>> files(core::ReportId report) = 0;
};

}  // namespace hejnal::ports

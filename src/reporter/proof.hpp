// The proof of a report: a plain text that a court or a boss can read. It says what was sent when, by which
// way, what the other servers said, and what came back, with the hashes of the originals. Pure: who signs it
// and with what is the caller's business.
#pragma once

#include <functional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/sent_report.hpp"
#include "ports/reports.hpp"

namespace hejnal::reporter {

struct ProofOf {
  const core::SentReport& report;
  const std::vector<core::sent::Entry>& journal;
  const std::vector<ports::ReportMessage>& messages;
  const core::Procedure* procedure = nullptr;  // the provider's; null: it cannot be read any more
  std::string desk, zone;                      // who writes it, and whose times stand beside UTC
  Instant now;
};

// In the report's language. Ends with a line end.
std::string proof_text(const ProofOf& of);

struct SignedText {
  std::string text, key, signature;  // the last two hexadecimal
};

// A text between the marks, and its signature behind it; and back. The text stays as it is, byte for byte,
// but for its line ends, which mail programs change: they are LF where it is signed.
std::string armour(const SignedText& proof);
Result<SignedText> read_armour(std::string_view file);  // malformed: it is no such file

}  // namespace hejnal::reporter

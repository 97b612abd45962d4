// An email of the reporter: what a client writes to a provider, with files, in the client's own name.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "ports/letters.hpp"
#include "ports/reports.hpp"

namespace hejnal::ports {

struct ReportLetter {
  core::Party from;
  Letter letter;  // without VERP: bounces come to `from`
  std::vector<ReportFile> files;
  std::vector<std::pair<std::string, std::string>> headers;
};

// Pure: the same letter always has the same bytes.
class ReportComposer {
 public:
  virtual ~ReportComposer() = default;
  virtual std::string compose(const ReportLetter& letter) const = 0;
};

}  // namespace hejnal::ports

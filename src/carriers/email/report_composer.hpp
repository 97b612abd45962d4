// What the reporter writes becomes the bytes of an email. Thread-safe.
#pragma once

#include <string>

#include "ports/report_mail.hpp"

namespace hejnal::carriers {

class EmailReportComposer final : public ports::ReportComposer {
 public:
  explicit EmailReportComposer(std::string zone) : zone_(std::move(zone)) {}
  std::string compose(const ports::ReportLetter& letter) const override;

 private:
  std::string zone_;
};

}  // namespace hejnal::carriers

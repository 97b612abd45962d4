// What the reporter writes: to a provider by email and SMS, and to ourselves. Pure.
#pragma once

#include <string>

#include "core/sent_report.hpp"
#include "ports/letters.hpp"

namespace hejnal::reporter {

struct About {
  const core::SentReport& report;
  const core::ServiceClass& service;
  std::string provider;  // its title
  std::string text;      // what was reported
  std::string zone;
};

// Of a sending of this report; `now` is when it is written.
ports::Words words(const About& about, const core::SentReport::Sending& sending, Instant now);

// "[#K7M2P]" in a subject: by it a reply is recognised whose program has lost the thread.
std::string code_in_subject(const std::string& code);
std::string code_of(std::string_view subject);  // empty: none

}  // namespace hejnal::reporter

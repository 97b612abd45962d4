// A report to a provider as JSON: one shape for the API and for `hejnal report N --json`. Pure.
#pragma once

#include "core/sent_report.hpp"
#include "json/value.hpp"
#include "reporter/reporter.hpp"

namespace hejnal::api {

// `provider`: as it is in the settings; null: it is not there any more.
json::Object sent_report_view(const core::SentReport& r, const reporter::Provider* provider, Instant now);
// An entry of its journal, without what only we may know.
json::Object shown_entry(json::Object entry);

}  // namespace hejnal::api

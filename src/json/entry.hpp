// Journal entries and notices as JSON text: what stands in the database, byte for byte the same for the same
// entries.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "core/callback.hpp"
#include "core/entry.hpp"
#include "core/notice.hpp"
#include "core/outage.hpp"
#include "core/sent_report.hpp"
#include "json/value.hpp"

namespace hejnal::json {

// {"kind": "owed", "by": …, "why": …, fields of its kind}; without `at` and `seq`, which whoever keeps it
// knows.
Object entry_object(const core::Entry& entry);
Object entry_object(const core::outage::Entry& entry);
Object entry_object(const core::callback::Entry& entry);
Object entry_object(const core::sent::Entry& entry);

std::string encode_entries(const std::vector<core::Entry>& entries);
std::string encode_entries(const std::vector<core::outage::Entry>& entries);
std::string encode_entries(const std::vector<core::callback::Entry>& entries);
std::string encode_entries(const std::vector<core::sent::Entry>& entries);
// All entries of one decision happened at `at`. Fails with Fault::corrupt.
Result<std::vector<core::Entry>> decode_entries(std::string_view text, Instant at);

// The same for the journals of outages, callbacks and sent reports, by their Body.
template <class Body>
Result<std::vector<core::EntryOf<Body>>> decode_entries_of(std::string_view text, Instant at);

std::string encode_notice(const core::Notice& notice);
Result<core::Notice> decode_notice(std::string_view text);

}  // namespace hejnal::json

// A case as JSON (the contract's `Case`, `Entry` and `Message`), for the API and the commands.
#pragma once

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "core/procedure.hpp"
#include "json/value.hpp"
#include "ports/store.hpp"

namespace hejnal::api {

// Where the pages for clients are; none: who asks may not have a client's key to a case, which opens a page
// with buttons that settle it.
using Links = std::optional<std::string_view>;
json::Object case_json(const ports::CaseRow& row, Links links, json::Storage in = {});
// Without the keys to clients' pages that stand in it.
std::string without_keys(std::string text);
using Segments = std::function<int(const std::string& text)>;  // how many an SMS costs
json::Object message_json(const ports::Message& message, const Segments& segments);
// With journal and messages. Fails with not_found.
Result<json::Object> whole_case(ports::Archive& archive, core::CaseNumber number, Links links,
                                const Segments& segments = {});
// "open" (also when empty), "all" (an empty list) or states by comma.
Result<std::vector<core::State>> read_states(std::string_view text);

// How announced emails came in the last `days` days of the zone, until `now`.
Result<core::MailHealth> mail_health_of(ports::Archive& archive, const core::Rules& rules, Instant now,
                                        int days, const std::string& zone);
json::Object mail_count_json(const std::string& domain, const core::MailHealth::Count& count);
json::Object mail_health_json(const core::MailHealth& health, int days, const std::string& zone);

}  // namespace hejnal::api

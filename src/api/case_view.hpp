// A case as JSON (the contract's `Case`, `Entry` and `Message`), for the API and the commands.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "core/procedure.hpp"
#include "json/value.hpp"
#include "ports/store.hpp"

namespace hejnal::api {

json::Object case_json(const ports::CaseRow& row, const std::string& public_url, json::Storage in = {});
using Segments = std::function<int(const std::string& text)>;  // how many an SMS costs
json::Object message_json(const ports::Message& message, const Segments& segments);
// With journal and messages. Fails with not_found.
Result<json::Object> whole_case(ports::Archive& archive, core::CaseNumber number,
                                const std::string& public_url, const Segments& segments = {});
// "open" (also when empty), "all" (an empty list) or states by comma.
Result<std::vector<core::State>> read_states(std::string_view text);

// How announced emails came in the last `days` days of the zone, until `now`.
Result<core::MailHealth> mail_health_of(ports::Archive& archive, const core::Rules& rules, Instant now,
                                        int days, const std::string& zone);
json::Object mail_count_json(const std::string& domain, const core::MailHealth::Count& count);
json::Object mail_health_json(const core::MailHealth& health, int days, const std::string& zone);

}  // namespace hejnal::api

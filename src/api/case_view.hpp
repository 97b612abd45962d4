// A case as JSON (the contract's `Case`, `Entry` and `Message`), for the API and the commands.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "ports/store.hpp"

namespace hejnal::api {

json::Object case_json(const ports::CaseRow& row, const std::string& public_url);
json::Object message_json(const ports::Message& message);
// With journal and messages. Fails with not_found.
Result<json::Object> whole_case(ports::Archive& archive, core::CaseNumber number,
                                const std::string& public_url);
// "open" (also when empty), "all" (an empty list) or states by comma.
Result<std::vector<core::State>> read_states(std::string_view text);

}  // namespace hejnal::api

// A case as JSON (the contract's `Case`, `Entry` and `Message`), for the API and the commands.
#pragma once

#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "json/value.hpp"
#include "ports/store.hpp"

namespace hejnal::api {

json::Object case_json(const ports::CaseRow& row, const std::string& public_url);
using Segments = std::function<int(const std::string& text)>;  // how many an SMS costs
json::Object message_json(const ports::Message& message, const Segments& segments);
// With journal and messages. Fails with not_found.
Result<json::Object> whole_case(ports::Archive& archive, core::CaseNumber number,
                                const std::string& public_url, const Segments& segments = {});
// "open" (also when empty), "all" (an empty list) or states by comma.
Result<std::vector<core::State>> read_states(std::string_view text);

}  // namespace hejnal::api

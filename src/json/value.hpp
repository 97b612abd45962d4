// JSON as the other rooms use it. Parsing is bounded (depth 16) and says where it failed; strings that come
// out are valid UTF-8. Thread-safe.
#pragma once

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace hejnal::json {

using Value = boost::json::value;
using Object = boost::json::object;
using Array = boost::json::array;
using Storage = boost::json::storage_ptr;         // where values lie; by default, where everything does
using Scratch = boost::json::monotonic_resource;  // given back as a whole

// Fails with Fault::malformed: "not JSON: ... at byte 17".
Result<Value> parse(std::string_view text);
// And no object has a field twice: of two, one would be taken and the other forgotten in silence.
Result<Value> parse_strictly(std::string_view text);
std::string dump(const Value& value);

Value time_or_null(const std::optional<Instant>& t);  // RFC 3339
Value text_or_null(const std::string& text);          // null: empty

}  // namespace hejnal::json

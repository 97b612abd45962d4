// A contact procedure as a TOML file (docs/procedure.md), checked as a whole: a procedure that this accepts
// can be executed. Mistakes come with file, line and column, all at once, one a line.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "core/procedure.hpp"

namespace hejnal::config {

// `name` stands in the messages. Fails with Fault::malformed.
Result<core::Procedure> read_procedure(std::string_view text, const std::string& name);
// The procedure that is built in: "pl" or "en". Fails with Fault::not_found.
Result<core::Procedure> builtin_procedure(std::string_view language);
Result<std::string> builtin_procedure_text(std::string_view language);

}  // namespace hejnal::config

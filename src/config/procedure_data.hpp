// A procedure's file as plain data and back: the same keys and values, for a form that edits it. Comments of
// the file are lost on the way. Nothing is checked here: read_procedure() (procedure_file.hpp) does that,
// whichever way a text came.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "json/value.hpp"

namespace hejnal::config {

Result<json::Value> toml_to_data(std::string_view text);
// Fails with malformed where TOML has no such thing: null, lists of different kinds, too deep.
Result<std::string> data_to_toml(const json::Value& data);

}  // namespace hejnal::config

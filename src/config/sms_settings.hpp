// [[sms.gateway]]: what each kind of SMS gateway needs to be told. Internal to config.
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/toml_reader.hpp"

namespace hejnal::config {

// Reads every [[sms.gateway]] of [sms] and notes the mistakes in it.
void read_sms_gateways(TomlTable& sms, Settings& settings);
std::string sms_gateway_document();  // its rows of docs/configuration.md

}  // namespace hejnal::config

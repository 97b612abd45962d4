// [[monitor]]: monitoring systems that report by webhook, and [[heartbeat]]: those that have to call
// regularly. Part of the settings (settings.hpp).
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/toml_reader.hpp"

namespace hejnal::config {

void read_monitors(TomlTable& root, Settings& settings);    // after the providers
void read_heartbeats(TomlTable& root, Settings& settings);  // so, too
std::string monitor_document();                             // rows of docs/configuration.md
std::string heartbeat_document();

}  // namespace hejnal::config

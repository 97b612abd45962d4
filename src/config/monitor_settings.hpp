// [[monitor]]: monitoring systems that report by webhook. Part of the settings (settings.hpp).
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/toml_reader.hpp"

namespace hejnal::config {

void read_monitors(TomlTable& root, Settings& settings);  // after the providers
std::string monitor_document();                           // rows of docs/configuration.md

}  // namespace hejnal::config

// [[provider]]: whom we report to. Part of the settings (settings.hpp).
#pragma once

#include <string>

#include "config/settings.hpp"
#include "config/toml_reader.hpp"

namespace hejnal::config {

// After everything else of the file: what is not said is taken from the desk's own settings.
void read_providers(TomlTable& root, Settings& settings);
std::string provider_document();  // rows of docs/configuration.md

}  // namespace hejnal::config

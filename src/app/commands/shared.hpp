// What several commands need.
#pragma once

#include <sysexits.h>

#include <string>

#include "app/commands/commands.hpp"
#include "app/server.hpp"
#include "base/result.hpp"

namespace hejnal::app {

int exit_code(Fault fault);
// Prints the mistake and gives its exit code.
int complain(const Error& error);
// The settings that name the database: of the configuration file, or of a sandbox's data folder.
Result<config::Settings> settings_of(const DatabaseArguments& database);

}  // namespace hejnal::app

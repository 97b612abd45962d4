// What several commands need.
#pragma once

#include <signal.h>
#include <sysexits.h>

#include <functional>
#include <string>

#include "app/commands/commands.hpp"
#include "app/server.hpp"
#include "base/result.hpp"
#include "desk/desk.hpp"
#include "net/local_client.hpp"

namespace hejnal::app {

int exit_code(Fault fault);
// Prints the mistake and gives its exit code.
int complain(const Error& error);
// The settings that name the database: of the configuration file, or of a sandbox's data folder.
Result<config::Settings> settings_of(const DatabaseArguments& database);
// The desk without a server, for one piece of work and one commit.
Status with_desk(const config::Settings& settings, const std::function<Status(desk::Desk&)>& work);
// Of what the socket answers (app/control.cpp); says what is wrong.
int exit_code_of(const net::LocalAnswer& answer);
int exit_code_of(int status);
// SIGTERM and SIGINT are taken in one place, with sigwait; threads that start later inherit the mask.
sigset_t block_signals();

}  // namespace hejnal::app

// How commands reach the process that owns the database: HTTP on a Unix socket beside it, mode 0600.
//   POST /deliver?from=…&to=…   a mail     POST /token?name=…&role=…   answers with the token
#pragma once

#include <optional>
#include <string>

#include "app/parse_pool.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"

namespace hejnal::app {

std::string control_socket(const std::string& database_path);

// Called on the network thread; answers later.
void answer_control(desk::Ledger& ledger, ports::MailIntake& intake, ports::Request request,
                    ports::Reply reply);

// A new random token, and its hash in the store.
Result<std::string> make_token(desk::Desk& desk, const std::string& name, const std::string& role);

}  // namespace hejnal::app

// How commands reach the process that owns the database: HTTP on a Unix socket beside it, mode 0600.
//   POST /deliver?from=…&to=…   a mail
//   POST /token?name=…&role=…   answers with the token
//   POST /token/list            answers with a line of JSON for each      POST /token/revoke?name=…
//   POST /report/…              file, settle, cancel, …: see ReportCommand (reporting.hpp)
//   POST /user/…                invite, list, disable, enable, reset: see UserCommand
#pragma once

#include <optional>
#include <string>

#include "app/parse_pool.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"
#include "reporter/reporter.hpp"

namespace hejnal::app {

std::string control_socket(const std::string& database_path);

struct Control {
  desk::Ledger& ledger;
  desk::Events& events;
  ports::MailIntake& intake;
  std::string public_url;
  reporter::Reporter& reports;
  std::function<void()> reported;  // something of a report may be due
};

// Called on the network thread; answers later.
void answer_control(const Control& control, ports::Request request, ports::Reply reply);

// What the socket answers to a piece of work; commands make an exit code of its status.
ports::Response control_answer(const Status& status, std::string body);

// The commands about tokens, with a server or without one: by the path that the socket takes.
Result<std::string> do_token_command(desk::Desk& desk, const std::string& path, const std::string& name,
                                     const std::string& role);

// The commands about people, likewise.
struct UserCommand {
  std::string path;  // "/user/invite" …
  std::string name, email, role, language;
  bool totp = false;  // of a reset: the second factor goes, too

  std::vector<ports::Header> query() const;
  static UserCommand of(const ports::Request& request);
};
// What to print; `ended` are the sessions that are over with it.
Result<std::string> do_user_command(desk::Desk& desk, const UserCommand& command,
                                    const std::string& public_url, std::vector<std::int64_t>& ended);

}  // namespace hejnal::app

// Commands that write: through the running server's socket, or, without one, with the lock for one commit.
#include <fmt/format.h>

#include <filesystem>
#include <future>
#include <iostream>
#include <iterator>

#include "app/clock.hpp"
#include "app/commands/shared.hpp"
#include "app/control.hpp"
#include "app/database_file.hpp"
#include "app/from_settings.hpp"
#include "app/lock.hpp"
#include "app/reporting.hpp"
#include "base/text.hpp"
#include "carriers/words/templates.hpp"
#include "config/procedure_file.hpp"
#include "json/value.hpp"
#include "net/local_client.hpp"
#include "store/sqlite/keeper.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::app {

Status with_desk(const config::Settings& s, const std::function<Status(desk::Desk&)>& work) {
  HEJNAL_TRY(const DatabaseLock lock, DatabaseLock::take(s.store_path));
  HEJNAL_TRY(const bool is_new, is_new_database(s.store_path));
  HEJNAL_TRY(const auto store, store::sqlite::open_store(s.store_path));
  if (is_new) std::fprintf(stderr, "hejnal: made a new database: %s\n", s.store_path.c_str());
  HEJNAL_TRY(const LoadedProcedure loaded, load_procedure(s));
  HEJNAL_TRY(const auto templates, load_templates(s, loaded.procedure));
  HEJNAL_TRY(const std::string offset, store->setting(kSandboxOffset));  // a sandbox may be ahead of its time
  OffsetClock clock{Duration(std::atoll(offset.c_str()))};
  SystemRandom random;
  desk::Desk desk(
      {*store, clock, random, templates,
       [](const std::string& text) { return config::read_procedure(text, "an older procedure"); }},
      desk_settings(s, false), loaded.procedure, loaded.text);
  HEJNAL_TRY_VOID(desk.start());
  HEJNAL_TRY_VOID(store->begin());
  Status done = work(desk);
  if (done) {
    const auto indexed = store->index_some(1000);
    done = indexed ? desk.before_commit() : tl::make_unexpected(indexed.error());
  }
  if (done) done = store->commit();
  if (!done) store->rollback();
  return done;
}

int exit_code_of(int status) {
  if (status == 200) return EX_OK;
  if (status == 404) return EX_NOINPUT;
  return status == 503 ? EX_TEMPFAIL : EX_DATAERR;
}

int exit_code_of(const net::LocalAnswer& answer) {
  if (answer.status != 200) std::fprintf(stderr, "hejnal: %s\n", answer.body.c_str());
  return exit_code_of(answer.status);
}

int deliver(const DatabaseArguments& database, const std::string& from, const std::string& to) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_TEMPFAIL;  // a broken configuration must not bounce mail
  }
  std::cin >> std::noskipws;
  std::string bytes{std::istreambuf_iterator<char>(std::cin), {}};
  if (bytes.find_first_not_of(" \t\r\n") == std::string::npos) {
    std::fprintf(stderr, "hejnal deliver: the message is empty\n");
    return EX_DATAERR;
  }
  if (bytes.size() > static_cast<std::size_t>(settings->size_limit)) {
    std::fprintf(stderr, "hejnal deliver: the message has %zu bytes; at most %lld are taken\n", bytes.size(),
                 static_cast<long long>(settings->size_limit));
    return EX_DATAERR;
  }
  // A pipe gives no envelope unless it is told; what the mail server wrote into the header counts then.
  std::vector<std::pair<std::string, std::string>> query;
  if (from != "-") query.emplace_back("from", from);
  query.emplace_back("to", to.empty() ? settings->address : to);
  const auto answer = net::post_locally(control_socket(settings->store_path), "/deliver", query, bytes);
  if (answer) return exit_code_of(*answer);
  if (answer.error().fault != Fault::not_found) {
    complain(answer.error());
    return EX_TEMPFAIL;
  }
  ports::Delivery delivery;
  delivery.has_envelope = from != "-";
  if (delivery.has_envelope) delivery.mail_from = from;
  delivery.rcpt_to = {query.back().second};
  delivery.bytes = std::move(bytes);
  delivery.via = "pipe";
  const ports::IncomingMail mail = carriers::read_delivery(delivery, intake_settings(*settings));
  const Status done = with_desk(*settings, [&](desk::Desk& desk) -> Status {
    SystemRandom random;
    HEJNAL_TRY(const Reporting reporting, make_reporting(*settings, desk.store(), random));
    HEJNAL_TRY(const core::ReportId report, reporting.engine->take(mail, desk.now()));
    if (report != 0) return {};
    HEJNAL_TRY_VOID(desk.receive(mail));
    return {};
  });
  if (done) return EX_OK;
  complain(done.error());
  return EX_TEMPFAIL;
}

namespace {

// A command about tokens, done by the server or without one by ourselves; `show` prints what was said.
int token_command(const DatabaseArguments& database, const std::string& path, const std::string& name,
                  const std::string& role, const std::function<void(const std::string&)>& show) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_CONFIG;
  }
  const auto answer =
      net::post_locally(control_socket(settings->store_path), path, {{"name", name}, {"role", role}}, "");
  if (answer) {
    if (answer->status == 200) show(answer->body);
    return exit_code_of(*answer);
  }
  if (answer.error().fault != Fault::not_found) return complain(answer.error());
  Result<std::string> said;
  const Status done = with_desk(*settings, [&](desk::Desk& desk) -> Status {
    said = do_token_command(desk, path, name, role);
    return said ? Status() : tl::make_unexpected(said.error());
  });
  if (done) {
    show(*said);
    return EX_OK;
  }
  complain(done.error());
  return said ? exit_code(done.error().fault) : exit_code_of(control_answer(done, "").status);
}

// A command about people, likewise.
int user_command(const DatabaseArguments& database, const UserCommand& command,
                 const std::function<void(const std::string&)>& show) {
  const auto settings = settings_of(database);
  if (!settings) {
    complain(settings.error());
    return EX_CONFIG;
  }
  const auto answer =
      net::post_locally(control_socket(settings->store_path), command.path, command.query(), "");
  if (answer) {
    if (answer->status == 200) show(answer->body);
    return exit_code_of(*answer);
  }
  if (answer.error().fault != Fault::not_found) return complain(answer.error());
  Result<std::string> said;
  const Status done = with_desk(*settings, [&](desk::Desk& desk) -> Status {
    std::vector<std::int64_t> ended;
    said = do_user_command(desk, command, settings->public_url, ended);
    return said ? Status() : tl::make_unexpected(said.error());
  });
  if (done) {
    show(*said);
    return EX_OK;
  }
  complain(done.error());
  return said ? exit_code(done.error().fault) : exit_code_of(control_answer(done, "").status);
}

}  // namespace

int create_token(const DatabaseArguments& database, const std::string& name, const std::string& role) {
  return token_command(database, "/token", name, role,
                       [](const std::string& token) { fmt::print("{}\n", token); });
}

int list_tokens(const DatabaseArguments& database, bool as_json) {
  return token_command(database, "/token/list", "", "", [&](const std::string& lines) {
    if (as_json) return fmt::print("{}", lines);
    for (const std::string_view line : split(lines, '\n')) {
      const auto token = json::parse(line);
      if (!token) continue;  // behind the last line
      const auto text = [&](const char* field) { return one_line(token->at(field).as_string()); };
      fmt::print("{}  {:<13}  {}\n", text("created_at").substr(0, 16), text("role"), text("name"));
    }
  });
}

int revoke_token(const DatabaseArguments& database, const std::string& name) {
  return token_command(database, "/token/revoke", name, "", [](const std::string&) {});
}

int invite_user(const DatabaseArguments& database, const std::string& name, const std::string& email,
                const std::string& role, const std::string& language) {
  return user_command(database, {"/user/invite", name, email, role, language, false},
                      [](const std::string& link) { fmt::print("{}", link); });
}

int list_users(const DatabaseArguments& database, bool as_json) {
  return user_command(database, {"/user/list", {}, {}, {}, {}, false}, [&](const std::string& lines) {
    if (as_json) return fmt::print("{}", lines);
    for (const std::string_view line : split(lines, '\n')) {
      const auto user = json::parse(line);
      if (!user) continue;  // behind the last line
      const auto text = [&](const char* field) { return one_line(user->at(field).as_string()); };
      fmt::print("{}  {:<13}  {}{}{}\n", text("created_at").substr(0, 16), text("role"), text("name"),
                 user->at("totp").as_bool() ? ", with a second factor" : "",
                 user->at("disabled").as_bool() ? ", disabled" : "");
    }
  });
}

int change_user(const DatabaseArguments& database, const std::string& verb, const std::string& name,
                bool totp) {
  return user_command(database, {"/user/" + verb, name, {}, {}, {}, totp},
                      [](const std::string& said) { fmt::print("{}", said); });
}

int backup(const DatabaseArguments& database, const std::string& path) {
  const auto settings = settings_of(database);
  std::error_code ignored;
  if (settings && std::filesystem::exists(path, ignored)) {
    std::fprintf(stderr, "hejnal: %s exists already; a backup never overwrites\n", path.c_str());
    return EX_CANTCREAT;
  }
  const Status done =
      settings ? store::sqlite::back_up(settings->store_path, path) : tl::make_unexpected(settings.error());
  if (!done) return complain(done.error());
  fmt::print("{} holds everything that was committed\n", path);
  return EX_OK;
}

int restore(const DatabaseArguments& database, const std::string& path) {
  const auto settings = settings_of(database);
  if (!settings) return complain(settings.error());
  std::error_code ignored;
  if (!database.data.empty()) {  // a sandbox's folder may be new
    std::filesystem::create_directories(database.data, ignored);
  }
  const auto lock = DatabaseLock::take(settings->store_path);
  const bool replaces = std::filesystem::exists(settings->store_path, ignored);
  const Status done =
      lock ? store::sqlite::restore(path, settings->store_path) : tl::make_unexpected(lock.error());
  if (!done) return complain(done.error());
  fmt::print("{} is restored", settings->store_path);
  if (replaces) fmt::print("; what was there before is kept as {}.before-restore", settings->store_path);
  fmt::print("\n");
  return EX_OK;
}

}  // namespace hejnal::app

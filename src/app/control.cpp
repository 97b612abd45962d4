#include "app/control.hpp"

#include <memory>

#include "api/signin/accounts.hpp"
#include "api/signin/gate.hpp"
#include "api/tokens.hpp"
#include "app/reporting.hpp"
#include "json/value.hpp"

namespace hejnal::app {

ports::Response control_answer(const Status& status, std::string body) {
  if (status) return {200, "text/plain", std::move(body), {}};
  const int code = status.error().fault == Fault::retry_later ? 503
                   : status.error().fault == Fault::malformed ? 400
                   : status.error().fault == Fault::not_found ? 404
                   : status.error().fault == Fault::conflict  ? 409
                                                              : 422;
  return {code, "text/plain", status.error().what, {}};
}

std::string control_socket(const std::string& database_path) { return database_path + ".sock"; }

Result<std::string> do_token_command(desk::Desk& desk, const std::string& path, const std::string& name,
                                     const std::string& role) {
  if (path == "/token") return api::make_token(desk, name, role);
  if (path == "/token/revoke") {
    HEJNAL_TRY_VOID(api::revoke_token(desk, name));
    return std::string();
  }
  HEJNAL_TRY(const auto tokens, desk.store().tokens());
  std::string lines;
  for (const ports::TokenRow& token : tokens) {
    lines +=
        json::dump(json::Object{
            {"name", token.name}, {"role", token.role}, {"created_at", format_rfc3339(token.created_at)}}) +
        "\n";
  }
  return lines;
}

std::vector<ports::Header> UserCommand::query() const {
  return {
      {"name", name}, {"email", email}, {"role", role}, {"language", language}, {"totp", totp ? "yes" : ""}};
}

UserCommand UserCommand::of(const ports::Request& request) {
  const auto text = [&](const char* field) { return std::string(request.parameter(field)); };
  return {request.path, text("name"), text("email"), text("role"), text("language"), text("totp") == "yes"};
}

Result<std::string> do_user_command(desk::Desk& desk, const UserCommand& command,
                                    const std::string& public_url, std::vector<std::int64_t>& ended) {
  ports::Accounts& accounts = desk.store().accounts();
  const std::string verb = command.path.substr(std::string_view("/user/").size());
  std::string said;
  if (verb == "list") {
    HEJNAL_TRY(const auto users, accounts.users());
    for (const ports::UserRow& user : users) {
      said += json::dump(json::Object{{"name", user.name},
                                      {"role", user.role},
                                      {"email", user.email},
                                      {"disabled", user.disabled},
                                      {"totp", !user.totp.empty()},
                                      {"created_at", format_rfc3339(user.created_at)}}) +
              "\n";
    }
    return said;
  }
  std::string object = command.name;
  if (verb == "invite") {
    HEJNAL_TRY(
        const std::string secret,
        api::invite(desk, {command.name, command.email, {}, command.role, command.language}, "hejnal user"));
    said = api::address_of_link(public_url, secret) + "\n";
  } else {
    HEJNAL_TRY(const ports::UserRow user, api::user_named(desk, command.name));
    object = user.name;
    if (verb == "reset") {
      HEJNAL_TRY(const std::string secret, api::reset(desk, user, command.totp, "hejnal user", ended));
      said = api::address_of_link(public_url, secret) + "\n";
    } else if (verb == "disable" || verb == "enable") {
      HEJNAL_TRY_VOID(api::set_disabled(desk, user, verb == "disable", ended));
    } else {
      return fail(Fault::malformed, "there is no such command");
    }
  }
  HEJNAL_TRY_VOID(accounts.add_audit({0,
                                      desk.now(),
                                      "hejnal user",
                                      "command",
                                      {},
                                      "hejnal user " + verb,
                                      object,
                                      {},
                                      verb == "invite" ? command.role : std::string()}));
  return said;
}

void answer_control(const Control& control, ports::Request request, ports::Reply reply) {
  desk::Ledger& ledger = control.ledger;
  desk::Events& events = control.events;
  ports::MailIntake& intake = control.intake;
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  if (request.method == "POST" && request.path == "/deliver") {
    ports::Delivery delivery;
    delivery.mail_from = std::string(request.parameter("from"));
    delivery.has_envelope = request.has_parameter("from");
    if (request.has_parameter("to")) delivery.rcpt_to = {std::string(request.parameter("to"))};
    delivery.bytes = std::move(request.body);
    delivery.via = "pipe";
    intake.accept(std::move(delivery),
                  [kept](const Status& status) { std::move(*kept).send(control_answer(status, "")); });
    return;
  }
  const std::string& path = request.path;
  if (request.method == "POST" && (path == "/token" || path == "/token/list" || path == "/token/revoke")) {
    auto said = std::make_shared<std::string>();
    const std::string name(request.parameter("name"));
    ledger.submit(
        [said, path, name, role = std::string(request.parameter("role"))](desk::Desk& desk) -> Status {
          HEJNAL_TRY(*said, do_token_command(desk, path, name, role));
          return {};
        },
        [kept, said, path, name, &events](const Status& status) {
          if (status && path == "/token/revoke") events.revoke(name);
          std::move(*kept).send(control_answer(status, *said));
        });
    return;
  }
  if (request.method == "POST" && path.starts_with("/user/")) {
    auto said = std::make_shared<std::string>();
    auto ended = std::make_shared<std::vector<std::int64_t>>();
    ledger.submit(
        [said, ended, command = UserCommand::of(request),
         url = control.public_url](desk::Desk& desk) -> Status {
          HEJNAL_TRY(*said, do_user_command(desk, command, url, *ended));
          return {};
        },
        [kept, said, ended, &events](const Status& status) {
          for (const std::int64_t id : status ? *ended : std::vector<std::int64_t>())
            events.revoke(api::stream_key(id));
          std::move(*kept).send(control_answer(status, *said));
        });
    return;
  }
  if (request.method == "POST" && path.starts_with("/report/")) {
    auto command = ReportCommand::of(request);
    if (!command) return std::move(*kept).send(control_answer(tl::make_unexpected(command.error()), ""));
    auto said = std::make_shared<std::string>();
    ledger.submit(
        [said, command = std::move(*command), &reporter = control.reports](desk::Desk& desk) -> Status {
          HEJNAL_TRY(*said, do_report_command(reporter, command, desk.now()));
          return {};
        },
        [kept, said, reported = control.reported](const Status& status) {
          if (status) reported();
          std::move(*kept).send(control_answer(status, *said));
        });
    return;
  }
  std::move(*kept).send({404, "text/plain", "there is no such command", {}});
}

}  // namespace hejnal::app

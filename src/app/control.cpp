#include "app/control.hpp"

#include <memory>

#include "base/hash.hpp"

namespace hejnal::app {

namespace {

// Status codes that commands map to exit codes (commands/local.cpp).
ports::Response answer(const Status& status, std::string body) {
  if (status) return {200, "text/plain", std::move(body), {}};
  const int code = status.error().fault == Fault::retry_later ? 503
                   : status.error().fault == Fault::malformed ? 400
                                                              : 422;
  return {code, "text/plain", status.error().what, {}};
}

}  // namespace

std::string control_socket(const std::string& database_path) { return database_path + ".sock"; }

Result<std::string> make_token(desk::Desk& desk, const std::string& name, const std::string& role) {
  if (role != "administrator" && role != "agent" && role != "reader" && role != "client") {
    return fail(Fault::malformed, "--role: expected administrator, agent, reader or client, found \"{}\"",
                role);
  }
  char random[24];
  fill_random(random, sizeof random);
  std::string token = to_hex({random, sizeof random});
  HEJNAL_TRY_VOID(desk.store().add_token(name, role, sha256_hex(token), desk.now()));
  return token;
}

void answer_control(desk::Ledger& ledger, ports::MailIntake& intake, ports::Request request,
                    ports::Reply reply) {
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  if (request.method == "POST" && request.path == "/deliver") {
    ports::Delivery delivery;
    delivery.mail_from = std::string(request.parameter("from"));
    delivery.has_envelope = request.has_parameter("from");
    if (request.has_parameter("to")) delivery.rcpt_to = {std::string(request.parameter("to"))};
    delivery.bytes = std::move(request.body);
    delivery.via = "pipe";
    intake.accept(std::move(delivery),
                  [kept](const Status& status) { std::move(*kept).send(answer(status, "")); });
    return;
  }
  if (request.method == "POST" && request.path == "/token") {
    auto token = std::make_shared<std::string>();
    ledger.submit(
        [token, name = std::string(request.parameter("name")),
         role = std::string(request.parameter("role"))](desk::Desk& desk) -> Status {
          HEJNAL_TRY(*token, make_token(desk, name, role));
          return {};
        },
        [kept, token](const Status& status) { std::move(*kept).send(answer(status, *token)); });
    return;
  }
  std::move(*kept).send({404, "text/plain", "there is no such command", {}});
}

}  // namespace hejnal::app

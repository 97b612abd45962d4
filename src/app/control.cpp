#include "app/control.hpp"

#include <memory>

#include "api/tokens.hpp"
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

void answer_control(desk::Ledger& ledger, desk::Events& events, ports::MailIntake& intake,
                    ports::Request request, ports::Reply reply) {
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
  std::move(*kept).send({404, "text/plain", "there is no such command", {}});
}

}  // namespace hejnal::app

#include "app/phone_hooks.hpp"

#include <memory>

namespace hejnal::app {

namespace {

ports::Response no(const Error& error) {
  const int status = error.fault == Fault::not_found     ? 404
                     : error.fault == Fault::refused     ? 403
                     : error.fault == Fault::malformed   ? 400
                     : error.fault == Fault::retry_later ? 503
                                                         : 500;
  return {status, "text/plain", error.what + "\n", {}};
}

}  // namespace

void PhoneHooks::answer(const ports::Request& request, ports::Reply reply) {
  auto heard = carriers::phone::hear(settings_, request);
  if (!heard) return std::move(reply).send(no(heard.error()));
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  auto decision = std::make_shared<core::CallDecision>();
  ledger_.submit(
      [call = *heard, decision](desk::Desk& desk) -> Status {
        if (call.asks) {
          desk::Desk::AskedCall asked{call.from, call.id};
          asked.given = call.given;
          HEJNAL_TRY(const desk::Desk::Phoned phoned, desk.answer_call(asked));
          *decision = phoned.decision;
          return {};
        }
        desk::Desk::PhoneCall told{call.from, call.result, std::nullopt, call.by, call.id};
        told.answered_by = call.person;
        told.given = call.given;
        HEJNAL_TRY_VOID(desk.call(told));
        return {};
      },
      [call = *heard, decision, kept, url = settings_.public_url](const Status& done) {
        if (!done) return std::move(*kept).send(no(done.error()));
        std::move(*kept).send(call.asks ? carriers::phone::answer(call, *decision, url)
                                        : carriers::phone::thanks(call));
      });
}

}  // namespace hejnal::app

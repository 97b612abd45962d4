#include "app/sip_door.hpp"

#include <utility>

namespace hejnal::app {

using carriers::phone::FloodGuard;

struct SipDoor::Call {
  ports::SipInvite invite;
  ports::SipReply reply;
  carriers::phone::SipCaller caller;
  core::CallDecision decision = {};
  core::CaseNumber number = 0;
  bool hung_up = false;
  std::string_view result = "missed";  // of one that is over
};

std::optional<ports::SipAnswer> SipDoor::refuse(const ports::SipInvite& invite) {
  const std::string from = carriers::phone::read_invite(settings_, invite).from;
  const auto verdict = guard_.admit(invite.source, from, clock_.now());
  if (verdict == FloodGuard::Verdict::fine) return std::nullopt;
  const FloodGuard::Counts& counts = guard_.counts();
  by_caller_ = counts.caller;
  by_address_ = counts.address;
  by_total_ = counts.total;
  return carriers::phone::sip_too_many(verdict == FloodGuard::Verdict::caller ? Duration(60s)
                                                                              : Duration(10s));
}

void SipDoor::invited(ports::SipInvite invite, ports::SipReply reply) {
  ask(std::move(invite), std::move(reply), false);
}

void SipDoor::hung_up(ports::SipInvite invite, ports::SipReply reply) {
  ask(std::move(invite), std::move(reply), true);
}

void SipDoor::ask(ports::SipInvite invite, ports::SipReply reply, bool is_over) {
  auto caller = carriers::phone::read_invite(settings_, invite);
  auto call = std::make_shared<Call>(Call{std::move(invite), std::move(reply), std::move(caller)});
  ledger_.submit(
      [call, is_over](desk::Desk& desk) -> Status {
        const auto& [from, to, id, given] = call->caller;
        call->hung_up = is_over || call->reply.cancelled();
        if (call->hung_up) {
          desk::Desk::PhoneCall told{from, core::CallResult::missed, std::nullopt, "client", id, to, true};
          if (call->reply.answered_elsewhere()) {
            told.result = core::CallResult::answered;
            told.hung_up = false;
          }
          told.given = given;
          call->result = to_string(told.result);
          HEJNAL_TRY(const auto kept, desk.call(told));
          call->number = kept.filed.number;
          return {};
        }
        HEJNAL_TRY(const auto asked, desk.answer_call(desk::Desk::AskedCall{from, id, to, true, given}));
        call->decision = asked.decision;
        call->number = asked.filed.number;
        return {};
      },
      [this, call](const Status& done) {
        std::string_view result = "rejected";
        ports::SipAnswer answer;
        if (!done) {
          ++not_kept_;
          std::move(call->reply).send(carriers::phone::sip_not_kept());
          return;
        }
        if (call->hung_up) {
          ++hung_up_;
          result = call->result;
          answer = carriers::phone::sip_hung_up();
        } else {
          ++(call->decision.redirect ? redirected_ : rejected_);
          if (call->decision.redirect) result = "redirected";
          answer = carriers::phone::sip_answer(settings_, call->invite, call->caller, call->decision);
        }
        if (world_) world_->add_call({call->caller.from, std::string(result), clock_.now(), call->number});
        std::move(call->reply).send(std::move(answer));
      });
}

}  // namespace hejnal::app

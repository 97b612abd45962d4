#include "core/client_next.hpp"

#include <algorithm>

namespace hejnal::core {

namespace {

// The class that counts for the client's waiting: an email alone may mean any of several, and then the
// shortest wait is hers to choose.
const ServiceClass& waiting_class(const Procedure& procedure, const Case& c) {
  const ServiceClass& shown = procedure.at(c.class_name);
  return !c.class_confirmed && shown.email_alone() ? procedure.shortest_email_alone() : shown;
}

std::optional<Instant> remind_at(const Procedure& procedure, const Case& c) {
  const ServiceClass& service = waiting_class(procedure, c);
  std::optional<Instant> at;
  if (!c.human_reaction && service.steps.size() >= 2) {
    at = c.sent_at + service.steps[1].wait;
  } else if (const auto& answer = c.debt(Promise::answer); answer && answer->running()) {
    at = answer->due;
  }
  // Once said, it is for the desk to react, as long as that may take.
  if (at && c.reminded_at) at = std::max(*at, *c.reminded_at + service.promise.react_within);
  return at;
}

}  // namespace

ClientNext client_next(const Procedure& procedure, const Case& c) {
  using enum ClientNext::What;
  if (c.state == State::closed) return {write_anew, std::nullopt};
  if (c.state == State::settled) return {nothing, c.timer(Timer::close)};
  if (c.email_missing) return {type_text, std::nullopt};
  if (open_question(c)) return {answer_question, std::nullopt};
  if (c.state == State::waiting)
    return {look, c.timer(Timer::settle) ? c.timer(Timer::settle) : c.timer(Timer::close)};
  const auto at = remind_at(procedure, c);
  return {at ? remind : wait, at};
}

bool may_remind(const Procedure& procedure, const Case& c, Instant now) {
  const ClientNext next = client_next(procedure, c);
  return next.what == ClientNext::What::remind && next.at && *next.at <= now;
}

Outlook outlook(const ServiceClass& service, Instant now) {
  Outlook out;
  out.told_at_once = service.alert.at_once;
  out.react_by = now + service.promise.react_within;
  out.answer_by = now + service.promise.answer_within;
  if (service.steps.size() >= 2) out.remind_at = now + service.steps[1].wait;
  return out;
}

}  // namespace hejnal::core

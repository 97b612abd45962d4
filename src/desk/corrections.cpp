// What people of the desk say of an SMS that was matched, or that could not be: done in one call, and
// remembered for its number.
#include <fmt/core.h>

#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

core::AgentActed acted(core::Action action, const std::string& agent) {
  core::AgentActed act;
  act.action = action;
  act.agent = agent;
  return act;
}

}  // namespace

Result<core::Case> Desk::join(core::CaseNumber from, core::CaseNumber into, bool same_person,
                              const std::string& agent) {
  HEJNAL_TRY(const core::Case source, load(from));
  HEJNAL_TRY(into, living(into));
  HEJNAL_TRY(const core::Case after, merge(from, into, agent));
  const std::string& phone = source.client.phone;
  if (phone.empty()) return after;
  HEJNAL_TRY_VOID(parts_.store.forget_refusal(phone, into));
  // Whose number it is was only guessed; who it is not should not be guessed again.
  if (same_person && !after.client.email.empty() && source.channel == core::Channel::sms) {
    HEJNAL_TRY_VOID(parts_.store.judge_number({0, phone, after.client.email, "agent", source.last_message,
                                               now(), core::Standing::confirmed, agent}));
    HEJNAL_TRY_VOID(follow_number(phone));
  }
  return after;
}

Result<core::CaseNumber> Desk::unjoin(core::CaseNumber number, core::MessageId message_id, bool same_person,
                                      const std::string& agent) {
  HEJNAL_TRY(const auto message, parts_.store.message(message_id));
  HEJNAL_TRY(const core::CaseNumber lives, living(message ? message->number : 0));
  if (!message || (message->number != number && lives != number) || message->internal || message->outgoing ||
      message->channel != core::Channel::sms)
    return fail(Fault::not_found, "case {} has no SMS {} of a client", number, message_id);
  HEJNAL_TRY(const core::Case source, load(number));
  HEJNAL_TRY(const std::int64_t messages, parts_.store.messages_from_clients(number));
  if (message->number == number && messages < 2)
    return fail(Fault::conflict, "message {} is the only one of case {}: nothing would be left of it",
                message_id, number);
  const std::string& phone = message->from;
  const core::TookOver* other = core::client_through(source, message->number);
  const core::Party client = other ? other->client : source.client;
  HEJNAL_TRY_VOID(parts_.store.refuse_case(phone, number, agent, now()));
  if (!same_person && !client.email.empty()) {
    HEJNAL_TRY_VOID(parts_.store.judge_number(
        {0, phone, client.email, "agent", message_id, now(), core::Standing::refused, agent}));
    HEJNAL_TRY_VOID(follow_number(phone));
  }
  // As it would have opened one by itself: the email that it may speak of is not here.
  HEJNAL_TRY(core::Facts opening, facts(core::Case{}));
  opening.mentions = number;
  HEJNAL_TRY_VOID(prepare_opening(opening));
  core::SmsReceived opens;
  opens.message = message_id;
  HEJNAL_TRY(opens.from, parts_.store.person_by_phone(phone));
  opens.from.phone = phone;
  opens.text = message->text;
  opens.join_reason = fmt::format("{} has taken it out of case {}", agent, number);
  HEJNAL_TRY(const core::Case opened, turn(core::Case{}, opens, opening));
  HEJNAL_TRY_VOID(parts_.store.move_message(message_id, opened.number));
  HEJNAL_TRY_VOID(parts_.store.set_message_state(message_id, "opened"));
  core::AgentActed leaves = acted(core::Action::unjoin, agent);
  leaves.other = opened.number;
  leaves.message = message_id;
  if (!same_person) leaves.phone = phone;
  HEJNAL_TRY_VOID(turn(source, leaves));
  return opened.number;
}

Result<core::Case> Desk::not_a_case(core::CaseNumber number, const std::string& agent) {
  HEJNAL_TRY(const core::Case c, load(number));
  core::AgentActed close = acted(core::Action::close, agent);
  close.text = "not a case";
  HEJNAL_TRY(const core::Case closed, turn(c, close));
  if (c.channel == core::Channel::sms && !c.client.phone.empty())
    HEJNAL_TRY_VOID(parts_.store.refuse_case(c.client.phone, 0, agent, now()));
  return closed;
}

Result<ports::NumberRow> Desk::judge_number(std::int64_t id, core::Standing standing,
                                            const std::string& agent) {
  HEJNAL_TRY(auto row, parts_.store.number(id));
  if (!row) return fail(Fault::not_found, "there is no number {}", id);
  row->standing = standing;
  row->decided_by = agent;
  HEJNAL_TRY_VOID(judge_number(*row));
  return std::move(*row);
}

Status Desk::judge_number(const ports::NumberRow& row) {
  HEJNAL_TRY_VOID(parts_.store.judge_number(row));
  return follow_number(row.phone);
}

}  // namespace hejnal::desk

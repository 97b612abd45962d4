// What a client presses on the page of a case, and the link that leads there.
#include <fmt/core.h>

#include "core/client_next.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

// `words`: what stands in the conversation for it.
Result<Filed> Desk::pressed(core::CaseNumber link, core::Reported signal, const std::string& words) {
  HEJNAL_TRY(const core::CaseNumber number, living(link));
  HEJNAL_TRY(const core::Case c, load(number));
  const core::TookOver* other = core::client_through(c, link);
  signal.from = other ? other->client : c.client;
  signal.through = other ? link : 0;
  signal.channel = core::Channel::web;
  signal.text = words;
  signal.join_reason = "pressed on the page of the case";
  ports::Message message;
  message.number = other ? link : number;
  message.channel = core::Channel::web;
  message.from = signal.from.email;
  message.text = words;
  message.at = now();
  message.state = "joined";
  message.join_reason = signal.join_reason;
  Filed filed;
  filed.number = number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, {}));
  signal.message = filed.message;
  HEJNAL_TRY_VOID(turn(c, signal));
  return filed;
}

Result<Filed> Desk::remind(core::CaseNumber link, const std::string& words) {
  HEJNAL_TRY(const core::CaseNumber number, living(link));
  HEJNAL_TRY(const core::Case c, load(number));
  HEJNAL_TRY(const core::Procedure* procedure, procedure_of(c));
  if (!core::may_remind(*procedure, c, now()))
    return fail(Fault::conflict, "in case {} it is not time to say that there is no answer", number);
  core::Reported signal;
  signal.relation = core::Relation::resend;
  return pressed(link, std::move(signal), words);
}

Result<Filed> Desk::works_again(core::CaseNumber link, const std::string& words) {
  HEJNAL_TRY(const core::CaseNumber number, living(link));
  HEJNAL_TRY(const core::Case c, load(number));
  if (c.state == core::State::settled || c.state == core::State::closed)
    return fail(Fault::conflict, "case {} is {} already", number, to_string(c.state));
  core::Reported signal;
  signal.relation = core::Relation::reply;
  signal.resolved = true;
  // Who holds the link speaks for its client, and for a number only where it surely is that client's.
  const core::TookOver* other = core::client_through(c, link);
  const core::Party& client = other ? other->client : c.client;
  HEJNAL_TRY(const auto own, own_addresses_of(client.phone));
  const auto owner = core::client_with_number(c, client.phone, own);
  const std::string phone = owner && owner->client.email == client.email ? client.phone : std::string();
  HEJNAL_TRY_VOID(
      offer_to_settle(core::Channel::web, phone, client.email, words.empty() ? "it works again" : words));
  return pressed(link, std::move(signal), words);
}

Result<core::Case> Desk::revoke_link(core::CaseNumber number, const std::string& reason,
                                     const std::string& agent) {
  HEJNAL_TRY(const core::Case c, load(number));
  core::AgentActed act;
  act.action = core::Action::revoke_link;
  act.agent = agent;
  act.text = reason;
  HEJNAL_TRY(core::Facts facts_now, facts(c));
  facts_now.token = core::token_of(number, random_text(core::kTokenAlphabet, core::kTokenSecret));
  HEJNAL_TRY(const core::Case after, turn(c, act, facts_now));
  // What its client is told from now on is told by the case that it was merged into.
  HEJNAL_TRY(const core::CaseNumber lives, living(number));
  if (lives == number) return after;
  HEJNAL_TRY(const core::Case into, load(lives));
  if (!core::client_through(into, number)) return after;
  HEJNAL_TRY(core::Facts facts_there, facts(into));
  facts_there.token = facts_now.token;
  act.other = number;
  HEJNAL_TRY_VOID(turn(into, act, facts_there));
  return after;
}

}  // namespace hejnal::desk

#include "core/decide.hpp"

#include "core/turn.hpp"

namespace hejnal::core {

Result<Decision> decide(const Procedure& procedure, const Facts& facts, const Case& c, const Signal& signal,
                        Instant now) {
  Turn turn(procedure, facts, c, now);
  // Whatever confirms that something has arrived says what is known of the outage.
  if (c.outage != 0 || c.like_outage != 0) turn.speak_of_outage(facts.outage_text, {});
  struct Dispatch {
    Turn& turn;
    Status operator()(const EmailReceived& s) const { return client_wrote(turn, s), Status(); }
    Status operator()(const SmsReceived& s) const { return client_texted(turn, s), Status(); }
    Status operator()(const CallReceived& s) const { return client_called(turn, s), Status(); }
    Status operator()(const Reported& s) const { return client_reported(turn, s), Status(); }
    Status operator()(const AgentActed& s) const { return agent_acted(turn, s); }
    Status operator()(const NoticeFate& s) const { return notice_ended(turn, s), Status(); }
    Status operator()(const MailOffered& s) const { return offer(turn, s), Status(); }
    Status operator()(const OutageTold& s) const { return told_of_outage(turn, s); }
    Status operator()(const AlertCame& s) const { return alert_came(turn, s), Status(); }
    Status operator()(const AlarmRang&) const { return alarm_rang(turn), Status(); }
  };
  HEJNAL_TRY_VOID(std::visit(Dispatch{turn}, signal));
  // What a stopped number does not get has not arrived; of that, on call is told by email only.
  for (const NoticeFate& fate : turn.held_back()) notice_ended(turn, fate);
  return std::move(turn).take();
}

bool failure_open(const Procedure& procedure, const Case& c) {
  if (c.state == State::settled || c.state == State::closed || !procedure.at(c.class_name).failure)
    return false;
  return c.human_reaction;
}

}  // namespace hejnal::core

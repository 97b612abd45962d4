// One decision in the making: the case as it is after the entries written so far, and the vocabulary that the
// rules are written in. Internal to the core.
#pragma once

#include <string>
#include <string_view>
#include <utility>

#include "core/decide.hpp"
#include "core/sms_command.hpp"

namespace hejnal::core {

class Turn {
 public:
  Turn(const Procedure& procedure, const Facts& facts, Case c, Instant now)
      : procedure_(procedure), facts_(facts), case_(std::move(c)), now_(now) {}

  const Case& c() const { return case_; }
  const Procedure& procedure() const { return procedure_; }
  const Facts& facts() const { return facts_; }
  Instant now() const { return now_; }
  const Decision& decision() const { return decision_; }  // so far
  // What was said in this turn and cannot leave: its fate is known already.
  std::vector<NoticeFate> held_back() { return std::exchange(held_back_, {}); }
  Decision take() && { return std::move(decision_); }

  // Who acts from here on: "client", "desk" or an agent's name.
  void speak_as(std::string by) { by_ = std::move(by); }
  void add(Body body, std::string why = {});

  // -- classes
  // --------------------------------------------------------------------------------------------------
  const ServiceClass& shown_class() const { return procedure_.at(case_.class_name); }
  // The class whose wait and alerts count for the first reaction; unlike the shown one while it is only
  // assumed.
  const ServiceClass& reacting_class() const;
  void classify(const ServiceClass& to, bool confirmed, bool by_agent, std::string why);
  // Class by what a client did, not by what somebody said: never lowers a confirmed class, never after a
  // human reaction.
  void infer(const ServiceClass& to, std::string why);

  // -- promises
  // -------------------------------------------------------------------------------------------------
  void owe(Promise promise, std::string why);
  void keep(Promise promise);
  void release(Promise promise, std::string why);
  void resume_answer(std::string why);  // its clock, if that stands still
  void ring_due();                      // rings what is to be rung by now
  // Tells on call at once, whatever the schedule says.
  void ring_now(AlertReason reason, Duration elapsed, std::string why);
  Duration within(Promise promise) const;
  Instant next_ring(Promise promise, Instant since, Instant due, int rings) const;

  // -- timers and states
  // ----------------------------------------------------------------------------------------
  void plan(Timer timer, Instant due, std::string why);
  void drop(Timer timer, std::string why);
  void become(State state, std::string why = {});

  // -- words
  // ----------------------------------------------------------------------------------------------------
  // Automatic words to the client, on the way that is known to work; withheld (with the reason) when there is
  // none.
  // `other`: the client of a merged case, who is told instead of the case's own.
  void tell_client(NoticeKind kind, const std::string& why, MessageId in_reply_to = 0,
                   const TookOver* other = nullptr);
  // `phone`: where neither the case nor the merged one knows a number.
  void tell_client_by_sms(NoticeKind kind, std::string why, const TookOver* other = nullptr,
                          const std::string& phone = {});
  void tell_all_clients(NoticeKind kind, const std::string& why);  // also those of merged cases
  // `draft` says what; who, how and in which order is known here.
  void tell_who_has_it(AlertReason reason, const std::string& why);
  void tell_on_call(const Notice& draft, const std::vector<Channel>& channels, std::size_t people);
  void say(Notice notice, std::string why);
  Notice draft(NoticeKind kind, const TookOver* other = nullptr) const;
  // What the notices of this turn say of an outage.
  void speak_of_outage(std::string text, Instant expected_end) {
    outage_text_ = std::move(text);
    outage_until_ = expected_end;
  }

 private:
  void ring(Promise promise, Instant scheduled, AlertReason reason, Duration elapsed, std::string why);

  const Procedure& procedure_;
  const Facts& facts_;
  Case case_;
  Instant now_;
  std::string by_ = "desk";
  std::string outage_text_;
  Instant outage_until_;
  Decision decision_;
  std::vector<NoticeFate> held_back_;
};

// The rules, one file for each kind of signal.
void client_wrote(Turn& turn, const EmailReceived& email);
void client_texted(Turn& turn, const SmsReceived& sms);
void client_called(Turn& turn, const CallReceived& call);
void client_reported(Turn& turn, const Reported& report);
Status agent_acted(Turn& turn, const AgentActed& act);
void notice_ended(Turn& turn, const NoticeFate& fate);
void alarm_rang(Turn& turn);
Status told_of_outage(Turn& turn, const OutageTold& told);
void offer(Turn& turn, const MailOffered& found);
void alert_came(Turn& turn, const AlertCame& alert);
void alert_stays_over(Turn& turn);  // so long that it counts

void open_case(Turn& turn, Channel channel, const Party& client, const std::string& subject, Instant sent_at,
               bool email_missing);

void send_answer(Turn& turn, Action action, const std::string& text, std::vector<Channel> channels);

}  // namespace hejnal::core

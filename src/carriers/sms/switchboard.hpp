// Several gateways in order of preference, as one way out for SMS: failover, budgets, costs, health.
//
// An SMS goes to the first gateway; when that one certainly has not taken it, to the next, and the reason of
// each switch is told (SendResult::text, the log). When it *may* have left, it stays with the gateway if that
// one recognises a repeat; otherwise an alert goes on to the next gateway (rather twice than never), and
// anything else is left for a person to decide (uncertain). What a number refuses is not tried elsewhere.
//
// What was given to a gateway before (Outgoing::gateway) goes to that one again, and to no other, unless it
// is an alert.
//
// A gateway that has failed rests for a while: it is asked last.
//
// Thread-safe: send() is called by the outbox, answers come on the threads of the HttpCaller.
#pragma once

#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "carriers/sms/gateway.hpp"
#include "ports/clock.hpp"
#include "ports/dispatcher.hpp"

namespace hejnal::carriers {

struct Tariff {
  std::int64_t price = 0;        // of one segment, in hundredths of the company's currency
  std::int64_t monthly_cap = 0;  // in the same; 0: none
};

struct SwitchboardSettings {
  int per_number = 20,
      total = 1000;  // automatic SMS in an hour; alerts to the on-call person are not held back
};

struct GatewayHealth {
  std::string name, state, detail;  // state: ok, degraded, failing
};

class Switchboard final : public ports::Dispatcher {
 public:
  struct Line {
    std::unique_ptr<Gateway> gateway;
    Tariff tariff;
  };
  struct Watch {
    // What a gateway has cost in a month ("2026-11"), to be kept over a restart: said before an SMS is given
    // to it (and before `note`), and again when it has not taken it. Called under a lock; must not call back.
    std::function<void(const std::string& gateway, const std::string& month, std::int64_t spent)> keep;
    std::function<void(const std::string& words)> log;
    // An item of the outbox (0: of no outbox; `key` names it) is about to be given to this gateway: to be
    // written down first, so that after a crash the right one is asked. `then` says whether that was
    // possible.
    std::function<void(std::int64_t item, const std::string& key, const std::string& gateway,
                       std::function<void(bool)> then)>
        note;
  };

  Switchboard(SwitchboardSettings settings, std::vector<Line> lines, ports::Clock& clock, Watch watch);

  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;

  Gateway* find(std::string_view name);  // null: there is none
  // What earlier runs have spent.
  void set_spent(std::string_view gateway, const std::string& month, std::int64_t spent);
  void count_refused_call(std::string_view gateway,
                          const std::string& why);  // a webhook that was not believed
  void count_received(std::string_view gateway);
  std::vector<GatewayHealth> health();
  // An automatic SMS that an earlier run has sent in the last hour: budgets outlive a restart.
  void count_sent(const std::string& to, Instant at);
  // The gateways to which the same SMS may be given again after a crash without harm.
  std::vector<std::string> recognising_repeats() const;
  struct Counts {
    std::string name;
    std::int64_t sent = 0, received = 0, refused_calls = 0;
  };
  std::vector<Counts> counts();
  std::string month() const;

 private:
  struct State {
    Instant resting_until;
    std::string trouble;  // empty: the last SMS was taken
    bool ours = false;    // the trouble needs somebody
    std::int64_t sent = 0, received = 0, refused_calls = 0;
    std::string month, refused_why;
    std::int64_t spent = 0;  // in `month`
  };
  struct Attempt;

  void ask(const ports::Outgoing& outgoing, const std::function<void(ports::SendResult)>& done);
  void try_next(const std::shared_ptr<Attempt>& attempt);
  void heard(const std::shared_ptr<Attempt>& attempt, std::size_t line, const ports::SmsResult& result);
  std::string over_budget(const std::string& to, Instant now);
  void give_back(const Attempt& attempt);
  void pay(std::size_t line, int segments);  // fewer than none: it was not taken
  std::int64_t& spent_now(std::size_t line);
  void say(const std::string& words) const;

  const SwitchboardSettings settings_;
  const std::vector<Line> lines_;
  ports::Clock& clock_;
  const Watch watch_;
  std::mutex mutex_;
  std::vector<State> states_;
  std::deque<std::pair<Instant, std::string>> lately_;  // automatic SMS of the last hour
};

}  // namespace hejnal::carriers

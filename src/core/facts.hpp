// What the world looks like at the moment of a decision, put together by the desk. Those facts that mattered
// are written into the entries, so a replay needs none of this.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "core/entry.hpp"

namespace hejnal::core {

struct OnCall {
  std::string name, email, phone;
};

struct Facts {
  bool failure_open = false;                 // no all-clear
  std::vector<OnCall> on_call;               // in the order in which they are told
  bool sms_available = true;                 // a gateway is configured
  std::string automatic_budget;              // empty: automatic mail may leave; else why it may not
  std::vector<std::string> over_budget;      // clients of merged cases to whom none may leave
  std::vector<std::string> sms_stopped;      // numbers of this case's clients that have sent STOP
  std::vector<std::string> sms_over_budget;  // ... that have had enough automatic SMS for now
  std::string known_phone;  // a number that is surely the client's, where the case itself knows none
  // For a case that is being opened (`token` also for one that gets a new link):
  CaseNumber number = 0;
  std::string short_code, token;
  std::vector<CaseNumber> candidates;
  std::vector<Suggestion> suggestions;
  CaseNumber mentions = 0;  // a case that it speaks of but may not join
  // An open outage that a new report looks like; and what is said of it, or of the one that the case has to
  // do with already.
  OutageId like_outage = 0;
  std::string outage_text;
  // For absorbing a merged case: what it still owed.
  struct Other {
    CaseNumber number = 0;
    std::string class_name;
    std::optional<Instant> react_due, answer_due;
    bool failure_open = false;  // failure_open() of that case
    OutageId outage = 0;        // that it belongs to
    bool acknowledged = false;
    bool email_missing = false;
    std::optional<Instant> email_came_at;
    Party client;
    std::vector<TookOver> clients;  // clients_of() that case
    std::vector<Alerted> alerts = {};
  };
  std::optional<Other> other;
};

}  // namespace hejnal::core

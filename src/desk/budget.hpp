// How much automatic mail may leave in an hour: for each address, for each case, and in total. Kept in
// memory; after a restart the desk counts again what the store says was said in this hour.
// Alerts to the person on call are not counted here: budgets may delay or bundle an alert, never silence it.
#pragma once

#include <string>
#include <unordered_map>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::desk {

struct BudgetLimits {
  int per_address = 20, per_case = 10, total = 1000;  // in an hour
};

class Budget {
 public:
  explicit Budget(BudgetLimits limits) : limits_(limits) {}

  // Empty: one more may leave. Otherwise why not, as a sentence for the journal.
  std::string refusal(const std::string& address, core::CaseNumber number, Instant now);
  void spend(const std::string& address, core::CaseNumber number, Instant now);
  // What was spent in work that is undone.
  void give_back(const std::string& address, core::CaseNumber number);

 private:
  void new_hour(Instant now);

  BudgetLimits limits_;
  std::int64_t hour_ = 0;
  int total_ = 0;
  std::unordered_map<std::string, int> addresses_;  // emptied every hour, so bounded by `total`
  std::unordered_map<core::CaseNumber, int> cases_;
};

}  // namespace hejnal::desk

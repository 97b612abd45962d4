#include "desk/budget.hpp"

#include <fmt/core.h>

namespace hejnal::desk {

void Budget::new_hour(Instant now) {
  const std::int64_t hour = now.ms / 3'600'000;
  if (hour == hour_) return;
  hour_ = hour;
  total_ = 0;
  addresses_.clear();
  cases_.clear();
}

std::string Budget::refusal(const std::string& address, core::CaseNumber number, Instant now) {
  new_hour(now);
  if (total_ >= limits_.total)
    return fmt::format("the budget of {} automatic mails an hour is used up", limits_.total);
  if (const auto a = addresses_.find(address); a != addresses_.end() && a->second >= limits_.per_address) {
    return fmt::format("{} has had {} automatic mails this hour", address, a->second);
  }
  if (const auto c = cases_.find(number); number != 0 && c != cases_.end() && c->second >= limits_.per_case) {
    return fmt::format("this case has caused {} automatic mails this hour", c->second);
  }
  return {};
}

void Budget::spend(const std::string& address, core::CaseNumber number, Instant now) {
  new_hour(now);
  ++total_;
  ++addresses_[address];
  ++cases_[number];
}

void Budget::give_back(const std::string& address, core::CaseNumber number) {
  if (total_ > 0) --total_;
  if (const auto a = addresses_.find(address); a != addresses_.end() && a->second > 0) --a->second;
  if (const auto c = cases_.find(number); c != cases_.end() && c->second > 0) --c->second;
}

}  // namespace hejnal::desk

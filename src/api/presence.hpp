// Who looks at a case just now, or writes in it. Kept in memory only and forgotten after kStays without a
// word: it is for the eyes of colleagues, decides nothing and stands in no journal. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::api {

class Presence {
 public:
  static constexpr Duration kStays = 30s;

  enum class State { looking, typing };
  struct Person {
    std::string who;
    State state = State::looking;
    Instant since, until;
  };

  // Without a state: gone. True when others see a difference; to say the same again only lengthens it.
  bool set(core::CaseNumber number, const std::string& who, std::optional<State> state, Instant now);
  std::vector<Person> in(core::CaseNumber number, Instant now) const;  // by name

 private:
  static constexpr std::size_t kCasesMax = 10'000, kPeopleMax = 50;
  void forget_old(Instant now);

  mutable std::mutex mutex_;
  std::map<core::CaseNumber, std::map<std::string, Person>> cases_;
};

}  // namespace hejnal::api

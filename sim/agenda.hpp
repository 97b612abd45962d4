// What will happen in the world, by time; what was planned first happens first among equals.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <queue>
#include <vector>

#include "base/instant.hpp"

namespace hejnal::sim {

class Agenda {
 public:
  void at(Instant when, std::function<void()> what) { events_.push({when, ++planned_, std::move(what)}); }
  std::optional<Instant> next() const {
    return events_.empty() ? std::nullopt : std::optional(events_.top().when);
  }
  std::function<void()> take() {
    std::function<void()> what = std::move(const_cast<Event&>(events_.top()).what);  // it is popped at once
    events_.pop();
    return what;
  }

 private:
  struct Event {
    Instant when;
    std::uint64_t order;
    std::function<void()> what;
    bool operator<(const Event& other) const {
      return std::pair(when, order) > std::pair(other.when, other.order);
    }
  };
  std::priority_queue<Event> events_;
  std::uint64_t planned_ = 0;
};

}  // namespace hejnal::sim

// What has changed, for those who watch: the last 1,000 changes with ever growing ids. Thread-safe.
// Published after the commit, so whoever is told can read it.
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

#include "core/types.hpp"

namespace hejnal::desk {

struct Change {
  std::uint64_t id = 0;
  core::CaseNumber number = 0;
  std::string what;  // "opened", "changed", "message", "notice"
};

class Events {
 public:
  void publish(std::vector<Change> changes);  // ids are given here
  // Changes after `last_id`; `lost` when some of them are not remembered any more: read everything anew.
  std::vector<Change> after(std::uint64_t last_id, std::size_t limit, bool& lost) const;
  std::uint64_t last_id() const;
  void on_publish(std::function<void()> wake);  // called after each publish, on the publishing thread

 private:
  mutable std::mutex mutex_;
  std::deque<Change> changes_;
  std::uint64_t last_id_ = 0;
  std::function<void()> wake_;
};

}  // namespace hejnal::desk

// A store with somebody watching: passes everything on to the real one, and tells the watcher what a
// transaction has decided, just before the commit and just after it. The watcher may throw at either place:
// that is a process that dies there. Nothing is told of what was rolled back.
#pragma once

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "ports/store.hpp"

namespace hejnal::sim {

// One decision as it was written.
struct WrittenTurn {
  // What the case is after it, as far as anybody here asks.
  struct After {
    core::CaseNumber number = 0;
    core::State state = core::State::fresh;
    std::optional<Instant> alarm;
    bool owes_a_reaction = false;
    int notices = 0, step = 1;
    std::int64_t entries = 0;
    std::string class_name;
  } after;
  Instant at;
  std::vector<core::Entry> entries;
};

class StoreWatcher {
 public:
  virtual ~StoreWatcher() = default;
  virtual void before_commit(const std::vector<WrittenTurn>& turns) = 0;
  virtual void after_commit(std::vector<WrittenTurn> turns) = 0;
  virtual void commit_failed(std::vector<WrittenTurn> turns) = 0;
};

std::unique_ptr<ports::Store> watched(std::unique_ptr<ports::Store> store, StoreWatcher& watcher);

}  // namespace hejnal::sim

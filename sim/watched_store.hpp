// A store with somebody watching: passes everything on to the real one, and tells the watcher what a
// transaction has decided, just before the commit and just after it. The watcher may throw at either place:
// that is a process that dies there. Nothing is told of what was rolled back.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "ports/store.hpp"

namespace hejnal::sim {

// One decision as it was written.
struct WrittenTurn {
  core::Case after;
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

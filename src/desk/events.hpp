// What has changed, for those who watch: the last 1,000 changes with ever growing ids. Thread-safe.
// Published after the commit, so whoever is told can read it.
//
// Nothing of it outlives the process. So that an id of an earlier run is never taken for one of this run, ids
// begin behind a number that no earlier run can have reached (epoch_of a start).
#pragma once

#include <cstdint>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::desk {

struct Change {
  std::uint64_t id = 0;
  core::CaseNumber number = 0;
  std::string what;  // "opened", "changed", "message", "notice", "presence", "outage", "callback", "report"
  std::int64_t of = 0;  // of the last three: which
};

class Events {
 public:
  // The ids of a process that has started now. A million changes a millisecond would reach the next one's.
  static std::uint64_t epoch_of(Instant start) { return static_cast<std::uint64_t>(start.ms) << 20; }

  explicit Events(std::uint64_t epoch = 0) : epoch_(epoch), last_id_(epoch) {}

  void publish(std::vector<Change> changes);  // ids are given here
  // Changes after `last_id` (0: all that are remembered). `lost`, and none, when some of them are not
  // remembered any more, or the id is not of this run: read everything anew.
  std::vector<Change> after(std::uint64_t last_id, std::size_t limit, bool& lost) const;
  std::uint64_t last_id() const;
  // Called after each publish and revocation, on the thread that does it.
  void on_publish(std::function<void()> wake);

  // A token was revoked, and that is committed: who watches with it is to hear no more.
  void revoke(const std::string& token);
  // How many revocations there were; to be asked before the token is looked up, and kept for revoked().
  std::uint64_t revocations() const;
  bool revoked(const std::string& token, std::uint64_t since) const;

 private:
  mutable std::mutex mutex_;
  std::deque<Change> changes_;
  const std::uint64_t epoch_;
  std::uint64_t last_id_;
  std::function<void()> wake_;
  std::uint64_t revocations_ = 0;
  std::uint64_t all_revoked_ = 0;  // whoever has watched since before is to come again
  std::unordered_map<std::string, std::uint64_t> revoked_;  // the last revocation of a name
};

}  // namespace hejnal::desk

// Looks through the whole database once, on a thread of its own, soon after the server has begun to listen:
// the start itself has only looked at samples of a large one (store/sqlite/keeper.hpp). Damage makes the
// channel `database` failing and is said on stderr; the server goes on, because each mail that it still can
// store is one that is not lost, and the next start refuses.
#pragma once

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

#include "api/api.hpp"
#include "base/result.hpp"

namespace hejnal::app {

class Inspector {
 public:
  explicit Inspector(std::string path);
  ~Inspector();  // does not wait for the end of the check

  api::ChannelHealth health() const;

 private:
  void loop();

  std::string path_;
  mutable std::mutex mutex_;
  std::condition_variable wake_;
  std::atomic<bool> stopping_ = false;
  bool finished_ = false;
  Status found_, records_;
  std::thread thread_;
};

}  // namespace hejnal::app

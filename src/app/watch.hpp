// Looks every second whether the ground on which everything stands is still there: the store takes commits,
// the database is the file that it was, the clock has not gone back. Says each change once, and tells the
// health page.
#pragma once

#include <condition_variable>
#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "api/api.hpp"
#include "app/clock.hpp"
#include "app/database_file.hpp"
#include "desk/ledger.hpp"

namespace hejnal::app {

class Watch {
 public:
  using Say = std::function<void(const std::string&)>;
  Watch(DatabaseFile file, desk::Ledger& ledger, OffsetClock& clock, Say say);
  ~Watch();

  std::vector<api::ChannelHealth> troubles() const;  // as they are now; thread-safe

 private:
  struct Trouble {
    const char* channel;
    const char* state;
    std::string detail;
  };
  void loop();
  std::vector<Trouble> look() const;

  const DatabaseFile file_;
  desk::Ledger& ledger_;
  OffsetClock& clock_;
  const Say say_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hejnal::app

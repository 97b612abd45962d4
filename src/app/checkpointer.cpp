#include "app/checkpointer.hpp"

#include <sys/stat.h>

#include "base/instant.hpp"
#include "base/thread_name.hpp"
#include "store/sqlite/keeper.hpp"

namespace hejnal::app {

namespace {
constexpr Duration kPause = 250ms;
constexpr std::int64_t kWorthIt =
    8 << 20;  // bytes; a log that has grown once keeps its size, so this is looked at once
constexpr int kPasses = 5;
constexpr std::int64_t kLong = 4000;  // pages; a log that is shorter than this may go on
constexpr std::int64_t kNear = 1000;  // pages, which the writer moves in a millisecond or two
}  // namespace

Checkpointer::~Checkpointer() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Checkpointer::loop() {
  name_this_thread("hejnal-log");
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kPause, [this] { return stopping_; })) {
    lock.unlock();
    if (changed()) shorten();
    lock.lock();
  }
}

void Checkpointer::shorten() {
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto log = store::sqlite::checkpoint(path_);
    if (!log || log->pages < kLong) return;  // busy or broken: the next commit tells, not we
    if (log->pages - log->moved < kNear) {
      ask_writer_();
      return;
    }
  }
}

bool Checkpointer::changed() {
  struct stat log {};
  if (::stat((path_ + "-wal").c_str(), &log) != 0 || log.st_size < kWorthIt) return false;
  const std::int64_t written = std::int64_t{log.st_mtim.tv_sec} * 1'000'000'000 + log.st_mtim.tv_nsec;
  return std::exchange(last_written_, written) != written;
}

}  // namespace hejnal::app

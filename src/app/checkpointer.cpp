#include "app/checkpointer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.hpp"
#include "base/thread_name.hpp"
#include "store/sqlite/keeper.hpp"

namespace hejnal::app {

namespace {
constexpr Duration kPause = 250ms;
constexpr std::int64_t kWorthIt = 8 << 20;    // bytes
constexpr std::int64_t kTooLong = 256 << 20;  // not even a writer without a pause may have more
constexpr std::int64_t kPageBytes = 4096;
constexpr int kPasses = 5;
constexpr std::int64_t kNear = 1000;  // pages, which the writer moves in a few milliseconds
}  // namespace

Checkpointer::~Checkpointer() {
  stop();
  if (file_ >= 0) ::close(file_);
}

void Checkpointer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Checkpointer::loop() {
  name_this_thread("hejnal-log");
  give_way();
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kPause, [this] { return stopping_; })) {
    lock.unlock();
    // A sync beside it makes a commit wait: better when nobody writes, or seldom.
    if (is_due()) shorten();
    lock.lock();
  }
}

void Checkpointer::shorten() {
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto log = store::sqlite::checkpoint(path_);
    sync();
    if (!log) return;  // busy or broken: the next commit tells, not we
    if (log->pages - log->moved < kNear) {
      ask_writer_();
      return;
    }
  }
}

// SQLite itself waits for the disk only when everything is moved, so all of that would be left to the writer.
void Checkpointer::sync() {
  if (file_ < 0) file_ = ::open(path_.c_str(), O_RDWR | O_CLOEXEC);
  if (file_ < 0) return;
  // The bytes first: a file system that has many of them still to place makes every sync beside it wait.
  ::sync_file_range(file_, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  ::fdatasync(file_);
}

bool Checkpointer::is_due() {
  struct stat log {};
  if (::stat((path_ + "-wal").c_str(), &log) != 0 || log.st_size < kWorthIt) return false;
  const std::int64_t written = std::int64_t{log.st_mtim.tv_sec} * 1'000'000'000 + log.st_mtim.tv_nsec;
  const bool quiet = written == last_written_;
  last_written_ = written;
  if (quiet) return std::exchange(last_moved_, written) != written;
  // A log that was long once keeps its size, so how much of it is in use only SQLite can tell.
  if (log.st_size < kTooLong) return false;
  const auto used = store::sqlite::checkpoint(path_);
  return used && used->pages * kPageBytes > kTooLong;
}

}  // namespace hejnal::app

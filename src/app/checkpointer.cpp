#include "app/checkpointer.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/instant.hpp"
#include "base/thread_name.hpp"
#include "store/sqlite/keeper.hpp"
#include "store/sqlite/log_vfs.hpp"

namespace hejnal::app {

namespace {
constexpr Duration kPause = 250ms;
constexpr Duration kSettling = 3s;  // after the start
constexpr std::int64_t kPageBytes = 4096;
constexpr std::int64_t kWorthIt = (8 << 20) / kPageBytes;  // pages
constexpr std::int64_t kTooLong =
    store::sqlite::kLaidOut / kPageBytes * 9 / 10;  // not even a writer without a pause may have more
constexpr int kPasses = 5;
constexpr std::int64_t kNear = 1000;  // pages, which the writer moves in a few milliseconds
}  // namespace

Checkpointer::~Checkpointer() {
  stop();
  for (const Held* held : {&database_, &log_, &index_}) {
    if (held->file >= 0) ::close(held->file);
  }
}

void Checkpointer::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

int Checkpointer::open(Held& held) const {
  if (held.file < 0) held.file = ::open((path_ + held.suffix).c_str(), O_RDWR | O_CLOEXEC);
  return held.file;
}

void Checkpointer::loop() {
  name_this_thread("hejnal-log");
  give_way();
  std::unique_lock lock(mutex_);
  wake_.wait_for(lock, kSettling, [this] { return stopping_; });
  while (!wake_.wait_for(lock, kPause, [this] { return stopping_; })) {
    lock.unlock();
    lay_out();
    // A sync beside it makes a commit wait: better when nobody writes, or seldom.
    if (is_due()) shorten();
    lock.lock();
  }
}

void Checkpointer::shorten() {
  for (int pass = 0; pass < kPasses; ++pass) {
    const auto log = store::sqlite::checkpoint(path_);
    sync(open(database_));
    if (!log) return;  // busy or broken: the next commit tells, not we
    if (log->pages - log->moved < kNear) {
      ask_writer_();
      return;
    }
  }
}

// SQLite itself waits for the disk only when everything is moved, so all of that would be left to the writer.
void Checkpointer::sync(int file) {
  if (file < 0) return;
  // The bytes first: a file system that has many of them still to place makes every sync beside it wait.
  ::sync_file_range(file, 0, 0, SYNC_FILE_RANGE_WRITE | SYNC_FILE_RANGE_WAIT_AFTER);
  ::fdatasync(file);
}

Checkpointer::File Checkpointer::log_file() const {
  struct stat log {};
  if (::stat((path_ + "-wal").c_str(), &log) != 0) return {};
  return {log.st_size, std::int64_t{log.st_mtim.tv_sec} * 1'000'000'000 + log.st_mtim.tv_nsec};
}

void Checkpointer::lay_out() {
  const File log = log_file();
  if (log.size >= store::sqlite::kLaidOut || log.size == no_more_) return;
  if (asked_) {
    asked_ = false;
    if (log.size == asked_at_) no_more_ = log.size;  // the disk has no room to spare
    sync(open(log_));                                // or the next commit would wait for it
  } else if (log.written == last_written_) {
    asked_ = true;
    asked_at_ = log.size;
    ask_writer_();
  }
}

bool Checkpointer::is_due() {
  const std::int64_t written = log_file().written;
  const bool quiet = written == std::exchange(last_written_, written);
  const std::int64_t pages = store::sqlite::log_of(open(index_)).pages;
  if (!quiet) return pages > kTooLong;
  return pages > kWorthIt && std::exchange(last_moved_, written) != written;
}

}  // namespace hejnal::app

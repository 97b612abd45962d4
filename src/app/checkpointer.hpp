// Keeps the write-ahead log short, off the commit path: a thread of its own moves pages to where they belong.
// It never catches up with a writer that does not pause, so when it is near, it asks the writer to move the
// last few itself; then the log begins anew at its start, in space that the disk has given already. That
// space is laid out some seconds after the start, when nobody writes (store/sqlite/log_vfs.hpp).
//
// It has the database, its log and the log's index open beside SQLite. When a process closes any descriptor
// of a file, POSIX takes away all its locks on that file, SQLite's, too; another program that then looked
// into the database would believe itself alone there, begin the index anew under the server and take the log
// away. So they are closed by the destructor alone, and that is to be called after the last connection has
// been closed.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

namespace hejnal::app {

class Checkpointer {
 public:
  // `ask_writer` is called on the checkpointer's thread and must not wait.
  Checkpointer(std::string path, std::function<void()> ask_writer)
      : path_(std::move(path)), ask_writer_(std::move(ask_writer)), thread_([this] { loop(); }) {}
  ~Checkpointer();

  void stop();  // ends the thread

 private:
  void loop();
  void shorten();
  void lay_out();
  // One of the three, which stays open; -1: it cannot be opened.
  struct Held {
    const char* suffix;
    int file = -1;
  };
  int open(Held& held) const;
  static void sync(int file);
  struct File {
    std::int64_t size = 0, written = 0;  // bytes; its time of change
  };
  File log_file() const;
  bool is_due();

  const std::string path_;
  const std::function<void()> ask_writer_;
  std::mutex mutex_;
  std::condition_variable wake_;
  bool stopping_ = false;
  Held database_{""}, log_{"-wal"}, index_{"-shm"};
  std::int64_t last_written_ = 0, last_moved_ = 0;  // the log's times of change
  bool asked_ = false;                              // the writer, to lay out more of the log
  std::int64_t asked_at_ = 0, no_more_ = 0;         // sizes of the log
  std::thread thread_;
};

}  // namespace hejnal::app

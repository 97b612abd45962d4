// Keeps the write-ahead log short, off the commit path: a thread of its own moves pages to where they belong.
// It never catches up with a writer that does not pause, so when it is near, it asks the writer to move the
// last few itself; then the log begins anew at its start, in space that the disk has given already. That
// space is laid out some seconds after the start, when nobody writes (store/sqlite/log_vfs.hpp).
#pragma once

#include <condition_variable>
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

 private:
  void loop();
  void shorten();
  void lay_out();
  static void sync(const std::string& path);
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
  std::int64_t last_written_ = 0, last_moved_ = 0;  // the log's times of change
  bool asked_ = false;                              // the writer, to lay out more of the log
  std::int64_t asked_at_ = 0, no_more_ = 0;         // sizes of the log
  std::thread thread_;
};

}  // namespace hejnal::app

// One io_context on one thread, "hejnal-net". All servers of the process live on it; coroutines never
// migrate, so that code in `net` needs no lock for what only this thread touches.
//
// An IoThread must outlive the servers that use it: they are stopped first, then the thread. Tasks that are
// still queued when the thread stops are dropped unrun.
#pragma once

#include <functional>
#include <memory>

namespace hejnal::net {

struct IoCore;  // detail/io.hpp

class IoThread {
 public:
  IoThread();   // the thread runs
  ~IoThread();  // stop()
  IoThread(const IoThread&) = delete;
  IoThread& operator=(const IoThread&) = delete;

  void post(std::function<void()> task);  // thread-safe; `task` must not block
  void stop();                            // waits for the thread; not from the thread itself
  const std::shared_ptr<IoCore>& core() const { return core_; }

 private:
  std::shared_ptr<IoCore> core_;
};

}  // namespace hejnal::net

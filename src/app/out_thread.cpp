#include "app/out_thread.hpp"

#include "base/thread_name.hpp"

namespace hejnal::app {

namespace {
const ports::SendResult kShuttingDown{ports::SendResult::Outcome::try_later, 0,
                                      "the server is shutting down"};
}

void OutThread::send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiting_.push_back({std::move(outgoing), std::move(done), {}});
      done = nullptr;
    }
  }
  if (done) {
    done(kShuttingDown);
  } else {
    wake_.notify_one();
  }
}

void OutThread::post(std::function<void()> work) {
  {
    const std::lock_guard lock(mutex_);
    if (!stopping_) {
      waiting_.push_back({{}, {}, std::move(work)});
      work = nullptr;
    }
  }
  if (work) {
    work();
  } else {
    wake_.notify_one();
  }
}

void OutThread::loop() {
  name_this_thread("hejnal-out");
  give_way();
  std::unique_lock lock(mutex_);
  for (;;) {
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Item item = std::move(waiting_.front());
    waiting_.pop_front();
    const bool late = stopping_;
    lock.unlock();
    if (item.work) {
      item.work();
    } else if (late) {
      item.done(kShuttingDown);
    } else {
      next_.send(std::move(item.outgoing), std::move(item.done));
    }
    lock.lock();
  }
}

void OutThread::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace hejnal::app

// Threads of their own for work that blocks, such as a transfer by curl: a bounded queue in front of them,
// and an end in good order. Internal to net.
//
// Threads: `threads` of them, named "NAME-1" and so on. push() may be called on any thread and never blocks;
// stop() on any but these, and as often as one likes. Each job that was taken is run or refused exactly once,
// outside of the lock.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/thread_name.hpp"

namespace hejnal::net {

template <class Job>
class WorkQueue {
 public:
  // What one thread does; made on it, and gone before it ends.
  struct Worker {
    virtual ~Worker() = default;
    virtual void run(Job job) = 0;
    virtual void refuse(Job job) = 0;  // it had not begun when the queue was stopped
    virtual void rest() {}             // no job has come for `rest_after`; once, until the next one
  };
  using Hire = std::function<std::unique_ptr<Worker>()>;

  struct Options {
    std::string name;
    std::size_t threads = 1;
    std::size_t longest = 1000;             // jobs that wait
    Duration rest_after = Duration::max();  // never
  };

  WorkQueue(Options options, Hire hire) : options_(std::move(options)), hire_(std::move(hire)) {
    for (std::size_t number = 1; number <= options_.threads; ++number) {
      threads_.emplace_back([this, number] {
        name_this_thread(options_.name + "-" + std::to_string(number));
        work(*hire_());
      });
    }
  }
  ~WorkQueue() { stop(0ms); }

  // False: it is full or stopping, and the job stays the caller's.
  bool push(Job&& job) {
    {
      const std::lock_guard lock(mutex_);
      if (stopping_ || waiting_.size() >= options_.longest) return false;
      waiting_.push_back(std::move(job));
    }
    changed_.notify_one();
    return true;
  }

  // What waits is refused; what runs may go on for up to `grace` and is then told to end (cut()). Returns
  // when the threads have ended.
  void stop(Duration grace) {
    {
      std::unique_lock lock(mutex_);
      stopping_ = true;
      changed_.notify_all();
      changed_.wait_for(lock, grace, [this] { return running_ == 0 && waiting_.empty(); });
      cut_ = true;
    }
    for (std::thread& thread : threads_) {
      if (thread.joinable()) thread.join();
    }
  }

  // For who works: true when he is to end at once.
  const std::atomic<bool>& cut() const { return cut_; }

 private:
  void work(Worker& worker) {
    bool rested = options_.rest_after == Duration::max();
    std::unique_lock lock(mutex_);
    const auto ready = [this] { return stopping_ || !waiting_.empty(); };
    for (;;) {
      if (rested) {
        changed_.wait(lock, ready);
      } else if (!changed_.wait_for(lock, options_.rest_after, ready)) {
        lock.unlock();
        worker.rest();
        rested = true;
        lock.lock();
        continue;
      }
      if (waiting_.empty()) return;  // stopping
      Job job = std::move(waiting_.front());
      waiting_.pop_front();
      ++running_;
      const bool late = stopping_;
      lock.unlock();
      if (late) {
        worker.refuse(std::move(job));
      } else {
        worker.run(std::move(job));
        rested = options_.rest_after == Duration::max();
      }
      lock.lock();
      --running_;
      changed_.notify_all();  // stop() may wait for it
    }
  }

  const Options options_;
  const Hire hire_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Job> waiting_;
  std::size_t running_ = 0;
  bool stopping_ = false;
  std::atomic<bool> cut_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hejnal::net

// A thread of its own for the way out, so that the ledger only hands things over.
#pragma once

#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <thread>

#include "ports/dispatcher.hpp"

namespace hejnal::app {

class OutThread final : public ports::Dispatcher {
 public:
  explicit OutThread(ports::Dispatcher& next) : next_(next), thread_([this] { loop(); }) {}
  ~OutThread() override { stop(); }

  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;
  // Something else that must not hold up who calls. Done here and now when the thread has stopped.
  void post(std::function<void()> work);
  // What waits is given back (try_later), and so is everything that comes later.
  void stop();

 private:
  struct Item {
    ports::Outgoing outgoing;
    std::function<void(ports::SendResult)> done;
    std::function<void()> work;  // instead of both
  };
  void loop();

  ports::Dispatcher& next_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Item> waiting_;  // bounded by how many the ledger hands over before it has heard of them
  bool stopping_ = false;
  std::thread thread_;
};

}  // namespace hejnal::app

// What net's own files share: the io_context behind IoThread, the gate that owns coroutines, the watchdog
// that ends waits. Internal to net: includes Asio.
#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <condition_variable>
#include <functional>
#include <limits>
#include <memory>
#include <mutex>
#include <thread>

#include "base/instant.hpp"

namespace hejnal::net {

namespace asio = boost::asio;
using SteadyTime = std::chrono::steady_clock::time_point;

// co_await async_x(..., kAwait) gives a tuple that begins with the error code, and never throws. Mind g++ 12:
// no lambda with captures inside an expression with co_await (it is destroyed twice).
inline constexpr asio::as_tuple_t<asio::use_awaitable_t<>> kAwait{};

struct IoCore {
  asio::io_context io{1};
  asio::executor_work_guard<asio::io_context::executor_type> work{io.get_executor()};
  std::thread thread;
};

// Milliseconds of the monotonic clock, on the scale of the sessions' deadlines. Not the time of day.
inline Instant monotonic_now() {
  return {std::chrono::duration_cast<std::chrono::milliseconds>(
              std::chrono::steady_clock::now().time_since_epoch())
              .count()};
}

// Counts the coroutines of one server, so that it can wait until the last one has ended.
class Gate {
 public:
  void enter();
  void leave();
  bool wait_empty(Duration longest);  // false: some are still inside

 private:
  std::mutex mutex_;
  std::condition_variable empty_;
  int inside_ = 0;
};

// Calls `bark` when something takes too long. Moving the due time forward costs nothing: the timer looks
// again when it fires. Lives inside its owner, on the io thread.
class Watchdog {
 public:
  Watchdog(const asio::any_io_executor& executor, std::function<void()> bark)
      : timer_(executor), bark_(std::move(bark)) {}

  void guard(std::weak_ptr<void> owner) { owner_ = std::move(owner); }  // before the first expect
  void expect_within(Duration time) { expect_before(std::chrono::steady_clock::now() + time); }
  void expect_before(SteadyTime due);
  void expect_before(Instant due);  // of monotonic_now()
  void rest() { due_ = kNever; }
  bool barked() const { return barked_; }
  void forgive() { barked_ = false; }

 private:
  static constexpr SteadyTime kNever = SteadyTime::max();
  void arm();
  void fired();

  asio::steady_timer timer_;
  std::function<void()> bark_;
  std::weak_ptr<void> owner_;
  SteadyTime due_ = kNever;
  SteadyTime armed_ = kNever;
  bool barked_ = false;
};

}  // namespace hejnal::net

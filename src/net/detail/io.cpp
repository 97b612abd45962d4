#include "net/detail/io.hpp"

namespace hejnal::net {

void Gate::enter() {
  const std::lock_guard lock(mutex_);
  ++inside_;
}

void Gate::leave() {
  const std::lock_guard lock(mutex_);
  if (--inside_ == 0) empty_.notify_all();
}

bool Gate::wait_empty(Duration longest) {
  std::unique_lock lock(mutex_);
  return empty_.wait_for(lock, longest, [this] { return inside_ == 0; });
}

void Watchdog::expect_before(SteadyTime due) {
  due_ = due;
  if (due_ < armed_) arm();
}

void Watchdog::expect_before(Instant due) {
  if (due.ms == std::numeric_limits<std::int64_t>::max()) return rest();
  expect_before(SteadyTime(std::chrono::milliseconds(due.ms)));
}

void Watchdog::arm() {
  armed_ = due_;
  timer_.expires_at(due_);
  timer_.async_wait([this, owner = owner_](const boost::system::error_code& error) {
    const std::shared_ptr<void> alive = owner.lock();
    if (alive && !error) fired();
  });
}

void Watchdog::fired() {
  armed_ = kNever;
  if (due_ == kNever) return;
  if (std::chrono::steady_clock::now() < due_) return arm();
  due_ = kNever;
  barked_ = true;
  bark_();
}

}  // namespace hejnal::net

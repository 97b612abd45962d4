// The real clock, which a sandbox may move on. It remembers the latest time that it has told, because the
// desk never goes back behind that: after a step backwards the desk stands still until the clock has caught
// up.
#pragma once

#include <array>
#include <atomic>
#include <utility>

#include "base/hash.hpp"
#include "ports/clock.hpp"

namespace hejnal::app {

class OffsetClock final : public ports::Clock {
 public:
  explicit OffsetClock(Duration offset = 0ms) : offset_ms_(offset.count()) {}
  Instant now() override {
    const Instant t = real() + Duration(offset_ms_.load());
    told(t);
    return t;
  }
  void told(Instant t) {  // also by an earlier run
    std::int64_t latest = latest_ms_.load();
    while (latest < t.ms && !latest_ms_.compare_exchange_weak(latest, t.ms)) {
    }
  }
  // How far the desk's time is ahead of the clock: not at all, usually.
  Duration behind() {
    const Instant t = now();
    return Duration(latest_ms_.load() - t.ms);
  }
  void jump_to(Instant t) { offset_ms_ = (t - real()).count(); }
  Duration offset() const { return Duration(offset_ms_.load()); }

 private:
  static Instant real() {
    return {
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
  std::atomic<std::int64_t> offset_ms_;
  std::atomic<std::int64_t> latest_ms_ = 0;
};

class SystemRandom final : public ports::Random {
 public:
  std::uint64_t next() override {
    if (used_ == fetched_.size()) {  // the system is asked for many at once: a call for each costs more
      fill_random(reinterpret_cast<char*>(fetched_.data()), sizeof fetched_);
      used_ = 0;
    }
    return std::exchange(fetched_[used_++], 0);
  }

 private:
  std::array<std::uint64_t, 64> fetched_{};
  std::size_t used_ = fetched_.size();
};

}  // namespace hejnal::app

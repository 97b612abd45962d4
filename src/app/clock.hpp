// The real clock, which a sandbox may move on.
#pragma once

#include <atomic>

#include "base/hash.hpp"
#include "ports/clock.hpp"

namespace hejnal::app {

class OffsetClock final : public ports::Clock {
 public:
  explicit OffsetClock(Duration offset = 0ms) : offset_ms_(offset.count()) {}
  Instant now() override { return real() + Duration(offset_ms_.load()); }
  void jump_to(Instant t) { offset_ms_ = (t - real()).count(); }
  Duration offset() const { return Duration(offset_ms_.load()); }

 private:
  static Instant real() {
    return {
        std::chrono::duration_cast<Duration>(std::chrono::system_clock::now().time_since_epoch()).count()};
  }
  std::atomic<std::int64_t> offset_ms_;
};

class SystemRandom final : public ports::Random {
 public:
  std::uint64_t next() override {
    std::uint64_t out = 0;
    fill_random(reinterpret_cast<char*>(&out), sizeof out);
    return out;
  }
};

}  // namespace hejnal::app

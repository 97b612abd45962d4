// Chance from one seed: xoshiro256**, seeded by splitmix64 (both by Blackman and Vigna, public domain). The
// same seed gives the same numbers on every machine. Each part of a world has dice of its own (fork), so that
// a change in one does not shift all others.
#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <span>

#include "base/instant.hpp"
#include "ports/clock.hpp"

namespace hejnal::sim {

class Dice final : public ports::Random {
 public:
  explicit Dice(std::uint64_t seed) {
    for (std::uint64_t& word : state_) {
      std::uint64_t z = (seed += 0x9e3779b97f4a7c15ULL);
      z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
      z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
      word = z ^ (z >> 31);
    }
  }

  std::uint64_t next() override {
    const std::uint64_t result = std::rotl(state_[1] * 5, 7) * 9;
    const std::uint64_t t = state_[1] << 17;
    state_[2] ^= state_[0];
    state_[3] ^= state_[1];
    state_[1] ^= state_[2];
    state_[0] ^= state_[3];
    state_[2] ^= t;
    state_[3] = std::rotl(state_[3], 45);
    return result;
  }

  Dice fork() { return Dice(next()); }
  std::uint64_t below(std::uint64_t n) { return n == 0 ? 0 : next() % n; }
  std::int64_t between(std::int64_t from, std::int64_t to) {  // both included
    return from + static_cast<std::int64_t>(below(static_cast<std::uint64_t>(to - from + 1)));
  }
  Duration between(Duration from, Duration to) { return Duration(between(from.count(), to.count())); }
  bool chance(int per_mille) { return below(1000) < static_cast<std::uint64_t>(per_mille); }
  template <class T>
  const T& pick(std::span<const T> list) {
    return list[below(list.size())];
  }

 private:
  std::array<std::uint64_t, 4> state_{};
};

}  // namespace hejnal::sim

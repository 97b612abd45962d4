// How often a password may be tried. Thread-safe; time is a parameter.
//
// A lock that strangers can close is a way to keep people out, so nothing here locks an account. Each try
// fills buckets that empty by themselves: one for the account from this network, one for the network, and one
// for the account from everywhere. Strangers who try from many networks fill the last one; then a network
// that has got nothing wrong of late still has one try, from a bucket of the account's own: guessing on takes
// a new network for each password, and the account's owner, who knows hers, gets in from anywhere. Who has so
// many networks that this one is always full, too, meets the second factor: with a code at once a clean
// network is let through, and whoever then has no password *and* code learns only that it was not right. A
// browser in which somebody has signed in to this account before (it has a device cookie, see gate.hpp) has a
// bucket of its own instead of these three: whatever strangers do, its owner gets in. That is the scheme of
// OWASP's "slow down online guessing attacks with device cookies".
//
// It is forgotten at a restart, and when there are too many to be remembered.
#pragma once

#include <cstddef>
#include <mutex>
#include <string>
#include <unordered_map>

#include "base/instant.hpp"

namespace hejnal::api {

struct Try {
  std::string account;     // the name as it is compared, also of somebody unknown
  std::string network;     // empty: unknown, because a proxy says so that is not trusted
  std::string device;      // empty: not one that is known to be the account's
  bool with_code = false;  // of the second factor, whether the account has one or not
};

enum class Passed { no, yes, if_factor };  // if_factor: good only with a second factor that the account has

struct Turn {
  Duration wait{0};  // of `no`: until when
  Passed passed = Passed::yes;
};

class SignInLimits {
 public:
  // What may be tried is counted as one that failed.
  Turn turn(const Try& one, Instant now);
  // Zero: it may be tried. Otherwise when it may be.
  Duration begin(const Try& one, Instant now) { return turn(one, now).wait; }
  void undo(const Try& one, Instant now);       // it was no guess after all
  void succeeded(const Try& one, Instant now);  // and what this person had got wrong before is forgotten

  static constexpr std::size_t kRemembered = 20'000;  // of each kind
  std::size_t remembered() const;

 private:
  struct Kind {
    int size;         // so many at once
    Duration refill;  // and then one in this time
  };
  static constexpr Kind kPair{5, 3min}, kNetwork{30, 2min}, kAccount{10, 5min}, kDevice{10, 2min},
      kSpare{30, 20s};

  struct Bucket {
    Duration level{0};  // how long until it is empty
    Instant at;
  };
  struct Buckets {
    std::unordered_map<std::string, Bucket> all;
    Duration wait(const std::string& key, Kind kind, Instant now) const;
    void fill(const std::string& key, Kind kind, Instant now);
    void take_back(const std::string& key, Kind kind, Instant now);
  };
  bool goes_by_device(const Try& one, Instant now) const;
  bool is_clean(const Try& one, Instant now) const;

  mutable std::mutex mutex_;
  Buckets pairs_, networks_, accounts_, devices_, spares_;
};

}  // namespace hejnal::api

#include "api/signin/limits.hpp"

#include <algorithm>

namespace hejnal::api {

namespace {

std::string pair_of(const std::string& a, const std::string& b) { return a + '\n' + b; }

}  // namespace

Duration SignInLimits::Buckets::wait(const std::string& key, Kind kind, Instant now) const {
  const auto found = all.find(key);
  if (found == all.end()) return 0ms;
  const Duration passed = std::max(now - found->second.at, Duration(0));  // clocks step back
  const Duration level = std::max(found->second.level - passed, Duration(0));
  return std::max(level + kind.refill - kind.size * kind.refill, Duration(0));
}

void SignInLimits::Buckets::fill(const std::string& key, Kind kind, Instant now) {
  if (all.size() >= kRemembered && !all.contains(key)) {
    std::erase_if(all, [&](const auto& one) { return one.second.at + one.second.level <= now; });
    if (all.size() >= kRemembered) all.erase(all.begin());
  }
  Bucket& bucket = all[key];
  const Duration passed = std::max(now - bucket.at, Duration(0));
  bucket.level = std::max(bucket.level - passed, Duration(0)) + kind.refill;
  bucket.at = std::max(now, bucket.at);
}

void SignInLimits::Buckets::take_back(const std::string& key, Kind kind, Instant now) {
  const auto found = all.find(key);
  if (found == all.end()) return;
  const Duration passed = std::max(now - found->second.at, Duration(0));
  found->second.level = std::max(found->second.level - passed - kind.refill, Duration(0));
  found->second.at = std::max(now, found->second.at);
  if (found->second.level == 0ms) all.erase(found);
}

bool SignInLimits::goes_by_device(const Try& one, Instant now) const {
  return !one.device.empty() && devices_.wait(pair_of(one.account, one.device), kDevice, now) == 0ms;
}

// Nothing was got wrong from there: not of this account, nor of any other.
bool SignInLimits::is_clean(const Try& one, Instant now) const {
  const auto is_empty = [&](const Buckets& buckets, const std::string& key) {
    const auto found = buckets.all.find(key);
    return found == buckets.all.end() || found->second.at + found->second.level <= now;
  };
  return !one.network.empty() && is_empty(pairs_, pair_of(one.account, one.network)) &&
         is_empty(networks_, one.network);
}

Turn SignInLimits::turn(const Try& one, Instant now) {
  const std::lock_guard lock(mutex_);
  if (goes_by_device(one, now)) {
    devices_.fill(pair_of(one.account, one.device), kDevice, now);
    return {};
  }
  // A known browser that has guessed too often is a stranger for a while.
  const std::string pair = pair_of(one.account, one.network);
  Duration wait = pairs_.wait(pair, kPair, now);
  if (!one.network.empty()) wait = std::max(wait, networks_.wait(one.network, kNetwork, now));
  const Duration account_wait = accounts_.wait(one.account, kAccount, now);
  const bool is_spare = account_wait > 0ms && is_clean(one, now);
  const Duration spare_wait = is_spare ? spares_.wait(one.account, kSpare, now) : 0ms;
  const bool if_factor = spare_wait > 0ms && one.with_code;
  if (!if_factor) wait = std::max(wait, is_spare ? spare_wait : account_wait);
  if (wait > 0ms) return {wait, Passed::no};
  pairs_.fill(pair, kPair, now);
  if (!is_spare) {
    accounts_.fill(one.account, kAccount, now);
  } else if (!if_factor) {
    spares_.fill(one.account, kSpare, now);
  }
  if (!one.network.empty()) networks_.fill(one.network, kNetwork, now);
  return {0ms, if_factor ? Passed::if_factor : Passed::yes};
}

void SignInLimits::undo(const Try& one, Instant now) {
  const std::lock_guard lock(mutex_);
  // Where it was counted is not known any more when it was the device's last try: taken back there, it harms
  // nobody.
  if (!one.device.empty()) return devices_.take_back(pair_of(one.account, one.device), kDevice, now);
  pairs_.take_back(pair_of(one.account, one.network), kPair, now);
  accounts_.take_back(one.account, kAccount, now);
  if (!one.network.empty()) networks_.take_back(one.network, kNetwork, now);
}

void SignInLimits::succeeded(const Try& one, Instant now) {
  undo(one, now);
  const std::lock_guard lock(mutex_);
  // What strangers have got wrong in the same network stays.
  if (!one.device.empty()) {
    devices_.all.erase(pair_of(one.account, one.device));
  } else {
    pairs_.all.erase(pair_of(one.account, one.network));
  }
}

std::size_t SignInLimits::remembered() const {
  const std::lock_guard lock(mutex_);
  return std::max({pairs_.all.size(), networks_.all.size(), accounts_.all.size(), devices_.all.size(),
                   spares_.all.size()});
}

}  // namespace hejnal::api

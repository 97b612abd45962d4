// A press that has the exchange ring is not repeated by accident: by a second press, a browser that tries
// again, or a colleague. Kept in memory only. Thread-safe.
#pragma once

#include <map>
#include <mutex>
#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "core/types.hpp"

namespace hejnal::api {

class RingOnce {
 public:
  static constexpr Duration kWait = 30s;

  // Before the exchange is asked. Fails with conflict when it was asked for the same callback within kWait,
  // unless it is to ring again.
  Status begin(core::CallbackId id, Instant now, bool again);
  void failed(core::CallbackId id);  // it does not ring: the next press may

 private:
  std::mutex mutex_;
  std::map<core::CallbackId, Instant> asked_;
};

}  // namespace hejnal::api

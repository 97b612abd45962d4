#include "api/ring_once.hpp"

namespace hejnal::api {

Status RingOnce::begin(core::CallbackId id, Instant now, bool again) {
  const std::lock_guard lock(mutex_);
  std::erase_if(asked_, [&](const auto& one) { return now - one.second >= kWait; });
  if (const auto found = asked_.find(id); found != asked_.end() && !again)
    return fail(Fault::conflict, "the exchange was asked to ring {} s ago; \"again\": true rings once more",
                (now - found->second) / 1s);
  asked_[id] = now;
  return {};
}

void RingOnce::failed(core::CallbackId id) {
  const std::lock_guard lock(mutex_);
  asked_.erase(id);
}

}  // namespace hejnal::api

// Telephone exchanges call in (carriers/phone/hooks.hpp): asks the desk, and answers after its commit, so a
// call that was rejected is one that is kept. On the network thread; a request that cannot be taken in is
// answered with 503, and the exchange's own rule for that decides.
#pragma once

#include "carriers/phone/hooks.hpp"
#include "desk/ledger.hpp"
#include "ports/http.hpp"

namespace hejnal::app {

class PhoneHooks {
 public:
  PhoneHooks(carriers::phone::HookSettings settings, desk::Ledger& ledger)
      : settings_(std::move(settings)), ledger_(ledger) {}

  static bool wants(const ports::Request& request) {
    return request.path.starts_with(carriers::phone::kHooks);
  }
  void answer(const ports::Request& request, ports::Reply reply);

 private:
  carriers::phone::HookSettings settings_;
  desk::Ledger& ledger_;
};

}  // namespace hejnal::app

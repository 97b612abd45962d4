// Between the ledger and the carriers: a letter becomes a mail here, when it leaves, and its bytes come back
// with the result to be kept. Thread-safe as far as the carrier behind it is.
#pragma once

#include "ports/dispatcher.hpp"

namespace hejnal::carriers {

class ComposingDispatcher final : public ports::Dispatcher {
 public:
  ComposingDispatcher(const ports::Composer& composer, ports::Dispatcher& next)
      : composer_(composer), next_(next) {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;

 private:
  const ports::Composer& composer_;
  ports::Dispatcher& next_;
};

}  // namespace hejnal::carriers

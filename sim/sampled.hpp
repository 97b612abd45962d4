// Between the ledger and the carriers of a simulated server: one letter in 256 becomes a mail as in
// production (ComposingDispatcher), and its bytes are kept and are part of the digest. Of the others only the
// envelope is made. Writing a mail costs more than everything that the desk does about it, the bytes are a
// pure function of the letter, which is in the digest whole, and nobody in the simulation reads them.
//
// Which letter it is follows from its Message-ID, so it is the same one after a crash and on every store.
// Where somebody reads the mails (two_sided/), every one of them is written out: one in 1.
#pragma once

#include "carriers/email/composer.hpp"
#include "carriers/email/composing.hpp"

namespace hejnal::sim {

class SampledDispatcher final : public ports::Dispatcher {
 public:
  SampledDispatcher(const carriers::EmailComposer& composer, ports::Dispatcher& next, unsigned one_in)
      : composer_(composer), next_(next), composing_(composer, next), one_in_(one_in) {}
  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;

 private:
  const carriers::EmailComposer& composer_;
  ports::Dispatcher& next_;
  carriers::ComposingDispatcher composing_;
  unsigned one_in_;
};

// One in so many, by a name that is as good as chance.
bool is_sample(std::string_view name, unsigned one_in);

}  // namespace hejnal::sim

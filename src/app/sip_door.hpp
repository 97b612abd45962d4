// Calls by SIP (carriers/phone/sip.hpp): asks the desk, and answers after its commit, so a call that was
// rejected, redirected or given up is one that is kept. What cannot be kept is answered with 503, and the
// trunk's own rule for that decides. On the SIP thread; the ledger's answers come on the ledger's.
#pragma once

#include <atomic>
#include <memory>

#include "carriers/phone/sip.hpp"
#include "desk/ledger.hpp"
#include "ports/clock.hpp"
#include "ports/sip.hpp"
#include "ports/world.hpp"

namespace hejnal::app {

class SipDoor final : public ports::SipHandler {
 public:
  // How many calls got which answer.
  struct Answers {
    std::int64_t rejected = 0, redirected = 0, hung_up = 0, not_kept = 0;
  };

  // `world` is told of each call in a sandbox; else nullptr.
  SipDoor(carriers::phone::SipSettings settings, carriers::phone::FloodLimits limits, desk::Ledger& ledger,
          ports::Clock& clock, ports::World* world)
      : settings_(std::move(settings)), guard_(limits), ledger_(ledger), clock_(clock), world_(world) {}

  std::optional<ports::SipAnswer> refuse(const ports::SipInvite& invite) override;
  void invited(ports::SipInvite invite, ports::SipReply reply) override;
  void hung_up(ports::SipInvite invite, ports::SipReply reply) override;

  // Thread-safe.
  Answers answers() const { return {rejected_, redirected_, hung_up_, not_kept_}; }
  carriers::phone::FloodGuard::Counts turned_away() const { return {by_caller_, by_address_, by_total_}; }

 private:
  struct Call;
  void ask(ports::SipInvite invite, ports::SipReply reply, bool is_over);

  const carriers::phone::SipSettings settings_;
  carriers::phone::FloodGuard guard_;  // the SIP thread's
  desk::Ledger& ledger_;
  ports::Clock& clock_;
  ports::World* const world_;
  std::atomic<std::int64_t> rejected_ = 0, redirected_ = 0, hung_up_ = 0, not_kept_ = 0;
  std::atomic<std::int64_t> by_caller_ = 0, by_address_ = 0, by_total_ = 0;
};

}  // namespace hejnal::app

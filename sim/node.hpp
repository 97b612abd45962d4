// One server as production runs it, without sockets and without threads: the real desk and ledger on a store,
// whose disk is in memory (disk.hpp). It can die at any moment and be started again on what its disk has
// kept.
//
// Who drives it calls step() until it says false, moves the clock, and so on. When a watcher or a carrier
// throws (see StoreWatcher), the exception leaves through step(): the caller then calls die().
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "carriers/email/composer.hpp"
#include "carriers/email/intake.hpp"
#include "carriers/words/templates.hpp"
#include "desk/ledger.hpp"
#include "sim/disk.hpp"
#include "sim/virtual_clock.hpp"
#include "sim/watched_store.hpp"

namespace hejnal::sim {

// The desk of DECISIONS 32, under the built-in Polish procedure.
struct House {
  std::string address = "pomoc@wsparcie.example", critical_address = "awaria@wsparcie.example";
  std::string zone = "Europe/Warsaw", sms_number = "+48600000000";
  std::vector<core::OnCall> on_call = {{"Dyżur", "dyzur@wsparcie.example", "+48600000001"}};
  std::string delimiter;  // see ComposerSettings
  desk::BudgetLimits budget;
  unsigned written_out = 256;  // one letter in so many becomes the bytes of a mail (sampled.hpp)
};

class Node {
 public:
  Node(House house, std::unique_ptr<Disk> disk, VirtualClock& clock, ports::Random& random,
       ports::Dispatcher& carrier, StoreWatcher& watcher);
  ~Node();

  Status start();                // conflict when it runs already
  void die(std::uint64_t seed);  // kill -9 and a power cut in one; `seed` as in Disk::crash
  bool running() const { return life_ != nullptr; }
  int lives() const { return lives_; }  // how often it was started; results of an earlier life are nobody's

  desk::Desk& desk();
  desk::Ledger& ledger();
  Disk& disk() { return *disk_; }
  const carriers::IntakeSettings& intake() const { return intake_; }
  const carriers::EmailComposer& composer() const { return composer_; }
  const core::Procedure& procedure() const { return procedure_; }

 private:
  struct Life;

  House house_;
  std::unique_ptr<Disk> disk_;
  VirtualClock& clock_;
  ports::Random& random_;
  ports::Dispatcher& carrier_;
  StoreWatcher& watcher_;
  core::Procedure procedure_;
  carriers::IntakeSettings intake_;
  std::optional<carriers::Templates> wording_;
  carriers::EmailComposer composer_;
  std::unique_ptr<Life> life_;
  int lives_ = 0;
};

}  // namespace hejnal::sim

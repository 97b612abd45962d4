// The world that a simulated desk lives in: time, what is planned, one server, its weather. Clients, agents
// and carriers act through it.
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "sim/agenda.hpp"
#include "sim/crash.hpp"
#include "sim/laws.hpp"
#include "sim/node.hpp"
#include "sim/random.hpp"
#include "sim/weather.hpp"

namespace hejnal::sim {

class World final : public StoreWatcher {
 public:
  World(std::uint64_t seed, House house, StoreKind kind, ports::Dispatcher& carrier);

  ~World() override;

  // -- time
  Instant now() const { return clock.real; }
  void after(Duration delay, std::function<void()> what) { agenda.at(now() + delay, std::move(what)); }
  void run_until(Instant target);  // ends early when a law is broken
  bool idle();                     // nothing planned, and nothing due on the desk

  // -- the server
  // Runs one job on the desk, to its commit. Empty when the server is down or dies meanwhile: nobody has an
  // answer.
  std::optional<Status> ask(desk::Ledger::Work work);
  bool dies(int per_100000) { return faults && dice.below(100'000) < static_cast<std::uint64_t>(per_100000); }
  void on_change(std::function<void(const WrittenTurn&)> told) { told_ = std::move(told); }
  void stop_faults();

  VirtualClock clock;
  Dice dice, desk_dice;  // the world's, and those that the desk draws its codes with
  Weather weather;
  bool faults = true, disk_faults = true;
  Agenda agenda;
  Laws laws;
  Node node;
  std::int64_t signals = 0;

 private:
  void before_commit(const std::vector<WrittenTurn>& turns) override;
  void after_commit(std::vector<WrittenTurn> turns) override;
  void commit_failed(std::vector<WrittenTurn> turns) override;

  void start();
  void settle();
  void die();
  std::optional<Instant> next_on_desk();
  void plan_troubles();

  std::function<void(const WrittenTurn&)> told_;
  std::optional<Instant> store_ill_until_;
  int commits_ = 0;  // since the log was last moved to the database
};

}  // namespace hejnal::sim

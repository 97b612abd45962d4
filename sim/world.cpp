#include "sim/world.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>

#include "base/check.hpp"
#include "config/procedure_file.hpp"

namespace hejnal::sim {

namespace {

constexpr Instant kBeginning{1'795'392'000'000};  // 2026-11-23T00:00Z, a Monday

constexpr int kCommitsBetweenTidying = 200;

std::string disk_name(std::uint64_t seed) {
  static std::atomic<int> worlds = 0;
  return fmt::format("seed-{}-{}", seed, ++worlds);
}

}  // namespace

World::World(std::uint64_t seed, House house, StoreKind kind, ports::Dispatcher& carrier)
    : dice(seed),
      desk_dice(dice.fork()),
      weather(weather_of(dice)),
      laws(house.budget, config::builtin_procedure("pl")->rules.email_missing_after),
      node(house, make_disk(kind, disk_name(seed)), clock, desk_dice, carrier, *this) {
  clock.real = kBeginning;
  start();
  plan_troubles();
}

World::~World() = default;

void World::before_commit(const std::vector<WrittenTurn>&) {
  if (dies(weather.dies_before_commit)) throw Crash();
}

void World::after_commit(std::vector<WrittenTurn> turns) {
  ++commits_;
  for (const WrittenTurn& turn : turns) {
    laws.committed(turn);
    if (told_) told_(turn);
  }
  if (dies(weather.dies_after_commit)) throw Crash();
}

void World::commit_failed(std::vector<WrittenTurn> turns) { laws.unsure(std::move(turns)); }

void World::start() {
  if (node.running()) return;
  try {
    const Status started = node.start();
    if (!started) {
      node.die(dice.next());
      after(10s, [this] { start(); });
      return;
    }
    laws.restarted(node.desk().store());
  } catch (const Crash&) {
    node.die(dice.next());
    after(1s, [this] { start(); });
    return;
  }
  settle();
}

void World::die() {
  // Often a restart within a second, sometimes a night without a server.
  const Duration down = dice.chance(950) ? dice.between(Duration(1s), Duration(5min))
                                         : dice.between(Duration(1h), Duration(14h));
  node.die(dice.chance(500) ? 0 : dice.next());
  store_ill_until_.reset();
  after(down, [this] { start(); });
}

void World::settle() {
  if (!node.running() || store_ill_until_) return;
  try {
    while (node.ledger().step()) {
      if (node.ledger().health().last_commit) continue;
      store_ill_until_ = now() + 2s;  // as the ledger's own loop waits before it tries again
      return;
    }
    laws.at_rest(node.desk().now());
    if (commits_ > kCommitsBetweenTidying) {
      node.desk().store().tidy();
      commits_ = 0;
    }
  } catch (const Crash&) {
    die();
  }
}

std::optional<Status> World::ask(desk::Ledger::Work work) {
  if (!node.running()) return std::nullopt;
  std::optional<Status> answer;
  node.ledger().submit(std::move(work), [&answer](Status s) { answer = std::move(s); });
  store_ill_until_.reset();
  ++signals;
  settle();
  return answer;
}

std::optional<Instant> World::next_on_desk() {
  if (!node.running()) return std::nullopt;
  if (store_ill_until_) return store_ill_until_;
  const auto next = node.desk().next_event();
  if (!next) return now() + 2s;                                    // the disk cannot be read
  if (!*next || **next <= node.desk().now()) return std::nullopt;  // due, and waiting for a carrier's answer
  return std::max(**next - clock.error, now());
}

void World::run_until(Instant target) {
  while (laws.violations().empty()) {
    const auto planned = agenda.next(), due = next_on_desk();
    Instant next = target + Duration(1);
    if (planned) next = std::min(next, *planned);
    if (due) next = std::min(next, *due);
    if (next > target) break;
    clock.real = std::max(clock.real, next);
    if (store_ill_until_ && *store_ill_until_ <= now()) store_ill_until_.reset();
    if (planned && *planned <= now()) {
      agenda.take()();
    }
    settle();
  }
  if (laws.violations().empty()) clock.real = std::max(clock.real, target);
}

bool World::idle() {
  if (agenda.next() || !node.running()) return false;
  const auto next = node.desk().next_event();
  return next && !*next;
}

void World::stop_faults() {
  faults = false;
  weather = calm(weather);
  node.disk().heal();
}

void World::plan_troubles() {
  after(24h, [this] {
    if (!faults) return;
    if (dice.chance(weather.disk_ill_a_day)) {
      after(dice.between(Duration(0), Duration(20h)), [this] {
        if (!faults) return;
        const auto n = dice.between(1, 200);
        const auto ill = dice.chance(500) ? Disk::Ill::io_error : Disk::Ill::disk_full;
        const bool stays = dice.chance(500);
        if (disk_faults) node.disk().fail_after(n, ill, stays);
        after(dice.between(Duration(1min), Duration(30min)), [this] { node.disk().heal(); });
      });
    }
    if (dice.chance(weather.clock_step_a_day)) {
      after(dice.between(Duration(0), Duration(20h)), [this] {
        if (faults) clock.error = dice.between(Duration(-90min), Duration(90min));
      });
    }
    plan_troubles();
  });
}

}  // namespace hejnal::sim

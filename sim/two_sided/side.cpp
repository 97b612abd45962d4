#include "sim/two_sided/side.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <atomic>

#include "config/procedure_file.hpp"

namespace hejnal::sim::two_sided {

namespace {

constexpr int kCommitsBetweenTidying = 200;
constexpr int kRingMax = 16;  // as app/reporting.cpp

std::string disk_name(int index) {
  static std::atomic<int> disks = 0;
  return fmt::format("side-{}-{}", index, ++disks);
}

}  // namespace

Side::Side(Scene& scene, int index, House house, StoreKind store, ports::Dispatcher& gate,
           reporter::Settings providers, Watch watch)
    : scene_(scene),
      index_(index),
      codes_(scene.dice.fork()),
      gate_(gate),
      providers_(std::move(providers)),
      watch_(std::move(watch)),
      node_(std::move(house), make_disk(store, disk_name(index)), clock_, codes_, gate, *this) {
  clock_.real = scene_.now;
}

Side::~Side() = default;

void Side::before_commit(const std::vector<WrittenTurn>&) {
  if (scene_.dies(scene_.weather.dies_before_commit)) throw Crash();
}

void Side::after_commit(std::vector<WrittenTurn> turns) {
  ++commits_;
  for (const WrittenTurn& turn : turns) watch_.turned(turn);
  if (scene_.dies(scene_.weather.dies_after_commit)) throw Crash();
}

// It may be on the disk all the same: whoever looks on takes it for done.
void Side::commit_failed(std::vector<WrittenTurn> turns) {
  for (const WrittenTurn& turn : turns) watch_.turned(turn);
}

void Side::start() {
  if (running()) return;
  trouble_ = scene_.now;
  try {
    if (!node_.start()) {
      node_.die(scene_.dice.next());
      scene_.after(10s, [this] { start(); });
      return;
    }
  } catch (const Crash&) {
    node_.die(scene_.dice.next());
    scene_.after(1s, [this] { start(); });
    return;
  }
  reporter_ = std::make_unique<reporter::Reporter>(
      reporter::Parts{node_.desk().store(), codes_, composer_,
                      [](const std::string& text) { return config::read_procedure(text, "old"); },
                      [this](core::ReportId id) { changed_.insert(id); }},
      providers_);
  nudged_ = true;
  taken_up_ = providers_.providers.empty();
  settle();
}

void Side::die() {
  const Duration down = scene_.chance(950) ? scene_.between(Duration(1s), Duration(5min))
                                           : scene_.between(Duration(1h), Duration(14h));
  reporter_.reset();
  heard_.clear();
  node_.die(scene_.chance(500) ? 0 : scene_.dice.next());
  ill_until_.reset();
  trouble_ = scene_.now;
  scene_.after(down, [this] { start(); });
}

std::optional<Status> Side::job(desk::Ledger::Work work) {
  if (!running()) return std::nullopt;
  std::optional<Status> answer;
  node_.ledger().submit(std::move(work), [&answer](Status s) { answer = std::move(s); });
  node_.ledger().step();
  if (!node_.ledger().health().last_commit) ill_until_ = scene_.now + 2s;
  if (ill_until_) trouble_ = scene_.now;
  return answer;
}

std::optional<Status> Side::ask(desk::Ledger::Work work) {
  if (!running()) return std::nullopt;
  std::optional<Status> answer;
  ill_until_.reset();
  nudged_ = true;
  try {
    answer = job(std::move(work));
  } catch (const Crash&) {
    die();
    return std::nullopt;
  }
  settle();
  return answer;
}

void Side::settle() {
  if (ill_until_ && *ill_until_ <= scene_.now) {
    ill_until_.reset();
    nudged_ = true;
  }
  if (!running() || ill_until_) return;
  try {
    for (bool busy = true; busy;) {
      busy = false;
      while (node_.ledger().step()) {
        if (node_.ledger().health().last_commit) continue;
        ill_until_ = scene_.now + 2s;  // as the ledger's own loop waits before it tries again
        trouble_ = scene_.now;
        return;
      }
      tell_of_changes();
      if (!providers_.providers.empty()) busy = round();
      if (ill_until_) return;
    }
    watch_.at_rest(*this);
    if (commits_ > kCommitsBetweenTidying) {
      node_.desk().store().tidy();
      commits_ = 0;
    }
  } catch (const Crash&) {
    die();
  }
}

bool Side::round() {
  if (asleep_until_ > scene_.now) return false;
  if (!taken_up_) {  // what was being handed over when the last run ended
    const auto done = job([this](desk::Desk& desk) { return reporter_->take_up(desk.now()); });
    taken_up_ = done && *done;
    if (!taken_up_) ill_until_ = scene_.now + 5s;
    return taken_up_;
  }
  if (heard_.empty() && !nudged_ && (!next_alarm_ || *next_alarm_ > clock_.now())) return false;
  const std::deque<Heard> heard = heard_;
  std::vector<reporter::Leaving> leaving;
  std::optional<Instant> next;
  const auto done = job([&](desk::Desk& desk) -> Status {
    leaving.clear();
    for (const Heard& one : heard) {
      const Status stored = one.asked ? reporter_->heard_when_asked(one.report, one.n, one.result, desk.now())
                                      : reporter_->sent(one.report, one.n, one.sum, one.result, desk.now());
      if (!stored && stored.error().fault == Fault::retry_later) return stored;
    }
    HEJNAL_TRY(leaving, reporter_->ring(desk.now(), kRingMax));
    HEJNAL_TRY(next, reporter_->next_alarm());
    return {};
  });
  nudged_ = false;
  if (!done || !*done) {
    nudged_ = true;
    ill_until_ = scene_.now + 5s;
    trouble_ = scene_.now;
    return false;
  }
  for (std::size_t i = 0; i < heard.size(); ++i) heard_.pop_front();
  next_alarm_ = next;
  tell_of_changes();
  const int life = node_.lives();
  for (reporter::Leaving& one : leaving) {
    const bool asked = one.outgoing.ask;
    gate_.send(std::move(one.outgoing),
               [this, life, report = one.report, n = one.n, sum = one.sum, asked](ports::SendResult result) {
                 if (!running() || node_.lives() != life) return;  // nobody is there any more
                 result.composed.reset();
                 heard_.push_back({report, n, sum, asked, std::move(result)});
               });
  }
  return true;
}

// What was committed, whether or not anybody had an answer.
void Side::tell_of_changes() {
  if (providers_.providers.empty()) return;
  for (const core::ReportId id : std::exchange(changed_, {})) {
    const auto r = node_.desk().store().reports().records().load(id);
    if (!r) {
      changed_.insert(id);  // the disk is ill
      continue;
    }
    if (r->exists()) watch_.reported(*this, *r);
  }
}

core::SentReport Side::report(core::ReportId id) {
  if (!running()) return {};
  const auto r = node_.desk().store().reports().records().load(id);
  return r ? *r : core::SentReport{};
}

std::optional<Instant> Side::next() {
  if (!running()) return std::nullopt;
  if (ill_until_) return ill_until_;
  std::optional<Instant> out;
  const auto earlier = [&](Instant t) {
    t = std::max(t, scene_.now);
    if (!out || t < *out) out = t;
  };
  const auto next = node_.desk().next_event();
  if (!next) return scene_.now + 2s;  // the disk cannot be read
  // What is due already waits for a carrier's answer.
  if (*next && **next > node_.desk().now()) earlier(**next - clock_.error);
  if (!providers_.providers.empty()) {
    if (!heard_.empty()) earlier(std::max(scene_.now, asleep_until_));
    if (next_alarm_) earlier(std::max(*next_alarm_ - clock_.error, asleep_until_));
  }
  return out;
}

Instant Side::troubled() {
  if (!running() || ill_until_ || node_.desk().now() > clock_.now() + 1s) trouble_ = scene_.now;
  return trouble_;
}

void Side::stop_faults() { node_.disk().heal(); }

void Side::plan_troubles() {
  scene_.after(24h, [this] {
    if (!scene_.faults) return;
    if (scene_.chance(scene_.weather.disk_ill_a_day)) {
      scene_.after(scene_.between(Duration(0), Duration(20h)), [this] {
        if (!scene_.faults) return;
        const auto ill = scene_.chance(500) ? Disk::Ill::io_error : Disk::Ill::disk_full;
        node_.disk().fail_after(scene_.dice.between(1, 200), ill, scene_.chance(500));
        trouble_ = scene_.now;
        scene_.after(scene_.between(Duration(1min), Duration(30min)), [this] {
          node_.disk().heal();
          trouble_ = scene_.now;
        });
      });
    }
    if (scene_.chance(scene_.weather.clock_step_a_day)) {
      scene_.after(scene_.between(Duration(0), Duration(20h)), [this] {
        if (!scene_.faults) return;
        clock_.error = scene_.between(Duration(-90min), Duration(90min));
        trouble_ = scene_.now;
      });
    }
    plan_troubles();
  });
}

}  // namespace hejnal::sim::two_sided

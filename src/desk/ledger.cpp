#include "desk/ledger.hpp"

#include <future>

#include "base/check.hpp"

namespace hejnal::desk {

namespace {

constexpr std::size_t kGroupMax = 128;
constexpr int kRingMax = 128;
constexpr int kInFlightMax = 32;  // notices handed over and not heard of yet
constexpr std::size_t kBusy = 8;  // jobs that wait
constexpr int kOutWhileBusy = 2;
constexpr Duration kSleepMax = 1h;

}  // namespace

Ledger::Ledger(Desk& desk, Events& events, ports::Dispatcher& dispatcher, std::size_t max_waiting)
    : desk_(desk), events_(events), dispatcher_(dispatcher), max_waiting_(max_waiting) {}

Ledger::~Ledger() { stop(); }

void Ledger::start() {
  thread_ = std::thread([this] { loop(); });
}

void Ledger::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

void Ledger::submit(Work work, Done done) {
  bool refused = false;
  {
    const std::lock_guard lock(mutex_);
    refused = stopping_ || waiting_.size() >= max_waiting_;
    if (!refused) waiting_.push_back({std::move(work), std::move(done), false});
  }
  if (refused) {
    done(fail(Fault::retry_later, "too much is waiting, or the server is shutting down"));
    return;
  }
  wake_.notify_one();
}

Status Ledger::run(Work work) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  submit(std::move(work), [&promise](Status status) { promise.set_value(std::move(status)); });
  return future.get();
}

Ledger::Health Ledger::health() const {
  const std::lock_guard lock(mutex_);
  return {last_commit_, waiting_.size(), commits_, jobs_};
}

void Ledger::loop() {
  for (;;) {
    std::deque<Job> group;
    {
      std::unique_lock lock(mutex_);
      if (waiting_.empty() && stopping_) break;
      bool alone = false;
      while (!waiting_.empty() && group.size() < kGroupMax && !alone) {
        alone = waiting_.front().alone;
        if (alone && !group.empty()) break;
        group.push_back(std::move(waiting_.front()));
        waiting_.pop_front();
      }
    }
    if (!group.empty() && group.front().alone) {
      const Status status = group.front().work(desk_);
      group.front().done(status);
      continue;
    }
    if (!group.empty() || due_now()) {
      run_group(std::move(group));
      continue;
    }
    const auto next = desk_.next_event();
    const Instant now = desk_.tick();
    Duration sleep = kSleepMax;
    if (!next) sleep = 1s;
    if (next && *next) sleep = std::min(sleep, std::max(**next - now, Duration(1)));
    const bool cannot_commit = !last_commit_;
    if (cannot_commit) sleep = std::min<Duration>(std::max<Duration>(sleep, 1s), 5s);
    std::unique_lock lock(mutex_);
    if (in_flight_ >= kInFlightMax && sleep < 50ms) sleep = 50ms;  // woken by the next result anyway
    wake_.wait_for(lock, sleep, [this] { return !waiting_.empty() || stopping_; });
  }
  const std::lock_guard lock(mutex_);
  stopped_ = true;
}

bool Ledger::stopping() const {
  const std::lock_guard lock(mutex_);
  return stopping_ || cut_advance_;
}

void Ledger::cut_advance() {
  const std::lock_guard lock(mutex_);
  cut_advance_ = true;
}

bool Ledger::due_now() {
  if (!last_commit_) return true;  // try again whether the store has recovered
  if (index_behind_) return true;
  const auto next = desk_.next_event();
  if (!next || !*next || **next > desk_.tick()) return false;
  const std::lock_guard lock(mutex_);
  if (in_flight_ < kInFlightMax) return true;
  const auto alarm = desk_.store().next_alarm();
  return alarm && *alarm && **alarm <= desk_.now();
}

bool Ledger::step() {
  std::deque<Job> group;
  {
    const std::lock_guard lock(mutex_);
    while (!waiting_.empty() && !waiting_.front().alone && group.size() < kGroupMax) {
      group.push_back(std::move(waiting_.front()));
      waiting_.pop_front();
    }
  }
  if (group.empty() && !due_now()) return false;
  run_group(std::move(group));
  return true;
}

void Ledger::run_group(std::deque<Job> jobs) {
  std::vector<Status> results(jobs.size());
  std::vector<ports::Outgoing> outgoing;
  desk_.tick();
  Status committed = desk_.store().begin();
  if (committed) {
    committed = run_jobs(jobs, results, outgoing);
    if (committed) committed = desk_.store().commit();
    if (!committed) {
      desk_.store().rollback();
      desk_.forget();
    }
  }
  {
    const std::lock_guard lock(mutex_);
    last_commit_ = committed;
    ++commits_;
    jobs_ += jobs.size();
    while (committed && !kept_results_.empty()) {
      waiting_.push_back(std::move(kept_results_.front()));
      kept_results_.pop_front();
    }
  }
  if (committed) {
    desk_.committed(events_);
  } else {
    outgoing.clear();
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (committed) {
      jobs[i].done(std::move(results[i]));
    } else {
      jobs[i].done(fail(Fault::retry_later, "it could not be stored: {}", committed.error().what));
    }
  }
  hand_over(std::move(outgoing));
}

Status Ledger::run_jobs(std::deque<Job>& jobs, std::vector<Status>& results,
                        std::vector<ports::Outgoing>& outgoing) {
  ports::Store& store = desk_.store();
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    HEJNAL_TRY_VOID(store.savepoint());
    const Desk::Mark before = desk_.mark();
    results[i] = jobs[i].work(desk_);
    if (results[i]) {
      HEJNAL_TRY_VOID(store.release());
    } else {
      const bool store_is_ill = results[i].error().fault == Fault::retry_later;
      store.rollback_to_savepoint();
      desk_.undo(before);
      if (store_is_ill) return results[i];
    }
  }
  HEJNAL_TRY(const int rung, desk_.ring(kRingMax));
  int room = 0;
  {
    const std::lock_guard lock(mutex_);
    room = stopping_ ? 0 : kInFlightMax - in_flight_;
    // While mail pours in, what goes out yields, but never stands still.
    if (waiting_.size() + jobs.size() > kBusy) room = std::min(room, kOutWhileBusy);
  }
  if (room > 0) {
    HEJNAL_TRY(outgoing, desk_.take_outgoing(room));
  }
  // After a failure something is written even if nothing waits: only that shows whether the store has
  // recovered.
  if (!last_commit_) HEJNAL_TRY_VOID(store.set_setting("tried_at_ms", std::to_string(desk_.now().ms)));
  // The search index follows right behind: what the last group stored is indexed with this one.
  HEJNAL_TRY(const int indexed, store.index_some(static_cast<int>(kGroupMax) * 2));
  index_behind_ = indexed > 0;
  if (!jobs.empty() || rung > 0 || !outgoing.empty()) HEJNAL_TRY_VOID(desk_.before_commit());
  return {};
}

// Nobody tells it a second time, so what the store cannot take now is kept until it can.
Ledger::Job Ledger::result_job(std::int64_t item, ports::SendResult result) {
  return {[item, result](Desk& desk) { return desk.sent(item, result); },
          [this, item, result](const Status& done) {
            if (done || done.error().fault != Fault::retry_later) return;
            const std::lock_guard lock(mutex_);
            kept_results_.push_back(result_job(item, result));
          },
          false};
}

void Ledger::hand_over(std::vector<ports::Outgoing> outgoing) {
  {
    const std::lock_guard lock(mutex_);
    in_flight_ += static_cast<int>(outgoing.size());
  }
  for (ports::Outgoing& o : outgoing) {
    const std::int64_t item = o.item;
    dispatcher_.send(std::move(o), [this, item](ports::SendResult result) {
      {
        const std::lock_guard lock(mutex_);
        --in_flight_;
        // Results are taken even when much is waiting or the server is stopping: they must not be lost.
        if (!stopped_) waiting_.push_back(result_job(item, std::move(result)));
      }
      wake_.notify_one();
    });
  }
}

Status Ledger::advance(Duration by, const std::function<void(Instant)>& jump) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  const Work work = [this, by, &jump](Desk& desk) -> Status {
    const Instant target = desk.tick() + by;
    const auto settle_all = [this]() -> Status {
      for (int rounds = 0; step(); ++rounds) {
        if (!last_commit_) return last_commit_;
        if (stopping()) return fail(Fault::retry_later, "the server is shutting down");
        HEJNAL_CHECK(rounds < 1'000'000);
      }
      return {};
    };
    for (;;) {
      HEJNAL_TRY_VOID(settle_all());
      HEJNAL_TRY(const auto next, desk.next_event());
      if (!next || *next > target) break;
      jump(*next);
    }
    jump(target);
    return settle_all();
  };
  {
    const std::lock_guard lock(mutex_);
    if (stopping_) return fail(Fault::retry_later, "the server is shutting down");
    waiting_.push_back({work, [&promise](Status status) { promise.set_value(std::move(status)); }, true});
  }
  wake_.notify_one();
  return future.get();
}

}  // namespace hejnal::desk

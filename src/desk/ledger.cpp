#include "desk/ledger.hpp"

#include <future>

#include "base/check.hpp"
#include "base/thread_name.hpp"

namespace hejnal::desk {

namespace {

constexpr std::size_t kGroupMax = 128;
constexpr int kInFlightMax = 64;         // notices handed over and not heard of yet
constexpr std::size_t kResultsMax = 32;  // that wait for company
constexpr int kOutWithJobs = 16, kOutMax = 32;
constexpr int kRingMax = 64, kRingWithJobs = 32;
constexpr int kIndexMax = 64, kIndexLate = 4096, kIndexWithJobs = 64;
constexpr int kBusyGroupsMax = 8;  // after so many, what is not urgent gets its share all the same
constexpr Duration kMoment = 5ms;
constexpr Duration kSleepMax = 1h;

}  // namespace

Ledger::Ledger(Desk& desk, Events& events, ports::Dispatcher& dispatcher, std::size_t max_waiting)
    : desk_(desk), events_(events), dispatcher_(dispatcher), max_waiting_(max_waiting) {}

Ledger::~Ledger() { stop(); }

void Ledger::start() {
  thread_ = std::thread([this] {
    name_this_thread("hejnal-ledger");
    loop();
  });
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
  std::unique_lock lock(mutex_);
  if (stopping_ || waiting_.size() >= max_waiting_) {
    lock.unlock();
    done(fail(Fault::retry_later, "too much is waiting, or the server is shutting down"));
    return;
  }
  waiting_.push_back({std::move(work), std::move(done), false});
  lock.unlock();
  wake_.notify_one();
}

Status Ledger::run(Work work) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  submit(std::move(work), [&promise](Status status) { promise.set_value(std::move(status)); });
  return future.get();
}

void Ledger::tidy() {
  tidy_ = true;
  wake_.notify_one();
}

Ledger::Health Ledger::health() const {
  const std::lock_guard lock(mutex_);
  return {last_commit_, waiting_.size(), commits_, jobs_};
}

void Ledger::loop() {
  bool quiet = false;
  for (;;) {
    if (tidy_.exchange(false)) desk_.store().tidy();
    // While jobs come without a pause, each eighth group takes what else there is to do.
    Jobs jobs = take_jobs(quiet || busy_groups_ + 1 >= kBusyGroupsMax, true);
    if (!jobs.empty() && jobs.front().alone) {
      const Status status = jobs.front().work(desk_);
      jobs.front().done(status);
      continue;
    }
    if (jobs.empty() && ends_now()) return;
    const bool rings = alarm_due();
    pressed_ = !jobs.empty() || (pressed_ && !quiet);
    if (jobs.empty() && pressed_ && !rings && last_commit_) {
      quiet = wait();  // more mail is on its way: what is not urgent waits a moment
      continue;
    }
    const Share share = this->share(jobs.size(), quiet, rings);
    const bool try_again = !last_commit_ && quiet;  // only writing shows whether the store has recovered
    if (!jobs.empty() || try_again || (last_commit_ && (share.index > 0 || due_now()))) {
      run_group(std::move(jobs), share);
      quiet = false;
      continue;
    }
    quiet = wait();
  }
}

bool Ledger::ends_now() {
  const std::lock_guard lock(mutex_);
  stopped_ = stopping_ && waiting_.empty() && results_.empty();
  return stopped_;
}

bool Ledger::alarm_due() {
  const auto alarm = desk_.next_alarm();
  return alarm && *alarm && **alarm <= desk_.tick();
}

Ledger::Jobs Ledger::take_jobs(bool with_results, bool one_alone) {
  Jobs jobs;
  const std::lock_guard lock(mutex_);
  while (!waiting_.empty() && jobs.size() < kGroupMax) {
    const bool alone = waiting_.front().alone;
    if (alone && (!jobs.empty() || !one_alone)) break;
    jobs.push_back(std::move(waiting_.front()));
    waiting_.pop_front();
    if (alone) return jobs;
  }
  if (with_results || stopping_ || results_.size() >= kResultsMax) {
    for (; !results_.empty() && jobs.size() < 2 * kGroupMax; results_.pop_front())
      jobs.push_back(std::move(results_.front()));
  }
  return jobs;
}

Ledger::Share Ledger::share(std::size_t jobs, bool quiet, bool storm) {
  if (jobs == 0) {
    busy_groups_ = 0;
    // The index waits for a quiet moment; in a storm of alarms what goes out takes turns with what rings.
    const bool index = index_behind_ && (quiet || unindexed_ >= kIndexLate);
    return {kRingMax, std::min(room(), storm ? kOutWithJobs : kOutMax), index ? kIndexMax : 0};
  }
  // While mail comes in, what goes out yields, but never stands still.
  if (++busy_groups_ < kBusyGroupsMax) return {kRingWithJobs, 0, 0};
  busy_groups_ = 0;
  return {kRingWithJobs, std::min(room(), kOutWithJobs), unindexed_ >= kIndexLate ? kIndexWithJobs : 0};
}

int Ledger::room() const {
  const std::lock_guard lock(mutex_);
  return stopping_ ? 0 : std::max(kInFlightMax - in_flight_, 0);
}

bool Ledger::wait() {
  const auto next = room() > 0 ? desk_.next_event() : desk_.next_alarm();
  const Instant now = desk_.tick();
  Duration sleep = kSleepMax;
  if (!next) sleep = 1s;
  if (next && *next) sleep = std::min(sleep, std::max(**next - now, Duration(1)));
  std::unique_lock lock(mutex_);
  const bool brief = brief_ = pressed_ || index_behind_ || !results_.empty();
  if (brief) sleep = std::min(sleep, kMoment);
  if (!last_commit_) sleep = 1s;
  const bool had_room = in_flight_ < kInFlightMax;
  return !wake_.wait_for(lock, sleep, [&] {
    return !waiting_.empty() || stopping_ || tidy_ || results_.size() >= kResultsMax ||
           (!brief && !results_.empty()) || (!had_room && in_flight_ < kInFlightMax);
  });
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
  const auto next = room() > 0 ? desk_.next_event() : desk_.next_alarm();
  return next && *next && **next <= desk_.tick();
}

bool Ledger::step() {
  Jobs jobs = take_jobs(true, false);
  if (jobs.empty() && last_commit_ && !index_behind_ && !due_now()) return false;
  run_group(std::move(jobs), {kRingMax, room(), kIndexMax});
  return true;
}

void Ledger::run_group(Jobs jobs, Share share) {
  std::vector<Status> results(jobs.size());
  desk_.tick();
  Status committed = desk_.store().begin();
  if (committed) {
    committed = run_jobs(jobs, results, share);
    if (committed) committed = desk_.store().commit();
    if (!committed) {
      desk_.store().rollback();
      desk_.forget();
      index_behind_ = true;
    }
  }
  {
    const std::lock_guard lock(mutex_);
    last_commit_ = committed;
    ++commits_;
    jobs_ += jobs.size();
    for (; committed && !kept_results_.empty(); kept_results_.pop_front())
      results_.push_back(std::move(kept_results_.front()));
  }
  for (std::size_t i = 0; i < jobs.size(); ++i) {
    if (committed) {
      jobs[i].done(std::move(results[i]));
    } else {
      jobs[i].done(fail(Fault::retry_later, "it could not be stored: {}", committed.error().what));
    }
  }
  if (committed) desk_.committed(events_);
  hand_over(desk_.leaving());
}

Status Ledger::run_jobs(Jobs& jobs, std::vector<Status>& results, Share share) {
  ports::Store& store = desk_.store();
  HEJNAL_TRY_VOID(desk_.let_out(share.out));
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
  HEJNAL_TRY(const int rung, desk_.ring(share.ring));
  // After a failure something is written even if nothing waits: only that shows whether the store has
  // recovered.
  if (!last_commit_) HEJNAL_TRY_VOID(store.set_setting("tried_at_ms", std::to_string(desk_.now().ms)));
  unindexed_ += static_cast<int>(jobs.size()) + rung;
  index_behind_ = index_behind_ || unindexed_ > 0;
  if (share.index > 0) {
    HEJNAL_TRY(const int indexed, store.index_some(share.index));
    index_behind_ = indexed == share.index;
    unindexed_ = index_behind_ ? unindexed_ : 0;
  }
  if (!jobs.empty() || rung > 0 || desk_.mark().leaving > 0) HEJNAL_TRY_VOID(desk_.before_commit());
  return {};
}

// Nobody tells it a second time, so what the store cannot take now is kept until it can.
Ledger::Job Ledger::result_job(Desk::Handed handed, ports::SendResult result) {
  return {[handed, result](Desk& desk) { return desk.sent(handed, result); },
          [this, handed, result](const Status& done) {
            if (done || done.error().fault != Fault::retry_later) return;
            const std::lock_guard lock(mutex_);
            kept_results_.push_back(result_job(handed, result));
          },
          false};
}

void Ledger::hand_over(std::vector<ports::Outgoing> outgoing) {
  if (outgoing.empty()) return;
  {
    const std::lock_guard lock(mutex_);
    in_flight_ += static_cast<int>(outgoing.size());
  }
  for (ports::Outgoing& o : outgoing) {
    const Desk::Handed handed{o.item, o.notice.number, o.attempts, o.notice.channel == core::Channel::sms,
                              o.ask};
    dispatcher_.send(std::move(o), [this, handed](ports::SendResult result) {
      bool wakes = false;
      {
        const std::lock_guard lock(mutex_);
        --in_flight_;
        // Results are taken even when much is waiting or the server is stopping: they must not be lost.
        if (!stopped_) results_.push_back(result_job(handed, std::move(result)));
        // In a brief sleep they are seen soon enough.
        wakes =
            !brief_ || results_.size() >= kResultsMax || in_flight_ == kInFlightMax - 1 || in_flight_ == 0;
      }
      if (wakes) wake_.notify_one();
    });
  }
}

// Waits for those who have been given something to hand over; false: there is nobody.
bool Ledger::heard_something() {
  std::unique_lock lock(mutex_);
  wake_.wait(lock, [this] { return !results_.empty() || in_flight_ == 0; });
  return !results_.empty();
}

Status Ledger::advance(Duration by, const std::function<void(Instant)>& jump) {
  std::promise<Status> promise;
  auto future = promise.get_future();
  const Work work = [this, by, &jump](Desk& desk) -> Status {
    const Instant target = desk.tick() + by;
    const auto settle_all = [this]() -> Status {
      do {
        for (int rounds = 0; step(); ++rounds) {
          if (!last_commit_) return last_commit_;
          if (stopping()) return fail(Fault::retry_later, "the server is shutting down");
          HEJNAL_CHECK(rounds < 1'000'000);
        }
      } while (heard_something());
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

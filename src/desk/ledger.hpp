// The ledger: the one thread that writes. It takes everything that waits (at most 128 jobs) into one
// transaction and never waits for more: the more load, the bigger the group, the cheaper each job. When
// nothing waits it sleeps until the next alarm or attempt to send.
//
// Somebody waits for a job, so nothing else is done in its transaction that can be done after it: the search
// index and the results of sendings follow when it is quiet for a moment, or when much of it has piled up.
//
// A job runs inside a savepoint. One that fails is undone alone and told so; the others go on. When the
// commit itself fails, the whole group is told retry_later and nothing of it exists. `done` is called after
// the commit, on the ledger's thread: it must not block.
#pragma once

#include <atomic>
#include <condition_variable>
#include <deque>
#include <functional>
#include <mutex>
#include <string>
#include <thread>

#include "desk/desk.hpp"

namespace hejnal::desk {

class Ledger {
 public:
  using Work = std::function<Status(Desk&)>;
  using Done = std::function<void(Status)>;

  struct Health {
    Status last_commit;  // why the store does not take anything, if so
    std::size_t waiting = 0;
    std::uint64_t commits = 0, jobs = 0;
  };

  Ledger(Desk& desk, Events& events, ports::Dispatcher& dispatcher, std::size_t max_waiting = 20'000);
  ~Ledger();  // stops

  void start();
  // Refuses new jobs (retry_later), finishes those that wait, hands over nothing more, and ends the thread.
  void stop();

  // Thread-safe. Refused with retry_later when too many wait already or the ledger is stopping.
  void submit(Work work, Done done);
  Status run(Work work);  // waits; not to be called on the ledger's thread

  // Moves time on to `target`, every alarm and every sending on the way in order. `jump` sets the clock.
  // Sandbox only; waits. The dispatcher must finish inside send().
  Status advance(Duration by, const std::function<void(Instant)>& jump);

  void cut_advance();  // a long advance() ends soon, with retry_later; the first step of stopping

  // Soon, between two transactions, the store puts its own things in order (Store::tidy). Thread-safe.
  void tidy();

  Health health() const;

  // One round of everything that is due now, for drivers without the thread (the simulation): true when there
  // was something to do.
  bool step();

 private:
  struct Job {
    Work work;
    Done done;
    bool alone = false;  // runs between groups, outside of a transaction
  };
  using Jobs = std::deque<Job>;

  // How much of everything goes with a group, besides its jobs.
  struct Share {
    int ring = 0;   // cases
    int out = 0;    // notices of the outbox that are marked as leaving
    int index = 0;  // messages
  };

  void loop();
  bool wait();  // true: nothing new has come meanwhile
  bool ends_now();
  bool alarm_due();
  Jobs take_jobs(bool with_results, bool one_alone);
  Share share(std::size_t jobs, bool quiet, bool storm);
  void run_group(Jobs jobs, Share share);
  Status run_jobs(Jobs& jobs, std::vector<Status>& results, Share share);
  void hand_over(std::vector<ports::Outgoing> outgoing);
  Job result_job(Desk::Handed handed, ports::SendResult result);
  bool due_now();
  int room() const;  // how many notices may be handed over
  bool heard_something();
  bool stopping() const;

  Desk& desk_;
  Events& events_;
  ports::Dispatcher& dispatcher_;
  const std::size_t max_waiting_;

  mutable std::mutex mutex_;
  std::condition_variable wake_;
  Jobs waiting_;
  Jobs results_;       // of sendings: nobody waits for them
  Jobs kept_results_;  // that could not be stored: taken up after the next good commit
  bool stopping_ = false, stopped_ = false, cut_advance_ = false;
  Status last_commit_;
  std::uint64_t commits_ = 0, jobs_ = 0;
  std::atomic<bool> tidy_ = false;
  bool index_behind_ = true;
  int unindexed_ = 0;     // about how many messages have come since
  int busy_groups_ = 0;   // in a row
  bool pressed_ = false;  // the last group had jobs, a moment ago
  bool brief_ = false;    // sleeps for a moment at most, if it sleeps
  int in_flight_ = 0;     // handed to the dispatcher, not yet heard of
  std::thread thread_;
};

}  // namespace hejnal::desk

// Takes mail in: reads it on threads of its own, so that the ledger only decides, and answers after the
// commit. A small mail that comes alone is read on the caller's thread: to wake another one takes as long as
// to read it. Bounded: when too much waits, senders are told to keep their mail (retry_later).
#pragma once

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <vector>

#include "carriers/email/intake.hpp"
#include "desk/ledger.hpp"
#include "ports/mail.hpp"

namespace hejnal::app {

class ParsePool final : public ports::MailIntake {
 public:
  // Looks at each mail before the desk does, in the transaction: true when it is somebody else's.
  using First = std::function<Result<bool>(const ports::IncomingMail&, Instant now)>;

  ParsePool(desk::Ledger& ledger, carriers::IntakeSettings settings, int threads, First first = {});
  ~ParsePool() override;  // finishes what waits

  void accept(ports::Delivery delivery, std::function<void(Status)> done) override;

 private:
  struct Job {
    ports::Delivery delivery;
    std::function<void(Status)> done;
  };
  void work();
  void read(Job job);

  desk::Ledger& ledger_;
  const carriers::IntakeSettings settings_;
  const First first_;
  std::mutex mutex_;
  std::condition_variable wake_;
  std::deque<Job> waiting_;
  std::size_t waiting_bytes_ = 0;
  int reading_ = 0;  // threads that read
  bool stopping_ = false;
  std::vector<std::thread> threads_;
};

}  // namespace hejnal::app

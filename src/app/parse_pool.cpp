#include "app/parse_pool.hpp"

#include "base/text.hpp"
#include "base/thread_name.hpp"

namespace hejnal::app {

namespace {
constexpr std::size_t kWaitingMax = 1000;
constexpr std::size_t kWaitingBytesMax = 256u << 20;
constexpr std::size_t kSmall = 16u << 10;  // bytes: read in a fraction of a millisecond, whatever it holds
}  // namespace

ParsePool::ParsePool(desk::Ledger& ledger, carriers::IntakeSettings settings, int threads, First first)
    : ledger_(ledger), settings_(std::move(settings)), first_(std::move(first)) {
  for (int i = 0; i < threads; ++i) {
    threads_.emplace_back([this, i] {
      name_this_thread(fmt::format("hejnal-parse-{}", i + 1));
      work();
    });
  }
}

ParsePool::~ParsePool() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  for (std::thread& t : threads_) t.join();
}

void ParsePool::accept(ports::Delivery delivery, std::function<void(Status)> done) {
  std::unique_lock lock(mutex_);
  if (stopping_ || waiting_.size() >= kWaitingMax || waiting_bytes_ > kWaitingBytesMax) {
    lock.unlock();
    done(fail(Fault::retry_later, "too much mail is waiting, or the server is shutting down"));
    return;
  }
  if (waiting_.empty() && reading_ == 0 && delivery.bytes.size() <= kSmall) {
    lock.unlock();
    read({std::move(delivery), std::move(done)});
    return;
  }
  waiting_bytes_ += delivery.bytes.size();
  waiting_.push_back({std::move(delivery), std::move(done)});
  lock.unlock();
  wake_.notify_one();
}

void ParsePool::work() {
  for (;;) {
    std::unique_lock lock(mutex_);
    wake_.wait(lock, [this] { return stopping_ || !waiting_.empty(); });
    if (waiting_.empty()) return;
    Job job = std::move(waiting_.front());
    waiting_.pop_front();
    waiting_bytes_ -= job.delivery.bytes.size();
    ++reading_;
    lock.unlock();
    read(std::move(job));
    lock.lock();
    --reading_;
  }
}

void ParsePool::read(Job job) {
  if (trim(job.delivery.bytes).empty()) {
    job.done(fail(Fault::malformed, "the message is empty"));
    return;
  }
  auto mail = std::make_shared<ports::IncomingMail>(carriers::read_delivery(job.delivery, settings_));
  ledger_.submit(
      [first = first_, mail, reports_only = job.delivery.reports_only](desk::Desk& desk) -> Status {
        if (first) {
          HEJNAL_TRY(const bool taken, first(*mail, desk.now()));
          if (taken) return {};
        }
        if (reports_only) return {};  // it stays where it lies
        HEJNAL_TRY_VOID(desk.receive(*mail));
        return {};
      },
      std::move(job.done));
}

}  // namespace hejnal::app

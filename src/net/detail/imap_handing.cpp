#include "net/detail/imap_handing.hpp"

#include <fmt/core.h>

#include <chrono>
#include <condition_variable>
#include <memory>
#include <mutex>
#include <optional>

namespace hejnal::net {

namespace {

// Where the intake leaves its verdict; it may come after the watcher has gone.
struct Verdict {
  std::mutex mutex;
  std::condition_variable here;
  std::optional<Status> status;
};

}  // namespace

std::string imap_date(Instant t) {
  using namespace std::chrono;
  constexpr const char* kMonths[] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                     "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const year_month_day date(floor<days>(sys_time<milliseconds>(milliseconds(t.ms))));
  return fmt::format("{}-{}-{:04}", unsigned(date.day()), kMonths[unsigned(date.month()) - 1],
                     int(date.year()));
}

Result<Status> hand_in(ports::MailIntake& intake, ports::Delivery delivery, const StopSignal& stop) {
  auto verdict = std::make_shared<Verdict>();
  intake.accept(std::move(delivery), [verdict](Status status) {
    const std::lock_guard lock(verdict->mutex);
    verdict->status = std::move(status);
    verdict->here.notify_one();
  });
  std::unique_lock lock(verdict->mutex);
  while (!verdict->here.wait_for(lock, 100ms, [&] { return verdict->status.has_value(); })) {
    if (stop.is_set()) return fail(Fault::retry_later, "stopped");
  }
  return *verdict->status;
}

}  // namespace hejnal::net

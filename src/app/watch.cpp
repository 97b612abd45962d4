#include "app/watch.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "base/thread_name.hpp"

namespace hejnal::app {

namespace {

constexpr auto kEvery = std::chrono::seconds(1);
constexpr Duration kClockAside = 1min;  // a small step of a clock that is set is nothing to speak of
constexpr Duration kClockFar = 10min;

}  // namespace

Watch::Watch(DatabaseFile file, desk::Ledger& ledger, OffsetClock& clock, Say say)
    : file_(std::move(file)), ledger_(ledger), clock_(clock), say_(std::move(say)), thread_([this] {
        loop();
      }) {}

Watch::~Watch() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

std::vector<Watch::Trouble> Watch::look() const {
  std::vector<Trouble> out;
  if (!file_.is_there()) {
    out.push_back(
        {"store", "failing",
         fmt::format("{} was moved or deleted under the running server; nothing is taken in. Put it "
                     "back, or stop the server and restore a backup",
                     file_.path())});
  } else if (const auto health = ledger_.health(); !health.last_commit) {
    out.push_back({"store", "failing", "nothing can be stored: " + health.last_commit.error().what});
  }
  if (const Duration behind = clock_.behind(); behind > kClockAside) {
    out.push_back({"clock", behind > kClockFar ? "failing" : "degraded",
                   fmt::format("desk time is {} ahead of the clock, and stands still until then: nothing "
                               "rings, nothing becomes due",
                               format_duration(behind))});
  }
  return out;
}

std::vector<api::ChannelHealth> Watch::troubles() const {
  std::vector<api::ChannelHealth> out;
  for (const Trouble& trouble : look()) out.push_back({trouble.channel, trouble.state, trouble.detail});
  return out;
}

void Watch::loop() {
  name_this_thread("hejnal-watch");
  std::set<std::string> known;
  std::unique_lock lock(mutex_);
  while (!wake_.wait_for(lock, kEvery, [this] { return stopping_; })) {
    lock.unlock();
    std::set<std::string> now;
    for (const Trouble& trouble : look()) {
      now.insert(trouble.channel);
      if (!known.contains(trouble.channel)) say_(fmt::format("{}: {}", trouble.channel, trouble.detail));
    }
    for (const std::string& channel : known) {
      if (!now.contains(channel)) say_(channel + ": well again");
    }
    known = std::move(now);
    lock.lock();
  }
}

}  // namespace hejnal::app

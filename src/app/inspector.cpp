#include "app/inspector.hpp"

#include <fmt/format.h>

#include "base/instant.hpp"
#include "base/thread_name.hpp"
#include "store/sqlite/keeper.hpp"

namespace hejnal::app {

namespace {

constexpr Duration kDelay = 1s;     // let those in who have waited for the start
constexpr Duration kAgain = 10min;  // when it could not be looked at

}  // namespace

Inspector::Inspector(std::string path) : path_(std::move(path)), thread_([this] { loop(); }) {}

Inspector::~Inspector() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  thread_.join();
}

void Inspector::loop() {
  name_this_thread("hejnal-inspect");
  give_way();
  Duration wait = kDelay;
  for (;;) {
    {
      std::unique_lock lock(mutex_);
      if (wake_.wait_for(lock, wait, [this] { return stopping_.load(); })) return;
    }
    Status found = store::sqlite::check_whole(path_, stopping_);
    const bool again = !found && found.error().fault != Fault::corrupt;
    if (stopping_) return;
    Status records = found ? store::sqlite::check_records(path_) : Status();
    if (!records) fmt::print(stderr, "hejnal: DAMAGED: {}\n", records.error().what);
    if (!found) {
      fmt::print(stderr, "hejnal: {}{}\n",
                 again ? "the database could not be checked: " : "THE DATABASE IS DAMAGED. ",
                 found.error().what);
    }
    const std::lock_guard lock(mutex_);
    found_ = std::move(found);
    records_ = std::move(records);
    finished_ = true;
    if (!again) return;
    wait = kAgain;
  }
}

api::ChannelHealth Inspector::health() const {
  const std::lock_guard lock(mutex_);
  if (!finished_) return {"database", "ok", "is being looked through"};
  if (!records_) return {"database", "failing", records_.error().what};
  if (found_) return {"database", "ok", "was looked through after the start"};
  return {"database", found_.error().fault == Fault::corrupt ? "failing" : "degraded", found_.error().what};
}

}  // namespace hejnal::app

#include "net/detail/work_queue.hpp"

#include <gtest/gtest.h>

#include <future>
#include <set>

namespace hejnal::net {

namespace {

// What has become of the jobs, which are numbers.
struct Log {
  std::mutex mutex;
  std::multiset<int> ran, refused;
  int rests = 0;
};

// `open`: while it is false a job that runs waits for it, or until it is cut.
struct Clerk final : WorkQueue<int>::Worker {
  Clerk(Log& of, const std::atomic<bool>& gate, const std::atomic<bool>& end)
      : log(of), open(gate), cut(end) {}
  void run(int job) override {
    while (!open && !cut) std::this_thread::sleep_for(1ms);
    const std::lock_guard lock(log.mutex);
    log.ran.insert(job);
  }
  void refuse(int job) override {
    const std::lock_guard lock(log.mutex);
    log.refused.insert(job);
  }
  void rest() override {
    const std::lock_guard lock(log.mutex);
    ++log.rests;
  }

  Log& log;
  const std::atomic<bool>&open, &cut;
};

struct Office {
  explicit Office(WorkQueue<int>::Options options)
      : queue(std::move(options), [this] { return std::make_unique<Clerk>(log, open, queue.cut()); }) {}

  bool push(int job) { return queue.push(std::move(job)); }
  int rests() {
    const std::lock_guard lock(log.mutex);
    return log.rests;
  }

  Log log;
  std::atomic<bool> open = true;
  WorkQueue<int> queue;
};

template <class Condition>
bool soon(const Condition& condition) {
  const auto end = std::chrono::steady_clock::now() + 10s;
  while (!condition() && std::chrono::steady_clock::now() < end) std::this_thread::sleep_for(1ms);
  return condition();
}

}  // namespace

TEST(WorkQueue, RunsOrRefusesEachJobOnce) {
  Office office({"hejnal-test", 3, 100'000});
  constexpr int kEach = 2000;
  std::atomic<int> taken = 0;
  std::vector<std::thread> people;
  for (int person = 0; person < 3; ++person) {
    people.emplace_back([&office, &taken, person] {
      for (int i = 0; i < kEach; ++i) taken += office.push(person * kEach + i) ? 1 : 0;
    });
  }
  std::this_thread::sleep_for(2ms);
  office.queue.stop(10s);
  for (std::thread& person : people) person.join();
  std::multiset<int> all = office.log.ran;
  all.insert(office.log.refused.begin(), office.log.refused.end());
  EXPECT_EQ(all.size(), static_cast<std::size_t>(taken.load()));
  EXPECT_EQ(std::set<int>(all.begin(), all.end()).size(), all.size());
  EXPECT_FALSE(office.push(1));
}

TEST(WorkQueue, HoldsNoMoreThanItMay) {
  Office office({"hejnal-test", 1, 2});
  office.open = false;
  int taken = 0;
  while (office.push(taken)) {
    ++taken;
    ASSERT_LE(taken, 3);
    std::this_thread::sleep_for(taken == 1 ? 100ms : 0ms);  // the first one is under way
  }
  EXPECT_GE(taken, 2);
  office.open = true;
  EXPECT_TRUE(soon([&] { return office.push(7); }));
}

TEST(WorkQueue, GivesWhatRunsTimeAndRefusesTheRest) {
  Office office({"hejnal-test", 1, 10});
  office.open = false;
  EXPECT_TRUE(office.push(1));
  std::this_thread::sleep_for(100ms);
  EXPECT_TRUE(office.push(2));
  auto end = std::async(std::launch::async, [&] { office.queue.stop(10s); });
  std::this_thread::sleep_for(50ms);
  EXPECT_FALSE(office.queue.cut());
  office.open = true;
  end.get();
  EXPECT_EQ(office.log.ran, std::multiset<int>{1});
  EXPECT_EQ(office.log.refused, std::multiset<int>{2});
}

TEST(WorkQueue, CutsWhatDoesNotEnd) {
  Office office({"hejnal-test", 2, 10});
  office.open = false;
  EXPECT_TRUE(office.push(1));
  std::this_thread::sleep_for(50ms);
  office.queue.stop(20ms);  // would wait for ever
  EXPECT_EQ(office.log.ran.size() + office.log.refused.size(), 1u);
  office.queue.stop(0ms);  // once more does nothing
}

TEST(WorkQueue, RestsOnceAfterEachBusyTime) {
  Office office({"hejnal-test", 1, 10, 20ms});
  EXPECT_TRUE(soon([&] { return office.rests() == 1; }));
  std::this_thread::sleep_for(100ms);
  EXPECT_EQ(office.rests(), 1);
  EXPECT_TRUE(office.push(1));
  EXPECT_TRUE(soon([&] { return office.rests() == 2; }));
}

}  // namespace hejnal::net

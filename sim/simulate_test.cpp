// The simulation itself: it finds nothing where nothing is broken, it is repeatable, and it notices what is
// broken.
#include "sim/simulate.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <string_view>

#include "core/matching.hpp"
#include "sim/stage.hpp"
#include "sim/topics.hpp"

namespace hejnal::sim {
namespace {

// A sanitizer makes a seed twenty times as long: a third of them then, but for the long run.
std::uint64_t up_to(std::uint64_t seeds) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  constexpr bool kSlow = true;
#elif defined(__has_feature)
  constexpr bool kSlow = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer);
#else
  constexpr bool kSlow = false;
#endif
  const char* all = std::getenv("HEJNAL_LONG");
  return kSlow && (!all || std::string_view(all) != "1") ? (seeds + 2) / 3 : seeds;
}

TEST(Simulation, months_without_a_broken_law) {
  for (std::uint64_t seed = 1; seed <= up_to(5); ++seed) {
    const SimulationReport report = simulate({.seed = seed, .years = 0.1});
    EXPECT_TRUE(report.violations.empty()) << to_text(report);
    EXPECT_GT(report.cases, 300);
    EXPECT_GT(report.notices, report.cases);
  }
}

TEST(Simulation, months_in_memory_without_a_broken_law) {
  for (std::uint64_t seed = 1; seed <= up_to(20); ++seed) {
    const SimulationReport report = simulate({.seed = seed, .years = 0.1, .store = StoreKind::memory});
    EXPECT_TRUE(report.violations.empty()) << to_text(report);
    EXPECT_GT(report.cases, 300);
  }
}

// Whatever the desk has decided and whatever has left it: the store is in none of it. Crashes are in it.
TEST(Simulation, the_same_story_on_every_store) {
  std::int64_t crashes = 0;
  for (std::uint64_t seed = 1; seed <= up_to(6); ++seed) {
    SimulationOptions options{.seed = seed, .years = 0.05, .disk_faults = false};
    const SimulationReport on_sqlite = simulate(options);
    options.store = StoreKind::memory;
    const SimulationReport in_memory = simulate(options);
    EXPECT_TRUE(on_sqlite.violations.empty()) << to_text(on_sqlite);
    EXPECT_EQ(in_memory.digest, on_sqlite.digest) << "seed " << seed;
    EXPECT_EQ(in_memory.signals, on_sqlite.signals);
    EXPECT_EQ(in_memory.crashes, on_sqlite.crashes);
    crashes += in_memory.crashes;
  }
  EXPECT_GT(crashes, static_cast<std::int64_t>(up_to(10)));
}

TEST(Simulation, same_seed_same_bytes) {
  const SimulationReport one = simulate({.seed = 7, .years = 0.05}),
                         two = simulate({.seed = 7, .years = 0.05});
  EXPECT_EQ(one.digest, two.digest);
  EXPECT_EQ(one.digest.size(), 64U);
  EXPECT_NE(one.digest, simulate({.seed = 8, .years = 0.05}).digest);
}

// A fault on purpose, on each store: the law that must notice it. It does not do harm in every story.
void expect_broken(std::uint64_t first, Mutation mutation, const std::string& law) {
  for (const StoreKind store : {StoreKind::sqlite, StoreKind::memory}) {
    SimulationReport report;
    std::uint64_t seed = first;
    for (; seed < first + 12; ++seed) {
      report = simulate({.seed = seed, .years = 0.05, .store = store, .mutation = mutation});
      if (!report.violations.empty()) break;
    }
    ASSERT_FALSE(report.violations.empty());
    EXPECT_EQ(report.violations.front().law, law);
    EXPECT_NE(to_text(report).find(fmt::format("hejnal simulate --seed {}", seed)), std::string::npos);
  }
}

TEST(Simulation, notices_a_mail_that_leaves_twice) {
  expect_broken(1, Mutation::leaves_twice, "nothing_twice");
}

TEST(Simulation, notices_an_accepted_mail_that_is_gone) {
  expect_broken(1, Mutation::accepted_is_lost, "accepted_is_kept");
}

TEST(Simulation, notices_a_notice_that_is_never_sent) {
  expect_broken(7, Mutation::never_answers, "comes_to_rest");
}

TEST(Simulation, notices_a_call_that_nobody_is_called_back_for) {
  expect_broken(1, Mutation::call_is_forgotten, "calls_are_kept");
}

TEST(Simulation, notices_two_who_call_the_same_person) {
  expect_broken(1, Mutation::two_may_call, "one_agent_calls");
}

TEST(Simulation, notices_a_callback_that_is_due_in_a_failure) {
  expect_broken(1, Mutation::due_in_a_failure, "no_callback_in_a_failure");
}

TEST(Topics, have_no_word_in_common) {
  for (const Topic& one : topics()) {
    EXPECT_FALSE(core::shared_words(one.sms, std::string(one.subject) + " " + std::string(one.text)).empty())
        << one.sms;
    for (const Topic& other : topics()) {
      if (&one == &other) continue;
      const auto shared =
          core::shared_words(one.sms, std::string(other.subject) + " " + std::string(other.text));
      EXPECT_TRUE(shared.empty()) << one.subject << ", " << other.subject << ": " << shared.front();
    }
  }
}

TEST(Report, is_json_as_promised) {
  SimulationReport report;
  report.seed = 42;
  report.years = 1;
  report.digest = "ab";
  report.matching = {5, 0, 1, 2, 3};
  EXPECT_EQ(
      to_json(report),
      R"({"seed":42,"years":1,"cases":0,"signals":0,"notices":0,"crashes":0,"digest":"ab","matching":{"joined_right":5,"joined_wrong":0,"asked":1,"untold":2,"opened_right":3},"violations":[]})");
}

TEST(Stage, says_what_was_expected_and_what_happened) {
  const Status held = play_scenario(
      "09:00 anna@klient.example emails \"Drukarka\" : \"Nie drukuje.\"\n"
      "09:00 expect email to anna@klient.example: answer\n",
      "story.txt");
  ASSERT_FALSE(held);
  EXPECT_EQ(held.error().what,
            "story.txt:2: expected: 09:00 expect email to anna@klient.example: answer, happened: email to "
            "anna@klient.example: receipt (case 1)");
}

TEST(Stage, fails_for_a_message_that_nobody_expected) {
  const Status held = play_scenario(
      "09:00 anna@klient.example emails \"Drukarka\" : \"Nie drukuje.\"\n09:01 case is new\n", "s.txt");
  ASSERT_FALSE(held);
  EXPECT_NE(held.error().what.find("expected nothing more"), std::string::npos);
}

TEST(Stage, names_the_line_that_cannot_be_read) {
  const Status held = play_scenario("09:00 anna@klient.example shouts\n", "s.txt");
  ASSERT_FALSE(held);
  EXPECT_TRUE(held.error().what.starts_with("s.txt:1: this line cannot be read"));
}

}  // namespace
}  // namespace hejnal::sim

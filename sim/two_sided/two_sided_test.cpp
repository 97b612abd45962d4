// The two-sided simulation: it finds nothing where nothing is broken, is repeatable, and each of its laws
// notices what breaks it. And the picture in docs/ is what the program makes.
#include "sim/two_sided/two_sided.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

#include "sim/two_sided/table.hpp"

namespace hejnal::sim::two_sided {
namespace {

// A sanitizer makes a seed fifteen times as long.
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
constexpr std::uint64_t kSeeds = 2;
#elif defined(__has_feature)
constexpr std::uint64_t kSeeds = __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ? 2 : 6;
#else
constexpr std::uint64_t kSeeds = 6;
#endif

TEST(TwoSided, months_without_a_broken_law) {
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const TwoSidedReport report = simulate_two_sides(
        {.seed = seed, .years = 0.1, .store = seed % 2 == 0 ? StoreKind::sqlite : StoreKind::memory});
    EXPECT_TRUE(report.violations.empty()) << to_text(report);
    EXPECT_GT(report.reports, 30);
    EXPECT_GT(report.answered, 0);
  }
}

TEST(TwoSided, same_seed_same_bytes) {
  const auto digest = [](std::uint64_t seed) {
    return simulate_two_sides({.seed = seed, .years = 0.05, .store = StoreKind::memory}).digest;
  };
  EXPECT_EQ(digest(7), digest(7));
  EXPECT_NE(digest(7), digest(8));
}

// A mistake on purpose: the law that must notice it. It does not do harm in every story.
void expect_broken(TwoSidedMutation mutation, const std::string& law) {
  TwoSidedReport report;
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    report =
        simulate_two_sides({.seed = seed, .years = 0.15, .store = StoreKind::memory, .mutation = mutation});
    if (report.violations.empty()) continue;
    EXPECT_EQ(report.violations.front().law, law) << to_text(report);
    EXPECT_NE(to_text(report).find(fmt::format("hejnal simulate --two-sided --seed {}", seed)),
              std::string::npos);
    return;
  }
  ADD_FAILURE() << "no law has noticed it";
}

using enum TwoSidedMutation;

TEST(TwoSided, notices_a_step_that_is_not_taken) { expect_broken(sleeps, "steps_are_carried_out"); }
TEST(TwoSided, notices_a_client_who_does_not_know) { expect_broken(nobody_is_told, "answered_or_known"); }
TEST(TwoSided, notices_a_step_after_the_answer) {
  expect_broken(leaves_after_answer, "no_step_after_answer");
}
TEST(TwoSided, notices_a_word_that_nobody_heard) { expect_broken(is_deaf, "answer_is_heard"); }
TEST(TwoSided, notices_a_machine_taken_for_a_person) {
  expect_broken(believes_machines, "no_machine_for_a_person");
}
TEST(TwoSided, notices_a_lost_email_that_is_not_sent_again) {
  expect_broken(does_not_repeat, "resent_in_ten_minutes");
}
TEST(TwoSided, notices_two_reports_in_a_case) { expect_broken(two_in_a_case, "one_case_for_a_report"); }
TEST(TwoSided, notices_an_sms_that_leaves_twice) { expect_broken(sms_twice, "no_sms_twice"); }
TEST(TwoSided, notices_that_the_proof_is_of_something_else) {
  expect_broken(other_bytes, "steps_are_proved");
}
TEST(TwoSided, notices_what_never_ends) { expect_broken(never_heard_of, "comes_to_rest"); }

const LossCell& of(const std::vector<LossCell>& cells, std::string_view class_name) {
  for (const LossCell& cell : cells) {
    if (cell.class_name == class_name) return cell;
  }
  return cells.front();
}

// What arithmetic says of independent losses.
TEST(LossTable, is_near_what_can_be_computed) {
  constexpr int kReports = 64, kNear = 4;
  const auto cells = losses(1, kReports, false, 40, 50);
  const auto near = [&](const LossCell& cell, int look, double share) {
    EXPECT_NEAR(cell.known[static_cast<std::size_t>(look)], share * kReports, kNear)
        << cell.class_name << look;
  };
  near(of(cells, "critical"), 0, 1 - 0.4 * 0.5);
  near(of(cells, "critical"), 2, 1 - 0.4 * 0.5);
  near(of(cells, "urgent"), 0, 1 - 0.4);
  near(of(cells, "urgent"), 1, 1 - 0.4 * 0.4 * 0.5);
  near(of(cells, "routine"), 1, 1 - 0.4);
  near(of(cells, "routine"), 2, 1 - 0.4 * 0.4 * 0.5);
  const auto alone = losses(1, kReports, false, 40, LossCell::kNoSms);
  near(of(alone, "critical"), 2, 1 - 0.4);
  near(of(alone, "urgent"), 1, 1 - 0.4 * 0.4);
}

TEST(LossTable, two_hejnals_know_in_minutes) {
  const auto cells = losses(1, 48, true, 40, 0);
  EXPECT_EQ(of(cells, "routine").known[1], 48);  // by SMS at the latest
  EXPECT_EQ(of(losses(1, 48, true, 40, LossCell::kNoSms), "routine").known[0], of(cells, "routine").known[0]);
}

std::string committed_picture() {
  const char* source = std::getenv("HEJNAL_SOURCE");
  std::ifstream file(std::string(source ? source : ".") + "/docs/second-channel.svg");
  std::ostringstream out;
  out << file.rdbuf();
  return out.str();
}

// All of it is drawn again, some of its numbers are computed again. After a change of what the reporter does:
// hejnal simulate --table --svg > docs/second-channel.svg
TEST(Picture, is_what_the_command_makes) {
  const std::string svg = committed_picture();
  const auto table = read_picture(svg);
  ASSERT_TRUE(table) << table.error().what;
  EXPECT_EQ(picture(*table), svg);
  EXPECT_EQ(table->cells.size(), 6U * 7 * (3 + 1));
  for (const bool two_hejnals : {false, true}) {
    for (const LossCell& again :
         losses(table->seed, table->reports, two_hejnals, 30, two_hejnals ? 40 : 20)) {
      const LossCell* there = table->find(two_hejnals, again.class_name, again.email_loss, again.sms_loss);
      ASSERT_NE(there, nullptr);
      EXPECT_EQ(*there, again) << again.class_name;
    }
  }
}

TEST(Picture, without_numbers_is_none) {
  for (const char* none :
       {"", "<svg/>", "<metadata>\n</metadata", "<metadata>\nseed x reports 1\n</metadata>\n",
        "<metadata>\nseed 1 reports 1\n1 urgent 2\n</metadata>\n"})
    EXPECT_EQ(read_picture(none).error().fault, Fault::malformed) << none;
}

}  // namespace
}  // namespace hejnal::sim::two_sided

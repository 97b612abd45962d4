#include "core/report.hpp"

#include <gtest/gtest.h>

#include "core/case.hpp"

namespace hejnal::core {
namespace {

constexpr Instant kStart{1'800'000'000'000};

Figures figures(int step, std::int64_t reacted_ms, int kept, int broken) {
  Figures f;
  f.opened_at = f.sent_at = kStart;
  f.step = step;
  f.measured.receipt_at = kStart + 1s;
  if (reacted_ms >= 0) f.measured.reacted_at = kStart + Duration(reacted_ms);
  f.measured.kept = kept;
  f.measured.broken = broken;
  return f;
}

TEST(Report, SumsByGroupAndInTotal) {
  Report report;
  for (int i = 1; i <= 10; ++i) report.add(figures(i == 10 ? 2 : 1, i * 100, 1, i == 10), i <= 5 ? "a" : "b");
  report.add(figures(1, -1, 0, 0), "c");
  EXPECT_EQ(report.total().cases, 11);
  EXPECT_EQ(report.total().step_twos, 1);
  EXPECT_EQ(report.total().reaction.median(), 500);
  EXPECT_EQ(report.total().reaction.p90(), 900);
  EXPECT_EQ(report.rows().at("b").reaction.p90(), 1000);
  EXPECT_DOUBLE_EQ(*report.rows().at("b").share_kept(), 5.0 / 6.0);
  EXPECT_FALSE(report.rows().at("c").share_kept());
  EXPECT_EQ(report.rows().at("c").reaction.median(), 0);
  EXPECT_EQ(report.total().receipt.median(), 1000);
}

TEST(Report, AClientsClockMayBeAhead) {
  Report report;
  Figures f = figures(1, 0, 0, 0);
  f.sent_at = kStart + 1h;
  report.add(f, "a");
  EXPECT_EQ(report.total().receipt.median(), 0);
}

TEST(Report, WeeksAreThoseOfTheCalendar) {
  EXPECT_EQ(iso_week(2026, 11, 23), "2026-W48");
  EXPECT_EQ(iso_week(2026, 11, 22), "2026-W47");
  EXPECT_EQ(iso_week(2027, 1, 3), "2026-W53");
  EXPECT_EQ(iso_week(2027, 1, 4), "2027-W01");
  EXPECT_EQ(iso_week(2024, 12, 30), "2025-W01");
}

Entry entry(Instant at, Body body) { return {at, "ela", "", std::move(body)}; }

Case opened() {
  Case c;
  Opened o;
  o.number = 1;
  core::apply(c, entry(kStart, o));
  core::apply(c, entry(kStart, Owed{Promise::react, kStart, kStart + 2h, kStart + 1h}));
  core::apply(c, entry(kStart, Owed{Promise::answer, kStart, kStart + 24h, kStart + 24h}));
  return c;
}

TEST(Measured, WhatAJournalTells) {
  Case c = opened();
  core::apply(c, entry(kStart, Said{1, NoticeKind::alert, Channel::email, "x"}));
  EXPECT_FALSE(c.measured.receipt_at);
  core::apply(c, entry(kStart + 1s, Said{2, NoticeKind::receipt, Channel::email, "x"}));
  core::apply(c, entry(kStart + 9s, Said{3, NoticeKind::receipt_by_sms, Channel::sms, "x"}));
  EXPECT_EQ(c.measured.receipt_at, kStart + 1s);
  core::apply(c, entry(kStart + 1h, Kept{Promise::react, 0}));
  core::apply(c, entry(kStart + 2h, Owed{Promise::react, kStart, kStart + 3h, kStart + 3h}));
  core::apply(c, entry(kStart + 3h, Kept{Promise::react, 0}));
  EXPECT_EQ(c.measured.reacted_at, kStart + 1h);
  core::apply(c, entry(kStart + 24h, Breached{Promise::answer, 0}));
  EXPECT_EQ(broken_so_far(c), 1);
  EXPECT_EQ(c.measured.broken, 0);
  core::apply(c, entry(kStart + 25h, Kept{Promise::answer, 3'600'000}));
  EXPECT_EQ(c.measured.answered_at, kStart + 25h);
  EXPECT_EQ(c.measured.kept, 2);
  EXPECT_EQ(broken_so_far(c), 1);
}

TEST(Measured, WhatWasGivenUpLateIsBrokenAndWhatWasGivenUpInTimeIsNothing) {
  Case c = opened();
  core::apply(c, entry(kStart + 2h, Breached{Promise::react, 0}));
  core::apply(c, entry(kStart + 3h, Released{Promise::react}));
  core::apply(c, entry(kStart + 3h, Released{Promise::answer}));
  EXPECT_EQ(c.measured.broken, 1);
  EXPECT_EQ(c.measured.kept, 0);
  EXPECT_EQ(broken_so_far(c), 1);
}

}  // namespace
}  // namespace hejnal::core

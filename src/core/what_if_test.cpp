// Another procedure, the same world.
#include "core/what_if.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

namespace {

int rings_of(const std::vector<Entry>& journal) {
  return static_cast<int>(std::count_if(journal.begin(), journal.end(),
                                        [](const Entry& e) { return std::holds_alternative<Rang>(e.body); }));
}

// Under its own procedure a case happens again as it did.
void expect_as_it_was(const Story& s) {
  const Rehearsal again = rehearse(s.procedure, s.journal, s.now);
  EXPECT_EQ(again.class_name, s.c.class_name);
  EXPECT_EQ(again.kept, s.c.measured.kept);
  EXPECT_EQ(again.broken, broken_so_far(s.c));
  EXPECT_EQ(static_cast<int>(again.rings.size()), rings_of(s.journal));
  EXPECT_EQ(again.refused, 0);
}

}  // namespace

TEST(WhatIf, UnderItsOwnProcedureACaseHappensAgainAsItDid) {
  Story s;
  s.email();
  s.at(20h);
  s.agent(Action::read);
  s.at(23h);
  s.agent(Action::answer, "Proszę sprawdzić.", 10s);
  s.at(30h);
  s.email(Relation::reply);
  s.at(80h);
  s.agent(Action::start);
  s.agent(Action::settle);
  s.at(1000h);
  expect_as_it_was(s);
}

TEST(WhatIf, AnEarlierDeadlineBreaksWhatWasKept) {
  Story s;
  s.email();
  s.at(1h);
  s.agent(Action::read);
  s.at(23h);
  s.agent(Action::answer, "Proszę sprawdzić.");
  Procedure draft = s.procedure;
  draft.classes[0].promise.answer_within = 8h;
  EXPECT_EQ(rehearse(s.procedure, s.journal, s.now).broken, 0);
  const Rehearsal r = rehearse(draft, s.journal, s.now);
  EXPECT_EQ(r.broken, 1);
  EXPECT_EQ(r.kept, 1) << "the reaction is still in time";
  EXPECT_GT(r.rings.size(), rehearse(s.procedure, s.journal, s.now).rings.size());
}

TEST(WhatIf, FewerAlerts) {
  Story s;
  s.email(Relation::opens, "critical");
  s.at(14min);
  s.agent(Action::read);
  Procedure draft = s.procedure;
  draft.classes[2].alert.repeat = 10min;
  EXPECT_EQ(rehearse(s.procedure, s.journal, s.now).rings.size(), 3U);
  EXPECT_EQ(rehearse(draft, s.journal, s.now).rings.size(), 2U);
}

TEST(WhatIf, AClassThatIsGoneIsTheCalmest) {
  Story s;
  s.email(Relation::opens, "critical");
  Procedure draft = s.procedure;
  draft.classes.pop_back();
  EXPECT_EQ(rehearse(draft, s.journal, s.now).class_name, "routine");
}

TEST(WhatIf, NothingAfterTheEnd) {
  Story s;
  s.email();
  s.at(20h);
  s.agent(Action::read);
  EXPECT_EQ(rehearse(s.procedure, s.journal, kStart + 1h).kept, 0);
  EXPECT_EQ(rehearse(s.procedure, {}, kStart).class_name, "");
}

TEST(WhatIf, Sums) {
  Rehearsed all;
  all.add({"routine", 2, 1, {kStart}, 0}, 1);
  all.add({"urgent", 1, 0, {kStart, kStart}, 0}, 0);
  EXPECT_EQ(all.total.cases, 2);
  EXPECT_EQ(all.total.kept, 3);
  EXPECT_EQ(all.total.broken, 1);
  EXPECT_EQ(all.total.rings, 3);
  EXPECT_EQ(all.by_class.at("urgent").rings, 2);
  EXPECT_EQ(all.total.rings_at_night, 1);
}

// Whatever clients and people do, in any order and at any time.
TEST(WhatIf, AnyStoryHappensAgain) {
  for (unsigned seed = 1; seed <= 150; ++seed) {
    std::mt19937 dice(seed);
    const auto below = [&dice](int n) { return static_cast<int>(dice() % static_cast<unsigned>(n)); };
    Story s;
    const int how = below(5);
    if (how == 0) s.email(Relation::opens, "urgent");
    if (how == 1) s.sms(Relation::opens);
    if (how == 2) s.report(Relation::opens);
    if (how == 3) s.call(false, Relation::opens);
    if (how == 4) s.email();
    Duration at = 0ms;
    for (int i = 0; i < 12; ++i) {
      at += Duration(1 + below(3) * 60'000 + (below(2) == 0 ? below(40) * 3'600'000 : 0));
      s.at(at);
      if (s.c.state == State::closed) break;
      const auto tries = [&s](Action action, Duration delay = {}) {
        if (s.refusal(s.acted(action, "tekst", delay)).empty()) s.agent(action, "tekst", delay);
      };
      switch (below(11)) {
        case 0:
          s.email(Relation::reply);
          break;
        case 1:
          s.email(Relation::resend);
          break;
        case 2:
          s.sms();
          break;
        case 3:
          s.report(Relation::resend);
          break;
        case 4:
          tries(Action::read);
          break;
        case 5:
          tries(Action::start);
          break;
        case 6:
          tries(Action::answer);
          break;
        case 7:
          tries(Action::answer, 10s);
          break;
        case 8:
          tries(Action::ask);
          break;
        case 9:
          tries(Action::settle);
          break;
        case 10:
          s.reclassify(below(2) == 0 ? "urgent" : "critical");
          break;
      }
    }
    s.at(at + 100h);
    SCOPED_TRACE(seed);
    expect_as_it_was(s);
    if (HasFailure()) break;
  }
}

}  // namespace hejnal::core

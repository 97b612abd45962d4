#include "core/outage.hpp"

#include <gtest/gtest.h>

#include "core/phone.hpp"

namespace hejnal::core {

namespace {

constexpr Instant kStart{1'795'424'400'000};

struct OutageStory {
  Outage o;
  Instant now = kStart;

  Result<outage::Decision> happens(const outage::Signal& signal) {
    auto decision = decide(o, signal, now);
    if (decision) {
      for (const auto& entry : decision->entries) {
        EXPECT_TRUE(fits(o, entry));
        core::apply(o, entry);
      }
    }
    EXPECT_EQ(alarm(o).has_value(), o.open());  // an open one always has something due
    return decision;
  }
};

OutageStory declared(std::optional<Instant> expected_end = std::nullopt) {
  OutageStory s;
  EXPECT_TRUE(
      s.happens(outage::Declare{1, "Ola", "Serwer poczty", "Serwer poczty nie działa.", expected_end}));
  return s;
}

}  // namespace

TEST(Outage, IsDeclaredWithWordsForThePublic) {
  const OutageStory s = declared(kStart + 2h);
  EXPECT_TRUE(s.o.open());
  EXPECT_EQ(s.o.public_text, "Serwer poczty nie działa.");
  EXPECT_EQ(s.o.declared_by, "Ola");
  EXPECT_EQ(alarm(s.o), kStart + 2h);
  OutageStory bad;
  EXPECT_EQ(bad.happens(outage::Declare{1, "Ola", "Serwer", " ", {}}).error().fault, Fault::malformed);
  EXPECT_EQ(bad.happens(outage::Declare{1, "Ola", "", "x", {}}).error().fault, Fault::malformed);
  EXPECT_EQ(bad.happens(outage::Declare{1, "Ola", "x", "x", kStart}).error().fault, Fault::malformed);
  EXPECT_FALSE(bad.o.exists());
}

TEST(Outage, EachWordGoesToEveryAttachedCaseOnce) {
  OutageStory s = declared();
  EXPECT_EQ(s.happens(outage::Attach{"Ola", 3})->to_cases, std::vector<CaseNumber>{3});
  EXPECT_TRUE(s.happens(outage::Attach{"Ola", 3})->entries.empty());
  s.happens(outage::Attach{"Ola", 5}).value();
  EXPECT_EQ(s.happens(outage::Update{"Jan", "Zasilacz w drodze.", {}})->to_cases,
            (std::vector<CaseNumber>{3, 5}));
  s.happens(outage::Detach{"Jan", 3}).value();
  EXPECT_EQ(s.happens(outage::Detach{"Jan", 3}).error().fault, Fault::conflict);
  EXPECT_EQ(s.happens(outage::End{"Jan", "Działa."})->to_cases, std::vector<CaseNumber>{5});
  EXPECT_EQ(s.happens(outage::End{"Jan", "Działa."}).error().fault, Fault::conflict);
  EXPECT_EQ(s.happens(outage::Update{"Jan", "x", {}}).error().fault, Fault::conflict);
  EXPECT_EQ(s.o.words.size(), 3u);
}

TEST(Outage, WhoHearsOfItLateLearnsWhatIsBrokenAndTheLatestNews) {
  OutageStory s = declared();
  EXPECT_EQ(s.o.in_short(), "Serwer poczty nie działa.");
  ASSERT_TRUE(s.happens(outage::Update{"Ola", "Szukamy przyczyny.", {}}));
  ASSERT_TRUE(s.happens(outage::Update{"Ola", "Wymieniamy zasilacz.", {}}));
  EXPECT_EQ(s.o.in_short(), "Serwer poczty nie działa. Wymieniamy zasilacz.");
}

TEST(Outage, TheSameWordsTwiceAreToldOnce) {
  OutageStory s = declared();
  s.happens(outage::Attach{"Ola", 3}).value();
  const outage::Update update{"Ola", "Wymieniamy zasilacz.", s.now + 1h};
  EXPECT_EQ(s.happens(update)->to_cases.size(), 1u);
  s.now = s.now + 59s;
  EXPECT_TRUE(s.happens(update)->entries.empty());
  EXPECT_EQ(s.happens(outage::Update{"Ola", update.text, s.now + 2h})->to_cases.size(), 1u);  // another end
  s.now = s.now + 1min;
  EXPECT_EQ(s.happens(update)->to_cases.size(), 1u);
}

TEST(Outage, AnUpdateThatSaysNothingOfTheEndKeepsIt) {
  OutageStory s = declared();
  const Instant end = s.now + 1h;
  s.happens(outage::Update{"Ola", "a", end}).value();
  s.happens(outage::Update{"Ola", "b", {}, true}).value();
  EXPECT_EQ(s.o.expected_end, end);
  EXPECT_EQ(alarm(s.o), end);
  s.now = end + 1min;  // it has passed: nobody is refused for what was said before
  s.happens(outage::Update{"Ola", "c", {}, true}).value();
  EXPECT_EQ(s.o.expected_end, end);
  EXPECT_EQ(alarm(s.o), s.now + 4h);
  s.happens(outage::Update{"Ola", "d", {}}).value();
  EXPECT_FALSE(s.o.expected_end);
}

TEST(Outage, TheClientsWaitForNews) {
  OutageStory s = declared();
  s.now = kStart + 3h;
  EXPECT_TRUE(s.happens(outage::AlarmRang{})->entries.empty());
  s.now = kStart + 11h;  // the program was down: it rings once
  EXPECT_TRUE(s.happens(outage::AlarmRang{})->tell_on_call);
  EXPECT_TRUE(s.happens(outage::AlarmRang{})->entries.empty());
  EXPECT_EQ(alarm(s.o), s.now + 4h);
  s.happens(outage::Update{"Ola", "Wciąż naprawiamy.", s.now + 1h}).value();
  EXPECT_EQ(s.o.rings, 0);
  EXPECT_EQ(alarm(s.o), s.now + 1h);
}

TEST(Outage, AReportLooksLikeItByTwoWords) {
  const OutageStory s = declared();
  EXPECT_TRUE(looks_like(s.o, "Nie działa serwer poczty", "Od rana nie mamy poczty."));
  EXPECT_FALSE(looks_like(s.o, "Drukarka", "Drukarka nie drukuje na papierze."));
  EXPECT_FALSE(looks_like(s.o, "", ""));
}

TEST(Outage, ThreeOrganisationsWithinAQuarterOfAnHourSuggestOne) {
  const auto report = [](CaseNumber number, const char* who, Duration at, const char* words) {
    return FreshReport{number, who, kStart + at, words};
  };
  std::vector<FreshReport> list = {report(1, "a.example", 0min, "Serwer poczty stoi"),
                                   report(2, "b.example", 5min, "Nie działa serwer poczty"),
                                   report(4, "d.example", 6min, "Drukarka nie drukuje"),
                                   report(3, "c.example", 14min, "poczta: serwer poczty nie odpowiada")};
  const auto found = suggest_outages(list);
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].cases, (std::vector<CaseNumber>{1, 2, 3}));
  EXPECT_GE(found[0].words.size(), 2u);
  auto late = list;
  late[3].at = kStart + 16min;
  EXPECT_TRUE(suggest_outages(late).empty());
  auto same = list;
  same[1].who = "a.example";
  EXPECT_TRUE(suggest_outages(same).empty());
}

TEST(Outage, AFailureThatMonitoringReportsSuggestsOne) {
  std::vector<FreshReport> list = {{1, "a.example", kStart, "Nie działa serwer poczty", false},
                                   {2, "prometheus", kStart + 5min, "Serwer poczty leży\nport 25", true},
                                   {3, "prometheus", kStart + 6min, "Dysk pełny\n99%", true},
                                   {4, "prometheus", kStart + 7min, "Kopia zapasowa\nstara", false}};
  const auto found = suggest_outages(list);
  ASSERT_EQ(found.size(), 2u);
  EXPECT_EQ(found[0].cases, (std::vector<CaseNumber>{1, 2}));
  EXPECT_EQ(found[1].cases, (std::vector<CaseNumber>{3}));
  EXPECT_EQ(found[1].words, (std::vector<std::string>{"Dysk pełny"}));
}

TEST(Phone, ARejectionNeverLiesAboutARepair) {
  CallFacts facts;
  facts.on_call_phones = {"+48600000001"};
  EXPECT_EQ(decide_call(facts).reason, CallReason::no_calls);
  facts.takes_calls = true;
  EXPECT_EQ(decide_call(facts).to, "+48600000001");
  EXPECT_TRUE(decide_call(facts).redirect);
  facts.from = "+48600000001";  // who is on call phones herself
  EXPECT_EQ(decide_call(facts).reason, CallReason::nobody);
  facts.failure_open = true;
  EXPECT_FALSE(decide_call(facts).redirect);
  EXPECT_EQ(decide_call(facts).reason, CallReason::repairing);
}

TEST(Phone, WhoeverIsOnCallIsAColleague) {
  EXPECT_TRUE(is_colleague({"", "+48600000001"}, "+48600000001"));
  EXPECT_FALSE(is_colleague({"", "+48600000001"}, "+48601222333"));
  EXPECT_FALSE(is_colleague({"", "+48600000001"}, ""));
}

TEST(Phone, WakingTimeIsCountedOverTheNight) {
  const Waking waking{{{kStart, kStart + 12h}, {kStart + 24h, kStart + 36h}}};
  EXPECT_EQ(waking.after(kStart, 4h), kStart + 4h);
  EXPECT_EQ(waking.after(kStart + 10h, 4h), kStart + 26h);
  EXPECT_EQ(waking.after(kStart + 20h, 4h), kStart + 28h);
  EXPECT_TRUE(waking.awake(kStart));
  EXPECT_FALSE(waking.awake(kStart + 12h));
  EXPECT_EQ(Waking{}.after(kStart, 4h), kStart + 4h);
}

TEST(Phone, LandlinesGetNoSms) {
  EXPECT_TRUE(is_landline("+48221234567"));
  EXPECT_TRUE(is_landline("+48123456789"));
  EXPECT_FALSE(is_landline("+48601234567"));
  EXPECT_FALSE(is_landline("+48451234567"));
  EXPECT_FALSE(is_landline("+4930123456"));  // nobody knows
}

}  // namespace hejnal::core

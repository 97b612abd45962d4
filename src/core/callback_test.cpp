#include "core/callback.hpp"

#include <gtest/gtest.h>

namespace hejnal::core {

namespace {

constexpr Instant kStart{1'795'424'400'000};
constexpr const char* kPhone = "+48601222333";

struct CallbackStory {
  Callback c;
  callback::Facts facts;
  Instant now = kStart;
  std::vector<callback::Entry> journal = {};

  Result<callback::Decision> happens(const callback::Signal& signal) {
    auto decision = decide(facts, c, signal, now);
    if (decision) {
      for (const auto& entry : decision->entries) {
        EXPECT_TRUE(fits(c, entry));
        core::apply(c, entry);
        journal.push_back(entry);
      }
    }
    EXPECT_EQ(alarm(c).has_value(), c.open());
    return decision;
  }
  callback::Decision rings(const std::string& phone = kPhone, CallResult result = CallResult::rejected,
                           const std::string& id = {}) {
    callback::Rung rung;
    rung.call_id = id;
    rung.id = 1;
    rung.phone = phone;
    rung.person = {"Anna", "a@k.example", phone, {}};
    rung.at = now;
    rung.result = result;
    return happens(rung).value();
  }
  bool tries(AttemptResult result, const char* agent = "Ola") {
    return happens(callback::Try{agent, {}, result}).has_value();
  }
};

CallbackStory during_a_failure() {
  CallbackStory s;
  s.facts.failure_open = true;
  return s;
}

}  // namespace

TEST(Callback, TheSameCallAgainIsWhatBecameOfIt) {
  CallbackStory s = during_a_failure();
  callback::Rung rung;
  rung.id = 1;
  rung.phone = kPhone;
  rung.at = s.now;
  rung.call_id = "sip:a";
  EXPECT_EQ(s.happens(rung).value().notices.size(), 1u);
  rung.result = CallResult::missed;
  rung.hung_up = true;
  const auto second = s.happens(rung).value();
  EXPECT_EQ(second.entries.size(), 1u);
  EXPECT_EQ(second.entries[0].why, "the caller hung up before the answer");
  EXPECT_TRUE(second.notices.empty());
  EXPECT_EQ(s.c.calls_total, 1);
  ASSERT_EQ(s.c.calls.size(), 1u);
  EXPECT_EQ(s.c.calls[0].result, CallResult::missed);
  EXPECT_EQ(s.c.state, CallbackState::waiting);
  rung.call_id = "sip:b";
  s.happens(rung).value();
  EXPECT_EQ(s.c.calls_total, 2);
  // An exchange that rejects first and is answered after all pays the debt.
  rung.result = CallResult::answered;
  s.happens(rung).value();
  EXPECT_EQ(s.c.calls_total, 2);
  EXPECT_EQ(s.c.state, CallbackState::paid);
}

TEST(Callback, ACallThatIsPutThroughOwesNothingUntilSomethingIsToldOfIt) {
  CallbackStory s;
  const auto first = s.rings(kPhone, CallResult::put_through);
  EXPECT_EQ(s.c.state, CallbackState::ringing);
  EXPECT_TRUE(first.notices.empty());
  EXPECT_EQ(first.tell, AlertReason::none);
  EXPECT_FALSE(s.c.due_at);
  s.now = s.now + 3min;
  s.rings(kPhone, CallResult::answered);
  EXPECT_EQ(s.c.state, CallbackState::paid);
  EXPECT_EQ(s.c.end_reason, "the call was put through and answered");
  EXPECT_EQ(s.c.calls_total, 1);
}

TEST(Callback, OneThatWasPutThroughAndNotAnsweredIsOwed) {
  for (const bool failing : {false, true}) {
    CallbackStory s;
    s.rings(kPhone, CallResult::put_through, "sip:a");
    s.now = s.now + 1min;
    s.facts.failure_open = failing;  // it has begun while it rang
    const auto told = s.rings(kPhone, CallResult::missed, "pbx:1");
    EXPECT_EQ(s.c.state, failing ? CallbackState::waiting : CallbackState::due);
    EXPECT_EQ(told.notices.size(), 1u);
    EXPECT_EQ(told.tell, failing ? AlertReason::none : AlertReason::callbacks_due);
    EXPECT_EQ(s.c.calls_total, 1);
    EXPECT_EQ(s.c.calls[0].result, CallResult::missed);
  }
}

TEST(Callback, OneThatNothingIsToldOfIsOwedAndTheCallerIsPromisedNothing) {
  CallbackStory s;
  s.rings(kPhone, CallResult::put_through);
  s.now = *alarm(s.c) - 1ms;
  EXPECT_TRUE(s.happens(callback::AlarmRang{})->entries.empty());
  EXPECT_EQ(s.now, kStart + 2h - 1ms);
  s.now = *alarm(s.c);
  const auto rang = s.happens(callback::AlarmRang{}).value();
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_EQ(rang.tell, AlertReason::callbacks_due);
  EXPECT_TRUE(rang.notices.empty());      // it may have been answered
  s.rings(kPhone, CallResult::answered);  // told late
  EXPECT_EQ(s.c.state, CallbackState::paid);
}

TEST(Callback, WhatIsOwedStaysOwedWhenAnotherCallIsPutThrough) {
  CallbackStory s;
  s.rings();
  EXPECT_EQ(s.c.state, CallbackState::due);
  s.rings(kPhone, CallResult::put_through);
  EXPECT_EQ(s.c.state, CallbackState::due);
  // The exchange that tells of it may know it by another id than the one that has asked.
  callback::Rung rung;
  rung.phone = kPhone;
  rung.at = s.now;
  rung.call_id = "pbx:7";
  rung.result = CallResult::missed;
  s.happens(rung).value();
  EXPECT_EQ(s.c.calls_total, 2);
  rung.call_id = "pbx:8";
  rung.result = CallResult::answered;
  s.happens(rung).value();
  EXPECT_EQ(s.c.end_reason, "the client has phoned again and was answered");
}

TEST(Callback, WhatAPersonWritesDownIsACallOfItsOwn) {
  CallbackStory s;
  s.rings(kPhone, CallResult::put_through, "pbx:c1");  // and nothing is told of it
  s.now = s.now + 20min;
  s.rings();  // "R 601 222 333"
  ASSERT_EQ(s.c.calls.size(), 2u);
  EXPECT_EQ(s.c.calls[1].at, s.now);
  EXPECT_EQ(s.c.state, CallbackState::due);
  // Somebody has answered between the two: it pays for nothing that came after it.
  callback::Rung told;
  told.phone = kPhone;
  told.at = kStart + 10min;
  told.result = CallResult::answered;
  s.happens(told).value();
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_EQ(s.c.calls[0].result, CallResult::put_through);
  Callback replayed;
  for (const auto& entry : s.journal) core::apply(replayed, entry);
  EXPECT_TRUE(replayed == s.c);
}

TEST(Callback, AnAnswerIsOfTheLatestCallAndNotOfAnOldOneWithoutWord) {
  CallbackStory s;
  s.rings(kPhone, CallResult::put_through, "pbx:c1");
  s.now = s.now + 10min;
  s.rings(kPhone, CallResult::put_through, "pbx:c2");
  s.rings(kPhone, CallResult::missed, "pbx:c2");
  EXPECT_EQ(s.c.state, CallbackState::due);
  s.now = s.now + 10min;
  s.rings(kPhone, CallResult::answered);
  EXPECT_EQ(s.c.state, CallbackState::paid);
}

TEST(Callback, ACallOfAnotherIdOfTheSameKindIsAnother) {
  CallbackStory s;
  s.rings(kPhone, CallResult::put_through, "pbx:c1");
  s.now = s.now + 1min;
  s.rings(kPhone, CallResult::missed, "pbx:c2");
  EXPECT_EQ(s.c.calls_total, 2);
  // One that was put through by another way long ago is over, whatever became of it.
  CallbackStory old;
  old.rings(kPhone, CallResult::put_through, "sip:a");
  old.now = old.now + old.facts.told_within + 1min;
  old.rings(kPhone, CallResult::missed, "pbx:1");
  EXPECT_EQ(old.c.calls_total, 2);
}

TEST(Callback, JournalsThatDoNotSayWhichCallAreReadAsTheyWereWritten) {
  Callback c;
  const auto called = [&](CallResult result, Instant at) {
    core::apply(c, {at, "client", {}, callback::Called{at, kPhone, result}});
  };
  core::apply(c, {kStart, "client", {}, callback::Opened{1, {}}});
  called(CallResult::put_through, kStart);
  called(CallResult::missed, kStart + 24h);
  EXPECT_EQ(c.calls_total, 1);
  EXPECT_EQ(c.calls[0].result, CallResult::missed);
}

TEST(Callback, WaitsForTheAllClear) {
  CallbackStory s = during_a_failure();
  const auto first = s.rings();
  EXPECT_EQ(s.c.state, CallbackState::waiting);
  ASSERT_EQ(first.notices.size(), 1u);
  EXPECT_TRUE(first.notices[0].failure_open);
  EXPECT_EQ(first.tell, AlertReason::none);
  s.now = kStart + 2h;
  s.facts.failure_open = false;
  EXPECT_EQ(s.happens(callback::FailureChanged{})->tell, AlertReason::callbacks_due);
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_EQ(s.c.due_at, s.now);
  EXPECT_TRUE(s.happens(callback::FailureChanged{})->entries.empty());
}

TEST(Callback, AfterAFailureOnCallIsToldBySmsAtNightToo) {
  using enum AlertReason;
  CallbackStory s = during_a_failure();
  EXPECT_FALSE(s.rings().after_failure);
  s.facts.failure_open = false;
  EXPECT_TRUE(s.happens(callback::FailureChanged{})->after_failure);
  EXPECT_TRUE(tells_by_sms(callbacks_due, false, false, true));
  EXPECT_FALSE(tells_by_sms(callbacks_due, false, false, false));
  EXPECT_TRUE(tells_by_sms(callbacks_due, false, true, false));
  EXPECT_TRUE(tells_by_sms(callbacks_due, true, false, false));
  EXPECT_TRUE(tells_by_sms(callbacks_overdue, false, false, false));
}

TEST(Callback, SeveralCallsAddUpAndAreToldOnceAnHour) {
  CallbackStory s = during_a_failure();
  s.rings();
  s.now = s.now + 59min;
  EXPECT_TRUE(s.rings().notices.empty());
  EXPECT_EQ(s.rings("+48602222333").notices.size(), 1u);  // the other number of the same person
  s.now = s.now + 1min;
  EXPECT_EQ(s.rings().notices.size(), 1u);
  EXPECT_EQ(s.c.calls_total, 4);
  EXPECT_EQ(s.c.phones, (std::vector<std::string>{kPhone, "+48602222333"}));
  EXPECT_EQ(s.c.since, kStart);
}

TEST(Callback, TheSmsGoesToNoLandlineAndToNobodyWhoHasStopped) {
  CallbackStory s = during_a_failure();
  EXPECT_TRUE(s.rings("+48221234567").notices.empty());
  s.facts.sms_refused = "has sent STOP";
  EXPECT_TRUE(s.rings().notices.empty());
  s.facts.sms_refused.clear();
  s.facts.told_at = kStart - 30min;  // for a callback before this one
  EXPECT_TRUE(s.rings().notices.empty());
  s.now = kStart + 30min;
  EXPECT_EQ(s.rings().notices.size(), 1u);
}

TEST(Callback, WithoutAFailureItIsDueAtOnceAndTheCallerLearnsBySuchATime) {
  CallbackStory s;
  s.facts.waking = {{{kStart, kStart + 12h}}};
  const auto called = s.rings();
  EXPECT_EQ(s.c.state, CallbackState::due);
  ASSERT_EQ(called.notices.size(), 1u);
  EXPECT_FALSE(called.notices[0].failure_open);
  EXPECT_EQ(called.notices[0].due, kStart + 4h);
  EXPECT_EQ(called.tell, AlertReason::callbacks_due);
}

TEST(Callback, WhatWeDecideOfACallIsOfNoOtherCall) {
  CallbackStory s;
  callback::Rung rung;
  rung.id = 1;
  rung.phone = kPhone;
  rung.decided = true;
  rung.at = s.now;
  rung.call_id = "pbx:c1";
  rung.result = CallResult::put_through;
  s.happens(rung).value();
  EXPECT_EQ(s.c.state, CallbackState::ringing);
  s.now = s.now + 5min;
  s.facts.failure_open = true;
  rung.at = s.now;
  rung.call_id = "pbx:c2";
  rung.result = CallResult::rejected;
  EXPECT_EQ(s.happens(rung)->notices.size(), 1u);
  EXPECT_EQ(s.c.calls_total, 2);
  ASSERT_EQ(s.c.calls.size(), 2u);
  EXPECT_EQ(s.c.calls[0].result, CallResult::put_through);
  EXPECT_EQ(s.c.calls[1].result, CallResult::rejected);
  EXPECT_EQ(s.c.state, CallbackState::waiting);
  // The first one was answered, as is told late: it pays for nothing that came after it.
  callback::Rung told;
  told.phone = kPhone;
  told.at = s.now;
  told.call_id = "pbx:c1";
  told.result = CallResult::answered;
  s.happens(told).value();
  EXPECT_EQ(s.c.calls[0].result, CallResult::answered);
  EXPECT_EQ(s.c.state, CallbackState::waiting);
  EXPECT_EQ(s.c.since, kStart);
  told.result = CallResult::missed;  // that somebody has answered is final
  EXPECT_TRUE(s.happens(told)->entries.empty());
  s.now = s.now + 1min;
  told = {};
  told.phone = kPhone;
  told.at = s.now;
  told.call_id = "pbx:c3";
  told.result = CallResult::answered;
  s.happens(told).value();
  EXPECT_EQ(s.c.state, CallbackState::paid);
}

TEST(Callback, AnAnsweredCallPaysOnlyForWhatCameBeforeIt) {
  CallbackStory s;
  s.rings();
  callback::Rung told;
  told.phone = kPhone;
  told.at = kStart - 24h;
  told.result = CallResult::answered;
  s.happens(told).value();
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_EQ(s.c.since, kStart);
  told.at = kStart;
  s.happens(told).value();
  EXPECT_EQ(s.c.state, CallbackState::paid);
}

TEST(Callback, TheSmsOfAnEarlierOneIsRemembered) {
  CallbackStory s = during_a_failure();
  s.facts.told_at = kStart - 10min;  // for a callback before this one
  callback::Rung rung;
  rung.id = 2;
  rung.phone = kPhone;
  rung.at = s.now;
  rung.earlier = 1;
  EXPECT_TRUE(s.happens(rung)->notices.empty());
  EXPECT_EQ(s.c.earlier, std::vector<CallbackId>{1});
  s.facts.told_at.reset();  // the latest callback of this number is this one from now on
  s.now = kStart + 40min;
  EXPECT_TRUE(s.rings().notices.empty());
  s.now = kStart + 50min;
  EXPECT_EQ(s.rings().notices.size(), 1u);
  Callback replayed;
  for (const auto& entry : s.journal) core::apply(replayed, entry);
  EXPECT_TRUE(replayed == s.c);
}

TEST(Callback, WhatOneAgentHoldsAnotherDoesNotEnd) {
  CallbackStory s;
  s.rings();
  s.happens(callback::SaysItWorks{Channel::sms, "Już działa"}).value();
  s.happens(callback::Take{"Ola"}).value();
  for (const callback::Signal& signal :
       {callback::Signal(callback::Settle{"Jan"}), callback::Signal(callback::WriteOff{"Jan", "x"})}) {
    const auto other = s.happens(signal);
    ASSERT_FALSE(other);
    EXPECT_EQ(other.error().fault, Fault::conflict);
    EXPECT_NE(other.error().what.find("Ola"), std::string::npos);
  }
  EXPECT_TRUE(s.happens(callback::Settle{"Ola"}));
}

TEST(Callback, APersonIsCalledByOneAgentEvenWhenTwoAreOwed) {
  CallbackStory s;
  s.rings();
  s.facts.held = callback::Facts::Held{7, "Ola"};
  const auto other = s.happens(callback::Take{"Jan"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, Fault::conflict);
  EXPECT_NE(other.error().what.find("Ola has taken callback 7"), std::string::npos);
  EXPECT_FALSE(s.tries(AttemptResult::reached, "Jan"));
  EXPECT_TRUE(s.happens(callback::Take{"Ola"}));
}

namespace {

CallbackStory of_another_number(const char* phone, CallbackId id) {
  CallbackStory s;
  callback::Rung rung;
  rung.id = id;
  rung.phone = phone;
  rung.at = s.now = kStart - 1h;
  s.happens(rung).value();
  s.now = kStart;
  return s;
}

void is_what_its_journal_says(const CallbackStory& s) {
  Callback replayed;
  for (const auto& entry : s.journal) core::apply(replayed, entry);
  EXPECT_TRUE(replayed == s.c);
}

}  // namespace

TEST(Callback, TwoOfOnePersonBecomeOne) {
  CallbackStory a, b = of_another_number("+48602222333", 2);
  a.rings();
  EXPECT_TRUE(may_join(a.c, b.c));
  EXPECT_TRUE(goes_on(a.c, b.c));
  const Callback other = b.c;
  a.happens(callback::TakesOver{other}).value();
  b.happens(callback::GoesInto{1}).value();
  EXPECT_EQ(a.c.phones, (std::vector<std::string>{kPhone, "+48602222333"}));
  EXPECT_EQ(a.c.calls_total, 2);
  EXPECT_EQ(a.c.calls.front().phone, "+48602222333");  // in the order in which they came
  EXPECT_EQ(a.c.since, kStart - 1h);
  EXPECT_EQ(a.c.ring_at, other.ring_at);  // the sooner one
  EXPECT_EQ(a.c.earlier, std::vector<CallbackId>{2});
  EXPECT_TRUE(a.c.told_at("+48602222333"));  // one SMS an hour still
  EXPECT_EQ(b.c.state, CallbackState::joined);
  EXPECT_EQ(b.c.into, 1);
  EXPECT_EQ(b.happens(callback::Take{"Ola"}).error().fault, Fault::conflict);
  is_what_its_journal_says(a);
  is_what_its_journal_says(b);
}

TEST(Callback, WhatAnAgentHoldsGoesOnAndTwoAgentsAreLeftAlone) {
  CallbackStory a, b = of_another_number("+48602222333", 2);
  a.rings();
  b.happens(callback::Take{"Ola"}).value();
  EXPECT_TRUE(goes_on(b.c, a.c));
  a.happens(callback::Take{"Jan"}).value();
  EXPECT_FALSE(may_join(a.c, b.c));
  EXPECT_FALSE(b.happens(callback::TakesOver{a.c}));
  // Both may say what came of it.
  a.facts.held = callback::Facts::Held{2, "Ola"};
  EXPECT_TRUE(a.tries(AttemptResult::reached, "Jan"));
  b.facts.held = callback::Facts::Held{1, "Jan"};
  b.facts.reached = callback::Facts::Reached{1, "Jan", kStart};
  EXPECT_TRUE(b.tries(AttemptResult::no_answer, "Ola"));
  EXPECT_EQ(b.c.state, CallbackState::paid);  // the client was called once
  EXPECT_NE(b.c.end_reason.find("Jan has reached the same person"), std::string::npos);
}

TEST(Callback, WhoPhonesAfterASiblingWasReachedIsOwedACall) {
  CallbackStory s;
  s.rings();
  s.happens(callback::Take{"Ola"}).value();
  s.facts.reached = callback::Facts::Reached{2, "Jan", kStart - 1ms};
  EXPECT_TRUE(s.tries(AttemptResult::no_answer));
  EXPECT_EQ(s.c.state, CallbackState::due);
}

TEST(Callback, ANumberThatIsSomebodyElsesLeavesWithItsCalls) {
  CallbackStory a, b;
  a.rings();
  a.now = a.now + 1min;
  a.rings("+48602222333");
  const std::vector<OwnerOfNumber> jan = {{"a@k.example", Standing::refused},
                                          {"jan@k.example", Standing::confirmed}};
  EXPECT_FALSE(is_of(a.c, jan));
  EXPECT_FALSE(is_of(a.c, {jan.front()}));
  EXPECT_FALSE(is_of(a.c, {jan.back()}));
  EXPECT_TRUE(is_of(a.c, {}));
  EXPECT_TRUE(is_of(a.c, {{"x@k.example", Standing::learnt}}));
  EXPECT_TRUE(is_of(a.c, {{"x@k.example", Standing::confirmed}, {"a@k.example", Standing::confirmed}}));
  a.happens(callback::Take{"Ola"}).value();
  b.now = a.now;
  b.happens(callback::BeginsWith{a.c, "+48602222333", 2, {"Jan", "jan@k.example", {}, {}}}).value();
  a.happens(callback::Loses{"+48602222333", 2}).value();
  EXPECT_EQ(a.c.phones, std::vector<std::string>{kPhone});
  EXPECT_EQ(a.c.calls_total, 1);
  EXPECT_EQ(b.c.phones, std::vector<std::string>{"+48602222333"});
  EXPECT_EQ(b.c.person.email, "jan@k.example");
  EXPECT_EQ(b.c.person.phone, "+48602222333");
  EXPECT_EQ(b.c.since, kStart + 1min);
  // Ola may be on the telephone with either of them.
  EXPECT_EQ(b.c.taken_by, "Ola");
  EXPECT_EQ(b.c.lapse_at, a.c.lapse_at);
  EXPECT_TRUE(a.tries(AttemptResult::reached));
  EXPECT_TRUE(b.c.open());
  is_what_its_journal_says(a);
  is_what_its_journal_says(b);
}

TEST(Callback, WhatIsToldLateOwesNothingThatWasPaidSince) {
  CallbackStory s;
  s.facts.settled_at = kStart;
  callback::Rung late;
  late.id = 2;
  late.phone = kPhone;
  late.at = kStart - 5min;
  s.now = kStart + 2h;
  EXPECT_TRUE(s.happens(late)->entries.empty());
  EXPECT_FALSE(s.c.exists());
  late.at = kStart + 1ms;
  s.happens(late).value();
  EXPECT_EQ(s.c.state, CallbackState::due);
}

TEST(Callback, OfACallOfSixDaysAgoNoSmsSpeaksToday) {
  CallbackStory s = during_a_failure();
  callback::Rung late;
  late.id = 1;
  late.phone = kPhone;
  late.at = kStart - 6 * 24h;
  EXPECT_TRUE(s.happens(late)->notices.empty());
  EXPECT_EQ(s.c.state, CallbackState::waiting);  // it is owed all the same
  late.at = kStart - 59min;
  EXPECT_EQ(s.happens(late)->notices.size(), 1u);
}

TEST(Callback, ShowsWhatIsKnownNow) {
  CallbackStory s;
  callback::Rung rung;
  rung.id = 1;
  rung.phone = kPhone;
  rung.at = s.now;
  s.happens(rung).value();  // of nobody knows whom, about nobody knows what
  const callback::IsKnown known{{"Anna", "a@k.example", kPhone, "K"}, {12, 7}, true, {3, "Serwer"}};
  EXPECT_EQ(s.happens(known)->entries.size(), 1u);
  EXPECT_EQ(s.c.person.email, "a@k.example");
  EXPECT_EQ(s.c.person.phone, kPhone);
  EXPECT_TRUE(s.c.critical);
  EXPECT_EQ(s.c.cases, (std::vector<CaseNumber>{12, 7}));
  EXPECT_EQ(s.c.outage.title, "Serwer");
  EXPECT_TRUE(s.happens(known)->entries.empty());
  // Nothing is critical about it any more.
  EXPECT_EQ(s.happens(callback::IsKnown{known.person, {12}, false, {}})->entries.size(), 1u);
  EXPECT_FALSE(s.c.critical);
  EXPECT_EQ(s.c.outage.id, 0);
  is_what_its_journal_says(s);
}

TEST(Callback, WhoSaysThatItFailsAfterAllTakesTheWordBack) {
  CallbackStory s;
  s.rings();
  EXPECT_TRUE(s.happens(callback::SaysItFails{Channel::sms, "nie działa"})->entries.empty());
  s.happens(callback::SaysItWorks{Channel::sms, "Już działa"}).value();
  s.happens(callback::SaysItFails{Channel::sms, "Nie, jednak nie działa!"}).value();
  EXPECT_TRUE(s.c.offered.empty());
  EXPECT_FALSE(s.happens(callback::Settle{"Ola"}));
  EXPECT_TRUE(says_it_fails("Nie, jednak nie działa!"));
  EXPECT_FALSE(says_it_fails("Już działa, dziękuję"));
}

TEST(Callback, IsTakenByOneAgent) {
  CallbackStory s;
  s.rings();
  EXPECT_TRUE(s.happens(callback::Take{"Ola"}));
  EXPECT_TRUE(s.happens(callback::Take{"Ola"})->entries.empty());
  const auto other = s.happens(callback::Take{"Jan"});
  ASSERT_FALSE(other);
  EXPECT_EQ(other.error().fault, Fault::conflict);
  EXPECT_NE(other.error().what.find("Ola"), std::string::npos);
  EXPECT_FALSE(s.tries(AttemptResult::reached, "Jan"));
  EXPECT_TRUE(s.tries(AttemptResult::no_answer));
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_EQ(s.c.retry_at, kStart + 30min);
  EXPECT_TRUE(s.tries(AttemptResult::reached, "Jan"));
  EXPECT_EQ(s.c.state, CallbackState::paid);
  EXPECT_FALSE(s.tries(AttemptResult::reached));
  EXPECT_FALSE(alarm(s.c).has_value());
}

TEST(Callback, WhatNobodyTriesGoesBackAfterAnHour) {
  CallbackStory s;
  s.rings();
  s.happens(callback::Take{"Ola"}).value();
  s.now = *alarm(s.c);
  EXPECT_EQ(s.now, kStart + 1h);
  s.happens(callback::AlarmRang{}).value();
  EXPECT_EQ(s.c.state, CallbackState::due);
  EXPECT_TRUE(s.happens(callback::Take{"Jan"}));
}

TEST(Callback, ANewFailurePutsItBackUnlessItIsTaken) {
  CallbackStory due, taken;
  due.rings();
  taken.rings();
  taken.happens(callback::Take{"Ola"}).value();
  for (CallbackStory* s : {&due, &taken}) {
    s->facts.failure_open = true;
    s->happens(callback::FailureChanged{}).value();
  }
  EXPECT_EQ(due.c.state, CallbackState::waiting);
  EXPECT_FALSE(due.c.due_at.has_value());
  EXPECT_EQ(taken.c.state, CallbackState::taken);
  EXPECT_TRUE(taken.tries(AttemptResult::voicemail));
  EXPECT_EQ(taken.c.state, CallbackState::waiting);
}

TEST(Callback, RingsWhenItIsNotPaidAndDailyWhileItWaits) {
  CallbackStory s;
  s.rings();
  s.now = *alarm(s.c);
  EXPECT_EQ(s.now, kStart + 4h);
  EXPECT_EQ(s.happens(callback::AlarmRang{})->tell, AlertReason::callbacks_overdue);
  EXPECT_TRUE(s.happens(callback::AlarmRang{})->entries.empty());
  CallbackStory waits = during_a_failure();
  waits.rings();
  waits.now = kStart + 75h;  // three rings in one
  EXPECT_EQ(waits.happens(callback::AlarmRang{})->tell, AlertReason::callbacks_waiting);
  EXPECT_EQ(alarm(waits.c), kStart + 96h);
}

TEST(Callback, EndsByACallTheClientsWordOrAReason) {
  CallbackStory s;
  s.rings();
  EXPECT_EQ(s.happens(callback::Settle{"Ola"}).error().fault, Fault::conflict);
  s.happens(callback::SaysItWorks{Channel::sms, "Już działa, dziękuję"}).value();
  EXPECT_EQ(s.c.state, CallbackState::due);  // only offered
  s.happens(callback::Settle{"Ola"}).value();
  EXPECT_EQ(s.c.state, CallbackState::paid);

  CallbackStory other;
  other.rings();
  EXPECT_EQ(other.happens(callback::WriteOff{"Ola", " "}).error().fault, Fault::malformed);
  other.happens(callback::WriteOff{"Ola", "numer nie istnieje"}).value();
  EXPECT_EQ(other.c.state, CallbackState::written_off);
  EXPECT_EQ(other.c.end_reason, "numer nie istnieje");

  CallbackStory again;
  again.rings();
  again.rings(kPhone, CallResult::answered);
  EXPECT_EQ(again.c.state, CallbackState::paid);

  Callback replayed;
  for (const auto& entry : s.journal) core::apply(replayed, entry);
  EXPECT_TRUE(replayed == s.c);
}

TEST(Callback, AWrongNumberIsNotTriedAgainWhereThereIsAnother) {
  CallbackStory s;
  s.rings("+48602222333");
  s.rings();
  EXPECT_TRUE(s.tries(AttemptResult::wrong_number));
  EXPECT_EQ(s.c.wrong_phones, (std::vector<std::string>{kPhone}));
  EXPECT_TRUE(s.tries(AttemptResult::reached));
  EXPECT_EQ(s.c.attempts.back().phone, "+48602222333");
}

TEST(Callback, WhatAClientSaysOfAWorkingThing) {
  for (const char* yes :
       {"Już działa, dziękuję", "wszystko dziala", "It works again, thanks", "Nie trzeba oddzwaniać",
        "Dzień dobry, u nas już wszystko działa. Pozdrawiam, Anna Nowak", "Works now. No need to call.",
        "Już działa, jeszcze raz dziękuję!"}) {
    EXPECT_TRUE(says_it_works(yes)) << yes;
    EXPECT_TRUE(says_only_that_it_works(yes)) << yes;
  }
  for (const char* no :
       {"Nadal nie działa", "Kiedy będzie działać?", "It still does not work again", "Dzień dobry", "",
        "Nothing works now!", "Nie wszystko działa, kasy stoją",
        "Prawie wszystko dziala, ale drukarki fiskalne padly", "Internet już działa, ale poczta leży",
        "Czy juz dziala?", "Already works, but the printer does not", "Only the till works now",
        "Wszystko działa poza kasą", "Nic nie działa", "Kasa już działa, drukarka stoi"}) {
    EXPECT_FALSE(says_it_works(no)) << no;
    EXPECT_FALSE(says_only_that_it_works(no)) << no;
  }
  // It is offered, and it is a matter of its own as well.
  for (const char* both :
       {"Internet już działa, proszę o fakturę", "It works again, the invoice was wrong"}) {
    EXPECT_TRUE(says_it_works(both)) << both;
    EXPECT_FALSE(says_only_that_it_works(both)) << both;
  }
  for (const char* fails : {"Nothing works now!", "Nie wszystko działa", "nic nie działa"})
    EXPECT_TRUE(says_it_fails(fails)) << fails;
}

TEST(Callback, CriticalOnesComeFirstThenThoseWhoHaveWaitedLongest) {
  Callback a, b, c;
  a.id = 1;
  a.since = kStart;
  b.id = 2;
  b.since = kStart + 1h;
  b.critical = true;
  c.id = 3;
  c.since = kStart + 2h;
  EXPECT_TRUE(before(b, a));
  EXPECT_TRUE(before(a, c));
  EXPECT_FALSE(before(c, a));
}

}  // namespace hejnal::core

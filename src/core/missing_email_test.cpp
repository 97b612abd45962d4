// An SMS announces an email that is not here: the case, what is told to whom, and the search for it.
#include "core/missing_email.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>

#include "core/detail/test_story.hpp"
#include "core/mail_health.hpp"

namespace hejnal::core {

TEST(MissingEmail, OnCallIsToldAtOnceAndTheSenderAfterAShortWait) {
  Story s;
  s.sms(Relation::opens);
  EXPECT_EQ(s.said(), (Lines{"alert email piotr@desk", "alert sms +48600000001"}));
  EXPECT_TRUE(awaits_email(s.c));
  EXPECT_EQ(s.c.announced_at, kStart);
  s.at(2min - 1ms);
  EXPECT_EQ(s.said(), Lines{});
  s.at(2min);
  EXPECT_EQ(s.said(), (Lines{"missing_email sms +48601222333"}));
}

TEST(MissingEmail, TheWaitIsTheProceduresAndNothingIsSentWhenTheEmailWasOnlySlower) {
  Story s;
  s.procedure.rules.email_missing_after = 10min;
  s.sms(Relation::opens);
  s.said();
  s.now = kStart + 90s;
  s.email(Relation::announced);
  EXPECT_EQ(s.said(), (Lines{"receipt email anna@klient.example"}));
  EXPECT_EQ(s.c.email_late_ms, 90'000);
  s.at(4min);
  EXPECT_EQ(s.said(), Lines{});
}

TEST(MissingEmail, HoweverLateItJoinsAndTheRecordSaysHowLate) {
  Story s;
  s.sms(Relation::opens);
  s.agent(Action::read);
  s.now = kStart + 5h + 12min;
  s.email(Relation::announced);
  EXPECT_EQ(s.why<EmailFound>(), "the email came 5 h 12 min after the SMS that announced it");
  EXPECT_EQ(s.c.email_late_ms, Duration(5h + 12min).count());
  EXPECT_EQ(email_came_at(s.c), kStart + 5h + 12min);
  EXPECT_FALSE(awaits_email(s.c));
}

TEST(MissingEmail, AnAgentSaysThatNoneWillCome) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  s.agent(Action::no_email);
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_TRUE(s.c.read_at.has_value());
  EXPECT_FALSE(s.c.debt(Promise::react));
  s.at(10min);
  for (const std::string& line : s.said()) EXPECT_EQ(line.find("missing_email"), std::string::npos) << line;
  ASSERT_TRUE(announcement(s.c)) << "an email was announced, and has not come: that is counted";
  EXPECT_FALSE(announcement(s.c)->late_ms);
  // If it comes after all, the record says how late.
  s.now = kStart + 3h;
  s.email(Relation::announced);
  EXPECT_EQ(announcement(s.c)->late_ms, Duration(3h).count());
  EXPECT_EQ(s.refusal(s.acted(Action::no_email)), "case 7 is not without its email");
}

TEST(MissingEmail, TypedTextStandsForItAndTheEmailIsStillAwaited) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  s.now = kStart + 3min;
  s.report(Relation::reply);
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_TRUE(awaits_email(s.c));
  EXPECT_EQ(s.why<EmailFound>(), "the client has typed the text 3 min after the SMS");
  EXPECT_EQ(s.all<EmailFound>().back().channel, Channel::web);
  EXPECT_EQ(s.said(), (Lines{"receipt email anna@klient.example"}));
  s.at(4min);
  EXPECT_EQ(s.said(), Lines{});  // nobody asks for the email any more
  s.now = kStart + 2h;
  s.email(Relation::announced);
  EXPECT_EQ(s.c.email_late_ms, Duration(2h).count());
  EXPECT_EQ(s.all<EmailFound>().size(), 2u);
}

TEST(MissingEmail, TypedWithoutAnAddressThePageItselfIsTheReceipt) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  s.report(Relation::reply, {{}, {}, kAnnasNumber, {}});
  EXPECT_FALSE(s.c.email_missing);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.why<Withheld>(), "the page itself has said that the text has arrived");
}

TEST(MissingEmail, WhatWasFoundAmongTheSetAsideJoinsAndItsReceiptGoesToTheNumber) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  EmailReceived mail = s.mail(Relation::announced);
  mail.automatic_to.clear();
  mail.came_at = kStart - 1min;
  mail.set_aside_why = "the spam filter has marked it";
  ASSERT_TRUE(s.happens(mail));
  EXPECT_EQ(s.said(), (Lines{"receipt sms +48601222333"}));
  EXPECT_EQ(s.c.email_late_ms, 0);
  EXPECT_EQ(s.why<EmailFound>(),
            "the email was here before the SMS that announced it; it was set aside: the spam filter has "
            "marked it");
}

TEST(MissingEmail, WhatMayBeItIsOfferedAndTheAlertNamesIt) {
  Story s;
  SmsReceived sms;
  sms.message = 1;
  sms.from.phone = kAnnasNumber;
  sms.offered = {{{21, "jan@klient.example", "Serwer"}, "both speak of \"serwer\""}};
  ASSERT_TRUE(s.happens(sms));
  ASSERT_FALSE(s.notices.empty());
  EXPECT_EQ(s.notices[0].found, "Serwer (jan@klient.example)");
  ASSERT_TRUE(s.happens(MailOffered{{21, "jan@klient.example", "Serwer"}, "again"}));
  ASSERT_TRUE(s.happens(MailOffered{{22, "ola@klient.example", "Drukarka"}, "same organisation"}));
  EXPECT_EQ(s.all<Offered>().size(), 2u);
  EXPECT_EQ(s.why<Offered>(), "same organisation");
  s.email(Relation::announced);
  EXPECT_TRUE(s.c.offered.empty());
  ASSERT_TRUE(s.happens(MailOffered{{23, "ola@klient.example", "Drukarka"}, "too late"}));
  EXPECT_EQ(s.all<Offered>().size(), 2u);
}

TEST(MissingEmail, ABudgetKeepsTheSmsBackAndSaysSo) {
  Story s;
  s.sms(Relation::opens);
  s.said();
  s.facts.sms_over_budget = {kAnnasNumber};
  s.at(2min);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.why<Withheld>(), "+48601222333 has had enough automatic SMS for now");
}

TEST(Lost, AReceiptThatBouncesGoesBySmsOnceAndAnAnswerOnceMore) {
  Story s;
  s.email();
  s.sms();  // the number is known from here on
  s.said();
  s.fate(1, NoticeKind::receipt);
  EXPECT_EQ(s.said(), (Lines{"receipt_by_sms sms +48601222333"}));
  s.fate(1, NoticeKind::receipt, NoticeState::failed);  // the same one, heard of in another way
  EXPECT_EQ(s.said(), Lines{});
  s.fate(9, NoticeKind::start_of_work);
  EXPECT_EQ(s.said(), Lines{});
  EXPECT_EQ(s.why<Withheld>(), "an SMS has said before that our mail does not arrive");
  s.agent(Action::answer, "Gotowe.");
  s.said();
  s.fate(11, NoticeKind::answer);
  const Lines said = s.said();
  EXPECT_NE(std::find(said.begin(), said.end(), "receipt_by_sms sms +48601222333"), said.end());
}

TEST(Lost, ANumberThatOnlyTheDeskKnowsWillDoAndABudgetCounts) {
  Story s;
  s.email();
  s.said();
  s.facts.known_phone = kAnnasNumber;
  Story poor = s;
  s.fate(1, NoticeKind::receipt);
  EXPECT_EQ(s.said(), (Lines{"receipt_by_sms sms +48601222333"}));
  poor.facts.sms_over_budget = {kAnnasNumber};
  poor.fate(1, NoticeKind::receipt);
  EXPECT_EQ(poor.said(), Lines{});
  EXPECT_EQ(poor.why<Withheld>(), "+48601222333 has had enough automatic SMS for now");
}

TEST(Announced, AnSmsAfterItsEmailFindsItHere) {
  Story s;
  s.email();
  EXPECT_FALSE(announcement(s.c));
  s.now = kStart + 2h;
  s.sms();
  ASSERT_TRUE(announcement(s.c));
  EXPECT_EQ(*announcement(s.c), (Announcement{7, kStart + 2h, "klient.example", 0}));
  Story talk;
  talk.email();
  talk.agent(Action::answer, "Gotowe.");
  talk.sms();  // "thank you" announces nothing
  EXPECT_FALSE(announcement(talk.c));
}

TEST(Announced, AMergedCaseIsCountedWhereItsEmailIs) {
  Story s;
  s.sms(Relation::opens);
  s.now = kStart + 1h;
  s.facts.other = Facts::Other{};
  s.facts.other->number = 8;
  s.facts.other->email_came_at = kStart + 30min;
  AgentActed merge = s.acted(Action::merge);
  merge.other = 8;
  ASSERT_TRUE(s.happens(merge));
  ASSERT_TRUE(announcement(s.c));
  EXPECT_EQ(announcement(s.c)->late_ms, Duration(30min).count());
  Story both;  // two SMS wait for one email
  both.sms(Relation::opens);
  both.facts.other = Facts::Other{};
  both.facts.other->number = 8;
  both.facts.other->email_missing = true;
  ASSERT_TRUE(both.happens(merge));
  EXPECT_FALSE(announcement(both.c));
}

TEST(Announced, AreCountedByDayAndDomain) {
  MailHealth health(2min, kStart + 24h);
  const auto add = [&health](const char* day, const char* domain, std::optional<Duration> late,
                             Instant at = kStart) {
    health.add({1, at, domain, late ? std::optional(late->count()) : std::nullopt}, day);
  };
  add("2026-11-23", "klient.example", 0ms);
  add("2026-11-23", "klient.example", 2min);
  add("2026-11-23", "klient.example", 5h);
  add("2026-11-23", "klient.example", 1h);
  add("2026-11-23", "klient.example", 3h);
  add("2026-11-23", "sklep.example", std::nullopt);
  add("2026-11-24", "sklep.example", std::nullopt, kStart + 24h - 1min);
  const MailHealth::Count& one = health.by_day().at({"2026-11-23", "klient.example"});
  EXPECT_EQ((std::array{one.announced, one.in_time, one.late, one.missing, one.waiting}),
            (std::array{5, 2, 3, 0, 0}));
  EXPECT_EQ(one.late_ms_median(), Duration(3h).count());
  EXPECT_EQ(one.late_ms_max(), Duration(5h).count());
  const MailHealth::Count& other = health.by_domain().at("sklep.example");
  EXPECT_EQ((std::array{other.announced, other.missing, other.waiting}), (std::array{2, 1, 1}));
  EXPECT_EQ(other.late_ms_median(), 0);
  EXPECT_EQ(health.total().announced, 7);
}

namespace {

Candidate waiting(const std::string& text, const std::string& email = kAnna) {
  Candidate c;
  c.number = 7;
  c.email_missing = true;
  c.opened_at = c.sent_at = kStart;
  c.words_text = text;
  c.client = {"Anna", email, kAnnasNumber, {}};
  return c;
}

SetAsideMail mail(MessageId id, const std::string& from, const std::string& subject, const std::string& text,
                  Duration before = 2min, const std::string& why = "the spam filter has marked it") {
  SetAsideMail m;
  m.message = id;
  m.mail.from = from;
  m.mail.base_subject = subject;
  m.mail.words_text = m.mail.whole_text = text;
  m.mail.sent_at = kStart - before;
  m.mail.own_domains = {"wsparcie.example"};
  m.why = why;
  return m;
}

}  // namespace

TEST(SearchSetAside, WhatTheRulesWouldJoinJoins) {
  const auto found =
      search_set_aside(waiting("Serwer rejestracji nie działa"),
                       {mail(1, "sklep@promocje.example", "Promocja", "Tanio!"),
                        mail(2, kAnna, "Rejestracja", "Stoi serwer rejestracji pacjentów.", 3h)});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_EQ(found[0].message, 2);
  EXPECT_TRUE(found[0].joins);
  EXPECT_NE(found[0].reason.find("both speak of"), std::string::npos);
  EXPECT_NE(found[0].reason.find("it was set aside: the spam filter has marked it"), std::string::npos);
}

TEST(SearchSetAside, WhatMayBeForgedOrIsARobotsIsOnlyOffered) {
  const Candidate c = waiting("Serwer rejestracji nie działa");
  auto forged = search_set_aside(
      c, {mail(1, kAnna, "Rejestracja", "Stoi serwer rejestracji.", 2min, std::string(kNotAuthenticated))});
  ASSERT_EQ(forged.size(), 1u);
  EXPECT_FALSE(forged[0].joins);
  SetAsideMail robot = mail(2, kAnna, "Rejestracja", "Stoi serwer rejestracji.");
  robot.automatic = true;
  auto found = search_set_aside(c, {robot});
  ASSERT_EQ(found.size(), 1u);
  EXPECT_FALSE(found[0].joins);
  robot.mail.base_subject = robot.mail.words_text = "Biuletyn";
  EXPECT_TRUE(search_set_aside(c, {robot}).empty());
}

TEST(SearchSetAside, AColleaguesOrAStrangersMailIsOfferedByItsWordsAndTime) {
  const Candidate c = waiting("Serwer rejestracji nie działa, email wysłany");
  const auto colleague = search_set_aside(c, {mail(1, "ola@klient.example", "Serwer", "Serwer stoi.")});
  ASSERT_EQ(colleague.size(), 1u);
  EXPECT_FALSE(colleague[0].joins);
  const auto stranger =
      search_set_aside(waiting("Serwer rejestracji nie działa", ""),
                       {mail(1, "kto@gmail.com", "Serwer", "Serwer rejestracji nie odpowiada.", 5min)});
  ASSERT_EQ(stranger.size(), 1u);
  EXPECT_FALSE(stranger[0].joins);
  EXPECT_TRUE(search_set_aside(waiting("Serwer rejestracji nie działa", ""),
                               {mail(1, "kto@gmail.com", "Serwer", "Mamy ofertę.", 9h)})
                  .empty());
}

TEST(SearchSetAside, OfTwoDifferentOnesAPersonChoosesAndTheSameTwiceIsOne) {
  const Candidate c = waiting("Serwer rejestracji nie działa, drukarka też");
  const auto two = search_set_aside(c, {mail(1, kAnna, "Serwer", "Serwer rejestracji stoi."),
                                        mail(2, kAnna, "Drukarka", "Drukarka nie drukuje.")});
  ASSERT_EQ(two.size(), 2u);
  EXPECT_FALSE(two[0].joins || two[1].joins);
  const auto same = search_set_aside(c, {mail(1, kAnna, "Serwer", "Serwer rejestracji stoi."),
                                         mail(2, kAnna, "Serwer", "Serwer rejestracji stoi.", 1min)});
  ASSERT_EQ(same.size(), 2u);
  EXPECT_EQ(same[0].message, 2);
  EXPECT_TRUE(same[0].joins);
  EXPECT_FALSE(same[1].joins);
}

TEST(SearchSetAside, WhatIsOldIsOfferedAndWhatIsOlderIsNot) {
  const Candidate c = waiting("Serwer rejestracji nie działa");
  const auto days = search_set_aside(c, {mail(1, kAnna, "Serwer", "Serwer rejestracji stoi.", 26h)});
  ASSERT_EQ(days.size(), 1u);
  EXPECT_FALSE(days[0].joins);
  EXPECT_TRUE(search_set_aside(c, {mail(1, kAnna, "Serwer", "Serwer rejestracji stoi.", 24h * 8)}).empty());
}

TEST(Awaited, AfterTypedTextOnlyWhatWasSentThenOrSaysTheSame) {
  Candidate c = waiting("Serwer rejestracji pacjentów nie działa od rana");
  c.email_missing = false;
  EmailFacts email;
  email.sent_at = kStart - 5min;
  email.words_text = "Stoi serwer rejestracji.";
  EXPECT_TRUE(may_be_awaited(c, email));
  email.words_text = "Faktura z serwera";  // one word is not enough
  EXPECT_FALSE(may_be_awaited(c, email));
  email.sent_at = kStart + 48h;
  email.words_text = "Drukarka nie działa";
  EXPECT_FALSE(may_be_awaited(c, email));
  email.words_text = "Serwer rejestracji pacjentów nie działa od rana";
  EXPECT_TRUE(may_be_awaited(c, email));
}

}  // namespace hejnal::core

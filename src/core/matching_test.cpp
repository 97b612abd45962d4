// Which case a message belongs to.
#include "core/matching.hpp"

#include <gtest/gtest.h>

#include <algorithm>

#include "core/detail/test_story.hpp"

namespace hejnal::core {

namespace {

using Candidates = std::vector<Candidate>;

const Procedure kProcedure = built_in();

// Anna's printer, an hour ago.
Candidate printer() {
  Candidate c;
  c.number = 12;
  c.opened_at = c.sent_at = kStart;
  c.base_subject = "Drukarka nie drukuje";
  c.words_text = "Prosimy o naprawę drukarki w księgowości, od rana nie drukuje faktur.";
  c.last_email_at = kStart;
  c.participants = {kAnna, "szef@klient.example"};
  c.client = {"Anna", kAnna, kAnnasNumber, {}};
  return c;
}

// Jan's SMS that waits for its email.
Candidate announcement() {
  Candidate c;
  c.number = 20;
  c.email_missing = true;
  c.opened_at = c.sent_at = kStart;
  c.words_text = "Wysłałem email: kasa fiskalna nie drukuje paragonów";
  c.client = {"Jan", {}, "+48602333444", {}};
  return c;
}

EmailFacts email_of(std::string from, std::string subject = "Nowy temat", std::string text = "Coś innego.") {
  EmailFacts e;
  e.from = std::move(from);
  e.base_subject = std::move(subject);
  e.words_text = std::move(text);
  e.sent_at = kStart + 1h;
  e.own_domains = {"wsparcie.example"};
  return e;
}

SmsFacts sms_of(std::string text, Duration after) {
  SmsFacts s;
  s.from = kAnnasNumber;
  s.person = {"Anna", kAnna, kAnnasNumber, {}};
  s.text = std::move(text);
  s.at = kStart + after;
  return s;
}

}  // namespace

// -- email: threads
// ------------------------------------------------------------------------------------------------

TEST(MatchEmail, AReferenceJoinsOnlyForThoseWhoHaveToDoWithTheCase) {
  const struct {
    const char* from;
    bool joins;
    const char* why;
  } rows[] = {
      {kAnna, true, "the client"},
      {"szef@klient.example", true, "in copy"},
      {"nowy@klient.example", true, "the organisation's own domain"},
      {"obcy@inna.example", false, "a stranger who knows the tag"},
      {"kolega@wsparcie.example", false, "the desk's own domain is nobody's organisation"},
      {"", false, "no sender"},
  };
  for (const auto& row : rows) {
    Candidate c = printer();
    c.referred = true;
    c.referred_by = "a reference";
    const Match m = match_email(email_of(row.from), {c});
    EXPECT_EQ(m.number, row.joins ? 12 : 0) << row.why;
    EXPECT_EQ(m.mentions, row.joins ? 0 : 12) << row.why;
    if (row.joins) {
      EXPECT_EQ(m.relation, Relation::reply);
      EXPECT_TRUE(m.reason.starts_with("a reference; its sender ")) << m.reason;
    }
  }
}

TEST(MatchEmail, AFreemailDomainIsNoOrganisation) {
  for (const char* domain : {"gmail.com", "wp.pl", "o2.pl", "onet.pl", "interia.pl", "outlook.com"}) {
    Candidate c = printer();
    c.referred = true;
    c.client.email = std::string("anna@") + domain;
    c.participants = {c.client.email};
    EXPECT_EQ(match_email(email_of(std::string("obcy@") + domain), {c}).number, 0) << domain;
    EXPECT_EQ(match_email(email_of(c.client.email), {c}).number, 12) << domain;
    EXPECT_TRUE(is_freemail(domain));
  }
  EXPECT_FALSE(is_freemail("klient.example"));
  EXPECT_FALSE(is_freemail(""));
}

TEST(MatchEmail, NothingJoinsAClosedCase) {
  Candidate c = printer();
  c.state = State::closed;
  c.referred = true;
  Match m = match_email(email_of(kAnna, "Drukarka nie drukuje", c.words_text), {c});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.mentions, 12);
  c.referred = false;
  m = match_email(email_of(kAnna, "Drukarka nie drukuje", c.words_text), {c});
  EXPECT_EQ(m.number, 0);
  Candidate waits = announcement();
  waits.state = State::closed;
  waits.client.email = kAnna;
  EXPECT_EQ(match_email(email_of(kAnna, "kasa fiskalna"), {waits}).number, 0);
}

TEST(MatchEmail, TheMostTellingReferenceCounts) {
  Candidate foreign = printer(), own = printer();
  foreign.number = 3;
  foreign.client.email = "x@inna.example";
  foreign.participants = {"x@inna.example"};
  foreign.referred = own.referred = true;
  const Match m = match_email(email_of(kAnna), {foreign, own});
  EXPECT_EQ(m.number, 12);
}

// -- email: sent again
// ---------------------------------------------------------------------------------------------

TEST(MatchEmail, SentAgain) {
  const Candidate c = printer();
  const std::string text = c.words_text;
  const struct {
    const char* what;
    std::string from, subject, text;
    bool resend;
  } rows[] = {
      {"the same", kAnna, "Drukarka nie drukuje", text, true},
      {"other letters", kAnna, "DRUKARKA NIE DRUKUJE", text, true},
      {"a line on top", kAnna, "Drukarka nie drukuje", "Wysłałam to już wczoraj. " + text, true},
      {"another subject", kAnna, "Faktury", text, false},
      {"other words", kAnna, "Drukarka nie drukuje", "Druga drukarka, ta w sekretariacie, zacina papier.",
       false},
      {"another sender", "szef@klient.example", "Drukarka nie drukuje", text, false},
  };
  for (const auto& row : rows) {
    const Match m = match_email(email_of(row.from, row.subject, row.text), {c});
    EXPECT_EQ(m.number, row.resend ? 12 : 0) << row.what;
    if (row.resend) {
      EXPECT_EQ(m.relation, Relation::resend) << row.what;
      EXPECT_EQ(m.reason, "the same sender, subject and words: sent again");
    }
  }
}

TEST(MatchEmail, AGreetingAloneIsNotSentAgain) {
  Candidate c = printer();
  c.base_subject = "Awaria";
  c.words_text = "Dzień dobry, serwer plików stoi. Hasło: tajne123";
  EXPECT_EQ(match_email(email_of(kAnna, "Awaria", "Dzień dobry"), {c}).number, 0);
  EXPECT_EQ(match_email(email_of(kAnna, "Awaria", "Dzień dobry, ponawiam: serwer plików stoi."), {c}).number,
            12);
}

// Words that tell nothing are sent again when they are the same ones; a signature stands in what was kept.
TEST(MatchEmail, AShortCryForHelpIsSentAgain) {
  Candidate c = printer();
  c.base_subject = "Awaria";
  c.words_text = "Pomocy, nic nie działa!\n--\nAnna Nowak\nksięgowość, Klient sp. z o.o.\ntel. 601 222 333\n";
  EmailFacts e = email_of(kAnna, "Awaria", "Pomocy, nic nie działa!");
  EXPECT_EQ(match_email(e, {c}).number, 0);
  e.whole_text = c.words_text;
  EXPECT_EQ(match_email(e, {c}).number, 12);
}

TEST(MatchEmail, SentAgainWeeksLaterWhileTheCaseIsOpen) {
  EmailFacts e = email_of(kAnna, "Drukarka nie drukuje", printer().words_text);
  e.sent_at = kStart + 24h * 40;
  EXPECT_EQ(match_email(e, {printer()}).relation, Relation::resend);
}

TEST(MatchEmail, OfTwoTheLatestWasSentAgain) {
  Candidate older = printer(), newer = printer();
  newer.number = 15;
  newer.opened_at = kStart + 30min;
  const EmailFacts e = email_of(kAnna, older.base_subject, older.words_text);
  EXPECT_EQ(match_email(e, {older, newer}).number, 15);
  EXPECT_EQ(match_email(e, {newer, older}).number, 15);
}

TEST(MatchEmail, OfTwoOpenedAtOnceTheHigherNumber) {
  Candidate a = printer(), b = printer();
  b.number = 13;
  const EmailFacts e = email_of(kAnna, a.base_subject, a.words_text);
  EXPECT_EQ(match_email(e, {a, b}).number, 13);
  EXPECT_EQ(match_email(e, {b, a}).number, 13);
}

// -- email: announced by an SMS
// ------------------------------------------------------------------------------------

TEST(MatchEmail, TheAnnouncedEmailOfTheSamePerson) {
  EmailFacts e = email_of("jan@sklep.example", "Kasa fiskalna", "Kasa nr 2 nie drukuje paragonów.");
  e.sent_at = kStart + 5h;
  EXPECT_EQ(match_email(e, {announcement()}).number, 0) << "nothing says that it is the same person";
  EXPECT_EQ(match_email(e, {announcement()}).candidates, (std::vector<CaseNumber>{20}));
  e.phones = {"+48602333444"};  // from the signature: weak, and enough with shared words
  const Match m = match_email(e, {announcement()});
  EXPECT_EQ(m.number, 20);
  EXPECT_EQ(m.relation, Relation::announced);
  EXPECT_EQ(m.reason, "an SMS of the same person waits for its email, and both speak of \"kasa\"");
}

TEST(MatchEmail, AnnouncedWithoutASharedWordWithinAQuarterOfAnHour) {
  Candidate waits = announcement();
  waits.words_text = "Wysłałem email, pilne";
  EmailFacts e = email_of("jan@sklep.example", "Pilne", "Proszę o telefon.");
  e.phones = {"+48602333444"};
  e.sent_at = kStart - 15min;
  EXPECT_EQ(match_email(e, {waits}).relation, Relation::announced);
  EXPECT_EQ(match_email(e, {announcement()}).number, 20) << "an email that names no matter can be any";
  EmailFacts other = e;
  other.base_subject = "Internet w sekretariacie";
  EXPECT_EQ(match_email(other, {announcement()}).number, 0) << "that SMS spoke of a cash register";
  e.sent_at = kStart + 16min;
  EXPECT_EQ(match_email(e, {waits}).number, 0) << "a number alone never joins";
}

TEST(MatchEmail, AStrangersEmailIsOfferedOnlyWhereSomethingSpeaksForIt) {
  Candidate waits = announcement();
  waits.words_text = "Wysłałem email, pilne";
  EmailFacts e = email_of("obcy@gdzies.example", "Oferta", "Proszę o telefon.");
  e.sent_at = kStart - 2h;
  EXPECT_EQ(match_email(e, {waits}).candidates, (std::vector<CaseNumber>{20}))
      << "it came at about that time";
  e.sent_at = kStart + 2h + 1min;
  EXPECT_TRUE(match_email(e, {waits}).candidates.empty());
  EXPECT_TRUE(match_email(e, {announcement()}).candidates.empty()) << "that SMS spoke of a cash register";
  e.base_subject = "Kasa w sklepie";
  const Match m = match_email(e, {announcement()});
  ASSERT_EQ(m.candidates, (std::vector<CaseNumber>{20})) << "whenever it came";
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.suggestions.front().why,
            "an SMS of somebody else waits for its email, and both speak of \"kasa\"");
}

TEST(MatchEmail, TwoAnnouncementsArePutBeforeAPerson) {
  Candidate one = announcement(), two = announcement(), three = announcement();
  two.number = 21;
  three.number = 22;
  EmailFacts e = email_of("jan@sklep.example", "Kasa fiskalna");
  e.phones = {"+48602333444"};
  for (const Candidates& order : {Candidates{one, two, three}, Candidates{three, one, two}}) {
    const Match m = match_email(e, order);
    EXPECT_EQ(m.number, 0);
    EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{20, 21, 22}));
    EXPECT_EQ(m.reason, "two announced emails are missing, and this may be either");
  }
}

TEST(MatchEmail, SentAgainIsStrongerThanAnnounced) {
  Candidate waits = announcement();
  waits.client.email = kAnna;
  waits.words_text = "drukarka";
  const Match m =
      match_email(email_of(kAnna, "Drukarka nie drukuje", printer().words_text), {waits, printer()});
  EXPECT_EQ(m.number, 12);
}

// -- SMS
// -----------------------------------------------------------------------------------------------------------

TEST(MatchSms, TheShortCodeJoins) {
  SmsFacts s = sms_of("K7M2P: nadal nic", 50h);
  s.case_of_code = 12;
  Match m = match_sms(kProcedure, s, {printer()});
  EXPECT_EQ(m.number, 12);
  EXPECT_EQ(m.reason, "it holds the short code of the case");
  Candidate closed = printer();
  closed.state = State::closed;
  m = match_sms(kProcedure, s, {closed});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.mentions, 12);
}

TEST(MatchSms, ANumberAloneNeverJoins) {
  const Match m = match_sms(kProcedure, sms_of("Proszę o kontakt", 10h), {printer()});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.reason, "the telephone number alone never joins");
  EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12}));
}

// An SMS about a new email that was lost must not hide in the one open case of that person.
// The words that all of them share ("details", "email") say nothing of the matter.
TEST(MatchSms, AnotherReportOfAHejnalJoinsNothing) {
  SmsFacts s = sms_of(
      "pilna: Skaner. Szczegóły w emailu, właśnie wysłanym z Anna, anna@klient.example. Znak K7M2PQ.", 3min);
  s.emails = {kAnna};
  s.of_a_report = true;
  const Match m = match_sms(kProcedure, s, {printer()});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.candidates, std::vector<CaseNumber>{12});
  s.case_of_code = 12;  // of that very report
  EXPECT_EQ(match_sms(kProcedure, s, {printer()}).number, 12);
}

TEST(MatchSms, TheWorstMiss) {
  const Match m =
      match_sms(kProcedure, sms_of("Wysłałam email: internet w sekretariacie nie działa", 10h), {printer()});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12}));
}

TEST(MatchSms, WithOneMoreSignItDoes) {
  SmsFacts names_address = sms_of("Proszę o pomoc anna@klient.example", 10h);
  names_address.emails = {kAnna};
  const struct {
    const char* what;
    SmsFacts sms;
    const char* reason;
  } rows[] = {
      {"shared words", sms_of("Ponawiam w sprawie drukarek", 10h),
       "same person, 10 h after \"Drukarka nie drukuje\"; both speak of \"drukarek\"; it goes on with "
       "something"},
      {"at the same time", sms_of("Wysłałam email", 10min),
       "same person, 10 min after \"Drukarka nie drukuje\""},
      {"just before", sms_of("Zaraz wyślę email", -5min),
       "same person, 5 min before \"Drukarka nie drukuje\""},
      {"at the second step, 2 h", sms_of("Nadal czekam", 2h + 3min),
       "same person, 2 h 3 min after \"Drukarka nie drukuje\", when step 2 of urgent is due; it goes on with "
       "something"},
      {"at the second step, 24 h", sms_of("Czekam. Anna", 25h),
       "same person, 25 h after \"Drukarka nie drukuje\", when step 2 of routine is due; it goes on with "
       "something"},
      {"an address", names_address,
       "same person, 10 h after \"Drukarka nie drukuje\"; it names the client's address"},
  };
  for (const auto& row : rows) {
    const Match m = match_sms(kProcedure, row.sms, {printer()});
    EXPECT_EQ(m.number, 12) << row.what;
    EXPECT_EQ(m.relation, Relation::reply);
    EXPECT_EQ(m.reason, row.reason);
  }
}

// The time fits, or the address: the words speak of something else.
TEST(MatchSms, WordsThatContradictOutweighTimeAndAddress) {
  for (const Duration after : {-5min, 10min, 120min, 24 * 60min}) {
    SmsFacts s = sms_of("Internet w sekretariacie nie działa, anna@klient.example", after);
    s.emails = {kAnna};
    const Match m = match_sms(kProcedure, s, {printer()});
    EXPECT_EQ(m.number, 0) << format_duration(after);
    EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12}));
  }
}

TEST(MatchSms, TwoNearCandidatesAreForAPerson) {
  Candidate other = printer();
  other.number = 14;
  for (const Candidates& order : {Candidates{printer(), other}, Candidates{other, printer()}}) {
    const Match m = match_sms(kProcedure, sms_of("Drukarka nadal stoi", 10h), order);
    EXPECT_EQ(m.number, 0);
    EXPECT_EQ(m.reason, "it may belong to more than one case");
    EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12, 14}));
  }
}

TEST(MatchSms, AClearWinnerJoins) {
  Candidate other = printer();
  other.number = 14;
  other.base_subject = "Hasło";
  other.words_text = "Zapomniałam hasła do faktur.";
  const SmsFacts s = sms_of("Drukarka w księgowości stoi", 10h);
  EXPECT_EQ(match_sms(kProcedure, s, {other, printer()}).number, 12);
  EXPECT_EQ(match_sms(kProcedure, s, {printer(), other}).number, 12);
}

// The sender's kinship and the evidence, in points: what joins, and with how many.
TEST(MatchSms, Points) {
  const auto named = [](SmsFacts s) {
    s.emails = {kAnna};
    return s;
  };
  const struct {
    const char* what;
    Kin kin;
    SmsFacts sms;
    int score;
  } rows[] = {
      {"own number, nothing else", Kin::person, sms_of("Proszę o kontakt", 10h), 30},
      {"own number, one word", Kin::person, sms_of("Drukarka!", 10h), 70},
      {"own number, three words", Kin::person, sms_of("Drukarka w księgowości: faktury", 10h), 90},
      {"own number, at once", Kin::person, sms_of("Wysłałam email", 3min), 70},
      {"own number, step two", Kin::person, sms_of("Pilne!", 24h), 65},
      {"own number and address", Kin::person, named(sms_of("Pilne!", 10h)), 60},
      {"own number, an email of its own", Kin::person,
       named(sms_of("Wysłałam email z anna@klient.example", 10h)), 30},
      {"learnt, nothing else", Kin::learnt, sms_of("Proszę o kontakt", 10h), 20},
      {"learnt, one word", Kin::learnt, sms_of("Drukarka!", 10h), 60},
      {"learnt, at once", Kin::learnt, sms_of("Wysłałam email", 3min), 60},
      {"learnt, step two", Kin::learnt, sms_of("Pilne!", 24h), 55},
      {"learnt, step two, said so", Kin::learnt, sms_of("Ponawiam email", 24h), 65},
      {"claimed, nothing else", Kin::claimed, named(sms_of("Pilne!", 10h)), 50},
      {"claimed, one word", Kin::claimed, named(sms_of("Drukarka!", 10h)), 90},
      {"a colleague, one word", Kin::organisation, sms_of("Drukarka!", 10h), 50},
      {"a colleague, two words", Kin::organisation, sms_of("Drukarka w księgowości!", 10h), 60},
      {"a colleague, at once", Kin::organisation, sms_of("Pilne!", 3min), 50},
      {"a colleague, one word at once", Kin::organisation, sms_of("Drukarka!", 3min), 90},
      {"a colleague's own email", Kin::organisation, sms_of("Wysłałam email: drukarka w księgowości", 3min),
       10},
      {"a colleague's own email, sent again", Kin::organisation,
       sms_of("Ponawiam email: drukarka w księgowości", 10h), 10},
      {"a stranger", Kin::stranger, named(sms_of("Drukarka w księgowości!", 3min)), 0},
      {"another matter", Kin::person, sms_of("Internet nie działa", 3min), 30},
  };
  for (const auto& row : rows) {
    Candidate c = printer();
    c.kin = row.kin;
    const Match m = match_sms(kProcedure, row.sms, {c});
    EXPECT_EQ(m.number != 0, row.score >= kJoins) << row.what;
    if (m.number != 0) {
      EXPECT_EQ(m.score, row.score) << row.what;
      EXPECT_EQ(m.kin, row.kin);
    } else {
      ASSERT_EQ(m.suggestions.size(), 1U) << row.what;
      EXPECT_EQ(m.suggestions.front().score, row.score) << row.what << ": " << m.suggestions.front().why;
      EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12}));
    }
  }
}

TEST(MatchSms, TheSentenceOfASuggestion) {
  Candidate c = printer();
  const auto why = [&](Kin kin, const char* text) {
    c.kin = kin;
    const Match m = match_sms(kProcedure, sms_of(text, 10h), {c});
    return m.suggestions.empty() ? "joined: " + m.reason : m.suggestions.front().why;
  };
  const std::string at = ", 10 h after \"Drukarka nie drukuje\"";
  EXPECT_EQ(why(Kin::person, "Pilne"), "same person" + at);
  EXPECT_EQ(why(Kin::learnt, "Pilne"), "a number that was learnt, not confirmed" + at);
  EXPECT_EQ(why(Kin::organisation, "Pilne"), "same organisation (klient.example)" + at);
  EXPECT_EQ(why(Kin::person, "Internet!"), "same person" + at + "; it speaks of something else");
  EXPECT_EQ(why(Kin::organisation, "Wysyłam email: drukarka"),
            "same organisation (klient.example)" + at +
                "; both speak of \"drukarka\"; but it speaks of an email of its own");
  c.base_subject.clear();
  c.words_text = std::string(50, 'a') + " bbbbbbbbbb cccccccc dddd";
  EXPECT_EQ(why(Kin::person, "Pilne"), "same person, 10 h after \"" + std::string(50, 'a') + " bbbbbbbbb…\"");
}

// The email was sent again this morning: an SMS right after that speaks of it.
TEST(MatchSms, TheLatestEmailCountsAsTheFirstDoes) {
  Candidate c = printer();
  c.last_email_at = kStart + 30h;
  c.kin = Kin::learnt;
  const Match m = match_sms(kProcedure, sms_of("Ponawiam email", 30h + 4min), {c});
  EXPECT_EQ(m.number, 12);
  EXPECT_EQ(
      m.reason,
      "a number that was learnt, not confirmed, 4 min after the latest email of \"Drukarka nie drukuje\"; "
      "it goes on with something");
}

// Who has phoned in vain texts: that is one matter. But an email that it speaks of is not here.
TEST(MatchSms, AfterAMereCall) {
  Candidate call = printer();
  call.base_subject = call.words_text = "";
  call.last_email_at = {};
  EXPECT_EQ(match_sms(kProcedure, sms_of("Serwer stoi!", 3min), {call}).number, 12);
  const Match m = match_sms(kProcedure, sms_of("Wysyłam email: serwer stoi", 3min), {call});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.suggestions.front().why, "same person, 3 min after case 12; there is no email in it");
  SmsFacts again = sms_of("Ponawiam email. Piszę z anna@klient.example", 10h);
  again.emails = {kAnna};
  EXPECT_EQ(match_sms(kProcedure, again, {call}).number, 0);
}

// Nobody knows whose number it is, and both SMS are signed by the same name.
TEST(MatchSms, ANameInTheTextIsNoMatter) {
  Candidate waits = announcement();
  waits.client = {{}, {}, kAnnasNumber, {}};
  const auto joins = [&](const char* first, const char* second) {
    waits.words_text = first;
    return match_sms(kProcedure, sms_of(second, 5h), {waits}).number == 20;
  };
  EXPECT_FALSE(joins("Tu Hanna Malinowska, kasa stoi", "Tu Hanna Malinowska, internet stanął"));
  EXPECT_FALSE(joins("Kasa stoi. Hanna Malinowska", "Internet stanął. Hanna Malinowska"));
  EXPECT_FALSE(joins("Kasa stoi, pozdrawiam Żaneta", "Internet stanął, pozdrawiam Żaneta"));
  EXPECT_FALSE(joins("Hanna Malinowska: kasa stoi", "Hanna Malinowska: internet stanął"));
  EXPECT_TRUE(joins("Hanna Malinowska: kasa stoi", "Hanna Malinowska: kasa!"));
  EXPECT_TRUE(joins("Kasa stoi. Hanna", "Halo? Hanna")) << "it names no matter of its own";
  EXPECT_TRUE(joins("Internet stanął", "Internet!"));
}

// Only the beginning of the SMS has come.
TEST(MatchSms, ACutOffWord) {
  EXPECT_EQ(match_sms(kProcedure, sms_of("Wysłałam email: druk", 3min), {printer()}).number, 12);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Wysłałam email: dru", 3min), {printer()}).number, 12);
  EXPECT_EQ(match_sms(kProcedure, sms_of("druk w sekretariacie", 3min), {printer()}).number, 0);
  // What is left of an address is no word of the matter.
  Candidate c = printer();
  c.client.email = c.client.name = "malinowska7@klient.example";
  c.words_text += " Piszę z malinowska7@klient.example";
  EXPECT_EQ(match_sms(kProcedure, sms_of("Internet padł. Piszę z mali", 10h), {c}).number, 0);
}

// What was said in the case later counts, too.
TEST(MatchSms, TheLatestEmailsAreWordsOfTheCase) {
  Candidate c = printer();
  EXPECT_EQ(match_sms(kProcedure, sms_of("Tonery!", 30h), {c}).number, 0);
  c.latest_text = "I jeszcze jedno: toner się skończył.";
  EXPECT_EQ(match_sms(kProcedure, sms_of("Tonery!", 30h), {c}).number, 12);
}

TEST(MatchSms, TwoOpenCasesAndStillBroken) {
  Candidate other = printer();
  other.number = 14;
  other.base_subject = "Hasło";
  other.words_text = "Zapomniałam hasła.";
  const Match m = match_sms(kProcedure, sms_of("dalej nie działa", 10h), {printer(), other});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.candidates, (std::vector<CaseNumber>{12, 14}));
  ASSERT_EQ(m.suggestions.size(), 2U);
  EXPECT_EQ(m.suggestions[1].score, 40);
  EXPECT_EQ(m.suggestions[1].why, "same person, 10 h after \"Hasło\"; it goes on with something");
}

// A second SMS of a number whose first one still waits for its email is about that one, unless it says
// something else.
TEST(MatchSms, ASecondSmsWhileTheFirstWaits) {
  Candidate waits = announcement();
  waits.client.phone = kAnnasNumber;
  EXPECT_EQ(match_sms(kProcedure, sms_of("Halo, czy ktoś to czyta?", 1h), {waits}).number, 0)
      << "czyta: it may speak of anything";
  EXPECT_EQ(match_sms(kProcedure, sms_of("Halo?", 1h), {waits}).number, 20);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Wysłałem email, czekam", 6h), {waits}).number, 20);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Halo?", 7h), {waits}).number, 0) << "too long ago to be sure";
  EXPECT_EQ(match_sms(kProcedure, sms_of("Internet padł", 10min), {waits}).number, 0);
  waits.words_text = "Wysłałem email";  // it named nothing, so what the second one names may be anything
  EXPECT_EQ(match_sms(kProcedure, sms_of("Internet padł", 10min), {waits}).number, 20);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Internet padł", 2h), {waits}).number, 0);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Ponawiam: internet padł", 2h), {waits}).number, 0);
}

TEST(MatchSms, WhatAPersonHasRefusedIsNotSuggestedAgain) {
  Candidate c = printer();
  c.refused = true;
  SmsFacts s = sms_of("Drukarka w księgowości!", 3min);
  const Match m = match_sms(kProcedure, s, {c});
  EXPECT_EQ(m.number, 0);
  EXPECT_TRUE(m.candidates.empty());
  s.case_of_code = 12;
  EXPECT_EQ(match_sms(kProcedure, s, {c}).number, 12) << "the code says it outright";
}

TEST(MatchSms, TheClientsOwnCaseComesBeforeAColleagues) {
  Candidate colleagues = printer();
  colleagues.number = 14;
  colleagues.kin = Kin::organisation;
  EXPECT_EQ(match_sms(kProcedure, sms_of("Drukarka stoi", 10h), {printer(), colleagues}).number, 12);
  EXPECT_EQ(match_sms(kProcedure, sms_of("Drukarka stoi", 10h), {colleagues, printer()}).number, 12);
}

TEST(MatchSms, AtMostFiveAreSuggestedTheBestFirst) {
  Candidates many;
  for (CaseNumber n = 1; n <= 9; ++n) {
    many.push_back(printer());
    many.back().number = n;
  }
  many[6].base_subject = "Internet";
  many[6].words_text = "Nie ma internetu";
  const Match m = match_sms(kProcedure, sms_of("Nadal nic", 10h), many);
  EXPECT_EQ(m.candidates.size(), 9U);
  ASSERT_EQ(m.suggestions.size(), kSuggestionsMax);
  EXPECT_EQ(m.suggestions[4].number, 5);
}

TEST(MatchSms, AnAnnouncement) {
  for (const char* text : {"Wysłałem email", "Zaraz wyślę maila", "przesyłam e-mail", "I have sent an email",
                           "mejl wysłany", "sending you a mail"})
    EXPECT_TRUE(announces_email(text)) << text;
  for (const char* text : {"Ponawiam wysłany email", "Drukarka nie działa", "Czekam na maila",
                           "wysłałem fakturę", "email nie działa"})
    EXPECT_FALSE(announces_email(text)) << text;
}

TEST(MatchSms, NobodyKnowsTheNumber) {
  const Match m = match_sms(kProcedure, sms_of("Pomocy", 0min), {});
  EXPECT_EQ(m.number, 0);
  EXPECT_EQ(m.reason, "");
  EXPECT_TRUE(m.candidates.empty());
}

TEST(Match, TheOrderOfCandidatesDecidesNothing) {
  Candidate password = printer();
  password.number = 13;
  password.base_subject = "Hasło";
  password.words_text = "Zapomniałam hasła do programu kadrowego.";
  Candidate waits = announcement();
  waits.client.phone = kAnnasNumber;
  Candidate closed = printer();
  closed.number = 5;
  closed.state = State::closed;
  const Candidates all = {closed, printer(), password, waits};
  std::vector<int> order = {0, 1, 2, 3};
  const auto told = [](const Match& m) {
    std::string out = fmt::format("{} {} {} {}", m.number, to_string(m.relation), m.reason, m.mentions);
    for (const CaseNumber n : m.candidates) out += fmt::format(" {}", n);
    return out;
  };
  std::vector<std::string> first;
  do {
    Candidates shuffled;
    for (const int i : order) shuffled.push_back(all[static_cast<std::size_t>(i)]);
    std::vector<std::string> now;
    for (const char* text : {"Hasło", "Drukarka nie drukuje", "kasa i paragony", "nic", "Drukarka i hasło"}) {
      now.push_back(told(match_sms(kProcedure, sms_of(text, 10h), shuffled)));
      EmailFacts e = email_of(kAnna, text, text);
      e.phones = {kAnnasNumber};
      now.push_back(told(match_email(e, shuffled)));
    }
    if (first.empty()) first = now;
    ASSERT_EQ(now, first);
  } while (std::next_permutation(order.begin(), order.end()));
}

// -- words
// ---------------------------------------------------------------------------------------------------------

TEST(Words, PolishInflectionsShareTheirStem) {
  const struct {
    const char *a, *b, *shared;
  } rows[] = {
      {"drukarka", "naprawa drukarki", "drukarka"},
      {"drukarce", "DRUKARKĘ", "drukarce"},
      {"księgowość", "w księgowości", "ksiegowosc"},
      {"serwer", "o serwerze", "serwer"},
      {"paragonów", "paragony", "paragonow"},
      {"łącze", "łączem", "lacze"},
      {"zażółć", "zazolci", "zazolc"},
  };
  for (const auto& row : rows) EXPECT_EQ(shared_words(row.a, row.b), Lines{row.shared}) << row.a;
}

TEST(Words, CommonAndShortOnesTellNothing) {
  for (const char* text : {"proszę o pomoc", "pilne, nadal nie działa", "mamy problem", "VPN", "dzień dobry"})
    EXPECT_EQ(shared_words(text, text), Lines{}) << text;
  EXPECT_EQ(shared_words("drukarka drukarki drukarkę", "drukarka"), Lines{"drukarka"});
}

TEST(Words, Likeness) {
  EXPECT_EQ(likeness("", ""), 100);
  EXPECT_EQ(likeness("a", ""), 0);
  EXPECT_EQ(likeness("jeden dwa trzy cztery", "JEDEN, dwa! pięć sześć"), 50);
  EXPECT_EQ(likeness("jeden dwa", "jeden dwa trzy cztery pięć"), 100);
}

TEST(Words, Domains) {
  EXPECT_EQ(domain_of("anna@klient.example"), "klient.example");
  EXPECT_EQ(domain_of("\"a@b\"@klient.example"), "klient.example");
  EXPECT_EQ(domain_of("anna"), "");
}

// Its email may be lost: another report of that client about the same thing must not hide it.
TEST(MatchReport, AnotherReportIsNeitherSentAgainNorAnnounced) {
  Candidate waits = printer();
  waits.email_missing = true;
  for (Candidate c : {printer(), waits}) {
    EmailFacts email = email_of(kAnna, c.base_subject, c.words_text);
    EXPECT_EQ(match_email(email, {c}).number, 12);
    c.other_report = true;
    EXPECT_EQ(match_email(email, {c}).number, 0);
  }
}

TEST(MatchReport, TheSameSendersReportIsItsCaseExactly) {
  Candidate c;
  c.number = 7;
  c.same_report = true;
  c.client.email = "jan@klient.example";
  EmailFacts email;
  email.from = "jan@klient.example";
  email.report_again = true;
  EXPECT_EQ(match_email(email, {c}).relation, Relation::resend);
  email.report_again = false;  // a later word
  EXPECT_EQ(match_email(email, {c}).relation, Relation::reply);
  c.email_missing = true;
  EXPECT_EQ(match_email(email, {c}).relation, Relation::announced);
  c.state = State::closed;
  EXPECT_EQ(match_email(email, {c}).number, 0);
}

// Both stand in mails that others have, too: it joins, but whose number it is, that does not say.
TEST(MatchReport, CodeAndAddressJoinButAreNoProofOfANumber) {
  Candidate c;
  c.number = 12;
  c.client = {"Anna", "anna@klient.example", "+48601222333", {}};
  c.words_text = "Drukarka";
  SmsFacts s;
  s.from = "+48999888777";
  s.text = "Awaria: skaner. Details in the email just sent from anna@klient.example. Ref. K7M2PQ.";
  s.case_of_code = 12;
  s.code_of_report = true;
  const Match match = match_sms(Procedure{}, s, {c});
  EXPECT_EQ(match.number, 12);
  EXPECT_EQ(match.kin, Kin::claimed);
  s.code_of_report = false;  // our own short code, which only the client was told
  EXPECT_EQ(match_sms(Procedure{}, s, {c}).kin, Kin::code);
}

TEST(MatchReport, TheCodeInAnSms) {
  EXPECT_EQ(report_code_in(
                "Awaria: serwer. Szczegóły w emailu, właśnie wysłanym z Jan, jan@x.example. Znak K7M2PQ."),
            "K7M2PQ");
  EXPECT_EQ(report_code_in("Details are in the email just sent from jan@x.example. Ref. K7M2PQ"), "K7M2PQ");
  for (const char* none :
       {"", "Ref. ", "Znak zapytania.", "Ref. K7M2P.", "Ref. K7M2PQR.", "ref. K7M2PQ.", "Ref. K7MOPQ."})
    EXPECT_EQ(report_code_in(none), "") << none;
}

}  // namespace hejnal::core

// The reporter on a real store, without sockets: what leaves, which mail answers a report, what a crash
// leaves.
#include "reporter/reporter.hpp"

#include <gtest/gtest.h>

#include <functional>

#include "carriers/email/intake.hpp"
#include "carriers/email/report_composer.hpp"
#include "config/procedure_file.hpp"
#include "reporter/proof.hpp"
#include "reporter/words.hpp"
#include "sim/letters.hpp"
#include "store/memory/memory.hpp"
#include "store/memory/store.hpp"

namespace hejnal::sim {
namespace {

constexpr Instant kStart{1'795'424'400'000};

struct Dice final : ports::Random {
  std::uint64_t next() override { return state = state * 6364136223846793005u + 1442695040888963407u; }
  std::uint64_t state = 7;
};

reporter::Settings settings(const std::function<void(reporter::Provider&)>& change = {}) {
  reporter::Settings s;
  s.sms_available = true;
  s.zone = "Europe/Warsaw";
  reporter::Provider p;
  p.name = "wsparcie";
  p.title = "Wsparcie";
  p.email = "pomoc@wsparcie.example";
  p.sms_number = "+48600000000";
  p.language = "pl";
  p.tell = "szef@klient.example";
  p.from = {"Jan", "jan@klient.example", {}, {}};
  p.answers_from = {"support.example"};
  p.procedure_text = std::move(*config::builtin_procedure_text("pl"));
  p.procedure = std::move(*config::builtin_procedure("pl"));
  if (change) change(p);
  s.providers.push_back(std::move(p));
  return s;
}

struct Client {
  explicit Client(std::function<void(reporter::Provider&)> how = {}) : change(std::move(how)) {}

  std::function<void(reporter::Provider&)> change;
  store::memory::Memory memory;
  std::unique_ptr<ports::Store> store = std::move(store::memory::open_store(memory)).value();
  Dice dice;
  carriers::EmailReportComposer composer{"Europe/Warsaw"};
  reporter::Reporter us{
      {*store, dice, composer, [](const std::string& text) { return config::read_procedure(text, "old"); }},
      settings(change)};
  Instant now = kStart;

  template <class Work>
  auto in_transaction(const Work& work) {
    EXPECT_TRUE(store->begin());
    auto out = work();
    EXPECT_TRUE(out.has_value());
    EXPECT_TRUE(store->commit());
    return std::move(out).value();
  }
  core::SentReport report(const std::string& of, const std::string& subject = "Drukarka") {
    return in_transaction([&] { return us.file({"", of, subject, "Nie drukuje."}, now); });
  }
  std::vector<reporter::Leaving> rings() {
    return in_transaction([&] { return us.ring(now, 10); });
  }
  std::vector<reporter::Leaving> leaves() {  // and the next server takes it
    auto out = rings();
    for (const auto& one : out) {
      in_transaction([&]() -> Result<bool> {
        HEJNAL_TRY_VOID(us.sent(one.report, one.n, one.sum,
                                {ports::SendResult::Outcome::handed_over, 250, "250 2.0.0 Ok"}, now));
        return true;
      });
    }
    return out;
  }
  core::ReportId comes(const ClientLetter& letter, std::optional<bool> authenticated = {}) {
    const auto delivery = write_letter(letter);
    auto mail = carriers::read_delivery(delivery, {});
    mail.authenticated = authenticated;
    return in_transaction([&] { return us.take(mail, now); });
  }
  core::SentReport look(core::ReportId id = 1) { return store->reports().records().load(id).value(); }
};

ClientLetter answer(const Client& client, const std::string& subject, const std::string& from) {
  return {.from = from,
          .to = "jan@klient.example",
          .subject = subject,
          .text = "Wymieniliśmy toner.",
          .message_id = "<" + from + subject + "@x>",
          .date = client.now};
}

}  // namespace

TEST(Reporter, WhatLeavesIsWhatIsKept) {
  Client c;
  c.report("critical");
  const auto left = c.leaves();
  ASSERT_EQ(left.size(), 2u);
  const auto& email = left[0].outgoing;
  EXPECT_EQ(email.mail.envelope_to, "pomoc@wsparcie.example");
  EXPECT_EQ(email.mail.envelope_from, "jan@klient.example");
  EXPECT_NE(email.mail.bytes.find("Hejnal-Report: report;"), std::string::npos);
  EXPECT_EQ(left[1].outgoing.notice.to, "+48600000000");
  EXPECT_NE(left[1].outgoing.words.text.find("jan@klient.example"), std::string::npos);
  const auto messages = c.store->reports().messages(1).value();
  ASSERT_EQ(messages.size(), 3u);  // and what was typed
  EXPECT_EQ(c.store->reports().raw(messages[1].id).value(), email.mail.bytes);
  EXPECT_EQ(c.look().sending(1)->sum, messages[1].sum);
  EXPECT_TRUE(c.memory.verify());
}

TEST(Reporter, AfterACrashTheSameBytesGoOnceMore) {
  Client c;
  c.report("urgent");
  const auto first = c.rings();
  ASSERT_EQ(first.size(), 1u);
  EXPECT_TRUE(c.rings().empty());  // it is on its way
  c.in_transaction([&]() -> Result<bool> {
    HEJNAL_TRY_VOID(c.us.take_up(c.now));
    return true;
  });
  const auto again = c.rings();
  ASSERT_EQ(again.size(), 1u);
  EXPECT_EQ(again[0].outgoing.mail.bytes, first[0].outgoing.mail.bytes);
}

TEST(Reporter, WhatCouldNotLeaveInTimeDoesNotLeaveBesideItsReminder) {
  Client c;
  c.report("urgent");
  c.now = kStart + 50h;  // nobody has carried it out meanwhile
  const auto left = c.leaves();
  int emails = 0;
  for (const auto& one : left) {
    emails += one.outgoing.notice.channel == core::Channel::email &&
              one.outgoing.mail.envelope_to == "pomoc@wsparcie.example";
    EXPECT_EQ(one.outgoing.words.text.find("Ponawiamy"), std::string::npos) << one.outgoing.words.text;
    EXPECT_EQ(one.outgoing.mail.bytes.find("Ponawiamy"), std::string::npos);
  }
  EXPECT_EQ(emails, 1);
}

TEST(Reporter, AProviderWithoutAnAddressGetsTheWordsBySms) {
  Client c([](reporter::Provider& p) { p.email.clear(); });
  c.report("critical", "Serwer");
  const auto left = c.leaves();
  ASSERT_EQ(left.size(), 1u);
  EXPECT_NE(left[0].outgoing.words.text.find("Nie drukuje."), std::string::npos);
  EXPECT_EQ(left[0].outgoing.words.text.find("email"), std::string::npos) << left[0].outgoing.words.text;
}

TEST(Reporter, ANoticeIsBelievedOnlyInAnAnswerToAMailOfOurs) {
  Client c;
  c.report("urgent");
  c.leaves();
  ClientLetter letter = answer(c, "Odp: Drukarka", "ola@wsparcie.example");
  letter.text = "Automatycznie: dotarło.";
  letter.headers = {{"Hejnal-Notice", "answer"}, {"Auto-Submitted", "auto-replied"}};
  EXPECT_EQ(c.comes(letter), 1);
  EXPECT_EQ(c.look().state, core::ReportState::waiting);
}

TEST(Reporter, KnowsAnAnswerByWhatItAnswers) {
  Client c;
  const auto r = c.report("urgent");
  c.leaves();
  c.now = kStart + 1h;
  ClientLetter letter = answer(c, "co to za sprawa", "ktos@inny.example");
  letter.in_reply_to = r.sending(1)->message_id;
  EXPECT_EQ(c.comes(letter), 1);
  EXPECT_EQ(c.look().state, core::ReportState::answered);
  EXPECT_EQ(c.look().replies.size(), 1u);
  EXPECT_EQ(c.comes(letter), 1);  // fetched once more
  EXPECT_EQ(c.look().replies.size(), 1u);
}

TEST(Reporter, AMadeUpMessageIdIsNothing) {
  Client c;
  c.report("urgent");
  c.leaves();
  ClientLetter letter = answer(c, "Re: Drukarka", "ktos@inny.example");
  letter.in_reply_to = "<hejnal-report.1.1.guessed@klient.example>";
  EXPECT_EQ(c.comes(letter), 0);
  EXPECT_EQ(c.look().state, core::ReportState::waiting);
}

TEST(Reporter, KnowsAnAnswerOfTheProviderByTagAndSubject) {
  Client c;
  const auto r = c.report("urgent");
  c.report("urgent", "Skaner");
  c.leaves();
  EXPECT_EQ(c.comes(answer(c, "FW: " + reporter::code_in_subject(r.code), "obcy@inny.example")), 0);
  EXPECT_EQ(c.comes(answer(c, "FW: " + reporter::code_in_subject(r.code), "ola@wsparcie.example")), 1);
  EXPECT_EQ(c.comes(answer(c, "Odp: Skaner", "ola@support.example")), 2);
  EXPECT_EQ(c.comes(answer(c, "Faktura 12", "ola@wsparcie.example")), 0);
  EXPECT_EQ(c.comes(answer(c, "Drukarka", "jan@klient.example")), 0);  // our own
}

TEST(Reporter, AnAnswerToAClosedReportIsNotOneToAnOpenOneOfTheSameSubject) {
  Client c;
  const auto r = c.report("urgent");
  c.leaves();
  c.in_transaction([&] { return c.us.act(1, core::sent::Settle{"klient", "", false}, c.now); });
  c.report("urgent");
  c.leaves();
  EXPECT_EQ(c.comes(answer(c, "Re: Drukarka " + reporter::code_in_subject(r.code), "ola@wsparcie.example")),
            1);
  EXPECT_EQ(c.look(2).state, core::ReportState::waiting);
}

TEST(Reporter, BySubjectAloneOnlyWhoIsWhoHeSays) {
  Client c;
  const auto r = c.report("urgent");
  c.leaves();
  EXPECT_EQ(c.comes(answer(c, "Odp: Drukarka", "ola@wsparcie.example"), false), 0);
  EXPECT_EQ(c.look().state, core::ReportState::waiting);
  // The code has been told to nobody else, so it is enough.
  EXPECT_EQ(c.comes(answer(c, "FW: " + reporter::code_in_subject(r.code), "ola@wsparcie.example"), false), 1);
  EXPECT_EQ(c.look().state, core::ReportState::answered);
  Client other;
  other.report("urgent");
  other.leaves();
  EXPECT_EQ(other.comes(answer(other, "Odp: Drukarka", "ola@wsparcie.example"), true), 1);
}

TEST(Reporter, AnUnmarkedReceiptStopsNothing) {
  Client c;
  const auto r = c.report("urgent", "Urlop w kadrach");
  c.leaves();
  c.now = kStart + 10min;
  ClientLetter letter = answer(c, "Re: Urlop w kadrach", "helpdesk@wsparcie.example");
  letter.in_reply_to = r.sending(1)->message_id;
  letter.text = "We have registered your ticket no. 55.";
  EXPECT_EQ(c.comes(letter), 1);
  EXPECT_EQ(c.look().state, core::ReportState::waiting);
  EXPECT_TRUE(c.look().receipt_at);
  // "Re: Urlop" is no absence: the word is our own.
  letter.message_id = "<2@x>";
  letter.text = "Wniosek już działa, poprawiliśmy uprawnienia.";
  EXPECT_EQ(c.comes(letter), 1);
  EXPECT_EQ(c.look().state, core::ReportState::answered);
}

TEST(Reporter, AReplyBySms) {
  Client c;
  const auto r = c.report("critical");
  c.leaves();
  const auto text = [&](const char* from, const std::string& words, const char* id) {
    return c.in_transaction([&] { return c.us.take(ports::IncomingSms{id, from, words}, c.now); });
  };
  EXPECT_EQ(text("+48601999999", "Przyjąłem, jadę.", "a"), 0);  // of a stranger
  EXPECT_EQ(text("+48600000000", "Przyjąłem, jedziemy.", "b"), 1);
  EXPECT_EQ(text("+48600000000", "Przyjąłem, jedziemy.", "b"), 1);
  EXPECT_EQ(c.look().state, core::ReportState::acknowledged);
  EXPECT_EQ(c.look().replies.size(), 1u);
  c.report("critical", "Serwer");
  c.leaves();
  EXPECT_EQ(text("+48600000000", "Już działa.", "c"), 0);  // which of the two?
  EXPECT_EQ(text("+48600000000", r.code + ": działa, był pusty toner.", "d"), 1);
  EXPECT_EQ(c.look().state, core::ReportState::answered);
}

// Two open reports with an SMS each: what the provider's program says of one of them opens no case.
TEST(Reporter, ADesksSmsThatMayMeanTwoReports) {
  const std::string missing =
      "Mamy SMS, ale nie dotarł Państwa email. Prosimy ponowić lub wpisać: https://x/c/y";
  const auto text = [](Client& c, const std::string& words, const char* id) {
    return c.in_transaction([&] { return c.us.take(ports::IncomingSms{id, "+48600000000", words}, c.now); });
  };
  const auto last = [](Client& c, core::ReportId id) { return c.look(id).replies.back(); };
  Client c;
  const auto first = c.report("critical", "Drukarka"), second = c.report("critical", "Serwer");
  c.leaves();
  EXPECT_EQ(text(c, missing + " Znak " + first.code, "a"), first.id);
  EXPECT_EQ(c.look(first.id).lost, 1);
  EXPECT_EQ(c.look(second.id).lost, 0);
  // Nobody knows which: each of them shows it, and nothing follows from it.
  EXPECT_EQ(text(c, missing, "b"), second.id);
  EXPECT_EQ(text(c, missing, "b"), second.id);  // told twice
  for (const auto id : {first.id, second.id}) {
    EXPECT_EQ(last(c, id).what, core::Heard::unclear);
    EXPECT_EQ(last(c, id).notice, "missing_email");
    EXPECT_FALSE(c.look(id).receipt_at);
  }
  EXPECT_EQ(c.look(second.id).lost, 0);
  EXPECT_EQ(c.look(second.id).replies.size(), 1u);
  // Where the others' receipts are here, it is the one that is left.
  EXPECT_EQ(text(c, "Zgłoszenie dotarło, sprawa 7, kod ABCDE. Znak " + first.code, "c"), first.id);
  EXPECT_EQ(text(c, missing, "d"), second.id);
  EXPECT_EQ(c.look(second.id).lost, 1);
  // What comes late is kept with the newest, and a provider to which nothing was reported is known, too.
  EXPECT_TRUE(c.us.is_notice_of_provider({"e", "+48600000000", missing}));
  EXPECT_FALSE(c.us.is_notice_of_provider({"e", "+48600000000", "Proszę o telefon."}));
  EXPECT_FALSE(c.us.is_notice_of_provider({"e", "+48601000000", missing}));
  for (const auto id : {first.id, second.id})
    c.in_transaction([&] { return c.us.act(id, core::sent::Settle{"jan", "works", false}, c.now); });
  EXPECT_EQ(text(c, "Sprawa 7 została załatwiona. Jeśli coś nie działa, prosimy o email.", "f"), second.id);
  EXPECT_EQ(last(c, second.id).what, core::Heard::unclear);
  EXPECT_EQ(text(c, "Proszę o telefon.", "g"), 0);
}

TEST(Reporter, AnSmsThatNamesItsCaseIsOfThatReport) {
  Client c;
  const auto r = c.report("critical");
  c.leaves();
  ClientLetter letter = answer(c, "Re: Drukarka", "pomoc@wsparcie.example");
  letter.in_reply_to = r.sending(1)->message_id;
  letter.headers = {{"Auto-Submitted", "auto-replied"},
                    {"Hejnal-Notice", "acknowledgement; case=7; code=ABCDE; state=read"}};
  EXPECT_EQ(c.comes(letter), 1);
  c.in_transaction([&] { return c.us.act(1, core::sent::Settle{"klient", "", false}, c.now); });
  c.report("critical", "Serwer");  // the only open one
  c.leaves();
  const auto text = [&](const std::string& words, const char* id) {
    return c.in_transaction([&] { return c.us.take(ports::IncomingSms{id, "+48600000000", words}, c.now); });
  };
  EXPECT_EQ(text("Zrobione, prosimy sprawdzić.\nSprawa 7", "a"), 1);
  EXPECT_EQ(text("Nasz email do Państwa nie dotarł. Sprawa 7, kod ABCDE. Stan: https://x", "b"), 1);
  EXPECT_EQ(text(r.code + ": działa", "d"), 1);
  EXPECT_EQ(c.look(2).state, core::ReportState::waiting);
  EXPECT_FALSE(c.look(2).receipt_at);
  EXPECT_EQ(text("Przyjąłem, jadę.", "c"), 2);
}

TEST(Reporter, WhatAnotherHejnalSays) {
  Client c;
  const auto r = c.report("urgent");
  c.leaves();
  ClientLetter letter = answer(c, "coś innego", "pomoc@wsparcie.example");
  letter.headers = {
      {"Auto-Submitted", "auto-replied"},
      {"Hejnal-Notice", "start_of_work; case=7; code=ABCDE; report=" + r.code + "; state=working"}};
  EXPECT_EQ(c.comes(letter), 1);
  EXPECT_EQ(c.look().state, core::ReportState::acknowledged);
  EXPECT_EQ(c.look().replies.front().notice, "start_of_work");
  EXPECT_EQ(c.look().peer_state, "working");
  EXPECT_TRUE(c.report("urgent", "Skaner").peer);  // from now on we know
  c.leaves();
  const auto answered = c.look(2).code + ": zrobione, prosimy sprawdzić.";
  EXPECT_EQ(c.in_transaction([&] {
    return c.us.take(ports::IncomingSms{"a", "+48600000000", answered}, c.now);
  }),
            2);
  EXPECT_TRUE(c.report("urgent", "Kasa").peer);  // a person's SMS does not say otherwise
  // The same words of somebody else are nothing.
  Client other;
  const auto q = other.report("urgent");
  other.leaves();
  ClientLetter forged = answer(other, "coś innego", "obcy@inny.example");
  forged.headers = {{"Hejnal-Notice", "settled; case=7; report=" + q.code + "; state=settled"}};
  EXPECT_EQ(other.comes(forged), 0);
}

TEST(Reporter, AStormIsHeld) {
  Client c([](reporter::Provider& p) { p.storm = 3; });
  const auto alert = [&](int n) {
    reporter::NewReport one{"", "urgent", fmt::format("Host {} down", n), "down"};
    one.key = fmt::format("am {}", n);
    return c.in_transaction([&] { return c.us.file(one, c.now); });
  };
  for (int n = 1; n <= 5; ++n) EXPECT_EQ(alert(n).held, n > 3) << n;
  EXPECT_FALSE(c.report("urgent", "Od człowieka").held);  // nobody waits behind a machine
  EXPECT_FALSE(c.report("critical", "Serwer").held);
  int emails = 0, news = 0;
  for (const auto& one : c.leaves()) {
    emails += one.outgoing.mail.envelope_to == "pomoc@wsparcie.example";
    news += one.outgoing.mail.envelope_to == "szef@klient.example";
  }
  EXPECT_EQ(emails, 5);
  EXPECT_EQ(news, 1);  // of the storm, once
  c.in_transaction([&] { return c.us.act(5, core::sent::Settle{"alert", "over", true}, c.now); });
  c.now = kStart + 1h;
  emails = 0;
  for (const auto& one : c.leaves()) emails += one.outgoing.mail.envelope_to == "pomoc@wsparcie.example";
  EXPECT_EQ(emails, 1);  // the fourth; the fifth was over before it began
  EXPECT_FALSE(alert(6).held);
}

// What becomes graver takes its place among the new ones of that class, and waits for it as they do.
// One answer from a mail program, or an SMS, does not say that the provider's hejnal is gone; two do.
TEST(Reporter, APeerIsKnownByTheLatestTwo) {
  Client c;
  const auto answers = [&](core::ReportId id, bool by_hejnal, const char* message_id) {
    c.leaves();
    ClientLetter letter = answer(c, "Odp: x", "pomoc@wsparcie.example");
    letter.message_id = message_id;
    letter.in_reply_to = c.look(id).sending(1)->message_id;
    if (by_hejnal) letter.headers = {{"Hejnal-Notice", "receipt; case=7; code=ABCDE; state=new"}};
    EXPECT_EQ(c.comes(letter), id);
  };
  answers(c.report("urgent", "a").id, true, "<1@x>");
  const auto second = c.report("urgent", "b");
  EXPECT_TRUE(second.peer);
  answers(second.id, false, "<2@x>");
  const auto third = c.report("urgent", "c");
  EXPECT_TRUE(third.peer);
  answers(third.id, false, "<3@x>");
  EXPECT_FALSE(c.report("urgent", "d").peer);
}

TEST(Reporter, AStormThatRisesIsHeld) {
  Client c([](reporter::Provider& p) { p.storm = 3; });
  const auto alert = [&](int n, const char* of) {
    reporter::NewReport one{"", of, fmt::format("Host {} down", n), "down"};
    one.key = fmt::format("am {}", n);
    return c.in_transaction([&] { return c.us.file(one, c.now); });
  };
  std::vector<core::SentReport> calm;
  for (int n = 1; n <= 5; ++n) {
    if (n == 4) c.now = c.now + 2h;  // the routine ones are no storm
    calm.push_back(alert(n, "routine"));
    EXPECT_FALSE(calm.back().held);
    c.leaves();
  }
  c.now = c.now + 2h;
  int held = 0, emails = 0;
  for (const auto& r : calm) {
    core::sent::Fires graver{"am", "down", "critical", "severity critical", {}};
    const auto raised = c.in_transaction([&] { return c.us.fires(c.look(r.id), graver, "down", c.now); });
    EXPECT_EQ(raised.class_name, "critical");
    held += raised.held;
    for (const auto& one : c.leaves()) emails += one.outgoing.mail.envelope_to == "pomoc@wsparcie.example";
  }
  EXPECT_EQ(held, 2);
  EXPECT_EQ(emails, 3);
  EXPECT_TRUE(alert(9, "critical").held);  // and a new one waits behind them, no longer than an hour more
  c.now = c.now + 1h;
  for (const auto& one : c.leaves()) emails += one.outgoing.mail.envelope_to == "pomoc@wsparcie.example";
  EXPECT_EQ(emails, 6);
  c.in_transaction([&] { return c.us.act(5, core::sent::Settle{"jan", "works", false}, c.now); });
}

// Two reporters fetch from one mailbox, and have reported the same to the same provider.
TEST(Reporter, AnotherReportersAnswersAreLeftAlone) {
  Client a, b;
  b.dice.state = 99;
  const auto of_a = a.report("urgent"), of_b = b.report("urgent");
  ASSERT_NE(of_a.code, of_b.code);
  a.leaves();
  b.leaves();
  ClientLetter letter = answer(a, "Odp: Drukarka", "pomoc@wsparcie.example");
  letter.in_reply_to = of_a.sending(1)->message_id;
  EXPECT_EQ(b.comes(letter), 0);
  EXPECT_EQ(a.comes(letter), 1);
  letter.in_reply_to.clear();
  letter.message_id = "<9@x>";
  letter.subject = "Odp: Drukarka [#" + of_b.code + "]";
  EXPECT_EQ(a.comes(letter), 0);
  EXPECT_EQ(b.comes(letter), 1);
  letter.message_id = "<10@x>";
  letter.subject = "[#123456] Drukarka";  // a ticket system's number is no code of anybody
  EXPECT_EQ(b.comes(letter), 1);
}

TEST(Reporter, WithTwoOfTheSameSubjectItDoesNotGuess) {
  Client c;
  c.report("urgent");
  c.report("urgent");
  c.leaves();
  EXPECT_EQ(c.comes(answer(c, "Odp: Drukarka", "ola@wsparcie.example")), 0);
}

TEST(Reporter, AnAlertHasOneOpenReport) {
  Client c;
  reporter::NewReport alert{"", "urgent", "InstanceDown", "db1"};
  alert.key = "am:{}:{alertname=\"InstanceDown\"}";
  c.in_transaction([&] { return c.us.file(alert, c.now); });
  EXPECT_EQ(c.us.of_key(alert.key, c.now).value().id, 1);
  const auto left = c.leaves();
  EXPECT_EQ(left[0].outgoing.mail.bytes.find("Auto-Submitted"), std::string::npos) << "a receipt is wanted";
  c.in_transaction([&] { return c.us.act(1, core::sent::Settle{"alertmanager", "resolved", true}, c.now); });
  EXPECT_FALSE(c.us.of_key(alert.key, c.now).value().exists());
  EXPECT_EQ(c.leaves().size(), 1u);  // the provider is told
}

TEST(Reporter, WhatWasWithdrawnStaysSoWhileItsAlertFires) {
  reporter::NewReport alert{"", "urgent", "InstanceDown", "db1"};
  alert.key = "am db1";
  const auto withdrawn = [&](Client& c) {
    c.in_transaction([&] { return c.us.file(alert, c.now); });
    c.leaves();
    c.in_transaction([&] { return c.us.act(1, core::sent::Cancel{"jan", "it was the cable"}, c.now); });
    c.leaves();
  };
  const auto told = [&](Client& c) { return c.us.of_key(alert.key, c.now).value(); };
  const auto act = [&](Client& c, const core::sent::Signal& signal) {
    return c.in_transaction([&] { return c.us.act(1, signal, c.now); });
  };
  Client c;
  withdrawn(c);
  const core::sent::Fires again{"am", "db1", "urgent", "", {}};
  for (int i = 0; i < 3; ++i) {
    c.now = c.now + 4h;
    ASSERT_TRUE(told(c).exists());
    const auto before = told(c).entries;
    EXPECT_EQ(act(c, again).entries, before);  // nothing to be written, either
  }
  EXPECT_TRUE(c.us.is_graver(told(c), "critical").value());
  EXPECT_FALSE(c.us.is_graver(told(c), "routine").value());
  // It flaps: still the same one. Over for good: the next is a new one.
  act(c, core::sent::Resolved{"am", 5min});
  c.now = c.now + 1min;
  act(c, again);
  c.now = c.now + 10min;
  EXPECT_TRUE(told(c).exists());
  act(c, core::sent::Resolved{"am", 5min});
  c.now = c.now + 5min;
  EXPECT_FALSE(told(c).exists());
  EXPECT_TRUE(c.rings().empty());

  Client lost;  // what says that it is over
  withdrawn(lost);
  lost.now = lost.now + std::chrono::days(7);
  EXPECT_FALSE(told(lost).exists());

  Client over;  // it was over when it was withdrawn
  over.in_transaction([&] { return over.us.file(alert, over.now); });
  over.leaves();
  act(over, core::sent::Resolved{"am", 5min});
  act(over, core::sent::Cancel{"jan", ""});
  over.now = over.now + 5min;
  EXPECT_FALSE(told(over).exists());
}

TEST(Reporter, TheProofSaysItAll) {
  Client c;
  const auto r = c.report("critical");
  c.leaves();
  ClientLetter letter = answer(c, "Odp: Drukarka", "ola@wsparcie.example");
  letter.in_reply_to = r.sending(1)->message_id;
  c.now = kStart + 1h;
  c.comes(letter);
  const auto now = c.look();
  const auto journal = c.store->reports().records().journal(1).value();
  const auto messages = c.store->reports().messages(1).value();
  const auto procedure = settings().providers[0].procedure;
  const std::string text =
      reporter::proof_text({now, journal, messages, &procedure, "Klient", "Europe/Warsaw", c.now});
  for (const char* words : {"250 2.0.0 Ok", "Nie drukuje.", "Wymieniliśmy toner.", "SHA-256", "+48600000000",
                            "wykonany", "answered"})
    EXPECT_NE(text.find(words), std::string::npos) << words;
  const auto back = reporter::read_armour("x\r\n" + reporter::armour({text, "aa", "bb"}) + "y").value();
  EXPECT_EQ(back.text, text);
  EXPECT_EQ(back.key, "aa");
  EXPECT_EQ(back.signature, "bb");
  for (const char* none : {"", "-----BEGIN HEJNAL PROOF-----\n", "-----END HEJNAL PROOF-----\n"})
    EXPECT_EQ(reporter::read_armour(none).error().fault, Fault::malformed);
}

}  // namespace hejnal::sim

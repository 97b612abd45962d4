#include "core/sms_command.hpp"

#include <gtest/gtest.h>

namespace hejnal::core {

using Kind = DeskCommand::Kind;

TEST(ContactWords, AreWholeMessagesOnly) {
  using enum ContactWord;
  const std::pair<const char*, ContactWord> rows[] = {
      {"STOP", stop},
      {"stop", stop},
      {"  Stop. ", stop},
      {"\"STOP\"!\n", stop},
      {"STOPALL", stop},
      {"unsubscribe", stop},
      {"Rezygnuję", stop},
      {"REZYGNUJE", stop},
      {"wypisz", stop},
      {"START", start},
      {"unstop", start},
      {"HELP?", help},
      {"info", help},
      {"stop, serwer stoi", none},
      {"STOP STOP", none},
      {"Serwer stop", none},
      {"stoppp", none},
      {"POMOC", none},  // may well be a cry for help
      {"TAK", none},    // nothing was asked
      {"", none},
      {"!", none},
      {"stop\xF0\x9F\x98\x80", none},
  };
  for (const auto& [text, word] : rows) EXPECT_EQ(contact_word(text), word) << text;
}

TEST(DeskCommands, Table) {
  struct Row {
    const char* text;
    Kind kind;
    int slot;  // -1: none
    Action action;
    const char* words;
  };
  const Row rows[] = {
      {"1", Kind::act, 0, Action::read, nullptr},
      {" 2 ", Kind::act, 0, Action::start, nullptr},
      {"1.", Kind::act, 0, Action::read, nullptr},
      {"11", Kind::act, 1, Action::read, nullptr},
      {"22", Kind::act, 2, Action::start, nullptr},
      {"101", Kind::act, 10, Action::read, nullptr},
      {"3", Kind::unclear, -1, Action::read, nullptr},
      {"0", Kind::unclear, -1, Action::read, nullptr},
      {"01", Kind::unclear, -1, Action::read, nullptr},
      {"1234", Kind::unclear, -1, Action::read, nullptr},
      {"99999999999999999999999", Kind::unclear, -1, Action::read, nullptr},
      {"jadę na miejsce", Kind::note, -1, Action::read, "jadę na miejsce"},
      {"2 serwery stoją", Kind::note, -1, Action::read, "2 serwery stoją"},
      {"11 jadę", Kind::note, 1, Action::read, "11 jadę"},
      {"17 osób czeka", Kind::note, -1, Action::read, "17 osób czeka"},
      {"R 601 234 567", Kind::rejected_call, -1, Action::read, "601 234 567"},
      {"r601234567", Kind::rejected_call, -1, Action::read, "601234567"},
      {"R: +48 601-234-567", Kind::rejected_call, -1, Action::read, "+48 601-234-567"},
      {"R 12", Kind::note, -1, Action::read, "R 12"},
      {"Restart 601234567", Kind::note, -1, Action::read, "Restart 601234567"},
      {"", Kind::note, -1, Action::read, ""},
  };
  for (const Row& row : rows) {
    const DeskCommand c = read_desk_command(row.text);
    EXPECT_EQ(c.kind, row.kind) << row.text;
    EXPECT_EQ(c.slot.value_or(-1), row.slot) << row.text;
    if (c.kind == Kind::act) {
      EXPECT_EQ(c.action, row.action) << row.text;
    }
    if (row.words) {
      EXPECT_EQ(c.text, row.words);
    }
  }
}

TEST(DeskCommands, WhatIsPrintedIsUnderstood) {
  for (int slot = 0; slot < kSlotsMax; ++slot) {
    for (const Action action : {Action::read, Action::start}) {
      const DeskCommand c = read_desk_command(alert_code(slot, action));
      EXPECT_EQ(c.kind, Kind::act);
      EXPECT_EQ(c.slot, slot);
      EXPECT_EQ(c.action, action);
    }
  }
}

TEST(Slots, AreUniqueAmongOpenAlertsAndRestBeforeAnotherCaseGetsThem) {
  const Instant now{1'000'000'000};
  EXPECT_EQ(slot_for(7, {}, {}, now), 0);
  const std::vector<AlertCode> two = {{0, 7, now - 1min}, {1, 8, now - 20h}};
  EXPECT_EQ(slot_for(8, two, {7, 8}, now), 1) << "a case keeps its code";
  EXPECT_EQ(slot_for(9, two, {7, 8}, now), 2);
  EXPECT_EQ(slot_for(9, two, {7}, now), 1) << "8 is done, and its code is old";
  EXPECT_EQ(slot_for(9, two, {8}, now), 2) << "7 is done, but its SMS may just have been found";
  std::vector<AlertCode> full;
  std::vector<CaseNumber> open;
  for (int slot = 0; slot < kSlotsMax; ++slot) {
    full.push_back({slot, slot + 1, now - 1h + Duration(slot == 40 ? 0 : slot + 1)});
    open.push_back(slot + 1);
  }
  EXPECT_EQ(slot_for(1000, full, open, now), 40) << "with none left, the oldest";
}

TEST(Questions, AnSmsAnswersTheOnlyOneUnlessItSpeaksOfAnEmail) {
  const OpenQuestion one{7, 0, {}}, two{8, 0, {}};
  for (const char* text : {"Tak", "Drugi pokój, biuro 12", "", "Emilia wie", "Nie, od rana"})
    EXPECT_TRUE(question_answered(text, {one})) << text;
  for (const char* text : {"Wysłałam email", "Wysyłam maila w sprawie serwera", "Ponawiam",
                           "mój adres anna@x.pl", "e-mail poszedł", "MAIL", "Mejl"})
    EXPECT_FALSE(question_answered(text, {one})) << text;
  // What is longer is matched by its words: it may be about a matter whose email was lost.
  EXPECT_FALSE(question_answered("Od rana nikt w biurze nie może się zalogować", {one}));
  EXPECT_FALSE(question_answered("Jan dalej nie działa: kalendarz", {one}));
  EXPECT_FALSE(question_answered("dalej nie działa", {one})) << "what?";
  EXPECT_FALSE(question_answered("Tak", {one, two})) << "which of them?";
  EXPECT_FALSE(question_answered("Tak", {}));
}

}  // namespace hejnal::core

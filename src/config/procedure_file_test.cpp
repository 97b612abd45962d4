// The procedure file: what is read, and every mistake with its place.
#include "config/procedure_file.hpp"

#include <gtest/gtest.h>

#include "core/decide.hpp"

namespace hejnal::config {

namespace {

constexpr const char* kGood = R"(language = "en"
title = "Procedure"
columns = ["Wait", "Means", "Remarks"]
[[class]]
id = "routine"
title = "Routine"
[[class.step]]
wait = "0h"
wait_text = "0 hours"
means = ["email"]
means_text = "email"
note = "Note."
[class.promise]
react_within = "24h"
answer_within = "24h"
[class.alert]
channels = ["email"]
)";

std::string mistakes(const std::string& text) {
  const auto procedure = read_procedure(text, "own.toml");
  EXPECT_TRUE(procedure || procedure.error().fault == Fault::malformed);
  return procedure ? "" : procedure.error().what;
}

}  // namespace

TEST(BuiltIn, BothLoadAndAreEqualInTheirNumbers) {
  const auto pl = builtin_procedure("pl"), en = builtin_procedure("en");
  ASSERT_TRUE(pl) << pl.error().what;
  ASSERT_TRUE(en) << en.error().what;
  EXPECT_EQ(pl->language, "pl");
  EXPECT_EQ(en->language, "en");
  EXPECT_NE(pl->version, en->version);
  EXPECT_EQ(pl->rules.settle_after, en->rules.settle_after);
  EXPECT_EQ(pl->rules.close_after, en->rules.close_after);
  EXPECT_EQ(pl->rules.sms_critical_within, en->rules.sms_critical_within);
  EXPECT_EQ(pl->rules.sms_urgent_within, en->rules.sms_urgent_within);
  EXPECT_EQ(pl->rules.email_missing_after, en->rules.email_missing_after);
  ASSERT_EQ(pl->classes.size(), 3u);
  ASSERT_EQ(en->classes.size(), 3u);
  const char* const ids[] = {"routine", "urgent", "critical"};
  for (std::size_t i = 0; i < 3; ++i) {
    const core::ServiceClass &a = pl->classes[i], &b = en->classes[i];
    EXPECT_EQ(a.id, ids[i]);
    EXPECT_EQ(b.id, ids[i]);
    EXPECT_EQ(a.failure, b.failure);
    ASSERT_EQ(a.steps.size(), b.steps.size());
    for (std::size_t s = 0; s < a.steps.size(); ++s) {
      EXPECT_EQ(a.steps[s].wait, b.steps[s].wait);
      EXPECT_EQ(a.steps[s].means, b.steps[s].means);
      EXPECT_FALSE(a.steps[s].note.empty());
    }
    EXPECT_EQ(a.promise.receipt, b.promise.receipt);
    EXPECT_EQ(a.promise.acknowledge_on_read, b.promise.acknowledge_on_read);
    EXPECT_EQ(a.promise.start_of_work_after, b.promise.start_of_work_after);
    EXPECT_EQ(a.promise.react_within, b.promise.react_within);
    EXPECT_EQ(a.promise.answer_within, b.promise.answer_within);
    EXPECT_EQ(a.promise.grace, b.promise.grace);
    EXPECT_EQ(a.alert.at_once, b.alert.at_once);
    EXPECT_EQ(a.alert.fractions, b.alert.fractions);
    EXPECT_EQ(a.alert.repeat, b.alert.repeat);
    EXPECT_EQ(a.alert.repeat_count, b.alert.repeat_count);
    EXPECT_EQ(a.alert.repeat_slow, b.alert.repeat_slow);
    EXPECT_EQ(a.alert.remind, b.alert.remind);
    EXPECT_EQ(a.alert.channels, b.alert.channels);
  }
}

TEST(BuiltIn, HasTheNumbersOfTheProcedure) {
  const auto p = builtin_procedure("pl").value();
  const core::ServiceClass &routine = p.at("routine"), &urgent = p.at("urgent"), &critical = p.at("critical");
  EXPECT_EQ(routine.steps.at(1).wait, 24h);
  EXPECT_EQ(urgent.steps.at(1).wait, 2h);
  EXPECT_EQ(critical.steps.size(), 1u);
  EXPECT_TRUE(routine.email_alone());
  EXPECT_TRUE(urgent.email_alone());
  EXPECT_FALSE(critical.email_alone());
  EXPECT_EQ(routine.promise.start_of_work_after, 5min);
  EXPECT_EQ(critical.promise.answer_within, 4h);
  EXPECT_TRUE(critical.promise.acknowledge_on_read);
  EXPECT_TRUE(critical.alert.at_once);
  EXPECT_EQ(critical.alert.repeat, 5min);
  EXPECT_EQ(critical.alert.repeat_count, 12);
  EXPECT_EQ(p.shortest_email_alone().id, "urgent");
  // The client never waits longer than we do: whoever must be reminded was late.
  EXPECT_LE(urgent.promise.react_within, urgent.steps[1].wait);
  EXPECT_LE(routine.promise.react_within, routine.steps[1].wait);
  EXPECT_EQ(builtin_procedure("de").error().fault, Fault::not_found);
}

TEST(Procedure, TheShortestFile) {
  const auto p = read_procedure(kGood, "own.toml");
  ASSERT_TRUE(p) << p.error().what;
  EXPECT_EQ(p->version.size(), 12u);
  EXPECT_EQ(p->rules.settle_after, 168h);
  EXPECT_EQ(p->rules.sms_critical_within, 15min);
  EXPECT_EQ(p->classes.at(0).short_name, "routine");
  EXPECT_EQ(p->classes.at(0).promise.start_of_work_after, 5min);
  EXPECT_EQ(p->classes.at(0).alert.remind, 24h);
  EXPECT_NE(read_procedure(std::string(kGood) + "\n# changed\n", "own.toml").value().version, p->version);
}

TEST(Procedure, AMistakeIsToldWithItsPlace) {
  const struct {
    const char *wrong, *right, *what;
  } rows[] = {
      {"language = \"de\"", "language = \"en\"",
       "own.toml:1:12: language: expected \"pl\" or \"en\", found \"de\""},
      {"", "language = \"en\"\n", "own.toml:1:1: language: is missing; expected a text in quotes"},
      {"language = en", "language = \"en\"",
       "own.toml:1:12: Error while parsing value: could not determine value type"},
      {"columns = [\"Wait\"]", "columns = [\"Wait\", \"Means\", \"Remarks\"]",
       "own.toml:3:11: columns: expected three headings: waiting time, means, remarks"},
      {"columns = \"Wait\"", "columns = [\"Wait\", \"Means\", \"Remarks\"]",
       "own.toml:3:11: columns: expected a list of texts, found a text in quotes\n"
       "own.toml:3:11: columns: expected three headings: waiting time, means, remarks"},
      {"id = \"\"", "id = \"routine\"",
       "own.toml:5:6: class.id: expected a word by which the class is known"},
      {"", "id = \"routine\"\n", "own.toml:4:1: class.id: is missing; expected a text in quotes"},
      {"wait = \"0 hours\"", "wait = \"0h\"",
       "own.toml:8:8: class.step.wait: expected a duration such as \"5m\", \"2h\" or \"7d\", found \"0 "
       "hours\""},
      {"wait = 0", "wait = \"0h\"",
       "own.toml:8:8: class.step.wait: expected a duration in quotes, such as \"5m\", \"2h\" or \"7d\", "
       "found a whole number"},
      {"wait = \"-2h\"", "wait = \"0h\"",
       "own.toml:8:8: class.step.wait: expected a duration such as \"5m\", \"2h\" or \"7d\", found \"-2h\""},
      {"wait = \"99999999d99999999d\"", "wait = \"0h\"",
       "own.toml:8:8: class.step.wait: expected a duration such as \"5m\", \"2h\" or \"7d\", found "
       "\"99999999d99999999d\""},
      {"means = [\"pigeon\"]", "means = [\"email\"]",
       "own.toml:10:9: class.step.means: expected \"email\" or \"sms\", found \"pigeon\"\n"
       "own.toml:10:9: class.step.means: expected at least one of \"email\" and \"sms\""},
      {"means = [\"call\"]", "means = [\"email\"]",
       "own.toml:10:9: class.step.means: expected \"email\" or \"sms\", found \"call\"\n"
       "own.toml:10:9: class.step.means: expected at least one of \"email\" and \"sms\""},
      {"means = []", "means = [\"email\"]",
       "own.toml:10:9: class.step.means: expected at least one of \"email\" and \"sms\""},
      {"react_within = \"0s\"", "react_within = \"24h\"",
       "own.toml:14:16: class.promise.react_within: expected more than nothing"},
      {"answer_within = \"0s\"", "answer_within = \"24h\"",
       "own.toml:15:17: class.promise.answer_within: expected more than nothing"},
      {"", "answer_within = \"24h\"\n",
       "own.toml:13:1: class.promise.answer_within: is missing; expected a duration in quotes, such as "
       "\"5m\", \"2h\" or \"7d\""},
      {"acknowledge = true\n[class.alert]", "[class.alert]",
       "own.toml:16:1: there is no setting \"class.promise.acknowledge\""},
      {"receipt = \"yes\"\n[class.alert]", "[class.alert]",
       "own.toml:16:11: class.promise.receipt: expected true or false, found a text in quotes"},
      {"fractions = [0.8, 0.5]\nchannels", "channels",
       "own.toml:17:13: class.alert.fractions: expected rising numbers between 0 and 1, found 0.5"},
      {"fractions = [0, 1.5]\nchannels", "channels",
       "own.toml:17:13: class.alert.fractions: expected rising numbers between 0 and 1, found 0\n"
       "own.toml:17:13: class.alert.fractions: expected rising numbers between 0 and 1, found 1.5"},
      {"fractions = [nan]\nchannels", "channels",
       "own.toml:17:13: class.alert.fractions: expected rising numbers between 0 and 1, found nan"},
      {"fractions = [\"half\"]\nchannels", "channels",
       "own.toml:17:13: class.alert.fractions: expected a list of numbers, found a text in quotes in it"},
      {"fractions = 0.5\nchannels", "channels",
       "own.toml:17:13: class.alert.fractions: expected a list of numbers, found a number"},
      {"remind = \"0s\"\nchannels", "channels",
       "own.toml:17:10: class.alert.remind: expected at least \"1m\""},
      {"repeat = \"1s\"\nchannels", "channels",
       "own.toml:17:10: class.alert.repeat: expected \"0s\" (not repeated) or at least \"1m\""},
      {"repeat = \"5m\"\nrepeat_slow = \"0s\"\nchannels", "channels",
       "own.toml:18:15: class.alert.repeat_slow: expected at least \"1m\""},
      {"repeat_count = -1\nchannels", "channels",
       "own.toml:17:16: class.alert.repeat_count: expected a whole number from 0 to 10000, found -1"},
      {"[class.warning]", "[class.alert]",
       "own.toml:4:1: class.alert: is missing; expected a table\n"
       "own.toml:16:8: there is no setting \"class.warning\""},
      {"[rules]\nsettle_after = \"7\"\n[[class]]", "[[class]]",
       "own.toml:5:16: rules.settle_after: expected a duration such as \"5m\", \"2h\" or \"7d\", found "
       "\"7\""},
      {"[rules]\nsettle = \"7d\"\n[[class]]", "[[class]]",
       "own.toml:5:1: there is no setting \"rules.settle\""},
      {"[class]", "[[class]]",
       "own.toml:4:1: class: expected one or more [[tables]], found a table\n"
       "own.toml:4:1: class: expected at least one [[class]], from the calmest to the most urgent\n"
       "own.toml:16:8: there is no setting \"class.alert\"\n"
       "own.toml:5:1: there is no setting \"class.id\"\n"
       "own.toml:13:8: there is no setting \"class.promise\"\n"
       "own.toml:7:9: there is no setting \"class.step\"\n"
       "own.toml:6:1: there is no setting \"class.title\""},
      {"[[class.step]]\nwait = \"2h\"\nwait_text = \"\"\nmeans = [\"sms\"]\nmeans_text = \"\"\nnote = "
       "\"\"\n[[class.step]]",
       "[[class.step]]",
       "own.toml:7:1: class.step: expected each step's wait to be longer than the one before"},
  };
  for (const auto& row : rows) {
    std::string text = kGood;
    const auto at = text.find(row.right);
    ASSERT_NE(at, std::string::npos) << row.right;
    text.replace(at, std::string_view(row.right).size(), row.wrong);
    EXPECT_EQ(mistakes(text), row.what) << row.wrong;
  }
}

TEST(Procedure, TwoClassesOfOneName) {
  const std::string text = kGood;
  EXPECT_EQ(mistakes(text + text.substr(text.find("[[class]]"))),
            "own.toml:19:6: class.id: there is a second class \"routine\"");
}

TEST(Procedure, WithoutAnything) {
  EXPECT_EQ(mistakes(""),
            "own.toml:1:1: language: is missing; expected a text in quotes\n"
            "own.toml:1:1: title: is missing; expected a text in quotes\n"
            "own.toml:1:1: columns: is missing; expected a list of texts\n"
            "own.toml:1:1: columns: expected three headings: waiting time, means, remarks\n"
            "own.toml:1:1: class: is missing; expected one or more [[tables]]\n"
            "own.toml:1:1: class: expected at least one [[class]], from the calmest to the most urgent");
}

TEST(Procedure, AllMistakesAtOnce) {
  EXPECT_EQ(mistakes("language = \"de\"\ncolumns = []\ncolour = 3\n[[class]]\n"),
            "own.toml:1:12: language: expected \"pl\" or \"en\", found \"de\"\n"
            "own.toml:1:1: title: is missing; expected a text in quotes\n"
            "own.toml:2:11: columns: expected three headings: waiting time, means, remarks\n"
            "own.toml:4:1: class.id: is missing; expected a text in quotes\n"
            "own.toml:4:1: class.title: is missing; expected a text in quotes\n"
            "own.toml:4:1: class.step: is missing; expected one or more [[tables]]\n"
            "own.toml:4:1: class.promise: is missing; expected a table\n"
            "own.toml:4:1: class.alert: is missing; expected a table\n"
            "own.toml:3:1: there is no setting \"colour\"");
}

}  // namespace hejnal::config

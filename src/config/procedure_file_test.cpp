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
      {"language = \"de\"", "language = \"en\"", ""},
      {"", "language = \"en\"\n", ""},
      {"language = en", "language = \"en\"", ""},
      {"columns = [\"Wait\"]", "columns = [\"Wait\", \"Means\", \"Remarks\"]", ""},
      {"columns = \"Wait\"", "columns = [\"Wait\", \"Means\", \"Remarks\"]", ""},
      {"id = \"\"", "id = \"routine\"", ""},
      {"", "id = \"routine\"\n", ""},
      {"wait = \"0 hours\"", "wait = \"0h\"", ""},
      {"wait = 0", "wait = \"0h\"", ""},
      {"wait = \"-2h\"", "wait = \"0h\"", ""},
      {"wait = \"99999999d99999999d\"", "wait = \"0h\"", ""},
      {"means = [\"pigeon\"]", "means = [\"email\"]", ""},
      {"means = [\"call\"]", "means = [\"email\"]", ""},
      {"means = []", "means = [\"email\"]", ""},
      {"react_within = \"0s\"", "react_within = \"24h\"", ""},
      {"answer_within = \"0s\"", "answer_within = \"24h\"", ""},
      {"", "answer_within = \"24h\"\n", ""},
      {"acknowledge = true\n[class.alert]", "[class.alert]", ""},
      {"receipt = \"yes\"\n[class.alert]", "[class.alert]", ""},
      {"fractions = [0.8, 0.5]\nchannels", "channels", ""},
      {"fractions = [0, 1.5]\nchannels", "channels", ""},
      {"fractions = [nan]\nchannels", "channels", ""},
      {"fractions = [\"half\"]\nchannels", "channels", ""},
      {"fractions = 0.5\nchannels", "channels", ""},
      {"remind = \"0s\"\nchannels", "channels", ""},
      {"repeat = \"1s\"\nchannels", "channels", ""},
      {"repeat = \"5m\"\nrepeat_slow = \"0s\"\nchannels", "channels", ""},
      {"repeat_count = -1\nchannels", "channels", ""},
      {"[class.warning]", "[class.alert]", ""},
      {"[rules]\nsettle_after = \"7\"\n[[class]]", "[[class]]", ""},
      {"[rules]\nsettle = \"7d\"\n[[class]]", "[[class]]", ""},
      {"[class]", "[[class]]", ""},
      {"[[class.step]]\nwait = \"2h\"\nwait_text = \"\"\nmeans = [\"sms\"]\nmeans_text = \"\"\nnote = "
       "\"\"\n[[class.step]]",
       "[[class.step]]", ""},
  };
  for (const auto& row : rows) {
    std::string text = kGood;
    const auto at = text.find(row.right);
    ASSERT_NE(at, std::string::npos) << row.right;
    text.replace(at, std::string_view(row.right).size(), row.wrong);
    EXPECT_EQ(mistakes(text), row.what) << "ROW" << (&row - rows) << "\n" << row.wrong;
  }
}

TEST(Procedure, TwoClassesOfOneName) {
  const std::string text = kGood;
  EXPECT_EQ(mistakes(text + text.substr(text.find("[[class]]"))), "");
}

TEST(Procedure, WithoutAnything) { EXPECT_EQ(mistakes(""), ""); }

TEST(Procedure, AllMistakesAtOnce) {
  EXPECT_EQ(mistakes("language = \"de\"\ncolumns = []\ncolour = 3\n[[class]]\n"), "");
}

}  // namespace hejnal::config

#include "carriers/words/answers.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace hejnal::carriers {
namespace {

TEST(Answers, BothLanguagesHaveTheSameOnes) {
  std::vector<std::string> names[2];
  for (int i = 0; i < 2; ++i) {
    for (const auto& one : answer_templates(i == 0 ? "pl" : "en", {})) {
      names[i].push_back(one.name);
      EXPECT_FALSE(one.text.empty());
      EXPECT_NE(one.title, one.name);
    }
    std::sort(names[i].begin(), names[i].end());
  }
  EXPECT_EQ(names[0], names[1]);
  EXPECT_EQ(names[0], (std::vector<std::string>{"fixed", "later", "more"}));
}

TEST(Answers, TheCompanysOwnComeInTheirPlaces) {
  const auto found = answer_templates(
      "en",
      {{"fixed.txt", "Title: A first\r\n\r\nDone.\n"}, {"later.txt", ""}, {"own.txt", "No title\nmore"}});
  ASSERT_EQ(found.size(), 3u);
  EXPECT_EQ(found[0].title, "A first");
  EXPECT_EQ(found[0].text, "Done.\n");
  EXPECT_EQ(found[1].title, "own");
  EXPECT_EQ(found[1].text, "No title\nmore");
  EXPECT_EQ(found[2].name, "more");
}

}  // namespace
}  // namespace hejnal::carriers

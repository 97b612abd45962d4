#include "config/procedure_data.hpp"

#include <gtest/gtest.h>

#include "config/procedure_file.hpp"

namespace hejnal::config {
namespace {

TEST(ProcedureData, TheBuiltInOnesComeBackAsTheyWere) {
  for (const char* language : {"pl", "en"}) {
    const std::string text = builtin_procedure_text(language).value();
    const json::Value data = toml_to_data(text).value();
    const std::string again = data_to_toml(data).value();
    EXPECT_EQ(toml_to_data(again).value(), data);
    const auto before = read_procedure(text, "a"), after = read_procedure(again, "b");
    ASSERT_TRUE(after) << after.error().what;
    ASSERT_EQ(after->classes.size(), before->classes.size());
    for (std::size_t i = 0; i < after->classes.size(); ++i) {
      EXPECT_EQ(after->classes[i].id, before->classes[i].id);
      EXPECT_EQ(after->classes[i].steps.size(), before->classes[i].steps.size());
      EXPECT_EQ(after->classes[i].promise.react_within, before->classes[i].promise.react_within);
      EXPECT_EQ(after->classes[i].alert.fractions, before->classes[i].alert.fractions);
    }
  }
}

TEST(ProcedureData, TextsAreQuoted) {
  const json::Value data =
      json::parse(R"({"a b": "x\"\\\n\t\u0001é", "list": ["p", "q"], "n": 1.0, "t": {"u": [{"v": 1}]}})")
          .value();
  EXPECT_EQ(
      data_to_toml(data).value(),
      "\"a b\" = \"x\\\"\\\\\\n\\t\\u0001é\"\nlist = [\"p\", \"q\"]\nn = 1.0\n\n[t]\n\n[[t.u]]\nv = 1\n");
  EXPECT_EQ(toml_to_data(data_to_toml(data).value()).value(), data);
}

TEST(ProcedureData, WhatTomlCannotSayIsRefused) {
  for (const char* text : {"[]", "1", R"({"a": null})", R"({"a": [[1]]})", R"({"a": [{"b": 1}, 2]})"})
    EXPECT_FALSE(data_to_toml(json::parse(text).value())) << text;
  EXPECT_FALSE(toml_to_data("= 1"));
}

}  // namespace
}  // namespace hejnal::config

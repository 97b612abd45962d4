// Every value of every page is escaped for its place, in both languages.
#include "api/page.hpp"

#include <gtest/gtest.h>

#include <regex>
#include <set>
#include <span>

#include "base/embedded.hpp"
#include "base/zone.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_page_templates();
}

namespace hejnal::api {

namespace {

constexpr const char* kHostile =
    "\"'><script>alert(1)</script><img src=x onerror=alert(1)> javascript:alert(1)";

std::set<std::string> all(const std::string& text, const char* pattern) {
  std::set<std::string> out;
  const std::regex looked_for(pattern);
  for (std::sregex_iterator at(text.begin(), text.end(), looked_for), end; at != end; ++at)
    out.insert((*at)[1].str());
  return out;
}

std::string everything() {
  std::string out;
  for (const EmbeddedFile& file : embedded_page_templates()) out += std::string(file.bytes) + "\n";
  return out;
}

// Each section is shown once, inside each other one, so that whatever is nested where is reached.
void fill_sections(Fill& fill, const std::set<std::string>& sections, int depth) {
  for (const std::string& section : sections) {
    Fill& row = fill.row(section);
    if (depth > 1) fill_sections(row, sections, depth - 1);
  }
}

}  // namespace

TEST(Pages, EveryValueIsEscapedWhereverItStands) {
  const std::string templates = everything();
  const auto names = all(templates, "\\{\\{([A-Z_]+)");
  const auto sections = all(templates, "\\{\\{#([A-Z_]+)\\}\\}");
  ASSERT_GT(names.size(), 50u);
  Fill fill;
  for (const std::string& name : names) fill.set(name, kHostile);
  fill_sections(fill, sections, 2);
  for (const EmbeddedFile& file : embedded_page_templates()) {
    const std::string name(file.name);
    const bool is_page = name.ends_with(".html");
    if (name.starts_with('_') || (!is_page && !name.ends_with(".atom"))) continue;
    for (const char* language : {"pl", "en"}) {
      const std::string page = fill_page(is_page ? name.substr(0, name.size() - 5) : name, language, fill);
      EXPECT_NE(page.find("alert(1)"), std::string::npos) << name;
      EXPECT_EQ(page.find("<script>"), std::string::npos) << name;
      EXPECT_EQ(page.find("<img"), std::string::npos) << name;
      EXPECT_EQ(page.find("\"'>"), std::string::npos) << name;
      EXPECT_EQ(page.find("[["), std::string::npos) << name;
    }
  }
}

TEST(Pages, AnAddressThatWouldRunSomethingLeadsNowhere) {
  Fill fill;
  fill.set("TITLE", "x").set("TO", "javascript:alert(1)").set("TO_TEXT", "x");
  EXPECT_EQ(fill_page("message", "pl", fill).find("javascript:"), std::string::npos);
}

TEST(Pages, WhatWasTypedKeepsItsLines) {
  Fill fill;
  fill.set("TEXT", "a\n\n  b\t<c>");
  EXPECT_NE(fill_page("report", "pl", fill).find("a\n\n  b\t&lt;c&gt;</textarea>"), std::string::npos);
}

TEST(Words, AreCountedAsTheLanguageDoes) {
  for (const auto& [number, words] : std::initializer_list<std::pair<int, const char*>>{{0, "0 plików"},
                                                                                        {1, "1 plik"},
                                                                                        {2, "2 pliki"},
                                                                                        {4, "4 pliki"},
                                                                                        {5, "5 plików"},
                                                                                        {11, "11 plików"},
                                                                                        {12, "12 plików"},
                                                                                        {22, "22 pliki"},
                                                                                        {112, "112 plików"},
                                                                                        {21, "21 plików"}})
    EXPECT_EQ(counted("pl", "files", number), words);
  EXPECT_EQ(counted("en", "files", 1), "1 file");
  EXPECT_EQ(counted("en", "files", 0), "0 files");
  EXPECT_EQ(counted("en", "files", 22), "22 files");
}

TEST(Words, OfTime) {
  const auto at = [](int month, int day, int hour, int minute) {
    return from_local(2026, month, day, hour, minute, "Europe/Warsaw").value();
  };
  const Instant now = at(11, 23, 9, 0);
  const auto said = [&](Instant t, const char* language) {
    return moment(t, now, "Europe/Warsaw", language);
  };
  EXPECT_EQ(said(at(11, 23, 14, 5), "pl"), "dziś o 14:05");
  EXPECT_EQ(said(at(11, 24, 0, 0), "pl"), "jutro o 00:00");
  EXPECT_EQ(said(at(11, 22, 23, 59), "en"), "yesterday at 23:59");
  EXPECT_EQ(said(at(11, 25, 9, 0), "pl"), "25.11.2026, 09:00");
  EXPECT_EQ(said(at(11, 25, 9, 0), "en"), "25 Nov 2026, 09:00");
  EXPECT_EQ(limit(at(11, 23, 14, 5), now, "Europe/Warsaw", "pl"), "do godziny 14:05 dziś");
  EXPECT_EQ(limit(at(11, 24, 8, 0), now, "Europe/Warsaw", "en"), "by tomorrow, 08:00");
  EXPECT_EQ(limit(at(11, 22, 8, 0), now, "Europe/Warsaw", "en"), "by 22 Nov 2026, 08:00");
  // The night in which summer begins: the next day is only 23 hours away.
  const Instant spring = at(3, 28, 23, 30);
  EXPECT_EQ(moment(at(3, 29, 12, 0), spring, "Europe/Warsaw", "pl"), "jutro o 12:00");
}

}  // namespace hejnal::api

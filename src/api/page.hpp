// The pages for clients: HTML from templates/pages, words from texts.txt beside them, and values that are
// escaped for the place where they stand (docs/decisions/0013). Templates and words are embedded in the
// program and read once; a mistake in them stops the first start after the build, and the tests. Any thread.
#pragma once

#include <fmt/format.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/instant.hpp"

namespace hejnal::api {

// What is filled into a page: values by name, and sections, which are shown as often as they have rows. A row
// sees the values around it.
class Fill {
 public:
  Fill& set(std::string name, std::string value);
  Fill& show(const std::string& section) { return row(section); }
  Fill& show(const std::string& section, bool when) { return when ? row(section) : *this; }
  Fill& row(const std::string& section);

  struct Row;
  const std::vector<std::pair<std::string, std::string>>& values() const { return values_; }
  const std::vector<Row>& rows() const { return rows_; }

 private:
  std::vector<std::pair<std::string, std::string>> values_;
  std::vector<Row> rows_;
};

struct Fill::Row {
  std::string section;
  std::unique_ptr<Fill> fill;
};

void load_pages();  // now, and not when the first one is asked for

// `name`: of a file in templates/pages, without ".html" (a feed: "status.atom"); `language`: "pl", else
// English.
std::string fill_page(std::string_view name, std::string_view language, const Fill& fill);

// A text by its name, as it stands in texts.txt; what has no such name is a bug.
const std::string& text_of(std::string_view language, std::string_view name);
template <class... A>
std::string text_of(std::string_view language, std::string_view name, const A&... values) {
  return fmt::format(fmt::runtime(text_of(language, name)), values...);
}
// The form that goes with a number: 1 plik, 2 pliki, 5 plików; 1 file, 2 files.
std::string counted(std::string_view language, std::string_view name, std::int64_t number);

// "dziś o 14:05", "jutro o 9:00", else the day and the time; in the desk's zone.
std::string moment(Instant t, Instant now, std::string_view zone, std::string_view language);
// The same as a limit: "do jutra, do godziny 9:00", "by tomorrow, 9:00".
std::string limit(Instant t, Instant now, std::string_view zone, std::string_view language);

}  // namespace hejnal::api

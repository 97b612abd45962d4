// A form that a browser has sent by itself, without a script: its fields, where it comes from, and how often.
// Reached by anybody who has a case's link.
#pragma once

#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "ports/http.hpp"

namespace hejnal::api {

// application/x-www-form-urlencoded. At most 20 fields, of which the first of a name counts; text is valid
// UTF-8 with line ends of one kind.
class Form {
 public:
  // refused: another site has sent it; malformed: not a form, or too many fields.
  static Result<Form> read(const ports::Request& request, std::string_view public_url);
  static Form of(std::string_view body);

  const std::string& operator[](std::string_view name) const;
  std::size_t size() const { return fields_.size(); }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
};

// Another site's page has a browser send this: whoever has the link need not know of it.
bool is_from_another_site(const ports::Request& request, std::string_view public_url);

// The language of the pages that this browser's owner reads best: "pl", "en", or the given one.
std::string language_for(const ports::Request& request, const std::string& otherwise);

// How often one link may be written to in an hour. Thread-safe; only links of real cases are counted, and all
// is forgotten with the hour, so it stays small.
class PostLimiter {
 public:
  explicit PostLimiter(int an_hour) : an_hour_(an_hour) {}
  // Zero: it may. Otherwise when it may again.
  Duration wait(const std::string& token, Instant now);

 private:
  std::mutex mutex_;
  const int an_hour_;
  std::int64_t hour_ = 0;
  std::unordered_map<std::string, int> counts_;
};

}  // namespace hejnal::api

// A form that a browser has sent by itself, without a script: its fields, where it comes from, and how often.
// Reached by anybody who has a case's link.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "ports/http.hpp"
#include "ports/incoming.hpp"

namespace hejnal::api {

struct Context;

// Reads multipart/form-data: by its Content-Type and its body.
using FormReader = std::function<Result<ports::IncomingForm>(std::string_view, std::string_view)>;

// application/x-www-form-urlencoded, or with files. At most 20 fields, of which the first of a name counts;
// text is valid UTF-8 with line ends of one kind.
class Form {
 public:
  // refused: another site has sent it; malformed: not a form, or too many fields.
  static Result<Form> read(const ports::Request& request, std::string_view public_url,
                           const FormReader& reader = {});
  static Form of(std::string_view body);
  // Of whatever site it is; what cannot be read has no fields.
  static Form of(const ports::Request& request, const FormReader& reader);

  const std::string& operator[](std::string_view name) const;
  std::size_t size() const { return fields_.size(); }
  const std::vector<ports::IncomingAttachment>& attachments() const { return attachments_; }
  std::int64_t files_size() const { return files_size_; }
  const std::vector<ports::RawPiece>& raw() const { return raw_; }

 private:
  std::vector<std::pair<std::string, std::string>> fields_;
  std::vector<ports::IncomingAttachment> attachments_;
  std::int64_t files_size_ = 0;
  std::vector<ports::RawPiece> raw_;
};

// Another site's page has a browser send this: whoever has the link need not know of it.
bool is_from_another_site(const ports::Request& request, std::string_view public_url);

// The language of the pages: what was chosen on one of them (?lang=, then a cookie), what this browser's
// owner reads best, or the given one. "pl" or "en".
std::string language_for(const ports::Request& request, const std::string& otherwise);

// Who asks, for counting: the network address, also behind a proxy on this machine. Empty: it cannot be told,
// because the proxy does not say it, and then nobody is to be shut out for what somebody else does.
std::string caller_of(const ports::Request& request);
// The same, behind the proxies that the configuration trusts.
std::string caller_of(const Context& context);

// How often one link may be written to in an hour, or one address may do something. Thread-safe; all is
// forgotten with the hour, and above 10,000 keys the others are counted together, so it stays small.
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

// What strangers may do in an hour.
struct Limits {
  PostLimiter posts{30};         // to one link
  PostLimiter reminders{30};     // presses of "I am still waiting" on one page: never less because of posts
  PostLimiter works{30};         // presses of "it works again"
  PostLimiter reports{12};       // from one address
  PostLimiter all_reports{300};  // from everywhere
  PostLimiter lost{60};          // links that lead nowhere, from one address
};

}  // namespace hejnal::api

// One search of an archive: the cases in whose messages all words are, the case with the newest such message
// first. Messages are looked at from the newest on, as the index gives them, and no further than the page and
// its total need; a page goes on where the last one stopped.
//
// The last word may be a beginning. A beginning of few words is looked for as these words. One of many would
// make the index merge all their lists before it gives a single message; so first the newest messages are
// looked into themselves, which fills the page when the beginning is a common one, and only a rare one is
// left to the index.
#pragma once

#include <cstdint>
#include <set>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/types.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

// The index's name of message m is kNewestFirst - m: it gives hits in the order of these names, and goes
// forwards far more cheaply than backwards. (Small numbers are stored in fewer bytes; past zero it works as
// well.)
constexpr std::int64_t kNewestFirst = (1 << 28) - 1;

class Search {
 public:
  // Messages that are looked at for one page, whatever they are of.
  static constexpr int kLooksMax = 5000;
  // And when the page is full already, only to say how many cases there are.
  static constexpr int kCountedMax = 500;

  // Where a page ends: `top` is the newest message that the first page looked at, so what comes in meanwhile
  // changes nothing; the next page takes messages below `below`.
  struct Place {
    std::int64_t top = 0, below = 0;
  };
  struct Found {
    std::vector<core::CaseNumber> cases;
    bool more = false;
    Place next;
    std::int64_t total = 0;  // of the messages looked at
    bool total_is_exact = false;
  };

  // Makes what searches need on this connection. Before it is read-only.
  static Status prepare(Database& db);

  // `condition` is SQL on the columns of `cases`; its values are bound as ?1, ?2 ...
  Search(Database& db, std::string_view text, std::string condition, std::vector<std::string> values);

  bool has_words() const { return !last_.empty(); }
  Result<Found> first_page(int limit) { return page(Place{}, limit); }
  Result<Found> page(Place from, int limit);  // its total is of no use when it is not the first

 private:
  enum class Source { index, text };
  enum class Ending { few, rare, many };  // what the last word stands for
  enum class End { exhausted, enough };
  struct Walk;

  Result<Ending> expand(std::vector<std::string>& into);  // `few`: these words; `rare`: of few messages
  Result<End> walk(Source source, const std::string& expression, Walk& state);
  Result<bool> shown_before(core::CaseNumber number, const Walk& state);
  Result<bool> matches(std::int64_t message);

  Database& db_;
  std::string condition_;
  std::vector<std::string> values_;
  std::string last_;         // the word that may be a beginning
  std::string whole_words_;  // the expression for all others
  std::string exact_;        // the expression for everything, unless the last word stands for many
};

}  // namespace hejnal::store::sqlite

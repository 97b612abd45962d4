// Outages and callbacks as they are kept: each has a journal and one alarm, and is nothing but the fold of
// its journal. There are few of them, so readers replay. Failures and threads: as of Store and Archive
// (store.hpp).
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "base/result.hpp"
#include "core/callback.hpp"
#include "core/outage.hpp"
#include "core/sent_report.hpp"

namespace hejnal::ports {

template <class Thing>
using JournalOf = std::vector<typename core::JournalOf<Thing>::Entry>;

template <class Thing>
class RecordReader {
 public:
  virtual ~RecordReader() = default;
  virtual Result<JournalOf<Thing>> journal(std::int64_t id) = 0;  // empty: there is none
  // Newest first, below `before`.
  virtual Result<std::vector<std::int64_t>> ids(bool open_only, int limit, std::int64_t before) = 0;

  // As its journal says; one that does not exist when there is none, corrupt when it cannot be replayed.
  Result<Thing> load(std::int64_t id) {
    HEJNAL_TRY(const auto journal_of_it, journal(id));
    Thing thing;
    for (const auto& entry : journal_of_it) {
      if (!core::fits(thing, entry))
        return fail(Fault::corrupt, "entry {} of its journal cannot follow on those before it",
                    thing.entries + 1);
      core::apply(thing, entry);
    }
    return thing;
  }
  // The same; empty when it is damaged, and must not keep the others from what is theirs.
  Result<std::optional<Thing>> readable(std::int64_t id) {
    auto thing = load(id);
    if (!thing && thing.error().fault == Fault::corrupt) return std::nullopt;
    if (!thing) return tl::make_unexpected(thing.error());
    return std::optional(std::move(*thing));
  }
};

template <class Thing>
class Records : public RecordReader<Thing> {
 public:
  virtual Result<std::int64_t> last_id() = 0;
  // Appends the entries of one decision and notes what it is after them.
  virtual Status write(const Thing& after, Instant at, const JournalOf<Thing>& entries) = 0;
  virtual Result<std::vector<std::int64_t>> due(Instant now, int limit) = 0;  // by alarm, then id
  virtual Result<std::optional<Instant>> next_alarm() = 0;
  virtual Status postpone_alarm(std::int64_t id, Instant to) = 0;  // of one that is damaged
  // The latest callback of a number, the latest report of an alert's key, open or not; 0: none. (An outage
  // has neither.)
  virtual Result<std::int64_t> latest_of(std::string_view key) = 0;
};

}  // namespace hejnal::ports

// Outages, callbacks and sent reports in SQLite: one implementation, for the writer (in the store's
// transaction) and, by its reading half, for the readers and for verify.
#pragma once

#include "core/sent_report.hpp"
#include "ports/records.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

template <class Thing>
class SqliteRecords final : public ports::Records<Thing> {
 public:
  explicit SqliteRecords(Database& db) : db_(db) {}

  Result<ports::JournalOf<Thing>> journal(std::int64_t id) override;
  Result<std::vector<std::int64_t>> ids(bool open_only, int limit, std::int64_t before) override;
  Result<std::int64_t> last_id() override;
  Status write(const Thing& after, Instant at, const ports::JournalOf<Thing>& entries) override;
  Result<std::vector<std::int64_t>> due(Instant now, int limit) override;
  Result<std::optional<Instant>> next_alarm() override;
  Status postpone_alarm(std::int64_t id, Instant to) override;
  Result<std::int64_t> latest_of(std::string_view key) override;

  // Replays every journal and compares; corrupt at the first difference. How many entries there are.
  Result<std::int64_t> verify();

 private:
  Database& db_;
};

}  // namespace hejnal::store::sqlite

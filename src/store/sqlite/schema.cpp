#include "store/sqlite/schema.hpp"

#include <span>

#include "base/embedded.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_migrations();
}

namespace hejnal::store::sqlite {

int newest_schema() { return static_cast<int>(embedded_migrations().size()); }

Result<int> schema_of(Database& db) {
  HEJNAL_TRY(Rows rows, db.query("PRAGMA user_version"));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? static_cast<int>(rows.integer(0)) : 0;
}

Status migrate(Database& db, int target) {
  HEJNAL_TRY(const int current, schema_of(db));
  if (current > newest_schema()) {
    return fail(Fault::conflict,
                "the database has schema {}, this program knows up to {}: use the newer hejnal that wrote it",
                current, newest_schema());
  }
  for (int step = current; step < target; ++step) {
    const EmbeddedFile& file = embedded_migrations()[static_cast<std::size_t>(step)];
    HEJNAL_TRY_VOID(db.script("BEGIN IMMEDIATE"));
    const Status done = db.script(std::string(file.bytes) +
                                  "; PRAGMA user_version = " + std::to_string(step + 1) + "; COMMIT");
    if (!done) {
      if (db.in_transaction()) static_cast<void>(db.script("ROLLBACK"));
      return tl::unexpected<Error>(
          Error{done.error().fault, fmt::format("{}: {}", file.name, done.error().what)});
    }
  }
  return {};
}

}  // namespace hejnal::store::sqlite

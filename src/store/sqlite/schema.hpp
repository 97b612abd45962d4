// The schema's steps and which of them a database has seen (PRAGMA user_version).
#pragma once

#include "base/result.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

int newest_schema();
// Runs the missing steps, each in a transaction of its own, up to `target`. Fails with conflict when the
// database was made by a newer program.
Status migrate(Database& db, int target = newest_schema());
Result<int> schema_of(Database& db);

}  // namespace hejnal::store::sqlite

#include "store/sqlite/store.hpp"

#include <sqlite3.h>

#include "store/sqlite/log_vfs.hpp"
#include "store/sqlite/schema.hpp"

namespace hejnal::store::sqlite {

Result<std::unique_ptr<ports::Store>> open_store(const std::string& path, const std::string& vfs) {
  register_log_vfs();
  HEJNAL_TRY(Database db, Database::open(path, Database::Mode::create, vfs.empty() ? kLogVfs : vfs));
  // Checkpoints are ours to time: none happens inside a commit unless the log has grown past all measure.
  HEJNAL_TRY_VOID(
      db.script("PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA foreign_keys=ON; "
                "PRAGMA wal_autocheckpoint=0; PRAGMA cache_size=-16000; PRAGMA temp_store=MEMORY"));
  HEJNAL_TRY_VOID(migrate(db));
  return std::unique_ptr<ports::Store>(std::make_unique<SqliteStore>(std::move(db)));
}

// SQLite would go on writing into a file that has no name any more, and all of it would be gone at the end.
Status SqliteStore::begin() {
  int moved = 0;
  const int code = sqlite3_file_control(db_.handle(), "main", SQLITE_FCNTL_HAS_MOVED, &moved);
  if (code == SQLITE_OK && moved != 0)
    return fail(Fault::retry_later, "the database file was moved or deleted under the running server");
  return db_.run("BEGIN IMMEDIATE");
}
Status SqliteStore::commit() { return db_.run("COMMIT"); }
void SqliteStore::rollback() {
  indexed_upto_ = measured_from_ = -1;  // what was done in this transaction was not
  met_ = {};
  if (db_.in_transaction()) static_cast<void>(db_.run("ROLLBACK"));
}
Status SqliteStore::savepoint() { return db_.run("SAVEPOINT one"); }
Status SqliteStore::release() { return db_.run("RELEASE one"); }
void SqliteStore::rollback_to_savepoint() {
  met_ = {};
  if (!db_.in_transaction()) return;  // SQLite has rolled everything back itself (full disk)
  static_cast<void>(db_.run("ROLLBACK TO one"));
  static_cast<void>(db_.run("RELEASE one"));
}

Result<std::string> SqliteStore::setting(std::string_view key) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT value FROM settings WHERE key = ?1", key));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.text(0) : std::string();
}

Status SqliteStore::set_setting(std::string_view key, std::string_view value) {
  if (value.empty()) return db_.run("DELETE FROM settings WHERE key = ?1", key);
  return db_.run(
      "INSERT INTO settings (key, value) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET value = "
      "excluded.value",
      key, value);
}

Status SqliteStore::keep_procedure(std::string_view version, std::string_view text) {
  return db_.run("INSERT INTO procedures (version, text) VALUES (?1, ?2) ON CONFLICT DO NOTHING", version,
                 text);
}

Result<std::string> SqliteStore::procedure_text(std::string_view version) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT text FROM procedures WHERE version = ?1", version));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.text(0) : std::string();
}

void SqliteStore::tidy() {
  lay_out_log(db_.handle());
  sqlite3_wal_checkpoint_v2(db_.handle(), nullptr, SQLITE_CHECKPOINT_PASSIVE, nullptr, nullptr);
}

}  // namespace hejnal::store::sqlite

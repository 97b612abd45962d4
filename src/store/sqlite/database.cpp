#include "store/sqlite/database.hpp"

#include <sqlite3.h>

#include <cstdio>
#include <utility>

#include "base/check.hpp"

namespace hejnal::store::sqlite {

Error error_of(sqlite3* handle, int code) {
  const char* words = handle ? sqlite3_errmsg(handle) : sqlite3_errstr(code);
  switch (code & 0xFF) {
    case SQLITE_CORRUPT:
    case SQLITE_NOTADB:
      return {Fault::corrupt, fmt::format("the database is damaged ({})", words)};
    case SQLITE_CONSTRAINT:
      return {Fault::conflict, fmt::format("the database refuses it ({})", words)};
    case SQLITE_FULL:
      return {Fault::retry_later, "the disk is full"};
    case SQLITE_READONLY:
      return {Fault::retry_later, "the database cannot be written to"};
    case SQLITE_CANTOPEN:
      return {Fault::retry_later, fmt::format("the database cannot be opened ({})", words)};
    default:
      return {Fault::retry_later, fmt::format("the database does not work now ({})", words)};
  }
}

void set_up_library() {
  // SQLite counts its memory under one lock for all threads, at each allocation: readers and the writer wait
  // for each other there, and nobody asks for the sum.
  static const int done = sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0);
  HEJNAL_CHECK(done == SQLITE_OK);
}

Rows::~Rows() {
  if (!statement_) return;
  sqlite3_reset(statement_);
  sqlite3_clear_bindings(statement_);
}

Result<bool> Rows::next() {
  const int code = sqlite3_step(statement_);
  if (code == SQLITE_ROW) return true;
  if (code == SQLITE_DONE) return false;
  return tl::unexpected<Error>(
      error_of(sqlite3_db_handle(statement_), sqlite3_extended_errcode(sqlite3_db_handle(statement_))));
}

std::int64_t Rows::integer(int column) const { return sqlite3_column_int64(statement_, column); }

std::string_view Rows::view(int column) const {
  const void* bytes = sqlite3_column_blob(statement_, column);
  const int size = sqlite3_column_bytes(statement_, column);
  return bytes ? std::string_view(static_cast<const char*>(bytes), static_cast<std::size_t>(size))
               : std::string_view();
}

std::string Rows::text(int column) const { return std::string(view(column)); }

bool Rows::is_null(int column) const { return sqlite3_column_type(statement_, column) == SQLITE_NULL; }

std::optional<Instant> Rows::instant(int column) const {
  if (is_null(column)) return std::nullopt;
  return Instant{integer(column)};
}

void Rows::bind(int index, std::int64_t value) {
  HEJNAL_CHECK(sqlite3_bind_int64(statement_, index, value) == SQLITE_OK);
}

void Rows::bind(int index, std::string_view value, Bytes bytes) {
  const char* begin = value.empty() ? "" : value.data();  // a null pointer would bind NULL
  HEJNAL_CHECK(sqlite3_bind_text64(statement_, index, begin, value.size(),
                                   bytes == Bytes::staying ? SQLITE_STATIC : SQLITE_TRANSIENT,
                                   SQLITE_UTF8) == SQLITE_OK);
}

void Rows::bind_blob(int index, std::string_view value, Bytes bytes) {
  const char* begin = value.empty() ? "" : value.data();
  HEJNAL_CHECK(sqlite3_bind_blob64(statement_, index, begin, value.size(),
                                   bytes == Bytes::staying ? SQLITE_STATIC : SQLITE_TRANSIENT) == SQLITE_OK);
}

void Rows::bind_null(int index) { HEJNAL_CHECK(sqlite3_bind_null(statement_, index) == SQLITE_OK); }

Result<Database> Database::open(const std::string& path, Mode mode, const std::string& vfs) {
  set_up_library();
  int flags = SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE;
  flags |= mode == Mode::read_only ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE;
  if (mode == Mode::create) flags |= SQLITE_OPEN_CREATE;
  sqlite3* handle = nullptr;
  const int code = sqlite3_open_v2(path.c_str(), &handle, flags, vfs.empty() ? nullptr : vfs.c_str());
  if (code != SQLITE_OK) {
    Error error = error_of(handle, code);
    sqlite3_close(handle);
    error.what = fmt::format("{}: {}", path, error.what);
    return tl::unexpected<Error>(std::move(error));
  }
  sqlite3_busy_timeout(handle, 5000);
  // Without this, a statement whose plan might depend on a value (SQLite looks at values to choose partial
  // indices) is prepared anew with each new value.
  HEJNAL_CHECK(sqlite3_db_config(handle, SQLITE_DBCONFIG_ENABLE_QPSG, 1, nullptr) == SQLITE_OK);
  return Database(handle);
}

Database::Database(Database&& other) noexcept
    : handle_(std::exchange(other.handle_, nullptr)), cache_(std::move(other.cache_)) {}

Database::~Database() {
  for (auto& [sql, statement] : cache_) sqlite3_finalize(statement);
  if (handle_) sqlite3_close(handle_);
}

Result<Rows> Database::prepared(const char* sql) {
  sqlite3_stmt*& statement = cache_[sql];
  if (!statement) {
    const int code = sqlite3_prepare_v3(handle_, sql, -1, SQLITE_PREPARE_PERSISTENT, &statement, nullptr);
    if (code != SQLITE_OK) {
      statement = nullptr;
      if ((code & 0xFF) == SQLITE_ERROR) {
        std::fprintf(stderr, "hejnal: bad SQL: %s in: %s\n", sqlite3_errmsg(handle_), sql);
        check_failed("our own SQL is wrong", __FILE__, __LINE__);
      }
      return tl::unexpected<Error>(error_of(handle_, code));
    }
  }
  HEJNAL_CHECK(!sqlite3_stmt_busy(statement));  // the same statement is not used inside itself
  return Rows(statement);
}

Result<Rows> Database::prepare_once(const std::string& sql) {
  static thread_local std::unordered_map<std::string, std::unique_ptr<std::string>>
      kept;  // gives each text one address
  auto& text = kept[sql];
  if (!text) text = std::make_unique<std::string>(sql);
  return prepared(text->c_str());
}

Status Database::script(const std::string& sql) {
  char* words = nullptr;
  const int code = sqlite3_exec(handle_, sql.c_str(), nullptr, nullptr, &words);
  sqlite3_free(words);
  if (code != SQLITE_OK) return tl::unexpected<Error>(error_of(handle_, code));
  return {};
}

std::int64_t Database::last_row_id() const { return sqlite3_last_insert_rowid(handle_); }
std::int64_t Database::changes() const { return sqlite3_changes64(handle_); }
bool Database::in_transaction() const { return sqlite3_get_autocommit(handle_) == 0; }

}  // namespace hejnal::store::sqlite

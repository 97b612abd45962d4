// One connection to SQLite and its prepared statements. A connection belongs to one thread at a time.
//
// Fails with retry_later for what may pass (full disk, busy, I/O), corrupt for damage, conflict for a broken
// constraint. A bug in our SQL stops the program.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <unordered_map>

#include "base/instant.hpp"
#include "base/result.hpp"

struct sqlite3;
struct sqlite3_stmt;

namespace hejnal::store::sqlite {

// A statement that is being stepped; returns itself to the cache when it goes.
class Rows {
 public:
  explicit Rows(sqlite3_stmt* statement) : statement_(statement) {}
  Rows(Rows&& other) noexcept : statement_(std::exchange(other.statement_, nullptr)) {}
  Rows& operator=(Rows&&) = delete;
  ~Rows();

  Result<bool> next();  // false: no more
  std::int64_t integer(int column) const;
  std::string text(int column) const;
  std::string_view view(int column) const;  // until the next step
  bool is_null(int column) const;
  std::optional<Instant> instant(int column) const;

  // Whether SQLite copies the bytes, or they stay where they are until the statement is done.
  enum class Bytes { copied, staying };
  void bind(int index, std::int64_t value);
  void bind(int index, std::string_view value, Bytes bytes = Bytes::copied);
  void bind_blob(int index, std::string_view value, Bytes bytes = Bytes::copied);
  void bind_null(int index);

 private:
  sqlite3_stmt* statement_;
};

struct Blob {
  std::string_view bytes;
};

class Database {
 public:
  enum class Mode { create, existing, read_only };
  // `vfs`: an SQLite VFS by name; empty is the system's.
  static Result<Database> open(const std::string& path, Mode mode, const std::string& vfs = {});
  Database(Database&&) noexcept;
  Database& operator=(Database&&) = delete;
  ~Database();

  // `sql` must be a literal: statements are cached by its address.
  template <class... Args>
  Result<Rows> query(const char* sql, const Args&... args) {
    HEJNAL_TRY(Rows rows, prepared(sql));
    int index = 0;
    (bind_one<Rows::Bytes::copied>(rows, ++index, args), ...);
    return rows;
  }
  template <class... Args>
  Status run(const char* sql, const Args&... args) {
    HEJNAL_TRY(Rows rows, prepared(sql));
    int index = 0;
    (bind_one<Rows::Bytes::staying>(rows, ++index, args), ...);
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) return {};
    }
  }
  Result<Rows> prepare_once(const std::string& sql);  // for SQL put together at run time
  Status script(const std::string& sql);              // several statements

  std::int64_t last_row_id() const;
  std::int64_t changes() const;
  sqlite3* handle() const { return handle_; }
  bool in_transaction() const;

 private:
  explicit Database(sqlite3* handle) : handle_(handle) {}
  Result<Rows> prepared(const char* sql);

  template <Rows::Bytes bytes, class T>
  static void bind_one(Rows& rows, int index, const T& v) {
    if constexpr (std::is_integral_v<T>) {
      rows.bind(index, static_cast<std::int64_t>(v));
    } else if constexpr (std::is_same_v<T, Instant>) {
      rows.bind(index, v.ms);
    } else if constexpr (std::is_same_v<T, std::optional<Instant>>) {
      v ? rows.bind(index, v->ms) : rows.bind_null(index);
    } else if constexpr (std::is_same_v<T, std::optional<std::int64_t>>) {
      v ? rows.bind(index, *v) : rows.bind_null(index);
    } else if constexpr (std::is_same_v<T, Blob>) {
      rows.bind_blob(index, v.bytes, bytes);
    } else {
      rows.bind(index, std::string_view(v), bytes);
    }
  }

  sqlite3* handle_;
  std::unordered_map<const char*, sqlite3_stmt*> cache_;
};

// How SQLite is to run in this process; before anything else of it is called. Thread-safe.
void set_up_library();

Error error_of(sqlite3* handle, int code);

}  // namespace hejnal::store::sqlite

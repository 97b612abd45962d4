// sqlite_limit FILE ROWS: the floor under the store. WAL, synchronous=FULL, 4 KiB rows with a unique key, 32
// a transaction. Prints {"rows_per_s": …, "p99_ms": …}.
#include <sqlite3.h>

#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <string>
#include <vector>

int main(int argc, char** argv) {
  if (argc != 3) return 64;
  const int rows = std::atoi(argv[2]);
  sqlite3* db = nullptr;
  if (sqlite3_open(argv[1], &db) != SQLITE_OK) return 74;
  sqlite3_exec(db,
               "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE t (id INTEGER PRIMARY KEY, k "
               "TEXT UNIQUE, b BLOB)",
               nullptr, nullptr, nullptr);
  sqlite3_stmt* insert = nullptr;
  sqlite3_prepare_v2(db, "INSERT INTO t (k, b) VALUES (?1, ?2)", -1, &insert, nullptr);
  const std::string blob(4096, 'x');
  std::vector<double> times;
  const auto begin = std::chrono::steady_clock::now();
  for (int i = 0; i < rows;) {
    const auto start = std::chrono::steady_clock::now();
    sqlite3_exec(db, "BEGIN IMMEDIATE", nullptr, nullptr, nullptr);
    for (int n = 0; n < 32 && i < rows; ++n, ++i) {
      const std::string key = "<" + std::to_string(i * 7919) + "@limit.example>";
      sqlite3_bind_text(insert, 1, key.c_str(), -1, SQLITE_TRANSIENT);
      sqlite3_bind_blob(insert, 2, blob.data(), static_cast<int>(blob.size()), SQLITE_STATIC);
      if (sqlite3_step(insert) != SQLITE_DONE) return 74;
      sqlite3_reset(insert);
    }
    if (sqlite3_exec(db, "COMMIT", nullptr, nullptr, nullptr) != SQLITE_OK) return 74;
    times.push_back(
        std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now() - start).count());
  }
  const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::sort(times.begin(), times.end());
  std::printf("{\"rows_per_s\": %.1f, \"p99_ms\": %.3f}\n", rows / seconds,
              times[static_cast<std::size_t>(0.99 * static_cast<double>(times.size()))]);
  sqlite3_finalize(insert);
  sqlite3_close(db);
  return 0;
}

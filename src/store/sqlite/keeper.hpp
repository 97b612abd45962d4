// Looking after a database: is it sound, back up, restore, verify, checkpoint. Each function opens
// connections of its own, so they may run beside a server (restore may not: its caller holds the lock).
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hejnal::store::sqlite {

// Before a server starts on it: corrupt tells what to do. A small file is checked whole, and so is one in
// which check_whole() has found damage before; of a large one samples are read, which takes some
// milliseconds.
Status check_sound(const std::string& path);
// The whole file, table by table, beside a running server; seconds or minutes. When it finds damage it leaves
// a file PATH.damaged, so that the next start looks whole before it opens. Ends soon after `stopping` became
// true, with retry_later.
Status check_whole(const std::string& path, const std::atomic<bool>& stopping);

// Replays what has few rows, and holds up nobody: outages, callbacks and sent reports. A damaged one is
// named; the others go on without it.
Status check_records(const std::string& path);

// An online, consistent copy. The target must not exist; it appears whole or not at all.
Status back_up(const std::string& path, const std::string& to);
// Puts a backup in the place of the database, after having looked at it. What was there is kept beside it as
// PATH.before-restore. Nobody may use the database meanwhile.
Status restore(const std::string& from, const std::string& path);

struct VerifyReport {
  std::int64_t cases = 0, entries = 0, messages = 0, blobs = 0;
};
// Replays every journal and compares, checks every hash. Fails with corrupt at the first difference, and
// names it.
Result<VerifyReport> verify(const std::string& path, const std::string& vfs = {});

struct Log {
  std::int64_t pages = 0;  // that it holds
  std::int64_t moved = 0;  // of them, how many are where they belong
};
// As the index of the log (PATH-shm) says, without a connection. Source:
// https://www.sqlite.org/walformat.html. `index`: a descriptor of it, which the caller must not close before
// the last connection of this process is: POSIX would take all its locks away with it. -1: nothing is known.
Log log_of(int index);
// Moves committed pages from the log to their places as far as the writer and readers let it, without
// waiting.
Result<Log> checkpoint(const std::string& path);
// Moves all and truncates the log; waits a little for readers.
Status empty_log(const std::string& path);

}  // namespace hejnal::store::sqlite

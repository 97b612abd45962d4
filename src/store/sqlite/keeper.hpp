// Looking after a database: is it sound, back up, restore, verify, checkpoint. Each function opens
// connections of its own, so they may run beside a server (restore may not: its caller holds the lock).
#pragma once

#include <cstdint>
#include <string>

#include "base/result.hpp"

namespace hejnal::store::sqlite {

// A quick look before a server starts on it: corrupt tells what to do.
Status check_sound(const std::string& path);

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
// Moves committed pages from the log to their places as far as the writer and readers let it, without
// waiting.
Result<Log> checkpoint(const std::string& path);
// Moves all and truncates the log; waits a little for readers.
Status empty_log(const std::string& path);

}  // namespace hejnal::store::sqlite

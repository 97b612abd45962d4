// A thin layer over the system's VFS: writes to the write-ahead log that follow on each other are put
// together, so that a commit is one write instead of two for each page. Nothing is held back past a sync, a
// read or a look at the size, so the order on the disk and what others see stay as they were. For the
// connection that writes; it needs synchronous=FULL, where each commit ends with a sync. A write that fails
// is reported by that sync.
//
// Source: https://www.sqlite.org/vfs.html, https://www.sqlite.org/walformat.html
#pragma once

#include <cstdint>

struct sqlite3;

namespace hejnal::store::sqlite {

inline constexpr const char* kLogVfs = "hejnal-log";
inline constexpr std::int64_t kLaidOut = 128 << 20;  // bytes of the log that are laid out in advance

void register_log_vfs();  // once; thread-safe

// Writes a step of zeros behind the end of the log of this connection, which must not be in a transaction,
// until it has kLaidOut bytes; takes some milliseconds. Where the log lies already a commit only overwrites,
// and the file system has no new size to note, which would be a second flush of the disk. Leaves a disk alone
// on which that would not be a small part of what is free. What SQLite finds there after a crash is no page:
// its checksum is wrong.
void lay_out_log(sqlite3* db);

}  // namespace hejnal::store::sqlite

// A thin layer over the system's VFS: writes to the write-ahead log that follow on each other are put
// together, so that a commit is one write instead of two for each page. Nothing is held back past a sync, a
// read or a look at the size, so the order on the disk and what others see stay as they were. For the
// connection that writes; it needs synchronous=FULL, where each commit ends with a sync. A write that fails
// is reported by that sync.
#pragma once

namespace hejnal::store::sqlite {

inline constexpr const char* kLogVfs = "hejnal-log";

void register_log_vfs();  // once; thread-safe

}  // namespace hejnal::store::sqlite

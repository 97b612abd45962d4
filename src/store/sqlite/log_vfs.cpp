#include "store/sqlite/log_vfs.hpp"

#include <sqlite3.h>
#include <sys/statvfs.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>
#include <string>

#include "base/check.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::size_t kHeldMax = (128u << 10) - 1;  // more in one write is more than the system's VFS can do

struct LogFile {
  sqlite3_file base;
  sqlite3_file* real;  // lies behind this struct, in the room that SQLite gives
  std::string* held;
  sqlite3_int64 held_at;
};

sqlite3_vfs* system_vfs() { return static_cast<sqlite3_vfs*>(sqlite3_vfs_find(kLogVfs)->pAppData); }

LogFile& of(sqlite3_file* file) { return *reinterpret_cast<LogFile*>(file); }

int write_held(LogFile& f) {
  if (f.held->empty()) return SQLITE_OK;
  const int code =
      f.real->pMethods->xWrite(f.real, f.held->data(), static_cast<int>(f.held->size()), f.held_at);
  f.held->clear();
  return code;
}

int close_log(sqlite3_file* file) {
  LogFile& f = of(file);
  const int written = write_held(f);
  delete f.held;
  const int closed = f.real->pMethods->xClose(f.real);
  return written == SQLITE_OK ? closed : written;
}

int read_log(sqlite3_file* file, void* buffer, int amount, sqlite3_int64 offset) {
  LogFile& f = of(file);
  if (const int code = write_held(f)) return code;
  return f.real->pMethods->xRead(f.real, buffer, amount, offset);
}

int write_log(sqlite3_file* file, const void* buffer, int amount, sqlite3_int64 offset) {
  LogFile& f = of(file);
  const bool follows = f.held_at + static_cast<sqlite3_int64>(f.held->size()) == offset;
  if (!follows || f.held->size() + static_cast<std::size_t>(amount) > kHeldMax) {
    if (const int code = write_held(f)) return code;
  }
  if (f.held->empty()) f.held_at = offset;
  f.held->append(static_cast<const char*>(buffer), static_cast<std::size_t>(amount));
  return SQLITE_OK;
}

int truncate_log(sqlite3_file* file, sqlite3_int64 size) {
  LogFile& f = of(file);
  if (const int code = write_held(f)) return code;
  return f.real->pMethods->xTruncate(f.real, size);
}

int sync_log(sqlite3_file* file, int flags) {
  LogFile& f = of(file);
  if (const int code = write_held(f)) return code;
  return f.real->pMethods->xSync(f.real, flags);
}

int log_size(sqlite3_file* file, sqlite3_int64* size) {
  LogFile& f = of(file);
  if (const int code = write_held(f)) return code;
  return f.real->pMethods->xFileSize(f.real, size);
}

int lock_log(sqlite3_file* file, int to) { return of(file).real->pMethods->xLock(of(file).real, to); }
int unlock_log(sqlite3_file* file, int to) { return of(file).real->pMethods->xUnlock(of(file).real, to); }
int is_reserved(sqlite3_file* file, int* result) {
  return of(file).real->pMethods->xCheckReservedLock(of(file).real, result);
}
int control(sqlite3_file* file, int operation, void* argument) {
  return of(file).real->pMethods->xFileControl(of(file).real, operation, argument);
}
int sector_size(sqlite3_file* file) { return of(file).real->pMethods->xSectorSize(of(file).real); }
int characteristics(sqlite3_file* file) {
  return of(file).real->pMethods->xDeviceCharacteristics(of(file).real);
}

constexpr sqlite3_io_methods kMethods = {1,        close_log,   read_log,        write_log,  truncate_log,
                                         sync_log, log_size,    lock_log,        unlock_log, is_reserved,
                                         control,  sector_size, characteristics, nullptr,    nullptr,
                                         nullptr,  nullptr,     nullptr,         nullptr};

int open_file(sqlite3_vfs*, sqlite3_filename name, sqlite3_file* file, int flags, int* out_flags) {
  sqlite3_vfs* system = system_vfs();
  if (!(flags & SQLITE_OPEN_WAL)) return system->xOpen(system, name, file, flags, out_flags);
  LogFile& f = of(file);
  f.base.pMethods = nullptr;
  f.real = reinterpret_cast<sqlite3_file*>(&f + 1);
  const int code = system->xOpen(system, name, f.real, flags, out_flags);
  if (code != SQLITE_OK) return code;
  f.held = new (std::nothrow) std::string;
  if (!f.held) {
    f.real->pMethods->xClose(f.real);
    return SQLITE_NOMEM;
  }
  f.held_at = 0;
  f.base.pMethods = &kMethods;
  return SQLITE_OK;
}

constexpr sqlite3_int64 kStep = 32 << 20;
constexpr std::uint64_t kSmallPart = 16;  // of what is free

bool has_room(const char* path) {
  struct statvfs disk {};
  return statvfs(path, &disk) == 0 &&
         std::uint64_t{disk.f_bavail} * disk.f_frsize >= kSmallPart * std::uint64_t{kLaidOut};
}

}  // namespace

void lay_out_log(sqlite3* db) {
  sqlite3_vfs* vfs = nullptr;
  sqlite3_file* log = nullptr;
  sqlite3_file_control(db, "main", SQLITE_FCNTL_VFS_POINTER, &vfs);
  sqlite3_file_control(db, "main", SQLITE_FCNTL_JOURNAL_POINTER, &log);
  // No log yet: nothing was written since the start.
  if (!vfs || vfs->xOpen != open_file || !log || log->pMethods != &kMethods) return;
  sqlite3_int64 size = 0;
  if (log_size(log, &size) != SQLITE_OK || size >= kLaidOut || !has_room(sqlite3_db_filename(db, "main")))
    return;
  const std::string zeros(kHeldMax + 1 - 4096, '\0');  // whole blocks of the file system
  for (const sqlite3_int64 end = std::min<sqlite3_int64>(size + kStep, kLaidOut); size < end;) {
    const auto piece = std::min<sqlite3_int64>(end - size, std::ssize(zeros));
    sqlite3_file* real = of(log).real;
    if (real->pMethods->xWrite(real, zeros.data(), static_cast<int>(piece), size) != SQLITE_OK) return;
    size += piece;
  }
}

void register_log_vfs() {
  static std::once_flag once;
  std::call_once(once, [] {
    set_up_library();
    sqlite3_vfs* system = sqlite3_vfs_find(nullptr);
    HEJNAL_CHECK(system != nullptr);
    static sqlite3_vfs vfs;
    vfs = *system;  // everything but opening is the system's
    vfs.pNext = nullptr;
    vfs.zName = kLogVfs;
    vfs.pAppData = system;
    vfs.szOsFile = system->szOsFile + static_cast<int>(sizeof(LogFile));
    vfs.xOpen = open_file;
    HEJNAL_CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  });
}

}  // namespace hejnal::store::sqlite

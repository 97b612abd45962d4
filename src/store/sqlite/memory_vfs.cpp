// The functions that SQLite calls.
#include "store/sqlite/memory_vfs.hpp"

#include <sqlite3.h>

#include <algorithm>
#include <cstring>
#include <mutex>
#include <new>

#include "base/check.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/memory_disk.hpp"

namespace hejnal::store::sqlite {

namespace {

// One open file of one connection. SQLite gives the memory, `base` must come first.
struct Handle {
  sqlite3_file base;
  std::shared_ptr<MemoryDisk::State> disk;
  std::shared_ptr<MemoryFile> file;
  std::shared_ptr<SharedMemory> shared;
  std::string name;
  std::int64_t life = 0;
  bool delete_on_close = false;
  int lock = SQLITE_LOCK_NONE;
  unsigned shm_shared = 0, shm_exclusive = 0;

  bool dead() const { return disk->life() != life; }
};

Handle& of(sqlite3_file* f) { return *reinterpret_cast<Handle*>(f); }

// 0 or the code of a failure that was asked for.
int trouble(Handle& h, bool writes, int code) {
  if (h.dead()) return SQLITE_IOERR;
  if (!h.disk->fails(writes)) return SQLITE_OK;
  return h.disk->full() ? SQLITE_FULL : code;
}

void unlock_file(Handle& h, int to) {
  if (h.dead() || h.lock <= to) return;
  if (h.lock >= SQLITE_LOCK_RESERVED) h.file->reserved = false;
  if (h.lock >= SQLITE_LOCK_PENDING) h.file->pending = false;
  if (h.lock == SQLITE_LOCK_EXCLUSIVE) h.file->exclusive = false;
  if (h.lock >= SQLITE_LOCK_SHARED && to == SQLITE_LOCK_NONE) --h.file->readers;
  h.lock = to;
}

int close_file(sqlite3_file* f) {
  Handle& h = of(f);
  unlock_file(h, SQLITE_LOCK_NONE);
  if (h.delete_on_close && !h.dead()) h.disk->remove(h.name);
  h.~Handle();
  return SQLITE_OK;
}

int read_file(sqlite3_file* f, void* buffer, int amount, sqlite3_int64 offset) {
  Handle& h = of(f);
  if (const int code = trouble(h, false, SQLITE_IOERR_READ)) return code;
  const auto wanted = static_cast<std::size_t>(amount), at = static_cast<std::size_t>(offset);
  const std::size_t there = at < h.file->bytes.size() ? std::min(wanted, h.file->bytes.size() - at) : 0;
  if (there > 0) std::memcpy(buffer, h.file->bytes.data() + at, there);
  if (there == wanted) return SQLITE_OK;
  std::memset(static_cast<char*>(buffer) + there, 0, wanted - there);
  return SQLITE_IOERR_SHORT_READ;
}

int write_file(sqlite3_file* f, const void* buffer, int amount, sqlite3_int64 offset) {
  Handle& h = of(f);
  if (const int code = trouble(h, true, SQLITE_IOERR_WRITE)) return code;
  h.file->write(static_cast<std::size_t>(offset),
                {static_cast<const char*>(buffer), static_cast<std::size_t>(amount)});
  return SQLITE_OK;
}

int truncate_file(sqlite3_file* f, sqlite3_int64 size) {
  Handle& h = of(f);
  if (const int code = trouble(h, true, SQLITE_IOERR_TRUNCATE)) return code;
  h.file->truncate(static_cast<std::size_t>(size));
  return SQLITE_OK;
}

int sync_file(sqlite3_file* f, int) {
  Handle& h = of(f);
  if (const int code = trouble(h, true, SQLITE_IOERR_FSYNC)) return code;
  h.file->sync();
  return SQLITE_OK;
}

int file_size(sqlite3_file* f, sqlite3_int64* size) {
  Handle& h = of(f);
  if (const int code = trouble(h, false, SQLITE_IOERR_FSTAT)) return code;
  *size = static_cast<sqlite3_int64>(h.file->bytes.size());
  return SQLITE_OK;
}

int lock_file(sqlite3_file* f, int to) {
  Handle& h = of(f);
  if (h.dead()) return SQLITE_IOERR;
  if (h.lock >= to) return SQLITE_OK;
  MemoryFile& file = *h.file;
  if (to == SQLITE_LOCK_SHARED) {
    if (file.pending || file.exclusive) return SQLITE_BUSY;
    ++file.readers;
    h.lock = SQLITE_LOCK_SHARED;
    return SQLITE_OK;
  }
  if (h.lock < SQLITE_LOCK_RESERVED) {
    if (file.reserved) return SQLITE_BUSY;
    file.reserved = true;
    h.lock = SQLITE_LOCK_RESERVED;
  }
  if (to == SQLITE_LOCK_EXCLUSIVE) {
    file.pending = true;
    h.lock = SQLITE_LOCK_PENDING;
    if (file.readers > 1) return SQLITE_BUSY;
    file.exclusive = true;
    h.lock = SQLITE_LOCK_EXCLUSIVE;
  }
  return SQLITE_OK;
}

int unlock(sqlite3_file* f, int to) {
  unlock_file(of(f), to);
  return SQLITE_OK;
}

int is_reserved(sqlite3_file* f, int* result) {
  *result = of(f).file->reserved ? 1 : 0;
  return SQLITE_OK;
}

int control(sqlite3_file*, int, void*) { return SQLITE_NOTFOUND; }
int sector_size(sqlite3_file*) { return 4096; }
int characteristics(sqlite3_file*) { return 0; }

int shm_map(sqlite3_file* f, int index, int size, int extend, void volatile** region) {
  Handle& h = of(f);
  *region = nullptr;
  if (h.dead()) return SQLITE_IOERR;
  if (!h.shared) h.shared = h.disk->shared_memory(h.name);
  auto& regions = h.shared->regions;
  const auto wanted = static_cast<std::size_t>(index);
  if (wanted >= regions.size()) {
    if (extend == 0) return SQLITE_OK;
    while (regions.size() <= wanted)
      regions.push_back(std::make_unique<std::string>(static_cast<std::size_t>(size), '\0'));
  }
  *region = regions[wanted]->data();
  return SQLITE_OK;
}

int shm_lock(sqlite3_file* f, int offset, int n, int flags) {
  Handle& h = of(f);
  if (h.dead()) return SQLITE_IOERR;
  if (!h.shared) return SQLITE_IOERR_SHMLOCK;
  SharedMemory& m = *h.shared;
  const bool exclusive = (flags & SQLITE_SHM_EXCLUSIVE) != 0;
  for (int i = offset; i < offset + n; ++i) {
    const auto k = static_cast<std::size_t>(i);
    const unsigned bit = 1U << k;
    if ((flags & SQLITE_SHM_UNLOCK) != 0) {
      if ((h.shm_exclusive & bit) != 0) m.exclusive.at(k) = false;
      if ((h.shm_shared & bit) != 0) --m.shared.at(k);
      h.shm_exclusive &= ~bit;
      h.shm_shared &= ~bit;
    } else if (exclusive) {
      const int others = m.shared.at(k) - ((h.shm_shared & bit) != 0 ? 1 : 0);
      if (others > 0 || (m.exclusive.at(k) && (h.shm_exclusive & bit) == 0)) return SQLITE_BUSY;
    } else if (m.exclusive.at(k) && (h.shm_exclusive & bit) == 0) {
      return SQLITE_BUSY;
    }
  }
  if ((flags & SQLITE_SHM_UNLOCK) != 0) return SQLITE_OK;
  for (int i = offset; i < offset + n; ++i) {  // all of them are free
    const auto k = static_cast<std::size_t>(i);
    const unsigned bit = 1U << k;
    if (exclusive) {
      m.exclusive.at(k) = true;
      h.shm_exclusive |= bit;
    } else if ((h.shm_shared & bit) == 0) {
      ++m.shared.at(k);
      h.shm_shared |= bit;
    }
  }
  return SQLITE_OK;
}

void shm_barrier(sqlite3_file*) {}

int shm_unmap(sqlite3_file* f, int delete_it) {
  Handle& h = of(f);
  if (h.shared) {
    shm_lock(f, 0, SharedMemory::kLocks, SQLITE_SHM_UNLOCK | SQLITE_SHM_SHARED);
    if (delete_it != 0 && !h.dead()) h.disk->drop_shared_memory(h.name);
    h.shared.reset();
  }
  return SQLITE_OK;
}

const sqlite3_io_methods kMethods = {2,           close_file,  read_file,       write_file, truncate_file,
                                     sync_file,   file_size,   lock_file,       unlock,     is_reserved,
                                     control,     sector_size, characteristics, shm_map,    shm_lock,
                                     shm_barrier, shm_unmap,   nullptr,         nullptr};

// "NAME/file" -> the disk. Temporary files without a name are not used: temp_store=MEMORY.
std::shared_ptr<MemoryDisk::State> disk_of(const char* path) {
  const std::string_view whole = path ? path : "";
  const auto slash = whole.find('/');
  return slash == std::string_view::npos ? nullptr : find_memory_disk(std::string(whole.substr(0, slash)));
}

int open_file(sqlite3_vfs*, const char* path, sqlite3_file* f, int flags, int* out_flags) {
  f->pMethods = nullptr;
  auto disk = disk_of(path);
  if (!disk) return SQLITE_CANTOPEN;
  if (disk->fails(false)) return SQLITE_CANTOPEN;
  auto file = disk->open(path, (flags & SQLITE_OPEN_CREATE) != 0);
  if (!file) return SQLITE_CANTOPEN;
  Handle* h = new (f) Handle();
  h->base.pMethods = &kMethods;
  h->life = disk->life();
  h->disk = std::move(disk);
  h->file = std::move(file);
  h->name = path;
  h->delete_on_close = (flags & SQLITE_OPEN_DELETEONCLOSE) != 0;
  if (out_flags) *out_flags = flags;
  return SQLITE_OK;
}

int delete_file(sqlite3_vfs*, const char* path, int) {
  const auto disk = disk_of(path);
  if (!disk) return SQLITE_IOERR_DELETE_NOENT;
  if (disk->fails(false)) return SQLITE_IOERR_DELETE;
  if (!disk->exists(path)) return SQLITE_IOERR_DELETE_NOENT;
  disk->remove(path);
  return SQLITE_OK;
}

int access_file(sqlite3_vfs*, const char* path, int, int* result) {
  const auto disk = disk_of(path);
  if (disk && disk->fails(false)) return SQLITE_IOERR_ACCESS;
  *result = disk && disk->exists(path) ? 1 : 0;
  return SQLITE_OK;
}

int full_path(sqlite3_vfs*, const char* path, int size, char* out) {
  const std::size_t length = std::strlen(path);
  if (length >= static_cast<std::size_t>(size)) return SQLITE_CANTOPEN;
  std::memcpy(out, path, length + 1);
  return SQLITE_OK;
}

int randomness(sqlite3_vfs*, int size, char* out) {  // the WAL's salt: the same in each run
  static thread_local std::uint64_t counter = 0;
  ++counter;
  for (int i = 0; i < size; ++i) out[i] = static_cast<char>((counter >> (8 * (i % 8))) & 0xff);
  return size;
}

int sleep(sqlite3_vfs*, int microseconds) { return microseconds; }  // nobody to wait for: one thread
int current_time(sqlite3_vfs*, double* out) {
  *out = 2440587.5;
  return SQLITE_OK;
}
int last_error(sqlite3_vfs*, int, char*) { return 0; }
int current_time_64(sqlite3_vfs*, sqlite3_int64* out) {
  *out = 210866760000000;  // 1970: our SQL never asks SQLite for the time
  return SQLITE_OK;
}

}  // namespace

void register_memory_vfs() {
  static std::once_flag once;
  std::call_once(once, [] {
    static sqlite3_vfs vfs = {};
    vfs.iVersion = 2;
    vfs.szOsFile = static_cast<int>(sizeof(Handle));
    vfs.mxPathname = 512;
    vfs.zName = kMemoryVfs;
    vfs.xOpen = open_file;
    vfs.xDelete = delete_file;
    vfs.xAccess = access_file;
    vfs.xFullPathname = full_path;
    vfs.xRandomness = randomness;
    vfs.xSleep = sleep;
    vfs.xCurrentTime = current_time;
    vfs.xGetLastError = last_error;
    vfs.xCurrentTimeInt64 = current_time_64;
    set_up_library();
    HEJNAL_CHECK(sqlite3_vfs_register(&vfs, 0) == SQLITE_OK);
  });
}

}  // namespace hejnal::store::sqlite

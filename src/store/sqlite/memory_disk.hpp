// What a MemoryDisk is made of: files with the writes that are not yet synced, and the shared memory of a
// WAL. Internal to the memory VFS.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "store/sqlite/memory_vfs.hpp"

namespace hejnal::store::sqlite {

struct MemoryFile {
  struct Write {
    std::size_t offset = 0, size = 0, file_size_before = 0;
    std::size_t replaced = 0;  // so many bytes, which are among `old_bytes`
    bool truncates = false;
  };

  std::string bytes;
  std::vector<Write> unsynced;
  std::string old_bytes;  // that the unsynced writes have replaced, one after the other
  std::int64_t readers = 0;
  bool reserved = false, pending = false, exclusive = false;

  void write(std::size_t offset, std::string_view data);
  void truncate(std::size_t size);
  void sync();
  void lose_unsynced(std::uint64_t seed);

 private:
  void note(std::size_t offset, std::size_t size, std::size_t replaced, bool truncates);
};

// The wal-index: memory of the machine, gone after a crash.
struct SharedMemory {
  static constexpr int kLocks = 8;  // SQLITE_SHM_NLOCK
  std::vector<std::unique_ptr<std::string>> regions;
  std::array<int, kLocks> shared{};
  std::array<bool, kLocks> exclusive{};
};

class MemoryDisk::State {
 public:
  // What an open file holds on to; `life` tells it from the files of earlier lives.
  std::shared_ptr<MemoryFile> open(const std::string& name, bool create);
  bool exists(const std::string& name) const { return files_.contains(name); }
  void remove(const std::string& name);
  std::shared_ptr<SharedMemory> shared_memory(const std::string& name);
  void drop_shared_memory(const std::string& name) { shared_.erase(name); }

  void crash(std::uint64_t seed);
  std::int64_t life() const { return life_; }
  void end() { life_ = -1; }

  // One operation is about to happen: true when it fails.
  bool fails(bool writes);
  bool full() const { return ill_ == Ill::disk_full; }
  void fail_after(std::int64_t n, Ill ill, bool stays);
  void heal() { countdown_ = 0; }
  bool has_failed() const { return has_failed_; }
  std::int64_t bytes() const;

 private:
  std::map<std::string, std::shared_ptr<MemoryFile>> files_;
  std::map<std::string, std::shared_ptr<SharedMemory>> shared_;
  std::int64_t life_ = 1;
  std::int64_t countdown_ = 0;  // 0: healthy
  Ill ill_ = Ill::io_error;
  bool stays_ = false, has_failed_ = false;
};

// The living disk of this name. Thread-safe.
std::shared_ptr<MemoryDisk::State> find_memory_disk(const std::string& name);
void register_memory_vfs();  // once for the process

}  // namespace hejnal::store::sqlite

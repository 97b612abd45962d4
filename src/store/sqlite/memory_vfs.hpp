// An SQLite VFS in memory, "hejnal-memory", for the simulation and for tests of durability. A MemoryDisk is
// one disk with a name; a database on it is opened as "NAME/file.db" with kMemoryVfs. WAL and shared memory
// work, within one process. A disk and the connections to it belong to one thread; different disks may be
// used by different threads at once.
//
// Fault model. What was written and not yet synced is only promised: crash() takes all of it back, or, with a
// seed, each unsynced write by chance (the disk had got round to some of them, in any order, and the last one
// may be torn at a 512-byte sector). What was synced stays, bit by bit. Names appear, disappear and change
// length durably at once (as with a journalling file system). After a crash every connection that was open
// gets SQLITE_IOERR from then on: the process that had it is dead, and closing it changes nothing on the
// disk. fail_after() makes the n-th operation fail: a bad sector, or a full disk. Never modelled here: bits
// that rot, and a sync that lies.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace hejnal::store::sqlite {

inline constexpr const char* kMemoryVfs = "hejnal-memory";

class MemoryDisk {
 public:
  explicit MemoryDisk(std::string name);  // which no living disk has
  ~MemoryDisk();                          // connections to it fail from then on
  MemoryDisk(const MemoryDisk&) = delete;
  MemoryDisk& operator=(const MemoryDisk&) = delete;

  std::string path(const std::string& file) const;  // for open_store() and the like

  // Power goes. `seed` 0: nothing unsynced survives; otherwise chance decides for each write.
  void crash(std::uint64_t seed = 0);

  enum class Ill {
    io_error,   // any operation may be hit
    disk_full,  // only those that write
  };
  // The n-th operation from now on fails (1: the next one), and, with `stays`, all that follow it.
  void fail_after(std::int64_t n, Ill ill, bool stays = false);
  void heal();
  bool has_failed() const;  // since the last fail_after()

  std::int64_t bytes() const;  // of all files

  class State;

 private:
  std::string name_;
  std::shared_ptr<State> state_;
};

}  // namespace hejnal::store::sqlite

// What a simulated server writes to, and the store on it: the real SQLite on a disk in memory, or plain
// containers. It outlives the server, can lose power and can fall ill. The laws look at what it holds through
// a way of their own, between two transactions.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "ports/store.hpp"

namespace hejnal::sim {

enum class StoreKind { sqlite, memory };

class Disk {
 public:
  enum class Ill {
    io_error,   // any operation may be hit
    disk_full,  // only those that write
  };

  virtual ~Disk() = default;
  virtual Result<std::unique_ptr<ports::Store>> open_store() = 0;

  // -- faults
  // Power goes. `seed` 0: nothing unsynced survives; otherwise chance decides for each write.
  virtual void crash(std::uint64_t seed) = 0;
  // The n-th operation from now on fails (1: the next one), and, with `stays`, all that follow it.
  virtual void fail_after(std::int64_t n, Ill ill, bool stays) = 0;
  virtual void heal() = 0;
  virtual bool has_failed() const = 0;  // since the last fail_after()

  // -- for those who look on
  virtual Status verify() = 0;  // everything that `hejnal verify` looks at; dear
  virtual Result<std::vector<std::string>> originals(const std::vector<core::MessageId>& of) = 0;
  virtual Result<std::int64_t> incoming_mails() = 0;
  virtual Result<std::vector<core::Entry>> journal(core::CaseNumber number) = 0;
};

// `name`: one that no other living disk has.
std::unique_ptr<Disk> make_disk(StoreKind kind, const std::string& name);

}  // namespace hejnal::sim

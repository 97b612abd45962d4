#include "sim/disk.hpp"

#include "store/memory/store.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/database.hpp"
#include "store/sqlite/keeper.hpp"
#include "store/sqlite/memory_vfs.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::sim {

namespace {

using Entries = std::vector<core::Entry>;
using Numbers = std::vector<core::MessageId>;
using Texts = std::vector<std::string>;

class SqliteDisk final : public Disk {
 public:
  explicit SqliteDisk(const std::string& name) : disk_(name), path_(disk_.path("desk.db")) {}

  Result<std::unique_ptr<ports::Store>> open_store() override {
    return store::sqlite::open_store(path_, kVfs);
  }

  void crash(std::uint64_t seed) override { disk_.crash(seed); }
  void fail_after(std::int64_t n, Ill ill, bool stays) override {
    using Theirs = store::sqlite::MemoryDisk::Ill;
    disk_.fail_after(n, ill == Ill::disk_full ? Theirs::disk_full : Theirs::io_error, stays);
  }
  void heal() override { disk_.heal(); }
  bool has_failed() const override { return disk_.has_failed(); }

  Status verify() override {
    HEJNAL_TRY_VOID(store::sqlite::verify(path_, kVfs));
    return {};
  }
  Result<Texts> originals(const Numbers& of) override {
    HEJNAL_TRY(const auto archive, store::sqlite::open_archive(path_, kVfs));
    Texts out;
    for (const core::MessageId id : of) {
      HEJNAL_TRY(std::string bytes, archive->raw(id));
      out.push_back(std::move(bytes));
    }
    return out;
  }
  Result<std::int64_t> incoming_mails() override {
    using store::sqlite::Database;
    HEJNAL_TRY(Database db, Database::open(path_, Database::Mode::read_only, kVfs));
    HEJNAL_TRY(auto rows, db.query("SELECT count(*) FROM messages WHERE outgoing = 0 AND channel = 'email'"));
    HEJNAL_TRY_VOID(rows.next());
    return rows.integer(0);
  }
  Result<Entries> journal(core::CaseNumber number) override {
    HEJNAL_TRY(const auto archive, store::sqlite::open_archive(path_, kVfs));
    return archive->journal(number);
  }

 private:
  static constexpr const char* kVfs = store::sqlite::kMemoryVfs;
  store::sqlite::MemoryDisk disk_;
  std::string path_;
};

// Has no writes that are not yet synced: what is committed is kept, and nothing else is.
class Containers final : public Disk {
 public:
  Result<std::unique_ptr<ports::Store>> open_store() override { return store::memory::open_store(memory_); }

  void crash(std::uint64_t) override {
  }  // the store goes with its process, and takes what it had not committed
  void fail_after(std::int64_t n, Ill ill, bool stays) override {
    memory_.fail_after(n, ill == Ill::disk_full, stays);
  }
  void heal() override { memory_.heal(); }
  bool has_failed() const override { return memory_.has_failed(); }

  Status verify() override { return memory_.verify(); }
  Result<Texts> originals(const Numbers& of) override {
    Texts out;
    for (const core::MessageId id : of) {
      HEJNAL_TRY(std::string bytes, memory_.raw(id));
      out.push_back(std::move(bytes));
    }
    return out;
  }
  Result<std::int64_t> incoming_mails() override {
    std::int64_t count = 0;
    for (const auto& [id, row] : memory_.tables.messages.rows())
      count += !row.m.outgoing && row.m.channel == core::Channel::email ? 1 : 0;
    return count;
  }
  Result<Entries> journal(core::CaseNumber number) override { return memory_.journal(number); }

 private:
  store::memory::Memory memory_;
};

}  // namespace

std::unique_ptr<Disk> make_disk(StoreKind kind, const std::string& name) {
  if (kind == StoreKind::memory) return std::make_unique<Containers>();
  return std::make_unique<SqliteDisk>(name);
}

}  // namespace hejnal::sim

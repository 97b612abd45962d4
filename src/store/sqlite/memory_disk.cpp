#include "store/sqlite/memory_disk.hpp"

#include <algorithm>
#include <mutex>

#include "base/check.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::size_t kSector = 512;

struct Registry {
  std::mutex mutex;
  std::map<std::string, std::shared_ptr<MemoryDisk::State>> disks;
};

Registry& registry() {
  static Registry one;
  return one;
}

std::uint64_t mix(std::uint64_t& state) {  // splitmix64
  std::uint64_t z = (state += 0x9e3779b97f4a7c15ULL);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
  return z ^ (z >> 31);
}

void put(std::string& bytes, std::size_t offset, std::string_view data) {
  if (offset == bytes.size()) {  // as a log grows
    bytes.append(data);
    return;
  }
  if (bytes.size() < offset + data.size()) bytes.resize(offset + data.size());
  std::copy(data.begin(), data.end(), bytes.begin() + static_cast<std::ptrdiff_t>(offset));
}

}  // namespace

// What a write replaces is noted until the next sync.
void MemoryFile::note(std::size_t offset, std::size_t size, std::size_t replaced, bool truncates) {
  unsynced.push_back({offset, size, bytes.size(), replaced, truncates});
  if (replaced > 0) old_bytes.append(bytes, offset, replaced);
}

void MemoryFile::write(std::size_t offset, std::string_view data) {
  note(offset, data.size(), offset < bytes.size() ? std::min(data.size(), bytes.size() - offset) : 0, false);
  put(bytes, offset, data);
}

void MemoryFile::truncate(std::size_t size) {
  if (size >= bytes.size()) return;
  note(size, 0, bytes.size() - size, true);
  bytes.resize(size);
}

void MemoryFile::sync() {
  unsynced.clear();
  old_bytes.clear();
}

void MemoryFile::lose_unsynced(std::uint64_t seed) {
  const std::string written = seed == 0 || unsynced.empty() ? std::string() : bytes;
  for (auto w = unsynced.rbegin(); w != unsynced.rend(); ++w) {
    bytes.resize(w->file_size_before);
    const std::size_t begin = old_bytes.size() - w->replaced;
    put(bytes, w->offset, std::string_view(old_bytes).substr(begin));
    old_bytes.resize(begin);
  }
  for (const Write& w : unsynced) {
    if (seed == 0) break;
    const std::uint64_t chance = mix(seed);
    if (chance % 2 == 0) continue;
    if (w.truncates) {
      if (bytes.size() > w.offset) bytes.resize(w.offset);
      continue;
    }
    if (w.offset >= written.size()) continue;  // cut off again since
    std::size_t kept = std::min(w.size, written.size() - w.offset);
    if (chance % 8 == 1 && kept > kSector) kept = (mix(seed) % (kept / kSector)) * kSector;  // torn
    put(bytes, w.offset, std::string_view(written).substr(w.offset, kept));
  }
  unsynced.clear();
  readers = 0;
  reserved = pending = exclusive = false;
}

std::shared_ptr<MemoryFile> MemoryDisk::State::open(const std::string& name, bool create) {
  const auto found = files_.find(name);
  if (found != files_.end()) return found->second;
  return create ? files_.emplace(name, std::make_shared<MemoryFile>()).first->second : nullptr;
}

void MemoryDisk::State::remove(const std::string& name) { files_.erase(name); }

std::shared_ptr<SharedMemory> MemoryDisk::State::shared_memory(const std::string& name) {
  auto& memory = shared_[name];
  if (!memory) memory = std::make_shared<SharedMemory>();
  return memory;
}

void MemoryDisk::State::crash(std::uint64_t seed) {
  for (auto& [name, file] : files_) {
    file->lose_unsynced(seed == 0 ? 0 : mix(seed));
  }
  shared_.clear();
  ++life_;
}

bool MemoryDisk::State::fails(bool writes) {
  if (countdown_ == 0 || (full() && !writes)) return false;
  if (countdown_ > 1) {
    --countdown_;
    return false;
  }
  has_failed_ = true;
  if (!stays_) countdown_ = 0;
  return true;
}

void MemoryDisk::State::fail_after(std::int64_t n, Ill ill, bool stays) {
  countdown_ = n;
  ill_ = ill;
  stays_ = stays;
  has_failed_ = false;
}

std::int64_t MemoryDisk::State::bytes() const {
  std::size_t sum = 0;
  for (const auto& [name, file] : files_) sum += file->bytes.size();
  return static_cast<std::int64_t>(sum);
}

std::shared_ptr<MemoryDisk::State> find_memory_disk(const std::string& name) {
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  const auto found = all.disks.find(name);
  return found == all.disks.end() ? nullptr : found->second;
}

MemoryDisk::MemoryDisk(std::string name) : name_(std::move(name)), state_(std::make_shared<State>()) {
  HEJNAL_CHECK(!name_.empty() && name_.find('/') == std::string::npos);
  register_memory_vfs();
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  HEJNAL_CHECK(all.disks.emplace(name_, state_).second);
}

MemoryDisk::~MemoryDisk() {
  state_->end();
  Registry& all = registry();
  const std::lock_guard lock(all.mutex);
  all.disks.erase(name_);
}

std::string MemoryDisk::path(const std::string& file) const { return name_ + "/" + file; }
void MemoryDisk::crash(std::uint64_t seed) { state_->crash(seed); }
void MemoryDisk::fail_after(std::int64_t n, Ill ill, bool stays) { state_->fail_after(n, ill, stays); }
void MemoryDisk::heal() { state_->heal(); }
bool MemoryDisk::has_failed() const { return state_->has_failed(); }
std::int64_t MemoryDisk::bytes() const { return state_->bytes(); }

}  // namespace hejnal::store::sqlite

#include "desk/events.hpp"

namespace hejnal::desk {

namespace {
constexpr std::size_t kRevokedMax = 1000;
}

void Events::publish(std::vector<Change> changes) {
  if (changes.empty()) return;
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    for (Change& change : changes) {
      change.id = ++last_id_;
      changes_.push_back(std::move(change));
    }
    while (changes_.size() > 1000) changes_.pop_front();
    wake = wake_;
  }
  if (wake) wake();
}

std::vector<Change> Events::after(std::uint64_t last_id, std::size_t limit, bool& lost) const {
  const std::lock_guard lock(mutex_);
  if (last_id == 0) last_id = epoch_;
  const std::uint64_t forgotten = changes_.empty() ? last_id_ : changes_.front().id - 1;
  lost = last_id < forgotten || last_id > last_id_;
  std::vector<Change> out;
  if (lost) return out;
  for (const Change& change : changes_) {
    if (change.id > last_id && out.size() < limit) out.push_back(change);
  }
  return out;
}

std::uint64_t Events::last_id() const {
  const std::lock_guard lock(mutex_);
  return last_id_;
}

void Events::on_publish(std::function<void()> wake) {
  const std::lock_guard lock(mutex_);
  wake_ = std::move(wake);
}

void Events::revoke(const std::string& token) {
  std::function<void()> wake;
  {
    const std::lock_guard lock(mutex_);
    ++revocations_;
    if (revoked_.size() >= kRevokedMax) {
      revoked_.clear();
      all_revoked_ = revocations_;
    }
    revoked_[token] = revocations_;
    wake = wake_;
  }
  if (wake) wake();
}

std::uint64_t Events::revocations() const {
  const std::lock_guard lock(mutex_);
  return revocations_;
}

bool Events::revoked(const std::string& token, std::uint64_t since) const {
  const std::lock_guard lock(mutex_);
  const auto found = revoked_.find(token);
  return all_revoked_ > since || (found != revoked_.end() && found->second > since);
}

}  // namespace hejnal::desk

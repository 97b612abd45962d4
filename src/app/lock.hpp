// One process owns a database: a lock on PATH.lock, which the operating system gives back when the process
// ends, however it ends.
#pragma once

#include <string>

#include "base/result.hpp"

namespace hejnal::app {

class DatabaseLock {
 public:
  // Fails with conflict when another process holds it.
  static Result<DatabaseLock> take(const std::string& database_path);
  DatabaseLock(DatabaseLock&& other) noexcept : fd_(std::exchange(other.fd_, -1)) {}
  DatabaseLock& operator=(DatabaseLock&&) = delete;
  ~DatabaseLock();

 private:
  explicit DatabaseLock(int fd) : fd_(fd) {}
  int fd_;
};

}  // namespace hejnal::app

#include "app/database_file.hpp"

#include <fmt/format.h>
#include <sys/stat.h>

namespace hejnal::app {

namespace {

// -1: there is none.
std::int64_t size_of(const std::string& path) {
  struct stat info {};
  return ::stat(path.c_str(), &info) == 0 ? std::int64_t{info.st_size} : -1;
}

}  // namespace

Result<bool> is_new_database(const std::string& path) {
  const std::int64_t size = size_of(path);
  if (size <= 0 && size_of(path + "-wal") > 0) {
    return fail(Fault::corrupt,
                "{} {}, but its log {}-wal stands beside it. Nothing was changed. What to do: put the "
                "database back to its place, or a backup with `hejnal restore`; for a new, empty desk move "
                "the log away",
                path, size < 0 ? "is not there" : "is empty", path);
  }
  return size <= 0;
}

DatabaseFile::DatabaseFile(std::string path) : path_(std::move(path)) {
  struct stat info {};
  if (::stat(path_.c_str(), &info) != 0) return;
  device_ = info.st_dev;
  inode_ = info.st_ino;
}

bool DatabaseFile::is_there() const {
  struct stat info {};
  return ::stat(path_.c_str(), &info) == 0 && info.st_dev == device_ && info.st_ino == inode_;
}

}  // namespace hejnal::app

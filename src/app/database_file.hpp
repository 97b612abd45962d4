// The database as a file among files: SQLite itself neither minds that it is gone, nor that a new one begins
// beside the log of an old one.
#pragma once

#include <sys/types.h>

#include <string>

#include "base/result.hpp"

namespace hejnal::app {

// To be asked before anybody opens it: will that make a new database? Fails with corrupt when the log of one
// stands there without it: to open it would throw away what was committed last.
Result<bool> is_new_database(const std::string& path);

// One file, to be known again.
class DatabaseFile {
 public:
  explicit DatabaseFile(std::string path);
  const std::string& path() const { return path_; }
  bool is_there() const;  // under its name

 private:
  std::string path_;
  dev_t device_ = 0;
  ino_t inode_ = 0;
};

}  // namespace hejnal::app

// For tests: a folder that goes away.
#pragma once

#include <unistd.h>

#include <filesystem>
#include <string>

#include "base/check.hpp"
#include "store/sqlite/archive.hpp"
#include "store/sqlite/store.hpp"
#include "store/test_cases.hpp"

namespace hejnal::store::sqlite {

class TestFolder {
 public:
  TestFolder() {
    std::string name = (std::filesystem::temp_directory_path() / "hejnal-test-XXXXXX").string();
    HEJNAL_CHECK(mkdtemp(name.data()) != nullptr);
    path_ = name;
  }
  ~TestFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TestFolder(const TestFolder&) = delete;
  TestFolder& operator=(const TestFolder&) = delete;

  std::string file(const std::string& name = "hejnal.db") const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

}  // namespace hejnal::store::sqlite

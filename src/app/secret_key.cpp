#include "app/secret_key.hpp"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <filesystem>

#include "app/server.hpp"
#include "base/hash.hpp"
#include "base/locked.hpp"
#include "base/text.hpp"

namespace hejnal::app {

namespace fs = std::filesystem;

namespace {

// Whole and on the disk, or not there at all.
Status write_key(const std::string& path, const std::string& text) {
  const std::string fresh = path + ".new";
  const auto fails = [&] {
    const int code = errno;
    ::unlink(fresh.c_str());
    return fail(Fault::retry_later, "{}: {}", path, std::strerror(code));
  };
  ::unlink(fresh.c_str());
  const int file = ::open(fresh.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  if (file < 0) return fails();
  const bool good =
      ::write(file, text.data(), text.size()) == static_cast<ssize_t>(text.size()) && ::fsync(file) == 0;
  if (::close(file) != 0 || !good || ::rename(fresh.c_str(), path.c_str()) != 0) return fails();
  const std::string folder = fs::path(path).parent_path().string();
  if (const int at = ::open(folder.empty() ? "." : folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
      at >= 0) {
    ::fsync(at);
    ::close(at);
  }
  return {};
}

}  // namespace

std::string secret_key_file(const std::string& database_path) { return database_path + ".key"; }

Result<std::string> secret_key(const std::string& database_path) {
  const std::string path = secret_key_file(database_path);
  std::error_code ignored;
  if (!fs::exists(path, ignored)) {
    std::string key(kLockKeyBytes, '\0');
    fill_random(key.data(), key.size());
    HEJNAL_TRY_VOID(write_key(path, to_hex(key) + "\n"));
    return key;
  }
  HEJNAL_TRY(const std::string text, read_file(path, 1000));
  const auto key = from_hex(trim(text));
  if (!key || key->size() != kLockKeyBytes)
    return fail(Fault::corrupt,
                "{}: expected {} hexadecimal digits; put the right file there, or move this one away", path,
                2 * kLockKeyBytes);
  return *key;
}

}  // namespace hejnal::app

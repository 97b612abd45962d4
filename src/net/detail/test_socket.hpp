// A plain blocking client for tests: connects to 127.0.0.1 or a Unix socket, says things, waits for what must
// come.
#pragma once

#include <arpa/inet.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <chrono>
#include <string>
#include <string_view>
#include <utility>

namespace hejnal::net {

class TestSocket {
 public:
  explicit TestSocket(int port) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
  }
  explicit TestSocket(const std::string& path) : fd_(::socket(AF_UNIX, SOCK_STREAM, 0)) {
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    if (::connect(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) close();
  }
  TestSocket(TestSocket&& other) noexcept
      : fd_(std::exchange(other.fd_, -1)), seen_(std::move(other.seen_)) {}
  TestSocket& operator=(TestSocket&&) = delete;
  ~TestSocket() { close(); }

  bool connected() const { return fd_ >= 0; }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }
  void receive_buffer(int bytes) { ::setsockopt(fd_, SOL_SOCKET, SO_RCVBUF, &bytes, sizeof bytes); }

  bool send(std::string_view bytes) {
    while (!bytes.empty()) {
      const ssize_t sent = ::send(fd_, bytes.data(), bytes.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      bytes.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }

  // Reads until `text` has come and returns everything up to its end; what came, if it does not come in time.
  std::string until(std::string_view text, std::chrono::milliseconds longest = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + longest;
    for (;;) {
      const std::size_t at = seen_.find(text);
      if (at != std::string::npos) {
        std::string result = seen_.substr(0, at + text.size());
        seen_.erase(0, at + text.size());
        return result;
      }
      if (!more(end)) return std::exchange(seen_, {});
    }
  }

  // Everything up to the end of the connection.
  std::string rest(std::chrono::milliseconds longest = std::chrono::seconds(5)) {
    const auto end = std::chrono::steady_clock::now() + longest;
    while (more(end)) {
    }
    return std::exchange(seen_, {});
  }
  bool ended() const { return ended_; }

 private:
  bool more(std::chrono::steady_clock::time_point end) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(end - std::chrono::steady_clock::now());
    pollfd wait = {fd_, POLLIN, 0};
    if (left.count() <= 0 || ::poll(&wait, 1, static_cast<int>(left.count())) <= 0) return false;
    char bytes[16384];
    const ssize_t size = ::recv(fd_, bytes, sizeof bytes, 0);
    if (size <= 0) {
      ended_ = true;
      return false;
    }
    seen_.append(bytes, static_cast<std::size_t>(size));
    return true;
  }

  int fd_;
  std::string seen_;
  bool ended_ = false;
};

}  // namespace hejnal::net

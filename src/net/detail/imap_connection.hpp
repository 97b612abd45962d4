// One connection to an IMAP server, blocking, that somebody else can wake: connect and log in by libcurl,
// then send lines and take responses. Internal to net; used by one thread.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "net/detail/curl.hpp"
#include "wire/imap/response.hpp"

namespace hejnal::net {

// An eventfd: set once, it ends every wait.
class StopSignal {
 public:
  StopSignal();
  ~StopSignal();
  StopSignal(const StopSignal&) = delete;
  StopSignal& operator=(const StopSignal&) = delete;
  void set();
  bool is_set() const { return wait(Duration(0)); }
  bool wait(Duration time) const;  // true: it is set
  int fd() const { return fd_; }

 private:
  int fd_;
};

class ImapConnection {
 public:
  struct Options {
    std::string url;
    CurlLogin login;
    Duration connect_timeout;
    Duration reply_timeout;
    wire::ImapLimits limits;
  };
  using OnResponse = std::function<void(wire::ImapResponse)>;

  // `heard` is called for every piece the server says, `untagged` for every untagged response.
  ImapConnection(Options options, const StopSignal& stop, std::function<void()> heard, OnResponse untagged);

  Status open();

  // Sends "TAG line" and waits for its tagged OK. Fault::refused: NO or BAD, the connection is still good;
  // anything else: it is not.
  Status command(std::string_view line);

  // IDLE until an untagged response came, `longest` has passed or stop was set; then DONE. `enough` is asked
  // after each response.
  Status idle(Duration longest, const std::function<bool()>& enough);

 private:
  enum class Heard { response, time, stop };

  Status send(std::string_view bytes);
  Result<Heard> wait(Duration longest);  // until there is a response in next_
  Result<bool> receive();                // false: nothing is there
  Result<wire::ImapResponse> until_tag(std::string_view tag);

  const Options options_;
  const StopSignal& stop_;
  const std::function<void()> heard_;
  const OnResponse untagged_;
  CurlHandle handle_;
  int socket_ = -1;
  wire::ImapReader reader_;
  std::optional<wire::ImapResponse> next_;
  std::uint64_t tags_ = 0;
};

}  // namespace hejnal::net

// Calls of ours to HTTP services (SMS gateways), by libcurl.
//
// Threads: `threads` of its own, "hejnal-http-N". Each call has a connection of its own: curl repeats a
// request by itself when an old connection is cut, and that would be a second SMS. call() never blocks;
// `done` is called on one of these threads, or inside call() when the queue is full or the caller is stopping
// (nothing has left then).
#pragma once

#include <cstddef>
#include <memory>
#include <string>

#include "ports/sms.hpp"

namespace hejnal::net {

struct HttpCallerOptions {
  std::string ca_file;  // empty: the system's
  std::size_t threads = 2;
  std::size_t queue = 1000;
  std::size_t body_bytes = 64 << 10;  // of an answer
  Duration connect_timeout = 5s;
};

class HttpClient final : public ports::HttpCaller {
 public:
  explicit HttpClient(HttpCallerOptions options = {});
  ~HttpClient() override;  // stop(0 s)

  void call(ports::HttpCall call, std::function<void(ports::HttpAnswer)> done) override;

  // What waits is answered as not sent; what is under way may finish for up to `grace` and is then cut.
  void stop(Duration grace);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

// For signatures of gateways (RFC 2104).
std::string hmac_sha1(std::string_view key, std::string_view data);

}  // namespace hejnal::net

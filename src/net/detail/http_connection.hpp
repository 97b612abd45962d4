// One HTTP connection: requests in, answers and streams out. Internal to net. Beast stays behind this header.
#pragma once

#include <atomic>
#include <memory>
#include <set>
#include <string>
#include <string_view>

#include "net/detail/door.hpp"
#include "net/http_server.hpp"
#include "ports/http.hpp"

namespace hejnal::net {

class HttpStream {
 public:
  virtual void wake() = 0;

 protected:
  ~HttpStream() = default;
};

// What the connections of one server share. It outlives them.
struct HttpHouse {
  const ports::Handler handler;
  const HttpServerOptions options;
  std::shared_ptr<Door> door;
  std::set<HttpStream*> streams;  // that are open
  std::size_t large_bodies = 0;   // bytes, see HttpServerOptions
  // How many; for other threads.
  std::unique_ptr<std::atomic<std::size_t>> stream_count = std::make_unique<std::atomic<std::size_t>>(0);

  std::size_t body_limit(std::string_view method, std::string_view path) const {
    return options.body_limit_of ? options.body_limit_of(method, path) : options.body_limit;
  }
};

// Room for one large body, until it goes.
class LargeBody {
 public:
  explicit LargeBody(HttpHouse& house) : house_(house) {}
  ~LargeBody() { house_.large_bodies -= bytes_; }
  LargeBody(const LargeBody&) = delete;
  LargeBody& operator=(const LargeBody&) = delete;

  // Once. False: there is none.
  bool take(std::size_t bytes) {
    if (bytes <= house_.options.body_limit) return true;
    if (house_.large_bodies + bytes > house_.options.large_bodies) return false;
    house_.large_bodies += bytes_ = bytes;
    return true;
  }

 private:
  HttpHouse& house_;
  std::size_t bytes_ = 0;
};

std::shared_ptr<Guest> make_http_connection(HttpHouse& house, Socket socket);
std::string http_refusal(int status, std::string_view detail);  // a whole response, and the end

}  // namespace hejnal::net

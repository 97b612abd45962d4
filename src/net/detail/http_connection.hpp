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
  // How many; for other threads.
  std::unique_ptr<std::atomic<std::size_t>> stream_count = std::make_unique<std::atomic<std::size_t>>(0);

  std::size_t body_limit(std::string_view method, std::string_view path) const {
    return options.body_limit_of ? options.body_limit_of(method, path) : options.body_limit;
  }
};

std::shared_ptr<Guest> make_http_connection(HttpHouse& house, Socket socket);
std::string http_refusal(int status, std::string_view detail);  // a whole response, and the end

}  // namespace hejnal::net

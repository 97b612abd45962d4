// An HTTP/1.1 server (RFC 9110, 9112) with server-sent events: the sockets around a ports::Handler. No TLS:
// that is a reverse proxy's work. No security headers: those are the api's.
//
// Threads: everything happens on the IoThread; the handler is called there, must not block, and may keep the
// Reply and use it from any thread. A request that is malformed, too big or too slow is answered here, as
// problem JSON (RFC 9457), and never reaches the handler. A stream whose reader is slow is dropped: it comes
// back with Last-Event-ID and loses nothing.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "net/io_thread.hpp"
#include "ports/http.hpp"

namespace hejnal::net {

struct HttpServerOptions {
  std::string listen = "127.0.0.1:8080";  // host:port, port 0 for any free one, or unix:/path
  unsigned unix_mode = 0600;
  std::size_t body_limit = 1u << 20;
  // Bytes that a body of this method and (decoded) path may have, where that differs; empty: body_limit
  // everywhere.
  std::function<std::size_t(std::string_view method, std::string_view path)> body_limit_of;
  // Of bodies longer than body_limit, the bytes that may be on their way or being handled at once. What does
  // not fit in gets 503: strangers must not be able to fill the memory with what they send slowly.
  std::size_t large_bodies = 512u << 20;
  // What is answered to a body that is too long; the request comes with its head alone. Empty, or nothing: a
  // problem as JSON. Called on the IoThread, and must not block.
  std::function<std::optional<ports::Response>(const ports::Request& head)> too_long;
  std::size_t header_limit = 16u << 10;
  std::size_t connections = 4000;  // streams included
  std::size_t streams = 2000;
  Duration idle_timeout = 75s;     // between two requests
  Duration header_timeout = 15s;   // from the first byte to the end of the header
  Duration body_timeout = 120s;    // for the whole body
  Duration handler_timeout = 60s;  // until the Reply: then 503
  Duration write_timeout = 30s;    // without progress
  Duration event_timeout = 10s;    // for one batch of events
  Duration ping_every = 15s;
};

class HttpServer {
 public:
  // Listens when it returns. Fault::malformed: the address is none; Fault::conflict: it is taken.
  static Result<std::unique_ptr<HttpServer>> open(IoThread& thread, ports::Handler handler,
                                                  HttpServerOptions options);
  ~HttpServer();  // stop(0 s)

  std::uint16_t bound_port() const;

  // Every open stream asks its EventSource again. Thread-safe and cheap: calls before the streams were looked
  // at are taken together.
  void wake_streams();

  // Takes no more connections, ends streams and idle connections, lets requests under way finish for up to
  // `grace`, then cuts. Returns when nothing of the server runs any more. Not from the io thread.
  void stop(Duration grace);

  struct State;  // internal

 private:
  explicit HttpServer(std::shared_ptr<State> state) : state_(std::move(state)) {}
  std::shared_ptr<State> state_;
};

}  // namespace hejnal::net

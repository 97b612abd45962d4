#include "net/http_server.hpp"

#include <atomic>
#include <boost/asio/post.hpp>

#include "net/detail/door.hpp"
#include "net/detail/http_connection.hpp"

namespace hejnal::net {

struct HttpServer::State : HttpHouse {
  explicit State(HttpHouse house) : HttpHouse(std::move(house)) {}

  std::atomic<bool> waking = false;
};

Result<std::unique_ptr<HttpServer>> HttpServer::open(IoThread& thread, ports::Handler handler,
                                                     HttpServerOptions options) {
  HEJNAL_TRY(Listener listener, Listener::open(thread.core()->io, options.listen, options.unix_mode));
  const Door::Options door{options.connections, http_refusal(503, "too many connections")};
  auto state = std::make_shared<State>(
      HttpHouse{.handler = std::move(handler), .options = std::move(options), .door = {}, .streams = {}});
  state->door = std::make_shared<Door>(
      thread, std::move(listener), door,
      [house = state.get()](Socket socket) { return make_http_connection(*house, std::move(socket)); });
  state->door->open();
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(state)));
}

HttpServer::~HttpServer() { stop(0s); }

std::uint16_t HttpServer::bound_port() const { return state_->door->port(); }

void HttpServer::wake_streams() {
  if (*state_->stream_count == 0 || state_->waking.exchange(true)) return;
  asio::post(state_->door->io(), [state = state_] {
    state->waking = false;
    for (HttpStream* stream : state->streams) stream->wake();
  });
}

void HttpServer::stop(Duration grace) { state_->door->stop(grace); }

}  // namespace hejnal::net

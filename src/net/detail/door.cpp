#include "net/detail/door.hpp"

#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <utility>

#include "base/check.hpp"

namespace hejnal::net {

using boost::system::error_code;

namespace {
constexpr Duration kAcceptPause = 100ms;
}

Door::Door(IoThread& thread, Listener listener, Options options, Welcome welcome)
    : io_(thread.core()->io),
      core_(thread.core()),
      listener_(std::move(listener)),
      options_(std::move(options)),
      welcome_(std::move(welcome)),
      pause_(io_) {}

void Door::open() {
  gate_.enter();
  asio::co_spawn(io_, accept(),
                 [self = shared_from_this()](const std::exception_ptr&) { self->gate_.leave(); });
}

asio::awaitable<void> Door::accept() {
  while (!stopping_) {
    auto [error, socket] = co_await listener_.acceptor().async_accept(kAwait);
    if (stopping_) break;
    if (error) {  // out of file descriptors: those in use will come back
      pause_.expires_after(kAcceptPause);
      co_await pause_.async_wait(kAwait);
      continue;
    }
    take(std::move(socket));
  }
}

void Door::take(Socket socket) {
  error_code ignored;
  if (!listener_.is_unix()) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (guests_.size() >= options_.guests) {
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(options_.full), ignored);
    return;
  }
  std::shared_ptr<Guest> guest = welcome_(std::move(socket));
  guests_.insert(guest);
  gate_.enter();
  asio::co_spawn(io_, guest->run(), [self = shared_from_this(), guest](const std::exception_ptr&) mutable {
    self->guests_.erase(guest);
    guest.reset();  // before those who wait for it hear that it has gone
    self->gate_.leave();
  });
}

void Door::stop(Duration grace) {
  if (std::exchange(stopped_, true)) return;
  HEJNAL_CHECK(!io_.stopped());
  asio::post(io_, [self = shared_from_this()] {
    self->stopping_ = true;
    self->listener_.close();
    self->pause_.cancel();
    for (const auto& guest : self->guests_) guest->shutting_down();
  });
  if (gate_.wait_empty(grace)) return;
  gate_.enter();
  asio::post(io_, [self = shared_from_this()] {
    for (const auto& guest : self->guests_) guest->cut();
    self->gate_.leave();
  });
  while (!gate_.wait_empty(10s)) {
  }
}

}  // namespace hejnal::net

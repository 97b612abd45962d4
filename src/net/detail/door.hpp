// What every server of ours does around its protocol: take connections, hold off those that are too many,
// know the ones that are open, and end them, politely first. Internal to net; on the io thread but for
// stop().
#pragma once

#include <boost/asio/awaitable.hpp>
#include <boost/asio/steady_timer.hpp>
#include <functional>
#include <memory>
#include <set>
#include <string>

#include "net/detail/io.hpp"
#include "net/detail/listener.hpp"
#include "net/io_thread.hpp"

namespace hejnal::net {

// One connection, owned by the coroutine that run() is.
class Guest : public std::enable_shared_from_this<Guest> {
 public:
  virtual ~Guest() = default;
  virtual boost::asio::awaitable<void> run() = 0;
  virtual void shutting_down() = 0;  // finish what is under way, begin nothing
  virtual void cut() = 0;            // at once
};

class Door : public std::enable_shared_from_this<Door> {
 public:
  struct Options {
    std::size_t guests = 0;  // at once
    std::string full;        // what one too many is told, in clear text
  };
  using Welcome = std::function<std::shared_ptr<Guest>(Socket)>;

  // `welcome` is called for each connection until the last one has ended after stop().
  Door(IoThread& thread, Listener listener, Options options, Welcome welcome);

  void open();
  std::uint16_t port() const { return listener_.port(); }
  asio::io_context& io() { return io_; }
  // weak: a task that is left in its queue may hold whoever keeps this
  std::weak_ptr<IoCore> core() const { return core_; }
  bool stopping() const { return stopping_; }

  // No more connections; those that are open may finish for up to `grace`, then they are cut. Returns when
  // nothing runs any more. Not from the io thread; the second time it does nothing.
  void stop(Duration grace);

 private:
  asio::awaitable<void> accept();
  void take(Socket socket);

  asio::io_context& io_;
  const std::weak_ptr<IoCore> core_;
  Listener listener_;
  const Options options_;
  const Welcome welcome_;
  asio::steady_timer pause_;
  Gate gate_;
  std::set<std::shared_ptr<Guest>> guests_;
  bool stopping_ = false;
  bool stopped_ = false;  // touched only by stop()
};

}  // namespace hejnal::net

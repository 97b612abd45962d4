#include "net/lmtp_server.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <optional>
#include <set>

#include "base/check.hpp"
#include "net/detail/io.hpp"
#include "net/detail/listener.hpp"

namespace hejnal::net {

using boost::system::error_code;

namespace {

constexpr Duration kLinger = 1s;
constexpr Duration kAcceptPause = 100ms;  // when the process is out of file descriptors
constexpr std::size_t kReadBytes = 16u << 10;

class Connection : public std::enable_shared_from_this<Connection> {
 public:
  Connection(std::weak_ptr<IoCore> core, Socket socket, ports::MailIntake& intake,
             const LmtpServerOptions& options)
      : core_(std::move(core)),
        socket_(std::move(socket)),
        intake_(intake),
        write_timeout_(options.write_timeout),
        session_(options.limits, options.host_name, monotonic_now()),
        watchdog_(socket_.get_executor(), [this] { stop_reading_or_writing(); }),
        verdict_here_(socket_.get_executor()) {}

  asio::awaitable<void> run();
  void shutting_down();  // politely
  void cut();            // at once

 private:
  asio::awaitable<bool> flush();
  asio::awaitable<void> ask();
  asio::awaitable<void> linger();
  void answered(Status status);
  void stop_reading_or_writing();

  const std::weak_ptr<IoCore> core_;
  Socket socket_;
  ports::MailIntake& intake_;
  const Duration write_timeout_;
  wire::LmtpSession session_;
  Watchdog watchdog_;
  asio::steady_timer verdict_here_;
  std::optional<Status> verdict_;
  bool reading_ = false;
  bool cut_ = false;
  std::array<char, kReadBytes> input_;
};

asio::awaitable<void> Connection::run() {
  watchdog_.guard(weak_from_this());
  while (co_await flush()) {
    if (session_.finished()) {
      co_await linger();
      break;
    }
    if (session_.wants_verdict()) {
      co_await ask();
      if (!verdict_) break;  // cut
      session_.verdict(*std::exchange(verdict_, {}), monotonic_now());
      continue;
    }
    watchdog_.expect_before(session_.deadline());
    reading_ = true;
    const auto [error, size] = co_await socket_.async_read_some(asio::buffer(input_), kAwait);
    reading_ = false;
    watchdog_.rest();
    if (cut_) break;
    if (watchdog_.barked()) {
      watchdog_.forgive();
      session_.timed_out();
    } else if (!error) {
      session_.feed({input_.data(), size}, monotonic_now());
    } else if (!session_.finished()) {  // finished: shutting_down() woke us
      break;
    }
  }
  error_code ignored;
  socket_.close(ignored);
}

asio::awaitable<bool> Connection::flush() {
  const std::string output = session_.take_output();
  if (output.empty()) co_return !cut_;
  watchdog_.expect_within(write_timeout_);
  const auto [error, size] = co_await asio::async_write(socket_, asio::buffer(output), kAwait);
  watchdog_.rest();
  co_return !error && !cut_;
}

// Hands the message over and sleeps until its fate is known.
asio::awaitable<void> Connection::ask() {
  wire::LmtpMessage message = session_.take_message();
  ports::Delivery delivery{std::move(message.mail_from), std::move(message.rcpt_to), std::move(message.bytes),
                           "lmtp"};
  verdict_.reset();
  verdict_here_.expires_at(SteadyTime::max());
  // `done` may outlive the connection, the server and even the thread: it holds them weakly.
  std::function<void(Status)> done = [core = core_, weak = weak_from_this()](Status status) {
    const std::shared_ptr<IoCore> alive = core.lock();
    if (!alive) return;
    asio::post(alive->io, [weak, status = std::move(status)]() mutable {
      if (const auto self = weak.lock()) self->answered(std::move(status));
    });
  };
  intake_.accept(std::move(delivery), std::move(done));
  co_await verdict_here_.async_wait(kAwait);
}

void Connection::answered(Status status) {
  if (cut_) return;
  verdict_ = std::move(status);
  verdict_here_.cancel();
}

// Closing with unread input would reset the connection and could take our last reply with it.
asio::awaitable<void> Connection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  watchdog_.expect_within(kLinger);
  while (!error && !watchdog_.barked() && !cut_) {
    const auto [read_error, size] = co_await socket_.async_read_some(asio::buffer(input_), kAwait);
    error = read_error;
  }
  watchdog_.rest();
}

void Connection::shutting_down() {
  session_.shutting_down();
  if (reading_ && session_.finished()) stop_reading_or_writing();
}

void Connection::stop_reading_or_writing() {
  error_code ignored;
  socket_.cancel(ignored);
}

void Connection::cut() {
  cut_ = true;
  error_code ignored;
  socket_.close(ignored);
  verdict_here_.cancel();
}

}  // namespace

struct LmtpServer::State : std::enable_shared_from_this<State> {
  State(IoThread& thread, ports::MailIntake& mail_intake, LmtpServerOptions server_options,
        Listener open_listener)
      : io(thread.core()->io),
        core(thread.core()),
        intake(mail_intake),
        options(std::move(server_options)),
        listener(std::move(open_listener)),
        pause(io) {}

  asio::awaitable<void> accept();
  void welcome(Socket socket);

  asio::io_context& io;
  const std::weak_ptr<IoCore> core;  // weak: a task that is left in its queue may hold us
  ports::MailIntake& intake;
  const LmtpServerOptions options;
  Listener listener;
  asio::steady_timer pause;
  Gate gate;
  std::set<std::shared_ptr<Connection>> connections;
  bool stopping = false;
  bool stopped = false;  // touched only by stop()
};

asio::awaitable<void> LmtpServer::State::accept() {
  while (!stopping) {
    auto [error, socket] = co_await listener.acceptor().async_accept(kAwait);
    if (stopping) break;
    if (error) {
      pause.expires_after(kAcceptPause);
      co_await pause.async_wait(kAwait);
      continue;
    }
    welcome(std::move(socket));
  }
}

void LmtpServer::State::welcome(Socket socket) {
  error_code ignored;
  if (!listener.is_unix()) socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (connections.size() >= options.connections) {
    socket.non_blocking(true, ignored);
    socket.write_some(asio::buffer(std::string_view("421 4.3.2 too many connections\r\n")), ignored);
    return;
  }
  auto connection = std::make_shared<Connection>(core, std::move(socket), intake, options);
  connections.insert(connection);
  gate.enter();
  asio::co_spawn(io, connection->run(), [self = shared_from_this(), connection](const std::exception_ptr&) {
    self->connections.erase(connection);
    self->gate.leave();
  });
}

Result<std::unique_ptr<LmtpServer>> LmtpServer::open(IoThread& thread, ports::MailIntake& intake,
                                                     LmtpServerOptions options) {
  HEJNAL_TRY(Listener listener, Listener::open(thread.core()->io, options.listen, options.unix_mode));
  auto state = std::make_shared<State>(thread, intake, std::move(options), std::move(listener));
  state->gate.enter();
  asio::co_spawn(state->io, state->accept(), [state](const std::exception_ptr&) { state->gate.leave(); });
  return std::unique_ptr<LmtpServer>(new LmtpServer(std::move(state)));
}

LmtpServer::~LmtpServer() { stop(0s); }

std::uint16_t LmtpServer::bound_port() const { return state_->listener.port(); }

void LmtpServer::stop(Duration grace) {
  if (std::exchange(state_->stopped, true)) return;
  HEJNAL_CHECK(!state_->io.stopped());
  asio::post(state_->io, [state = state_] {
    state->stopping = true;
    state->listener.close();
    state->pause.cancel();
    for (const auto& connection : state->connections) connection->shutting_down();
  });
  if (state_->gate.wait_empty(grace)) return;
  state_->gate.enter();
  asio::post(state_->io, [state = state_] {
    for (const auto& connection : state->connections) connection->cut();
    state->gate.leave();
  });
  while (!state_->gate.wait_empty(10s)) {
  }
}

}  // namespace hejnal::net

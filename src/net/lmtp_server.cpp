#include "net/lmtp_server.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <optional>

#include "net/detail/door.hpp"

namespace hejnal::net {

using boost::system::error_code;

namespace {

constexpr Duration kLinger = 1s;
constexpr std::size_t kReadBytes = 16u << 10;

class Connection final : public Guest {
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

  asio::awaitable<void> run() override;
  void shutting_down() override;
  void cut() override;

 private:
  asio::awaitable<bool> flush();
  asio::awaitable<void> ask();
  asio::awaitable<void> linger();
  void answered(Status status);
  void stop_reading_or_writing();
  std::weak_ptr<Connection> myself() { return std::static_pointer_cast<Connection>(shared_from_this()); }

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
  std::function<void(Status)> done = [core = core_, weak = myself()](Status status) {
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

struct LmtpServer::State {
  ports::MailIntake& intake;
  const LmtpServerOptions options;
  std::shared_ptr<Door> door;
};

Result<std::unique_ptr<LmtpServer>> LmtpServer::open(IoThread& thread, ports::MailIntake& intake,
                                                     LmtpServerOptions options) {
  HEJNAL_TRY(Listener listener, Listener::open(thread.core()->io, options.listen, options.unix_mode));
  const Door::Options door{options.connections, "421 4.3.2 too many connections\r\n"};
  auto state = std::make_shared<State>(State{intake, std::move(options), {}});
  state->door = std::make_shared<Door>(
      thread, std::move(listener), door, [server = state.get()](Socket socket) -> std::shared_ptr<Guest> {
        return std::make_shared<Connection>(server->door->core(), std::move(socket), server->intake,
                                            server->options);
      });
  state->door->open();
  return std::unique_ptr<LmtpServer>(new LmtpServer(std::move(state)));
}

LmtpServer::~LmtpServer() { stop(0s); }

std::uint16_t LmtpServer::bound_port() const { return state_->door->port(); }

void LmtpServer::stop(Duration grace) { state_->door->stop(grace); }

}  // namespace hejnal::net

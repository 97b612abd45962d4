// The only file that reads HTTP with Beast: each such file costs half a minute to compile.
#include "net/detail/http_connection.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/post.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/error.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <optional>
#include <vector>

#include "base/text.hpp"
#include "net/http_target.hpp"
#include "net/http_text.hpp"

namespace hejnal::net {

using boost::system::error_code;
namespace http = boost::beast::http;

namespace {

constexpr Duration kLinger = 1s;
constexpr std::size_t kWriteBytes = 64u << 10;
constexpr std::size_t kKeepBufferBytes = 16u << 10;

using Parser = http::request_parser<http::string_body>;

std::int64_t unix_seconds() {
  return std::chrono::duration_cast<std::chrono::seconds>(std::chrono::system_clock::now().time_since_epoch())
      .count();
}

std::string_view view(boost::beast::string_view text) { return {text.data(), text.size()}; }

ports::Response problem_of(error_code error) {
  if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    return http_problem(431, "the header is too long");
  }
  if (error == http::error::body_limit) return http_problem(413, "the body is too long");
  if (error == http::error::bad_version) return http_problem(505, "this server speaks HTTP/1.1");
  return http_problem(400, "the request is malformed");
}

ports::Response not_now() {
  ports::Response response = http_problem(503, "too much is being sent at this moment");
  response.headers.emplace_back("Retry-After", "10");
  return response;
}

// What is wrong with a header that Beast took; nothing when it is fine.
std::optional<ports::Response> refuse_header(const Parser& parser) {
  const auto& header = parser.get();
  const std::size_t hosts = header.count(http::field::host);
  if (hosts > 1 || (hosts == 0 && header.version() >= 11))
    return http_problem(400, "exactly one Host is needed");
  if (header.count(http::field::transfer_encoding) > 0) {
    // Two lengths, or a coding that we don't undo, let two servers see two different requests.
    if (header.count(http::field::content_length) > 0)
      return http_problem(400, "the request has two lengths");
    if (header.count(http::field::transfer_encoding) > 1 ||
        !iequals(view(header[http::field::transfer_encoding]), "chunked")) {
      return http_problem(501, "the only transfer coding here is chunked");
    }
  }
  const auto expect = header[http::field::expect];
  if (!expect.empty() && !iequals(view(expect), "100-continue"))
    return http_problem(417, "unknown expectation");
  return {};
}

}  // namespace

namespace {

class HttpConnection final : public Guest, public HttpStream {
 public:
  HttpConnection(HttpHouse& house, Socket socket)
      : house_(house),
        options_(house.options),
        socket_(std::move(socket)),
        remote_(remote_address(socket_)),
        watchdog_(socket_.get_executor(), [this] { cancel(); }),
        event_(socket_.get_executor()) {}

  asio::awaitable<void> run() override;
  void answered(ports::Response response);
  void streamed(std::shared_ptr<ports::EventSource> source, std::uint64_t last_id);
  void wake() override;
  void shutting_down() override;
  void cut() override;

 private:
  enum class Next { request, close, linger };
  struct Incoming {
    ports::Request request;
    bool keep_alive = false;
    bool http_1_0 = false;
  };

  asio::awaitable<Next> serve_one();
  asio::awaitable<bool> first_byte();
  asio::awaitable<std::optional<ports::Response>> read_header(Parser& parser,
                                                              std::optional<HttpTarget>& target);
  asio::awaitable<std::optional<ports::Response>> read_body(Parser& parser, const HttpTarget& target);
  ports::Response too_long(Parser& parser, const HttpTarget& target) const;
  asio::awaitable<Next> refuse(ports::Response response);
  asio::awaitable<void> ask(ports::Request request);
  asio::awaitable<void> stream(bool http_1_0, bool head_only);
  asio::awaitable<std::string> next_text();
  asio::awaitable<bool> write(std::string_view bytes);
  asio::awaitable<bool> send(const ports::Response& response, HeadOptions head, bool head_only);
  asio::awaitable<void> linger();
  std::size_t bytes_to_come(const Parser& parser, const HttpTarget& target) const;
  Incoming take(Parser& parser, HttpTarget target) const;
  void cancel();
  std::weak_ptr<HttpConnection> myself() {
    return std::static_pointer_cast<HttpConnection>(shared_from_this());
  }

  HttpHouse& house_;  // waits for us before it goes
  const HttpServerOptions& options_;
  Socket socket_;
  const std::string remote_;
  Watchdog watchdog_;
  asio::steady_timer event_;  // "the reply is here", "there may be events"
  boost::beast::flat_buffer buffer_;
  std::optional<ports::Response> response_;
  std::shared_ptr<ports::EventSource> source_;
  std::uint64_t last_id_ = 0;
  bool waiting_ = false;  // for a Reply
  bool idle_ = false;     // between two requests
  bool gone_ = false;     // the other side closed without a request
  bool woken_ = false;
  bool cut_ = false;
};

// The way back from the handler, which may be on any thread and may come after everything here has gone.
class ReplyTarget : public ports::Reply::Target {
 public:
  ReplyTarget(std::weak_ptr<IoCore> core, std::weak_ptr<HttpConnection> connection)
      : core_(std::move(core)), connection_(std::move(connection)) {}

  void send(ports::Response response) override {
    const std::shared_ptr<IoCore> alive = core_.lock();
    if (!alive) return;
    asio::post(alive->io, [weak = connection_, response = std::move(response)]() mutable {
      if (const auto connection = weak.lock()) connection->answered(std::move(response));
    });
  }

  void stream(std::shared_ptr<ports::EventSource> source, std::uint64_t last_id) override {
    const std::shared_ptr<IoCore> alive = core_.lock();
    if (!alive) return;
    asio::post(alive->io, [weak = connection_, source = std::move(source), last_id]() mutable {
      if (const auto connection = weak.lock()) connection->streamed(std::move(source), last_id);
    });
  }

 private:
  const std::weak_ptr<IoCore> core_;
  const std::weak_ptr<HttpConnection> connection_;
};

asio::awaitable<void> HttpConnection::run() {
  watchdog_.guard(weak_from_this());
  Next next = Next::request;
  while (next == Next::request && !cut_) next = co_await serve_one();
  if (next == Next::linger && !cut_) co_await linger();
  error_code ignored;
  socket_.close(ignored);
}

// Waits for a request without holding more than a small buffer. False: none will come.
asio::awaitable<bool> HttpConnection::first_byte() {
  if (buffer_.size() > 0) co_return true;  // pipelined
  if (house_.door->stopping()) co_return false;
  if (buffer_.capacity() > kKeepBufferBytes) buffer_ = {};
  idle_ = true;
  watchdog_.expect_within(options_.idle_timeout);
  const auto [error, size] = co_await socket_.async_read_some(buffer_.prepare(4096), kAwait);
  watchdog_.rest();
  idle_ = false;
  if (error || cut_ || watchdog_.barked()) co_return false;
  buffer_.commit(size);
  co_return true;
}

// Nothing: the header is fine and `target` is set.
asio::awaitable<std::optional<ports::Response>> HttpConnection::read_header(
    Parser& parser, std::optional<HttpTarget>& target) {
  parser.header_limit(static_cast<std::uint32_t>(options_.header_limit));
  parser.body_limit(boost::none);  // known only with the path
  watchdog_.expect_within(options_.header_timeout);
  const auto [error, size] = co_await http::async_read_header(socket_, buffer_, parser, kAwait);
  watchdog_.rest();
  if (watchdog_.barked()) co_return http_problem(408, "the header took too long");
  gone_ = error == http::error::end_of_stream || error == http::error::partial_message;
  if (error) co_return problem_of(error);
  if (std::optional<ports::Response> refusal = refuse_header(parser)) co_return refusal;
  target = parse_target(view(parser.get().target()));
  if (!target) co_return http_problem(400, "the target of the request is malformed");
  const std::size_t limit = house_.body_limit(view(parser.get().method_string()), target->path);
  if (parser.content_length().value_or(0) > limit) co_return too_long(parser, *target);
  parser.body_limit(limit);
  co_return std::nullopt;
}

asio::awaitable<std::optional<ports::Response>> HttpConnection::read_body(Parser& parser,
                                                                          const HttpTarget& target) {
  if (parser.is_done()) co_return std::nullopt;
  if (!parser.get()[http::field::expect].empty() && parser.get().version() >= 11) {
    if (!co_await write("HTTP/1.1 100 Continue\r\n\r\n")) co_return http_problem(408, "nobody listens");
  }
  watchdog_.expect_within(options_.body_timeout);
  const auto [error, size] = co_await http::async_read(socket_, buffer_, parser, kAwait);
  watchdog_.rest();
  if (watchdog_.barked()) co_return http_problem(408, "the body took too long");
  gone_ = error == http::error::partial_message;
  if (error == http::error::body_limit) co_return too_long(parser, target);
  if (error) co_return problem_of(error);
  co_return std::nullopt;
}

ports::Response HttpConnection::too_long(Parser& parser, const HttpTarget& target) const {
  if (options_.too_long) {
    if (auto told = options_.too_long(take(parser, target).request)) return std::move(*told);
  }
  return http_problem(413, "the body is too long");
}

// At most; what is chunked does not say how long it is.
std::size_t HttpConnection::bytes_to_come(const Parser& parser, const HttpTarget& target) const {
  if (parser.chunked()) return house_.body_limit(view(parser.get().method_string()), target.path);
  return static_cast<std::size_t>(parser.content_length().value_or(0));
}

HttpConnection::Incoming HttpConnection::take(Parser& parser, HttpTarget target) const {
  Incoming incoming;
  auto& message = parser.get();
  incoming.keep_alive = parser.keep_alive();
  incoming.http_1_0 = message.version() < 11;
  incoming.request.method = std::string(view(message.method_string()));
  incoming.request.path = std::move(target.path);
  incoming.request.query = std::move(target.query);
  for (const auto& field : message) {
    incoming.request.headers.emplace_back(to_lower_ascii(view(field.name_string())),
                                          std::string(view(field.value())));
  }
  incoming.request.body = std::move(message.body());
  incoming.request.remote = remote_;
  return incoming;
}

asio::awaitable<HttpConnection::Next> HttpConnection::refuse(ports::Response response) {
  if (gone_ || cut_) co_return Next::close;
  watchdog_.forgive();
  const HeadOptions head{.keep_alive = false};
  const bool written = co_await send(response, head, false);
  co_return written ? Next::linger : Next::close;
}

asio::awaitable<HttpConnection::Next> HttpConnection::serve_one() {
  if (!co_await first_byte()) co_return Next::close;
  Incoming incoming;
  LargeBody room(house_);
  {
    Parser parser;  // gone before a stream begins: idle streams must be small
    std::optional<HttpTarget> target;
    std::optional<ports::Response> refusal = co_await read_header(parser, target);
    if (!refusal && !room.take(bytes_to_come(parser, *target))) refusal = not_now();
    if (!refusal) refusal = co_await read_body(parser, *target);
    if (refusal) co_return co_await refuse(std::move(*refusal));
    incoming = take(parser, std::move(*target));
  }
  const bool head_only = incoming.request.method == "HEAD";
  const bool http_1_0 = incoming.http_1_0;
  co_await ask(std::move(incoming.request));
  if (cut_) co_return Next::close;
  if (source_) {
    co_await stream(http_1_0, head_only);
    co_return Next::close;
  }
  if (!response_) {
    ports::Response late = http_problem(503, "the answer took too long");
    co_return co_await refuse(std::move(late));
  }
  const ports::Response response = *std::exchange(response_, {});
  const bool keep = incoming.keep_alive && !house_.door->stopping();
  const HeadOptions head{.keep_alive = keep, .http_1_0 = http_1_0};
  const bool written = co_await send(response, head, head_only);
  if (!written) co_return Next::close;
  co_return keep ? Next::request : Next::linger;
}

// Calls the handler and sleeps until its Reply has been used, or for too long.
asio::awaitable<void> HttpConnection::ask(ports::Request request) {
  waiting_ = true;
  event_.expires_after(options_.handler_timeout);
  {
    ports::Reply reply(std::make_unique<ReplyTarget>(house_.door->core(), myself()));
    try {
      house_.handler(std::move(request), std::move(reply));
    } catch (const std::exception&) {
      // A handler that throws has dropped its Reply, and a dropped Reply answers 500.
    }
  }
  co_await event_.async_wait(kAwait);
  waiting_ = false;
}

void HttpConnection::answered(ports::Response response) {
  if (!waiting_) return;
  response_ = std::move(response);
  event_.cancel();
}

void HttpConnection::streamed(std::shared_ptr<ports::EventSource> source, std::uint64_t last_id) {
  if (!waiting_) return;
  if (house_.streams.size() >= options_.streams) {
    response_ = http_problem(503, "too many streams are open");
    response_->headers.emplace_back("Retry-After", "30");
  } else {
    source_ = std::move(source);
    last_id_ = last_id;
  }
  event_.cancel();
}

asio::awaitable<void> HttpConnection::stream(bool http_1_0, bool head_only) {
  const ports::Response response{
      200, "text/event-stream", {}, {{"Cache-Control", "no-store"}, {"X-Accel-Buffering", "no"}}};
  const HeadOptions options{.keep_alive = !http_1_0,
                            .http_1_0 = http_1_0,
                            .framing = http_1_0 ? Framing::until_close : Framing::chunked};
  const std::string head = http_head(response, options, unix_seconds());
  buffer_ = {};
  bool open = co_await write(head);
  if (!open || head_only) co_return;
  house_.streams.insert(this);
  *house_.stream_count = house_.streams.size();
  while (open && !house_.door->stopping() && !cut_ && !source_->over()) {
    std::string text = co_await next_text();
    if (text.empty()) continue;
    if (!http_1_0) text = http_chunk(text);
    open = co_await write(text);
  }
  house_.streams.erase(this);
  *house_.stream_count = house_.streams.size();
  if (open && !cut_ && !http_1_0) co_await write("0\r\n\r\n");
}

// The next events, or a ping after a long silence; empty when it is worth looking again.
asio::awaitable<std::string> HttpConnection::next_text() {
  woken_ = false;
  const std::vector<ports::Event> events = source_->next(last_id_);
  if (!events.empty()) {
    last_id_ = events.back().id;
    co_return format_events(events);
  }
  event_.expires_after(options_.ping_every);
  const auto [error] = co_await event_.async_wait(kAwait);
  if (error || woken_) co_return std::string();
  co_return ": ping\n\n";
}

void HttpConnection::wake() {
  woken_ = true;
  event_.cancel();
}

// Writes all of it; each piece must be taken within write_timeout.
asio::awaitable<bool> HttpConnection::write(std::string_view bytes) {
  while (!bytes.empty()) {
    watchdog_.expect_within(source_ ? options_.event_timeout : options_.write_timeout);
    const auto piece = asio::buffer(bytes.data(), std::min(bytes.size(), kWriteBytes));
    const auto [error, size] = co_await socket_.async_write_some(piece, kAwait);
    watchdog_.rest();
    if (error || cut_ || watchdog_.barked()) co_return false;
    bytes.remove_prefix(size);
  }
  co_return true;
}

asio::awaitable<bool> HttpConnection::send(const ports::Response& response, HeadOptions head,
                                           bool head_only) {
  std::string bytes = http_head(response, head, unix_seconds());
  const bool bodiless = head_only || response.status == 204 || response.status == 304;
  if (!bodiless && response.body.size() <= kWriteBytes) {  // one packet, one call
    bytes += response.body;
    co_return co_await write(bytes);
  }
  const bool head_written = co_await write(bytes);
  if (!head_written || bodiless) co_return head_written;
  co_return co_await write(response.body);
}

// Closing with unread input would reset the connection and could take our last answer with it.
asio::awaitable<void> HttpConnection::linger() {
  error_code error;
  socket_.shutdown(Socket::shutdown_send, error);
  std::array<char, 4096> dropped;
  watchdog_.expect_within(kLinger);
  while (!error && !watchdog_.barked() && !cut_) {
    const auto [read_error, size] = co_await socket_.async_read_some(asio::buffer(dropped), kAwait);
    error = read_error;
  }
  watchdog_.rest();
}

void HttpConnection::cancel() {
  error_code ignored;
  socket_.cancel(ignored);
}

void HttpConnection::shutting_down() {
  if (idle_) cancel();
  if (house_.streams.contains(this)) wake();
}

void HttpConnection::cut() {
  cut_ = true;
  error_code ignored;
  socket_.close(ignored);
  event_.cancel();
}

}  // namespace

std::string http_refusal(int status, std::string_view detail) {
  const ports::Response response = http_problem(status, detail);
  return http_head(response, {.keep_alive = false}, unix_seconds()) + response.body;
}

std::shared_ptr<Guest> make_http_connection(HttpHouse& house, Socket socket) {
  return std::make_shared<HttpConnection>(house, std::move(socket));
}

}  // namespace hejnal::net

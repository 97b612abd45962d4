// HTTP as the api room sees it: a finished request in, one reply out. Sockets, TLS, limits and time-outs are
// net's.
//
// Threads: net calls a Handler on the network thread. The handler must not block; it may keep the Reply, move
// it to another thread and answer later. A Reply that is destroyed unanswered answers 500.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hejnal::ports {

using Header = std::pair<std::string, std::string>;

struct Request {
  std::string method;           // "GET", upper case as sent
  std::string path;             // percent-decoded, begins with '/', never contains NUL
  std::vector<Header> query;    // percent-decoded, in order
  std::vector<Header> headers;  // names in lower case
  std::string body;             // at most the server's limit
  std::string remote;           // address of the peer, "127.0.0.1"

  std::string_view header(std::string_view lower_case_name) const;
  std::string_view parameter(std::string_view name) const;  // first one of the query; empty when absent
  bool has_parameter(std::string_view name) const;
};

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body;
  std::vector<Header> headers;  // besides Content-Type, Content-Length, Date
};

// One event of a server-sent event stream (WHATWG HTML, 9.2).
struct Event {
  std::uint64_t id = 0;
  std::string name;
  std::string data;  // one line
};

// A subscription: the server writes what `next` returns and asks again after `wake` was called. Thread-safe.
class EventSource {
 public:
  virtual ~EventSource() = default;
  // Events after `last_id`, oldest first, at most 100.
  virtual std::vector<Event> next(std::uint64_t last_id) = 0;
  // Whoever it was for may hear no more: the stream ends.
  virtual bool over() { return false; }
};

class Reply {
 public:
  struct Target {
    virtual ~Target() = default;
    virtual void send(Response response) = 0;
    // Begins a stream of server-sent events; net polls `source` whenever HttpServer::wake_streams() was
    // called.
    virtual void stream(std::shared_ptr<EventSource> source, std::uint64_t last_id) = 0;
  };

  explicit Reply(std::unique_ptr<Target> target) : target_(std::move(target)) {}
  Reply(Reply&&) noexcept = default;
  Reply& operator=(Reply&&) noexcept = default;
  ~Reply() {
    if (target_) target_->send(Response{500, "text/plain", "the request was dropped\n", {}});
  }

  void send(Response response) && { std::exchange(target_, nullptr)->send(std::move(response)); }
  void stream(std::shared_ptr<EventSource> source, std::uint64_t last_id) && {
    std::exchange(target_, nullptr)->stream(std::move(source), last_id);
  }

 private:
  std::unique_ptr<Target> target_;
};

using Handler = std::function<void(Request, Reply)>;

}  // namespace hejnal::ports

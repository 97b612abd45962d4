// The HTTP server on real sockets: what it answers itself, how streams behave, and how it stops.
#include "net/http_server.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <mutex>
#include <thread>

#include "net/detail/test_socket.hpp"
#include "net/http_target.hpp"
#include "net/http_text.hpp"

namespace hejnal::net {
namespace {

// Events 1..n, set by the test.
class Source : public ports::EventSource {
 public:
  std::vector<ports::Event> next(std::uint64_t last_id) override {
    const std::lock_guard lock(mutex_);
    std::vector<ports::Event> events;
    for (std::uint64_t id = last_id + 1; id <= newest_ && events.size() < 100; ++id) {
      events.push_back({id, "tick", std::string(event_bytes_, 'e')});
    }
    return events;
  }
  void set(std::uint64_t newest) {
    const std::lock_guard lock(mutex_);
    newest_ = newest;
  }
  void event_bytes(std::size_t bytes) { event_bytes_ = bytes; }

 private:
  std::mutex mutex_;
  std::uint64_t newest_ = 0;
  std::size_t event_bytes_ = 1;
};

class HttpServerTest : public testing::Test {
 protected:
  void start(HttpServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto opened = HttpServer::open(
        thread_,
        [this](ports::Request request, ports::Reply reply) { handle(std::move(request), std::move(reply)); },
        std::move(options));
    ASSERT_TRUE(opened) << opened.error().what;
    server_ = std::move(*opened);
  }
  TestSocket connect() { return TestSocket(server_->bound_port()); }

  void handle(ports::Request request, ports::Reply reply) {
    if (request.path == "/stream") return std::move(reply).stream(source_, 0);
    if (request.path == "/drop") return;
    if (request.path == "/throw") throw std::runtime_error("x");
    if (request.path == "/keep") {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(reply));
      return;
    }
    if (request.path == "/big")
      return std::move(reply).send({200, "text/plain", std::string(5 << 20, 'b'), {}});
    if (request.path == "/inject")
      return std::move(reply).send({200, "a/b", "", {{"X", "1\r\nSet-Cookie: x"}}});
    std::string body = request.method + " " + request.path;
    for (const auto& [name, value] : request.query) body += " " + name + "=" + value;
    body += " [" + std::string(request.header("x-test")) + "] " + request.body;
    std::move(reply).send({200, "text/plain", body, {}});
  }
  bool wait_kept(std::size_t count) {
    for (int i = 0; i < 500; ++i) {
      {
        const std::lock_guard lock(mutex_);
        if (kept_.size() >= count) return true;
      }
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }

  std::shared_ptr<Source> source_ = std::make_shared<Source>();
  std::mutex mutex_;
  std::vector<ports::Reply> kept_;
  IoThread thread_;
  std::unique_ptr<HttpServer> server_;
};

std::string get(std::string_view target, std::string_view more = {}) {
  return "GET " + std::string(target) + " HTTP/1.1\r\nHost: x\r\n" + std::string(more) + "\r\n";
}

TEST_F(HttpServerTest, KeepsConnectionsAliveAndTakesPipelinedRequests) {
  start();
  TestSocket socket = connect();
  socket.send(get("/a?x=1&y=%C5%BC+z", "X-Test: q\r\n"));
  const std::string first = socket.until("[q] ");
  EXPECT_TRUE(first.starts_with("HTTP/1.1 200 OK\r\nDate: ")) << first;
  EXPECT_TRUE(
      first.ends_with("Content-Type: text/plain\r\nContent-Length: 22\r\n\r\nGET /a x=1 y=\xC5\xBC z [q] "))
      << first;
  socket.send(get("/1") + "POST /2 HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc" +
              get("/3", "Connection: close\r\n"));
  const std::string rest = socket.rest();
  EXPECT_NE(rest.find("GET /1 [] HTTP/1.1 200"), std::string::npos) << rest;
  EXPECT_NE(rest.find("POST /2 [] abcHTTP/1.1 200"), std::string::npos) << rest;
  EXPECT_TRUE(rest.ends_with("GET /3 [] ")) << rest;
  EXPECT_TRUE(socket.ended());
}

TEST_F(HttpServerTest, AnswersHeadWithoutABody) {
  start();
  TestSocket socket = connect();
  socket.send(
      "HEAD /x HTTP/1.1\r\nHost: x\r\n\r\nHEAD /big HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n");
  const std::string answers = socket.rest();
  EXPECT_NE(answers.find("Content-Length: 11\r\n\r\nHTTP/1.1 200"), std::string::npos) << answers;
  EXPECT_TRUE(answers.ends_with("\r\n\r\n"));
  EXPECT_LT(answers.size(), 1000u);
}

TEST_F(HttpServerTest, SpeaksHttp10) {
  start();
  TestSocket socket = connect();
  socket.send("GET /x HTTP/1.0\r\n\r\n");
  EXPECT_NE(socket.rest().find("Connection: close\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, ContinuesAfterExpect) {
  start();
  TestSocket socket = connect();
  socket.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n");
  EXPECT_EQ(socket.until("\r\n\r\n"), "HTTP/1.1 100 Continue\r\n\r\n");
  socket.send("ok");
  EXPECT_TRUE(socket.until("[] ok").ends_with("POST /x [] ok"));
}

TEST_F(HttpServerTest, HasRoomForSoManyLargeBodiesAtOnce) {
  HttpServerOptions options;
  options.body_limit = 10;
  options.body_limit_of = [](std::string_view, std::string_view) { return 100u; };
  options.large_bodies = 150;
  start(options);
  const std::string begin = "POST /x HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n";
  const std::string eighty = begin + "Content-Length: 80\r\n\r\n",
                    chunked = begin + "Transfer-Encoding: chunked\r\n\r\n";
  {
    TestSocket slow = connect();
    slow.send(eighty);
    slow.until("100 Continue");
    for (const std::string& more : {eighty, chunked}) {
      TestSocket refused = connect();
      refused.send(more);
      EXPECT_TRUE(refused.until("\r\n\r\n").starts_with("HTTP/1.1 503")) << more;
    }
    // What is small always has room.
    TestSocket small = connect();
    small.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 2\r\n\r\nok");
    EXPECT_TRUE(small.until("[] ok").starts_with("HTTP/1.1 200"));
    slow.send(std::string(80, 'x'));
    slow.until("[] " + std::string(80, 'x'));
  }
  const auto finds_room = [&](TestSocket& socket) {
    socket.send(eighty);
    return socket.until("\r\n\r\n").starts_with("HTTP/1.1 100");
  };
  // Twice: also one that goes away in the middle gives its room back.
  for (int times = 0; times < 2; ++times) {
    bool found = false;
    for (int tries = 0; tries < 100 && !found; ++tries) {
      TestSocket next = connect();
      found = finds_room(next);
      if (!found) std::this_thread::sleep_for(20ms);
    }
    EXPECT_TRUE(found);
  }
}

TEST_F(HttpServerTest, WhoSendsTooMuchCanBeToldInWords) {
  HttpServerOptions options;
  options.body_limit = 10;
  options.too_long = [](const ports::Request& head) -> std::optional<ports::Response> {
    if (head.path != "/form") return std::nullopt;
    return ports::Response{413, "text/plain", "too long, " + std::string(head.header("who")), {}};
  };
  start(options);
  const auto answer_to = [&](const std::string& path, const std::string& length, const std::string& body) {
    TestSocket socket = connect();
    socket.send("POST " + path + " HTTP/1.1\r\nHost: x\r\nWho: Anna\r\n" + length + "\r\n\r\n" + body);
    return socket.rest();
  };
  for (const auto& [length, body] :
       {std::pair{"Content-Length: 11", "0123456789a"},
        std::pair{"Transfer-Encoding: chunked", "b\r\n0123456789a\r\n0\r\n\r\n"}}) {
    EXPECT_TRUE(answer_to("/form", length, body).ends_with("\r\n\r\ntoo long, Anna")) << length;
    EXPECT_NE(answer_to("/other", length, body).find("problem+json"), std::string::npos) << length;
  }
}

TEST_F(HttpServerTest, RefusesWhatIsMalformedOrTooBig) {
  HttpServerOptions options;
  options.body_limit_of = [](std::string_view, std::string_view path) {
    return path == "/mail" ? 100u : 10u;
  };
  start(options);
  const std::string eleven = "Content-Length: 11\r\n";
  const std::vector<std::pair<std::string, int>> requests = {
      {"POST /x HTTP/1.1\r\nHost: x\r\n" + eleven + "\r\n", 413},
      {"POST /x HTTP/1.1\r\nHost: x\r\n" + eleven + "Expect: 100-continue\r\n\r\n", 413},
      {"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nb\r\n0123456789a\r\n0\r\n\r\n", 413},
      {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999999\r\n\r\n", 400},
      {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n", 400},
      {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab", 400},
      {"POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
       400},
      {"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n", 501},
      {"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip, chunked\r\n\r\n0\r\n\r\n", 501},
      {"POST /x HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n", 400},
      {get("/x", "Expect: cake\r\n"), 417},
      {get("/x", "X: " + std::string(17000, 'x') + "\r\n"), 431},
      {"GET /" + std::string(100'000, 'x') + " HTTP/1.1\r\nHost: x\r\n\r\n", 431},
      {"GET /x HTTP/1.1\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n", 400},
      {"GET /x HTTP/3.0\r\nHost: x\r\n\r\n", 505},
      {"GET  /x HTTP/1.1\r\nHost: x\r\n\r\n", 400},
      {"GET /x HTTP/1.1\r\nHost : x\r\n\r\n", 400},
      {"\x16\x03\x01 garbage\r\n\r\n", 400},
      {std::string("GET /\0 HTTP/1.1\r\nHost: x\r\n\r\n", 28), 400},
      {get("/a/../b"), 400},
      {get("/a/%2e%2E/b"), 400},
      {get("/a%2F..%2fb"), 400},
      {get("/a\\b"), 400},
      {get("/%00"), 400},
      {get("/%zz"), 400},
      {get("/%"), 400},
      {get("/%ff"), 400},
      {get("x"), 400},
      {get("*"), 400},
      {get("/?x=%"), 400},
  };
  for (const auto& [request, status] : requests) {
    SCOPED_TRACE(request.substr(0, 120));
    TestSocket socket = connect();
    socket.send(request);
    const std::string answer = socket.until("}");
    EXPECT_TRUE(answer.starts_with("HTTP/1.1 " + std::to_string(status))) << answer;
    EXPECT_NE(answer.find("Content-Type: application/problem+json\r\n"), std::string::npos);
    EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  }
  TestSocket socket = connect();
  socket.send("POST /mail HTTP/1.1\r\nHost: x\r\n" + eleven + "\r\n0123456789a");
  EXPECT_TRUE(socket.until("9a").starts_with("HTTP/1.1 200"));
}

TEST_F(HttpServerTest, HoldsOffSlowClients) {
  HttpServerOptions options;
  options.header_timeout = 200ms;
  options.body_timeout = 200ms;
  options.idle_timeout = 200ms;
  start(options);
  TestSocket silent = connect();
  TestSocket dripping = connect();
  TestSocket half = connect();
  half.send("POST /x HTTP/1.1\r\nHost: x\r\nContent-Length: 10\r\n\r\nhalf");
  const std::string header = "GET / HTTP/1.1\r\n";
  for (std::size_t i = 0; i < header.size() && dripping.send(header.substr(i, 1)); ++i) {
    std::this_thread::sleep_for(30ms);
  }
  EXPECT_EQ(silent.rest(), "");
  EXPECT_TRUE(silent.ended());
  EXPECT_TRUE(dripping.rest().starts_with("HTTP/1.1 408"));
  EXPECT_TRUE(half.rest().starts_with("HTTP/1.1 408"));
}

TEST_F(HttpServerTest, AnswersForHandlersThatDoNot) {
  HttpServerOptions options;
  options.handler_timeout = 200ms;
  start(options);
  TestSocket socket = connect();
  socket.send(get("/drop") + get("/throw"));
  EXPECT_TRUE(socket.until("dropped\n").starts_with("HTTP/1.1 500"));
  EXPECT_TRUE(socket.until("dropped\n").starts_with("HTTP/1.1 500"));
  socket.send(get("/keep"));
  EXPECT_TRUE(socket.rest().starts_with("HTTP/1.1 503"));
  std::move(kept_.at(0)).send({});  // too late, and harmless
}

TEST_F(HttpServerTest, TakesAReplyFromAnotherThread) {
  start();
  TestSocket socket = connect();
  socket.send(get("/keep"));
  ASSERT_TRUE(wait_kept(1));
  std::thread([this] {
    std::move(kept_.at(0)).send({202, "text/plain", "later", {{"Location", "/x"}}});
  }).join();
  const std::string answer = socket.until("later");
  EXPECT_TRUE(answer.starts_with("HTTP/1.1 202 Accepted\r\n"));
  EXPECT_NE(answer.find("Location: /x\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, WritesBigBodiesAndNeutralisesHeaders) {
  start();
  TestSocket socket = connect();
  socket.send(get("/big", "Connection: close\r\n"));
  EXPECT_GT(socket.rest().size(), 5u << 20);
  TestSocket other = connect();
  other.send(get("/inject", "Connection: close\r\n"));
  EXPECT_NE(other.rest().find("X: 1  Set-Cookie: x\r\n"), std::string::npos);
}

TEST_F(HttpServerTest, StreamsEventsAndPings) {
  HttpServerOptions options;
  options.ping_every = 150ms;
  start(options);
  source_->set(2);
  TestSocket socket = connect();
  socket.send(get("/stream"));
  const std::string head = socket.until("\r\n\r\n");
  EXPECT_NE(head.find("Content-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n"), std::string::npos)
      << head;
  EXPECT_EQ(socket.until("id: 2\nevent: tick\ndata: e\n\n\r\n"),
            "36\r\nid: 1\nevent: tick\ndata: e\n\nid: 2\nevent: tick\ndata: e\n\n\r\n");
  EXPECT_EQ(socket.until("\n\n\r\n"), "8\r\n: ping\n\n\r\n");
  source_->set(3);
  server_->wake_streams();
  EXPECT_NE(socket.until("id: 3\nevent: tick").find("id: 3"), std::string::npos);
  std::thread stopper([this] { server_->stop(5s); });
  EXPECT_TRUE(socket.rest().ends_with("0\r\n\r\n"));
  stopper.join();
}

TEST_F(HttpServerTest, DropsSlowReadersAndLimitsStreams) {
  HttpServerOptions options;
  options.event_timeout = 200ms;
  options.streams = 1;
  start(options);
  source_->event_bytes(1 << 20);
  source_->set(100);
  TestSocket slow = connect();
  slow.receive_buffer(4096);
  slow.send(get("/stream"));
  EXPECT_NE(slow.until("\r\n\r\n").find("200"), std::string::npos);
  TestSocket second = connect();
  second.send(get("/stream"));
  EXPECT_TRUE(second.until("}").starts_with("HTTP/1.1 503"));
  source_->event_bytes(1);
  for (int i = 0; i < 100; ++i) {
    TestSocket again = connect();
    again.send(get("/stream"));
    if (again.until("\r\n\r\n").starts_with("HTTP/1.1 200")) return;
    std::this_thread::sleep_for(50ms);
  }
  FAIL() << "the slow reader kept its place";
}

long resident_kib() {
  std::ifstream status("/proc/self/statm");
  long size = 0, resident = 0;
  status >> size >> resident;
  return resident * 4;
}

TEST_F(HttpServerTest, HoldsManyIdleStreamsCheaply) {
  start();
  std::vector<TestSocket> readers;
  TestSocket warm = connect();
  warm.send(get("/x"));
  warm.until("[] ");
  const long before = resident_kib();
  for (int i = 0; i < 500; ++i) {
    readers.push_back(connect());
    if (!readers.back().send(get("/stream"))) break;
  }
  for (TestSocket& reader : readers) ASSERT_NE(reader.until("\r\n\r\n").find("200"), std::string::npos);
  EXPECT_LT(resident_kib() - before, 16'000);
  source_->set(1);
  const auto start_time = std::chrono::steady_clock::now();
  server_->wake_streams();
  for (TestSocket& reader : readers) ASSERT_NE(reader.until("data: e").find("id: 1"), std::string::npos);
  EXPECT_LT(std::chrono::steady_clock::now() - start_time, 2s);
  RecordProperty("kib", std::to_string(resident_kib() - before));
}

TEST_F(HttpServerTest, StopsPolitely) {
  start();
  TestSocket idle = connect();
  idle.send(get("/x"));
  idle.until("[] ");
  TestSocket busy = connect();
  busy.send(get("/keep"));
  ASSERT_TRUE(wait_kept(1));
  std::thread stopper([this] { server_->stop(5s); });
  EXPECT_EQ(idle.rest(), "");
  EXPECT_TRUE(idle.ended());
  std::move(kept_.at(0)).send({200, "text/plain", "done", {}});
  const std::string answer = busy.rest();
  EXPECT_NE(answer.find("Connection: close\r\n"), std::string::npos);
  EXPECT_TRUE(answer.ends_with("done"));
  stopper.join();
}

TEST_F(HttpServerTest, CutsWhatDoesNotEndAndBearsALateReply) {
  start();
  TestSocket busy = connect();
  busy.send(get("/keep"));
  ASSERT_TRUE(wait_kept(1));
  server_->stop(50ms);
  EXPECT_EQ(busy.rest(), "");
  server_.reset();
  thread_.stop();
  kept_.clear();  // an unanswered Reply answers 500, to nobody
}

TEST(HttpTarget, IsDecoded) {
  const auto target = parse_target("http://host:80/a%20b/c?d=e%26f&g&=h&i=j=k");
  ASSERT_TRUE(target);
  EXPECT_EQ(target->path, "/a b/c");
  const std::vector<std::pair<std::string, std::string>> query = {
      {"d", "e&f"}, {"g", ""}, {"", "h"}, {"i", "j=k"}};
  EXPECT_EQ(target->query, query);
  EXPECT_EQ(parse_target("/a+b")->path, "/a+b");
  EXPECT_FALSE(parse_target("/a?text=%B3"));
  EXPECT_EQ(parse_target("/hooks/sms/k/s/in?text=%B3%00z")->query.at(0).second, std::string("\xB3\0z", 3));
  EXPECT_FALSE(parse_target("/hooks/%B3?text=a"));
  EXPECT_EQ(parse_target("http://host")->path, "/");
}

TEST(HttpText, FormatsDatesAndEvents) {
  EXPECT_EQ(http_date(1795424400), "Mon, 23 Nov 2026 09:00:00 GMT");
  EXPECT_EQ(format_events({{7, "", "a\nb"}}), "id: 7\ndata: a\ndata: b\n\n");
}

}  // namespace
}  // namespace hejnal::net

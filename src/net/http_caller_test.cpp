#include "net/http_caller.hpp"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <future>
#include <thread>

#include "wire/form/form.hpp"

namespace hejnal::net {

namespace {

using ports::HttpAnswer;
using ports::HttpCall;

// Takes one connection, reads a request, says `answer` and closes.
class OneAnswer {
 public:
  explicit OneAnswer(std::string answer, Duration wait = 0ms) : fd_(::socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<sockaddr*>(&address), sizeof address), 0);
    EXPECT_EQ(::listen(fd_, 1), 0);
    socklen_t size = sizeof address;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &size);
    url = "http://127.0.0.1:" + std::to_string(ntohs(address.sin_port));
    thread_ = std::thread([this, answer = std::move(answer), wait] {
      const int one = ::accept(fd_, nullptr, nullptr);
      char buffer[4096];
      std::size_t body = std::string::npos;
      while (body == std::string::npos || heard.size() < body) {
        const ssize_t got = ::recv(one, buffer, sizeof buffer, 0);
        if (got <= 0) break;
        heard.append(buffer, static_cast<std::size_t>(got));
        if (const auto end = heard.find("\r\n\r\n"); end != std::string::npos && body == std::string::npos) {
          const auto length = heard.find("Content-Length: ");
          body = end + 4 + (length == std::string::npos ? 0 : std::stoul(heard.substr(length + 16)));
        }
      }
      std::this_thread::sleep_for(wait);
      ::send(one, answer.data(), answer.size(), MSG_NOSIGNAL);
      ::close(one);
    });
  }
  ~OneAnswer() {
    ::shutdown(fd_, SHUT_RDWR);
    join();
    ::close(fd_);
  }
  void join() {
    if (thread_.joinable()) thread_.join();
  }

  std::string url, heard;

 private:
  int fd_;
  std::thread thread_;
};

HttpAnswer ask(HttpClient& client, HttpCall call) {
  std::promise<HttpAnswer> promise;
  client.call(std::move(call), [&](HttpAnswer answer) { promise.set_value(std::move(answer)); });
  return promise.get_future().get();
}

}  // namespace

TEST(HttpClient, SaysWhatItIsToldAndHearsTheAnswer) {
  HttpClient client;
  OneAnswer server("HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}");
  const HttpAnswer answer =
      ask(client, {"POST", server.url + "/x?a=b", "to=1&text=2", {{"Authorization", "Bearer t"}}, 5s});
  server.join();
  EXPECT_EQ(answer.status, 201);
  EXPECT_EQ(answer.body, "{}");
  EXPECT_EQ(answer.content_type, "application/json");
  EXPECT_FALSE(answer.cut);
  EXPECT_TRUE(server.heard.starts_with("POST /x?a=b HTTP/1.1\r\n")) << server.heard;
  EXPECT_NE(server.heard.find("Authorization: Bearer t\r\n"), std::string::npos);
  EXPECT_TRUE(server.heard.ends_with("\r\n\r\nto=1&text=2"));
}

TEST(HttpClient, TellsWhetherTheRequestMayHaveLeft) {
  HttpClient client;
  std::string gone;
  {
    OneAnswer closed("");
    gone = closed.url;
  }
  const HttpAnswer refused = ask(client, {"GET", gone, {}, {}, 5s});
  EXPECT_EQ(refused.status, 0);
  EXPECT_FALSE(refused.may_have_left);
  EXPECT_FALSE(refused.error.empty());

  OneAnswer silent("");  // closes without a word
  const HttpAnswer cut = ask(client, {"POST", silent.url, "a=1", {}, 5s});
  EXPECT_EQ(cut.status, 0);
  EXPECT_TRUE(cut.may_have_left);

  OneAnswer slow("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", 500ms);
  const HttpAnswer late = ask(client, {"POST", slow.url, "a=1", {}, 100ms});
  EXPECT_EQ(late.status, 0);
  EXPECT_TRUE(late.may_have_left);

  OneAnswer half("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{\"id\":");
  const HttpAnswer short_one = ask(client, {"POST", half.url, "a=1", {}, 5s});
  EXPECT_EQ(short_one.status, 200);
  EXPECT_TRUE(short_one.cut);

  OneAnswer endless("HTTP/1.1 200 OK\r\n\r\n" + std::string(200'000, 'x'));
  const HttpAnswer long_one = ask(client, {"GET", endless.url, {}, {}, 5s});
  EXPECT_TRUE(long_one.cut);
  EXPECT_LE(long_one.body.size(), 64u << 10);
}

TEST(HttpClient, StopsInTime) {
  HttpClient client;
  OneAnswer slow("", 300ms);
  std::promise<HttpAnswer> promise;
  client.call({"GET", slow.url, {}, {}, 30s}, [&](HttpAnswer a) { promise.set_value(std::move(a)); });
  const auto begin = std::chrono::steady_clock::now();
  client.stop(50ms);
  EXPECT_LT(std::chrono::steady_clock::now() - begin, 3s);
  EXPECT_EQ(promise.get_future().get().status, 0);
  EXPECT_FALSE(ask(client, {"GET", slow.url, {}, {}, 30s}).may_have_left);
}

// The signatures that Twilio publishes, over the data as carriers/sms/twilio.cpp puts it together.
TEST(Hmac, TwilioVectors) {
  const auto of = [](const std::string& caller) {
    return wire::base64(
        hmac_sha1("12345", "https://mycompany.com/myapp.php?foo=1&bar=2CallSidCA1234567890ABCDECaller" +
                               caller + "Digits1234From" + caller + "To+18005551212"));
  };
  EXPECT_EQ(of("+14158675309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
  EXPECT_EQ(of("+12349013030"), "0/KCTR6DLpKmkAf8muzZqo1nDgQ=");
  EXPECT_EQ(of("+14158675310"), "GvWf1cFY/Q7PnoempGyD5oXAezc=");
}

TEST(Hmac, Rfc2202) {
  EXPECT_EQ(wire::base64(hmac_sha1("Jefe", "what do ya want for nothing?")), "7/zfauXrL6LSdBbV8YTfnCWafHk=");
}

}  // namespace hejnal::net

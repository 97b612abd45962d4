// The SIP endpoint on real sockets. The handler keeps what it gets and answers when the test says so.
#include "net/sip_server.hpp"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <gtest/gtest.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <condition_variable>
#include <deque>
#include <map>
#include <mutex>
#include <thread>

namespace hejnal::net {
namespace {

using ports::SipAnswer;
using ports::SipInvite;
using ports::SipReply;

class Handler final : public ports::SipHandler {
 public:
  std::optional<SipAnswer> refuse(const SipInvite& invite) override {
    if (invite.from.find("flood") != std::string::npos)
      return SipAnswer{480, "Temporarily Unavailable", {{"Retry-After", "7"}}};
    return std::nullopt;
  }
  void invited(SipInvite invite, SipReply reply) override {
    take(std::move(invite), std::move(reply), invited_);
  }
  void hung_up(SipInvite invite, SipReply reply) override {
    take(std::move(invite), std::move(reply), hung_up_);
  }

  struct Call {
    SipInvite invite;
    SipReply reply;
  };
  Call next_invited() { return next(invited_); }
  Call next_hung_up() { return next(hung_up_); }
  bool none() {
    const std::lock_guard lock(mutex_);
    return invited_.empty() && hung_up_.empty();
  }

 private:
  void take(SipInvite invite, SipReply reply, std::deque<Call>& where) {
    const std::lock_guard lock(mutex_);
    where.push_back({std::move(invite), std::move(reply)});
    changed_.notify_all();
  }
  Call next(std::deque<Call>& where) {
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, 5s, [&] { return !where.empty(); })) ADD_FAILURE() << "no call came";
    if (where.empty()) return {{}, SipReply(nullptr)};
    Call call = std::move(where.front());
    where.pop_front();
    return call;
  }

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<Call> invited_, hung_up_;
};

// A telephone of few words.
class Phone {
 public:
  explicit Phone(std::uint16_t server, bool tcp = false)
      : fd_(::socket(AF_INET, tcp ? SOCK_STREAM : SOCK_DGRAM, 0)) {
    connect(server);
  }
  explicit Phone(std::nullptr_t) : fd_(::socket(AF_INET, SOCK_DGRAM, 0)) { bind(); }
  ~Phone() { ::close(fd_); }
  Phone(const Phone&) = delete;
  Phone& operator=(const Phone&) = delete;

  void send(const std::string& text) {
    EXPECT_EQ(::send(fd_, text.data(), text.size(), 0), static_cast<ssize_t>(text.size()));
  }
  // Empty: nothing came in time.
  std::string receive(Duration longest = 3s) {
    pollfd wait{fd_, POLLIN, 0};
    if (::poll(&wait, 1, static_cast<int>(longest.count())) != 1) return {};
    std::array<char, 65536> buffer{};
    sockaddr_in from{};
    socklen_t length = sizeof from;
    const ssize_t n =
        ::recvfrom(fd_, buffer.data(), buffer.size(), 0, reinterpret_cast<sockaddr*>(&from), &length);
    if (from.sin_family == AF_INET) last_ = from;
    return n > 0 ? std::string(buffer.data(), static_cast<std::size_t>(n)) : std::string();
  }
  void reply(const std::string& text) {
    ::sendto(fd_, text.data(), text.size(), 0, reinterpret_cast<const sockaddr*>(&last_), sizeof last_);
  }
  std::uint16_t port() const {
    sockaddr_in own{};
    socklen_t length = sizeof own;
    ::getsockname(fd_, reinterpret_cast<sockaddr*>(&own), &length);
    return ntohs(own.sin_port);
  }

 private:
  static sockaddr_in loopback(std::uint16_t port) {
    sockaddr_in out{};
    out.sin_family = AF_INET;
    out.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    out.sin_port = htons(port);
    return out;
  }
  void connect(std::uint16_t server) {
    const sockaddr_in where = loopback(server);
    EXPECT_EQ(::connect(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
  }
  void bind() {
    const sockaddr_in where = loopback(0);
    EXPECT_EQ(::bind(fd_, reinterpret_cast<const sockaddr*>(&where), sizeof where), 0);
  }

  int fd_;
  sockaddr_in last_{};
};

std::string header(const std::string& message, const std::string& name) {
  const auto at = message.find("\r\n" + name + ": ");
  if (at == std::string::npos) return {};
  const auto begin = at + name.size() + 4;
  return message.substr(begin, message.find("\r\n", begin) - begin);
}

struct Request {
  std::string method = "INVITE", branch = "z9hG4bK1", call_id = "one@test",
              from = "sip:+48601222333@trunk.example", to_tag = {}, more = {}, cseq = {}, via = {},
              uri = "sip:120000000@127.0.0.1";
};

std::string text_of(const Request& r, const Phone& phone, bool tcp = false) {
  return fmt::format(
      "{} {} SIP/2.0\r\nVia: SIP/2.0/{} 127.0.0.1:{};branch={};rport{}\r\nMax-Forwards: 70\r\nFrom: "
      "<{}>;tag=abc\r\n"
      "To: <sip:120000000@127.0.0.1>{}\r\nCall-ID: {}\r\nCSeq: 1 {}\r\nContact: <sip:x@127.0.0.1:{}>\r\n{}"
      "Content-Length: 0\r\n\r\n",
      r.method, r.uri, tcp ? "TCP" : "UDP", phone.port(), r.branch, r.via, r.from, r.to_tag, r.call_id,
      r.cseq.empty() ? r.method : r.cseq, phone.port(), r.more);
}

struct Sip : ::testing::Test {
  Handler handler;
  std::unique_ptr<SipServer> server;

  void open(SipServerOptions options = {}) {
    options.listen = "127.0.0.1:0";
    auto opened = SipServer::open(std::move(options), handler);
    ASSERT_TRUE(opened) << opened.error().what;
    server = std::move(*opened);
  }
};

const SipAnswer kDecline{603, "Decline", {{"Reason", "Q.850;cause=21;text=\"x\""}}};

TEST_F(Sip, ACallGetsTheAnswerOfItsHandler) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({.more = "P-Asserted-Identity: <sip:a@b>, <tel:+48601>\r\nPrivacy: none\r\n"}, phone));
  auto call = handler.next_invited();
  EXPECT_EQ(call.invite.from, "sip:+48601222333@trunk.example");
  EXPECT_EQ(call.invite.call_id, "one@test");
  EXPECT_EQ(call.invite.source, "127.0.0.1");
  EXPECT_EQ(call.invite.request_uri, "sip:120000000@127.0.0.1");
  EXPECT_EQ(call.invite.asserted, (std::vector<std::string>{"<sip:a@b>", "<tel:+48601>"}));
  EXPECT_EQ(call.invite.privacy, "none");
  std::move(call.reply).send(kDecline);
  const std::string answer = phone.receive();
  EXPECT_TRUE(answer.starts_with("SIP/2.0 603 Decline\r\n")) << answer;
  EXPECT_EQ(header(answer, "Reason"), "Q.850;cause=21;text=\"x\"");
  EXPECT_NE(header(answer, "To").find(";tag="), std::string::npos);
  EXPECT_EQ(header(answer, "Call-ID"), "one@test");
  EXPECT_EQ(server->counts().answered, 1);
}

TEST_F(Sip, TheSameInviteAgainIsTheSameCall) {
  open();
  Phone phone(server->bound_port());
  const std::string invite = text_of({}, phone);
  phone.send(invite);
  auto call = handler.next_invited();
  phone.send(invite);
  std::move(call.reply).send(kDecline);
  const std::string first = phone.receive();
  phone.send(invite);
  EXPECT_EQ(phone.receive(), first);
  EXPECT_EQ(phone.receive(2s), first);  // nobody has acknowledged it
  phone.send(text_of({.method = "ACK", .to_tag = ";tag=x"}, phone));
  phone.receive(100ms);
  EXPECT_EQ(phone.receive(1200ms), "");
  EXPECT_TRUE(handler.none());
  EXPECT_EQ(server->counts().invites, 1);
}

TEST_F(Sip, WhoeverWaitsIsToldThatItGoesOn) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  auto call = handler.next_invited();
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 100 Trying\r\n"));
  std::move(call.reply).send(kDecline);
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 603 "));
}

TEST_F(Sip, WhoHangsUpBeforeTheDecisionIsKeptSoAndGets487) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  auto call = handler.next_invited();
  EXPECT_FALSE(call.reply.cancelled());
  phone.send(text_of({.method = "CANCEL"}, phone));
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 200 OK\r\n"));
  for (int i = 0; i < 100 && !call.reply.cancelled(); ++i) std::this_thread::sleep_for(10ms);
  EXPECT_TRUE(call.reply.cancelled());
  std::move(call.reply).send({487, "Request Terminated", {}, true});
  const std::string answer = phone.receive();
  EXPECT_TRUE(answer.starts_with("SIP/2.0 487 ")) << answer;
  EXPECT_NE(header(answer, "CSeq").find("INVITE"), std::string::npos);
  EXPECT_EQ(server->counts().cancelled, 1);
}

TEST_F(Sip, WhoHangsUpAfterTheDecisionIsAskedAboutAgain) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  auto call = handler.next_invited();
  phone.send(text_of({.method = "CANCEL"}, phone));
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 200 "));
  std::move(call.reply).send(kDecline);  // it was decided before
  auto again = handler.next_hung_up();
  EXPECT_EQ(again.invite.call_id, "one@test");
  std::move(again.reply).send({487, "Request Terminated", {}, true});
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 487 "));
  // Too late: the answer stands.
  phone.send(text_of({.branch = "z9hG4bK2", .call_id = "two"}, phone));
  std::move(handler.next_invited().reply).send(kDecline);
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 603 "));
  phone.send(text_of({.method = "CANCEL", .branch = "z9hG4bK2", .call_id = "two"}, phone));
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 200 "));
  EXPECT_TRUE(handler.none());
}

TEST_F(Sip, WhatWasAnsweredAtAnotherTelephoneIsTold) {
  open();
  Phone phone(server->bound_port());
  int n = 0;
  for (const auto& [reason, elsewhere] : std::vector<std::pair<std::string, bool>>{
           {"Reason: SIP;cause=200;text=\"Call completed elsewhere\"\r\n", true},
           {"reason : Q.850;cause=16, sip ; text=\"x\" ; cause=200\r\n", true},
           {"Reason: SIP;cause=487\r\n", false},
           {"Reason: Q.850;cause=200\r\n", false},
           {"", false}}) {
    const std::string branch = fmt::format("z9hG4bKe{}", ++n), id = fmt::format("e{}", n);
    phone.send(text_of({.branch = branch, .call_id = id}, phone));
    auto call = handler.next_invited();
    phone.send(text_of({.method = "CANCEL", .branch = branch, .call_id = id, .more = reason}, phone));
    EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 200 "));
    for (int i = 0; i < 100 && !call.reply.cancelled(); ++i) std::this_thread::sleep_for(10ms);
    EXPECT_TRUE(call.reply.cancelled()) << reason;
    EXPECT_EQ(call.reply.answered_elsewhere(), elsewhere) << reason;
    std::move(call.reply).send({487, "Request Terminated", {}, true});
    EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 487 "));
    phone.send(text_of({.method = "ACK", .branch = branch, .call_id = id}, phone));
  }
}

TEST_F(Sip, WhatIsNoCallIsAnsweredAtOnce) {
  open();
  Phone phone(server->bound_port());
  int n = 0;
  const auto ask = [&](Request r) {
    r.branch = fmt::format("z9hG4bKa{}", ++n);
    phone.send(text_of(r, phone));
    const std::string answer = phone.receive(1s);
    return answer.substr(0, answer.find("\r\n"));
  };
  EXPECT_EQ(ask({.method = "OPTIONS"}), "SIP/2.0 200 OK");
  EXPECT_EQ(ask({.method = "MESSAGE"}), "SIP/2.0 405 Method Not Allowed");
  EXPECT_EQ(ask({.method = "REGISTER"}), "SIP/2.0 405 Method Not Allowed");
  EXPECT_EQ(ask({.method = "DANCE"}), "SIP/2.0 501 Not Implemented");
  EXPECT_EQ(ask({.method = "BYE", .to_tag = ";tag=x"}), "SIP/2.0 481 Call Does Not Exist");
  EXPECT_EQ(ask({.method = "CANCEL"}), "SIP/2.0 481 Call Does Not Exist");
  EXPECT_EQ(ask({.to_tag = ";tag=x"}), "SIP/2.0 481 Call Does Not Exist");
  EXPECT_EQ(ask({.more = "Require: 100rel\r\n"}), "SIP/2.0 420 Bad Extension");
  EXPECT_EQ(ask({.uri = "mailto:a@b.example"}), "SIP/2.0 416 Unsupported URI Scheme");
  EXPECT_EQ(ask({.cseq = "OPTIONS"}), "SIP/2.0 400 CSeq Mismatch");
  EXPECT_EQ(ask({.more = "Call-ID: another\r\n"}), "SIP/2.0 400 Repeated Header");
  EXPECT_EQ(ask({.more = "i: another\r\n"}), "SIP/2.0 400 Repeated Header");
  EXPECT_EQ(ask({.from = "sip:flood@x"}), "SIP/2.0 480 Temporarily Unavailable");
  EXPECT_EQ(ask({.method = "ACK"}), "");
  EXPECT_EQ(ask({.via = ";maddr=127.0.0.2"}), "");
  EXPECT_TRUE(handler.none());
  EXPECT_EQ(server->counts().refused, 1);
}

TEST_F(Sip, ArbitraryBytesAreCountedAndDropped) {
  open();
  Phone phone(server->bound_port());
  const auto before = server->counts().malformed;
  for (const char* bytes :
       {"garbage", "\r\n\r\n\r\n", "INVITE sip:x SIP/2.0\r\n", "INVITE sip:x SIP/3.0\r\nVia: x\r\n\r\n",
        "SIP/2.0 200 OK\r\n\r\n", "INVITE sip:a@b SIP/2.0\r\n\r\n"})
    phone.send(bytes);
  EXPECT_EQ(phone.receive(300ms), "");
  EXPECT_GE(server->counts().malformed - before, 3);
  phone.send(text_of({.method = "OPTIONS"}, phone));
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 200 "));
}

TEST_F(Sip, TcpInPiecesAndSeveralAtOnce) {
  open();
  Phone phone(server->bound_port(), true);
  const std::string one = text_of({.branch = "z9hG4bKt1", .call_id = "t1"}, phone, true);
  for (const char c : one) phone.send(std::string(1, c));
  phone.send(text_of({.branch = "z9hG4bKt2", .call_id = "t2"}, phone, true) + "\r\n\r\n" +
             text_of({.method = "OPTIONS", .branch = "z9hG4bKt3", .call_id = "t3"}, phone, true));
  auto first = handler.next_invited(), second = handler.next_invited();
  EXPECT_EQ(first.invite.transport, "tcp");
  std::move(second.reply).send(kDecline);
  std::move(first.reply).send(kDecline);
  std::string all;
  for (int i = 0; i < 20 && (all.find("Call-ID: t1") == std::string::npos ||
                             all.find("Call-ID: t2") == std::string::npos ||
                             all.find("Call-ID: t3") == std::string::npos);
       ++i)
    all += phone.receive(500ms);
  EXPECT_NE(all.find("SIP/2.0 603 Decline"), std::string::npos);
  EXPECT_NE(all.find("SIP/2.0 200 OK"), std::string::npos);
  EXPECT_NE(all.find("Call-ID: t2"), std::string::npos);
}

TEST_F(Sip, OnlyPeersMayCall) {
  open({.peers = {"192.0.2.1"}});
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 403 "));
  EXPECT_EQ(server->counts().strangers, 1);
  EXPECT_TRUE(handler.none());
}

TEST_F(Sip, TooManyThatWaitAreSentAway) {
  open({.pending_max = 1});
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  auto call = handler.next_invited();
  phone.send(text_of({.branch = "z9hG4bK2", .call_id = "two"}, phone));
  std::string answer = phone.receive();
  if (answer.starts_with("SIP/2.0 100")) answer = phone.receive();
  EXPECT_TRUE(answer.starts_with("SIP/2.0 503 ")) << answer;
  EXPECT_EQ(header(answer, "Retry-After"), "10");
  std::move(call.reply).send(kDecline);
}

TEST_F(Sip, StoppingWaitsForAnswersAndLateOnesGoNowhere) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  phone.send(text_of({.branch = "z9hG4bK2", .call_id = "two"}, phone));
  auto first = handler.next_invited();
  auto second = std::make_unique<Handler::Call>(handler.next_invited());
  std::thread answers([&] {
    std::this_thread::sleep_for(50ms);
    std::move(first.reply).send(kDecline);
  });
  server->stop(300ms);
  answers.join();
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 "));
  std::move(second->reply).send(kDecline);
  second.reset();
  server.reset();
  // And once more in the same process.
  open();
  Phone other(server->bound_port());
  other.send(text_of({.method = "OPTIONS"}, other));
  EXPECT_TRUE(other.receive().starts_with("SIP/2.0 200 "));
}

TEST_F(Sip, ADroppedReplyIs500) {
  open();
  Phone phone(server->bound_port());
  phone.send(text_of({}, phone));
  { const auto call = handler.next_invited(); }
  EXPECT_TRUE(phone.receive().starts_with("SIP/2.0 500 "));
}

TEST_F(Sip, ManyThreadsMayAnswer) {
  open();
  Phone phone(server->bound_port());
  constexpr int kCalls = 200;
  std::vector<std::thread> threads;
  std::thread caller([&] {
    for (int i = 0; i < kCalls; ++i) {
      phone.send(text_of({.branch = fmt::format("z9hG4bKm{}", i), .call_id = fmt::format("m{}", i)}, phone));
      std::this_thread::sleep_for(1ms);
    }
  });
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      for (int i = 0; i < kCalls / 4; ++i) std::move(handler.next_invited().reply).send(kDecline);
    });
  }
  caller.join();
  for (auto& thread : threads) thread.join();
  std::map<std::string, int> answered;
  for (std::string answer = phone.receive(); !answer.empty() && answered.size() < kCalls;
       answer = phone.receive(1s)) {
    if (answer.starts_with("SIP/2.0 603")) ++answered[header(answer, "Call-ID")];
  }
  EXPECT_EQ(answered.size(), static_cast<std::size_t>(kCalls));
}

// A registrar that says what the test wants; Kamailio stands in the black-box tests.
struct Registering : Sip {
  Phone registrar{nullptr};

  void open_registering() {
    SipServerOptions options;
    options.registration =
        SipRegistrationOptions{fmt::format("sip:127.0.0.1:{}", registrar.port()), "hejnal", "", "geheim"};
    options.registration->pause_first = 50ms;
    open(std::move(options));
  }
  // Headers of an answer to `request`.
  static std::string answer(const std::string& request, const std::string& status,
                            const std::string& more = {}) {
    return fmt::format(
        "SIP/2.0 {}\r\nVia: {}\r\nFrom: {}\r\nTo: {};tag=r\r\nCall-ID: {}\r\nCSeq: {}\r\n{}Content-Length: "
        "0\r\n\r\n",
        status, header(request, "Via"), header(request, "From"), header(request, "To"),
        header(request, "Call-ID"), header(request, "CSeq"), more);
  }
  std::string next_register() {
    for (int i = 0; i < 50; ++i) {
      const std::string request = registrar.receive();
      if (request.starts_with("REGISTER ")) return request;
    }
    ADD_FAILURE() << "no REGISTER came";
    return {};
  }
  bool becomes(bool registered) {
    for (int i = 0; i < 300; ++i) {
      if (server->registration()->registered == registered) return true;
      std::this_thread::sleep_for(10ms);
    }
    return false;
  }
};

TEST_F(Registering, ItAnswersAChallengeAndRegistersAgainInTime) {
  open_registering();
  std::string asked = next_register();
  EXPECT_EQ(header(asked, "Authorization"), "");
  registrar.reply(answer(asked, "401 Unauthorized",
                         "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\", qop=\"auth\"\r\n"));
  asked = next_register();
  const std::string credentials = header(asked, "Authorization");
  EXPECT_NE(credentials.find("username=\"hejnal\""), std::string::npos) << credentials;
  EXPECT_EQ(credentials.find("geheim"), std::string::npos);
  registrar.reply(answer(asked, "200 OK",
                         "Contact: <sip:other@x>;expires=9, " + header(asked, "Contact") +
                             "\r\nContact: <sip:hejnal@y>;expires=3\r\n"));
  ASSERT_TRUE(becomes(true));
  EXPECT_EQ(server->registration()->expires, 3s);
  asked = next_register();  // after two of the three seconds
  EXPECT_NE(header(asked, "CSeq"), "1 REGISTER");
  registrar.reply(answer(asked, "200 OK", "Expires: 600\r\n"));
  std::this_thread::sleep_for(50ms);
  EXPECT_EQ(server->registration()->expires, 600s);
  // Stopping takes it back.
  std::thread stopping([&] { server->stop(100ms); });
  asked = next_register();
  EXPECT_NE(header(asked, "Contact").find("expires=0"), std::string::npos);
  registrar.reply(answer(asked, "200 OK"));
  stopping.join();
}

TEST_F(Registering, AFailureIsToldAndTriedAgain) {
  open_registering();
  registrar.reply(answer(next_register(), "403 Forbidden"));
  const std::string again = next_register();
  EXPECT_FALSE(server->registration()->registered);
  EXPECT_EQ(server->registration()->last_error, "the registrar says 403 Forbidden");
  registrar.reply(answer(again, "423 Interval Too Brief", "Min-Expires: 1800\r\n"));
  const std::string longer = next_register();
  EXPECT_NE(header(longer, "Contact").find("expires=1800"), std::string::npos);
  registrar.reply(answer(longer, "200 OK"));
  ASSERT_TRUE(becomes(true));
  EXPECT_EQ(server->registration()->last_error, "");
  EXPECT_EQ(server->registration()->expires, 1800s);
}

TEST_F(Registering, AWrongPasswordIsNotTriedTwiceInARow) {
  open_registering();
  registrar.reply(
      answer(next_register(), "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n1\"\r\n"));
  registrar.reply(
      answer(next_register(), "401 Unauthorized", "WWW-Authenticate: Digest realm=\"r\", nonce=\"n2\"\r\n"));
  std::this_thread::sleep_for(20ms);
  EXPECT_EQ(server->registration()->last_error, "the registrar does not accept this user and password");
}

TEST(SipListen, AnAddressThatIsNoneOrTakenIsTold) {
  Handler handler;
  SipServerOptions options;
  options.listen = "nonsense";
  auto opened = SipServer::open(options, handler);
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error().fault, Fault::malformed);
  Phone taken(nullptr);
  options.listen = fmt::format("127.0.0.1:{}", taken.port());
  opened = SipServer::open(options, handler);
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().what.find("cannot listen"), std::string::npos) << opened.error().what;
}

}  // namespace
}  // namespace hejnal::net

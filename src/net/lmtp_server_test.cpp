// The LMTP server on real sockets. The intake keeps messages in memory and answers when the test says so.
#include "net/lmtp_server.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>

#include <condition_variable>
#include <mutex>
#include <thread>

#include "net/detail/test_socket.hpp"

namespace hejnal::net {
namespace {

class Intake : public ports::MailIntake {
 public:
  void accept(ports::Delivery delivery, std::function<void(Status)> done) override {
    std::function<void(Status)> answer_now;
    {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(delivery));
      if (hold_) {
        held_.push_back(std::move(done));
      } else {
        answer_now = std::move(done);
      }
      changed_.notify_all();
    }
    if (answer_now) answer_now(answer_);
  }

  void hold() { hold_ = true; }
  void answer_with(Status status) { answer_ = std::move(status); }
  void release() {
    std::vector<std::function<void(Status)>> held;
    {
      const std::lock_guard lock(mutex_);
      held.swap(held_);
    }
    for (auto& done : held) done(answer_);
  }
  bool wait_for(std::size_t messages) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, 5s, [&] { return kept_.size() >= messages; });
  }
  std::size_t count() {
    const std::lock_guard lock(mutex_);
    return kept_.size();
  }
  ports::Delivery at(std::size_t i) {
    const std::lock_guard lock(mutex_);
    return kept_.at(i);
  }

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<ports::Delivery> kept_;
  std::vector<std::function<void(Status)>> held_;
  bool hold_ = false;
  Status answer_;
};

constexpr const char* kLast = "250 SIZE 26214400\r\n";

class LmtpServerTest : public testing::Test {
 protected:
  void start(LmtpServerOptions options = {}) {
    if (options.listen == LmtpServerOptions{}.listen) options.listen = "127.0.0.1:0";
    auto opened = LmtpServer::open(thread_, intake_, std::move(options));
    ASSERT_TRUE(opened) << opened.error().what;
    server_ = std::move(*opened);
  }
  TestSocket greeted() {
    TestSocket socket(server_->bound_port());
    socket.send("LHLO test\r\n");
    EXPECT_NE(socket.until(kLast).find(kLast), std::string::npos);
    return socket;
  }

  Intake intake_;
  IoThread thread_;
  std::unique_ptr<LmtpServer> server_;
};

std::string message(std::string_view body) {
  return "MAIL FROM:<a@b>\r\nRCPT TO:<c@d>\r\nRCPT TO:<e@f>\r\nDATA\r\n" + std::string(body) + "\r\n.\r\n";
}

TEST_F(LmtpServerTest, KeepsPipelinedMessages) {
  start();
  TestSocket socket = greeted();
  socket.send(message("one") + message("..two") + "QUIT\r\n");
  const std::string answers = socket.rest();
  EXPECT_TRUE(answers.ends_with("250 2.6.0 kept\r\n250 2.6.0 kept\r\n221 2.0.0 bye\r\n")) << answers;
  ASSERT_EQ(intake_.count(), 2u);
  EXPECT_EQ(intake_.at(0).bytes, "one\r\n");
  EXPECT_EQ(intake_.at(1).bytes, ".two\r\n");
  EXPECT_EQ(intake_.at(1).mail_from, "a@b");
  EXPECT_EQ(intake_.at(1).rcpt_to, (std::vector<std::string>{"c@d", "e@f"}));
  EXPECT_EQ(intake_.at(1).via, "lmtp");
}

TEST_F(LmtpServerTest, SaysNothingBeforeTheMessageIsKept) {
  start();
  intake_.hold();
  TestSocket socket = greeted();
  socket.send(message("x"));
  ASSERT_TRUE(intake_.wait_for(1));
  EXPECT_EQ(socket.until("kept", 100ms).find("kept"), std::string::npos);
  intake_.release();
  EXPECT_NE(socket.until("kept\r\n").find("250 2.6.0 kept"), std::string::npos);
}

TEST_F(LmtpServerTest, PassesRefusalsOn) {
  start();
  intake_.answer_with(fail(Fault::retry_later, "the disk is full"));
  TestSocket socket = greeted();
  socket.send(message("x") + "QUIT\r\n");
  EXPECT_NE(socket.rest().find("451 4.3.0 the disk is full\r\n451 4.3.0 the disk is full\r\n221"),
            std::string::npos);
}

TEST_F(LmtpServerTest, ServesAUnixSocketAndReplacesAStaleOne) {
  const std::string path = testing::TempDir() + "hejnal-lmtp-" + std::to_string(::getpid()) + ".sock";
  {
    const int stale = ::socket(AF_UNIX, SOCK_STREAM, 0);
    sockaddr_un address = {};
    address.sun_family = AF_UNIX;
    path.copy(address.sun_path, sizeof address.sun_path - 1);
    ASSERT_EQ(::bind(stale, reinterpret_cast<const sockaddr*>(&address), sizeof address), 0);
    ::close(stale);
  }
  LmtpServerOptions options;
  options.listen = "unix:" + path;
  start(options);
  EXPECT_FALSE(LmtpServer::open(thread_, intake_, options));  // a living one is not replaced
  TestSocket socket(path);
  socket.send("LHLO x\r\n" + message("x") + "QUIT\r\n");
  EXPECT_NE(socket.rest().find("250 2.6.0 kept"), std::string::npos);
  server_->stop(1s);
  struct stat info = {};
  EXPECT_NE(::stat(path.c_str(), &info), 0);
}

TEST_F(LmtpServerTest, ShowsSlowClientsTheDoor) {
  LmtpServerOptions options;
  options.limits.command_timeout = 200ms;
  options.limits.data_timeout = 300ms;
  start(options);
  TestSocket dripping(server_->bound_port());
  TestSocket silent = greeted();
  TestSocket in_data = greeted();
  in_data.send("MAIL FROM:<>\r\nRCPT TO:<a@b>\r\nDATA\r\nhalf");
  for (int i = 0; i < 6 && dripping.send("L"); ++i) std::this_thread::sleep_for(50ms);
  EXPECT_NE(dripping.rest().find("421 4.4.2"), std::string::npos);
  EXPECT_NE(silent.rest().find("421 4.4.2"), std::string::npos);
  EXPECT_NE(in_data.rest().find("421 4.4.2"), std::string::npos);
  EXPECT_EQ(intake_.count(), 0u);
}

TEST_F(LmtpServerTest, LimitsConnections) {
  LmtpServerOptions options;
  options.connections = 2;
  start(options);
  TestSocket one = greeted();
  {
    TestSocket two = greeted();
    TestSocket three(server_->bound_port());
    EXPECT_EQ(three.rest(), "421 4.3.2 too many connections\r\n");
    two.send("QUIT\r\n");
    two.rest();
  }
  for (int i = 0; i < 100; ++i) {  // a place becomes free soon after the other has gone
    TestSocket again(server_->bound_port());
    if (again.until("\r\n").starts_with("220")) return;
    std::this_thread::sleep_for(20ms);
  }
  FAIL() << "no place became free";
}

TEST_F(LmtpServerTest, Serves32SendersAtOnce) {
  start();
  std::vector<std::thread> senders;
  for (int i = 0; i < 32; ++i) {
    senders.emplace_back([this] {
      TestSocket socket = greeted();
      for (int n = 0; n < 50; ++n) {
        socket.send(message(std::string(3000, 'x')));
        EXPECT_NE(socket.until("kept\r\n250 2.6.0 kept\r\n").find("kept"), std::string::npos);
      }
    });
  }
  for (std::thread& sender : senders) sender.join();
  EXPECT_EQ(intake_.count(), 32u * 50u);
}

TEST_F(LmtpServerTest, StopsPolitely) {
  start();
  intake_.hold();
  TestSocket idle = greeted();
  TestSocket busy = greeted();
  busy.send(message("x"));
  ASSERT_TRUE(intake_.wait_for(1));
  std::thread stopper([this] { server_->stop(5s); });
  EXPECT_EQ(idle.rest(), "421 4.3.2 shutting down\r\n");
  intake_.release();
  EXPECT_TRUE(busy.rest().ends_with("250 2.6.0 kept\r\n250 2.6.0 kept\r\n421 4.3.2 shutting down\r\n"));
  stopper.join();
}

TEST_F(LmtpServerTest, CutsWhatDoesNotEndAndBearsALateVerdict) {
  start();
  intake_.hold();
  TestSocket busy = greeted();
  busy.send(message("x"));
  ASSERT_TRUE(intake_.wait_for(1));
  server_->stop(50ms);
  EXPECT_EQ(busy.rest().find("kept"), std::string::npos);
  server_.reset();
  thread_.stop();
  intake_.release();  // nobody is there any more
}

TEST(LmtpServer, SaysWhatIsWrongWithAnAddress) {
  IoThread thread;
  Intake intake;
  for (const char* bad : {"", "2424", "127.0.0.1:no-port", "unix:"}) {
    LmtpServerOptions options;
    options.listen = bad;
    auto opened = LmtpServer::open(thread, intake, options);
    ASSERT_FALSE(opened) << bad;
    EXPECT_EQ(opened.error().fault, Fault::malformed) << bad;
  }
}

}  // namespace
}  // namespace hejnal::net

// The sender against a real Postfix, which hands everything on to our own LMTP server; and against a server
// that errs on purpose, for what a healthy Postfix never does.
#include "net/smtp_sender.hpp"

#include <gtest/gtest.h>
#include <poll.h>

#include <atomic>
#include <future>
#include <map>
#include <mutex>

#include "net/detail/test_daemon.hpp"
#include "net/detail/test_socket.hpp"
#include "net/lmtp_server.hpp"

namespace hejnal::net {
namespace {

using Outcome = ports::SendResult::Outcome;

ports::SendResult send_one(SmtpSender& sender, ports::OutgoingMail mail) {
  auto result = std::make_shared<std::promise<ports::SendResult>>();
  auto future = result->get_future();
  sender.send(std::move(mail), [result](ports::SendResult sent) { result->set_value(std::move(sent)); });
  if (future.wait_for(30s) != std::future_status::ready)
    return {Outcome::try_later, -1, "the test waited too long"};
  return future.get();
}

ports::OutgoingMail mail_to(const std::string& to, const std::string& body = "x\r\n") {
  return {"desk@ours.test", to, "From: desk@ours.test\r\nSubject: x\r\n\r\n" + body};
}

// --- A real Postfix ---

class Intake : public ports::MailIntake {
 public:
  void accept(ports::Delivery delivery, std::function<void(Status)> done) override {
    {
      const std::lock_guard lock(mutex_);
      kept_.push_back(std::move(delivery));
    }
    done({});
  }
  std::vector<ports::Delivery> kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }

 private:
  std::mutex mutex_;
  std::vector<ports::Delivery> kept_;
};

constexpr const char* kMainCf = R"(compatibility_level = 3.6
queue_directory = @/queue
data_directory = @/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
maillog_file = @/mail.log
maillog_file_prefixes = /tmp
myhostname = relay.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
default_transport = lmtp:inet:127.0.0.1:LMTP
smtpd_delay_reject = no
smtpd_sender_restrictions = check_sender_access inline:{ { banned@ours.test = 550 5.7.1 not from you } }
smtpd_relay_restrictions = permit_mynetworks, reject
smtpd_recipient_restrictions = check_recipient_access inline:{ { nobody@theirs.test = 550 5.1.1 no such user },
  { later@theirs.test = 450 4.2.1 later } }, permit_mynetworks, reject
)";
constexpr const char* kMasterCf = R"(127.0.0.1:SMTP inet n - n - - smtpd
cleanup   unix n - n - 0 cleanup
qmgr      unix n - n 300 1 qmgr
rewrite   unix - - n - - trivial-rewrite
bounce    unix - - n - 0 bounce
defer     unix - - n - 0 bounce
trace     unix - - n - 0 bounce
verify    unix - - n - 1 verify
proxymap  unix - - n - - proxymap
lmtp      unix - - n - - lmtp
error     unix - - n - - error
retry     unix - - n - - error
anvil     unix - - n - 1 anvil
postlog   unix-dgram n - n - 1 postlogd
)";

class WithPostfix : public testing::Test {
 protected:
  void SetUp() override {
    if (::geteuid() != 0 || !std::filesystem::exists("/usr/sbin/postfix"))
      GTEST_SKIP() << "needs root and postfix";
    LmtpServerOptions options;
    options.listen = "127.0.0.1:0";
    auto opened = LmtpServer::open(thread_, intake_, options);
    ASSERT_TRUE(opened);
    lmtp_ = std::move(*opened);
    for (const char* name : {"/etc", "/queue", "/data"})
      std::filesystem::create_directory(folder_.path() + name);
    ASSERT_TRUE(run("chown postfix " + folder_.path() + "/data"));
    const std::string main_cf = replace_all(kMainCf, "@/", folder_.path() + "/");
    folder_.write("etc/main.cf", replace_all(main_cf, "LMTP", std::to_string(lmtp_->bound_port())));
    folder_.write("etc/master.cf", replace_all(kMasterCf, "SMTP", std::to_string(port_)));
    ASSERT_TRUE(postfix("start"));
    ASSERT_TRUE(eventually([this] { return TestSocket(port_).until("\r\n").starts_with("220"); }));
  }
  void TearDown() override {
    if (lmtp_) postfix("stop");
  }
  bool postfix(const std::string& what) { return run("postfix -c " + folder_.path() + "/etc " + what); }
  SmtpSenderOptions options() const {
    SmtpSenderOptions options;
    options.url = "smtp://127.0.0.1:" + std::to_string(port_);
    options.host_name = "desk.test";
    return options;
  }

  TestFolder folder_;
  IoThread thread_;
  Intake intake_;
  std::unique_ptr<LmtpServer> lmtp_;
  int port_ = free_port();
};

TEST_F(WithPostfix, HandsOverEveryByte) {
  SmtpSender sender(options());
  const std::string body = ".\r\n..\r\n.x\r\nza\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87\r\n\r\nFrom here\r\n";
  const ports::SendResult sent = send_one(sender, mail_to("ewa@theirs.test", body));
  EXPECT_EQ(sent.outcome, Outcome::handed_over) << sent.text;
  EXPECT_EQ(sent.code, 250);
  EXPECT_TRUE(sent.text.starts_with("250 2.0.0 Ok: queued")) << sent.text;
  ports::OutgoingMail automatic = mail_to("ewa@theirs.test");
  automatic.envelope_from.clear();
  EXPECT_EQ(send_one(sender, automatic).outcome, Outcome::handed_over);
  ASSERT_TRUE(eventually([this] { return intake_.kept().size() == 2; })) << folder_.read("mail.log");
  std::vector<ports::Delivery> kept = intake_.kept();
  if (kept[0].mail_from.empty()) std::swap(kept[0], kept[1]);
  EXPECT_EQ(kept[0].mail_from, "desk@ours.test");
  EXPECT_EQ(kept[0].rcpt_to, std::vector<std::string>{"ewa@theirs.test"});
  EXPECT_TRUE(kept[0].bytes.ends_with("\r\n\r\n" + body)) << kept[0].bytes;
  EXPECT_NE(kept[0].bytes.find("from desk.test"), std::string::npos);
  EXPECT_EQ(kept[1].mail_from, "");
}

TEST_F(WithPostfix, TellsRecipientsFromOurMistakes) {
  SmtpSender sender(options());
  ports::SendResult sent = send_one(sender, mail_to("nobody@theirs.test"));
  EXPECT_EQ(sent.outcome, Outcome::refused);
  EXPECT_EQ(sent.code, 550);
  EXPECT_NE(sent.text.find("no such user"), std::string::npos) << sent.text;
  sent = send_one(sender, mail_to("later@theirs.test"));
  EXPECT_EQ(sent.outcome, Outcome::try_later);
  EXPECT_EQ(sent.code, 450);
  ports::OutgoingMail banned = mail_to("ewa@theirs.test");
  banned.envelope_from = "banned@ours.test";
  sent = send_one(sender, banned);
  EXPECT_EQ(sent.outcome, Outcome::our_mistake);
  EXPECT_EQ(sent.code, 550);
  EXPECT_EQ(send_one(sender, mail_to("ewa@theirs.test")).outcome, Outcome::handed_over);
}

TEST_F(WithPostfix, KeepsItsConnectionsAndBearsARestart) {
  SmtpSenderOptions two = options();
  two.threads = 2;
  SmtpSender sender(two);
  std::atomic<int> handed_over = 0;
  for (int i = 0; i < 60; ++i) {
    sender.send(mail_to("ewa@theirs.test"), [&](const ports::SendResult& sent) {
      if (sent.outcome == Outcome::handed_over) ++handed_over;
    });
  }
  ASSERT_TRUE(eventually([&] { return handed_over == 60; }, 30s));
  const std::string log = folder_.read("mail.log");
  int connections = 0;
  for (std::size_t at = 0; (at = log.find(": connect from", at)) != std::string::npos; ++at) ++connections;
  EXPECT_LE(connections, 4) << log;  // one was ours, to see that Postfix is there
  ASSERT_TRUE(postfix("stop"));
  EXPECT_EQ(send_one(sender, mail_to("ewa@theirs.test")).outcome, Outcome::try_later);
  ASSERT_TRUE(postfix("start"));
  ASSERT_TRUE(eventually([this] { return TestSocket(port_).until("\r\n").starts_with("220"); }));
  EXPECT_EQ(send_one(sender, mail_to("ewa@theirs.test")).outcome, Outcome::handed_over);
  EXPECT_TRUE(eventually([this] { return intake_.kept().size() == 61; }));
}

// --- A server with faults ---

// Faults: any command ("connect", "EHLO", "AUTH", "MAIL", "RCPT", "DATA", "." for the end of data) gets the
// reply that is set for it; an empty reply cuts the connection instead, "silence" says nothing for ever. What
// is not set is answered as a healthy server would. One client at a time.
class FaultyServer {
 public:
  explicit FaultyServer(std::map<std::string, std::string> replies) : replies_(std::move(replies)) {
    listener_ = ::socket(AF_INET, SOCK_STREAM, 0);
    const int yes = 1;
    ::setsockopt(listener_, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(static_cast<std::uint16_t>(port_));
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    ::bind(listener_, reinterpret_cast<const sockaddr*>(&address), sizeof address);
    ::listen(listener_, 10);
    thread_ = std::thread([this] { serve(); });
  }
  ~FaultyServer() {
    stop_ = true;
    thread_.join();
    ::close(listener_);
  }
  SmtpSenderOptions options() const {
    SmtpSenderOptions options;
    options.url = "smtp://127.0.0.1:" + std::to_string(port_);
    options.response_timeout = 1s;
    return options;
  }
  int messages() const { return messages_; }

 private:
  bool readable(int fd) const {
    pollfd wait = {fd, POLLIN, 0};
    while (!stop_) {
      if (::poll(&wait, 1, 20) > 0) return true;
    }
    return false;
  }
  bool answer(int fd, const std::string& what, const std::string& usual) {
    const auto set = replies_.find(what);
    const std::string reply = set == replies_.end() ? usual : set->second;
    if (reply == "silence") return true;
    if (reply.empty()) return false;
    return ::send(fd, (reply + "\r\n").data(), reply.size() + 2, MSG_NOSIGNAL) > 0;
  }
  bool take_line(int fd, const std::string& line) {
    if (in_data_) {
      if (line != ".") return true;
      in_data_ = false;
      ++messages_;
      return answer(fd, ".", "250 2.0.0 kept");
    }
    const std::string verb = line.substr(0, 4);
    if (verb == "EHLO") return answer(fd, verb, "250 faulty");
    if (verb == "QUIT") return false;
    if (verb == "DATA") {
      const auto set = replies_.find("DATA");
      in_data_ = set == replies_.end();
      return answer(fd, verb, "354 go on");
    }
    return answer(fd, verb, "250 fine");
  }
  void serve() {
    while (readable(listener_)) {
      const int fd = ::accept(listener_, nullptr, nullptr);
      in_data_ = false;
      std::string input;
      bool open = answer(fd, "connect", "220 faulty");
      while (open && readable(fd)) {
        char bytes[4096];
        const ssize_t size = ::recv(fd, bytes, sizeof bytes, 0);
        if (size <= 0) break;
        input.append(bytes, static_cast<std::size_t>(size));
        for (std::size_t end; open && (end = input.find("\r\n")) != std::string::npos;
             input.erase(0, end + 2)) {
          open = take_line(fd, input.substr(0, end));
        }
      }
      ::close(fd);
    }
  }

  const std::map<std::string, std::string> replies_;
  const int port_ = free_port();
  int listener_ = -1;
  bool in_data_ = false;
  std::atomic<int> messages_ = 0;
  std::atomic<bool> stop_ = false;
  std::thread thread_;
};

TEST(SmtpSender, MapsEachFaultToOneOutcome) {
  const std::string auth = "250-faulty\r\n250 AUTH PLAIN";
  struct Case {
    std::map<std::string, std::string> replies;
    Outcome outcome;
    int code;
  };
  const std::vector<Case> cases = {
      {{}, Outcome::handed_over, 250},
      {{{"connect", "554 5.7.1 not you"}}, Outcome::our_mistake, 554},
      {{{"connect", "421 4.3.2 full"}}, Outcome::try_later, 421},
      {{{"connect", ""}}, Outcome::try_later, 0},
      {{{"connect", "silence"}}, Outcome::try_later, 0},
      {{{"EHLO", auth}, {"AUTH", "535 5.7.8 wrong"}}, Outcome::our_mistake, 535},
      {{{"EHLO", auth}, {"AUTH", "454 4.7.0 later"}}, Outcome::try_later, 454},
      {{{"EHLO", auth}, {"AUTH", "235 2.7.0 fine"}}, Outcome::handed_over, 250},
      {{{"MAIL", "550 5.7.1 no"}}, Outcome::our_mistake, 550},
      {{{"MAIL", "451 4.3.0 later"}}, Outcome::try_later, 451},
      {{{"RCPT", "550 5.1.1 no"}}, Outcome::refused, 550},
      {{{"RCPT", "452 4.2.2 full"}}, Outcome::try_later, 452},
      {{{"RCPT", ""}}, Outcome::try_later, 0},
      {{{"RCPT", "silence"}}, Outcome::try_later, 0},
      {{{"DATA", "554 5.5.1 no"}}, Outcome::refused, 554},
      {{{".", "554 5.6.0 spam"}}, Outcome::refused, 554},
      {{{".", "451 4.3.0 later"}}, Outcome::try_later, 451},
      {{{".", ""}}, Outcome::try_later, 0},
      {{{".", "silence"}}, Outcome::try_later, 0},
  };
  for (const Case& c : cases) {
    const std::string name =
        c.replies.empty() ? "none" : c.replies.rbegin()->first + " " + c.replies.rbegin()->second;
    SCOPED_TRACE(name + (c.replies.contains("AUTH") ? " " + c.replies.at("AUTH") : ""));
    FaultyServer server(c.replies);
    SmtpSenderOptions options = server.options();
    if (c.replies.contains("AUTH")) {
      options.user = "desk";
      options.password = "secret";
    }
    SmtpSender sender(options);
    const ports::SendResult sent = send_one(sender, mail_to("ewa@theirs.test"));
    EXPECT_EQ(sent.outcome, c.outcome) << sent.text;
    EXPECT_EQ(sent.code, c.code) << sent.text;
    EXPECT_FALSE(sent.text.empty());
  }
}

TEST(SmtpSender, NeedsTlsWhereItIsRequired) {
  FaultyServer server({});
  SmtpSenderOptions options = server.options();
  options.starttls = StartTls::require;
  SmtpSender sender(options);
  EXPECT_EQ(send_one(sender, mail_to("ewa@theirs.test")).outcome, Outcome::try_later);
  EXPECT_EQ(server.messages(), 0);
}

TEST(SmtpSender, RefusesAddressesThatCouldSayMore) {
  FaultyServer server({});
  SmtpSender sender(server.options());
  EXPECT_EQ(send_one(sender, mail_to("a@b>\r\nRCPT TO:<c@d")).outcome, Outcome::refused);
  EXPECT_EQ(send_one(sender, mail_to("")).outcome, Outcome::refused);
  ports::OutgoingMail mail = mail_to("a@b");
  mail.envelope_from = "a\n@b";
  EXPECT_EQ(send_one(sender, mail).outcome, Outcome::our_mistake);
}

TEST(SmtpSender, TriesLaterWhereNobodyListens) {
  SmtpSenderOptions options;
  options.url = "smtp://127.0.0.1:" + std::to_string(free_port());
  SmtpSender sender(options);
  const ports::SendResult sent = send_one(sender, mail_to("ewa@theirs.test"));
  EXPECT_EQ(sent.outcome, Outcome::try_later);
  EXPECT_EQ(sent.code, 0);
}

TEST(SmtpSender, BoundsItsQueueAndStopsInTime) {
  const std::map<std::string, std::string> mute = {{"connect", "silence"}};
  FaultyServer server(mute);
  SmtpSenderOptions options = server.options();
  options.response_timeout = 60s;
  options.threads = 1;
  options.queue = 2;
  SmtpSender sender(options);
  std::atomic<int> later = 0;
  for (int i = 0; i < 10; ++i) {
    sender.send(mail_to("ewa@theirs.test"), [&](const ports::SendResult& sent) {
      if (sent.outcome == Outcome::try_later) ++later;
    });
    if (i == 0) std::this_thread::sleep_for(200ms);  // the first is under way
  }
  EXPECT_EQ(later, 7);
  const auto start = std::chrono::steady_clock::now();
  sender.stop(100ms);
  EXPECT_LT(std::chrono::steady_clock::now() - start, 5s);
  EXPECT_EQ(later, 10);
}

}  // namespace
}  // namespace hejnal::net

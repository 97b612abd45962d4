// The watcher against a real Dovecot. Each test has a mailbox of its own and a second client that delivers
// and meddles.
#include "net/imap_client.hpp"

#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <mutex>

#include "net/detail/test_daemon.hpp"
#include "net/detail/test_socket.hpp"

namespace hejnal::net {
namespace {

constexpr const char* kConfig = R"(base_dir = @/run
state_dir = @/run
log_path = @/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <@/cert.pem
ssl_key = <@/key.pem
disable_plaintext_auth = no
mail_location = maildir:@/mail/%u
mail_uid = nobody
mail_gid = nogroup
first_valid_uid = 1
default_internal_user = nobody
default_login_user = nobody
default_internal_group = nogroup
passdb {
  driver = static
  args = password=secret
}
userdb {
  driver = static
  args = uid=nobody gid=nogroup home=@/mail/%u
}
service imap-login {
  chroot =
  inet_listener imap {
    port = IMAP
  }
  inet_listener imaps {
    port = TLS
    ssl = yes
  }
}
service anvil {
  chroot =
}
)";

class Dovecot {
 public:
  explicit Dovecot(const std::string& more = {}) {
    std::filesystem::create_directory(folder_.path() + "/mail");
    run("chown nobody " + folder_.path() + "/mail");
    run("openssl req -x509 -newkey rsa:2048 -nodes -days 2 -subj /CN=localhost -addext "
        "subjectAltName=IP:127.0.0.1" +
        (" -keyout " + folder_.path()) + "/key.pem -out " + folder_.path() + "/cert.pem");
    std::string config = replace_all(kConfig, "@/", folder_.path() + "/");
    config = replace_all(config, "port = IMAP", "port = " + std::to_string(port));
    folder_.write("dovecot.conf",
                  replace_all(config, "port = TLS", "port = " + std::to_string(tls_port)) + more);
    start();
  }
  ~Dovecot() { run("doveadm -c " + folder_.path() + "/dovecot.conf stop"); }

  void start() {
    run("dovecot -c " + folder_.path() + "/dovecot.conf");
    eventually([this] { return TestSocket(port).until("\r\n").starts_with("* OK"); });
  }
  // Ends the processes that serve logged-in clients, as an out-of-memory killer would.
  int kill_sessions() const {
    const int master = std::stoi(folder_.read("run/master.pid"));
    int killed = 0;
    for (const auto& entry : std::filesystem::directory_iterator("/proc")) {
      std::ifstream file(entry.path() / "stat");
      int pid = 0, parent = 0;
      std::string name, state;
      if (!(file >> pid >> name >> state >> parent) || parent != master || name != "(imap)") continue;
      ::kill(pid, SIGKILL);
      ++killed;
    }
    return killed;
  }
  bool doveadm(const std::string& what) const {
    return run("doveadm -c " + folder_.path() + "/dovecot.conf " + what);
  }
  std::string ca_file() const { return folder_.path() + "/cert.pem"; }

  const int port = free_port();
  const int tls_port = free_port();

 private:
  TestFolder folder_;
};

// The other client of the mailbox.
class Other {
 public:
  Other(int port, const std::string& user) : socket_(port) {
    socket_.until("\r\n");
    command("LOGIN " + user + " secret");
    command("SELECT INBOX");
  }
  std::string command(const std::string& line) {
    const std::string tag = "q" + std::to_string(++tags_) + "q";
    socket_.send(tag + " " + line + "\r\n");
    return socket_.until(tag + " ").append(socket_.until("\r\n"));
  }
  void deliver(const std::string& body) {
    const std::string message = "Subject: x\r\n\r\n" + body + "\r\n";
    const std::string tag = "q" + std::to_string(++tags_);
    socket_.send(tag + " APPEND INBOX {" + std::to_string(message.size()) + "}\r\n");
    socket_.until("+ ");
    socket_.until("\r\n");
    socket_.send(message + "\r\n");
    const std::string answer = socket_.until(tag + " OK");
    EXPECT_TRUE(answer.ends_with(" OK")) << answer;
    socket_.until("\r\n");
  }

 private:
  TestSocket socket_;
  int tags_ = 0;
};

class Intake : public ports::MailIntake {
 public:
  void accept(ports::Delivery delivery, std::function<void(Status)> done) override {
    const std::lock_guard lock(mutex_);
    EXPECT_FALSE(delivery.has_envelope);
    EXPECT_EQ(delivery.via, "imap:INBOX");
    const std::size_t begin = delivery.bytes.find("\r\n\r\n");
    const std::string body = delivery.bytes.substr(begin + 4, delivery.bytes.size() - begin - 6);
    ++asked_;
    if (body == "never") {
      held_.push_back(std::move(done));
    } else if (body == "refuse") {
      done(fail(Fault::refused, "not this one"));
    } else if (later_ > 0) {
      --later_;
      done(fail(Fault::retry_later, "not now"));
    } else {
      kept_.push_back(body);
      done({});
    }
  }
  bool has(const std::vector<std::string>& bodies, Duration longest = 10s) {
    return eventually([&] { return kept() == bodies; }, longest);
  }
  std::vector<std::string> kept() {
    const std::lock_guard lock(mutex_);
    return kept_;
  }
  int asked() {
    const std::lock_guard lock(mutex_);
    return asked_;
  }
  void say_later(int times) { later_ = times; }

 private:
  std::mutex mutex_;
  std::vector<std::string> kept_;
  std::vector<std::function<void(Status)>> held_;
  int asked_ = 0;
  int later_ = 0;
};

class ImapWatcherTest : public testing::Test {
 protected:
  static void SetUpTestSuite() {
    if (possible()) server_ = std::make_unique<Dovecot>();
  }
  static void TearDownTestSuite() { server_.reset(); }
  static bool possible() { return ::geteuid() == 0 && std::filesystem::exists("/usr/sbin/dovecot"); }
  void SetUp() override {
    if (!possible()) GTEST_SKIP() << "needs root and dovecot";
    user_ = replace_all(testing::UnitTest::GetInstance()->current_test_info()->name(), "/", "-");
    std::transform(user_.begin(), user_.end(), user_.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? char(c + 32) : c; });
    other_ = std::make_unique<Other>(server_->port, user_);
  }

  ImapWatcherOptions options() const {
    ImapWatcherOptions options;
    options.url = "imap://127.0.0.1:" + std::to_string(server_->port);
    options.starttls = StartTls::none;
    options.user = user_;
    options.password = "secret";
    options.pause_first = 100ms;
    options.retry_every = 100ms;
    const std::lock_guard lock(mutex_);
    options.position = saved_;
    return options;
  }
  std::unique_ptr<ImapWatcher> start(const ImapWatcherOptions& options) {
    ImapWatcher::Callbacks callbacks;
    callbacks.save = [this](ImapPosition position) {
      const std::lock_guard lock(mutex_);
      saved_ = position;
    };
    callbacks.log = [this](const std::string& sentence) {
      const std::lock_guard lock(mutex_);
      log_ += sentence + "\n";
    };
    auto watcher = std::make_unique<ImapWatcher>(options, intake_, callbacks);
    EXPECT_TRUE(eventually([&] { return watcher->status().connected; })) << watcher->status().last_error;
    return watcher;
  }
  // By a new session: an old one may still show what it saw before.
  long messages_in_inbox(int port) const {
    const std::string all = Other(port, user_).command("UID SEARCH ALL");
    const std::string numbers = all.substr(0, all.find("\r\n"));
    return std::count(numbers.begin(), numbers.end(), ' ') - 1;  // "* SEARCH 1 2"
  }
  std::string log() const {
    const std::lock_guard lock(mutex_);
    return log_;
  }

  static std::unique_ptr<Dovecot> server_;
  std::string user_;
  std::unique_ptr<Other> other_;
  Intake intake_;
  mutable std::mutex mutex_;
  std::optional<ImapPosition> saved_;
  std::string log_;
};

std::unique_ptr<Dovecot> ImapWatcherTest::server_;

TEST_F(ImapWatcherTest, BeginsWithWhatComesFromNowOnAndIsWokenByIdle) {
  other_->deliver("old");
  auto watcher = start(options());
  std::this_thread::sleep_for(300ms);  // in IDLE
  other_->deliver("one");
  EXPECT_TRUE(intake_.has({"one"}, 2s));
  other_->deliver("two");
  EXPECT_TRUE(intake_.has({"one", "two"}, 2s));
  EXPECT_EQ(other_->command("FETCH 1:* FLAGS").find("\\Seen"), std::string::npos);
  EXPECT_LT(watcher->status().heard_nothing_for, 5s);
  EXPECT_EQ(watcher->status().last_error, "");
}

TEST_F(ImapWatcherTest, ComesBackAfterTheSessionWasKilledAndTakesNothingTwice) {
  auto watcher = start(options());
  other_->deliver("one");
  ASSERT_TRUE(intake_.has({"one"}));
  ASSERT_GE(server_->kill_sessions(), 1);
  other_ = std::make_unique<Other>(server_->port, user_);
  other_->deliver("two");
  other_->deliver("three");
  EXPECT_TRUE(intake_.has({"one", "two", "three"}));
  EXPECT_TRUE(eventually([&] { return watcher->status().connected; }));
  EXPECT_NE(log().find("connecting again"), std::string::npos);
  std::this_thread::sleep_for(300ms);
  EXPECT_EQ(intake_.asked(), 3);
}

TEST_F(ImapWatcherTest, GoesOnWhereItWasAndDoesNotLookAtFlags) {
  auto watcher = start(options());
  other_->deliver("one");
  ASSERT_TRUE(intake_.has({"one"}));
  watcher.reset();
  other_->deliver("two");
  other_->deliver("three");
  other_->deliver("gone");
  other_->command("STORE 2 +FLAGS (\\Seen)");
  other_->command("STORE 4 +FLAGS (\\Deleted)");
  other_->command("EXPUNGE");
  watcher = start(options());
  EXPECT_TRUE(intake_.has({"one", "two", "three"}));
  std::this_thread::sleep_for(200ms);
  EXPECT_EQ(intake_.asked(), 3);
}

TEST_F(ImapWatcherTest, ImportsWhatIsOlderWhenAsked) {
  other_->deliver("old");
  ImapWatcherOptions since = options();
  since.import_since = Instant{std::chrono::duration_cast<std::chrono::milliseconds>(
                                   std::chrono::system_clock::now().time_since_epoch())
                                   .count()} -
                       24h;
  auto watcher = start(since);
  other_->deliver("new");
  EXPECT_TRUE(intake_.has({"old", "new"}));
}

TEST_F(ImapWatcherTest, KeepsTheOrderWhenTheIntakeWantsItLater) {
  intake_.say_later(3);
  auto watcher = start(options());
  for (const char* body : {"one", "two", "three"}) other_->deliver(body);
  EXPECT_TRUE(intake_.has({"one", "two", "three"}));
  EXPECT_EQ(intake_.asked(), 6);
  EXPECT_NE(log().find("will be tried again: not now"), std::string::npos);
}

TEST_F(ImapWatcherTest, PassesOverWhatIsRefusedOrTooBig) {
  ImapWatcherOptions small = options();
  small.message_bytes = 1000;
  auto watcher = start(small);
  other_->deliver("refuse");
  other_->deliver(std::string(5000, 'x'));
  other_->deliver("one");
  EXPECT_TRUE(intake_.has({"one"}));
  EXPECT_NE(log().find("was refused and passed over: not this one"), std::string::npos) << log();
  EXPECT_NE(log().find("is too big and was passed over"), std::string::npos) << log();
}

TEST_F(ImapWatcherTest, FlagsAndMovesWhatWasKept) {
  ASSERT_NE(other_->command("CREATE Za&AUI-atwione").find("OK"), std::string::npos);
  ImapWatcherOptions tidy = options();
  tidy.mark_seen = true;
  tidy.move_to =
      "Za\xC5\x82"
      "atwione";
  auto watcher = start(tidy);
  other_->deliver("one");
  other_->deliver("refuse");
  other_->deliver("two");
  ASSERT_TRUE(intake_.has({"one", "two"}));
  EXPECT_TRUE(eventually([&] {
    const std::string status = other_->command("STATUS Za&AUI-atwione (MESSAGES UNSEEN)");
    return status.find("MESSAGES 2 UNSEEN 0") != std::string::npos;
  })) << log();
  EXPECT_TRUE(eventually([&] { return messages_in_inbox(server_->port) == 1; }));
}

TEST_F(ImapWatcherTest, BeginsAnewWhenTheMailboxDoes) {
  auto watcher = start(options());
  other_->deliver("one");
  ASSERT_TRUE(intake_.has({"one"}));
  const auto before = options().position;
  ASSERT_TRUE(server_->doveadm("mailbox update -u " + user_ + " --uid-validity 4242 INBOX"));
  server_->kill_sessions();
  ASSERT_TRUE(eventually([&] { return options().position->uidvalidity == 4242u; })) << log();
  EXPECT_NE(before->uidvalidity, 4242u);
  EXPECT_NE(log().find("UIDVALIDITY has changed"), std::string::npos);
  other_ = std::make_unique<Other>(server_->port, user_);
  other_->deliver("two");
  EXPECT_TRUE(intake_.has({"one", "two"}));
}

TEST_F(ImapWatcherTest, SpeaksTlsBothWays) {
  ImapWatcherOptions starttls = options();
  starttls.starttls = StartTls::require;
  starttls.ca_file = server_->ca_file();
  auto watcher = start(starttls);
  other_->deliver("one");
  EXPECT_TRUE(intake_.has({"one"}, 2s));
  watcher.reset();
  ImapWatcherOptions imaps = options();
  imaps.url = "imaps://127.0.0.1:" + std::to_string(server_->tls_port);
  imaps.ca_file = server_->ca_file();
  watcher = start(imaps);
  other_->deliver(std::string(300'000, 'x'));
  EXPECT_TRUE(intake_.has({"one", std::string(300'000, 'x')}, 2s));
}

TEST_F(ImapWatcherTest, SaysWhyItCannotConnect) {
  ImapWatcherOptions stranger = options();
  stranger.url = "imaps://127.0.0.1:" + std::to_string(server_->tls_port);  // its certificate is not trusted
  ImapWatcher watcher(stranger, intake_, {.save = [](ImapPosition) {}});
  EXPECT_TRUE(eventually([&] {
    return watcher.status().last_error.find("certificate") != std::string::npos;
  })) << watcher.status().last_error;
  EXPECT_FALSE(watcher.status().connected);
  ImapWatcherOptions wrong = options();
  wrong.password = "wrong";
  ImapWatcher second(wrong, intake_, {.save = [](ImapPosition) {}});
  EXPECT_TRUE(
      eventually([&] { return second.status().last_error.find("cannot log in") != std::string::npos; }));
}

TEST_F(ImapWatcherTest, StopsWhileTheIntakeThinks) {
  auto watcher = start(options());
  other_->deliver("never");
  ASSERT_TRUE(eventually([&] { return intake_.asked() == 1; }));
  const auto before = options().position;
  const auto start_time = std::chrono::steady_clock::now();
  watcher.reset();
  EXPECT_LT(std::chrono::steady_clock::now() - start_time, 2s);
  EXPECT_EQ(options().position->uid, before->uid);  // it will come again
}

TEST_F(ImapWatcherTest, AsksWhereIdleIsNotOffered) {
  Dovecot plain("imap_capability = IMAP4rev1 UIDPLUS\n");
  Other other(plain.port, user_);
  ImapWatcherOptions polling = options();
  polling.url = "imap://127.0.0.1:" + std::to_string(plain.port);
  polling.poll_every = 200ms;
  polling.mark_seen = true;
  polling.move_to = "Done";
  other.command("CREATE Done");
  auto watcher = start(polling);
  other.deliver("one");
  other.deliver("two");
  EXPECT_TRUE(intake_.has({"one", "two"}));
  EXPECT_TRUE(eventually([&] {
    return other.command("STATUS Done (MESSAGES)").find("MESSAGES 2") != std::string::npos;
  })) << log();
  EXPECT_TRUE(eventually([&] { return messages_in_inbox(plain.port) == 0; }));
}

}  // namespace
}  // namespace hejnal::net

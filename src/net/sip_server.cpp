#include "net/sip_server.hpp"

#include <fmt/format.h>
#include <pthread.h>

#include <array>
#include <atomic>
#include <chrono>
#include <cstdarg>
#include <cstdio>
#include <deque>
#include <future>
#include <mutex>
#include <thread>
#include <unordered_map>
#include <utility>

#include "base/check.hpp"
#include "net/detail/re.hpp"
#include "net/detail/sip_message.hpp"
#include "net/detail/sip_registration.hpp"

namespace {

std::atomic<std::int64_t> unreadable = 0;

}  // namespace

// libre writes a line to stderr for each packet that it cannot read, and has no way to be told not to. How
// many of them come is for strangers to decide, so we take this function's place and count instead.
extern "C" int re_fprintf(std::FILE*, const char* format, ...) {
  if (std::string_view(format).find("decode err") != std::string_view::npos)
    unreadable.fetch_add(1, std::memory_order_relaxed);
  return 0;
}

namespace hejnal::net {

namespace {

constexpr Duration kTryingAfter = 200ms, kGoodbye = 1s;
constexpr std::uint32_t kTransactionsHash = 4096, kConnectionsHash = 256;
constexpr int kFilesMax =
    4096;  // so many of the process's descriptors libre may use: its limit of connections

// What other threads have for the SIP thread. mqueue's pipe alone would lose words when it is full: it only
// wakes. Outlives the server for replies that are sent late.
class Inbox {
 public:
  struct Word {
    std::uint64_t serial = 0;
    ports::SipAnswer answer = {};
  };

  void open(mqueue* queue) {
    const std::lock_guard lock(mutex_);
    queue_ = queue;
  }
  void close() {
    const std::lock_guard lock(mutex_);
    queue_ = nullptr;
    words_.clear();
  }
  void put(Word word) {
    const std::lock_guard lock(mutex_);
    if (!queue_) return;
    words_.push_back(std::move(word));
    if (words_.size() == 1) mqueue_push(queue_, 0, nullptr);
  }
  void ask_to_stop() {
    const std::lock_guard lock(mutex_);
    if (queue_) mqueue_push(queue_, 1, nullptr);
  }
  std::deque<Word> take() {
    const std::lock_guard lock(mutex_);
    return std::exchange(words_, {});
  }

 private:
  std::mutex mutex_;
  mqueue* queue_ = nullptr;
  std::deque<Word> words_;
};

enum class Cancelled { no, by_caller, elsewhere };
using Flag = std::shared_ptr<std::atomic<Cancelled>>;

class Target final : public ports::SipReply::Target {
 public:
  Target(std::shared_ptr<Inbox> inbox, std::uint64_t serial, Flag cancelled)
      : inbox_(std::move(inbox)), serial_(serial), cancelled_(std::move(cancelled)) {}
  void send(ports::SipAnswer answer) override { inbox_->put({serial_, std::move(answer)}); }
  bool cancelled() const override { return cancelled_->load() != Cancelled::no; }
  bool answered_elsewhere() const override { return cancelled_->load() == Cancelled::elsewhere; }

 private:
  std::shared_ptr<Inbox> inbox_;
  std::uint64_t serial_;
  Flag cancelled_;
};

}  // namespace

class SipServer::Impl {
 public:
  Impl(SipServerOptions options, ports::SipHandler& handler)
      : options_(std::move(options)), handler_(handler) {
    if (!options_.log) options_.log = [](const std::string&) {};
  }
  ~Impl() { stop(Duration(0)); }

  Status start() {
    std::promise<Status> started;
    auto result = started.get_future();
    thread_ = std::thread([this, &started] { run(started); });
    const Status status = result.get();
    if (!status) thread_.join();
    return status;
  }

  void stop(Duration grace) {
    if (!thread_.joinable()) return;
    grace_ms_ = static_cast<std::uint64_t>(std::max(grace, Duration(0)).count());
    inbox_->ask_to_stop();
    thread_.join();
  }

  std::uint16_t port() const { return port_; }
  std::optional<SipRegistrationStatus> registration() const {
    const std::lock_guard lock(mutex_);
    if (!registration_) return last_registration_;
    return registration_->status();
  }
  SipCounts counts() const {
    SipCounts out;
    out.invites = invites_;
    out.answered = answered_;
    out.cancelled = cancelled_;
    out.refused = refused_;
    out.strangers = strangers_;
    out.malformed = malformed_ + unreadable.load(std::memory_order_relaxed);
    out.others = others_;
    return out;
  }

 private:
  // A call that waits for its answer.
  struct Pending {
    Impl* server = nullptr;
    ports::SipInvite invite;
    Flag cancelled = std::make_shared<std::atomic<Cancelled>>(Cancelled::no);
    sip_msg* msg = nullptr;       // ours, counted
    sip_strans* trans = nullptr;  // libre's until the final answer
    tmr trying{};

    ~Pending() {
      tmr_cancel(&trying);
      mem_deref(trans);
      mem_deref(msg);
    }
  };

  void run(std::promise<Status>& started) {
    pthread_setname_np(pthread_self(), "hejnal-sip");
    const int initialised = libre_init();
    // Its warnings would go to stderr, one for each thing that a stranger does.
    dbg_init(0, DBG_NONE);
    dbg_handler_set([](int, const char*, std::size_t, void*) {}, nullptr);
    Status opened =
        initialised == 0 ? open_stack() : fail(Fault::retry_later, "sip: {}", re_error(initialised));
    const bool good = opened.has_value();
    if (good && options_.registration) {
      auto registration = std::make_unique<SipRegistration>(stack_, *options_.registration, options_.log);
      SipRegistration* kept = registration.get();
      {
        const std::lock_guard lock(mutex_);
        registration_ = std::move(registration);
      }
      kept->start();
    }
    started.set_value(std::move(opened));
    if (good) static_cast<void>(re_main(nullptr));
    inbox_->close();
    tmr_cancel(&stop_timer_);
    pending_.clear();
    if (stack_) sip_close(stack_, true);  // tells the registration that its request has come to nothing
    {
      const std::lock_guard lock(mutex_);
      if (registration_) last_registration_ = registration_->status();
      registration_.reset();
    }
    mem_deref(stack_);
    mem_deref(dns_);
    mem_deref(queue_);
    libre_close();
  }

  Status open_stack() {
    const auto check = [this](int error, const char* what) -> Status {
      if (error == 0) return {};
      return fail(Fault::retry_later, "{} {}: {}", what, options_.listen, re_error(error));
    };
    tmr_init(&stop_timer_);
    HEJNAL_TRY_VOID(check(fd_setsize(kFilesMax), "sip"));
    auto heard = [](int id, void*, void* arg) { static_cast<Impl*>(arg)->heard(id == 1); };
    HEJNAL_TRY_VOID(check(mqueue_alloc(&queue_, heard, this), "sip"));
    inbox_->open(queue_);
    open_dns();
    auto closed = [](void*) { re_cancel(); };
    HEJNAL_TRY_VOID(check(
        sip_alloc(&stack_, dns_, 32, kTransactionsHash, kConnectionsHash, "hejnal", closed, this), "sip"));
    // Sees each message before libre does.
    auto came = [](bool sent, sip_transp, const sa*, const sa*, const std::uint8_t* bytes, std::size_t size,
                   void* arg) {
      if (sent) return;
      static_cast<Impl*>(arg)->is_elsewhere_ =
          says_answered_elsewhere({reinterpret_cast<const char*>(bytes), size});
    };
    sip_set_trace_handler(stack_, came);
    HEJNAL_TRY_VOID(bind());
    auto asked = [](const sip_msg* msg, void* arg) {
      static_cast<Impl*>(arg)->asked(*msg);
      return true;
    };
    HEJNAL_TRY_VOID(check(sip_listen(nullptr, stack_, true, asked, this), "sip"));
    // An answer to nothing that we have asked.
    auto stray = [](const sip_msg*, void*) { return true; };
    return check(sip_listen(nullptr, stack_, false, stray, nullptr), "sip");
  }

  // For registrars by name; without name servers only numeric ones are reached.
  void open_dns() {
    std::array<char, 256> domain{};
    std::array<sa, 8> servers{};
    std::uint32_t count = static_cast<std::uint32_t>(servers.size());
    if (!options_.registration) return;
    if (dns_srv_get(domain.data(), domain.size(), servers.data(), &count) != 0) return;
    static_cast<void>(dnsc_alloc(&dns_, nullptr, servers.data(), count));
  }

  // UDP and TCP on the same port. A free one for UDP may be taken for TCP: then another one is tried.
  Status bind() {
    sa where{};
    if (!read_sa(options_.listen, where))
      return fail(Fault::malformed, "sip: {} is no address with a port", options_.listen);
    const bool any_port = sa_port(&where) == 0;
    int error = 0;
    for (int tries = any_port ? 20 : 1; tries > 0; --tries) {
      if (any_port) sa_set_port(&where, 0);
      error = sip_transp_add(stack_, SIP_TRANSP_UDP, &where);
      if (error != 0) break;
      sa bound{}, somewhere = where;
      if (sip_transp_laddr(stack_, &bound, SIP_TRANSP_UDP, &somewhere) == 0)
        sa_set_port(&where, sa_port(&bound));
      error = sip_transp_add(stack_, SIP_TRANSP_TCP, &where);
      if (error == 0) break;
      sip_transp_flush(stack_);
    }
    if (error != 0)
      return fail(Fault::retry_later, "sip: cannot listen on {}: {}", options_.listen, re_error(error));
    port_ = sa_port(&where);
    return {};
  }

  bool is_peer(const std::string& address) const {
    if (options_.peers.empty() && !options_.registration) return true;
    for (const std::string& peer : options_.peers) {
      if (peer == address) return true;
    }
    return registration_ && registration_->registrar_address() == address;
  }

  static void answer_and_forget(::sip* stack, const sip_msg& msg, int status, const std::string& reason,
                                const std::string& headers) {
    static_cast<void>(sip_replyf(stack, &msg, static_cast<std::uint16_t>(status), reason.c_str(),
                                 "%sContent-Length: 0\r\n\r\n", headers.c_str()));
  }

  // A request that belongs to no transaction.
  void asked(const sip_msg& msg) {
    const SipSorted sorted = sort_request(msg);
    if (sorted.kind == SipKind::ignored) return;
    if (sorted.kind == SipKind::malformed) {
      ++malformed_;
    } else if (!is_peer(address_of(msg.src))) {
      ++strangers_;
      return answer_and_forget(stack_, msg, 403, "Forbidden", "");
    }
    if (sorted.kind == SipKind::invite) return invited(msg);
    if (sorted.kind == SipKind::other) ++others_;
    if (sorted.status != 0) answer_and_forget(stack_, msg, sorted.status, sorted.reason, sorted.headers);
  }

  void invited(const sip_msg& msg) {
    auto pending = std::make_unique<Pending>();
    pending->server = this;
    pending->invite = copy_invite(msg);
    pending->invite.serial = ++serial_;
    std::optional<ports::SipAnswer> no;
    if (stopping_ || pending_.size() >= options_.pending_max) {
      no = ports::SipAnswer{503, "Service Unavailable", {{"Retry-After", "10"}}};
    } else {
      no = handler_.refuse(pending->invite);
    }
    if (no) {
      ++refused_;
      return answer_and_forget(stack_, msg, no->status, no->reason, header_lines(*no));
    }
    auto hung_up = [](void* arg) {
      auto& call = *static_cast<Pending*>(arg);
      const auto how = call.server->is_elsewhere_ ? Cancelled::elsewhere : Cancelled::by_caller;
      Cancelled before = Cancelled::no;
      if (call.cancelled->compare_exchange_strong(before, how)) ++call.server->cancelled_;
    };
    if (sip_strans_alloc(&pending->trans, stack_, &msg, hung_up, pending.get()) != 0) return;
    pending->msg = static_cast<sip_msg*>(mem_ref(const_cast<sip_msg*>(&msg)));
    tmr_init(&pending->trying);
    tmr_start(
        &pending->trying, static_cast<std::uint64_t>(kTryingAfter.count()),
        [](void* arg) {
          auto& call = *static_cast<Pending*>(arg);
          static_cast<void>(sip_treply(&call.trans, call.server->stack_, call.msg, 100, "Trying"));
        },
        pending.get());
    ++invites_;
    Pending& call = *pending;
    pending_.emplace(call.invite.serial, std::move(pending));
    handler_.invited(call.invite, reply_to(call));
  }

  ports::SipReply reply_to(const Pending& call) {
    return ports::SipReply(std::make_unique<Target>(inbox_, call.invite.serial, call.cancelled));
  }

  void heard(bool stop) {
    for (Inbox::Word& word : inbox_->take()) answer(word.serial, word.answer);
    if (stop) begin_stop();
    if (stopping_ && pending_.empty()) say_goodbye();
  }

  void answer(std::uint64_t serial, const ports::SipAnswer& answer) {
    const auto found = pending_.find(serial);
    if (found == pending_.end()) return;
    Pending& call = *found->second;
    const bool was_kept = answer.status != 500 && answer.status != 503;
    if (call.cancelled->load() != Cancelled::no && was_kept && !answer.hung_up) {
      handler_.hung_up(call.invite, reply_to(call));
      return;
    }
    tmr_cancel(&call.trying);
    ++answered_;
    static_cast<void>(sip_treplyf(&call.trans, nullptr, stack_, call.msg, false,
                                  static_cast<std::uint16_t>(answer.status), answer.reason.c_str(),
                                  "%sContent-Length: 0\r\n\r\n", header_lines(answer).c_str()));
    call.trans = nullptr;  // libre's, until the ACK or its time is over
    pending_.erase(found);
  }

  void begin_stop() {
    if (stopping_) return;
    stopping_ = true;
    tmr_start(
        &stop_timer_, grace_ms_, [](void* arg) { static_cast<Impl*>(arg)->say_goodbye(); }, this);
  }

  void say_goodbye() {
    if (std::exchange(said_goodbye_, true)) return;
    tmr_start(
        &stop_timer_, static_cast<std::uint64_t>(kGoodbye.count()), [](void*) { re_cancel(); }, this);
    if (!registration_) return re_cancel();
    registration_->end([] { re_cancel(); });
  }

  SipServerOptions options_;
  ports::SipHandler& handler_;
  const std::shared_ptr<Inbox> inbox_ = std::make_shared<Inbox>();
  std::thread thread_;
  std::atomic<std::uint64_t> grace_ms_ = 0;
  std::uint16_t port_ = 0;

  // The SIP thread's.
  ::sip* stack_ = nullptr;
  mqueue* queue_ = nullptr;
  dnsc* dns_ = nullptr;
  tmr stop_timer_{};
  std::uint64_t serial_ = 0;
  std::unordered_map<std::uint64_t, std::unique_ptr<Pending>> pending_;
  bool stopping_ = false, said_goodbye_ = false;
  bool is_elsewhere_ = false;  // the message that libre is at now says that a call was answered elsewhere

  mutable std::mutex mutex_;  // of the pointer to the registration, for those who ask how it is
  std::unique_ptr<SipRegistration> registration_;
  std::optional<SipRegistrationStatus> last_registration_;

  std::atomic<std::int64_t> invites_ = 0, answered_ = 0, cancelled_ = 0, refused_ = 0, strangers_ = 0,
                            malformed_ = 0, others_ = 0;
};

SipServer::SipServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
SipServer::~SipServer() = default;

Result<std::unique_ptr<SipServer>> SipServer::open(SipServerOptions options, ports::SipHandler& handler) {
  auto impl = std::make_unique<Impl>(std::move(options), handler);
  HEJNAL_TRY_VOID(impl->start());
  return std::unique_ptr<SipServer>(new SipServer(std::move(impl)));
}

std::uint16_t SipServer::bound_port() const { return impl_->port(); }
void SipServer::stop(Duration grace) { impl_->stop(grace); }
std::optional<SipRegistrationStatus> SipServer::registration() const { return impl_->registration(); }
SipCounts SipServer::counts() const { return impl_->counts(); }

}  // namespace hejnal::net

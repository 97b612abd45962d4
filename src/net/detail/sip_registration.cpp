#include "net/detail/sip_registration.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

namespace hejnal::net {

namespace {

constexpr Duration kShortestRefresh = 2s, kHoleEvery = 25s, kRetryAfterMax = 30min;
constexpr std::uint32_t kExpiresMax = 86'400;

// "sip:provider.example:5060;transport=tcp" to "provider.example", for the address of the account.
std::string host_of(std::string_view registrar) {
  registrar.remove_prefix(std::min(registrar.size(), registrar.find(':') + 1));
  registrar = registrar.substr(0, registrar.find(';'));
  if (registrar.starts_with('[')) return std::string(registrar.substr(0, registrar.find(']') + 1));
  return std::string(registrar.substr(0, registrar.find(':')));
}

std::uint32_t number_in(const pl& text) { return pl_isset(&text) ? pl_u32(&text) : 0; }

}  // namespace

SipRegistration::SipRegistration(::sip* stack, SipRegistrationOptions options,
                                 std::function<void(const std::string&)> log)
    : stack_(stack), options_(std::move(options)), log_(std::move(log)) {
  tmr_init(&timer_);
  tmr_init(&hole_timer_);
  status_.last_error = "not asked yet";
  expires_ = options_.expires;
}

SipRegistration::~SipRegistration() {
  tmr_cancel(&timer_);
  tmr_cancel(&hole_timer_);
}

void SipRegistration::start() {
  const std::string account = fmt::format("sip:{}@{}", options_.user, host_of(options_.registrar));
  sip_dialog* dialog = nullptr;
  int error = sip_dialog_alloc(&dialog, options_.registrar.c_str(), account.c_str(), nullptr, account.c_str(),
                               nullptr, 0);
  dialog_.reset(dialog);
  sip_auth* auth = nullptr;
  if (error == 0) {
    auto ask = [](char** user, char** password, const char*, void* arg) -> int {
      const SipRegistrationOptions& o = static_cast<SipRegistration*>(arg)->options_;
      const int no_memory = str_dup(user, (o.auth_user.empty() ? o.user : o.auth_user).c_str());
      return no_memory != 0 ? no_memory : str_dup(password, o.password.c_str());
    };
    error = sip_auth_alloc(&auth, ask, this, false);
    auth_.reset(auth);
  }
  if (error != 0) return failed(re_error(error));
  attempt();
}

void SipRegistration::attempt() {
  challenged_ = asked_longer_ = false;
  if (!dialog_ || !auth_) return start();
  if (const int error = request(); error != 0) failed(re_error(error));
}

int SipRegistration::request() {
  auto write_contact = [](sip_transp transport, const sa* from, const sa*, mbuf* mb, void* arg) -> int {
    auto& self = *static_cast<SipRegistration*>(arg);
    const SipRegistrationOptions& o = self.options_;
    self.by_udp_ = transport == SIP_TRANSP_UDP;
    const auto expires = static_cast<unsigned>(self.ending_ ? 0 : self.expires_ / 1s);
    if (o.contact.empty())
      return mbuf_printf(mb, "Contact: <sip:%s@%J%s>;expires=%u\r\n", o.user.c_str(), from,
                         sip_transp_param(transport), expires);
    return mbuf_printf(mb, "Contact: <sip:%s@%s%s>;expires=%u\r\n", o.user.c_str(), o.contact.c_str(),
                       sip_transp_param(transport), expires);
  };
  auto answered = [](int error, const sip_msg* msg, void* arg) {
    static_cast<SipRegistration*>(arg)->answered(error, msg);
  };
  return sip_drequestf(&request_, stack_, true, "REGISTER", dialog_.get(), 0, auth_.get(), write_contact,
                       answered, this, "Content-Length: 0\r\n\r\n");
}

void SipRegistration::answered(int error, const sip_msg* msg) {
  if (error != 0 || !msg) return failed(re_error(error));
  if (msg->scode < 200) return;
  registrar_ = msg->src;
  registrar_address_ = address_of(msg->src);
  if (msg->scode < 300) return succeeded(*msg);
  if (msg->scode == 401 || msg->scode == 407) {
    if (challenged_) return failed("the registrar does not accept this user and password");
    challenged_ = true;
    // A nonce of an earlier time may have gone stale without the registrar saying so: only this one counts.
    sip_auth_reset(auth_.get());
    error = sip_auth_authenticate(auth_.get(), msg);
    if (error == 0) error = request();
    if (error != 0) failed(fmt::format("the registrar's challenge cannot be answered: {}", re_error(error)));
    return;
  }
  if (msg->scode == 423 && !asked_longer_) {
    const sip_hdr* least = sip_msg_xhdr(msg, "Min-Expires");
    const std::uint32_t seconds = least ? number_in(least->val) : 0;
    if (seconds > 0 && seconds <= kExpiresMax) {
      asked_longer_ = true;
      expires_ = std::chrono::seconds(seconds);
      if (request() == 0) return;
    }
  }
  Duration at_least{0};
  if (const sip_hdr* later = sip_msg_xhdr(msg, "Retry-After"))
    at_least = std::min<Duration>(std::chrono::seconds(number_in(later->val)), kRetryAfterMax);
  failed(fmt::format("the registrar says {} {}", msg->scode, view_of(msg->reason).substr(0, 100)), at_least);
}

void SipRegistration::succeeded(const sip_msg& msg) {
  if (ending_) {
    registered_ = false;
    if (ended_) std::exchange(ended_, nullptr)();
    return;
  }
  // Ours among those that the account has: by its user part; where there are several, the shortest time
  // counts.
  struct Granted {
    std::string_view user;
    std::uint32_t seconds = 0;
  } granted{options_.user};
  auto look = [](const sip_hdr* header, const sip_msg*, void* arg) -> bool {
    auto& found = *static_cast<Granted*>(arg);
    sip_addr contact;
    pl value{};
    if (sip_addr_decode(&contact, &header->val) != 0 || view_of(contact.uri.user) != found.user) return false;
    if (msg_param_decode(&contact.params, "expires", &value) != 0) return false;
    const std::uint32_t seconds = pl_u32(&value);
    if (seconds > 0 && (found.seconds == 0 || seconds < found.seconds)) found.seconds = seconds;
    return false;
  };
  sip_msg_xhdr_apply(&msg, true, "Contact", look, &granted);
  if (granted.seconds == 0) sip_msg_xhdr_apply(&msg, true, "m", look, &granted);
  if (granted.seconds == 0) granted.seconds = number_in(msg.expires);
  const Duration time =
      granted.seconds == 0 ? expires_ : std::chrono::seconds(std::min(granted.seconds, kExpiresMax));
  pause_ = Duration(0);
  if (!registered_) log_(fmt::format("registered at {} for {}", options_.registrar, format_duration(time)));
  registered_ = true;
  set_state(true, "", time);
  plan(std::max(kShortestRefresh, time * 7 / 10));
  if (by_udp_) keep_hole_open();
}

void SipRegistration::failed(const std::string& why, Duration at_least) {
  if (ending_) {
    if (ended_) std::exchange(ended_, nullptr)();
    return;
  }
  pause_ = pause_ == Duration(0) ? options_.pause_first : std::min(pause_ * 2, options_.pause_longest);
  const Duration wait = std::max(pause_, at_least);
  bool is_new = registered_;
  {
    const std::lock_guard lock(mutex_);
    is_new = is_new || status_.last_error != why;
  }
  if (is_new)
    log_(fmt::format("not registered at {}: {}; tried again from {} on", options_.registrar, why,
                     format_duration(wait)));
  registered_ = false;
  tmr_cancel(&hole_timer_);
  set_state(false, why, Duration(0));
  plan(wait);
}

void SipRegistration::plan(Duration wait) {
  tmr_start(
      &timer_, static_cast<std::uint64_t>(wait.count()),
      [](void* arg) { static_cast<SipRegistration*>(arg)->attempt(); }, this);
}

// A line break now and then, so that a router between us and the provider goes on letting calls in.
void SipRegistration::keep_hole_open() {
  RePtr<mbuf> line(mbuf_alloc(4));
  if (line && mbuf_write_str(line.get(), "\r\n\r\n") == 0) {
    line->pos = 0;
    static_cast<void>(sip_send(stack_, nullptr, SIP_TRANSP_UDP, &registrar_, line.get()));
  }
  tmr_start(
      &hole_timer_, static_cast<std::uint64_t>(kHoleEvery.count()),
      [](void* arg) { static_cast<SipRegistration*>(arg)->keep_hole_open(); }, this);
}

void SipRegistration::end(std::function<void()> done) {
  ending_ = true;
  tmr_cancel(&timer_);
  tmr_cancel(&hole_timer_);
  // One that is under way cannot be taken out of libre: then the registration ends with its time.
  if (!registered_ || request_) return done();
  challenged_ = false;
  ended_ = std::move(done);
  if (request() != 0) std::exchange(ended_, nullptr)();
}

void SipRegistration::set_state(bool registered, std::string error, Duration expires) {
  const std::lock_guard lock(mutex_);
  const bool first = status_.last_error == "not asked yet";
  if (registered != status_.registered || first) since_ = Clock::now();
  status_.registered = registered;
  status_.last_error = std::move(error);
  status_.expires = expires;
}

SipRegistrationStatus SipRegistration::status() const {
  const std::lock_guard lock(mutex_);
  SipRegistrationStatus out = status_;
  out.since = std::chrono::duration_cast<Duration>(Clock::now() - since_);
  return out;
}

}  // namespace hejnal::net

#include "net/imap_client.hpp"

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <mutex>
#include <thread>

#include "base/text.hpp"
#include "base/thread_name.hpp"
#include "net/detail/imap_connection.hpp"
#include "net/detail/imap_handing.hpp"

namespace hejnal::net {

namespace {

using SteadyClock = std::chrono::steady_clock;

}  // namespace

class ImapWatcher::Impl {
 public:
  Impl(ImapWatcherOptions options, ports::MailIntake& intake, Callbacks callbacks)
      : options_(std::move(options)),
        intake_(intake),
        callbacks_(std::move(callbacks)),
        position_(options_.position),
        heard_at_(SteadyClock::now()),
        thread_([this] { run(); }) {}

  void stop() {
    stop_.set();
    if (thread_.joinable()) thread_.join();
  }
  ImapStatus status() const {
    const std::lock_guard lock(mutex_);
    ImapStatus status = status_;
    status.heard_nothing_for = std::chrono::duration_cast<Duration>(SteadyClock::now() - heard_at_);
    return status;
  }

 private:
  enum class Pass { done, again_later };

  void run();
  Status watch();
  Status select();
  Status begin_anew();
  Result<Pass> take_new();
  Result<Pass> take(std::uint32_t uid);
  Result<Status> ask(std::string bytes);
  Status tidy(std::uint32_t uid);
  Status rest(Pass pass);

  void on_untagged(wire::ImapResponse response);
  void move_to(std::uint32_t uid);
  void log(const std::string& sentence) const {
    if (callbacks_.log) callbacks_.log(options_.mailbox + ": " + sentence);
  }
  void set_status(bool connected, std::string error);
  Status command(std::string_view line) { return connection_->command(line); }
  bool can(std::string_view capability) const { return capabilities_.find(capability) != std::string::npos; }
  bool changes_mailbox() const { return options_.mark_seen || !options_.move_to.empty(); }

  const ImapWatcherOptions options_;
  ports::MailIntake& intake_;
  const Callbacks callbacks_;
  std::optional<ImapPosition> position_;
  StopSignal stop_;

  // Of the present connection.
  std::unique_ptr<ImapConnection> connection_;
  std::string capabilities_;  // " IMAP4REV1 IDLE MOVE "
  std::uint32_t uidvalidity_ = 0;
  std::uint32_t uidnext_ = 0;
  bool news_ = false;  // an EXISTS came since the last search
  bool reached_rest_ = false;
  std::vector<std::uint32_t> found_;
  std::optional<wire::ImapFetch> fetched_;
  std::string bye_;

  mutable std::mutex mutex_;
  ImapStatus status_;
  SteadyClock::time_point heard_at_;
  std::thread thread_;  // last: it uses all of the above
};

void ImapWatcher::Impl::run() {
  name_this_thread("hejnal-imap");
  Duration pause = options_.pause_first;
  while (!stop_.is_set()) {
    reached_rest_ = false;
    bye_.clear();
    const Status ended = watch();
    connection_.reset();
    if (stop_.is_set()) break;
    if (reached_rest_) pause = options_.pause_first;
    std::string why = ended ? "the connection has ended" : ended.error().what;
    if (!bye_.empty()) why += " (" + bye_ + ")";
    set_status(false, why);
    log(why + "; connecting again in " + format_duration(pause));
    if (stop_.wait(pause)) break;
    pause = std::min(2 * pause, options_.pause_longest);
  }
  set_status(false, "stopped");
}

// One connection, from its beginning to its end.
Status ImapWatcher::Impl::watch() {
  ImapConnection::Options connection{options_.url,
                                     {options_.starttls, options_.user, options_.password, options_.ca_file},
                                     options_.connect_timeout,
                                     options_.reply_timeout,
                                     {.literal_bytes = options_.message_bytes}};
  connection_ = std::make_unique<ImapConnection>(
      std::move(connection), stop_,
      [this] {
        const std::lock_guard lock(mutex_);
        heard_at_ = SteadyClock::now();
      },
      [this](wire::ImapResponse response) { on_untagged(std::move(response)); });
  HEJNAL_TRY_VOID(connection_->open());
  HEJNAL_TRY_VOID(command("CAPABILITY"));
  HEJNAL_TRY_VOID(select());
  set_status(true, {});
  while (!stop_.is_set()) {
    HEJNAL_TRY(const Pass pass, take_new());
    reached_rest_ = true;
    HEJNAL_TRY_VOID(rest(pass));
  }
  return {};
}

Status ImapWatcher::Impl::select() {
  const auto name = wire::imap_quoted(wire::imap_mailbox(options_.mailbox));
  if (!name) return fail(Fault::malformed, "the mailbox's name cannot be used");
  uidvalidity_ = 0;
  uidnext_ = 0;
  HEJNAL_TRY_VOID(command((changes_mailbox() ? "SELECT " : "EXAMINE ") + *name));
  if (uidvalidity_ == 0) return fail(Fault::malformed, "the server tells no UIDVALIDITY");
  if (position_ && position_->uidvalidity == uidvalidity_) return {};
  if (position_) log("the mailbox was made anew: its UIDVALIDITY has changed");
  return begin_anew();
}

Status ImapWatcher::Impl::begin_anew() {
  std::uint32_t first = uidnext_;
  if (first == 0) {  // old servers: the highest UID there is
    found_.clear();
    HEJNAL_TRY_VOID(command("UID SEARCH UID *"));
    first = found_.empty() ? 1 : found_.back() + 1;
  }
  if (options_.import_since) {
    found_.clear();
    HEJNAL_TRY_VOID(command("UID SEARCH SINCE " + imap_date(*options_.import_since)));
    if (!found_.empty()) first = std::min(first, found_.front());
  }
  position_ = ImapPosition{uidvalidity_, 0};
  move_to(first - 1);
  return {};
}

void ImapWatcher::Impl::move_to(std::uint32_t uid) {
  position_->uid = uid;
  callbacks_.save(*position_);
}

void ImapWatcher::Impl::on_untagged(wire::ImapResponse response) {
  const wire::ImapKind kind = wire::imap_kind(response);
  if (kind.word == "EXISTS") news_ = true;
  if (kind.word == "CAPABILITY") capabilities_ = " " + to_lower_ascii(response.text) + " ";
  if (kind.word == "SEARCH") found_ = wire::imap_search(response);
  if (kind.word == "BYE") bye_ = response.text.substr(0, 200);
  if (kind.word == "OK") {
    if (const auto value = wire::imap_code_number(response, "UIDVALIDITY")) uidvalidity_ = *value;
    if (const auto value = wire::imap_code_number(response, "UIDNEXT")) uidnext_ = *value;
  }
  // Others' flags are also told as FETCH: only one that has our message counts.
  if (kind.word == "FETCH") {
    auto fetch = wire::imap_fetch(std::move(response));
    if (fetch && (fetch->body || fetch->too_big)) fetched_ = std::move(fetch);
  }
}

Result<ImapWatcher::Impl::Pass> ImapWatcher::Impl::take_new() {
  do {
    news_ = false;  // before the search: what comes during it counts
    found_.clear();
    HEJNAL_TRY_VOID(command(fmt::format("UID SEARCH UID {}:*", std::uint64_t{position_->uid} + 1)));
    const std::vector<std::uint32_t> uids = std::move(found_);
    for (const std::uint32_t uid : uids) {
      if (uid <= position_->uid) continue;  // "n:*" always means at least the last one
      HEJNAL_TRY(const Pass pass, take(uid));
      if (pass == Pass::again_later) return pass;
    }
  } while (news_ && !stop_.is_set());
  return Pass::done;
}

Result<ImapWatcher::Impl::Pass> ImapWatcher::Impl::take(std::uint32_t uid) {
  fetched_.reset();
  const Status got = command(fmt::format("UID FETCH {} (UID BODY.PEEK[])", uid));
  if (!got && got.error().fault != Fault::refused) return tl::make_unexpected(got.error());
  if (!got || !fetched_) {  // somebody was quicker than we
    move_to(uid);
    return Pass::done;
  }
  if (!fetched_->body) {
    log(fmt::format("message {} is too big and was passed over", uid));
    move_to(uid);
    return Pass::done;
  }
  HEJNAL_TRY(const Status kept, ask(std::move(*fetched_->body)));
  if (!kept && kept.error().fault != Fault::refused && kept.error().fault != Fault::malformed) {
    log(fmt::format("message {} will be tried again: {}", uid, kept.error().what));
    return Pass::again_later;
  }
  move_to(uid);
  if (kept) {
    HEJNAL_TRY_VOID(tidy(uid));
  } else {
    log(fmt::format("message {} was refused and passed over: {}", uid, kept.error().what));
  }
  return Pass::done;
}

// The intake's verdict; an error when we are stopped before it comes.
Result<Status> ImapWatcher::Impl::ask(std::string bytes) {
  ports::Delivery delivery;
  delivery.bytes = std::move(bytes);
  delivery.via = "imap:" + options_.mailbox;
  delivery.has_envelope = false;
  return hand_in(intake_, std::move(delivery), stop_);
}

// Flags or moves what was kept. A server that does not want to is only logged: the message is ours already.
Status ImapWatcher::Impl::tidy(std::uint32_t uid) {
  std::vector<std::string> lines;
  if (options_.mark_seen) lines.push_back(fmt::format("UID STORE {} +FLAGS.SILENT (\\Seen)", uid));
  if (!options_.move_to.empty()) {
    const std::string folder = wire::imap_quoted(wire::imap_mailbox(options_.move_to)).value_or("\"\"");
    if (can(" move ")) {
      lines.push_back(fmt::format("UID MOVE {} {}", uid, folder));
    } else {
      lines.push_back(fmt::format("UID COPY {} {}", uid, folder));
      lines.push_back(fmt::format("UID STORE {} +FLAGS.SILENT (\\Deleted)", uid));
      if (can(" uidplus ")) lines.push_back(fmt::format("UID EXPUNGE {}", uid));
    }
  }
  for (const std::string& line : lines) {
    const Status done = command(line);
    if (done) continue;
    if (done.error().fault != Fault::refused) return done;
    log(fmt::format("message {} was kept but stays where it is: {}", uid, done.error().what));
    break;
  }
  return {};
}

// Waits for news: by IDLE where it is offered, otherwise by asking.
Status ImapWatcher::Impl::rest(Pass pass) {
  const bool idle = can(" idle ");
  const Duration longest = idle ? options_.idle_every : options_.poll_every;
  const auto hear = [this] { return news_; };
  if (pass == Pass::again_later) {
    news_ = true;  // look again, whatever the server says
    return stop_.wait(options_.retry_every) ? Status() : command("NOOP");
  }
  if (idle) return connection_->idle(longest, hear);
  return stop_.wait(longest) ? Status() : command("NOOP");
}

void ImapWatcher::Impl::set_status(bool connected, std::string error) {
  const std::lock_guard lock(mutex_);
  status_.connected = connected;
  status_.last_error = std::move(error);
}

ImapWatcher::ImapWatcher(ImapWatcherOptions options, ports::MailIntake& intake, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(options), intake, std::move(callbacks))) {}

ImapWatcher::~ImapWatcher() { stop(); }

void ImapWatcher::stop() { impl_->stop(); }

ImapStatus ImapWatcher::status() const { return impl_->status(); }

}  // namespace hejnal::net

#include "net/imap_quarantine.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <map>
#include <mutex>
#include <set>
#include <thread>

#include "base/thread_name.hpp"
#include "net/detail/imap_connection.hpp"
#include "net/detail/imap_handing.hpp"

namespace hejnal::net {

class ImapQuarantine::Impl {
 public:
  Impl(ImapQuarantineOptions options, ports::MailIntake& intake, Callbacks callbacks)
      : options_(std::move(options)),
        intake_(intake),
        callbacks_(std::move(callbacks)),
        thread_([this] { run(); }) {}

  void stop() {
    stop_.set();
    if (thread_.joinable()) thread_.join();
  }
  std::string trouble() const {
    const std::lock_guard lock(mutex_);
    return trouble_;
  }

 private:
  void run() {
    name_this_thread("hejnal-junk");
    Duration pause = options_.look_every;
    while (!stop_.wait(pause)) {
      pause = options_.look_every;
      const auto waiting = callbacks_.waiting();
      if (waiting.empty()) {
        rest();
        continue;
      }
      const bool anew = std::any_of(waiting.begin(), waiting.end(),
                                    [&](std::int64_t one) { return !looked_for_.contains(one); });
      if (anew) shown_.clear();
      const Status done = look();
      if (stop_.is_set()) return;
      if (done) {
        looked_for_ = {waiting.begin(), waiting.end()};
        failures_ = 0;
        if (!folder_trouble_) note({});
        continue;
      }
      rest();
      note(done.error().what);
      pause = std::min(options_.look_every * (1 << std::min(failures_++, 8)), options_.pause_longest);
    }
  }

  void rest() {
    connection_.reset();
    looked_for_.clear();
    shown_.clear();
  }

  void note(const std::string& trouble) {
    bool news = false;
    {
      const std::lock_guard lock(mutex_);
      news = trouble_ != trouble;
      trouble_ = trouble;
    }
    if (news && !trouble.empty() && callbacks_.log) callbacks_.log(trouble);
  }

  Status look() {
    if (!connection_) {
      ImapConnection::Options connection{
          options_.url,
          {options_.starttls, options_.user, options_.password, options_.ca_file},
          options_.connect_timeout,
          options_.reply_timeout,
          {.literal_bytes = options_.message_bytes}};
      connection_ = std::make_unique<ImapConnection>(
          std::move(connection), stop_, [] {},
          [this](wire::ImapResponse response) { on_untagged(std::move(response)); });
      HEJNAL_TRY_VOID(connection_->open());
    }
    folder_trouble_ = false;
    for (const std::string& folder : options_.folders) {
      const Status done = look_through(folder);
      if (done) continue;
      if (done.error().fault != Fault::refused) return done;
      folder_trouble_ = true;  // the connection is still good, and so may be the next folder
      note(fmt::format("{}: {}", folder, done.error().what));
    }
    return {};
  }

  Status look_through(const std::string& folder) {
    const auto name = wire::imap_quoted(wire::imap_mailbox(folder));
    if (!name) return fail(Fault::refused, "the folder's name cannot be used");
    uidvalidity_ = 0;
    HEJNAL_TRY_VOID(connection_->command("EXAMINE " + *name));
    found_.clear();
    HEJNAL_TRY_VOID(
        connection_->command("UID SEARCH SINCE " + imap_date(callbacks_.now() - options_.look_back)));
    std::vector<std::uint32_t> uids = std::move(found_);
    if (uids.size() > options_.messages_max)
      uids.erase(uids.begin(), uids.end() - static_cast<std::ptrdiff_t>(options_.messages_max));
    Shown& shown = shown_[folder];
    if (shown.uidvalidity != uidvalidity_) shown = {uidvalidity_, 0};
    for (const std::uint32_t uid : uids) {
      if (uid <= shown.uid) continue;
      if (stop_.is_set()) return fail(Fault::retry_later, "stopped");
      fetched_.reset();
      const Status got = connection_->command(fmt::format("UID FETCH {} (UID BODY.PEEK[])", uid));
      if (!got && got.error().fault != Fault::refused) return got;
      if (got && fetched_ && fetched_->body) {
        ports::Delivery delivery;
        delivery.bytes = std::move(*fetched_->body);
        delivery.via = "imap:" + folder;
        delivery.has_envelope = false;
        delivery.quarantine = folder;
        HEJNAL_TRY(const Status kept, hand_in(intake_, std::move(delivery), stop_));
        if (!kept && kept.error().fault == Fault::retry_later) return {};  // with the next look
      }
      shown.uid = uid;
    }
    return {};
  }

  void on_untagged(wire::ImapResponse response) {
    const wire::ImapKind kind = wire::imap_kind(response);
    if (kind.word == "SEARCH") found_ = wire::imap_search(response);
    if (kind.word == "OK") {
      if (const auto value = wire::imap_code_number(response, "UIDVALIDITY")) uidvalidity_ = *value;
    }
    if (kind.word != "FETCH") return;
    auto fetch = wire::imap_fetch(std::move(response));
    if (fetch && (fetch->body || fetch->too_big)) fetched_ = std::move(fetch);
  }

  struct Shown {
    std::uint32_t uidvalidity = 0, uid = 0;  // this one and all below
  };

  const ImapQuarantineOptions options_;
  ports::MailIntake& intake_;
  const Callbacks callbacks_;
  StopSignal stop_;
  std::unique_ptr<ImapConnection> connection_;
  std::set<std::int64_t> looked_for_;
  std::map<std::string, Shown> shown_;
  int failures_ = 0;
  bool folder_trouble_ = false;
  std::uint32_t uidvalidity_ = 0;
  std::vector<std::uint32_t> found_;
  std::optional<wire::ImapFetch> fetched_;

  mutable std::mutex mutex_;
  std::string trouble_;
  std::thread thread_;  // last: it uses all of the above
};

ImapQuarantine::ImapQuarantine(ImapQuarantineOptions options, ports::MailIntake& intake, Callbacks callbacks)
    : impl_(std::make_unique<Impl>(std::move(options), intake, std::move(callbacks))) {}

ImapQuarantine::~ImapQuarantine() { stop(); }

void ImapQuarantine::stop() { impl_->stop(); }

std::string ImapQuarantine::trouble() const { return impl_->trouble(); }

}  // namespace hejnal::net

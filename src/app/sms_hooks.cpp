#include "app/sms_hooks.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/thread_name.hpp"

namespace hejnal::app {

namespace {

ports::Response no(int status, std::string words) {
  return {status, "text/plain", std::move(words) + "\n", {}};
}

int status_of(const Status& status) {
  if (status.error().fault == Fault::refused) return 403;
  return status.error().fault == Fault::retry_later ? 503 : 500;
}

}  // namespace

SmsHooks::SmsHooks(SmsOut& sms, desk::Ledger& ledger, ports::Clock& clock, First first, FirstSms first_sms)
    : sms_(sms),
      ledger_(ledger),
      first_(std::move(first)),
      first_sms_(std::move(first_sms)),
      clock_(clock),
      thread_([this] { loop(); }) {}

SmsHooks::~SmsHooks() { stop(); }

void SmsHooks::answer(ports::Request request, ports::Reply reply) {
  // /hooks/sms/NAME[/SECRET]/WHAT
  const auto pieces = split(std::string_view(request.path).substr(std::string_view(kSmsHooks).size()), '/');
  carriers::Gateway* gateway =
      pieces.size() == 2 || pieces.size() == 3 ? sms_.board->find(pieces[0]) : nullptr;
  const std::string what(pieces.back());
  if (!gateway || (what != "in" && what != "report"))
    return std::move(reply).send(no(404, "no such address"));
  std::string secret;
  for (const auto& [name, kept] : sms_.secrets) {
    if (name == gateway->name()) secret = kept;
  }
  const std::string_view given = pieces.size() == 3 ? pieces[1] : std::string_view();
  if (secret.empty() && !gateway->signs())
    return std::move(reply).send(no(404, "this gateway has no secret_file, so nothing is heard from it"));
  if (!equal_constant_time(given, secret)) {
    sms_.board->count_refused_call(gateway->name(), "the secret is wrong");
    return std::move(reply).send(no(403, "the secret is wrong"));
  }
  if (request.method != "GET" && request.method != "POST")
    return std::move(reply).send(no(405, "expected GET or POST"));
  Result<carriers::Heard> heard = gateway->hear(request, what);
  if (!heard) {
    const bool refused = heard.error().fault == Fault::refused;
    sms_.board->count_refused_call(gateway->name(), heard.error().what);
    return std::move(reply).send(no(refused ? 403 : 400, heard.error().what));
  }
  auto kept = std::make_shared<ports::Reply>(std::move(reply));
  if (!heard->messages.empty()) {
    sms_.board->count_received(gateway->name());
    return take(std::move(heard->messages.front()), std::move(heard->answer), std::move(kept));
  }
  if (heard->reports.empty()) return std::move(*kept).send(std::move(heard->answer));
  ledger_.submit(
      [reports = std::move(heard->reports), first = first_](desk::Desk& desk) -> Status {
        for (const ports::SmsReport& report : reports) {
          if (first) {
            HEJNAL_TRY(const bool taken, first(report, desk.now()));
            if (taken) continue;
          }
          // One that we know nothing of is answered like the others: it would only come again.
          HEJNAL_TRY_VOID(desk.heard_of_sms(report.key, report.state, report.text));
        }
        return {};
      },
      [kept, good = std::move(heard->answer)](const Status& done) {
        std::move(*kept).send(done ? good : no(status_of(done), done.error().what));
      });
}

void SmsHooks::take(carriers::HeardSms heard, ports::Response good, std::shared_ptr<ports::Reply> reply) {
  std::vector<wire::SmsJoiner::Joined> joined;
  {
    std::unique_lock lock(mutex_);
    if (stopping_) {
      lock.unlock();
      return std::move(*reply).send(no(503, "the server is shutting down"));
    }
    const std::uint64_t handle = next_++;
    const wire::SmsPart part = heard.part.value_or(wire::SmsPart{-1, 1, 1});
    joined = joiner_.add(heard.sms.from, heard.to, part, heard.sms.id, heard.sms.text, handle, clock_.now());
    waiting_.emplace(handle, Waiting{std::move(reply), std::move(good), std::move(heard.sms)});
  }
  wake_.notify_one();
  file(std::move(joined));
}

void SmsHooks::file(std::vector<wire::SmsJoiner::Joined> joined) {
  for (wire::SmsJoiner::Joined& one : joined) {
    std::vector<Waiting> parts;
    {
      const std::lock_guard lock(mutex_);
      for (const std::uint64_t handle : one.handles) {
        const auto found = waiting_.find(handle);
        if (found == waiting_.end()) continue;
        parts.push_back(std::move(found->second));
        waiting_.erase(found);
      }
    }
    if (parts.empty()) continue;
    ports::IncomingSms sms = parts.front().sms;
    sms.id = one.first_id;
    sms.text = std::move(one.text);
    sms.in_parts = one.total > 1;
    ledger_.submit(
        [sms, first = first_sms_](desk::Desk& desk) -> Status {
          if (first) {
            HEJNAL_TRY(const bool taken, first(sms, desk.now()));
            if (taken) return {};
          }
          HEJNAL_TRY_VOID(desk.receive(sms));
          return {};
        },
        [this, name = std::string(sms.id.substr(0, sms.id.find(':'))),
         parts = std::make_shared<std::vector<Waiting>>(std::move(parts))](const Status& done) {
          if (!done && done.error().fault == Fault::refused)
            sms_.board->count_refused_call(name, done.error().what);
          for (Waiting& part : *parts)
            std::move(*part.reply).send(done ? std::move(part.good) : no(status_of(done), done.error().what));
        });
  }
}

void SmsHooks::loop() {
  name_this_thread("hejnal-sms");
  std::unique_lock lock(mutex_);
  while (!stopping_) {
    if (joiner_.waiting() == 0) {
      wake_.wait(lock, [this] { return stopping_ || joiner_.waiting() > 0; });
      continue;
    }
    wake_.wait_for(lock, 1s, [this] { return stopping_; });
    auto late = joiner_.expire(clock_.now());
    if (late.empty()) continue;
    lock.unlock();
    file(std::move(late));
    lock.lock();
  }
  auto rest = joiner_.drain();
  lock.unlock();
  file(std::move(rest));
}

void SmsHooks::stop() {
  {
    const std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  wake_.notify_all();
  if (thread_.joinable()) thread_.join();
}

}  // namespace hejnal::app

#include "app/carrier_check.hpp"

#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <memory>

#include "base/hash.hpp"
#include "base/text.hpp"

namespace hejnal::app {

namespace {

constexpr auto kWait = std::chrono::seconds(10);
constexpr Duration kBetween = 30s;  // an SMS costs money, and wakes somebody

// An answer that may come after nobody waits for it any more.
template <class T>
class Waited {
 public:
  void set(T value) {
    const std::lock_guard lock(mutex_);
    value_ = std::move(value);
    wake_.notify_all();
  }
  std::optional<T> get() {
    std::unique_lock lock(mutex_);
    wake_.wait_for(lock, kWait, [this] { return value_.has_value(); });
    return std::exchange(value_, std::nullopt);
  }

 private:
  std::mutex mutex_;
  std::condition_variable wake_;
  std::optional<T> value_;
};

}  // namespace

std::string CarrierCheck::mark() const {
  char random[8];
  fill_random(random, sizeof random);
  return to_hex({random, sizeof random});
}

Result<api::ChannelTest> CarrierCheck::run(const api::Carrier& carrier) {
  if (!carrier.can_be_tested) return fail(Fault::refused, "{} cannot be tested from here", carrier.name);
  const std::unique_lock running(running_, std::try_to_lock);  // a test holds up one of the api's few threads
  if (!running) return fail(Fault::conflict, "another test is running");
  {
    const std::lock_guard lock(mutex_);
    Instant& last = last_[carrier.name];
    const Instant now = clock_.now();
    if (now - last < kBetween && now >= last)
      return fail(Fault::conflict, "{} was tested a moment ago; wait half a minute", carrier.name);
    last = now;
  }
  if (carrier.medium == "sms") return sms_by(carrier.name);
  if (!carrier.out) {
    HEJNAL_TRY(api::ChannelTest test,
               mail_to(settings_.address, "A test of the way out and back. Nobody needs to do anything."));
    if (test.sent) test.detail += fmt::format("; it is to come back to {} in a moment", settings_.address);
    return test;
  }
  if (settings_.on_call.empty() || settings_.on_call.front().email.empty())
    return fail(Fault::refused, "nobody on call has an address");
  return mail_to(settings_.on_call.front().email, "A test of the way out. Nobody needs to do anything.");
}

Result<api::ChannelTest> CarrierCheck::mail_to(const std::string& to, const std::string& text) {
  const std::string id = mark();
  carriers::EmailComposer composer({settings_.name, settings_.address, settings_.timezone, ""});
  ports::Letter letter;
  letter.message_id =
      fmt::format("<check.{}@{}>", id, settings_.address.substr(settings_.address.rfind('@') + 1));
  letter.to = to;
  letter.subject = "hejnal check " + id;
  letter.text = text + "\n";
  letter.at = clock_.now();
  const ports::ComposedMail composed = composer.compose(letter);
  const auto waited = std::make_shared<Waited<ports::SendResult>>();
  const auto done = [waited](ports::SendResult result) { waited->set(std::move(result)); };
  ports::OutgoingMail mail{composed.envelope_from, to, composed.bytes};
  if (world_) {
    ports::Outgoing out;
    out.notice.to = to;
    out.words = {letter.subject, letter.text};
    out.message_id = letter.message_id;
    out.letter = letter;
    out.mail = std::move(mail);
    world_->send(std::move(out), done);
  } else {
    relay_->send(std::move(mail), done);
  }
  const auto result = waited->get();
  if (!result) return fail(Fault::retry_later, "the relay has not answered within 10 s");
  const bool sent = result->outcome == ports::SendResult::Outcome::handed_over;
  return api::ChannelTest{sent, to, sent ? "the relay has taken it" : one_line(result->text)};
}

Result<api::ChannelTest> CarrierCheck::sms_by(const std::string& gateway) {
  if (settings_.on_call.empty() || settings_.on_call.front().phone.empty())
    return fail(Fault::refused, "nobody on call has a telephone number");
  const std::string to = settings_.on_call.front().phone;
  const std::string text = fmt::format("hejnal check: {}", gateway);
  if (world_) {
    const auto waited = std::make_shared<Waited<ports::SendResult>>();
    ports::Outgoing out;
    out.notice.channel = core::Channel::sms;
    out.notice.to = to;
    out.words = {{}, text};
    out.message_id = "check." + mark();
    world_->send(std::move(out), [waited](ports::SendResult result) { waited->set(std::move(result)); });
    const auto result = waited->get();
    const bool sent = result && result->outcome == ports::SendResult::Outcome::handed_over;
    return api::ChannelTest{sent, to, sent ? "taken" : "not taken"};
  }
  carriers::Gateway* found = sms_ ? sms_->board->find(gateway) : nullptr;
  if (!found) return fail(Fault::not_found, "there is no gateway {}", gateway);
  ports::OutgoingSms test;
  test.to = to;
  test.key = "check." + mark();
  test.text = text;
  test.since = clock_.now();
  const auto waited = std::make_shared<Waited<ports::SmsResult>>();
  found->send(test, [waited](ports::SmsResult result) { waited->set(std::move(result)); });
  const auto result = waited->get();
  if (!result) return fail(Fault::retry_later, "the gateway has not answered within 10 s");
  const bool sent = result->outcome == ports::SmsResult::Outcome::handed_over;
  return api::ChannelTest{sent, to, sent ? "the gateway has taken it" : one_line(result->text)};
}

}  // namespace hejnal::app

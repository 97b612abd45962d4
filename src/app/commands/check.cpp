// hejnal check: every mistake of a configuration; with --live also the way out and back.
#include <fmt/format.h>

#include <chrono>
#include <condition_variable>
#include <future>
#include <mutex>
#include <thread>

#include "app/clock.hpp"
#include "app/commands/shared.hpp"
#include "app/from_settings.hpp"
#include "app/sms_out.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/email/composer.hpp"
#include "net/smtp_sender.hpp"
#include "store/sqlite/archive.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::app {

namespace {

constexpr auto kWait = std::chrono::seconds(120);

// Sends a mail from the desk to itself through the relay, and waits for a running server to take it in.
int check_live(const config::Settings& settings) {
  OffsetClock clock;
  char random[8];
  fill_random(random, sizeof random);
  const std::string mark = to_hex({random, sizeof random});
  carriers::EmailComposer composer({settings.name, settings.address, settings.timezone, ""});
  ports::Letter letter;
  letter.message_id =
      fmt::format("<check.{}@{}>", mark, settings.address.substr(settings.address.rfind('@') + 1));
  letter.to = settings.address;
  letter.subject = "hejnal check " + mark;
  letter.text = "A test of the way out and back, sent by `hejnal check --live`.\n";
  letter.at = clock.now();
  const ports::ComposedMail composed = composer.compose(letter);

  auto smtp = smtp_options(settings);
  if (!smtp) return complain(smtp.error());
  net::SmtpSender sender(std::move(*smtp));
  std::mutex mutex;
  std::condition_variable wake;
  std::optional<ports::SendResult> result;
  sender.send({composed.envelope_from, settings.address, composed.bytes}, [&](ports::SendResult r) {
    const std::lock_guard lock(mutex);
    result = std::move(r);
    wake.notify_all();
  });
  {
    std::unique_lock lock(mutex);
    wake.wait(lock, [&] { return result.has_value(); });
  }
  if (result->outcome != ports::SendResult::Outcome::handed_over) {
    fmt::print(stderr, "the relay {} did not take the mail: {} {}\n", settings.smtp, result->code,
               result->text);
    return result->outcome == ports::SendResult::Outcome::try_later ? EX_TEMPFAIL : EX_CONFIG;
  }
  fmt::print("the relay has taken the mail ({}); waiting for it to come back ...\n", result->code);
  std::fflush(stdout);
  const auto archive = store::sqlite::open_archive(settings.store_path);
  if (!archive) return complain(archive.error());
  const auto begin = std::chrono::steady_clock::now();
  while (std::chrono::steady_clock::now() - begin < kWait) {
    const auto found = (*archive)->has_message_id(letter.message_id);
    if (!found) return complain(found.error());
    if (*found) {
      const auto took = std::chrono::duration_cast<Duration>(std::chrono::steady_clock::now() - begin);
      fmt::print("it is back after {}: mail goes out and comes in\n", format_duration(took));
      return EX_OK;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(200));
  }
  fmt::print(
      stderr,
      "the mail left but has not come back within {}: is `hejnal serve` running, and does {} lead to it?\n",
      "2 min", settings.address);
  return EX_UNAVAILABLE;
}

// Sends a test SMS by each gateway. Gateways that call in tell the running server what became of it.
int check_sms(const config::Settings& settings, const std::string& given) {
  const std::string number = wire::e164(given, settings.country);
  if (number.empty()) {
    fmt::print(stderr, "--sms: \"{}\" is no telephone number\n", given);
    return EX_USAGE;
  }
  if (settings.sms.empty()) {
    fmt::print(stderr, "there is no [[sms.gateway]] in the settings\n");
    return EX_CONFIG;
  }
  OffsetClock clock;
  const auto sms = make_sms(settings, clock, {});
  if (!sms) return complain(sms.error());
  int code = EX_OK;
  for (const config::SmsGateway& gateway : settings.sms) {
    char random[8];
    fill_random(random, sizeof random);
    ports::OutgoingSms test;
    test.to = number;
    test.key = "check." + to_hex({random, sizeof random});
    test.text = fmt::format("hejnal check: {}", gateway.name);
    test.since = clock.now();
    std::promise<ports::SmsResult> promise;
    (*sms)->board->find(gateway.name)->send(test, [&](ports::SmsResult result) {
      promise.set_value(std::move(result));
    });
    const ports::SmsResult result = promise.get_future().get();
    using Outcome = ports::SmsResult::Outcome;
    if (result.outcome == Outcome::handed_over) {
      fmt::print("{} has taken the SMS to {}{}{}\n", gateway.name, number, result.id.empty() ? "" : ": ",
                 one_line(result.id));
      continue;
    }
    fmt::print(stderr, "{} did not take the SMS: {}\n", gateway.name, one_line(result.text));
    if (code != EX_CONFIG) code = result.outcome == Outcome::our_mistake ? EX_CONFIG : EX_TEMPFAIL;
  }
  return code;
}

}  // namespace

int check(const std::string& path, bool live, bool document, const std::string& sms_number) {
  if (document) {
    fmt::print("{}", config::settings_document());
    return EX_OK;
  }
  if (const int code = check_settings(path); code != EX_OK) return code;
  if (!live) {
    fmt::print("{}: good\n", path);
    return EX_OK;
  }
  const auto settings = load_settings(path);
  if (!settings) return complain(settings.error());
  if (!sms_number.empty()) return check_sms(*settings, sms_number);
  return check_live(*settings);
}

}  // namespace hejnal::app

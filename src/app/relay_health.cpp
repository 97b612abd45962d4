#include "app/relay_health.hpp"

#include <fmt/format.h>

namespace hejnal::app {

namespace {

bool is_the_relays_fault(const ports::SendResult& result) {
  using enum ports::SendResult::Outcome;
  constexpr int kClosing = 421;  // RFC 5321, 3.8: the service is not available
  return result.outcome == our_mistake ||
         (result.outcome == try_later && (result.code == 0 || result.code == kClosing));
}

// A password in the address is not to be told.
std::string without_user(std::string url) {
  const auto begin = url.find("://");
  const auto at = url.rfind('@');
  if (begin != std::string::npos && at != std::string::npos && at > begin)
    url.erase(begin + 3, at - begin - 2);
  return url;
}

}  // namespace

RelayHealth::RelayHealth(const std::string& url, ports::Clock& clock, Say say)
    : url_(without_user(url)), clock_(clock), say_(std::move(say)) {}

void RelayHealth::note(const ports::SendResult& result) {
  std::string words;
  {
    const std::lock_guard lock(mutex_);
    if (resting_) return;
    const Instant now = clock_.now();
    if (is_the_relays_fault(result)) {
      if (trouble_.empty()) {
        since_ = now;
        words = fmt::format("{} does not take mail: {}; it will be tried again", url_, result.text);
      }
      trouble_ = result.text.empty() ? "no answer" : result.text;
    } else {
      if (!trouble_.empty())
        words = fmt::format("{} takes mail again, after {}", url_, format_duration(now - since_));
      trouble_.clear();
      last_taken_ = now;
    }
  }
  if (!words.empty()) say_(words);
}

void RelayHealth::rest() {
  const std::lock_guard lock(mutex_);
  resting_ = true;
}

std::optional<Instant> RelayHealth::last_taken() const {
  const std::lock_guard lock(mutex_);
  return last_taken_.ms == 0 ? std::nullopt : std::optional(last_taken_);
}

api::ChannelHealth RelayHealth::channel() const {
  const std::lock_guard lock(mutex_);
  if (!trouble_.empty())
    return {"smtp", "degraded",
            fmt::format("{} has not taken mail since {}: {}", url_, format_rfc3339(since_), trouble_)};
  if (last_taken_.ms == 0) return {"smtp", "ok", url_ + ", nothing was sent since the start"};
  return {"smtp", "ok", fmt::format("{}, last spoken to at {}", url_, format_rfc3339(last_taken_))};
}

}  // namespace hejnal::app

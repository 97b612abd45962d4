#include "api/signin/gate.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "api/signin/cookies.hpp"
#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/ip_address.hpp"
#include "base/locked.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr Duration kStoreEvery = 5min;
constexpr std::size_t kSeenMax = 10'000;

}  // namespace

Gate::Gate(const SignIn& settings, const std::string& public_url)
    : settings_(settings),
      secure_(public_url.starts_with("https://")),
      session_cookie_(secure_ ? "__Host-hejnal" : "hejnal"),
      device_cookie_(secure_ ? "__Host-hejnal_device" : "hejnal_device"),
      totp_key_(sha256("hejnal totp " + settings.key)),
      device_key_(sha256("hejnal device " + settings.key)) {
  HEJNAL_CHECK(settings.key.size() == kLockKeyBytes);
}

std::string Gate::set_session(const std::string& secret) const {
  return set_cookie(session_cookie_, secret, secret.empty() ? 0ms : settings_.longest, secure_);
}

std::string Gate::mac_of(std::int64_t user, const std::string& nonce) const {
  return keyed_hash(device_key_, fmt::format("{}.{}", user, nonce));
}

std::string Gate::set_device(std::int64_t user, const std::string& nonce) const {
  return set_cookie(device_cookie_, fmt::format("{}.{}.{}", user, nonce, mac_of(user, nonce)), kDeviceAge,
                    secure_);
}

std::optional<std::pair<std::int64_t, std::string>> Gate::device(const ports::Request& request) const {
  const std::string value = cookie(request, device_cookie_);
  const auto parts = split(value, '.');
  if (value.size() > 200 || parts.size() != 3) return std::nullopt;
  std::int64_t user = 0;
  const auto [end, error] = std::from_chars(parts[0].data(), parts[0].data() + parts[0].size(), user);
  if (error != std::errc() || end != parts[0].data() + parts[0].size()) return std::nullopt;
  std::string nonce(parts[1]);
  if (!equal_constant_time(mac_of(user, nonce), parts[2])) return std::nullopt;
  return std::pair(user, std::move(nonce));
}

std::string Gate::device_of(const ports::Request& request, std::int64_t user) const {
  auto known = device(request);
  return known && known->first == user ? std::move(known->second) : std::string();
}

bool Gate::has_device(const ports::Request& request) const { return device(request).has_value(); }

std::string Gate::address_of(const ports::Request& request) const {
  const auto& trusted = settings_.trusted_proxies;
  const auto is_trusted = [&](const std::string& address) {
    return std::find(trusted.begin(), trusted.end(), address) != trusted.end();
  };
  std::string address = ip_address(request.remote).value_or("");
  std::vector<std::string_view> hops;  // nearest last
  for (const auto& [name, value] : request.headers) {
    if (name != "x-forwarded-for") continue;
    for (const std::string_view hop : split(value, ',')) hops.push_back(trim(hop));
  }
  if (!is_trusted(address)) {
    const bool is_here = is_loopback(address) || address.empty();
    const bool by_proxy =
        !hops.empty() || !request.header("forwarded").empty() || !request.header("x-real-ip").empty();
    return is_here && by_proxy ? std::string() : address;
  }
  for (; !hops.empty() && is_trusted(address); hops.pop_back()) {
    const auto before = ip_address(hops.back());
    if (!before) return {};
    address = *before;
  }
  return address;
}

Instant Gate::seen(const ports::SessionRow& session) const {
  const std::lock_guard lock(mutex_);
  const auto found = seen_.find(session.id);
  return found == seen_.end() ? session.seen_at : std::max(session.seen_at, found->second.at);
}

Instant Gate::ends(const ports::SessionRow& session) const {
  return std::min(session.expires_at, seen(session) + settings_.idle);
}

bool Gate::is_over(const ports::SessionRow& session, Instant now) const { return now >= ends(session); }

bool Gate::see(const ports::SessionRow& session, Instant now) {
  const std::lock_guard lock(mutex_);
  if (seen_.size() >= kSeenMax) seen_.clear();  // the store is a few minutes behind at most
  const auto [place, is_new] = seen_.try_emplace(session.id, Seen{session.seen_at, session.seen_at});
  Seen& known = place->second;
  known.at = std::max(known.at, now);
  if (known.at - known.stored < kStoreEvery) return false;
  known.stored = known.at;
  return true;
}

std::string Gate::lock_up_totp(std::int64_t user, const std::string& secret) const {
  return lock_up(totp_key_, secret, fmt::format("totp {}", user));
}

std::optional<std::string> Gate::unlock_totp(std::int64_t user, const std::string& locked) const {
  return unlock(totp_key_, locked, fmt::format("totp {}", user));
}

std::string csrf_of(const std::string& session_secret) { return keyed_hash(session_secret, "csrf"); }

std::string stream_key(std::int64_t session) { return fmt::format("\n{}", session); }

std::string short_agent(std::string_view user_agent) {
  const auto has = [&](std::string_view word) { return user_agent.find(word) != std::string_view::npos; };
  const char* program = has("Edg/")                        ? "Edge"
                        : has("OPR/")                      ? "Opera"
                        : has("Firefox/") || has("FxiOS/") ? "Firefox"
                        : has("Chrome/") || has("CriOS/")  ? "Chrome"
                        : has("Safari/")                   ? "Safari"
                                                           : nullptr;
  const char* system = has("Android")    ? "Android"
                       : has("iPhone")   ? "iPhone"
                       : has("iPad")     ? "iPad"
                       : has("Windows")  ? "Windows"
                       : has("Mac OS X") ? "macOS"
                       : has("Linux")    ? "Linux"
                                         : nullptr;
  if (!program) return truncate_utf8(one_line(sanitize_utf8(user_agent.substr(0, 200))), 40);
  return system ? fmt::format("{}, {}", program, system) : program;
}

}  // namespace hejnal::api

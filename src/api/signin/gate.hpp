// What is known of those who come by a browser: their session, the device, the address, and when they were
// last seen. Thread-safe.
//
// Two cookies. The session's is 260 random bits, of which the store has a hash. The device's says "somebody
// has signed in to this account here before", with a MAC of the server's key; it opens nothing, and only
// spares its owner the limits that strangers meet (limits.hpp).
#pragma once

#include <mutex>
#include <optional>
#include <string>
#include <unordered_map>

#include "api/api.hpp"
#include "api/signin/limits.hpp"

namespace hejnal::api {

inline constexpr std::size_t kSessionLetters = 52;  // of core::kTokenAlphabet
inline constexpr Duration kDeviceAge = 365 * 24h;

class Gate {
 public:
  Gate(const SignIn& settings, const std::string& public_url);

  const std::string& session_cookie() const { return session_cookie_; }
  std::string set_session(const std::string& secret) const;  // empty: takes it away
  std::string set_device(std::int64_t user, const std::string& nonce) const;
  // The nonce of this browser's device cookie when it is for this account; empty otherwise.
  std::string device_of(const ports::Request& request, std::int64_t user) const;
  bool has_device(const ports::Request& request) const;  // of whatever account

  // Where a request comes from: the peer, or what a proxy says that is trusted. Empty when a proxy is in
  // between that is not: everybody would seem to come from there.
  std::string address_of(const ports::Request& request) const;

  bool is_over(const ports::SessionRow& session, Instant now) const;
  Instant ends(const ports::SessionRow& session) const;  // if nobody comes any more
  Instant seen(const ports::SessionRow& session) const;
  // Somebody has come. True when it is time to tell the store.
  bool see(const ports::SessionRow& session, Instant now);

  std::string lock_up_totp(std::int64_t user, const std::string& secret) const;
  std::optional<std::string> unlock_totp(std::int64_t user, const std::string& locked) const;

  const SignIn& settings() const { return settings_; }
  bool secure() const { return secure_; }
  SignInLimits limits;

 private:
  std::string mac_of(std::int64_t user, const std::string& nonce) const;
  std::optional<std::pair<std::int64_t, std::string>> device(const ports::Request& request) const;

  const SignIn settings_;
  const bool secure_;
  const std::string session_cookie_, device_cookie_;
  const std::string totp_key_, device_key_;
  struct Seen {
    Instant at, stored;
  };
  mutable std::mutex mutex_;
  std::unordered_map<std::int64_t, Seen> seen_;  // by session
};

// What proves that a request comes from our page and not merely from its browser: in X-CSRF-Token.
std::string csrf_of(const std::string& session_secret);
// A session as Events::revoke() knows it; no token can have such a name.
std::string stream_key(std::int64_t session);
// "Firefox on Windows" of a User-Agent; never more than a few words.
std::string short_agent(std::string_view user_agent);

}  // namespace hejnal::api

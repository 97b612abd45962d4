// Short secrets that must be had back, locked up with a key that lies elsewhere (XChaCha20-Poly1305 by
// libsodium). Thread-safe.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace hejnal {

inline constexpr std::size_t kLockKeyBytes = 32;

// Hexadecimal digits. `about` says what it is and whose: it opens only as that again.
std::string lock_up(std::string_view key, std::string_view secret, std::string_view about);
// Empty when it was locked with another key, as something else, or has been changed.
std::optional<std::string> unlock(std::string_view key, std::string_view locked, std::string_view about);

std::optional<std::string> from_hex(std::string_view digits);

}  // namespace hejnal

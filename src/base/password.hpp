// Passwords, kept as Argon2id by libsodium (64 MiB and two passes: about an eighth of a second). Thread-safe,
// and slow on purpose: for a thread that nobody else waits for.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"

namespace hejnal {

// With its salt and its cost, as libsodium writes it. Fails with retry_later when there is no memory for it.
Result<std::string> hash_password(std::string_view password);
// Also false when there is no memory for it. An empty hash is nobody's.
bool password_fits(std::string_view hash, std::string_view password);
// The hash of a password that nobody has: who asks for somebody unknown waits as long as everybody else.
std::string_view nobodys_password();
bool is_outdated_hash(std::string_view hash);  // made at another cost than today's

}  // namespace hejnal

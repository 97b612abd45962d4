// Signatures that anybody can check (Ed25519, RFC 8032, by libsodium). Thread-safe.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hejnal {

inline constexpr std::size_t kSigningSeedBytes = 32;

struct Signature {
  std::string key;    // the public one, hexadecimal
  std::string bytes;  // hexadecimal
};

// `seed`: 32 secret random bytes; the same one gives the same key.
Signature sign(std::string_view seed, std::string_view text);
std::string public_key_of(std::string_view seed);  // hexadecimal
// Whether whoever owns `key` has signed exactly this text. False also for what is no key or no signature.
bool is_signed(std::string_view text, const Signature& signature);

}  // namespace hejnal

// Hashes, by libsodium. Thread-safe.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

namespace hejnal {

std::string sha256(std::string_view bytes);      // 32 raw bytes
std::string sha256_hex(std::string_view bytes);  // 64 hexadecimal digits
// BLAKE2b (RFC 7693) of 32 bytes, as 64 hexadecimal digits: names stored content; several times faster than
// SHA-256.
std::string content_hash(std::string_view bytes);
// BLAKE2b keyed with a secret of 16 to 64 bytes (a MAC), as 64 hexadecimal digits.
std::string keyed_hash(std::string_view key, std::string_view bytes);
// SipHash-2-4 without a key: notices damage in short texts, and costs next to nothing. Not for secrets or
// names.
std::uint64_t checksum(std::string_view bytes);
// The same with a secret key of 16 bytes: a pseudorandom function of short texts.
std::uint64_t keyed_checksum(std::string_view key, std::string_view bytes);
std::string to_hex(std::string_view bytes);
bool equal_constant_time(std::string_view a, std::string_view b);  // for secrets; lengths may leak
void fill_random(char* bytes, std::size_t size);                   // from the operating system

}  // namespace hejnal

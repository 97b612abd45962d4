#include "base/hash.hpp"

#include <sodium.h>

#include "base/check.hpp"

namespace hejnal {

namespace {
void ensure_sodium() {
  static const int ready = sodium_init();
  HEJNAL_CHECK(ready >= 0);
}
}  // namespace

std::string sha256(std::string_view bytes) {
  std::string out(crypto_hash_sha256_BYTES, '\0');
  crypto_hash_sha256(reinterpret_cast<unsigned char*>(out.data()),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size());
  return out;
}

std::uint64_t checksum(std::string_view bytes) {
  static constexpr char kNoKey[crypto_shorthash_KEYBYTES] = {};
  return keyed_checksum({kNoKey, sizeof kNoKey}, bytes);
}

std::uint64_t keyed_checksum(std::string_view key, std::string_view bytes) {
  static_assert(crypto_shorthash_BYTES == sizeof(std::uint64_t));
  HEJNAL_CHECK(key.size() == crypto_shorthash_KEYBYTES);
  unsigned char out[crypto_shorthash_BYTES];
  crypto_shorthash(out, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                   reinterpret_cast<const unsigned char*>(key.data()));
  std::uint64_t sum = 0;
  for (const unsigned char byte : out) sum = sum << 8 | byte;
  return sum;
}

std::string to_hex(std::string_view bytes) {
  static constexpr char kDigits[] = "0123456789abcdef";
  std::string out;
  out.reserve(bytes.size() * 2);
  for (const char c : bytes) {
    out += kDigits[static_cast<unsigned char>(c) >> 4];
    out += kDigits[static_cast<unsigned char>(c) & 15];
  }
  return out;
}

std::string sha256_hex(std::string_view bytes) { return to_hex(sha256(bytes)); }

std::string content_hash(std::string_view bytes) {
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), nullptr, 0);
  return to_hex(out);
}

std::string keyed_hash(std::string_view key, std::string_view bytes) {
  HEJNAL_CHECK(key.size() >= crypto_generichash_KEYBYTES_MIN &&
               key.size() <= crypto_generichash_KEYBYTES_MAX);
  std::string out(32, '\0');
  crypto_generichash(reinterpret_cast<unsigned char*>(out.data()), out.size(),
                     reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(),
                     reinterpret_cast<const unsigned char*>(key.data()), key.size());
  return to_hex(out);
}

bool equal_constant_time(std::string_view a, std::string_view b) {
  return a.size() == b.size() && sodium_memcmp(a.data(), b.data(), a.size()) == 0;
}

void fill_random(char* bytes, std::size_t size) {
  ensure_sodium();
  randombytes_buf(bytes, size);
}

}  // namespace hejnal

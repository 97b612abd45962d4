#include "base/signature.hpp"

#include <sodium.h>

#include <array>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/locked.hpp"

namespace hejnal {

namespace {

static_assert(kSigningSeedBytes == crypto_sign_ed25519_SEEDBYTES);

struct Pair {
  std::array<unsigned char, crypto_sign_ed25519_PUBLICKEYBYTES> open{};
  std::array<unsigned char, crypto_sign_ed25519_SECRETKEYBYTES> secret{};
  ~Pair() { sodium_memzero(secret.data(), secret.size()); }
};

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

void make(Pair& pair, std::string_view seed) {
  HEJNAL_CHECK(seed.size() == kSigningSeedBytes);
  HEJNAL_CHECK(sodium_init() >= 0);
  HEJNAL_CHECK(crypto_sign_ed25519_seed_keypair(pair.open.data(), pair.secret.data(), bytes_of(seed)) == 0);
}

std::string hex(const unsigned char* bytes, std::size_t size) {
  return to_hex({reinterpret_cast<const char*>(bytes), size});
}

}  // namespace

Signature sign(std::string_view seed, std::string_view text) {
  Pair pair;
  make(pair, seed);
  std::array<unsigned char, crypto_sign_ed25519_BYTES> out{};
  HEJNAL_CHECK(crypto_sign_ed25519_detached(out.data(), nullptr, bytes_of(text), text.size(),
                                            pair.secret.data()) == 0);
  return {hex(pair.open.data(), pair.open.size()), hex(out.data(), out.size())};
}

std::string public_key_of(std::string_view seed) {
  Pair pair;
  make(pair, seed);
  return hex(pair.open.data(), pair.open.size());
}

bool is_signed(std::string_view text, const Signature& signature) {
  const auto key = from_hex(signature.key), bytes = from_hex(signature.bytes);
  if (!key || !bytes || key->size() != crypto_sign_ed25519_PUBLICKEYBYTES ||
      bytes->size() != crypto_sign_ed25519_BYTES || sodium_init() < 0)
    return false;
  return crypto_sign_ed25519_verify_detached(bytes_of(*bytes), bytes_of(text), text.size(), bytes_of(*key)) ==
         0;
}

}  // namespace hejnal

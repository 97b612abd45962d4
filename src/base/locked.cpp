#include "base/locked.hpp"

#include <sodium.h>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace hejnal {

namespace {

constexpr std::size_t kNonce = crypto_aead_xchacha20poly1305_ietf_NPUBBYTES;
constexpr std::size_t kSeal = crypto_aead_xchacha20poly1305_ietf_ABYTES;
static_assert(kLockKeyBytes == crypto_aead_xchacha20poly1305_ietf_KEYBYTES);

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}
unsigned char* bytes_in(std::string& text) { return reinterpret_cast<unsigned char*>(text.data()); }

}  // namespace

std::string lock_up(std::string_view key, std::string_view secret, std::string_view about) {
  HEJNAL_CHECK(key.size() == kLockKeyBytes);
  std::string nonce(kNonce, '\0');
  fill_random(nonce.data(), nonce.size());
  std::string out(secret.size() + kSeal, '\0');
  unsigned long long size = 0;
  crypto_aead_xchacha20poly1305_ietf_encrypt(bytes_in(out), &size, bytes_of(secret), secret.size(),
                                             bytes_of(about), about.size(), nullptr, bytes_of(nonce),
                                             bytes_of(key));
  return to_hex(nonce) + to_hex(out);
}

std::optional<std::string> unlock(std::string_view key, std::string_view locked, std::string_view about) {
  HEJNAL_CHECK(key.size() == kLockKeyBytes);
  const auto all = from_hex(locked);
  if (!all || all->size() < kNonce + kSeal) return std::nullopt;
  const std::string_view nonce = std::string_view(*all).substr(0, kNonce);
  const std::string_view sealed = std::string_view(*all).substr(kNonce);
  std::string out(sealed.size() - kSeal, '\0');
  unsigned long long size = 0;
  if (crypto_aead_xchacha20poly1305_ietf_decrypt(bytes_in(out), &size, nullptr, bytes_of(sealed),
                                                 sealed.size(), bytes_of(about), about.size(),
                                                 bytes_of(nonce), bytes_of(key)) != 0)
    return std::nullopt;
  return out;
}

std::optional<std::string> from_hex(std::string_view digits) {
  std::string out(digits.size() / 2, '\0');
  std::size_t size = 0;
  if (digits.size() % 2 != 0 ||
      sodium_hex2bin(bytes_in(out), out.size(), digits.data(), digits.size(), nullptr, &size, nullptr) != 0)
    return std::nullopt;
  return size == out.size() ? std::optional(std::move(out)) : std::nullopt;
}

}  // namespace hejnal

#include "base/password.hpp"

#include <sodium.h>

#include "base/check.hpp"

namespace hejnal {

namespace {

constexpr auto kPasses = crypto_pwhash_OPSLIMIT_INTERACTIVE;
constexpr auto kBytes = crypto_pwhash_MEMLIMIT_INTERACTIVE;

void ensure_sodium() {
  static const int ready = sodium_init();
  HEJNAL_CHECK(ready >= 0);
}

}  // namespace

Result<std::string> hash_password(std::string_view password) {
  ensure_sodium();
  char out[crypto_pwhash_STRBYTES];
  if (crypto_pwhash_str_alg(out, password.data(), password.size(), kPasses, kBytes,
                            crypto_pwhash_ALG_ARGON2ID13) != 0)
    return fail(Fault::retry_later, "there is not enough memory for a password's hash");
  return std::string(out);
}

bool password_fits(std::string_view hash, std::string_view password) {
  ensure_sodium();
  const std::string text(hash);
  return crypto_pwhash_str_verify(text.c_str(), password.data(), password.size()) == 0;
}

std::string_view nobodys_password() {
  // Of 32 random bytes that were not kept.
  return "$argon2id$v=19$m=65536,t=2,p=1$WaKuQ5QNsLFKVJpbFBpsyQ$/h12tX/+a2nfF2qrxkIcoQmcaHWuzvz2ovvFm6Ougv8";
}

bool is_outdated_hash(std::string_view hash) {
  const std::string text(hash);
  return crypto_pwhash_str_needs_rehash(text.c_str(), kPasses, kBytes) != 0;
}

}  // namespace hejnal

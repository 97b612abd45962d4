#include "base/totp.hpp"

#include <fmt/format.h>
#include <liboath/oath.h>

#include <array>
#include <cstdlib>

#include "base/check.hpp"
#include "base/hash.hpp"

namespace hejnal {

namespace {

constexpr std::int64_t kStepSeconds = 30;

std::string percent_encoded(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '-' || c == '_' || c == '.' || c == '~';
    out += plain ? std::string(1, c) : fmt::format("%{:02X}", static_cast<unsigned char>(c));
  }
  return out;
}

}  // namespace

std::int64_t totp_step(Instant t) { return t.ms / 1000 / kStepSeconds; }

std::string totp_code(std::string_view secret, std::int64_t step, unsigned digits) {
  static const int ready = oath_init();
  HEJNAL_CHECK(ready == OATH_OK);
  HEJNAL_CHECK(digits >= 6 && digits <= 8);
  std::array<char, 9> out{};
  const int code = oath_hotp_generate(secret.data(), secret.size(), static_cast<std::uint64_t>(step), digits,
                                      false, OATH_HOTP_DYNAMIC_TRUNCATION, out.data());
  HEJNAL_CHECK(code == OATH_OK);
  return out.data();
}

std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code, Instant now,
                                         std::int64_t last_used) {
  const std::int64_t middle = totp_step(now);
  std::optional<std::int64_t> found;
  for (std::int64_t step = middle - 1; step <= middle + 1; ++step) {  // all three, whichever it is
    const bool fits = step >= 0 && equal_constant_time(totp_code(secret, step), code);
    if (fits && step > last_used && !found) found = step;
  }
  return found;
}

std::string base32(std::string_view bytes) {
  char* text = nullptr;
  std::size_t size = 0;
  const int code = oath_base32_encode(bytes.data(), bytes.size(), &text, &size);
  HEJNAL_CHECK(code == OATH_OK);
  std::string out(text, size);
  std::free(text);
  while (out.ends_with('=')) out.pop_back();
  return out;
}

std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view secret) {
  return fmt::format("otpauth://totp/{}:{}?secret={}&issuer={}", percent_encoded(issuer),
                     percent_encoded(account), base32(secret), percent_encoded(issuer));
}

}  // namespace hejnal

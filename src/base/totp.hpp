// Codes of a second factor that change every half minute (RFC 6238: SHA-1, six digits, which is what
// authenticator apps read), by liboath. Thread-safe.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace hejnal {

inline constexpr std::size_t kTotpSecretBytes = 20;  // RFC 4226 recommends 160 bits

// The step of this time, and the code of a step.
std::int64_t totp_step(Instant t);
std::string totp_code(std::string_view secret, std::int64_t step, unsigned digits = 6);

// The step whose code this is: now's, the one before or the one after, because clocks differ. Only steps
// behind `last_used` count: each code opens once. Empty when it is none.
std::optional<std::int64_t> totp_step_of(std::string_view secret, std::string_view code, Instant now,
                                         std::int64_t last_used);

std::string base32(std::string_view bytes);  // RFC 4648, without padding: how a secret is typed
// What the QR code for an app says: otpauth://totp/ISSUER:ACCOUNT?secret=…
std::string otpauth_uri(std::string_view issuer, std::string_view account, std::string_view secret);

}  // namespace hejnal

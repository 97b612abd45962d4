// Tokens of the API: made, listed and revoked in one way, by whomever. Each runs inside a transaction.
#pragma once

#include <string>

#include "desk/ledger.hpp"

namespace hejnal::api {

// Names of the tokens that a server writes into a file at each start, for those who started it.
inline constexpr const char* kStartToken = "start";
inline constexpr const char* kSandboxToken = "sandbox";

// Whoever holds a callback, or has written a sentence, stands in journals by name alone: so a token and an
// account never share one, and neither is called as the desk, a client or an exchange is. Fails with
// malformed (reserved) or conflict (taken).
Status check_free_name(desk::Desk& desk, const std::string& name);
// A new random token; the store keeps its hash. A name has one token: it stands in journals.
// Fails with malformed (name, role) or conflict (the name has a token or an account).
Result<std::string> make_token(desk::Desk& desk, const std::string& name, const std::string& role);
// An administrator's, instead of the one that an earlier start has made.
Result<std::string> make_start_token(desk::Desk& desk, const std::string& name);
// Fails with not_found when it has none. Whoever commits it tells Events::revoke() afterwards.
Status revoke_token(desk::Desk& desk, const std::string& name);

}  // namespace hejnal::api

// Accounts of people: invited, changed, disabled, opened by a link, in one way, whoever asks: the API or a
// command. Each function runs inside a transaction.
#pragma once

#include <string>
#include <vector>

#include "desk/ledger.hpp"

namespace hejnal::api {

inline constexpr Duration kLinkAge = 24h;
inline constexpr const char* kSandboxUser = "sandbox";

// As a name is compared: two that people would confuse are one.
std::string key_of_name(std::string_view name);
Status check_name(const std::string& name);
Status check_role(std::string_view role);
// At least 12 characters, not all the same, not the name itself.
Status check_password(const std::string& password, const std::string& name);

struct Invitation {
  std::string name, email, phone, role, language;  // without a name the person chooses one
};

// A secret, of which the store keeps the hash. An earlier invitation of the same name is worth nothing from
// now on. Fails with malformed, or conflict: somebody has this name.
Result<std::string> invite(desk::Desk& desk, const Invitation& invitation, const std::string& by);
// An administrator's, as long as nobody has an account; empty when somebody has. The one of an earlier start
// goes.
Result<std::string> invite_first(desk::Desk& desk);
// The address that a browser opens. Behind '#', so that the secret reaches no log of a server in between.
std::string address_of_link(const std::string& public_url, const std::string& secret);
std::string hash_of_link(std::string_view secret);

// Those who are to be told that their session is over: Events::revoke(stream_key(…)), after the commit.
using Ended = std::vector<std::int64_t>;

Result<ports::UserRow> user_with(desk::Desk& desk, std::int64_t id);           // not_found
Result<ports::UserRow> user_named(desk::Desk& desk, const std::string& name);  // not_found
// These end all sessions of the account. Fails with conflict when no administrator would be left.
Status change_role(desk::Desk& desk, ports::UserRow user, const std::string& role, Ended& ended);
Status set_disabled(desk::Desk& desk, ports::UserRow user, bool disabled, Ended& ended);
// The password is worth nothing from now on, the link lets its person choose another; `totp`: the second
// factor and its recovery codes go, too.
Result<std::string> reset(desk::Desk& desk, ports::UserRow user, bool totp, const std::string& by,
                          Ended& ended);
Status end_sessions(desk::Desk& desk, std::int64_t user, std::int64_t but, Ended& ended);

}  // namespace hejnal::api

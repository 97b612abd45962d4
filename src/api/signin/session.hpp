// What several handlers of sign-in need. Internal to the room.
#pragma once

#include <optional>
#include <string>

#include "api/context.hpp"
#include "api/signin/accounts.hpp"
#include "api/signin/gate.hpp"
#include "base/locked.hpp"

namespace hejnal::api {

// A request that begins something in a browser comes from a page of ours, as JSON; otherwise what to answer.
std::optional<ports::Response> refuse_foreign(const Context& context);

// The last use of a second factor, to be noted in the transaction that it is used in: nothing opens twice.
struct Factor {
  std::int64_t step = 0;  // of a code; 0: none
  std::string recovery;   // the hash of a recovery code
};
// Whether `code` is one of this person's, as far as can be seen before the transaction.
std::optional<Factor> factor_of(Context& context, const ports::UserRow& user, const std::string& code,
                                Instant now);
std::string recovery_hash(std::int64_t user, std::string_view code);  // small letters and digits
// False: somebody was quicker with it.
Result<bool> use_factor(desk::Desk& desk, ports::UserRow& user, const Factor& factor);

// Of a new session: what the browser gets. `user` is changed and stored with it. A session that this browser
// has had goes.
struct Begun {
  ports::SessionRow session;
  std::string secret;
  Ended ended;
};
Result<Begun> begin_session(Context& context, desk::Desk& desk, ports::UserRow& user);
ports::Response begun_response(Context& context, const ports::UserRow& user, const Begun& begun,
                               const std::string& device = {});
json::Object session_json(const Context& context, const ports::UserRow& user,
                          const ports::SessionRow& session, const std::string& csrf);
void tell_ended(Context& context, const Ended& ended);
// Adds a line to the audit log that does not stand for the request as a whole.
Status note(Context& context, desk::Desk& desk, const std::string& who, const std::string& object,
            const std::string& after);

}  // namespace hejnal::api

// Who may sign in, and what has been done: people of the desk with their sessions, one-time links, and the
// audit log. Part of the two seams in store.hpp, with their threads and failures.
//
// Of a password, a session, a link and a recovery code only a hash is kept; the secret of a second factor is
// locked up with a key that lies beside the database (base/locked.hpp).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"

namespace hejnal::ports {

struct UserRow {
  std::int64_t id = 0;
  std::string name;  // stands in journals
  std::string key;   // the name as it is compared: folded; one account has it
  std::string email, phone, role, language;
  std::string password;         // Argon2id; empty: none, only a link opens the account
  std::string totp, totp_next;  // locked up; the second one waits for its first code
  std::int64_t totp_step = 0;   // of the last code that was used
  bool disabled = false;
  Instant created_at;
  std::optional<Instant> signed_in_at = std::nullopt;
};

struct SessionRow {
  std::int64_t id = 0;
  std::string hash;  // SHA-256 of what the browser has
  std::int64_t user = 0;
  Instant made_at, seen_at, expires_at;  // the last is never put off
  std::string agent, address;            // the program in short; where from
};

struct LinkRow {
  std::int64_t id = 0;
  std::string hash, kind;  // first, invitation, reset
  std::int64_t user = 0;   // of a reset
  std::string name, email, phone, role, language;
  std::string made_by;
  Instant made_at, expires_at;
};

struct AuditRow {
  std::int64_t id = 0;
  Instant at;
  std::string who, via, address;  // via: session, token, link, command
  std::string action, object;     // what was asked for; of what
  std::string before, after;      // in short; often empty
};

class AccountsReader {
 public:
  virtual ~AccountsReader() = default;
  virtual Result<std::optional<UserRow>> user(std::int64_t id) = 0;
  virtual Result<std::optional<UserRow>> user_by_key(std::string_view key) = 0;
  virtual Result<std::vector<UserRow>> users() = 0;  // by key
  virtual Result<std::optional<SessionRow>> session(std::string_view hash) = 0;
  virtual Result<std::vector<SessionRow>> sessions(std::int64_t user) = 0;  // newest first
  virtual Result<std::optional<LinkRow>> link(std::string_view hash) = 0;
  virtual Result<std::vector<LinkRow>> links() = 0;  // newest first
  virtual Result<std::int64_t> recovery_codes_left(std::int64_t user) = 0;
  virtual Result<std::vector<AuditRow>> audit(int limit, std::int64_t before) = 0;  // newest first, ids below
};

class Accounts : public AccountsReader {
 public:
  virtual Result<std::int64_t> add_user(const UserRow& row) = 0;  // its id; conflict: the key is taken
  virtual Status set_user(const UserRow& row) = 0;                // all of it but the id and created_at
  virtual Result<std::int64_t> add_session(const SessionRow& row) = 0;
  virtual Status see_session(std::int64_t id, Instant at) = 0;  // never back
  virtual Status remove_session(std::int64_t id) = 0;
  virtual Result<std::int64_t> add_link(const LinkRow& row) = 0;
  virtual Result<bool> remove_link(std::int64_t id) = 0;  // false: there is none, or not any more
  virtual Status remove_expired(Instant sessions_seen_before, Instant now) = 0;  // sessions and links
  virtual Status set_recovery_codes(std::int64_t user, const std::vector<std::string>& hashes) = 0;
  virtual Result<bool> use_recovery_code(std::int64_t user,
                                         std::string_view hash) = 0;  // false: none, or used
  virtual Status add_audit(const AuditRow& row) = 0;
};

}  // namespace hejnal::ports

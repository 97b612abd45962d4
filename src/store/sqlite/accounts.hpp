// ports::Accounts on SQLite, for the writer and for readers: on the connection of whoever owns it.
#pragma once

#include "ports/accounts.hpp"
#include "store/sqlite/database.hpp"

namespace hejnal::store::sqlite {

class SqliteAccounts final : public ports::Accounts {
 public:
  explicit SqliteAccounts(Database& db) : db_(db) {}  // which must outlive it

  Result<std::optional<ports::UserRow>> user(std::int64_t id) override;
  Result<std::optional<ports::UserRow>> user_by_key(std::string_view key) override;
  Result<std::vector<ports::UserRow>> users() override;
  Result<std::optional<ports::SessionRow>> session(std::string_view hash) override;
  Result<std::vector<ports::SessionRow>> sessions(std::int64_t user) override;
  Result<std::optional<ports::LinkRow>> link(std::string_view hash) override;
  Result<std::vector<ports::LinkRow>> links() override;
  Result<std::int64_t> recovery_codes_left(std::int64_t user) override;
  Result<std::vector<ports::AuditRow>> audit(int limit, std::int64_t before) override;

  Result<std::int64_t> add_user(const ports::UserRow& row) override;
  Status set_user(const ports::UserRow& row) override;
  Result<std::int64_t> add_session(const ports::SessionRow& row) override;
  Status see_session(std::int64_t id, Instant at) override;
  Status remove_session(std::int64_t id) override;
  Result<std::int64_t> add_link(const ports::LinkRow& row) override;
  Result<bool> remove_link(std::int64_t id) override;
  Status remove_expired(Instant sessions_seen_before, Instant now) override;
  Status set_recovery_codes(std::int64_t user, const std::vector<std::string>& hashes) override;
  Result<bool> use_recovery_code(std::int64_t user, std::string_view hash) override;
  Status add_audit(const ports::AuditRow& row) override;

 private:
  Database& db_;
};

}  // namespace hejnal::store::sqlite

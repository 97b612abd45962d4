#include "store/sqlite/accounts.hpp"

namespace hejnal::store::sqlite {

namespace {

ports::UserRow read_user(const Rows& r) {
  return {r.integer(0),
          r.text(1),
          r.text(2),
          r.text(3),
          r.text(4),
          r.text(5),
          r.text(6),
          r.text(7),
          r.text(8),
          r.text(9),
          r.integer(10),
          r.integer(11) != 0,
          Instant{r.integer(12)},
          r.instant(13)};
}

ports::SessionRow read_session(const Rows& r) {
  return {r.integer(0),          r.text(1), r.integer(2), Instant{r.integer(3)}, Instant{r.integer(4)},
          Instant{r.integer(5)}, r.text(6), r.text(7)};
}

ports::LinkRow read_link(const Rows& r) {
  return {r.integer(0),
          r.text(1),
          r.text(2),
          r.integer(3),
          r.text(4),
          r.text(5),
          r.text(6),
          r.text(7),
          r.text(8),
          r.text(9),
          Instant{r.integer(10)},
          Instant{r.integer(11)}};
}

ports::AuditRow read_audit(const Rows& r) {
  return {
      r.integer(0), Instant{r.integer(1)}, r.text(2), r.text(3), r.text(4), r.text(5), r.text(6), r.text(7),
      r.text(8)};
}

template <class Row>
Result<std::vector<Row>> all(Result<Rows> rows, Row (*read)(const Rows&)) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<Row> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return out;
    out.push_back(read(*rows));
  }
}

template <class Row>
Result<std::optional<Row>> one(Result<Rows> rows, Row (*read)(const Rows&)) {
  if (!rows) return tl::make_unexpected(rows.error());
  HEJNAL_TRY(const bool found, rows->next());
  return found ? std::optional(read(*rows)) : std::nullopt;
}

#define HEJNAL_USER                                                                                      \
  "SELECT id, name, key, email, phone, role, language, password, totp, totp_next, totp_step, disabled, " \
  "created_at, signed_in_at FROM users "
#define HEJNAL_SESSION "SELECT id, hash, user, made_at, seen_at, expires_at, agent, address FROM sessions "
#define HEJNAL_LINK                                                                                     \
  "SELECT id, hash, kind, user, name, email, phone, role, language, made_by, made_at, expires_at FROM " \
  "links "

}  // namespace

Result<std::optional<ports::UserRow>> SqliteAccounts::user(std::int64_t id) {
  return one(db_.query(HEJNAL_USER "WHERE id = ?1", id), read_user);
}
Result<std::optional<ports::UserRow>> SqliteAccounts::user_by_key(std::string_view key) {
  return one(db_.query(HEJNAL_USER "WHERE key = ?1", key), read_user);
}
Result<std::vector<ports::UserRow>> SqliteAccounts::users() {
  return all(db_.query(HEJNAL_USER "ORDER BY key"), read_user);
}
Result<std::optional<ports::SessionRow>> SqliteAccounts::session(std::string_view hash) {
  return one(db_.query(HEJNAL_SESSION "WHERE hash = ?1", hash), read_session);
}
Result<std::vector<ports::SessionRow>> SqliteAccounts::sessions(std::int64_t user) {
  return all(db_.query(HEJNAL_SESSION "WHERE user = ?1 ORDER BY made_at DESC, id DESC", user), read_session);
}
Result<std::optional<ports::LinkRow>> SqliteAccounts::link(std::string_view hash) {
  return one(db_.query(HEJNAL_LINK "WHERE hash = ?1", hash), read_link);
}
Result<std::vector<ports::LinkRow>> SqliteAccounts::links() {
  return all(db_.query(HEJNAL_LINK "ORDER BY made_at DESC, id DESC"), read_link);
}
Result<std::int64_t> SqliteAccounts::recovery_codes_left(std::int64_t user) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT count(*) FROM recovery_codes WHERE user = ?1", user));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.integer(0) : 0;
}
Result<std::vector<ports::AuditRow>> SqliteAccounts::audit(int limit, std::int64_t before) {
  return all(
      db_.query("SELECT id, at, who, via, address, action, object, before, after FROM audit WHERE id < ?2 "
                "ORDER BY id DESC LIMIT ?1",
                limit, before),
      read_audit);
}

Result<std::int64_t> SqliteAccounts::add_user(const ports::UserRow& u) {
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO users (name, key, email, phone, role, language, password, totp, totp_next, "
              "totp_step, disabled, "
              "created_at, signed_in_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13)",
              u.name, u.key, u.email, u.phone, u.role, u.language, u.password, u.totp, u.totp_next,
              u.totp_step, u.disabled, u.created_at, u.signed_in_at));
  return db_.last_row_id();
}
Status SqliteAccounts::set_user(const ports::UserRow& u) {
  return db_.run(
      "UPDATE users SET name = ?2, key = ?3, email = ?4, phone = ?5, role = ?6, language = ?7, password = "
      "?8, totp = "
      "?9, totp_next = ?10, totp_step = ?11, disabled = ?12, signed_in_at = ?13 WHERE id = ?1",
      u.id, u.name, u.key, u.email, u.phone, u.role, u.language, u.password, u.totp, u.totp_next, u.totp_step,
      u.disabled, u.signed_in_at);
}
Result<std::int64_t> SqliteAccounts::add_session(const ports::SessionRow& s) {
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO sessions (hash, user, made_at, seen_at, expires_at, agent, address) VALUES (?1, "
              "?2, ?3, ?4, ?5, ?6, ?7)",
              s.hash, s.user, s.made_at, s.seen_at, s.expires_at, s.agent, s.address));
  return db_.last_row_id();
}
Status SqliteAccounts::see_session(std::int64_t id, Instant at) {
  return db_.run("UPDATE sessions SET seen_at = ?2 WHERE id = ?1 AND seen_at < ?2", id, at);
}
Status SqliteAccounts::remove_session(std::int64_t id) {
  return db_.run("DELETE FROM sessions WHERE id = ?1", id);
}
Result<std::int64_t> SqliteAccounts::add_link(const ports::LinkRow& l) {
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO links (hash, kind, user, name, email, phone, role, language, made_by, made_at, "
              "expires_at) VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)",
              l.hash, l.kind, l.user, l.name, l.email, l.phone, l.role, l.language, l.made_by, l.made_at,
              l.expires_at));
  return db_.last_row_id();
}
Result<bool> SqliteAccounts::remove_link(std::int64_t id) {
  HEJNAL_TRY_VOID(db_.run("DELETE FROM links WHERE id = ?1", id));
  return db_.changes() > 0;
}
Status SqliteAccounts::remove_expired(Instant sessions_seen_before, Instant now) {
  HEJNAL_TRY_VOID(
      db_.run("DELETE FROM sessions WHERE expires_at <= ?2 OR seen_at <= ?1", sessions_seen_before, now));
  return db_.run("DELETE FROM links WHERE expires_at <= ?1", now);
}
Status SqliteAccounts::set_recovery_codes(std::int64_t user, const std::vector<std::string>& hashes) {
  HEJNAL_TRY_VOID(db_.run("DELETE FROM recovery_codes WHERE user = ?1", user));
  for (const std::string& hash : hashes)
    HEJNAL_TRY_VOID(db_.run("INSERT INTO recovery_codes (user, hash) VALUES (?1, ?2)", user, hash));
  return {};
}
Result<bool> SqliteAccounts::use_recovery_code(std::int64_t user, std::string_view hash) {
  HEJNAL_TRY_VOID(db_.run("DELETE FROM recovery_codes WHERE user = ?1 AND hash = ?2", user, hash));
  return db_.changes() > 0;
}
Status SqliteAccounts::add_audit(const ports::AuditRow& a) {
  return db_.run(
      "INSERT INTO audit (at, who, via, address, action, object, before, after) VALUES (?1, ?2, ?3, ?4, ?5, "
      "?6, ?7, ?8)",
      a.at, a.who, a.via, a.address, a.action, a.object, a.before, a.after);
}

}  // namespace hejnal::store::sqlite

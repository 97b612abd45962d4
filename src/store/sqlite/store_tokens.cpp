// Tokens of the API: their hashes, never they themselves.
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

Status SqliteStore::add_token(std::string_view name, std::string_view role, std::string_view hash,
                              Instant now) {
  return db_.run("INSERT INTO tokens (hash, name, role, created_at) VALUES (?1, ?2, ?3, ?4)", hash, name,
                 role, now);
}

Result<std::vector<ports::TokenRow>> SqliteStore::tokens() {
  HEJNAL_TRY(Rows rows, db_.query("SELECT name, role, created_at FROM tokens ORDER BY name, created_at"));
  std::vector<ports::TokenRow> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back({rows.text(0), rows.text(1), Instant{rows.integer(2)}});
  }
}

Result<std::int64_t> SqliteStore::remove_tokens(std::string_view name) {
  HEJNAL_TRY_VOID(db_.run("DELETE FROM tokens WHERE name = ?1", name));
  return db_.changes();
}

}  // namespace hejnal::store::sqlite

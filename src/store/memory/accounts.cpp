#include "store/memory/accounts.hpp"

#include <algorithm>

namespace hejnal::store::memory {

namespace {

template <class Table, class Is>
auto first(const Table& table, const Is& is) {
  using Row = std::decay_t<decltype(table.rows().begin()->second)>;
  for (const auto& [id, row] : table.rows()) {
    if (is(row)) return std::optional<Row>(row);
  }
  return std::optional<Row>();
}

template <class Table>
std::int64_t next_id(const Table& table) {
  return table.empty() ? 1 : table.rows().rbegin()->first + 1;
}

// As it is in the table, with its id.
template <class Table, class Row>
std::int64_t add(Table& table, Row row) {
  const std::int64_t id = row.id = next_id(table);
  table.put(id, std::move(row));
  return id;
}

template <class Table, class Is>
void erase_where(Table& table, const Is& is) {
  std::vector<std::int64_t> gone;
  for (const auto& [id, row] : table.rows()) {
    if (is(row)) gone.push_back(id);
  }
  for (const std::int64_t id : gone) table.erase(id);
}

template <class Row>
void newest_first(std::vector<Row>& rows) {
  std::sort(rows.begin(), rows.end(),
            [](const Row& a, const Row& b) { return std::tie(a.made_at, a.id) > std::tie(b.made_at, b.id); });
}

}  // namespace

Result<std::optional<ports::UserRow>> MemoryAccounts::user(std::int64_t id) {
  return first(t_.users, [&](const ports::UserRow& u) { return u.id == id; });
}
Result<std::optional<ports::UserRow>> MemoryAccounts::user_by_key(std::string_view key) {
  return first(t_.users, [&](const ports::UserRow& u) { return u.key == key; });
}
Result<std::vector<ports::UserRow>> MemoryAccounts::users() {
  std::vector<ports::UserRow> out;
  for (const auto& [id, row] : t_.users.rows()) out.push_back(row);
  std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.key < b.key; });
  return out;
}
Result<std::optional<ports::SessionRow>> MemoryAccounts::session(std::string_view hash) {
  return first(t_.sessions, [&](const ports::SessionRow& s) { return s.hash == hash; });
}
Result<std::vector<ports::SessionRow>> MemoryAccounts::sessions(std::int64_t user) {
  std::vector<ports::SessionRow> out;
  for (const auto& [id, row] : t_.sessions.rows()) {
    if (row.user == user) out.push_back(row);
  }
  newest_first(out);
  return out;
}
Result<std::optional<ports::LinkRow>> MemoryAccounts::link(std::string_view hash) {
  return first(t_.links, [&](const ports::LinkRow& l) { return l.hash == hash; });
}
Result<std::vector<ports::LinkRow>> MemoryAccounts::links() {
  std::vector<ports::LinkRow> out;
  for (const auto& [id, row] : t_.links.rows()) out.push_back(row);
  newest_first(out);
  return out;
}
Result<std::int64_t> MemoryAccounts::recovery_codes_left(std::int64_t user) {
  std::int64_t count = 0;
  t_.recovery_codes.ascending(user, [&](const std::string&) { return ++count > 0; });
  return count;
}
Result<std::vector<ports::AuditRow>> MemoryAccounts::audit(int limit, std::int64_t before) {
  std::vector<ports::AuditRow> out;
  const auto& rows = t_.audit.rows();
  for (auto at = rows.lower_bound(before); at != rows.begin() && std::ssize(out) < limit;)
    out.push_back((--at)->second);
  return out;
}

Result<std::int64_t> MemoryAccounts::add_user(const ports::UserRow& row) {
  HEJNAL_TRY_VOID(memory_.operation());
  HEJNAL_TRY(const auto there, user_by_key(row.key));
  if (there) return fail(Fault::conflict, "there is such a user already");
  return add(t_.users, row);
}
Status MemoryAccounts::set_user(const ports::UserRow& row) {
  HEJNAL_TRY_VOID(memory_.operation());
  HEJNAL_TRY(const auto there, user_by_key(row.key));
  if (there && there->id != row.id) return fail(Fault::conflict, "there is such a user already");
  ports::UserRow* kept = t_.users.edit(row.id);
  if (!kept) return {};
  const Instant created_at = kept->created_at;
  *kept = row;
  kept->created_at = created_at;
  return {};
}
Result<std::int64_t> MemoryAccounts::add_session(const ports::SessionRow& row) {
  HEJNAL_TRY_VOID(memory_.operation());
  HEJNAL_TRY(const auto there, session(row.hash));
  if (there) return fail(Fault::conflict, "there is such a session already");
  return add(t_.sessions, row);
}
Status MemoryAccounts::see_session(std::int64_t id, Instant at) {
  HEJNAL_TRY_VOID(memory_.operation());
  if (ports::SessionRow* row = t_.sessions.edit(id)) row->seen_at = std::max(row->seen_at, at);
  return {};
}
Status MemoryAccounts::remove_session(std::int64_t id) {
  HEJNAL_TRY_VOID(memory_.operation());
  t_.sessions.erase(id);
  return {};
}
Result<std::int64_t> MemoryAccounts::add_link(const ports::LinkRow& row) {
  HEJNAL_TRY_VOID(memory_.operation());
  HEJNAL_TRY(const auto there, link(row.hash));
  if (there) return fail(Fault::conflict, "there is such a link already");
  return add(t_.links, row);
}
Result<bool> MemoryAccounts::remove_link(std::int64_t id) {
  HEJNAL_TRY_VOID(memory_.operation());
  const bool there = t_.links.find(id) != nullptr;
  t_.links.erase(id);
  return there;
}
Status MemoryAccounts::remove_expired(Instant sessions_seen_before, Instant now) {
  HEJNAL_TRY_VOID(memory_.operation());
  erase_where(t_.sessions, [&](const ports::SessionRow& s) {
    return s.expires_at <= now || s.seen_at <= sessions_seen_before;
  });
  erase_where(t_.links, [&](const ports::LinkRow& l) { return l.expires_at <= now; });
  return {};
}
Status MemoryAccounts::set_recovery_codes(std::int64_t user, const std::vector<std::string>& hashes) {
  HEJNAL_TRY_VOID(memory_.operation());
  std::vector<std::string> gone;
  t_.recovery_codes.ascending(user, [&](const std::string& hash) {
    gone.push_back(hash);
    return true;
  });
  for (const std::string& hash : gone) t_.recovery_codes.remove(user, hash);
  for (const std::string& hash : hashes) t_.recovery_codes.insert(user, hash);
  return {};
}
Result<bool> MemoryAccounts::use_recovery_code(std::int64_t user, std::string_view hash) {
  HEJNAL_TRY_VOID(memory_.operation());
  const std::pair<std::int64_t, std::string> key(user, hash);
  const bool there = t_.recovery_codes.find(key) != nullptr;
  t_.recovery_codes.erase(key);
  return there;
}
Status MemoryAccounts::add_audit(const ports::AuditRow& row) {
  HEJNAL_TRY_VOID(memory_.operation());
  add(t_.audit, row);
  return {};
}

}  // namespace hejnal::store::memory

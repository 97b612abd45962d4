// The outbox: what is to be said, and what became of it.
#include "core/case_names.hpp"
#include "json/entry.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

Result<std::vector<ports::OutboxItem>> items(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<ports::OutboxItem> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return out;
    HEJNAL_TRY(ports::OutboxItem item, read_outbox(*rows));
    out.push_back(std::move(item));
  }
}

Result<std::optional<ports::OutboxItem>> first(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  HEJNAL_TRY(const bool found, rows->next());
  if (!found) return std::nullopt;
  HEJNAL_TRY(ports::OutboxItem item, read_outbox(*rows));
  return std::optional(std::move(item));
}

}  // namespace

Result<ports::OutboxItem> read_outbox(const Rows& rows) {
  ports::OutboxItem item;
  item.id = rows.integer(0);
  item.message = item.id;
  const auto state = core::parse<core::NoticeState>(rows.view(1));
  if (!state) return fail(Fault::corrupt, "the outbox holds the unknown state \"{}\"", rows.view(1));
  item.state = *state;
  item.attempts = static_cast<int>(rows.integer(2));
  item.created_at = {rows.integer(3)};
  item.next_try_at = {rows.integer(4)};
  item.last_error = rows.text(5);
  HEJNAL_TRY(item.notice, json::decode_notice(rows.view(6)));
  return item;
}

Status SqliteStore::queue(const core::Notice& notice, core::MessageId message, core::NoticeState state,
                          Instant now) {
  return db_.run(
      "INSERT INTO outbox (message, case_number, state, created_at, next_try_at, notice) VALUES (?1, ?2, "
      "?5, ?3, ?3, ?4)",
      message, notice.number, now, json::encode_notice(notice), to_string(state));
}

Result<std::vector<ports::OutboxItem>> SqliteStore::due_notices(Instant now, int limit) {
  return items(
      db_.query("SELECT message, state, attempts, created_at, next_try_at, last_error, notice FROM outbox "
                "WHERE state = 'queued' AND next_try_at <= ?1 ORDER BY next_try_at, message LIMIT ?2",
                now, limit));
}

Result<std::optional<Instant>> SqliteStore::next_try() {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT next_try_at FROM outbox WHERE state = 'queued' ORDER BY next_try_at LIMIT 1"));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.instant(0) : std::nullopt;
}

Result<std::vector<ports::OutboxItem>> SqliteStore::notices_in(core::NoticeState state) {
  return items(
      db_.query("SELECT message, state, attempts, created_at, next_try_at, last_error, notice FROM outbox "
                "WHERE state = ?1 AND state IN ('handing_over', 'unknown', 'failed', 'bounced') ORDER BY "
                "message LIMIT 1000",
                to_string(state)));
}

Status SqliteStore::set_notice(std::int64_t id, core::NoticeState state, int attempts, Instant next_try_at,
                               std::string_view error) {
  return db_.run(
      "UPDATE outbox SET state = ?2, attempts = ?3, next_try_at = ?4, last_error = ?5 WHERE message = ?1", id,
      to_string(state), attempts, next_try_at, error);
}

Result<std::optional<ports::OutboxItem>> SqliteStore::notice(std::int64_t id) {
  return first(
      db_.query("SELECT message, state, attempts, created_at, next_try_at, last_error, notice FROM outbox "
                "WHERE message = ?1",
                id));
}

Result<std::optional<ports::OutboxItem>> SqliteStore::notice_by_message_id(std::string_view message_id) {
  const auto ours = core::sent_name(message_id);
  if (!ours) return std::nullopt;
  return first(db_.query(
      "SELECT message, o.state, attempts, created_at, next_try_at, last_error, o.notice FROM outbox o JOIN "
      "messages m ON m.id = o.message WHERE m.case_number = ?1 AND m.notice = ?2 AND m.outgoing = 1 AND "
      "m.message_id = ?3",
      ours->number, ours->notice, message_id));
}

}  // namespace hejnal::store::sqlite

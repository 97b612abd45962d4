// SMS: who wants none, which code means which case, which gateway was given what.
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

ports::SmsHanded read_handed(const Rows& rows) {
  return {rows.integer(0), rows.text(1), rows.text(2), static_cast<int>(rows.integer(3)), rows.instant(4)};
}

}  // namespace

Result<std::optional<ports::SmsContact>> SqliteStore::sms_contact(std::string_view phone) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT phone, stopped_at, confirmed_at, helped_at, changed_by, note FROM "
                                  "sms_contacts WHERE phone = ?1",
                                  phone));
  HEJNAL_TRY(const bool found, rows.next());
  if (!found) return std::nullopt;
  return std::optional(ports::SmsContact{rows.text(0), rows.instant(1), rows.instant(2), rows.instant(3),
                                         rows.text(4), rows.text(5)});
}

Status SqliteStore::set_sms_contact(const ports::SmsContact& c) {
  return db_.run(
      "INSERT OR REPLACE INTO sms_contacts (phone, stopped_at, confirmed_at, helped_at, changed_by, note) "
      "VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
      c.phone, c.stopped_at, c.confirmed_at, c.helped_at, c.changed_by, c.note);
}

Result<std::vector<core::AlertCode>> SqliteStore::alert_codes(std::string_view phone) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT slot, case_number, printed_at FROM alert_codes WHERE phone = ?1 ORDER BY slot",
                       phone));
  std::vector<core::AlertCode> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back({static_cast<int>(rows.integer(0)), rows.integer(1), Instant{rows.integer(2)}});
  }
}

Status SqliteStore::set_alert_code(std::string_view phone, const core::AlertCode& code) {
  return db_.run(
      "INSERT OR REPLACE INTO alert_codes (phone, slot, case_number, printed_at) VALUES (?1, ?2, ?3, ?4)",
      phone, code.slot, code.number, code.printed_at);
}

Result<std::optional<ports::SmsHanded>> SqliteStore::sms_handed(std::int64_t item) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT message, gateway, gateway_id, asked, ask_at FROM sms_handed WHERE message = ?1",
                item));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? std::optional(read_handed(rows)) : std::nullopt;
}

Status SqliteStore::set_sms_handed(const ports::SmsHanded& h) {
  return db_.run(
      "INSERT OR REPLACE INTO sms_handed (message, gateway, gateway_id, asked, ask_at) VALUES (?1, ?2, ?3, "
      "?4, "
      "?5)",
      h.item, h.gateway, h.gateway_id, h.asked, h.ask_at);
}

Result<std::vector<ports::SmsHanded>> SqliteStore::sms_to_ask(Instant now, int limit) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT message, gateway, gateway_id, asked, ask_at FROM sms_handed WHERE ask_at "
                       "IS NOT NULL AND ask_at <= ?1 ORDER BY ask_at, message LIMIT ?2",
                       now, limit));
  std::vector<ports::SmsHanded> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(read_handed(rows));
  }
}

Result<std::optional<Instant>> SqliteStore::next_ask() {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT ask_at FROM sms_handed WHERE ask_at IS NOT NULL ORDER BY ask_at LIMIT 1"));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.instant(0) : std::nullopt;
}

Result<std::vector<ports::AutomaticWord>> SqliteStore::automatic_since(Instant since) {
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT channel, recipient, case_number, at FROM messages WHERE id > (SELECT "
                       "coalesce(max(id), 0) - 20000 FROM messages) AND outgoing = 1 AND automatic = 1 "
                       "AND internal = 0 AND at >= ?1 ORDER BY id",
                       since));
  std::vector<ports::AutomaticWord> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    const auto channel = core::parse<core::Channel>(rows.view(0));
    if (!channel) return fail(Fault::corrupt, "a message has the unknown channel \"{}\"", rows.view(0));
    out.push_back({*channel, rows.text(1), rows.integer(2), Instant{rows.integer(3)}});
  }
}

}  // namespace hejnal::store::sqlite

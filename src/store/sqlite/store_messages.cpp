// Messages, their original bytes, and the search index that follows behind.
#include <fmt/core.h>

#include <algorithm>
#include <charconv>

#include "base/check.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "json/value.hpp"
#include "store/sqlite/search.hpp"
#include "store/sqlite/search_words.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::int64_t kPiecesPerMessage = 1024;

std::string encode(const std::vector<ports::IncomingAttachment>& attachments) {
  if (attachments.empty()) return {};
  json::Array list;
  for (const auto& a : attachments)
    list.push_back(json::Object{{"name", a.name}, {"type", a.type}, {"size", a.size}});
  return json::dump(list);
}

Result<std::vector<ports::IncomingAttachment>> decode(std::string_view text) {
  std::vector<ports::IncomingAttachment> out;
  if (text.empty()) return out;
  HEJNAL_TRY(const json::Value parsed, json::parse(text));
  if (!parsed.is_array()) return fail(Fault::corrupt, "a stored list of attachments is none");
  for (const json::Value& v : parsed.as_array()) {
    const auto* object = v.if_object();
    const auto* name = object ? object->if_contains("name") : nullptr;
    const auto* type = object ? object->if_contains("type") : nullptr;
    const auto* size = object ? object->if_contains("size") : nullptr;
    if (!name || !name->is_string() || !type || !type->is_string() || !size || !size->is_int64()) {
      return fail(Fault::corrupt, "a stored attachment has no name, type or size");
    }
    out.push_back({std::string(name->as_string()), std::string(type->as_string()), size->as_int64()});
  }
  return out;
}

}  // namespace

std::string seal_of(std::string_view from, std::string_view to, std::string_view subject,
                    std::string_view text) {
  std::string all;
  all.reserve(from.size() + to.size() + subject.size() + text.size() + 3);
  for (const std::string_view part : {from, to, subject, text}) {
    all += part;
    all += '\0';
  }
  return fmt::format("{:x}", checksum(all));
}

std::string indexed_text(const Rows& rows, int first) {
  std::string text;
  for (int column = first; column < first + 6; ++column) {
    text += rows.view(column).substr(0, 20'000);
    text += '\n';
  }
  return text;
}

Result<ports::Message> read_message(Database& db, const Rows& rows) {
  ports::Message m;
  m.id = rows.integer(0);
  m.number = rows.integer(1);
  m.outgoing = rows.integer(2) != 0;
  m.channel = core::parse<core::Channel>(rows.view(3)).value_or(core::Channel::email);
  m.from = rows.text(4);
  m.to = rows.text(5);
  m.subject = rows.text(6);
  m.text = rows.text(7);
  m.at = {rows.integer(8)};
  m.automatic = rows.integer(9) != 0;
  m.state = rows.text(10);
  m.join_reason = rows.text(11);
  m.message_id = rows.text(12);
  m.content_key = rows.text(13);
  m.base_subject = rows.text(14);
  m.notice = static_cast<int>(rows.integer(15));
  HEJNAL_TRY(m.attachments, decode(rows.view(16)));
  m.internal = rows.integer(17) != 0;
  if (!rows.is_null(20)) m.html = rows.integer(20) != 0;
  if (m.outgoing) return m;
  HEJNAL_TRY(Rows again, db.query("SELECT times, last_at FROM second_deliveries WHERE message = ?1", m.id));
  HEJNAL_TRY(const bool found, again.next());
  if (found) {
    m.again = static_cast<int>(again.integer(0));
    m.again_at = again.instant(1);
  }
  return m;
}

Result<std::optional<ports::Store::Earlier>> SqliteStore::seen(std::string_view message_id,
                                                               std::string_view content_key) {
  if (message_id.empty()) return std::nullopt;
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT id, case_number = 0 FROM messages WHERE message_id <> '' AND outgoing = 0 AND "
                       "message_id = ?1 AND content_key = ?2 ORDER BY id",
                       message_id, content_key));
  std::optional<Earlier> first;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return first;
    const Earlier found{rows.integer(0), rows.integer(1) != 0};
    if (!found.set_aside) return found;
    if (!first) first = found;
  }
}

Result<std::int64_t> SqliteStore::messages_from_clients(core::CaseNumber number) {
  return number_of(db_.query(
      "SELECT count(*) FROM messages WHERE case_number = ?1 AND outgoing = 0 AND internal = 0", number));
}

Result<core::MessageId> SqliteStore::add_message(const ports::Message& m,
                                                 const std::vector<ports::RawPiece>& raw) {
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO messages (case_number, outgoing, channel, sender, recipient, subject, text, at, "
              "automatic, state, join_reason, "
              "message_id, content_key, base_subject, notice, attachments, internal, seal, html) VALUES (?1, "
              "?2, ?3, ?4, "
              "?5, ?6, ?7, ?8, "
              "?9, ?10, ?11, ?12, ?13, "
              "?14, ?15, ?16, ?17, ?18, ?19)",
              m.number, m.outgoing, to_string(m.channel), m.from, m.to, m.subject, m.text, m.at, m.automatic,
              m.state, m.join_reason, m.message_id, m.content_key, m.base_subject, m.notice,
              encode(m.attachments), m.internal, seal_of(m.from, m.to, m.subject, m.text),
              m.html ? std::optional<std::int64_t>(*m.html) : std::nullopt));
  const core::MessageId id = db_.last_row_id();
  HEJNAL_TRY_VOID(set_raw(id, raw));
  HEJNAL_TRY_VOID(note_last_word(m, id));
  return id;
}

Status SqliteStore::set_raw(core::MessageId id, const std::vector<ports::RawPiece>& raw) {
  HEJNAL_CHECK(raw.size() < kPiecesPerMessage);
  std::int64_t piece = id * kPiecesPerMessage;
  for (const ports::RawPiece& p : raw) {
    if (p.hash.empty()) {
      HEJNAL_TRY_VOID(db_.run("INSERT OR REPLACE INTO raw_pieces (id, hash, frame) VALUES (?1, NULL, ?2)",
                              piece++, Blob{p.frame}));
    } else {
      HEJNAL_TRY_VOID(db_.run("INSERT INTO blobs (hash, frame) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
                              p.hash, Blob{p.frame}));
      HEJNAL_TRY_VOID(db_.run("INSERT OR REPLACE INTO raw_pieces (id, hash, frame) VALUES (?1, ?2, NULL)",
                              piece++, p.hash));
    }
  }
  return {};
}

Status SqliteStore::set_message_state(core::MessageId id, std::string_view state) {
  return db_.run("UPDATE messages SET state = ?2 WHERE id = ?1", id, state);
}

Status SqliteStore::set_message_text(core::MessageId id, std::string_view text) {
  HEJNAL_TRY(const auto m, message(id));
  if (!m) return fail(Fault::not_found, "there is no message {}", id);
  return db_.run("UPDATE messages SET text = ?2, seal = ?3 WHERE id = ?1", id, text,
                 seal_of(m->from, m->to, m->subject, text));
}

Status SqliteStore::came_again(core::MessageId id, Instant now) {
  return db_.run(
      "INSERT INTO second_deliveries (message, times, last_at) VALUES (?1, 1, ?2) "
      "ON CONFLICT (message) DO UPDATE SET times = times + 1, last_at = excluded.last_at",
      id, now);
}

Status SqliteStore::set_looked_at(core::MessageId id, Instant now) {
  return db_.run("UPDATE messages SET looked_at = ?2 WHERE id = ?1", id, now);
}

Result<std::vector<ports::Message>> SqliteStore::not_looked_at(int limit) {
  HEJNAL_TRY(
      Rows rows,
      db_.query(
          "SELECT * FROM message_rows WHERE case_number = 0 AND state = 'set_aside' AND looked_at IS NULL "
          "ORDER BY id DESC LIMIT ?1",
          limit));
  std::vector<ports::Message> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    HEJNAL_TRY(ports::Message m, read_message(db_, rows));
    out.push_back(std::move(m));
  }
}

Result<std::vector<core::MessageId>> SqliteStore::ids_not_looked_at(int limit) {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT id FROM messages WHERE case_number = 0 AND state = 'set_aside' AND looked_at IS "
                "NULL ORDER BY id DESC LIMIT ?1",
                limit));
  std::vector<core::MessageId> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    out.push_back(rows.integer(0));
  }
}

Result<core::CaseNumber> SqliteStore::last_case_told(std::string_view phone) {
  // Looked for among the latest messages only: an answer to an older SMS means nothing any more.
  return number_of(db_.query(
      "SELECT case_number FROM messages WHERE id > (SELECT coalesce(max(id), 0) - 5000 FROM messages) "
      "AND outgoing = 1 AND channel = 'sms' AND recipient = ?1 AND case_number <> 0 ORDER BY id DESC LIMIT 1",
      phone));
}

Status SqliteStore::move_message(core::MessageId id, core::CaseNumber to) {
  HEJNAL_TRY(auto moved, message(id));
  HEJNAL_TRY_VOID(db_.run("UPDATE messages SET case_number = ?2 WHERE id = ?1", id, to));
  if (!moved) return {};
  HEJNAL_TRY_VOID(find_last_word(moved->number));
  moved->number = to;
  return note_last_word(*moved, id);
}

Status SqliteStore::merge_participants(core::CaseNumber from, core::CaseNumber to) {
  return db_.run(
      "INSERT OR IGNORE INTO participants (case_number, address) SELECT ?2, address FROM participants WHERE "
      "case_number = ?1",
      from, to);
}

Result<std::optional<ports::Message>> SqliteStore::message(core::MessageId id) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT * FROM message_rows WHERE id = ?1", id));
  HEJNAL_TRY(const bool found, rows.next());
  if (!found) return std::nullopt;
  HEJNAL_TRY(ports::Message m, read_message(db_, rows));
  return std::optional(std::move(m));
}

Result<std::string> SqliteStore::message_id_of_email(core::MessageId id) {
  HEJNAL_TRY(Rows rows, db_.query("SELECT message_id FROM messages WHERE id = ?1 AND channel = 'email'", id));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.text(0) : std::string();
}

Result<int> SqliteStore::index_some(int limit) {
  if (indexed_upto_ < 0) {
    HEJNAL_TRY(const std::string kept, setting("indexed_upto"));
    indexed_upto_ = 0;
    std::from_chars(kept.data(), kept.data() + kept.size(), indexed_upto_);
  }
  HEJNAL_TRY(const std::int64_t upto,
             number_of(db_.query("SELECT coalesce(max(id), 0) FROM (SELECT id FROM messages WHERE id > ?1 "
                                 "ORDER BY id LIMIT ?2)",
                                 indexed_upto_, limit)));
  if (upto == 0) return measure_some(limit);
  int done = 0;
  // In the order of the index, the newest first: otherwise each would be written by itself.
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT m.id, m.sender, m.recipient, m.subject, m.text, coalesce(c.client_name, ''), "
                       "coalesce(c.client_organisation, '') FROM messages m LEFT JOIN cases c ON c.number = "
                       "m.case_number WHERE m.id > ?1 AND m.id <= ?2 ORDER BY m.id DESC",
                       indexed_upto_, upto));
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) break;
    HEJNAL_TRY_VOID(db_.run("INSERT INTO search (rowid, words) VALUES (?1, ?2)",
                            kNewestFirst - rows.integer(0), distinct_words(indexed_text(rows, 1))));
    ++done;
  }
  HEJNAL_TRY_VOID(db_.run(
      "INSERT INTO organisation_cases (domain, case_number) SELECT DISTINCT substr(c.client_email, "
      "instr(c.client_email, '@') + 1), c.number FROM messages m JOIN cases c ON c.number = m.case_number "
      "WHERE m.id > ?1 AND m.id <= ?2 AND m.outgoing = 0 AND instr(c.client_email, '@') > 0 "
      "ON CONFLICT DO NOTHING",
      indexed_upto_, upto));
  HEJNAL_TRY_VOID(set_setting("indexed_upto", std::to_string(upto)));
  indexed_upto_ = upto;
  if (done >= limit) return done;
  HEJNAL_TRY(const int measured, measure_some(limit));
  return std::max(done, measured);
}

}  // namespace hejnal::store::sqlite

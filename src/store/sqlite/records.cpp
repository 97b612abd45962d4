#include "store/sqlite/records.hpp"

#include <fmt/format.h>

#include "base/hash.hpp"
#include "json/entry.hpp"

namespace hejnal::store::sqlite {

namespace {

template <class Thing>
constexpr int kKind = 0;
template <>
constexpr int kKind<core::Outage> = 1;
template <>
constexpr int kKind<core::Callback> = 2;
template <>
constexpr int kKind<core::SentReport> = 3;

template <class Thing>
constexpr std::string_view kName = std::is_same_v<Thing, core::Outage>     ? "outage"
                                   : std::is_same_v<Thing, core::Callback> ? "callback"
                                                                           : "report";

std::int64_t sum_of(int kind, std::int64_t id, std::int64_t seq, Instant at, std::string_view entries) {
  return static_cast<std::int64_t>(checksum(fmt::format("{}:{}:{}:{}:{}", kind, id, seq, at.ms, entries)));
}

Result<std::vector<std::int64_t>> read_ids(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  std::vector<std::int64_t> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows->next());
    if (!more) return out;
    out.push_back(rows->integer(0));
  }
}

Result<std::int64_t> read_id(Result<Rows> rows) {
  if (!rows) return tl::make_unexpected(rows.error());
  HEJNAL_TRY(const bool found, rows->next());
  return found ? rows->integer(0) : 0;
}

}  // namespace

template <class Thing>
Result<ports::JournalOf<Thing>> SqliteRecords<Thing>::journal(std::int64_t id) {
  using Body = typename core::JournalOf<Thing>::Entry::Body;
  HEJNAL_TRY(Rows rows,
             db_.query("SELECT seq, at, entries, sum FROM record_journal WHERE kind = ?1 AND id = ?2 ORDER "
                       "BY seq",
                       kKind<Thing>, id));
  ports::JournalOf<Thing> out;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) return out;
    const std::int64_t seq = rows.integer(0);
    const Instant at{rows.integer(1)};
    if (rows.integer(3) != sum_of(kKind<Thing>, id, seq, at, rows.view(2)) || seq != std::ssize(out) + 1)
      return fail(Fault::corrupt, "the journal of {} {} is damaged at entry {}", kName<Thing>, id, seq);
    HEJNAL_TRY(auto turn, json::decode_entries_of<Body>(rows.view(2), at));
    for (auto& entry : turn) out.push_back(std::move(entry));
  }
}

template <class Thing>
Result<std::vector<std::int64_t>> SqliteRecords<Thing>::ids(bool open_only, int limit, std::int64_t before) {
  if (open_only)
    return read_ids(
        db_.query("SELECT id FROM records WHERE kind = ?1 AND open = 1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
                  kKind<Thing>, before, limit));
  return read_ids(db_.query("SELECT id FROM records WHERE kind = ?1 AND id < ?2 ORDER BY id DESC LIMIT ?3",
                            kKind<Thing>, before, limit));
}

template <class Thing>
Result<std::int64_t> SqliteRecords<Thing>::last_id() {
  return read_id(db_.query("SELECT coalesce(max(id), 0) FROM records WHERE kind = ?1", kKind<Thing>));
}

template <class Thing>
Status SqliteRecords<Thing>::write(const Thing& after, Instant at, const ports::JournalOf<Thing>& entries) {
  const std::int64_t seq = after.entries - std::ssize(entries) + 1;
  const std::string text = json::encode_entries(entries);
  HEJNAL_TRY_VOID(
      db_.run("INSERT INTO record_journal (kind, id, seq, at, entries, sum) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
              kKind<Thing>, after.id, seq, at, text, sum_of(kKind<Thing>, after.id, seq, at, text)));
  if constexpr (std::is_same_v<Thing, core::Callback>) {
    for (const std::string& phone : after.phones)
      HEJNAL_TRY_VOID(
          db_.run("INSERT INTO callback_phones (phone, callback) VALUES (?1, ?2) ON CONFLICT (phone) DO "
                  "UPDATE SET callback = max(callback, excluded.callback)",
                  phone, after.id));
  }
  if constexpr (std::is_same_v<Thing, core::SentReport>) {
    if (!after.key.empty())
      HEJNAL_TRY_VOID(
          db_.run("INSERT INTO report_keys (key, report) VALUES (?1, ?2) ON CONFLICT (key) DO UPDATE SET "
                  "report = max(report, excluded.report)",
                  after.key, after.id));
  }
  return db_.run(
      "INSERT INTO records (kind, id, open, alarm_at, entries) VALUES (?1, ?2, ?3, ?4, ?5) ON CONFLICT "
      "(kind, id) DO UPDATE SET open = excluded.open, alarm_at = excluded.alarm_at, entries = "
      "excluded.entries",
      kKind<Thing>, after.id, after.open(), core::alarm(after), after.entries);
}

template <class Thing>
Result<std::vector<std::int64_t>> SqliteRecords<Thing>::due(Instant now, int limit) {
  return read_ids(
      db_.query("SELECT id FROM records WHERE kind = ?1 AND alarm_at <= ?2 ORDER BY alarm_at, id LIMIT ?3",
                kKind<Thing>, now, limit));
}

template <class Thing>
Result<std::optional<Instant>> SqliteRecords<Thing>::next_alarm() {
  HEJNAL_TRY(Rows rows, db_.query("SELECT alarm_at FROM records WHERE kind = ?1 AND alarm_at IS NOT NULL "
                                  "ORDER BY alarm_at LIMIT 1",
                                  kKind<Thing>));
  HEJNAL_TRY(const bool found, rows.next());
  return found ? rows.instant(0) : std::nullopt;
}

template <class Thing>
Status SqliteRecords<Thing>::postpone_alarm(std::int64_t id, Instant to) {
  return db_.run("UPDATE records SET alarm_at = ?3 WHERE kind = ?1 AND id = ?2", kKind<Thing>, id, to);
}

template <class Thing>
Result<std::int64_t> SqliteRecords<Thing>::latest_of(std::string_view key) {
  if constexpr (std::is_same_v<Thing, core::Outage>) return 0;
  if constexpr (std::is_same_v<Thing, core::SentReport>)
    return read_id(db_.query("SELECT report FROM report_keys WHERE key = ?1", key));
  return read_id(db_.query("SELECT callback FROM callback_phones WHERE phone = ?1", key));
}

template <class Thing>
Result<std::int64_t> SqliteRecords<Thing>::verify() {
  HEJNAL_TRY(
      Rows rows,
      db_.query("SELECT id, open, alarm_at, entries FROM records WHERE kind = ?1 ORDER BY id", kKind<Thing>));
  std::int64_t total = 0, count = 0;
  for (;;) {
    HEJNAL_TRY(const bool more, rows.next());
    if (!more) break;
    const std::int64_t id = rows.integer(0);
    auto thing = this->load(id);
    if (!thing) return fail(Fault::corrupt, "{} {}: {}", kName<Thing>, id, thing.error().what);
    if (thing->id != id)
      return fail(Fault::corrupt, "the journal of {} {} tells of another", kName<Thing>, id);
    if (thing->open() != (rows.integer(1) != 0) || thing->entries != rows.integer(3) ||
        core::alarm(*thing) != rows.instant(2))
      return fail(Fault::corrupt, "{} {} is not what its journal says", kName<Thing>, id);
    if constexpr (std::is_same_v<Thing, core::Callback>) {
      for (const std::string& phone : thing->phones) {
        HEJNAL_TRY(const std::int64_t latest, latest_of(phone));
        if (latest < id)
          return fail(Fault::corrupt, "callback {} would not be found by the number {}", id, phone);
      }
    }
    if constexpr (std::is_same_v<Thing, core::SentReport>) {
      if (!thing->key.empty()) {
        HEJNAL_TRY(const std::int64_t latest, latest_of(thing->key));
        if (latest < id) return fail(Fault::corrupt, "report {} would not be found by its alert", id);
      }
    }
    total += thing->entries;
    ++count;
  }
  HEJNAL_TRY(
      const std::int64_t journals,
      read_id(db_.query("SELECT count(DISTINCT id) FROM record_journal WHERE kind = ?1", kKind<Thing>)));
  if (journals != count)
    return fail(Fault::corrupt, "there are {} journals of {}s and {} in their list", journals, kName<Thing>,
                count);
  return total;
}

template class SqliteRecords<core::Outage>;
template class SqliteRecords<core::Callback>;
template class SqliteRecords<core::SentReport>;

}  // namespace hejnal::store::sqlite

// What went in and out lately, by channel. Among the latest messages only: an older one tells nothing of how
// a channel is now, and a channel that is never used must not be looked for through all of them.
#include <algorithm>

#include "store/sqlite/archive_parts.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr int kLatest = 5000, kQueued = 10'001, kFailed = 1000;

}  // namespace

Result<std::vector<ports::Archive::Traffic>> traffic(Database& db, Instant now) {
  std::vector<ports::Archive::Traffic> out;
  for (const core::Channel channel : {core::Channel::email, core::Channel::sms, core::Channel::call,
                                      core::Channel::web, core::Channel::api})
    out.push_back({channel, {}, {}, 0, {}, 0, {}});
  const auto at = [&](std::string_view name) -> ports::Archive::Traffic* {
    const auto channel = core::parse<core::Channel>(name);
    return channel ? &out[static_cast<std::size_t>(*channel)] : nullptr;
  };
  {
    HEJNAL_TRY(
        Rows rows,
        db.query("SELECT m.channel, m.outgoing, max(m.at) FROM messages m LEFT JOIN outbox o ON o.message = "
                 "m.id WHERE m.id > (SELECT coalesce(max(id), 0) FROM messages) - ?1 AND (m.outgoing = 0 OR "
                 "o.state IN ('handed_over', 'delivered', 'seen')) GROUP BY m.channel, m.outgoing",
                 kLatest));
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) break;
      if (auto* one = at(rows.view(0)))
        (rows.integer(1) != 0 ? one->last_out : one->last_in) = rows.instant(2);
    }
  }
  {
    HEJNAL_TRY(Rows rows, db.query("SELECT json_extract(notice, '$.channel'), count(*), min(created_at) FROM "
                                   "(SELECT notice, created_at FROM outbox WHERE state = 'queued' ORDER BY "
                                   "next_try_at LIMIT ?1) GROUP BY 1",
                                   kQueued));
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more) break;
      if (auto* one = at(rows.view(0))) {
        one->queued = rows.integer(1);
        one->oldest_queued = rows.instant(2);
      }
    }
  }
  for (const char* state : {"failed", "bounced", "unknown"}) {
    HEJNAL_TRY(Rows rows,
               db.query("SELECT json_extract(notice, '$.channel'), created_at, last_error, message FROM "
                        "outbox WHERE state IN ('handing_over', 'unknown', 'failed', 'bounced') AND "
                        "state = ?1 ORDER BY message DESC LIMIT ?2",
                        state, kFailed));
    std::int64_t newest = 0;
    for (;;) {
      HEJNAL_TRY(const bool more, rows.next());
      if (!more || rows.integer(1) < (now - 24h).ms) break;
      auto* one = at(rows.view(0));
      if (!one) continue;
      ++one->failed_lately;
      if (one->last_error.empty() || rows.integer(3) > newest) one->last_error = rows.text(2);
      newest = std::max(newest, rows.integer(3));
    }
  }
  return out;
}

}  // namespace hejnal::store::sqlite

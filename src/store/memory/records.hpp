// Outages, callbacks and sent reports in memory (ports/records.hpp).
#pragma once

#include "store/memory/memory.hpp"

namespace hejnal::store::memory {

template <class Thing>
class MemoryRecords final : public ports::Records<Thing> {
 public:
  MemoryRecords(Memory& memory, RecordTables<Thing>& tables) : memory_(memory), t_(tables) {}

  Result<ports::JournalOf<Thing>> journal(std::int64_t id) override {
    HEJNAL_TRY_VOID(memory_.operation());
    ports::JournalOf<Thing> out;
    const auto& rows = t_.journal.rows();
    for (auto at = rows.lower_bound({id, 0}); at != rows.end() && at->first.first == id; ++at)
      out.insert(out.end(), at->second.entries.begin(), at->second.entries.end());
    return out;
  }

  Result<std::vector<std::int64_t>> ids(bool open_only, int limit, std::int64_t before) override {
    HEJNAL_TRY_VOID(memory_.operation());
    std::vector<std::int64_t> out;
    const auto take = [&](std::int64_t id) {
      if (id < before && std::ssize(out) < limit) out.push_back(id);
      return std::ssize(out) < limit;
    };
    if (open_only) {
      t_.open.descending(true, take);
      return out;
    }
    const auto& rows = t_.things.rows();
    for (auto at = rows.rbegin(); at != rows.rend() && take(at->first); ++at) continue;
    return out;
  }

  Result<std::int64_t> last_id() override { return t_.things.empty() ? 0 : t_.things.rows().rbegin()->first; }

  Status write(const Thing& after, Instant at, const ports::JournalOf<Thing>& entries) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const std::int64_t first = after.entries - std::ssize(entries) + 1;
    if (!t_.journal.add({after.id, first}, {at, entries}))
      return fail(Fault::conflict, "{} has an entry {} already", after.id, first);
    const RecordRow<Thing>* before = t_.things.find(after.id);
    if (before && before->alarm) t_.alarms.remove(*before->alarm, after.id);
    if (before && before->thing.open()) t_.open.remove(true, after.id);
    const auto alarm = core::alarm(after);
    if (alarm) t_.alarms.insert(*alarm, after.id);
    if (after.open()) t_.open.insert(true, after.id);
    if constexpr (std::is_same_v<Thing, core::Callback>) {
      for (const std::string& phone : after.phones) {
        const std::int64_t* latest = t_.phones.find(phone);
        if (!latest || *latest < after.id) t_.phones.put(phone, after.id);
      }
    }
    if constexpr (std::is_same_v<Thing, core::SentReport>) {
      const std::int64_t* latest = t_.phones.find(after.key);
      if (!after.key.empty() && (!latest || *latest < after.id)) t_.phones.put(after.key, after.id);
    }
    t_.things.put(after.id, {after, alarm});
    return {};
  }

  Result<std::vector<std::int64_t>> due(Instant now, int limit) override {
    std::vector<std::int64_t> out;
    for (const auto& [alarm, nothing] : t_.alarms.rows()) {
      if (alarm.first > now || std::ssize(out) >= limit) break;
      out.push_back(alarm.second);
    }
    return out;
  }
  Result<std::optional<Instant>> next_alarm() override {
    return t_.alarms.empty() ? std::nullopt : std::optional(t_.alarms.rows().begin()->first.first);
  }
  Status postpone_alarm(std::int64_t id, Instant to) override {
    HEJNAL_TRY_VOID(memory_.operation());
    RecordRow<Thing>* row = t_.things.edit(id);
    if (!row) return {};
    if (row->alarm) t_.alarms.remove(*row->alarm, id);
    row->alarm = to;
    t_.alarms.insert(to, id);
    return {};
  }
  Result<std::int64_t> latest_of(std::string_view key) override {
    HEJNAL_TRY_VOID(memory_.operation());
    const std::int64_t* latest = t_.phones.find(key);
    return latest ? *latest : 0;
  }

 private:
  Memory& memory_;
  RecordTables<Thing>& t_;
};

// Replays every journal and compares: corrupt at the first difference.
template <class Thing>
Status verify_records(const RecordTables<Thing>& t) {
  std::size_t turns = 0, alarms = 0;
  for (const auto& [id, row] : t.things.rows()) {
    Thing thing;
    const auto& journal = t.journal.rows();
    for (auto at = journal.lower_bound({id, 0}); at != journal.end() && at->first.first == id;
         ++at, ++turns) {
      for (const auto& entry : at->second.entries) {
        if (!core::fits(thing, entry))
          return fail(Fault::corrupt, "record {}: an entry \"{}\" cannot follow", id, entry.kind());
        core::apply(thing, entry);
      }
    }
    if (!(thing == row.thing)) return fail(Fault::corrupt, "record {} is not what its journal says", id);
    if (core::alarm(thing) != row.alarm || (row.alarm && !t.alarms.find(std::pair(*row.alarm, id))))
      return fail(Fault::corrupt, "record {}: its alarm is not what is due", id);
    if (thing.open() != (t.open.find(std::pair(true, id)) != nullptr))
      return fail(Fault::corrupt, "record {} stands in the wrong list", id);
    alarms += row.alarm ? 1 : 0;
  }
  if (turns != t.journal.rows().size() || alarms != t.alarms.rows().size())
    return fail(Fault::corrupt, "a journal or an alarm belongs to no record");
  return {};
}

}  // namespace hejnal::store::memory

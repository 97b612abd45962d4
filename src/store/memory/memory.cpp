#include "store/memory/memory.hpp"

#include "base/compress.hpp"
#include "store/memory/records.hpp"

namespace hejnal::store::memory {

Status Memory::operation() {
  if (countdown_ == 0) return {};
  if (countdown_ > 1) {
    --countdown_;
    return {};
  }
  has_failed_ = true;
  if (!stays_) countdown_ = 0;
  return full_ ? fail(Fault::retry_later, "the disk is full")
               : fail(Fault::retry_later, "the disk does not work");
}

void Memory::fail_after(std::int64_t n, bool full, bool stays) {
  countdown_ = n;
  full_ = full;
  stays_ = stays;
  has_failed_ = false;
}

Result<std::vector<core::Entry>> Memory::journal(core::CaseNumber number) const {
  std::vector<core::Entry> out;
  const auto& rows = tables.journal.rows();
  const auto begin = rows.lower_bound({number, 0});
  const CaseRow* row = tables.cases.find(number);
  out.reserve(row ? static_cast<std::size_t>(row->c.entries) : 0);
  for (auto at = begin; at != rows.end() && at->first.first == number; ++at)
    out.insert(out.end(), at->second.entries.begin(), at->second.entries.end());
  return out;
}

Result<std::string> Memory::raw(core::MessageId id) const {
  const auto* pieces = tables.raw.find(id);
  if (!pieces) return fail(Fault::not_found, "there are no original bytes of message {}", id);
  std::string out;
  for (const ports::RawPiece& piece : *pieces) {
    const std::string* frame = piece.hash.empty() ? &piece.frame : tables.blobs.find(piece.hash);
    if (!frame) return fail(Fault::corrupt, "the original bytes of message {} are incomplete", id);
    HEJNAL_TRY(const std::string bytes, decompress(*frame));
    out += bytes;
  }
  return out;
}

namespace {

// Replays one row of a journal.
Status replay(const Tables& tables, core::CaseNumber number, const TurnRow& turn, core::Case& c) {
  for (const core::Entry& entry : turn.entries) {
    if (!core::fits(c, entry))
      return fail(Fault::corrupt,
                  "case {}: entry {} (\"{}\") of its journal cannot follow on those before it", number,
                  c.entries + 1, entry.kind());
    core::apply(c, entry);
    const auto* received = std::get_if<core::Received>(&entry.body);
    if (received && received->message != 0 && !tables.messages.find(received->message))
      return fail(Fault::corrupt, "case {}: message {}, which it has received, is gone", number,
                  received->message);
  }
  return {};
}

Status compare(const Tables& tables, core::CaseNumber number, const CaseRow& row, const core::Case& c) {
  if (c != row.c) return fail(Fault::corrupt, "case {} is not what its journal says", number);
  if (core::alarm(c) != row.alarm)
    return fail(Fault::corrupt, "case {}: its alarm is not what is due", number);
  if (row.alarm && !tables.alarms.find(std::pair(*row.alarm, number)))
    return fail(Fault::corrupt, "case {} is not in the list of alarms", number);
  int said = 0;
  tables.said.ascending(number, [&said](core::MessageId) {
    ++said;
    return true;
  });
  if (said != c.notices)
    return fail(Fault::corrupt, "case {}: it has said {} things, {} are there", number, c.notices, said);
  return {};
}

}  // namespace

Status Memory::verify() const {
  std::size_t turns = 0, alarms = 0;
  const auto& rows = tables.journal.rows();
  auto turn = rows.begin();
  for (const auto& [number, row] : tables.cases.rows()) {
    core::Case c;
    for (; turn != rows.end() && turn->first.first == number; ++turn, ++turns)
      HEJNAL_TRY_VOID(replay(tables, number, turn->second, c));
    HEJNAL_TRY_VOID(compare(tables, number, row, c));
    alarms += row.alarm ? 1 : 0;
  }
  if (turns != rows.size())
    return fail(Fault::corrupt, "a case has a journal and is not in the list of cases");
  if (alarms != tables.alarms.rows().size()) return fail(Fault::corrupt, "an alarm belongs to no case");
  HEJNAL_TRY_VOID(verify_records(tables.outages));
  HEJNAL_TRY_VOID(verify_records(tables.callbacks));
  HEJNAL_TRY_VOID(verify_records(tables.reports));
  for (const auto& [id, row] : tables.messages.rows()) {
    const bool kept = row.m.outgoing || row.m.channel != core::Channel::email || row.m.content_key.empty();
    if (!kept && !tables.raw.find(id))
      return fail(Fault::corrupt, "the original bytes of message {} are gone", id);
    if (row.m.outgoing && (!tables.notices.find(id) || !tables.fates.find(id)))
      return fail(Fault::corrupt, "message {} has no place in the outbox", id);
  }
  return {};
}

}  // namespace hejnal::store::memory

// Who spoke last in each case. Kept beside the cases, so that a list of them reads no message.
#include "base/text.hpp"
#include "store/sqlite/store.hpp"

namespace hejnal::store::sqlite {

namespace {

constexpr std::size_t kShown = 120;      // characters
constexpr std::size_t kLookedAt = 4000;  // bytes of a text

// The first words that the writer has added: no quotation, in one line.
std::string first_words(std::string_view text) {
  std::string out;
  for (const std::string_view line : split(text.substr(0, kLookedAt), '\n')) {
    if (line.starts_with('>')) continue;
    out.append(line).append(" ");
    if (out.size() > 4 * kShown) break;
  }
  out = one_line(sanitize_utf8(out));
  return truncate_characters(trim(out), kShown);
}

}  // namespace

Result<core::CaseNumber> SqliteStore::living(core::CaseNumber number) {
  constexpr int kSteps = 100;
  for (int i = 0; i < kSteps; ++i) {
    HEJNAL_TRY(const core::CaseNumber into,
               number_of(db_.query("SELECT merged_into FROM cases WHERE number = ?1", number)));
    if (into == 0) return number;
    number = into;
  }
  return number;
}

Status SqliteStore::note_last_word(const ports::Message& m, core::MessageId id) {
  if (m.number == 0 || m.internal || m.automatic) return {};
  HEJNAL_TRY(const core::CaseNumber number, living(m.number));
  return db_.run(
      "INSERT INTO last_words (case_number, message, at, outgoing, channel, sender, text) VALUES (?1, ?2, "
      "?3, "
      "?4, ?5, ?6, ?7) ON CONFLICT (case_number) DO UPDATE SET message = excluded.message, at = excluded.at, "
      "outgoing = excluded.outgoing, channel = excluded.channel, sender = excluded.sender, text = "
      "excluded.text WHERE excluded.message > message",
      number, id, m.at, m.outgoing, to_string(m.channel), m.from, first_words(m.text));
}

Status SqliteStore::find_last_word(core::CaseNumber number) {
  HEJNAL_TRY(const core::CaseNumber lives, living(number));
  HEJNAL_TRY_VOID(db_.run("DELETE FROM last_words WHERE case_number = ?1", lives));
  HEJNAL_TRY(
      const core::MessageId last,
      number_of(db_.query(
          "WITH RECURSIVE merged (number) AS (SELECT ?1 UNION SELECT c.number FROM cases c JOIN merged m "
          "ON c.merged_into = m.number WHERE c.merged_into <> 0) "
          "SELECT max(m.id) FROM merged JOIN messages m ON m.case_number = merged.number WHERE "
          "m.internal = 0 AND m.automatic = 0",
          lives)));
  if (last == 0) return {};
  HEJNAL_TRY(const auto found, message(last));
  return found ? note_last_word(*found, last) : Status();
}

Status SqliteStore::hand_last_word(core::CaseNumber from, core::CaseNumber into) {
  HEJNAL_TRY_VOID(db_.run(
      "INSERT INTO last_words (case_number, message, at, outgoing, channel, sender, text) SELECT ?2, "
      "message, "
      "at, outgoing, channel, sender, text FROM last_words WHERE case_number = ?1 ON CONFLICT (case_number) "
      "DO "
      "UPDATE SET message = excluded.message, at = excluded.at, outgoing = excluded.outgoing, channel = "
      "excluded.channel, sender = excluded.sender, text = excluded.text WHERE excluded.message > "
      "last_words.message",
      from, into));
  return db_.run("DELETE FROM last_words WHERE case_number = ?1", from);
}

}  // namespace hejnal::store::sqlite

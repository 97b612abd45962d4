// Which procedures were in force, out of the desk's log of them.
#include <algorithm>
#include <charconv>

#include "base/text.hpp"
#include "store/sqlite/archive_parts.hpp"

namespace hejnal::store::sqlite {

Result<std::vector<ports::ProcedureVersion>> procedure_versions(Database& db) {
  HEJNAL_TRY(Rows rows, db.query("SELECT value FROM settings WHERE key = 'procedure_log'"));
  HEJNAL_TRY(const bool found, rows.next());
  std::vector<ports::ProcedureVersion> out;
  if (!found) return out;
  for (const std::string_view line : split(rows.view(0), '\n')) {
    const auto first = line.find(' '), second = first == line.npos ? first : line.find(' ', first + 1);
    if (second == line.npos) continue;
    ports::ProcedureVersion v;
    std::from_chars(line.data(), line.data() + first, v.since.ms);
    v.version = std::string(line.substr(first + 1, second - first - 1));
    v.by = std::string(line.substr(second + 1));
    out.push_back(std::move(v));
  }
  std::reverse(out.begin(), out.end());
  return out;
}

}  // namespace hejnal::store::sqlite

// What cases tell for reports, and the sums over many. Pure: the store keeps each case's figures beside it,
// so that a report reads no journal.
//
// What counts: a *receipt* is our first word that the report arrived, counted from when the client sent it; a
// *reaction* is what keeps the promise to react, a person's reading at least; an *answer* is what keeps the
// promise to answer; both counted from the opening, with nights and with the time in which a question of ours
// was open. A promise is *broken* when it was kept late, or given up while late, or is late now. A client
// *needed step two* when it had to remind us, whatever the reason.
#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "base/instant.hpp"
#include "core/types.hpp"

namespace hejnal::core {

// Part of a case: folded from its journal like the rest of it.
struct Measured {
  std::optional<Instant> receipt_at, reacted_at, answered_at;  // the first of each
  int kept = 0, broken = 0;                                    // promises that are over

  bool operator==(const Measured&) const = default;
};

struct Figures {
  CaseNumber number = 0;
  std::string class_name, organisation;  // of the client, else the domain of its address
  Instant opened_at, sent_at;
  int step = 1;
  Measured measured;    // `broken`: also what is late now
  bool merged = false;  // into another case, which counts instead
};

class Report {
 public:
  struct Times {
    std::vector<std::int64_t> ms;
    // Of the nearest rank; 0 where there is none.
    std::int64_t median() const { return rank(50); }
    std::int64_t p90() const { return rank(90); }

   private:
    std::int64_t rank(std::size_t percent) const;
  };
  struct Row {
    std::int64_t cases = 0, step_twos = 0, kept = 0, broken = 0;
    Times receipt, reaction, answer;
    // Of the promises that are over or late; empty: there is none.
    std::optional<double> share_kept() const;
  };

  void add(const Figures& figures, const std::string& group);

  const std::map<std::string, Row>& rows() const { return rows_; }  // by group
  const Row& total() const { return total_; }

 private:
  std::map<std::string, Row> rows_;
  Row total_;
};

std::string iso_week(int year, int month, int day);  // "2026-W47" (ISO 8601)

}  // namespace hejnal::core

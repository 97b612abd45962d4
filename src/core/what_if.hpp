// What would have happened under another procedure? The journal of a case tells what came from outside: what
// its client sent and what people did, and when. That is played again under any procedure, with every alarm
// on the way.
//
// People are taken to have acted just as they did: a rehearsal knows nothing of somebody who would have come
// sooner because an alert rang sooner. Of what came from elsewhere it leaves out the fate of notices, other
// cases that were merged into this one, and outages; an email's Date counts as the time when it came. So two
// rehearsals are compared with each other, not one with the journal.
//
// Pure, any thread. Source: the entries of core/entry.hpp.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "core/case.hpp"
#include "core/procedure.hpp"
#include "core/signal.hpp"

namespace hejnal::core {

struct Rehearsal {
  std::string class_name;      // at the end
  int kept = 0, broken = 0;    // promises; `broken`: also what is late at the end
  std::vector<Instant> rings;  // when on call was told something
  int refused = 0;             // what people did that the procedure does not allow
};

// What came from outside, in order. A damaged journal gives what can be read of it.
struct Cue {
  Instant at;
  Signal signal;
};
std::vector<Cue> cues(const std::vector<Entry>& journal);

// Up to `until` (inclusive).
Rehearsal rehearse(const Procedure& procedure, const std::vector<Entry>& journal, Instant until);

// Sums over many cases; by the class at the end.
struct Rehearsed {
  struct Row {
    std::int64_t cases = 0, kept = 0, broken = 0, rings = 0, rings_at_night = 0;
  };
  Row total;
  std::map<std::string, Row> by_class;

  // When it is night, a caller with a calendar knows.
  void add(const Rehearsal& one, std::int64_t rings_at_night);
};

}  // namespace hejnal::core

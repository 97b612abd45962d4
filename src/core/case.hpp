// What we know of one matter so far: the fold of its journal, and nothing else.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/entry.hpp"
#include "core/types.hpp"

namespace hejnal::core {

// A promise of the desk while it is owed.
struct Debt {
  Instant since, due, ring_at;
  int rings = 0;
  bool breached = false;
  std::optional<std::int64_t> paused_left_ms;  // the clock stands still; `due` means nothing then

  bool running() const { return !paused_left_ms; }

  bool operator==(const Debt&) const = default;
};

struct DelayedAnswer {
  std::string text, by;
  bool question = false;  // asks back instead of answering
  std::vector<Channel> channels;

  bool operator==(const DelayedAnswer&) const = default;
};

struct Case {
  CaseNumber number = 0;
  std::string procedure;
  State state = State::fresh;
  std::string class_name, class_reason;
  bool class_confirmed = false, class_by_agent = false;
  bool email_missing = false;
  std::vector<CaseNumber> candidates;
  int step = 1;
  Channel channel = Channel::email;  // that it was opened by
  std::string subject;
  Party client;
  std::string answer_to, automatic_to;
  std::string short_code, token;
  Instant opened_at, sent_at;
  std::optional<Instant> read_at, answered_at, settled_at;
  bool human_reaction = false;  // somebody of the desk has done something: nothing is inferred any more
  MessageId last_message = 0;   // the client's latest, to answer to

  std::array<std::optional<Debt>, 2> debts;      // by Promise
  std::array<std::optional<Instant>, 5> timers;  // by Timer
  std::optional<DelayedAnswer> delayed;
  bool start_of_work_said = false;
  bool acknowledged = false;  // the client knows that a person has read it
  CaseNumber merged_into = 0;
  std::vector<CaseNumber> links;
  std::vector<int> lost_notices;  // bounced or failed
  int notices = 0;                // said so far
  std::int64_t entries = 0;       // applied so far: the next entry's seq is entries + 1

  bool exists() const { return number != 0; }
  const std::optional<Debt>& debt(Promise p) const { return debts[static_cast<std::size_t>(p)]; }
  const std::optional<Instant>& timer(Timer t) const { return timers[static_cast<std::size_t>(t)]; }

  bool operator==(const Case&) const = default;
};

void apply(Case& c, const Entry& entry);
// Whether the entry can follow at all: always so for what `decide` says. False tells of a damaged journal,
// which must not be applied.
bool fits(const Case& c, const Entry& entry);
Case replay(const std::vector<Entry>& journal);

// The earliest thing that becomes due: when decide wants to see AlarmRang. Empty only when the case is
// closed.
std::optional<Instant> alarm(const Case& c);

// What is owed next, for people: the desk's earliest obligation, else the client's next step. Empty only when
// closed.
struct Next {
  std::string what;
  bool by_desk = true;
  Instant due;
  std::string why;

  bool operator==(const Next&) const = default;
};
std::optional<Next> next(const Case& c);

}  // namespace hejnal::core

// A failure that lasts and that several cases may belong to. Declared by a person, told in public words, and
// ended by a person. Like a case it is the fold of its journal and has one alarm: while it is open, somebody
// owes the clients news (at its expected end, or four hours after the last word).
//
// `decide` is pure and total. It also says which cases are to hear of it; the desk passes that on to each of
// them in the same transaction (OutageTold, and for the end the answer of an agent), so a client is told once
// of each thing, in the thread of the own case, and what becomes of those words is in the case's journal.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"

namespace hejnal::core {

struct Outage {
  OutageId id = 0;
  std::string title, public_text, declared_by;
  Instant declared_at;
  std::optional<Instant> expected_end, ended_at;
  struct Word {
    Instant at;
    std::string by, text;

    bool operator==(const Word&) const = default;
  };
  std::vector<Word> words;        // all that was said in public, oldest first; the latest is `public_text`
  std::vector<CaseNumber> cases;  // attached, in that order
  Instant ring_at;
  int rings = 0;  // since the last word
  std::int64_t entries = 0;

  bool exists() const { return id != 0; }
  bool open() const { return exists() && !ended_at; }
  bool has(CaseNumber number) const;
  // For who hears of it only now: what is broken, which was said first, and the latest news.
  std::string in_short() const;

  bool operator==(const Outage&) const = default;
};

namespace outage {

struct Declared {
  static constexpr std::string_view kind = "declared";
  OutageId id = 0;
  std::string title, text;
  Instant expected_end, ring_at;

  bool operator==(const Declared&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("id", s.id);
    v("title", s.title);
    v("text", s.text);
    v("expected_end", s.expected_end);
    v("ring_at", s.ring_at);
  }
};

struct Updated {
  static constexpr std::string_view kind = "updated";
  std::string text;
  Instant expected_end, ring_at;

  bool operator==(const Updated&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("text", s.text);
    v("expected_end", s.expected_end);
    v("ring_at", s.ring_at);
  }
};

struct Attached {
  static constexpr std::string_view kind = "attached";
  CaseNumber number = 0;

  bool operator==(const Attached&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("case", s.number);
  }
};

struct Detached {
  static constexpr std::string_view kind = "detached";
  CaseNumber number = 0;

  bool operator==(const Detached&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("case", s.number);
  }
};

// On call was told that the clients wait for news.
struct Rang {
  static constexpr std::string_view kind = "rang";
  int n = 0;
  std::int64_t late_ms = 0;
  Instant ring_at;

  bool operator==(const Rang&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("n", s.n);
    v("late_ms", s.late_ms);
    v("ring_at", s.ring_at);
  }
};

struct Ended {
  static constexpr std::string_view kind = "ended";
  std::string text;

  bool operator==(const Ended&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("text", s.text);
  }
};

using Body = std::variant<Declared, Updated, Attached, Detached, Rang, Ended>;
using Entry = EntryOf<Body>;

struct Declare {
  OutageId id = 0;  // the next free one
  std::string agent, title, text;
  std::optional<Instant> expected_end;
};
struct Update {
  std::string agent, text;
  std::optional<Instant> expected_end;
  bool keeps_end = false;  // what was expected before still is; `expected_end` says nothing
};
struct End {
  std::string agent, text;
};
struct Attach {
  std::string agent;
  CaseNumber number = 0;
};
struct Detach {
  std::string agent;
  CaseNumber number = 0;
};
struct AlarmRang {};
using Signal = std::variant<Declare, Update, End, Attach, Detach, AlarmRang>;

struct Decision {
  std::vector<Entry> entries;
  std::vector<CaseNumber> to_cases;  // who hears of it
  bool tell_on_call = false;         // the clients wait for news
};

}  // namespace outage

template <>
struct JournalOf<Outage> {
  using Entry = outage::Entry;
};

Result<outage::Decision> decide(const Outage& o, const outage::Signal& signal, Instant now);
void apply(Outage& o, const outage::Entry& entry);
bool fits(const Outage& o, const outage::Entry& entry);
std::optional<Instant> alarm(const Outage& o);

// A declaration that came twice, as from a form that is sent again.
bool is_declared(const Outage& o, const outage::Declare& again, Instant now);

// Whether a report speaks of what the outage is about: at least two telling words in common.
bool looks_like(const Outage& o, const std::string& subject, const std::string& text);

// A new case as far as suggestions go.
struct FreshReport {
  CaseNumber number = 0;
  std::string who;  // its organisation; of a client without one the address or number
  Instant at;
  std::string words;           // its first line is the subject
  bool failure_fires = false;  // monitoring says so, of a class that means a failure, and it is not over
};
struct OutageSuggestion {
  std::vector<CaseNumber> cases;   // oldest first
  std::vector<std::string> words;  // what they have in common
  Instant at;                      // of the first
};
// Three or more organisations that report alike within 15 minutes; or a failure that monitoring has reported,
// with whoever reports alike. Shown to people, never declared by itself.
std::vector<OutageSuggestion> suggest_outages(std::vector<FreshReport> reports);

}  // namespace hejnal::core

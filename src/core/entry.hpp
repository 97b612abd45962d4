// The journal. A case is the fold of its entries; each entry says what changed, when, by whom and why.
// Entries are only ever appended. A kind, once published, keeps its name and the meaning of its fields: old
// journals are replayed for ever. Fields are listed once, in `fields`, and everything that reads or writes
// them (database, API, digest) uses that list.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/types.hpp"

namespace hejnal::core {

// In an entry a time of 0 says that there is none.
inline std::optional<Instant> if_set(Instant t) { return t.ms == 0 ? std::nullopt : std::optional(t); }

struct Opened {
  static constexpr std::string_view kind = "opened";
  CaseNumber number = 0;
  std::string procedure;  // its version
  Channel channel = Channel::email;
  Party client;
  std::string subject;
  std::string short_code, token;
  Instant sent_at;  // the email's own credible time, else of arrival
  bool email_missing = false;
  std::vector<CaseNumber> candidates;        // cases that it might belong to
  std::vector<Suggestion> suggestions = {};  // the best of them, with what speaks for each

  bool operator==(const Opened&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("number", s.number);
    v("procedure", s.procedure);
    v("channel", s.channel);
    v("client", s.client);
    v("subject", s.subject);
    v("short_code", s.short_code);
    v("token", s.token);
    v("sent_at", s.sent_at);
    v("email_missing", s.email_missing);
    v("candidates", s.candidates);
    v("suggestions", s.suggestions);
  }
};

struct Received {
  static constexpr std::string_view kind = "received";
  MessageId message = 0;
  Channel channel = Channel::email;
  Relation relation = Relation::opens;
  bool automatic = false;  // from a robot: recorded, and nothing follows from it
  std::string answer_to, automatic_to;
  std::string phone;
  CaseNumber through = 0;    // the merged case that it came through; 0: the case's own
  std::string also_to = {};  // somebody else of the client's side has written and gets the next answer, too
  int score = 0;             // of the evidence that it belongs here (matching.hpp)

  bool operator==(const Received&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("message", s.message);
    v("channel", s.channel);
    v("relation", s.relation);
    v("automatic", s.automatic);
    v("answer_to", s.answer_to);
    v("automatic_to", s.automatic_to);
    v("phone", s.phone);
    v("through", s.through);
    v("also_to", s.also_to);
    v("score", s.score);
  }
};

struct Classified {
  static constexpr std::string_view kind = "classified";
  std::string class_name;
  bool confirmed = false;  // false: only assumed, because email alone cannot tell
  bool by_agent = false;   // never overridden by inference

  bool operator==(const Classified&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("class", s.class_name);
    v("confirmed", s.confirmed);
    v("by_agent", s.by_agent);
  }
};

struct StepTaken {
  static constexpr std::string_view kind = "step_taken";
  int step = 0;

  bool operator==(const StepTaken&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("step", s.step);
  }
};

struct EmailFound {
  static constexpr std::string_view kind = "email_found";
  std::int64_t late_ms = 0;  // how long after the SMS
  Party client;
  std::string subject;
  Channel channel = Channel::email;  // another one: its text was told on that way, the email is still awaited

  bool operator==(const EmailFound&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("late_ms", s.late_ms);
    v("client", s.client);
    v("subject", s.subject);
    v("channel", s.channel);
  }
};

// Mail that was set aside may be the email that is missing; a person decides.
struct Offered {
  static constexpr std::string_view kind = "offered";
  MessageId message = 0;
  std::string from, subject;

  bool operator==(const Offered&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("message", s.message);
    v("from", s.from);
    v("subject", s.subject);
  }
};

// A promise begins. `since` and `due` frame it; `ring_at` is when on call is told next.
struct Owed {
  static constexpr std::string_view kind = "owed";
  Promise promise = Promise::react;
  Instant since, due, ring_at;

  bool operator==(const Owed&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("since", s.since);
    v("due", s.due);
    v("ring_at", s.ring_at);
  }
};

struct Moved {
  static constexpr std::string_view kind = "moved";
  Promise promise = Promise::react;
  Instant due, ring_at;

  bool operator==(const Moved&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("due", s.due);
    v("ring_at", s.ring_at);
  }
};

struct Paused {
  static constexpr std::string_view kind = "paused";
  Promise promise = Promise::answer;
  std::int64_t left_ms = 0;  // what is left of its time; negative when it was late already

  bool operator==(const Paused&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("left_ms", s.left_ms);
  }
};

struct Kept {
  static constexpr std::string_view kind = "kept";
  Promise promise = Promise::react;
  std::int64_t late_ms = 0;  // 0: in time

  bool operator==(const Kept&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("late_ms", s.late_ms);
  }
};

// It isn't owed any more, though nobody did it (settled, merged, closed).
struct Released {
  static constexpr std::string_view kind = "released";
  Promise promise = Promise::react;

  bool operator==(const Released&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
  }
};

struct Breached {
  static constexpr std::string_view kind = "breached";
  Promise promise = Promise::react;
  std::int64_t late_ms = 0;

  bool operator==(const Breached&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("late_ms", s.late_ms);
  }
};

// On call was told: ring `n` of this promise. Missed ones collapse into one, which says how late it is.
struct Rang {
  static constexpr std::string_view kind = "rang";
  Promise promise = Promise::react;
  int n = 0;
  std::int64_t late_ms = 0;
  Instant ring_at;  // the next one

  bool operator==(const Rang&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("promise", s.promise);
    v("n", s.n);
    v("late_ms", s.late_ms);
    v("ring_at", s.ring_at);
  }
};

struct Planned {
  static constexpr std::string_view kind = "planned";
  Timer timer = Timer::settle;
  Instant due;
  // Of a delayed answer:
  std::string text;
  bool question = false;
  std::vector<Channel> channels;

  bool operator==(const Planned&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("timer", s.timer);
    v("due", s.due);
    v("text", s.text);
    v("question", s.question);
    v("channels", s.channels);
  }
};

struct Dropped {  // a timer that was planned will not happen, or has happened
  static constexpr std::string_view kind = "dropped";
  Timer timer = Timer::settle;
  std::int64_t late_ms = 0;  // when it has happened

  bool operator==(const Dropped&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("timer", s.timer);
    v("late_ms", s.late_ms);
  }
};

struct Acted {  // a person of the desk did something
  static constexpr std::string_view kind = "acted";
  Action action = Action::read;
  std::string text;
  CaseNumber other = 0;  // of merge, absorb and link

  bool operator==(const Acted&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("action", s.action);
    v("text", s.text);
    v("other", s.other);
  }
};

// The client of a case that was merged into this one. The same person (`own`) is answered once; somebody else
// is answered here, too, in a mail of its own, and neither ever sees what the other has written.
struct TookOver {
  static constexpr std::string_view kind = "took_over";
  bool own = false;
  std::vector<CaseNumber> cases;  // the first is the one whose number, code and link its client knows
  Party client;
  std::string subject, short_code, token;
  std::string answer_to, automatic_to;
  MessageId last_message = 0;

  bool operator==(const TookOver&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("own", s.own);
    v("cases", s.cases);
    v("client", s.client);
    v("subject", s.subject);
    v("short_code", s.short_code);
    v("token", s.token);
    v("answer_to", s.answer_to);
    v("automatic_to", s.automatic_to);
    v("message", s.last_message);
  }
};

struct Became {
  static constexpr std::string_view kind = "became";
  State state = State::fresh;

  bool operator==(const Became&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("state", s.state);
  }
};

struct Linked {
  static constexpr std::string_view kind = "linked";
  CaseNumber other = 0;
  MessageId message = 0;  // that has become the other one; 0: none

  bool operator==(const Linked&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("other", s.other);
    v("message", s.message);
  }
};

// A message that was joined here by mistake has become a case of its own.
struct Unjoined {
  static constexpr std::string_view kind = "unjoined";
  MessageId message = 0;
  CaseNumber other = 0;
  std::string phone;  // a number that is not the client's after all; empty: it is

  bool operator==(const Unjoined&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("message", s.message);
    v("other", s.other);
    v("phone", s.phone);
  }
};

// The link to the client's page was taken back: there is another one, which is told to nobody by itself.
struct LinkChanged {
  static constexpr std::string_view kind = "link_changed";
  CaseNumber number = 0;  // whose link: this case's, or that of one merged into it
  std::string token;

  bool operator==(const LinkChanged&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("number", s.number);
    v("token", s.token);
  }
};

struct Said {  // a notice was written to the outbox
  static constexpr std::string_view kind = "said";
  int notice = 0;  // counts within the case
  NoticeKind what = NoticeKind::receipt;
  Channel channel = Channel::email;
  std::string to;

  bool operator==(const Said&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("notice", s.notice);
    v("what", s.what);
    v("channel", s.channel);
    v("to", s.to);
  }
};

struct Withheld {  // something automatic was not said; `why` tells the reason
  static constexpr std::string_view kind = "withheld";
  NoticeKind what = NoticeKind::receipt;

  bool operator==(const Withheld&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("what", s.what);
  }
};

struct Fate {  // what became of a notice
  static constexpr std::string_view kind = "fate";
  int notice = 0;  // of a merged case: less than none
  NoticeState state = NoticeState::handed_over;
  std::string text;   // the other side's words
  CaseNumber of = 0;  // the merged case that has said it; 0: this one

  bool operator==(const Fate&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("notice", s.notice);
    v("state", s.state);
    v("text", s.text);
    v("of", s.of);
  }
};

// The case belongs to an outage, or (0) to none any more. `offered`: it only looks like it, a person decides.
struct InOutage {
  static constexpr std::string_view kind = "in_outage";
  OutageId outage = 0;
  bool offered = false;

  bool operator==(const InOutage&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("outage", s.outage);
    v("offered", s.offered);
  }
};

// What a monitoring system says of an alert: it fires, or it is over.
struct Alerted {
  static constexpr std::string_view kind = "alerted";
  std::string monitor, key;  // its own key: the same alert again has the same one
  bool over = false;         // else it fires
  bool again = false;        // it was over in between
  MessageId message = 0;     // what it says, in full; 0: the same as before
  std::string severity;      // in the monitoring system's words
  std::string text;          // its beginning, to know whether it has changed
  std::string class_name;    // that its severity means; empty: nobody knows
  std::int64_t quiet_ms{};   // of one that is over: after so long it counts as settled; 0: a person says so

  bool operator==(const Alerted&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("monitor", s.monitor);
    v("key", s.key);
    v("over", s.over);
    v("again", s.again);
    v("message", s.message);
    v("severity", s.severity);
    v("text", s.text);
    v("class", s.class_name);
    v("quiet_ms", s.quiet_ms);
  }
};

using Body = std::variant<Opened, Received, Classified, StepTaken, EmailFound, Owed, Moved, Paused, Kept,
                          Released, Breached, Rang, Planned, Dropped, Acted, Became, Linked, Said, Withheld,
                          Fate, TookOver, Offered, Unjoined, LinkChanged, InOutage, Alerted>;

// Of a case, an outage or a callback: each has a journal of its own kinds. (Its body brings std into a
// look-up by arguments: `core::apply` is to be said in full.)
template <class AnyBody>
struct EntryOf {
  using Body = AnyBody;

  Instant at;
  std::string by;   // "client", "desk" (the program itself) or an agent's name
  std::string why;  // a sentence
  AnyBody body;

  std::string_view kind() const {
    return std::visit([](const auto& b) { return std::remove_cvref_t<decltype(b)>::kind; }, body);
  }

  bool operator==(const EntryOf&) const = default;
};
using Entry = EntryOf<Body>;

// The entries of what has a journal beside cases.
template <class Thing>
struct JournalOf;  // ::Entry

}  // namespace hejnal::core

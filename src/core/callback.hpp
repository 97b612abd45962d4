// A debt of the desk: somebody has phoned and was not answered, so we call back. One for each person, however
// often and from whichever number they call. Like a case it is the fold of its journal and has one alarm.
//
//   waiting ── all-clear ──▶ due ── an agent takes it ──▶ taken ── reached ──▶ paid
//      ▲ ◀── a new failure ──┘ ◀── no answer, voicemail, or an hour idle ──┘
//
// A call that is put through while nothing else is owed begins as `ringing`: answered, it is paid; not
// answered, or not told of in time, it is owed like any other.
//
// Written off only by a person, with a reason. The client's own word that everything works is an offer to
// settle it, which a person takes up.
//
// When it becomes known that two are of one person, one takes over what the other knows, and the other ends
// as `joined`; only while two agents hold them, who may both be on the telephone, are they left alone. A
// number that turns out to be somebody else's leaves with its calls.
#pragma once

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"
#include "core/notice.hpp"
#include "core/phone.hpp"

namespace hejnal::core {

enum class CallbackState { waiting, due, taken, paid, written_off, ringing, joined };
enum class AttemptResult { reached, no_answer, voicemail, wrong_number };

template <>
struct Names<CallbackState> {
  static constexpr std::array<std::string_view, 7> list = {"waiting",     "due",     "taken", "paid",
                                                           "written_off", "ringing", "joined"};
};
template <>
struct Names<AttemptResult> {
  static constexpr std::array<std::string_view, 4> list = {"reached", "no_answer", "voicemail",
                                                           "wrong_number"};
};

struct Callback {
  CallbackId id = 0;
  CallbackState state = CallbackState::waiting;
  Party person;                     // as far as known; `phone` is the latest number
  bool critical = false;            // comes before the others
  std::vector<std::string> phones;  // that have called, the latest first
  struct Call {
    Instant at;
    std::string phone;
    CallResult result = CallResult::rejected;
    CaseNumber number = 0;  // the open case that it was noted in
    std::string call_id;    // of the exchange; empty: unknown. The same one again is what became of that call

    bool operator==(const Call&) const = default;

    template <class Self, class V>
    static void fields(Self& s, V&& v) {
      v("at", s.at);
      v("phone", s.phone);
      v("result", s.result);
      v("case", s.number);
      v("call_id", s.call_id);
    }
  };
  std::vector<Call> calls;  // the latest kCallsMax
  int calls_total = 0;
  std::vector<CaseNumber> cases;
  struct OfOutage {  // the one that a case of the caller belongs to; 0: none
    OutageId id = 0;
    std::string title;

    bool operator==(const OfOutage&) const = default;

    template <class Self, class V>
    static void fields(Self& s, V&& v) {
      v("id", s.id);
      v("title", s.title);
    }
  };
  OfOutage outage;
  Instant since;                  // the first call
  std::optional<Instant> due_at;  // since when it is due
  std::string taken_by;
  struct Attempt {
    Instant at;
    std::string by, phone;
    AttemptResult result = AttemptResult::no_answer;

    bool operator==(const Attempt&) const = default;

    template <class Self, class V>
    static void fields(Self& s, V&& v) {
      v("at", s.at);
      v("by", s.by);
      v("phone", s.phone);
      v("result", s.result);
    }
  };
  std::vector<Attempt> attempts;
  std::optional<Instant> retry_at;        // not to be tried before
  std::vector<std::string> wrong_phones;  // where somebody else answers
  std::string offered;                    // the client's own word that it is settled; empty: none
  std::string end_reason;                 // of one that is paid, written off or joined
  CallbackId into = 0;                    // of one that is joined: to which
  std::optional<Instant> ended_at;
  Instant ring_at;                  // when on call is told next
  std::optional<Instant> lapse_at;  // a taken one that nobody has tried goes back
  int rings = 0;
  std::vector<std::pair<std::string, Instant>> told;  // when each number last got the SMS
  std::vector<CallbackId> earlier;                    // those of its numbers before this one
  int notices = 0;
  std::int64_t entries = 0;

  static constexpr std::size_t kCallsMax = 50;

  bool exists() const { return id != 0; }
  bool open() const {
    return exists() && state != CallbackState::paid && state != CallbackState::written_off &&
           state != CallbackState::joined;
  }
  std::optional<Instant> told_at(const std::string& phone) const;
  // The latest one at which not somebody else has answered; empty: nobody has called.
  std::string number_to_call() const;
  Call* call_of(const std::string& call_id);  // nullptr: not among those that are known
  Call* call_of(int nth);                     // counted from 1 as they were told; the same
  struct Told {                               // of a call, by whoever knows what became of it
    std::string call_id, phone;
    CallResult result = CallResult::rejected;
    bool decided = false;  // by us, as it came in: it is of no call but its own
    Instant at;
  };
  // Which call this is told of, counted from 1; 0: one of its own. The same id is the same call. Besides, it
  // may be of the latest call from that number where that one was put through within `within` and has no word
  // yet: whoever redirects (SIP) and whoever tells (a dialplan) know it by ids of two kinds. What a person
  // writes down has no id: only that somebody has answered is of the one before, all else is a call that was
  // seen at another telephone.
  int told_of(const Told& heard, Duration within) const;
  // The same as journals without Called::nth mean it.
  Call* told_of_before(const Told& heard);

  bool operator==(const Callback&) const = default;
};

namespace callback {

struct Opened {
  static constexpr std::string_view kind = "opened";
  CallbackId id = 0;
  Party person;

  bool operator==(const Opened&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("id", s.id);
    v("person", s.person);
  }
};

struct Called {
  static constexpr std::string_view kind = "called";
  Instant came_at;
  std::string phone;
  CallResult result = CallResult::rejected;
  CaseNumber number = 0;
  bool critical = false;
  CallReason reason = CallReason::repairing;  // what the rejection means
  std::string call_id = {};
  bool decided = false;    // by us, as it came in; else somebody tells what became of it
  Instant told_at = {};    // when this number got the SMS for an earlier callback; 0: never
  CallbackId earlier = 0;  // the one before this one, of this number; 0: none
  int nth = 0;             // which call it is, see Callback::told_of; 0: in journals that do not say it

  bool operator==(const Called&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("came_at", s.came_at);
    v("phone", s.phone);
    v("result", s.result);
    v("case", s.number);
    v("critical", s.critical);
    v("reason", s.reason);
    v("call_id", s.call_id);
    v("decided", s.decided);
    v("told_at", s.told_at);
    v("earlier", s.earlier);
    v("nth", s.nth);
  }
};

struct Became {
  static constexpr std::string_view kind = "became";
  CallbackState state = CallbackState::waiting;
  Instant ring_at, lapse_at;  // 0: none

  bool operator==(const Became&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("state", s.state);
    v("ring_at", s.ring_at);
    v("lapse_at", s.lapse_at);
  }
};

struct Tried {
  static constexpr std::string_view kind = "tried";
  std::string phone;
  AttemptResult result = AttemptResult::no_answer;
  Instant retry_at;  // 0: at once

  bool operator==(const Tried&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("phone", s.phone);
    v("result", s.result);
    v("retry_at", s.retry_at);
  }
};

struct Offered {  // the client says that everything works, or takes it back
  static constexpr std::string_view kind = "offered";
  Channel channel = Channel::sms;
  std::string text;
  bool taken_back = false;

  bool operator==(const Offered&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("channel", s.channel);
    v("text", s.text);
    v("taken_back", s.taken_back);
  }
};

struct Rang {  // on call was told
  static constexpr std::string_view kind = "rang";
  AlertReason reason = AlertReason::callbacks_due;
  int n = 0;
  std::int64_t late_ms = 0;
  Instant ring_at;

  bool operator==(const Rang&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("reason", s.reason);
    v("n", s.n);
    v("late_ms", s.late_ms);
    v("ring_at", s.ring_at);
  }
};

struct TookOver {  // what another callback knew, or what it knew of one number
  static constexpr std::string_view kind = "took_over";
  CallbackId from = 0;
  Instant since;
  bool critical = false;
  int calls_total = 0;
  std::vector<Callback::Call> calls;
  std::vector<std::string> phones, wrong_phones;
  std::vector<Callback::Attempt> attempts;
  Instant retry_at;  // 0: none
  std::vector<CaseNumber> cases;
  std::vector<CallbackId> earlier;
  struct Told {
    std::string phone;
    Instant at;

    bool operator==(const Told&) const = default;

    template <class Self, class V>
    static void fields(Self& s, V&& v) {
      v("phone", s.phone);
      v("at", s.at);
    }
  };
  std::vector<Told> told;
  std::string offered;

  bool operator==(const TookOver&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("from", s.from);
    v("since", s.since);
    v("critical", s.critical);
    v("calls_total", s.calls_total);
    v("calls", s.calls);
    v("phones", s.phones);
    v("wrong_phones", s.wrong_phones);
    v("attempts", s.attempts);
    v("retry_at", s.retry_at);
    v("cases", s.cases);
    v("earlier", s.earlier);
    v("told", s.told);
    v("offered", s.offered);
  }
};

struct Joined {  // another one has taken over what this one knew
  static constexpr std::string_view kind = "joined";
  CallbackId into = 0;

  bool operator==(const Joined&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("into", s.into);
  }
};

struct Left {  // a number is not this person's: with its calls it goes to a callback of its own
  static constexpr std::string_view kind = "left";
  std::string phone;
  CallbackId into = 0;

  bool operator==(const Left&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("phone", s.phone);
    v("into", s.into);
  }
};

struct Knew {  // what is known of the caller now, instead of what was
  static constexpr std::string_view kind = "knew";
  Party person;
  std::vector<CaseNumber> cases;  // open ones, the latest first
  bool critical = false;
  Callback::OfOutage outage;

  bool operator==(const Knew&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("person", s.person);
    v("cases", s.cases);
    v("critical", s.critical);
    v("outage", s.outage);
  }
};

using Body = std::variant<Opened, Called, Became, Tried, Offered, Rang, Said, Withheld, Fate, TookOver,
                          Joined, Left, Knew>;
using Entry = EntryOf<Body>;

struct Facts {
  bool failure_open = false;
  Waking waking{};
  bool sms_available = true;
  std::string sms_refused;           // why no SMS may go to the caller now (STOP, budget); empty: it may
  std::optional<Instant> told_at{};  // when this number got the SMS for an earlier callback
  std::string outage_text, token, short_code;  // for the words of that SMS
  Duration unpaid_after = 4h;                  // of waking time
  Duration told_within = 2h;                   // of a call that is put through: what came of it
  struct Held {
    CallbackId id = 0;
    std::string agent;
  };
  std::optional<Held> held{};  // another one of the same person, that an agent has taken
  struct Reached {
    CallbackId id = 0;
    std::string agent;
    Instant at;
  };
  // When an earlier callback of this person ended: what was called before that is over.
  std::optional<Instant> settled_at{};
  std::optional<Reached> reached{};  // another one of the same person, paid by a call that got through
};

struct Rung {         // the telephone has rung, or would have
  CallbackId id = 0;  // the next free one, for a new callback
  Party person;
  std::string phone;
  Instant at;
  CallResult result = CallResult::rejected;
  CallReason reason = CallReason::repairing;
  CaseNumber number = 0;
  bool critical = false;
  std::string by = "client";
  std::string call_id = {};
  bool hung_up = false;    // of a missed one: the caller did not wait for the answer
  bool decided = false;    // see Called
  CallbackId earlier = 0;  // see Called
};
struct FailureChanged {};  // see Facts::failure_open
struct Take {
  std::string agent;
};
struct Try {
  std::string agent, phone;
  AttemptResult result = AttemptResult::no_answer;
};
struct WriteOff {
  std::string agent, reason;
};
struct SaysItWorks {
  Channel channel = Channel::sms;
  std::string text;
};
struct SaysItFails {  // after all; what was said before is taken back
  Channel channel = Channel::sms;
  std::string text;
};
struct Settle {  // an agent takes the client's word
  std::string agent;
};
struct NoticeEnded {
  int notice = 0;
  NoticeState state = NoticeState::handed_over;
  std::string text;
};
struct AlarmRang {};
struct TakesOver {  // `other` is of the same person
  Callback other;
};
struct GoesInto {  // the other side of that
  CallbackId into = 0;
};
struct BeginsWith {  // a callback that does not exist yet: what `other` knows of a number that is not its own
  Callback other;
  std::string phone;
  CallbackId id = 0;
  Party person;  // whose it is
};
struct Loses {  // the other side of that
  std::string phone;
  CallbackId into = 0;
};
using IsKnown = Knew;  // whose the numbers are, and what they have phoned about, as the desk sees it now
using Signal = std::variant<Rung, FailureChanged, Take, Try, WriteOff, SaysItWorks, SaysItFails, Settle,
                            NoticeEnded, AlarmRang, TakesOver, GoesInto, BeginsWith, Loses, IsKnown>;

struct Decision {
  std::vector<Entry> entries;
  std::vector<Notice> notices;
  // On call is to be told why; the desk tells of several in one message.
  AlertReason tell = AlertReason::none;
  bool after_failure = false;  // it is the all-clear that has made it due
};

}  // namespace callback

template <>
struct JournalOf<Callback> {
  using Entry = callback::Entry;
};

Result<callback::Decision> decide(const callback::Facts& facts, const Callback& c,
                                  const callback::Signal& signal, Instant now);
void apply(Callback& c, const callback::Entry& entry);
bool fits(const Callback& c, const callback::Entry& entry);
std::optional<Instant> alarm(const Callback& c);

// An address that is known beside a number.
struct OwnerOfNumber {
  std::string email;
  Standing standing = Standing::learnt;

  bool operator==(const OwnerOfNumber&) const = default;
};
// Whether a number still is of the person whose callback this is, as far as anybody knows.
bool is_of(const Callback& c, const std::vector<OwnerOfNumber>& owners);
// Two callbacks of one person become one, and which of them goes on; not while two agents hold them.
bool may_join(const Callback& a, const Callback& b);
bool goes_on(const Callback& a, const Callback& b);

// The call of an agent that has paid it; empty: nobody was reached.
std::optional<Callback::Attempt> reached_by(const Callback& c);

// Whether on call is told by SMS as well: at night nobody is woken for a call that nobody has answered,
// unless it is critical; after a failure people are awake.
bool tells_by_sms(AlertReason reason, bool awake, bool critical, bool after_failure);

// In which order they are worked off: critical ones first, then by waiting time.
bool before(const Callback& a, const Callback& b);

// "Już działa": the client needs no call any more. Whatever may be doubted ("already works, but …", a
// question) is not it: a client who is called once too often is better off than one who is not called.
bool says_it_works(std::string_view text);
bool says_only_that_it_works(
    std::string_view text);                 // and nothing else that somebody has to do something about
bool says_it_fails(std::string_view text);  // "Jednak nie działa"

}  // namespace hejnal::core

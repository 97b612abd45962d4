// What we know of one matter so far: the fold of its journal, and nothing else.
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "core/entry.hpp"
#include "core/report.hpp"
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

// Somebody beside the client who has written since the last answer, and gets the next one.
struct Listener {
  std::string address;
  CaseNumber through = 0;  // the merged case that it writes in; 0: the case's own

  bool operator==(const Listener&) const = default;
};

// An alert of a monitoring system that the case came from, or that was merged into it.
struct Alert {
  std::string monitor, key, severity, text, class_name;
  bool firing = true;
  int fired = 0;  // how often it was over and came back
  int kept = 0;   // messages that hold what it said
  int told = 0;   // entries about it
  Instant since;
  std::optional<Instant> over_at;

  bool operator==(const Alert&) const = default;
};

struct Case {
  CaseNumber number = 0;
  std::string procedure;
  State state = State::fresh;
  std::string class_name, class_reason;
  bool class_confirmed = false, class_by_agent = false;
  bool email_missing = false;
  // An SMS has announced an email, and that email came so long after it (0: it was here before). What the
  // client has typed instead does not count: the email itself is still awaited.
  std::optional<Instant> announced_at;
  std::optional<std::int64_t> email_late_ms;
  std::vector<Offered> offered;  // set-aside mail that may be the missing one
  std::vector<CaseNumber> candidates;
  int step = 1;
  Channel channel = Channel::email;  // that it was opened by
  std::string subject;
  Party client;
  std::string answer_to, automatic_to;
  std::string short_code, token;
  Instant opened_at, sent_at;
  std::optional<Instant> read_at, answered_at, settled_at;
  std::optional<Instant> asked_at;     // our latest question
  std::optional<Instant> reminded_at;  // when the client last said on the page that there is no answer yet
  bool human_reaction = false;  // somebody of the desk has done something: nothing is inferred any more
  MessageId last_message = 0;   // the client's latest, to answer to

  std::array<std::optional<Debt>, 2> debts;      // by Promise
  std::array<std::optional<Instant>, 6> timers;  // by Timer
  std::optional<DelayedAnswer> delayed;
  bool start_of_work_said = false;
  bool acknowledged = false;  // the client knows that a person has read it
  CaseNumber merged_into = 0;
  std::vector<CaseNumber> own_cases;  // merged into this one, of the same client
  std::vector<TookOver> others;       // clients of other cases that were merged into this one
  std::vector<Listener> also_to;
  std::vector<CaseNumber> links;
  std::vector<Alert> alerts;
  bool taken_up = false;     // a person has done more than read it: it does not end behind anybody's back
  std::string taken_by;      // who was the last to do so
  OutageId outage = 0;       // that it belongs to
  OutageId like_outage = 0;  // that it looks like; a person decides
  struct Lost {
    CaseNumber of = 0;  // a merged case; 0: this one
    int notice = 0;
    bool operator==(const Lost&) const = default;
  };
  std::vector<Lost> lost_notices;         // bounced or failed
  std::vector<int> mails;                 // those that went to a client by email
  bool mail_lost = false;                 // the last of these whose fate is known did not arrive
  std::vector<std::string> told_of_loss;  // numbers that know by SMS that our mail does not arrive
  int notices = 0;                        // said so far
  Measured measured;                      // for reports
  std::int64_t entries = 0;               // applied so far: the next entry's seq is entries + 1

  bool exists() const { return number != 0; }
  const std::optional<Debt>& debt(Promise p) const { return debts[static_cast<std::size_t>(p)]; }
  const std::optional<Instant>& timer(Timer t) const { return timers[static_cast<std::size_t>(t)]; }

  bool operator==(const Case&) const = default;
};

// Whether two parties are one person, as far as their addresses and numbers say. Where they have no kind of
// contact in common, nothing speaks against it.
bool same_person(const Party& a, const Party& b);
// The client who writes in the merged case `through`; null for the case's own.
const TookOver* client_through(const Case& c, CaseNumber through);
// Our question that the client has not answered yet: when it was asked.
std::optional<Instant> open_question(const Case& c);
// Through which merged case a sender speaks (0: the case's own), where the message itself points to `hint`.
CaseNumber speaks_through(const Case& c, const std::string& from, CaseNumber hint);
// The clients that a case has, as another one takes them over: its own first.
std::vector<TookOver> clients_of(const Case& c);
// The client of a case who surely has this number, to whom a link may go: the case was opened by an SMS or a
// call from there, or an address of the client is among those that are surely of it. What was typed on a
// page, or stood in a signature, anybody may have claimed.
std::optional<TookOver> client_with_number(const Case& c, std::string_view phone,
                                           const std::vector<std::string>& own_addresses);
// Whether who holds the link of case `link` may see what was said in case `of`. Both live on in `c`.
bool may_see(const Case& c, CaseNumber link, CaseNumber of);

const Alert* alert_of(const Case& c, const std::string& monitor, const std::string& key);  // null: none
// Since when every alert of the case is over; empty: one still fires, or it has none.
std::optional<Instant> alerts_over(const Case& c);
// A case follows so many alerts; one that is over gives its place away.
bool has_room_for_alert(const Case& c);
// It came from monitoring, and there is no client who could be told anything.
bool speaks_to_nobody(const Case& c);

// An SMS has announced an email that is not here, whatever the client has typed instead.
bool awaits_email(const Case& c);
// When the email that the case is about has come; empty: there is none.
std::optional<Instant> email_came_at(const Case& c);

// Promises that were broken, and those that are late now.
int broken_so_far(const Case& c);

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

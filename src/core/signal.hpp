// Something happened. Signals are what carriers, people and the alarm clock tell the core; the desk has
// already found the case that they belong to (matching.hpp) and says so in `relation` and `join_reason`.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "core/entry.hpp"
#include "core/types.hpp"

namespace hejnal::core {

struct Case;

// A class that something said outright: an address, a subject tag, the form on a page.
struct ClassHint {
  std::string class_name;  // empty: none
  std::string why;
};

// Mail that was set aside may be the email that a case waits for; a person decides.
struct MailOffered {
  Offered mail;
  std::string reason;
};

struct EmailReceived {
  MessageId message = 0;
  Party from;
  std::string answer_to;     // Reply-To, else From
  std::string automatic_to;  // the envelope sender; empty: nothing automatic may be sent
  std::string subject, text;
  Instant sent_at;             // a credible Date, else the time of arrival
  bool automatic = false;      // a robot's reply, which says nothing: recorded, and nothing follows
  std::string no_receipt_why;  // empty: a receipt may be sent
  Relation relation = Relation::opens;
  CaseNumber through = 0;  // the merged case that it came through; 0: the case's own
  std::string join_reason;
  int score = 0;
  ClassHint hint;
  // The client's hejnal says that it is the first email again, which was taken for lost: no step.
  bool is_first_step = false;
  // Of a mail that was set aside at first:
  std::optional<Instant> came_at = std::nullopt;  // empty: it comes now
  std::string set_aside_why = {};
};

struct SmsReceived {
  MessageId message = 0;
  Party from;
  std::string text;
  Relation relation = Relation::opens;
  CaseNumber through = 0;
  std::string join_reason;
  int score = 0;
  Kin kin = Kin::person;  // of one that joins
  ClassHint hint;
  bool contact_word = false;              // STOP, START or HELP: recorded, and nothing follows from it
  std::vector<MailOffered> offered = {};  // set-aside mail that may be its email, when it opens a case
};

struct CallReceived {
  MessageId message = 0;
  Party from;
  bool answered = false;  // else rejected or missed: a call back is owed
  Relation relation = Relation::opens;
  std::string join_reason;
};

struct Reported {  // by the page or the API
  MessageId message = 0;
  Party from;
  Channel channel = Channel::api;
  std::string subject, text;
  Relation relation = Relation::opens;
  CaseNumber through = 0;
  std::string join_reason;
  ClassHint hint;
  // Of one in a case that exists: the client says that it works again. (With the relation `resend` it says
  // instead that there is no answer yet: the client's second step.)
  bool resolved = false;
  std::string read_before;  // of one that opens a case: where a person has read it already; empty: nobody has
};

struct AgentActed {
  Action action = Action::read;
  std::string agent;
  std::string text;        // of answer, ask and note; the reason of the others
  std::string class_name;  // of reclassify
  std::vector<Channel> channels;
  Duration delay{};      // of answer and ask: how long it can still be cancelled
  CaseNumber other = 0;  // of merge, absorb, link, unjoin and revoke_link
  // Of an answer that was written in a mail program: what of it cannot go to the client, and whom to tell so.
  std::string left_out = {}, agent_email = {};
  std::string how = {};  // of read, start and note, where it was not by the desk's own pages: "by SMS"
  // Of unjoin, and of link after a split: which message. Of unjoin the number that is not the client's after
  // all, if so.
  MessageId message = 0;
  std::string phone = {};
};

struct NoticeFate {
  int notice = 0;
  NoticeKind kind = NoticeKind::receipt;
  Channel channel = Channel::email;
  std::string to;
  bool copy = false;
  CaseNumber through = 0;  // of a merged case's client
  NoticeState state = NoticeState::handed_over;
  std::string text;
  CaseNumber of = 0;  // the merged case that has said it; 0: this one
};

// A word about the outage that the case belongs to. Its end is no such word but an answer (AgentActed).
struct OutageTold {
  enum class What { attached, detached, updated, ended };
  What what = What::updated;
  OutageId outage = 0;
  std::string agent, title, text;
  Instant expected_end;  // 0: nobody knows
};

// A monitoring system says that an alert fires (once more, or still), or that it is over.
struct AlertCame {
  MessageId message = 0;     // what it says, in full; 0: it was kept before (alert_says_more)
  std::string monitor, key;  // its name among the settings; the alert's own key
  bool firing = true;
  std::string subject, text, severity;  // the text's beginning
  ClassHint hint;                       // what its severity means
  // Of one that is over: the case is settled after so long, unless a person has taken it up. Empty: a person
  // settles it.
  std::optional<Duration> settle_after = std::nullopt;
  CaseNumber before = 0;  // which the same alert has opened earlier
};

struct AlarmRang {};

using Signal = std::variant<EmailReceived, SmsReceived, CallReceived, Reported, AgentActed, NoticeFate,
                            AlarmRang, MailOffered, OutageTold, AlertCame>;

// What an alert means to the latest case of its key: does it belong there? Else, where it fires, it opens
// one.
bool alert_goes_on(const Case& c, const AlertCame& alert, Duration back_within, Instant now);
// Whether its words are worth keeping among the messages of that case.
bool alert_says_more(const Case& c, const AlertCame& alert);

}  // namespace hejnal::core

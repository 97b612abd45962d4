// A report that we, as a client, have sent to a provider: the provider's contact procedure carried out by the
// program. Like a case it is the fold of its journal and has one alarm.
//
//   waiting ── a person has read it ──▶ acknowledged ── a person writes ──▶ answered ── silence ──▶ settled
//      └──── every step is done and nobody has reacted ──▶ unanswered (it still listens, and says so weekly)
//
// Three things that come back are told apart: a *receipt* is a program's word that the email arrived, an
// *acknowledgement* says that a person has read it, an *answer* is what a person has written. Steps go on
// until one of the last two; an absence ("out of office") is none of the three and changes nothing.
//
// `decide` is pure. What leaves is a *sending*: queued by an entry, let out by the alarm (only then, and only
// if it is still wanted), and its fate comes back as a signal. So an answer that has arrived stops whatever
// has not left yet.
#pragma once

#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "base/result.hpp"
#include "core/entry.hpp"
#include "core/procedure.hpp"

namespace hejnal::core {

using ReportId = std::int64_t;  // 0 is none

enum class ReportState { waiting, acknowledged, answered, unanswered, settled, cancelled };
// What came back. unclear: it may mean another report as well, so nothing follows from it.
enum class Heard { receipt, absence, acknowledgement, answer, settled, unclear };
enum class SendingKind {
  report,  // the email with everything in it
  sms,     // the short one beside it
  word,    // a later word in the same thread: it is over, it is withdrawn
  news,    // to ourselves
};
enum class Wording {
  first,
  again,          // nothing was heard
  after_receipt,  // a program has confirmed it, no person
  not_delivered,  // an SMS instead of an email that came back, or that does not leave
  graver,         // it has become a graver class: its procedure begins anew
};
enum class News { none, acknowledged, answered, unanswered, late, undelivered, callback, held };
// unknown: it may have left, and a second one would not be recognised. Nothing is sent blindly again.
enum class SendingState { queued, handing_over, handed_over, delivered, bounced, failed, dropped, unknown };

template <>
struct Names<ReportState> {
  static constexpr std::array<std::string_view, 6> list = {"waiting",    "acknowledged", "answered",
                                                           "unanswered", "settled",      "cancelled"};
};
template <>
struct Names<Heard> {
  static constexpr std::array<std::string_view, 6> list = {"receipt", "absence", "acknowledgement",
                                                           "answer",  "settled", "unclear"};
};
template <>
struct Names<SendingKind> {
  static constexpr std::array<std::string_view, 4> list = {"report", "sms", "word", "news"};
};
template <>
struct Names<Wording> {
  static constexpr std::array<std::string_view, 5> list = {"first", "again", "after_receipt", "not_delivered",
                                                           "graver"};
};
template <>
struct Names<News> {
  static constexpr std::array<std::string_view, 8> list = {"none", "acknowledged", "answered", "unanswered",
                                                           "late", "undelivered",  "callback", "held"};
};
template <>
struct Names<SendingState> {
  static constexpr std::array<std::string_view, 8> list = {
      "queued", "handing_over", "handed_over", "delivered", "bounced", "failed", "dropped", "unknown"};
};

struct SentReport {
  ReportId id = 0;
  ReportState state = ReportState::waiting;
  std::string provider, procedure, class_name, subject, language;
  std::string code, secret;  // short, for people; and for Message-IDs that nobody can guess
  std::string key;           // of the alert that it came from; empty: a person has reported
  Party from;                // who reports: the address that an answer goes to
  std::string to_email, to_sms;
  Instant opened_at;
  int step = 0;                      // the last one that was taken; 0: none yet
  bool held = false;                 // too many at once: it begins at next_at, or when somebody says so
  std::optional<Instant> began_at;   // the first step
  std::optional<Instant> next_at;    // of the next step
  std::optional<Instant> ring_at;    // when we are told that nothing has come
  std::optional<Instant> remind_at;  // of a callback that is owed to us
  struct Sending {
    int n = 0, step = 0;
    SendingKind kind = SendingKind::report;
    Wording wording = Wording::first;
    News news = News::none;
    Channel channel = Channel::email;
    std::string to, message_id;
    SendingState state = SendingState::queued;
    int attempts = 0;
    Instant since, retry_at;
    std::optional<Instant> left_at;  // taken by the next server
    std::string text;                // that server's words
    std::string gateway, gateway_id, sum;
    std::optional<Instant> ask_at;  // when its gateway is asked what has become of it
    int asked = 0;

    bool over() const { return state != SendingState::queued && state != SendingState::handing_over; }
    bool arrives() const { return state != SendingState::bounced && state != SendingState::failed; }
    bool operator==(const Sending&) const = default;
  };
  std::vector<Sending> sendings;  // by n, from 1
  struct Reply {
    Instant at;
    Heard what = Heard::receipt;
    Channel channel = Channel::email;
    std::int64_t message = 0;  // kept beside the journal; 0: none
    std::string from, subject, how;
    std::string notice;  // what the other hejnal says that it is; empty: nobody said so

    bool operator==(const Reply&) const = default;
  };
  std::vector<Reply> replies;
  std::optional<Instant> receipt_at, acknowledged_at, answered_at, ended_at;
  std::string end_reason;
  struct Call {
    Instant at;

    bool operator==(const Call&) const = default;
  };
  std::vector<Call> rejected_calls;
  std::optional<Instant> called_back_at;
  int reminders = 0;
  std::optional<Instant> raised_at;       // it became graver then: the steps of its class count from there
  std::string class_reason;               // why it did
  int noted = 0;                          // how often the alert was over and has fired again
  int said = 0;                           // how often it has said something else
  std::string alert;                      // what it says, as far as we know
  std::optional<Instant> quiet_at;        // it is over: settled then, if it stays so
  bool instead = false;                   // an SMS went because the email did not
  bool undelivered = false;               // we were told that nothing gets through
  bool peer = false;                      // the provider has a hejnal: it answers each email at once
  std::string peer_case, peer_state;      // what it calls the case, and how far it is with it
  std::optional<Instant> receipt_due_at;  // of a peer's receipt; none by then: the email is lost
  int lost = 0;                           // emails of which none has come
  std::int64_t entries = 0;

  bool exists() const { return id != 0; }
  // By hand, while its alert still fires: it is not filed anew before that one is over, or becomes graver.
  // Not for ever: that it is over may have been lost on the way.
  bool stays_withdrawn(Instant now) const {
    return exists() && state == ReportState::cancelled && !key.empty() && (!quiet_at || *quiet_at > now) &&
           now - ended_at.value_or(now) < std::chrono::days(7);
  }
  Instant counts_from() const { return raised_at.value_or(opened_at); }
  bool open() const { return exists() && state != ReportState::settled && state != ReportState::cancelled; }
  // Does anything still have to leave?
  bool sends() const;
  const Sending* sending(int n) const;

  bool operator==(const SentReport&) const = default;
};

namespace sent {

struct Opened {
  static constexpr std::string_view kind = "opened";
  ReportId id = 0;
  std::string provider, procedure, class_name, subject, language, code, secret, key, alert;
  Party from;
  std::string to_email, to_sms;
  bool peer = false;

  bool operator==(const Opened&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("id", s.id);
    v("provider", s.provider);
    v("procedure", s.procedure);
    v("class", s.class_name);
    v("subject", s.subject);
    v("language", s.language);
    v("code", s.code);
    v("secret", s.secret);
    v("key", s.key);
    v("alert", s.alert);
    v("from", s.from);
    v("to_email", s.to_email);
    v("to_sms", s.to_sms);
    v("peer", s.peer);
  }
};

struct StepTaken {
  static constexpr std::string_view kind = "step_taken";
  int step = 0;
  std::int64_t late_ms = 0;
  Instant next_at, ring_at;  // 0: none

  bool operator==(const StepTaken&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("step", s.step);
    v("late_ms", s.late_ms);
    v("next_at", s.next_at);
    v("ring_at", s.ring_at);
  }
};

struct Queued {
  static constexpr std::string_view kind = "queued";
  int n = 0, step = 0;
  SendingKind what = SendingKind::report;
  Wording wording = Wording::first;
  News news = News::none;
  Channel channel = Channel::email;
  std::string to, message_id;

  bool operator==(const Queued&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("n", s.n);
    v("step", s.step);
    v("what", s.what);
    v("wording", s.wording);
    v("news", s.news);
    v("channel", s.channel);
    v("to", s.to);
    v("message_id", s.message_id);
  }
};

struct Leaving {  // given to the next server right after this
  static constexpr std::string_view kind = "leaving";
  int n = 0;

  bool operator==(const Leaving&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("n", s.n);
  }
};

struct SendingFate {
  static constexpr std::string_view kind = "fate";
  int n = 0;
  SendingState state = SendingState::handed_over;
  std::string text;  // the other server's words
  Instant retry_at;  // of one that goes back into the queue
  std::string gateway, gateway_id, sum;

  bool operator==(const SendingFate&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("n", s.n);
    v("state", s.state);
    v("text", s.text);
    v("retry_at", s.retry_at);
    v("gateway", s.gateway);
    v("gateway_id", s.gateway_id);
    v("sum", s.sum);
  }
};

struct Held {  // too many at once: the first step is taken later
  static constexpr std::string_view kind = "held";
  Instant until;

  bool operator==(const Held&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("until", s.until);
  }
};

struct Asks {  // the gateway of an SMS, what has become of it: at `at`, 0: not any more
  static constexpr std::string_view kind = "asks";
  int n = 0;
  Instant at;
  bool asked = false;  // it was, and this is what follows

  bool operator==(const Asks&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("n", s.n);
    v("at", s.at);
    v("asked", s.asked);
  }
};

struct CameBack {
  static constexpr std::string_view kind = "came_back";
  Heard what = Heard::receipt;
  Channel channel = Channel::email;
  std::int64_t message = 0;
  std::string from, subject, how, notice, peer_case, peer_state;

  bool operator==(const CameBack&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("what", s.what);
    v("channel", s.channel);
    v("message", s.message);
    v("from", s.from);
    v("subject", s.subject);
    v("how", s.how);
    v("notice", s.notice);
    v("case", s.peer_case);
    v("state", s.peer_state);
  }
};

struct AwaitsReceipt {  // of another hejnal, until then
  static constexpr std::string_view kind = "awaits_receipt";
  Instant until;

  bool operator==(const AwaitsReceipt&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("until", s.until);
  }
};

struct Lost {  // an email: no receipt of it has come
  static constexpr std::string_view kind = "lost";
  int count = 0;

  bool operator==(const Lost&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("count", s.count);
  }
};

// Steps end here; `ring_at` is when we are told next, 0: not by itself.
struct Became {
  static constexpr std::string_view kind = "became";
  ReportState state = ReportState::waiting;
  Instant ring_at;

  bool operator==(const Became&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("state", s.state);
    v("ring_at", s.ring_at);
  }
};

struct CallRejected {
  static constexpr std::string_view kind = "call_rejected";
  Instant called_at, remind_at;

  bool operator==(const CallRejected&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("called_at", s.called_at);
    v("remind_at", s.remind_at);
  }
};

struct Reminds {  // of the callback: another time for it, 0: it has come
  static constexpr std::string_view kind = "reminds";
  Instant remind_at;
  bool told = false;

  bool operator==(const Reminds&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("remind_at", s.remind_at);
    v("told", s.told);
  }
};

struct Noted {  // the alert fired again or says something else, or something a person wants to keep
  static constexpr std::string_view kind = "noted";
  std::string text;
  bool fired = false;    // again: it was over in between
  bool changed = false;  // what the alert says by now

  bool operator==(const Noted&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("text", s.text);
    v("fired", s.fired);
    v("changed", s.changed);
  }
};

// It is graver than it was: another class, whose steps begin anew. What a person has read was less.
struct Raised {
  static constexpr std::string_view kind = "raised";
  std::string class_name, to_email;

  bool operator==(const Raised&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("class", s.class_name);
    v("to_email", s.to_email);
  }
};

struct Quiet {  // the alert is over since now; 0: it fires again
  static constexpr std::string_view kind = "quiet";
  Instant settle_at;

  bool operator==(const Quiet&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("settle_at", s.settle_at);
  }
};

using Body = std::variant<Opened, StepTaken, Queued, Leaving, SendingFate, CameBack, Became, CallRejected,
                          Reminds, Noted, Quiet, Held, Asks, Raised, AwaitsReceipt, Lost>;
using Entry = EntryOf<Body>;

struct Facts {
  const Procedure* procedure = nullptr;  // the provider's; never null
  bool sms_available = true;             // is there a gateway
  bool receipt_stops = false;            // a receipt alone ends the steps
  std::string tell;                      // who of us gets news, an address; empty: nobody
  Duration callback_after{24h};          // so long after a rejected call we remind ourselves of the callback
  std::vector<std::string> repeats_by;  // gateways that recognise the same SMS when it is given to them again
};

struct File {  // begins the report
  ReportId id = 0;
  std::string provider, class_name, subject, language, code, secret, key, alert;
  Party from;
  std::string to_email, to_sms;
  std::string by = "client", why = {};
  // Too many reports at once: it begins only then (0: now); we are told when it is the first such one.
  Instant hold_until = {};
  bool first_held = false;
  bool peer = false;  // the provider is known to have a hejnal
};
struct AlarmRang {};
struct Restarted {};  // the program has ended somewhere between handing over and hearing of it
struct Sent {         // what the next server said
  int n = 0;
  enum class Outcome { taken, later, refused, uncertain } outcome = Outcome::taken;
  std::string text, gateway, gateway_id, sum;
  bool can_be_asked = false;  // the gateway, what has become of the SMS
};
struct GivenTo {  // a gateway is about to get the SMS; fails with conflict when nobody needs it any more
  int n = 0;
  std::string gateway;
};
struct Answered {  // what the gateway says that was asked; neither: it is on its way, or nobody knows
  int n = 0;
  bool arrived = false, lost = false;
  std::string text;
};
struct Reported {  // what became of it afterwards: a delivery report, a bounce
  int n = 0;
  bool arrived = false;
  std::string text;
};
struct Hears {
  Heard what = Heard::receipt;
  Channel channel = Channel::email;
  std::int64_t message = 0;
  std::string from, subject, how;
  std::string notice = {}, peer_case = {}, peer_state = {};  // of another hejnal
};
struct Settle {
  std::string by, reason;
  bool tell = false;  // the provider
};
struct Cancel {
  std::string by, reason;
};
struct RejectCall {
  std::string by;
  Instant at;
};
struct CallCame {
  std::string by;
};
struct Release {  // one that is held: now
  std::string by;
};
struct Note {
  std::string by, text;
  bool fired = false;
};
struct Fires {  // the alert that it came from, once more or still
  std::string by, text;
  // What its severity means by now, why, and where reports of that class go. Only a graver one changes
  // anything. Empty: nobody knows.
  std::string class_name = {}, why = {}, to_email = {};
  // Too many of that class at once: its steps begin only then, as those of a new report (File).
  Instant hold_until = {};
  bool first_held = false;
};
struct Resolved {  // ... is over. One that comes back within `quiet` is the same report: it flaps
  std::string by;
  Duration quiet{};
};
using Signal = std::variant<File, AlarmRang, Restarted, Sent, Reported, Hears, Settle, Cancel, RejectCall,
                            CallCame, Note, Fires, Resolved, GivenTo, Answered, Release>;

struct Decision {
  std::vector<Entry> entries;
  std::vector<int> leaving;  // to be handed over after the commit
  std::vector<int> asking;   // the gateway is to be asked after the commit what has become of these
};

}  // namespace sent

template <>
struct JournalOf<SentReport> {
  using Entry = sent::Entry;
};

// Fails with conflict (not in this state) or malformed (a class that the procedure does not have, no way to
// the provider).
Result<sent::Decision> decide(const sent::Facts& facts, const SentReport& r, const sent::Signal& signal,
                              Instant now);
void apply(SentReport& r, const sent::Entry& entry);
bool fits(const SentReport& r, const sent::Entry& entry);
std::optional<Instant> alarm(const SentReport& r);

// What happens next by itself, and when; nothing once it is over.
enum class ReportNext { begins, step, gives_up, is_late, tells_again, settles };
template <>
struct Names<ReportNext> {
  static constexpr std::array<std::string_view, 6> list = {"begins",  "step",        "gives_up",
                                                           "is_late", "tells_again", "settles"};
};
struct ReportDue {
  ReportNext what = ReportNext::step;
  int step = 0;  // of a step
  Instant at;
};
std::optional<ReportDue> next_of(const SentReport& r);

// Why it needs a look, the graver one.
enum class ReportTrouble { none, held, stuck, late, undelivered, unanswered };
template <>
struct Names<ReportTrouble> {
  static constexpr std::array<std::string_view, 6> list = {"none", "held",        "stuck",
                                                           "late", "undelivered", "unanswered"};
};
ReportTrouble trouble_of(const SentReport& r, Instant now);

// "<hejnal-report.12.3.SECRET@domain>", and what it says; id 0: none.
std::string report_message_id(const SentReport& r, int n);
struct ReportName {
  ReportId id = 0;
  int n = 0;
};
ReportName report_named(std::string_view message_id);

// What a mail of the provider is, as far as its words tell.
struct ReplyMail {
  bool automatic = false;                       // a program wrote it, or it looks so
  std::string notice;                           // what a hejnal says that it is; empty: it is not of one
  std::string subject, text;                    // without what is quoted
  std::string own_subject = {}, own_text = {};  // of ours that it may repeat: only what it adds is its own
};
Heard judge_reply(const ReplyMail& mail);
// Which of a hejnal's own SMS this is, by its usual words: "receipt", "missing_email" ...; empty: none of
// them.
std::string notice_of_sms(std::string_view text);

}  // namespace hejnal::core

// The words of the procedure as types. The glossary is binding: one word, one meaning.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/instant.hpp"

namespace hejnal::core {

using CaseNumber = std::int64_t;  // 1, 2, 3 ...; 0 is none
using MessageId = std::int64_t;   // a stored message, in or out; 0 is none
using OutageId = std::int64_t;    // 0 is none
using CallbackId = std::int64_t;  // 0 is none

enum class Channel { email, sms, call, web, api };
enum class State { fresh, read, working, waiting, settled, closed };  // `fresh` is shown as "new"
enum class Promise { react, answer };  // what the desk owes: a first human reaction, an answer
enum class Timer {
  start_of_work,  // say that work has started
  email_missing,  // tell the sender of an SMS that the email is not here
  settle,         // silence after our answer counts as settled
  close,
  answer,      // an agent's delayed answer leaves
  alert_over,  // the alert that it came from has been over for long enough
};
enum class Relation {
  opens,      // begins a case
  reply,      // belongs to a case's conversation
  resend,     // the same text once more: the client's step two
  announced,  // the email that an SMS had announced
};
// How the sender of an SMS has to do with a case. Each is weaker than the one before.
enum class Kin {
  code,          // it holds the code that only the client was told
  person,        // the number is the client's own
  learnt,        // a signature names the number, or an SMS has: weak until an agent confirms it
  claimed,       // nobody knows the number; the text names the client's address
  organisation,  // a colleague of the client
  stranger,      // somebody else: never by itself
};
enum class Standing { learnt, confirmed, refused };  // of what is said to belong to somebody
enum class Action {
  read,
  start,
  answer,
  ask,
  settle,
  reopen,
  close,
  note,
  reclassify,
  merge,
  absorb,
  link,
  cancel,
  unjoin,       // a message was joined here by mistake
  revoke_link,  // the client's link leads nowhere any more; there is a new one
  no_email,     // the email that an SMS has announced will not come, and nobody need wait for it
};
enum class NoticeKind {
  receipt,
  resend_receipt,
  acknowledgement,
  start_of_work,
  answer,
  question,
  settled,
  alert,
  missing_email,
  rejected_call,
  receipt_by_sms,
  unreachable,
  set_aside,      // mail that was set aside waits for a look
  left_out,       // a part of an answer that a colleague has written by email did not go to the client
  no_reply,       // our question is unanswered: without a reply the case is closed
  outage_update,  // to the client of a case that belongs to an outage: what is known of it now
  outage_silent,  // to the desk: nothing has been said of an outage for too long
  callbacks,      // to the desk: who is to be called back
  // About SMS themselves, and of no case:
  sms_stopped,  // the confirmation of STOP
  sms_started,  // ... and of START
  about_us,     // what HELP gets
  commands,     // to a person on call whose SMS could not be followed: which codes are open
};
// Why on call is told; the texts of each language are the carriers'.
enum class AlertReason {
  none,
  grave_report,  // a class that is told at once
  unread,        // ... and nobody has read it since
  no_reaction,   // part of the client's own wait is over
  reaction_overdue,
  answer_overdue,
  sent_again,  // the client took the second step
  sms_came,
  not_arrived,  // what we said to the client
  opted_out,    // it did not even leave: the client has sent STOP
  // Of an SMS of the person on call:
  wrong_code,    // no alert has that code
  which_case,    // several are open, and the words name none
  wrong_number,  // R and something that is no telephone number
  too_late,      // that case is closed
  stop_is_not,   // STOP does not end alerts
  asked_for,     // HELP
  // Of callbacks:
  callbacks_due,      // every failure is over, or none was open
  callbacks_overdue,  // due and not paid for hours
  callbacks_waiting,  // for more than a day
  reminded,           // the client has pressed "no answer yet" on the page of the case
  alert_over,         // monitoring says so, of a case that somebody has taken up
};
enum class NoticeState { queued, handing_over, handed_over, delivered, bounced, failed, seen, unknown };

// What is said to the desk's own people; all else is for clients.
constexpr bool is_for_desk(NoticeKind kind) {
  return kind == NoticeKind::alert || kind == NoticeKind::unreachable || kind == NoticeKind::set_aside ||
         kind == NoticeKind::left_out || kind == NoticeKind::commands || kind == NoticeKind::outage_silent ||
         kind == NoticeKind::callbacks;
}

template <class E>
struct Names;  // specialised below: the words used in the journal, the API, the database and the docs

template <>
struct Names<Channel> {
  static constexpr std::array<std::string_view, 5> list = {"email", "sms", "call", "web", "api"};
};
template <>
struct Names<State> {
  static constexpr std::array<std::string_view, 6> list = {"new",     "read",    "working",
                                                           "waiting", "settled", "closed"};
};
template <>
struct Names<Promise> {
  static constexpr std::array<std::string_view, 2> list = {"react", "answer"};
};
template <>
struct Names<Timer> {
  static constexpr std::array<std::string_view, 6> list = {"start_of_work", "email_missing", "settle",
                                                           "close",         "answer",        "alert_over"};
};
template <>
struct Names<Relation> {
  static constexpr std::array<std::string_view, 4> list = {"opens", "reply", "resend", "announced"};
};
template <>
struct Names<Kin> {
  static constexpr std::array<std::string_view, 6> list = {"code",    "person",       "learnt",
                                                           "claimed", "organisation", "stranger"};
};
template <>
struct Names<Standing> {
  static constexpr std::array<std::string_view, 3> list = {"learnt", "confirmed", "refused"};
};
template <>
struct Names<Action> {
  static constexpr std::array<std::string_view, 16> list = {
      "read",       "start", "answer", "ask",  "settle", "reopen", "close",       "note",
      "reclassify", "merge", "absorb", "link", "cancel", "unjoin", "revoke_link", "no_email"};
};
template <>
struct Names<NoticeKind> {
  static constexpr std::array<std::string_view, 22> list = {
      "receipt",     "resend_receipt", "acknowledgement", "start_of_work", "answer",         "question",
      "settled",     "alert",          "missing_email",   "rejected_call", "receipt_by_sms", "unreachable",
      "set_aside",   "left_out",       "no_reply",        "outage_update", "outage_silent",  "callbacks",
      "sms_stopped", "sms_started",    "about_us",        "commands"};
};
template <>
struct Names<AlertReason> {
  static constexpr std::array<std::string_view, 21> list = {"none",
                                                            "grave_report",
                                                            "unread",
                                                            "no_reaction",
                                                            "reaction_overdue",
                                                            "answer_overdue",
                                                            "sent_again",
                                                            "sms_came",
                                                            "not_arrived",
                                                            "opted_out",
                                                            "wrong_code",
                                                            "which_case",
                                                            "wrong_number",
                                                            "too_late",
                                                            "stop_is_not",
                                                            "asked_for",
                                                            "callbacks_due",
                                                            "callbacks_overdue",
                                                            "callbacks_waiting",
                                                            "reminded",
                                                            "alert_over"};
};
template <>
struct Names<NoticeState> {
  static constexpr std::array<std::string_view, 8> list = {
      "queued", "handing_over", "handed_over", "delivered", "bounced", "failed", "seen", "unknown"};
};

template <class E>
constexpr std::string_view to_string(E value) {
  return Names<E>::list.at(static_cast<std::size_t>(value));
}

template <class E>
constexpr std::optional<E> parse(std::string_view name) {
  for (std::size_t i = 0; i < Names<E>::list.size(); ++i) {
    if (Names<E>::list[i] == name) return static_cast<E>(i);
  }
  return std::nullopt;
}

// A client as far as we know them. Empty fields are unknown. `email` is an addr-spec, `phone` is E.164.
struct Party {
  std::string name;
  std::string email;
  std::string phone;
  std::string organisation;

  bool operator==(const Party&) const = default;

  template <class Self, class V>
  static void fields(Self& self, V&& v) {
    v("name", self.name);
    v("email", self.email);
    v("phone", self.phone);
    v("organisation", self.organisation);
  }
};

// A case that a message might belong to, how well it fits, and why.
struct Suggestion {
  CaseNumber number = 0;
  int score = 0;
  std::string why;

  bool operator==(const Suggestion&) const = default;

  template <class Self, class V>
  static void fields(Self& self, V&& v) {
    v("case", self.number);
    v("score", self.score);
    v("why", self.why);
  }
};

}  // namespace hejnal::core

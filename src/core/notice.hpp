// What must be said to whom. A notice is a fact, not a text: it holds everything that a text needs, and
// carriers turn it into bytes. It is written to the outbox in the transaction of the entries that caused it.
#pragma once

#include <string>

#include "core/types.hpp"

namespace hejnal::core {

struct Notice {
  int id = 0;  // counts within the case: (case, id) names a notice for ever
  NoticeKind kind = NoticeKind::receipt;
  Channel channel = Channel::email;
  std::string to, to_name;  // an address or an E.164 number
  bool copy = false;        // of an answer, for somebody beside the client

  CaseNumber number = 0;
  CaseNumber through = 0;  // the merged case that the client knows it by; 0: by its own number
  std::string class_name, subject, short_code, token;
  Party client;
  MessageId in_reply_to = 0;  // the stored message that it answers; 0: none

  std::string text;                        // what an agent or the client wrote
  AlertReason reason = AlertReason::none;  // of an alert
  std::int64_t elapsed_ms = 0;             // since what it speaks of began, or became due
  std::string why;                         // the other side's words, where something did not arrive
  std::string found;                       // of an alert: set-aside mail that may be the missing one
  Promise promise = Promise::react;
  int ring = 0;              // of an alert
  Instant due;               // the promise that it speaks of; 0: none
  std::int64_t late_ms = 0;  // rung so much too late
  bool failure_open = false;
  std::string held_back;    // why it does not leave at all; empty: it does
  std::string outage_text;  // what is said in public of the outage that it speaks of
  CallbackId callback = 0;  // that it speaks of
  bool to_nobody = false;   // of a case that monitoring has opened: there is no client
  std::string client_code;  // what a client's hejnal calls its report, in an SMS to it; empty: it has none
  int code = 0;  // of an alert by SMS: one more than the slot of its code (sms_command.hpp); 0: none

  bool to_desk() const { return is_for_desk(kind); }
  // RFC 3834: written by the program. What an agent wrote is not automatic.
  bool automatic() const { return kind != NoticeKind::answer && kind != NoticeKind::question; }

  bool operator==(const Notice&) const = default;

  template <class Self, class V>
  static void fields(Self& s, V&& v) {
    v("id", s.id);
    v("kind", s.kind);
    v("channel", s.channel);
    v("to", s.to);
    v("to_name", s.to_name);
    v("copy", s.copy);
    v("number", s.number);
    v("through", s.through);
    v("class", s.class_name);
    v("subject", s.subject);
    v("short_code", s.short_code);
    v("token", s.token);
    v("client", s.client);
    v("in_reply_to", s.in_reply_to);
    v("text", s.text);
    v("reason", s.reason);
    v("elapsed_ms", s.elapsed_ms);
    v("why", s.why);
    v("found", s.found);
    v("promise", s.promise);
    v("ring", s.ring);
    v("due", s.due);
    v("late_ms", s.late_ms);
    v("failure_open", s.failure_open);
    v("held_back", s.held_back);
    v("outage_text", s.outage_text);
    v("callback", s.callback);
    v("code", s.code);
    v("to_nobody", s.to_nobody);
    v("client_code", s.client_code);
  }
};

}  // namespace hejnal::core

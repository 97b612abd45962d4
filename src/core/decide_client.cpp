// A client speaks: by email, SMS, telephone, page or API.
#include <fmt/core.h>

#include "base/text.hpp"
#include "core/turn.hpp"

namespace hejnal::core {

namespace {

void open(Turn& turn, Channel channel, const Party& client, const std::string& subject, Instant sent_at,
          bool email_missing) {
  const Facts& facts = turn.facts();
  turn.add(Opened{facts.number, turn.procedure().version, channel, client, subject, facts.short_code,
                  facts.token, sent_at, email_missing, facts.candidates});
  if (facts.mentions != 0) {
    turn.add(Linked{facts.mentions},
             fmt::format("it refers to case {}, which it may not join", facts.mentions));
  }
}

// A receipt tells when the answer is due, so everything is owed before it; on call is told after it.
void owe_everything(Turn& turn) {
  turn.owe(Promise::react, "a person has to read it");
  turn.owe(Promise::answer, "the procedure promises an answer");
}

void classify_first(Turn& turn, const ClassHint& hint) {
  if (const ServiceClass* told = turn.procedure().find(hint.class_name)) {
    turn.classify(*told, true, false, hint.why);
  } else {
    turn.classify(turn.procedure().calmest(), false, false,
                  "an email alone cannot tell how urgent the matter is");
  }
}

// A person on the client's side said something in a case that exists: whatever was over begins again.
void spoke_again(Turn& turn, const char* why) {
  turn.drop(Timer::settle, why);
  turn.drop(Timer::close, why);
  const State state = turn.c().state;
  // A closed case gets no messages (matching opens a new one); should one come, it is not lost in there.
  if (state == State::waiting || state == State::settled || state == State::closed)
    turn.become(State::working, why);
  if (turn.c().debt(Promise::answer)) {
    turn.resume_answer();
  } else {
    turn.owe(Promise::answer, why);
  }
  if (!turn.c().debt(Promise::react)) turn.owe(Promise::react, why);
  turn.ring_due();
}

// The client's second step, by a re-sent email or an SMS: we should have been faster, so on call hears of it
// at once.
void took_second_step(Turn& turn, AlertReason reason, Duration elapsed, const std::string& why) {
  if (turn.shown_class().steps.size() < 2 || turn.c().step >= 2) return;
  turn.add(StepTaken{2}, why);
  turn.ring_now(reason, elapsed, why);
}

void receipt(Turn& turn, NoticeKind kind, const EmailReceived& email, std::string why) {
  if (!turn.shown_class().promise.receipt) return;
  std::string refusal = email.no_receipt_why;
  if (refusal.empty() && email.automatic) refusal = "it was written by a program";
  if (refusal.empty() && email.automatic_to.empty()) refusal = "the envelope sender is empty";
  if (!refusal.empty()) {
    turn.add(Withheld{kind}, std::move(refusal));
    return;
  }
  turn.tell_client(kind, std::move(why), email.message);
}

void opened_by_email(Turn& turn, const EmailReceived& email, const Received& received) {
  open(turn, Channel::email, email.from, email.subject, email.sent_at, false);
  turn.add(received, email.join_reason);
  classify_first(turn, email.hint);
  owe_everything(turn);  // first, so that the receipt can say until when
  receipt(turn, NoticeKind::receipt, email, "it has arrived");
  turn.ring_due();
}

void announced_email_came(Turn& turn, const EmailReceived& email) {
  const Duration late = turn.now() - turn.c().opened_at;
  turn.add(EmailFound{late.count(), email.from, email.subject},
           fmt::format("the email came {} after the SMS", format_duration(late)));
  turn.drop(Timer::email_missing, "the email is here");
  const Duration distance = turn.c().opened_at - email.sent_at;
  turn.infer(turn.procedure().by_sms_distance(distance),
             fmt::format("{} between the email and the SMS",
                         format_duration(distance < 0ms ? -distance : distance)));
  receipt(turn, NoticeKind::receipt, email, "the announced email has arrived");
}

void email_sent_again(Turn& turn, const EmailReceived& email) {
  const Duration elapsed = email.sent_at - turn.c().sent_at;
  const std::string why = fmt::format("the email was sent again after {}", format_duration(elapsed));
  if (elapsed > turn.procedure().rules.sms_critical_within) {  // sooner, it is a slip and says nothing
    turn.infer(turn.procedure().by_sms_distance(elapsed), why);
  }
  spoke_again(turn, "the client has sent it again");
  receipt(turn, NoticeKind::resend_receipt, email, why);
  took_second_step(turn, AlertReason::sent_again, elapsed, why);
}

}  // namespace

void client_wrote(Turn& turn, const EmailReceived& email) {
  turn.speak_as("client");
  const Received received{email.message,
                          Channel::email,
                          email.relation,
                          email.automatic && email.relation != Relation::opens,
                          email.answer_to,
                          email.automatic ? std::string() : email.automatic_to,
                          {}};
  if (email.relation == Relation::opens) {
    opened_by_email(turn, email, received);
    return;
  }
  turn.add(received, email.join_reason);
  if (email.automatic) return;  // a machine never argues with a machine
  if (!email.hint.class_name.empty()) {
    if (const ServiceClass* told = turn.procedure().find(email.hint.class_name))
      turn.infer(*told, email.hint.why);
  }
  switch (email.relation) {
    case Relation::announced:
      announced_email_came(turn, email);
      spoke_again(turn, "the announced email has arrived");
      break;
    case Relation::resend:
      email_sent_again(turn, email);
      break;
    default:
      if (turn.c().email_missing) announced_email_came(turn, email);  // its tag or reference brought it here
      spoke_again(turn, "the client has written");
  }
}

void client_texted(Turn& turn, const SmsReceived& sms) {
  turn.speak_as("client");
  const Received received{sms.message, Channel::sms, sms.relation, false, {}, {}, sms.from.phone};
  if (sms.relation == Relation::opens) {
    // Until its email is here, the words of the SMS stand for a subject.
    open(turn, Channel::sms, sms.from, truncate_utf8(collapse_space(sms.text), 120), turn.now(), true);
    turn.add(received, sms.join_reason);
    turn.classify(turn.procedure().gravest(), false, false,
                  "an SMS alone is handled as critical until its email is here");
    owe_everything(turn);
    turn.ring_due();
    turn.plan(Timer::email_missing, turn.now() + turn.procedure().rules.email_missing_after,
              "the email may only be slower than the SMS");
    return;
  }
  turn.add(received, sms.join_reason);
  if (turn.c().email_missing) {  // one more SMS about the lost email
    spoke_again(turn, "the client has sent an SMS");
    return;
  }
  const Duration distance = turn.now() - turn.c().sent_at;
  const std::string why = fmt::format("an SMS {} after the email", format_duration(distance));
  turn.infer(turn.procedure().by_sms_distance(distance), why);
  spoke_again(turn, "the client has sent an SMS");
  took_second_step(turn, AlertReason::sms_came, distance, why);
}

void client_called(Turn& turn, const CallReceived& call) {
  turn.speak_as("client");
  const Received received{call.message, Channel::call, call.relation, false, {}, {}, call.from.phone};
  if (call.relation == Relation::opens) {
    open(turn, Channel::call, call.from, {}, turn.now(), false);
    turn.add(received, call.answered ? "the call was answered" : "the call was rejected or missed");
    classify_first(turn, {});
    owe_everything(turn);
    turn.ring_due();
  } else {
    turn.add(received, call.join_reason);
    spoke_again(turn, call.answered ? "the client has phoned" : "the client has phoned and was not answered");
  }
  if (!call.answered)
    turn.tell_client_by_sms(NoticeKind::rejected_call, "the caller learns what the rejected call means");
}

void client_reported(Turn& turn, const Reported& report) {
  turn.speak_as("client");
  const Received received{report.message,    report.channel,    report.relation,  false,
                          report.from.email, report.from.email, report.from.phone};
  if (report.relation == Relation::opens) {
    open(turn, report.channel, report.from, report.subject, turn.now(), false);
    turn.add(received, report.join_reason);
    classify_first(turn, report.hint);
    owe_everything(turn);
    if (turn.shown_class().promise.receipt)
      turn.tell_client(NoticeKind::receipt, "it has arrived", report.message);
    turn.ring_due();
    return;
  }
  turn.add(received, report.join_reason);
  if (turn.c().email_missing) {
    turn.add(EmailFound{(turn.now() - turn.c().opened_at).count(), report.from, report.subject},
             "the client has typed the text");
    turn.drop(Timer::email_missing, "the text is here");
  }
  spoke_again(turn, "the client has written on the page");
}

}  // namespace hejnal::core

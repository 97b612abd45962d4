// A client speaks: by email, SMS, telephone, page or API.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "core/matching.hpp"
#include "core/turn.hpp"

namespace hejnal::core {

namespace {

void look_like_outage(Turn& turn) {
  const Facts& facts = turn.facts();
  if (facts.like_outage == 0 || turn.c().outage != 0 || turn.c().like_outage != 0) return;
  turn.add(InOutage{facts.like_outage, true}, "it speaks of the same things as an outage");
  turn.speak_of_outage(facts.outage_text, {});
}

}  // namespace

void open_case(Turn& turn, Channel channel, const Party& client, const std::string& subject, Instant sent_at,
               bool email_missing) {
  const Facts& facts = turn.facts();
  turn.add(Opened{facts.number, turn.procedure().version, channel, client, subject, facts.short_code,
                  facts.token, sent_at, email_missing, facts.candidates, facts.suggestions});
  if (facts.mentions != 0) {
    turn.add(Linked{facts.mentions, 0},
             fmt::format("it refers to case {}, which it may not join", facts.mentions));
  }
  look_like_outage(turn);
}

namespace {

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
    turn.resume_answer("the client has spoken");
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

void receipt(Turn& turn, NoticeKind kind, const EmailReceived& email, const std::string& why) {
  if (!turn.shown_class().promise.receipt) return;
  std::string refusal = email.no_receipt_why;
  if (refusal.empty() && email.automatic) refusal = "it was written by a program";
  if (refusal.empty() && email.automatic_to.empty()) refusal = "the envelope sender is empty";
  if (!refusal.empty()) {
    turn.add(Withheld{kind}, std::move(refusal));
    return;
  }
  turn.tell_client(kind, why, email.message, client_through(turn.c(), email.through));
}

// Of one domain that is an organisation's own.
bool same_organisation(const std::string& a, const std::string& b) {
  const std::string_view domain = domain_of(a);
  return !domain.empty() && domain == domain_of(b) && !is_freemail(domain);
}

// What a mail that joins a case says about who is written to from now on. From is easily forged, and so is
// Reply-To: an address counts only when it is the client's already, or the organisation's.
void address(Received& received, const EmailReceived& email, const Case& c) {
  const TookOver* other = client_through(c, email.through);
  const Party& client = other ? other->client : c.client;
  const std::string& answer_to = other ? other->answer_to : c.answer_to;
  const std::string& automatic_to = other ? other->automatic_to : c.automatic_to;
  const auto is_of = [](const std::string& address, const std::string& writer) {
    return address == writer || same_organisation(address, writer);
  };
  const bool announced = email.relation == Relation::announced || c.email_missing;
  if (!announced && !client.email.empty() && email.from.email != client.email) {
    // A colleague: the answer goes there, too, but never instead.
    received.also_to = is_of(email.answer_to, email.from.email) ? email.answer_to : email.from.email;
    if (received.also_to == answer_to) received.also_to.clear();
    return;
  }
  if (is_of(email.answer_to, email.from.email) || email.answer_to == answer_to) {
    received.answer_to = email.answer_to;
  } else if (answer_to.empty()) {
    received.answer_to = email.from.email;
  }
  if (is_of(email.automatic_to, email.from.email) || email.automatic_to == automatic_to)
    received.automatic_to = email.automatic_to;
}

void opened_by_email(Turn& turn, const EmailReceived& email, const Received& received) {
  open_case(turn, Channel::email, email.from, email.subject, email.sent_at, false);
  turn.add(received, email.join_reason);
  classify_first(turn, email.hint);
  owe_everything(turn);  // first, so that the receipt can say until when
  receipt(turn, NoticeKind::receipt, email, "it has arrived");
  turn.ring_due();
}

// How long after the SMS; nothing where it was here before.
Duration after_sms(const Case& c, Instant came_at) {
  return std::max(came_at - c.announced_at.value_or(c.opened_at), Duration(0));
}

void announced_email_came(Turn& turn, const EmailReceived& email) {
  const Duration late = after_sms(turn.c(), email.came_at.value_or(turn.now()));
  std::string why =
      late > 0ms ? fmt::format("the email came {} after the SMS that announced it", format_duration(late))
                 : std::string("the email was here before the SMS that announced it");
  if (!email.set_aside_why.empty()) why += "; it was set aside: " + email.set_aside_why;
  turn.add(EmailFound{late.count(), email.from, email.subject, Channel::email}, std::move(why));
  turn.drop(Timer::email_missing, "the email is here");
  look_like_outage(turn);
  const Duration distance = turn.c().opened_at - email.sent_at;
  turn.infer(turn.procedure().by_sms_distance(distance),
             fmt::format("{} between the email and the SMS",
                         format_duration(distance < 0ms ? -distance : distance)));
  if (!email.set_aside_why.empty()) {
    // Nothing automatic goes to the sender of what was set aside. The number is the client's.
    if (turn.shown_class().promise.receipt)
      turn.tell_client_by_sms(NoticeKind::receipt, "the announced email was found among what was set aside");
    return;
  }
  receipt(turn, NoticeKind::receipt, email, "the announced email has arrived");
}

void email_sent_again(Turn& turn, const EmailReceived& email) {
  const Duration elapsed = email.sent_at - turn.c().sent_at;
  const std::string why = fmt::format("the email was sent again after {}", format_duration(elapsed));
  if (email.is_first_step) {
    spoke_again(turn, "the client's hejnal has sent its first email once more");
    receipt(turn, NoticeKind::resend_receipt, email, why);
    return;
  }
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
  Received received;
  received.message = email.message;
  received.relation = email.relation;
  received.through = email.through;
  received.score = email.score;
  if (email.relation == Relation::opens) {
    received.answer_to = email.answer_to;
    if (!email.automatic) received.automatic_to = email.automatic_to;
    opened_by_email(turn, email, received);
    return;
  }
  received.automatic = email.automatic;
  if (!email.automatic) address(received, email, turn.c());
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

namespace {

// Whose number it is, as far as it says something of the client: who joins a case as a colleague does not
// become its client, and what is only learnt or claimed never takes the place of a number that is known.
std::string number_of_client(const SmsReceived& sms, const Case& c) {
  if (sms.relation == Relation::opens || sms.kin <= Kin::person) return sms.from.phone;
  const TookOver* other = client_through(c, sms.through);
  const std::string& known = other ? other->client.phone : c.client.phone;
  const bool may_be = sms.kin == Kin::learnt || sms.kin == Kin::claimed;
  return may_be && known.empty() ? sms.from.phone : std::string();
}

}  // namespace

void client_texted(Turn& turn, const SmsReceived& sms) {
  turn.speak_as("client");
  Received received;
  received.message = sms.message;
  received.channel = Channel::sms;
  received.relation = sms.relation;
  received.phone = number_of_client(sms, turn.c());
  received.through = sms.through;
  received.score = sms.score;
  if (sms.contact_word && turn.c().exists()) {
    received.automatic = true;
    received.relation = Relation::reply;
    turn.add(received, sms.join_reason);
    return;
  }
  if (sms.relation == Relation::opens) {
    // Until its email is here, the words of the SMS stand for a subject.
    open_case(turn, Channel::sms, sms.from, truncate_utf8(collapse_space(sms.text), 120), turn.now(), true);
    turn.add(received, sms.join_reason);
    turn.classify(turn.procedure().gravest(), false, false,
                  "an SMS alone is handled as critical until its email is here");
    owe_everything(turn);
    for (const MailOffered& found : sms.offered) turn.add(found.mail, found.reason);
    turn.ring_due();
    turn.plan(Timer::email_missing, turn.now() + turn.procedure().rules.email_missing_after,
              "the email may only be slower than the SMS");
    return;
  }
  const bool answers = open_question(turn.c()).has_value();
  turn.add(received, sms.join_reason);
  if (answers) {  // asked for, so no step of the procedure
    spoke_again(turn, "the client has answered our question by SMS");
    return;
  }
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
  Received received;
  received.message = call.message;
  received.channel = Channel::call;
  received.relation = call.relation;
  received.phone = call.from.phone;
  if (call.relation == Relation::opens) {
    open_case(turn, Channel::call, call.from, {}, turn.now(), false);
    turn.add(received, call.answered ? "the call was answered" : "the call was rejected or missed");
    classify_first(turn, {});
    owe_everything(turn);
    turn.ring_due();
  } else if (call.answered) {
    turn.add(received, call.join_reason);
    spoke_again(turn, "the client has phoned");
  } else {
    // What is owed for it is the callback (callback.hpp), which also tells the caller what it means.
    turn.add(received, call.join_reason);
  }
}

namespace {

// The button on the page: no answer yet. It is the client's second step, as an email sent again with an SMS
// is; pressed again later, on call hears of it again.
void reminded(Turn& turn) {
  const Duration elapsed = turn.now() - turn.c().sent_at;
  const std::string why =
      fmt::format("the client has said on the page, {} after the report, that there is no answer yet",
                  format_duration(elapsed));
  if (elapsed > turn.procedure().rules.sms_critical_within)
    turn.infer(turn.procedure().by_sms_distance(elapsed), why);
  spoke_again(turn, "the client has said that there is no answer yet");
  if (turn.shown_class().steps.size() >= 2 && turn.c().step < 2) turn.add(StepTaken{2}, why);
  turn.ring_now(AlertReason::reminded, elapsed, why);
}

// Nobody knows better than the client whether what was asked for is done. A word of hers within the time that
// the procedure gives opens it again.
void works_again(Turn& turn) {
  const char* const why = "the client says that it works again";
  if (!turn.c().others.empty()) {  // for her, but there is somebody else: a person decides
    spoke_again(turn, why);
    return;
  }
  if (turn.c().state == State::settled || turn.c().state == State::closed) return;
  turn.release(Promise::react, why);
  turn.release(Promise::answer, why);
  for (const Timer t : {Timer::start_of_work, Timer::email_missing, Timer::settle, Timer::close})
    turn.drop(t, why);
  turn.become(State::settled, why);
  turn.plan(Timer::close, turn.now() + turn.procedure().rules.close_after,
            "without an objection it is closed then");
}

}  // namespace

void client_reported(Turn& turn, const Reported& report) {
  turn.speak_as("client");
  Received received;
  received.message = report.message;
  received.channel = report.channel;
  received.relation = report.relation;
  received.phone = report.from.phone;
  received.through = report.through;
  if (report.relation == Relation::opens) {
    received.answer_to = received.automatic_to = report.from.email;
    open_case(turn, report.channel, report.from, report.subject, turn.now(), false);
    turn.add(received, report.join_reason);
    classify_first(turn, report.hint);
    owe_everything(turn);
    if (turn.shown_class().promise.receipt)
      turn.tell_client(NoticeKind::receipt, "it has arrived", report.message);
    if (!report.read_before.empty()) {
      turn.add(Acted{Action::read, {}, 0}, report.read_before);
      turn.keep(Promise::react);
      turn.become(State::read);
    }
    turn.ring_due();
    return;
  }
  const TookOver* other = client_through(turn.c(), report.through);
  const std::string& answer_to = other ? other->answer_to : turn.c().answer_to;
  if (answer_to.empty()) {
    received.answer_to = received.automatic_to = report.from.email;
  } else if (report.from.email != (other ? other->client.email : turn.c().client.email)) {
    received.also_to = report.from.email;  // a mail of somebody else that an agent has put here
  }
  turn.add(received, report.join_reason);
  if (report.resolved) return works_again(turn);
  if (report.relation == Relation::resend) return reminded(turn);
  if (turn.c().email_missing) {
    const Duration late = after_sms(turn.c(), turn.now());
    turn.add(EmailFound{late.count(), report.from, report.subject, report.channel},
             fmt::format("the client has typed the text {} after the SMS", format_duration(late)));
    turn.drop(Timer::email_missing, "the text is here");
    if (!turn.shown_class().promise.receipt) {
    } else if (turn.c().automatic_to.empty()) {
      turn.add(Withheld{NoticeKind::receipt}, "the page itself has said that the text has arrived");
    } else {
      turn.tell_client(NoticeKind::receipt, "the text has arrived instead of the email", report.message);
    }
  }
  spoke_again(turn, "the client has written on the page");
}

// The desk sees it with the next alert; nobody is woken for it.
void offer(Turn& turn, const MailOffered& found) {
  if (!turn.c().email_missing || turn.c().state == State::closed) return;
  for (const Offered& known : turn.c().offered) {
    if (known.message == found.mail.message) return;
  }
  turn.add(found.mail, found.reason);
}

}  // namespace hejnal::core

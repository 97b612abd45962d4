// The email that never came: looked for among what was set aside, typed on the client's page instead, joined
// when it comes after all.
#include <fmt/core.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

// As much as an SMS has time for: somebody waits for it to be taken.
constexpr int kLookedThroughMax = 60;
constexpr std::size_t kTextLookedAtMax = 1500;
constexpr int kWaitingMax = 20;

}  // namespace

// What was set aside does not change while it is; only which mails are does.
Status Desk::read_set_aside() {
  HEJNAL_TRY(const auto ids, parts_.store.ids_not_looked_at(kLookedThroughMax));
  if (ids == set_aside_ids_) return {};
  set_aside_ids_.clear();
  std::vector<core::SetAsideMail> mails;
  for (const core::MessageId id : ids) {
    const auto known = std::find_if(set_aside_.begin(), set_aside_.end(),
                                    [id](const core::SetAsideMail& one) { return one.message == id; });
    if (known != set_aside_.end()) {
      mails.push_back(std::move(*known));
      continue;
    }
    HEJNAL_TRY(const auto message, parts_.store.message(id));
    if (!message || message->channel != core::Channel::email || message->internal) continue;
    core::SetAsideMail one;
    one.message = id;
    one.automatic = message->automatic;
    one.why = message->join_reason;
    one.mail.from = message->from;
    one.mail.base_subject = message->base_subject;
    one.mail.words_text = one.mail.whole_text = truncate_utf8(message->text, kTextLookedAtMax);
    one.mail.sent_at = message->at;
    one.mail.own_domains = settings_.own_domains;
    one.stems = core::telling_stems(one.mail.base_subject + " " + one.mail.words_text);
    mails.push_back(std::move(one));
  }
  set_aside_ = std::move(mails);
  set_aside_ids_ = ids;
  return {};
}

Result<std::vector<core::FoundMail>> Desk::found_for(const core::Candidate& waiting) {
  HEJNAL_TRY_VOID(read_set_aside());
  std::vector<core::SetAsideMail>& mails = set_aside_;
  HEJNAL_TRY(const auto senders, parts_.store.addresses_of_phone(waiting.client.phone));
  for (core::SetAsideMail& one : mails) {
    const bool named = std::any_of(senders.begin(), senders.end(), [&](const ports::AddressOfNumber& a) {
      return a.email == one.mail.from && a.standing != core::Standing::refused;
    });
    one.mail.phones.clear();
    if (named) one.mail.phones.push_back(waiting.client.phone);
  }
  std::vector<core::FoundMail> out = core::search_set_aside(waiting, mails);
  for (core::FoundMail& found : out) {
    if (!found.joins) continue;
    const auto mail = std::find_if(mails.begin(), mails.end(), [&](const core::SetAsideMail& one) {
      return one.message == found.message;
    });
    HEJNAL_TRY(const auto own, parts_.store.open_cases_of_email(mail->mail.from, kWaitingMax));
    std::vector<core::Candidate> candidates;
    for (const ports::CaseSummary& summary : own) {
      HEJNAL_TRY(core::Candidate c, candidate(summary));
      candidates.push_back(std::move(c));
    }
    // It was sent again, and another case has the first one: a person decides.
    found.joins = core::match_email(mail->mail, candidates).relation != core::Relation::resend;
  }
  return out;
}

Result<std::vector<core::MailOffered>> Desk::offers_of(const std::vector<core::FoundMail>& found) {
  std::vector<core::MailOffered> out;
  for (const core::FoundMail& one : found) {
    if (one.joins) continue;
    HEJNAL_TRY(const auto message, parts_.store.message(one.message));
    if (!message) continue;
    out.push_back({{one.message, message->from, truncate_utf8(message->subject, 200)},
                   "it may be the email: " + one.reason});
  }
  return out;
}

Status Desk::join_set_aside(core::MessageId id, core::CaseNumber into, const std::string& reason) {
  HEJNAL_TRY(const auto message, parts_.store.message(id));
  if (!message || message->number != 0 || message->outgoing)
    return fail(Fault::not_found, "message {} is not set aside", id);
  HEJNAL_TRY(const core::Case c, load(into));
  core::EmailReceived signal;
  signal.message = id;
  signal.from.email = signal.answer_to = message->from;
  signal.subject = message->subject;
  signal.text = message->text;
  signal.sent_at = signal.came_at.emplace(message->at);
  signal.relation = core::Relation::announced;
  signal.join_reason = reason;
  signal.set_aside_why = message->join_reason;
  HEJNAL_TRY_VOID(turn(c, signal));
  HEJNAL_TRY_VOID(parts_.store.move_message(id, into));
  HEJNAL_TRY_VOID(parts_.store.set_message_state(id, "joined"));
  if (!message->from.empty()) HEJNAL_TRY_VOID(parts_.store.add_participants(into, {message->from}));
  changes_.push_back({0, into, "message"});
  return {};
}

Result<std::vector<Desk::Fit>> Desk::who_waits_for(const core::SetAsideMail& mail) {
  std::vector<Fit> fits;
  std::vector<core::CaseNumber> looked_at;
  const auto look = [&](const std::vector<ports::CaseSummary>& cases) -> Status {
    for (const ports::CaseSummary& summary : cases) {
      if (!summary.email_missing ||
          std::find(looked_at.begin(), looked_at.end(), summary.number) != looked_at.end())
        continue;
      looked_at.push_back(summary.number);
      HEJNAL_TRY(const core::Candidate waiting, candidate(summary));
      auto found = core::search_set_aside(waiting, {mail});
      if (!found.empty()) fits.push_back({summary.number, std::move(found.front())});
    }
    return {};
  };
  HEJNAL_TRY(const auto latest, parts_.store.cases_without_email(kWaitingMax));
  HEJNAL_TRY_VOID(look(latest));
  if (!mail.mail.from.empty()) {
    HEJNAL_TRY(const auto of_sender, parts_.store.open_cases_of_email(mail.mail.from, kWaitingMax));
    HEJNAL_TRY_VOID(look(of_sender));
  }
  return fits;
}

Result<bool> Desk::somebody_waits_for(const core::SetAsideMail& mail) {
  HEJNAL_TRY(const auto fits, who_waits_for(mail));
  return !fits.empty();
}

Result<core::CaseNumber> Desk::look_for_waiting(const core::SetAsideMail& mail) {
  HEJNAL_TRY(std::vector<Fit> fits, who_waits_for(mail));
  std::size_t joining = 0;
  for (const Fit& fit : fits) joining += fit.found.joins ? 1 : 0;
  for (Fit& fit : fits) {
    if (fit.found.joins && joining == 1) {
      HEJNAL_TRY_VOID(join_set_aside(mail.message, fit.number, fit.found.reason));
      return fit.number;
    }
    fit.found.joins = false;  // more than one SMS could mean it: a person decides
  }
  for (const Fit& fit : fits) {
    HEJNAL_TRY(const auto offers, offers_of({fit.found}));
    for (const core::MailOffered& one : offers) {
      HEJNAL_TRY(const core::Case c, load(fit.number));
      HEJNAL_TRY_VOID(turn(c, one));
    }
  }
  return 0;
}

Result<Filed> Desk::type_text(core::CaseNumber link, const TypedText& typed) {
  HEJNAL_TRY(const core::CaseNumber number, living(link));
  HEJNAL_TRY(const core::Case c, load(number));
  // The link of a merged case is in the hands of its own client.
  const core::TookOver* other = core::client_through(c, link);
  core::Party client = other ? other->client : c.client;
  // An address is asked for where none is known: whoever holds a link must not add a reader to a case.
  const bool takes_address = !typed.email.empty() && !other && (c.email_missing || client.email.empty());
  if (takes_address) client.email = typed.email;
  // A form is sent twice by a second press or by going back: that says nothing new.
  const std::string what = !typed.form.id.empty()
                               ? typed.form.id
                               : content_hash(typed.subject + "\n" + typed.email + "\n" + typed.text);
  const std::string id = fmt::format("web:{}:{}", link, what);
  HEJNAL_TRY(const auto seen, parts_.store.seen(id, "web"));
  if (seen) return Filed{0, 0, true};
  if (c.state == core::State::closed) {
    NewReport again;
    again.subject = !typed.subject.empty() ? typed.subject : other ? other->subject : c.subject;
    again.text = typed.text;
    again.client = client;
    again.channel = core::Channel::web;
    again.follows = number;
    again.form = typed.form;
    return report(again);
  }
  core::Reported signal;
  signal.from = client;
  signal.through = other ? link : 0;
  signal.channel = core::Channel::web;
  signal.subject = collapse_space(typed.subject);
  signal.text = typed.text;
  signal.relation = core::Relation::reply;
  signal.join_reason = c.email_missing && !other ? "typed on the page instead of the email that has not come"
                                                 : "typed on the page of the case";
  ports::Message message;
  message.number = other ? link : number;
  message.channel = core::Channel::web;
  message.from = client.email;
  message.subject = message.base_subject = signal.subject;
  message.text = typed.text;
  message.at = now();
  message.state = "joined";
  message.join_reason = signal.join_reason;
  message.message_id = id;
  message.content_key = "web";
  message.attachments = typed.form.attachments;
  Filed filed;
  filed.number = number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, typed.form.raw));
  signal.message = filed.message;
  HEJNAL_TRY(core::Facts facts_now, facts(c));
  if (c.automatic_to.empty() && !client.email.empty())
    facts_now.automatic_budget = budget_.refusal(client.email, c.number, now());
  HEJNAL_TRY_VOID(turn(c, signal, facts_now));
  if (takes_address) {
    HEJNAL_TRY_VOID(parts_.store.add_participants(message.number, {typed.email}));
    HEJNAL_TRY_VOID(note_claimed_number(client.phone, typed.email, filed.message));
  }
  return filed;
}

}  // namespace hejnal::desk

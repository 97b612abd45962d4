// What an SMS can be beside a report: STOP, START and HELP of anybody, a person on call who answers an alert,
// a client who answers our question. Each is kept like every message; what it does goes through `decide`.
//
// A sender's number is easily forged. So nothing here does more than read, start, note and record a call, and
// every answer of ours counts against a budget.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr int kOfEmails = 1'000'000'000;  // those of them by email
constexpr Duration kHelpEvery = 1h;
constexpr int kFirstOfNoCase =
    1'000'000;  // numbers of notices of no case; below are the days of set-aside mail
constexpr std::size_t kListedMax = 5;
constexpr std::size_t kNamedMax = 20;  // characters of a subject in that list

std::string id_of(const ports::IncomingSms& sms) { return sms.id.empty() ? std::string() : "sms:" + sms.id; }

// Words of five signs, as short codes are.
std::vector<std::string> words_of_five(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  for (const char c : std::string(text) + " ") {
    const bool lower = c >= 'a' && c <= 'z';
    if (lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      word += lower ? static_cast<char>(c - 'a' + 'A') : c;
      continue;
    }
    if (word.size() == 5) out.push_back(word);
    word.clear();
  }
  return out;
}

}  // namespace

Result<std::optional<Filed>> Desk::sms_command(const ports::IncomingSms& sms) {
  const core::ContactWord word = core::contact_word(sms.text);
  for (const core::OnCall& person : settings_.on_call) {
    if (person.phone.empty() || person.phone != sms.from) continue;
    using enum core::AlertReason;
    if (word == core::ContactWord::stop) {
      HEJNAL_TRY(const Filed filed, not_followed(sms, person, stop_is_not, true));
      return std::optional(filed);
    }
    if (word == core::ContactWord::help) {
      HEJNAL_TRY(const Filed filed, not_followed(sms, person, asked_for, false));
      return std::optional(filed);
    }
    return colleague_texted(sms, person);
  }
  if (word != core::ContactWord::none && core::is_telephone(sms.from)) {
    HEJNAL_TRY(const Filed filed, contact_word_came(sms, word));
    return std::optional(filed);
  }
  return answers_question(sms);
}

Result<core::MessageId> Desk::keep_sms(const ports::IncomingSms& sms, core::CaseNumber number, bool internal,
                                       std::string why) {
  ports::Message m;
  m.number = number;
  m.channel = core::Channel::sms;
  m.from = sms.from;
  m.text = sms.text;
  m.at = now();
  m.internal = internal;
  m.state = number == 0 ? "set_aside" : "joined";
  m.join_reason = std::move(why);
  m.message_id = id_of(sms);
  m.content_key = "sms";
  return parts_.store.add_message(m, {});
}

// A word about SMS themselves belongs to no case. The message that it answers gives it its number.
Status Desk::say_about_sms(core::Notice notice, core::MessageId because) {
  if (notice.channel == core::Channel::sms) {
    if (!settings_.sms_available || !core::is_telephone(notice.to)) return {};
    if (!budget_.refusal(notice.to, 0, now()).empty()) return {};
    if (notice.to_desk()) {  // queue() counts what goes to clients
      budget_.spend(notice.to, 0, now());
      spent_.push_back({notice.to, 0});
    }
  }
  notice.id = kFirstOfNoCase + static_cast<int>(because % 900'000'000);
  return queue(std::move(notice));
}

// -- STOP, START, HELP
// ----------------------------------------------------------------------------------------------

Result<Filed> Desk::contact_word_came(const ports::IncomingSms& sms, core::ContactWord word) {
  HEJNAL_TRY(const auto before, parts_.store.sms_contact(sms.from));
  ports::SmsContact contact = before.value_or(ports::SmsContact{});
  contact.phone = sms.from;
  const bool stopped = contact.stopped_at.has_value();
  core::Notice reply;
  reply.channel = core::Channel::sms;
  reply.to = sms.from;
  std::string why;
  bool answer = !sms.answered;
  if (word == core::ContactWord::stop) {
    why = "STOP: no more SMS go to this number";
    reply.kind = core::NoticeKind::sms_stopped;
    answer = answer && !stopped;  // once
    if (!stopped) contact.stopped_at = now();
    contact.changed_by.clear();
    contact.note.clear();
  } else if (word == core::ContactWord::start) {
    why = "START: SMS may go to this number again";
    reply.kind = core::NoticeKind::sms_started;
    answer = answer && stopped;
    if (stopped) contact.changed_by = "client", contact.note = "START";
    contact.stopped_at.reset();
  } else {
    why = "HELP: who we are was asked";
    reply.kind = core::NoticeKind::about_us;
    answer = answer && (!contact.helped_at || now() - *contact.helped_at >= kHelpEvery);
    if (answer) contact.helped_at = now();
  }
  if (answer && word != core::ContactWord::help) contact.confirmed_at = now();
  HEJNAL_TRY_VOID(parts_.store.set_sms_contact(contact));
  HEJNAL_TRY_VOID(parts_.store.learn_person({{}, {}, sms.from, {}}));

  HEJNAL_TRY(const auto open, parts_.store.open_cases_of_phone(sms.from, 1));
  Filed filed;
  filed.number = open.empty() ? 0 : open.front().number;
  HEJNAL_TRY(filed.message, keep_sms(sms, filed.number, false, why));
  if (filed.number != 0) {
    HEJNAL_TRY(const core::Case c, load(filed.number));
    core::SmsReceived signal;
    signal.message = filed.message;
    signal.from.phone = sms.from;
    signal.text = sms.text;
    signal.contact_word = true;
    signal.join_reason = why;
    HEJNAL_TRY_VOID(turn(c, signal));
    changes_.push_back({0, filed.number, "message"});
  } else {
    HEJNAL_TRY_VOID(parts_.store.set_looked_at(filed.message, now()));  // kept, and nobody owes it a look
  }
  if (answer) HEJNAL_TRY_VOID(say_about_sms(std::move(reply), filed.message));
  return filed;
}

Status Desk::allow_sms(const std::string& phone, const std::string& agent, const std::string& note) {
  HEJNAL_TRY(auto contact, parts_.store.sms_contact(phone));
  if (!contact || !contact->stopped_at) return fail(Fault::conflict, "{} has not sent STOP", phone);
  contact->stopped_at.reset();
  contact->changed_by = agent;
  contact->note = note;
  return parts_.store.set_sms_contact(*contact);
}

// -- the person on call
// ---------------------------------------------------------------------------------------------

// Codes of cases in which somebody still has to do something.
Result<std::vector<core::AlertCode>> Desk::open_codes(const std::string& phone) {
  HEJNAL_TRY(const auto printed, parts_.store.alert_codes(phone));
  return open_among(printed);
}

Result<std::vector<core::AlertCode>> Desk::open_among(const std::vector<core::AlertCode>& printed) {
  std::vector<core::AlertCode> out;
  for (const core::AlertCode& code : printed) {
    HEJNAL_TRY(const core::CaseNumber number, living(code.number));
    if (number == 0) continue;
    const auto c = load(number);
    if (!c || c->state == core::State::closed) continue;
    if (c->debt(core::Promise::react) || c->debt(core::Promise::answer)) out.push_back(code);
  }
  return out;
}

// An alert says which number answers it.
Status Desk::add_code(core::Notice& alert) {
  HEJNAL_TRY(const auto printed, parts_.store.alert_codes(alert.to));
  std::vector<core::CaseNumber> open;
  const bool known = std::any_of(printed.begin(), printed.end(),
                                 [&](const core::AlertCode& code) { return code.number == alert.number; });
  if (!known) {
    std::vector<core::AlertCode> old;  // another one's code is not for the taking, whatever its case owes
    for (const core::AlertCode& code : printed) {
      if (core::may_rest(code, now())) old.push_back(code);
    }
    HEJNAL_TRY(const auto codes, open_among(old));
    for (const core::AlertCode& code : codes) open.push_back(code.number);
  }
  const int slot = core::slot_for(alert.number, printed, open, now());
  alert.code = slot + 1;
  return parts_.store.set_alert_code(alert.to, {slot, alert.number, now()});
}

Result<std::optional<Filed>> Desk::colleague_texted(const ports::IncomingSms& sms, const core::OnCall& who) {
  using Kind = core::DeskCommand::Kind;
  using enum core::AlertReason;
  core::DeskCommand command = core::read_desk_command(sms.text);
  if (command.kind == Kind::rejected_call) {
    const std::string number = settings_.normal_number ? settings_.normal_number(command.text) : command.text;
    HEJNAL_TRY(const Filed filed,
               number.empty() ? not_followed(sms, who, wrong_number, false) : call_by_sms(sms, who, number));
    return std::optional(filed);
  }
  HEJNAL_TRY(const auto printed, parts_.store.alert_codes(sms.from));
  core::CaseNumber number = 0;
  for (const core::AlertCode& code : printed) {
    if (command.slot && code.slot == *command.slot) number = code.number;
  }
  if (printed.empty() && command.kind == Kind::act && *command.slot == 0) {
    HEJNAL_TRY(number, parts_.store.last_case_told(sms.from));  // alerted before codes were noted
  }
  core::AgentActed act;
  act.agent = who.name.empty() ? sms.from : who.name;
  act.how = "by SMS";
  if (command.kind == Kind::act && number != 0) {
    act.action = command.action;
    return act_by_code(sms, who, number, std::move(act));
  }
  HEJNAL_TRY(const auto open, open_codes(sms.from));
  if (command.kind == Kind::note) {
    if (number == 0 && open.empty()) return std::nullopt;  // a colleague has something to report
    if (number == 0 && open.size() == 1) number = open.front().number;
    if (number != 0) {
      act.action = core::Action::note;
      act.text = command.text;
      return act_by_code(sms, who, number, std::move(act));
    }
  }
  const bool words = command.kind == Kind::note;
  HEJNAL_TRY(const Filed filed, not_followed(sms, who, words ? which_case : wrong_code, words));
  return std::optional(filed);
}

Result<std::optional<Filed>> Desk::act_by_code(const ports::IncomingSms& sms, const core::OnCall& who,
                                               core::CaseNumber printed, core::AgentActed act) {
  HEJNAL_TRY(const core::CaseNumber number, living(printed));
  HEJNAL_TRY(const core::Case c, load(number));
  if (c.state == core::State::closed && act.action != core::Action::note) {
    HEJNAL_TRY(const Filed filed, not_followed(sms, who, core::AlertReason::too_late, false));
    return std::optional(filed);
  }
  Filed filed;
  filed.number = number;
  HEJNAL_TRY(filed.message,
             keep_sms(sms, number, true,
                      fmt::format("{} has answered an alert by SMS: {}", act.agent, to_string(act.action))));
  HEJNAL_TRY_VOID(turn(c, act));
  changes_.push_back({0, number, "message"});
  return std::optional(filed);
}

Result<Filed> Desk::call_by_sms(const ports::IncomingSms& sms, const core::OnCall& who,
                                const std::string& number) {
  HEJNAL_TRY(const Phoned called, call({number, core::CallResult::rejected, std::nullopt, who.name}));
  Filed filed;
  filed.number = called.filed.number;
  HEJNAL_TRY(filed.message, keep_sms(sms, filed.number, true,
                                     fmt::format("{} has recorded a rejected call by SMS", who.name)));
  if (filed.number == 0) HEJNAL_TRY_VOID(parts_.store.set_looked_at(filed.message, now()));
  return filed;
}

// Nothing follows from it but an answer that says what would have been understood. Words that no case has got
// wait for a look; a person who is on call cannot opt out, which everybody on call is told.
Result<Filed> Desk::not_followed(const ports::IncomingSms& sms, const core::OnCall& who,
                                 core::AlertReason reason, bool needs_a_look) {
  Filed filed;
  HEJNAL_TRY(filed.message,
             keep_sms(sms, 0, true, fmt::format("{} is on call: {}", who.name, to_string(reason))));
  if (needs_a_look) {
    HEJNAL_TRY_VOID(plan_review());
  } else {
    HEJNAL_TRY_VOID(parts_.store.set_looked_at(filed.message, now()));
  }
  HEJNAL_TRY(const auto open, open_codes(sms.from));
  core::Notice notice;
  notice.kind = core::NoticeKind::commands;
  notice.reason = reason;
  notice.channel = core::Channel::sms;
  notice.to = sms.from;
  notice.to_name = who.name;
  notice.client = {who.name, {}, sms.from, {}};
  for (std::size_t i = 0; i < std::min(open.size(), kListedMax); ++i) {
    HEJNAL_TRY(const core::CaseNumber number, living(open[i].number));
    HEJNAL_TRY(const core::Case c, load(number));
    notice.text += fmt::format("{}{} {}: {}/{}", i == 0 ? "" : "; ", number,
                               truncate_characters(collapse_space(c.subject), kNamedMax),
                               core::alert_code(open[i].slot, core::Action::read),
                               core::alert_code(open[i].slot, core::Action::start));
  }
  if (open.size() > kListedMax) notice.text += fmt::format("; +{}", open.size() - kListedMax);
  HEJNAL_TRY_VOID(say_about_sms(notice, filed.message));
  if (reason != core::AlertReason::stop_is_not) return filed;
  notice.channel = core::Channel::email;
  notice.text = sms.text;
  std::vector<std::string> told;
  for (const core::OnCall& colleague : settings_.on_call) {
    const bool again = std::find(told.begin(), told.end(), colleague.email) != told.end();
    if (colleague.email.empty() || again || !budget_.refusal(colleague.email, 0, now()).empty()) continue;
    told.push_back(colleague.email);
    budget_.spend(colleague.email, 0, now());
    spent_.push_back({colleague.email, 0});
    notice.to = colleague.email;
    notice.to_name = colleague.name;
    // Numbers of their own, beside those of SMS: each has a Message-ID.
    notice.id = kOfEmails + static_cast<int>((filed.message * 16 + static_cast<std::int64_t>(told.size())) %
                                             1'000'000'000);
    HEJNAL_TRY_VOID(queue(notice));
  }
  return filed;
}

// -- a client answers our question
// ----------------------------------------------------------------------------------

Result<std::optional<Filed>> Desk::answers_question(const ports::IncomingSms& sms) {
  // Whatever the questions are, most texts cannot answer one.
  if (!core::is_telephone(sms.from) || !core::question_answered(sms.text, {core::OpenQuestion{}}))
    return std::nullopt;
  HEJNAL_TRY(auto of_phone, parts_.store.open_cases_of_phone(sms.from, 20));
  // Also who only may have this number: a few words that answer what was asked there.
  HEJNAL_TRY(const auto addresses, parts_.store.addresses_of_phone(sms.from));
  for (const ports::AddressOfNumber& address : addresses) {
    if (address.standing == core::Standing::refused) continue;
    HEJNAL_TRY(const auto theirs, parts_.store.open_cases_of_email(address.email, 20));
    for (const ports::CaseSummary& one : theirs) {
      const auto same = [&](const ports::CaseSummary& known) { return known.number == one.number; };
      if (std::none_of(of_phone.begin(), of_phone.end(), same)) of_phone.push_back(one);
    }
  }
  std::vector<core::OpenQuestion> questions;
  for (const ports::CaseSummary& summary : of_phone) {
    if (summary.state != core::State::waiting) continue;
    HEJNAL_TRY(const core::Case c, load(summary.number));
    const auto asked_at = core::open_question(c);
    if (!asked_at) continue;
    core::OpenQuestion question{c.number, 0, *asked_at};
    for (const core::TookOver& other : c.others) {
      if (c.client.phone != sms.from && other.client.phone == sms.from)
        question.through = other.cases.front();
    }
    questions.push_back(question);
  }
  const auto meant = core::question_answered(sms.text, questions);
  if (!meant) return std::nullopt;
  for (const std::string& word : words_of_five(sms.text)) {  // a short code says more
    HEJNAL_TRY(const core::CaseNumber by_code, case_of_code(word));
    if (by_code != 0) return std::nullopt;
  }
  HEJNAL_TRY(const core::Case c, load(meant->number));
  core::SmsReceived signal;
  signal.from.phone = sms.from;
  signal.text = sms.text;
  signal.relation = core::Relation::reply;
  signal.through = meant->through;
  HEJNAL_TRY(const auto own, own_addresses_of(sms.from));
  if (c.client.phone != sms.from && !core::client_with_number(c, sms.from, own))
    signal.kin = core::Kin::learnt;
  signal.join_reason = fmt::format("the client's number, and our only open question to it, asked {} before",
                                   format_duration(now() - meant->asked_at));
  Filed filed;
  filed.number = meant->number;
  HEJNAL_TRY(filed.message,
             keep_sms(sms, meant->through != 0 ? meant->through : meant->number, false, signal.join_reason));
  signal.message = filed.message;
  HEJNAL_TRY_VOID(turn(c, signal));
  changes_.push_back({0, filed.number, "message"});
  return std::optional(filed);
}

}  // namespace hejnal::desk

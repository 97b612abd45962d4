// SMS, calls, and what is typed into a page.
#include <fmt/core.h>

#include <algorithm>

#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

// Words of an SMS that could be short codes: five signs, a digit and a letter among them.
std::vector<std::string> codes_in(std::string_view text) {
  std::vector<std::string> out;
  std::string word;
  const auto flush = [&] {
    const bool digit = word.find_first_of("0123456789") != std::string::npos;
    const bool letter = word.find_first_not_of("0123456789") != std::string::npos;
    if (word.size() == 5 && digit && letter) out.push_back(word);
    word.clear();
  };
  for (const char c : text) {
    const bool lower = c >= 'a' && c <= 'z';
    if (lower || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9')) {
      word += lower ? static_cast<char>(c - 'a' + 'A') : c;
    } else {
      flush();
    }
  }
  flush();
  return out;
}

std::vector<std::string> emails_in(std::string_view text) {
  const auto part_of_address = [](char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
           std::string_view("@.!#$%&'*+-/=?^_`{|}~").find(c) != std::string_view::npos;
  };
  std::vector<std::string> out;
  std::size_t begin = 0;
  while (begin < text.size() && out.size() < 5) {
    std::size_t end = begin;
    while (end < text.size() && part_of_address(text[end])) ++end;
    std::string_view word = text.substr(begin, end - begin);
    while (!word.empty() && (word.back() == '.' || word.back() == '!' || word.back() == '?'))
      word.remove_suffix(1);
    const auto at = word.find('@');
    if (at != std::string_view::npos && at > 0 && word.find('.', at) != std::string_view::npos &&
        word.rfind('@') == at) {
      out.push_back(to_lower_ascii(word));
    }
    begin = end + 1;
  }
  return out;
}

ports::Message incoming(core::CaseNumber number, core::Channel channel, std::string from, std::string text,
                        Instant at, bool opened, std::string why) {
  ports::Message m;
  m.number = number;
  m.channel = channel;
  m.from = std::move(from);
  m.text = std::move(text);
  m.at = at;
  m.state = opened ? "opened" : "joined";
  m.join_reason = std::move(why);
  return m;
}

}  // namespace

Result<Filed> Desk::receive(const ports::IncomingSms& sms) {
  const std::string id = sms.id.empty() ? std::string() : "sms:" + sms.id;
  HEJNAL_TRY(const auto seen, parts_.store.seen(id, "sms"));
  if (seen) {
    // The same call twice is one SMS. An id that comes with other words was made by somebody else.
    HEJNAL_TRY(const auto before, parts_.store.message(seen->message));
    if (before && !sms.in_parts && (before->text != sms.text || before->from != sms.from))
      return fail(Fault::refused, "the SMS \"{}\" was here before, with other words", sms.id);
    return Filed{0, 0, true};
  }

  HEJNAL_TRY(const auto command, sms_command(sms));
  if (command) return *command;

  core::SmsFacts facts_of_sms;
  facts_of_sms.from = sms.from;
  facts_of_sms.text = sms.text;
  facts_of_sms.codes = codes_in(sms.text);
  facts_of_sms.emails = emails_in(sms.text);
  facts_of_sms.at = now();
  HEJNAL_TRY(facts_of_sms.person, parts_.store.person_by_phone(sms.from));
  std::vector<core::Candidate> candidates;
  const auto add = [&](const ports::CaseSummary& summary) -> Status {
    for (const core::Candidate& c : candidates) {
      if (c.number == summary.number) return {};
    }
    HEJNAL_TRY(core::Candidate c, candidate(summary));
    candidates.push_back(std::move(c));
    return {};
  };
  for (const std::string& code : facts_of_sms.codes) {
    HEJNAL_TRY(const core::CaseNumber meant, case_of_code(code));
    HEJNAL_TRY(const core::CaseNumber number, living(meant));
    if (number == 0) continue;
    HEJNAL_TRY(const auto summary, parts_.store.summary(number));
    facts_of_sms.case_of_code = number;
    facts_of_sms.through_code = meant == number ? 0 : meant;
    HEJNAL_TRY_VOID(add(*summary));
  }
  HEJNAL_TRY(const auto of_phone, parts_.store.open_cases_of_phone(sms.from, 20));
  for (const auto& summary : of_phone) HEJNAL_TRY_VOID(add(summary));
  for (const std::string& address : facts_of_sms.emails) {
    HEJNAL_TRY(const auto of_email, parts_.store.open_cases_of_email(address, 20));
    for (const auto& summary : of_email) HEJNAL_TRY_VOID(add(summary));
  }
  const core::Match match = core::match_sms(procedure_, facts_of_sms, candidates);

  std::string reason = match.reason;
  if (!core::is_telephone(sms.from)) reason += (reason.empty() ? "" : "; ") + core::no_telephone(sms.from);
  core::SmsReceived signal;
  signal.from = {facts_of_sms.person.name, facts_of_sms.person.email, sms.from,
                 facts_of_sms.person.organisation};
  signal.text = sms.text;
  signal.relation = match.relation;
  signal.join_reason = reason;
  if (signal.from.email.empty() && !facts_of_sms.emails.empty())
    signal.from.email = facts_of_sms.emails.front();

  core::Case c;
  core::Facts facts_now;
  std::vector<core::FoundMail> found;  // set-aside mail that may be its email, where it opens a case
  if (match.number != 0) {
    HEJNAL_TRY(c, load(match.number));
    facts_now = facts(c);
    if (core::client_through(c, match.through)) signal.through = match.through;
  } else {
    facts_now = facts(c);
    facts_now.candidates = match.candidates;
    facts_now.mentions = match.mentions;
    HEJNAL_TRY_VOID(prepare_opening(facts_now));
    core::Candidate waiting;
    waiting.number = facts_now.number;
    waiting.email_missing = true;
    waiting.opened_at = waiting.sent_at = now();
    waiting.words_text = sms.text;
    waiting.client = signal.from;
    HEJNAL_TRY(found, found_for(waiting));
    HEJNAL_TRY(signal.offered, offers_of(found));
  }
  const core::CaseNumber number = c.exists() ? c.number : facts_now.number;
  ports::Message message = incoming(signal.through != 0 ? signal.through : number, core::Channel::sms,
                                    sms.from, sms.text, now(), !c.exists(), reason);
  message.message_id = id;
  message.content_key = "sms";
  Filed filed;
  filed.number = number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, {}));
  signal.message = filed.message;
  // Who names an address in an SMS claims it; weak until an agent confirms. A code that only the client has
  // is more.
  HEJNAL_TRY_VOID(parts_.store.learn_person(
      {signal.from.name,
       c.exists() && facts_of_sms.case_of_code == c.number ? c.client.email : signal.from.email,
       sms.from,
       {}},
      false));
  HEJNAL_TRY_VOID(turn(c, signal, facts_now));
  for (const core::FoundMail& mail : found) {
    if (mail.joins) HEJNAL_TRY_VOID(join_set_aside(mail.message, number, mail.reason));
  }
  changes_.push_back({0, number, "message"});
  return filed;
}

Result<Filed> Desk::call(const std::string& phone, bool answered, std::optional<Instant> at) {
  core::CallReceived signal;
  HEJNAL_TRY(const core::Party person, parts_.store.person_by_phone(phone));
  signal.from = {person.name, person.email, phone, person.organisation};
  signal.answered = answered;
  // A call says nothing of its matter, so it hides nothing where it joins: the latest open case of that
  // person.
  HEJNAL_TRY(const auto open, parts_.store.open_cases_of_phone(phone, 1));
  core::Case c;
  core::Facts facts_now;
  if (!open.empty()) {
    HEJNAL_TRY(c, load(open.front().number));
    signal.relation = core::Relation::reply;
    signal.join_reason = "the latest open case of this caller";
    facts_now = facts(c);
  } else {
    facts_now = facts(c);
    HEJNAL_TRY_VOID(prepare_opening(facts_now));
  }
  Filed filed;
  filed.number = c.exists() ? c.number : facts_now.number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(incoming(filed.number, core::Channel::call, phone,
                                                              answered ? "answered" : "rejected or missed",
                                                              std::min(at.value_or(now()), now()),
                                                              !c.exists(), signal.join_reason),
                                                     {}));
  signal.message = filed.message;
  HEJNAL_TRY_VOID(turn(c, signal, facts_now));
  changes_.push_back({0, filed.number, "message"});
  return filed;
}

Result<Filed> Desk::report(const NewReport& report) {
  const core::ServiceClass* wanted = procedure_.find(report.class_name);
  if (!report.class_name.empty() && !wanted) {
    std::string known;
    for (const core::ServiceClass& c : procedure_.classes) known += (known.empty() ? "" : ", ") + c.id;
    return fail(Fault::malformed, "class: there is no class \"{}\"; the procedure has {}", report.class_name,
                known);
  }
  core::Reported signal;
  signal.from = report.client;
  signal.channel = report.channel;
  signal.subject = collapse_space(report.subject);  // a line break would end a header, and with it the tag
  signal.text = report.text;
  if (wanted) signal.hint = {wanted->id, fmt::format("{} has said so", report.by)};
  core::Facts facts_now = facts(core::Case{});
  facts_now.mentions = report.follows;
  HEJNAL_TRY_VOID(prepare_opening(facts_now));
  if (!report.client.email.empty())
    facts_now.automatic_budget = budget_.refusal(report.client.email, facts_now.number, now());
  ports::Message message = incoming(facts_now.number, report.channel,
                                    report.client.email.empty() ? report.client.phone : report.client.email,
                                    report.text, now(), true, {});
  message.subject = signal.subject;
  message.base_subject = signal.subject;
  Filed filed;
  filed.number = facts_now.number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, {}));
  signal.message = filed.message;
  HEJNAL_TRY_VOID(parts_.store.learn_person(report.client, true));
  if (!report.client.email.empty())
    HEJNAL_TRY_VOID(parts_.store.add_participants(filed.number, {report.client.email}));
  HEJNAL_TRY_VOID(turn(core::Case{}, signal, facts_now));
  return filed;
}

}  // namespace hejnal::desk

// Which case an SMS belongs to: what is known of its number, of the addresses and codes in its text, and then
// core/matching.hpp decides.
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

}  // namespace

Result<Filed> Desk::file_sms(const ports::IncomingSms& sms, const std::string& id) {
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
    HEJNAL_TRY(const core::CaseNumber meant, parts_.store.case_by_code(code));
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

  core::SmsReceived signal;
  signal.from = {facts_of_sms.person.name, facts_of_sms.person.email, sms.from,
                 facts_of_sms.person.organisation};
  signal.text = sms.text;
  signal.relation = match.relation;
  signal.join_reason = match.reason;
  if (signal.from.email.empty() && !facts_of_sms.emails.empty())
    signal.from.email = facts_of_sms.emails.front();

  core::Case c;
  core::Facts facts_now;
  if (match.number != 0) {
    HEJNAL_TRY(c, load(match.number));
    facts_now = facts(c);
    if (core::client_through(c, match.through)) signal.through = match.through;
  } else {
    facts_now = facts(c);
    facts_now.candidates = match.candidates;
    facts_now.mentions = match.mentions;
    HEJNAL_TRY_VOID(prepare_opening(facts_now));
  }
  const core::CaseNumber number = c.exists() ? c.number : facts_now.number;
  ports::Message message;
  message.number = signal.through != 0 ? signal.through : number;
  message.channel = core::Channel::sms;
  message.from = sms.from;
  message.text = sms.text;
  message.at = now();
  message.state = c.exists() ? "joined" : "opened";
  message.join_reason = match.reason;
  message.message_id = id;
  message.content_key = "sms";
  Filed filed;
  filed.number = number;
  HEJNAL_TRY(filed.message, parts_.store.add_message(message, {}));
  signal.message = filed.message;
  HEJNAL_TRY_VOID(turn(c, signal, facts_now));
  // Who names an address in an SMS claims it; weak until an agent confirms. A code that only the client has
  // is more.
  HEJNAL_TRY_VOID(parts_.store.learn_person(
      {signal.from.name,
       c.exists() && facts_of_sms.case_of_code == c.number ? c.client.email : signal.from.email,
       sms.from,
       {}},
      false));
  changes_.push_back({0, number, "message"});
  return filed;
}

}  // namespace hejnal::desk

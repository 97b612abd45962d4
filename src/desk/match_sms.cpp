// An SMS's way to its case: whose number may it be, which cases can it mean, and then core/matching.hpp
// decides. Every look-up is by an index, and bounded: a number with a thousand cases takes no longer than one
// with ten.
#include <fmt/core.h>

#include <algorithm>
#include <set>

#include "base/text.hpp"
#include "desk/desk.hpp"

namespace hejnal::desk {

namespace {

constexpr int kOwnMax = 20;
constexpr int kMergedMax = 5;
constexpr int kColleaguesMax = 10;
constexpr std::size_t kNamesMax = 5;  // addresses, sites: of each so many
constexpr std::size_t kCandidatesMax = 40;

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

// "www.klient.example", "klient.example": which firm writes.
std::vector<std::string> domains_in(std::string_view text, const std::vector<std::string>& emails) {
  std::vector<std::string> out;
  const auto add = [&out](std::string_view domain) {
    if (domain.starts_with("www.")) domain.remove_prefix(4);
    const bool known = std::find(out.begin(), out.end(), domain) != out.end();
    if (out.size() < kNamesMax && !known && !core::is_freemail(domain)) out.emplace_back(domain);
  };
  for (const std::string& address : emails) add(core::domain_of(address));
  std::string word;
  const auto flush = [&] {
    while (word.ends_with('.')) word.pop_back();
    const auto dot = word.find('.');
    if (dot != std::string::npos && dot > 0 && word.size() - word.rfind('.') > 2) add(word);
    word.clear();
  };
  for (const char c : text) {
    const bool upper = c >= 'A' && c <= 'Z';
    if (upper || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '.' || c == '-' || c == '@') {
      word += upper ? static_cast<char>(c - 'A' + 'a') : c;
      if (c == '@') word.clear();  // an address: its domain is known already
    } else {
      flush();
    }
  }
  flush();
  return out;
}

bool has(const std::set<std::string>& set, const std::string& value) { return set.contains(value); }

}  // namespace

// One SMS on its way through the desk.
class SmsFiler {
 public:
  SmsFiler(Desk& desk, const ports::IncomingSms& sms, const std::string& id)
      : desk_(desk), store_(desk.parts_.store), sms_(sms), id_(id) {}

  Result<Filed> file() {
    HEJNAL_TRY_VOID(look_at_sender());
    HEJNAL_TRY_VOID(find_candidates());
    core::Match match = core::match_sms(desk_.procedure_, facts_, candidates_);
    if (match.number == 0 && facts_.case_of_code == 0 && never_a_case_) return set_aside();
    if (!core::is_telephone(sms_.from))
      match.reason += (match.reason.empty() ? "" : "; ") + core::no_telephone(sms_.from);
    return match.number == 0 ? open(match) : join(match);
  }

 private:
  Status look_at_sender() {
    facts_.from = sms_.from;
    facts_.text = sms_.text;
    facts_.codes = codes_in(sms_.text);
    report_code_ = core::report_code_in(sms_.text);
    facts_.emails = emails_in(sms_.text);
    facts_.of_a_report = !report_code_.empty() && !facts_.emails.empty();
    facts_.domains = domains_in(sms_.text, facts_.emails);
    facts_.at = desk_.now();
    HEJNAL_TRY(facts_.person, store_.person_by_phone(sms_.from));
    HEJNAL_TRY(const auto addresses, store_.addresses_of_phone(sms_.from));
    for (const ports::AddressOfNumber& a : addresses) {
      if (a.standing == core::Standing::refused) refused_.insert(a.email);
    }
    for (const ports::AddressOfNumber& a : addresses) {
      if (has(refused_, a.email)) continue;
      (a.standing == core::Standing::confirmed ? confirmed_ : learnt_).insert(a.email);
    }
    HEJNAL_TRY(const auto cases, store_.refused_cases(sms_.from));
    refused_cases_.insert(cases.begin(), cases.end());
    never_a_case_ = refused_cases_.contains(0);
    return {};
  }

  // -- candidates
  Status find_candidates() {
    for (const std::string& code : facts_.codes) {
      HEJNAL_TRY(const core::CaseNumber meant, desk_.case_of_code(code));
      HEJNAL_TRY(const core::CaseNumber number, desk_.living(meant));
      if (number == 0) continue;
      HEJNAL_TRY(const auto summary, store_.summary(number));
      facts_.case_of_code = number;
      facts_.through_code = meant == number ? 0 : meant;
      HEJNAL_TRY_VOID(add(*summary));
    }
    for (const std::string& address : facts_.emails) {
      HEJNAL_TRY(const core::CaseNumber number, desk_.case_of_report(address, report_code_));
      if (number == 0 || facts_.case_of_code != 0) continue;
      HEJNAL_TRY(const auto summary, store_.summary(number));
      facts_.case_of_code = number;
      facts_.code_of_report = true;
      HEJNAL_TRY_VOID(add(*summary));
    }
    HEJNAL_TRY(const auto of_phone, store_.open_cases_of_phone(sms_.from, kOwnMax));
    for (const auto& summary : of_phone) HEJNAL_TRY_VOID(add(summary));
    for (const std::set<std::string>* known : {&confirmed_, &learnt_}) {
      for (const std::string& address : *known) HEJNAL_TRY_VOID(add_of_address(address));
    }
    for (const std::string& address : facts_.emails) HEJNAL_TRY_VOID(add_of_address(address));
    return add_of_organisation();
  }

  Status add_of_address(const std::string& address) {
    HEJNAL_TRY(const auto own, store_.open_cases_of_email(address, kOwnMax));
    for (const auto& summary : own) HEJNAL_TRY_VOID(add(summary));
    HEJNAL_TRY(const auto merged, store_.merged_cases_of_email(address, kMergedMax));
    for (const auto& summary : merged) HEJNAL_TRY_VOID(add_merged(summary));
    return {};
  }

  // The number's person has colleagues: by the domain of the address, or as an agent has named it.
  Status add_of_organisation() {
    const auto& own = desk_.settings_.own_domains;
    std::set<std::string> domains;
    const auto add_domain = [&](std::string_view domain) {
      const bool ours = std::find(own.begin(), own.end(), domain) != own.end();
      if (!domain.empty() && !ours && !core::is_freemail(domain)) domains.emplace(domain);
    };
    for (const std::string& address : confirmed_) add_domain(core::domain_of(address));
    for (const std::string& address : learnt_) add_domain(core::domain_of(address));
    for (const std::string& domain : facts_.domains) add_domain(domain);
    for (const std::string& domain : domains) {
      HEJNAL_TRY(const auto colleagues, store_.open_cases_of_domain(domain, kColleaguesMax));
      for (const auto& summary : colleagues) HEJNAL_TRY_VOID(add(summary));
    }
    if (facts_.person.organisation.empty()) return {};
    HEJNAL_TRY(const auto addresses,
               store_.addresses_of_organisation(facts_.person.organisation, kColleaguesMax));
    organisation_.insert(addresses.begin(), addresses.end());
    for (const std::string& address : addresses) {
      HEJNAL_TRY(const auto colleagues, store_.open_cases_of_email(address, kMergedMax));
      for (const auto& summary : colleagues) HEJNAL_TRY_VOID(add(summary));
    }
    return {};
  }

  Status add(const ports::CaseSummary& summary) {
    const auto same = [&](const core::Candidate& c) { return c.number == summary.number && c.through == 0; };
    if (candidates_.size() >= kCandidatesMax || std::any_of(candidates_.begin(), candidates_.end(), same))
      return {};
    HEJNAL_TRY(const bool other, is_of_another_report(summary.number));
    if (other) return {};
    HEJNAL_TRY(core::Candidate c, candidate(summary.number, summary));
    candidates_.push_back(std::move(c));
    return {};
  }

  // A hejnal calls each of its reports by a code of its own: that of another one would hide that the email is
  // lost.
  Result<bool> is_of_another_report(core::CaseNumber number) {
    if (report_code_.empty() || number == facts_.case_of_code) return false;
    HEJNAL_TRY(const auto all, desk_.reports_of(number));
    return !all.empty() && std::none_of(all.begin(), all.end(), [&](const Desk::ReportName& one) {
      return one.code == report_code_;
    });
  }

  // A case of this sender that lives on in another one: that one, in the words of this one.
  Status add_merged(const ports::CaseSummary& merged) {
    HEJNAL_TRY(const core::CaseNumber number, desk_.living(merged.number));
    HEJNAL_TRY(const auto living, store_.summary(number));
    if (!living || living->state == core::State::closed || candidates_.size() >= kCandidatesMax) return {};
    HEJNAL_TRY(const bool other, is_of_another_report(merged.number));
    if (other) return {};
    HEJNAL_TRY(core::Candidate c, candidate(merged.number, merged));
    c.number = number;
    c.state = living->state;
    c.email_missing = false;
    c.through = merged.number;
    c.refused = refused_cases_.contains(number);
    candidates_.push_back(std::move(c));
    return {};
  }

  Result<core::Candidate> candidate(core::CaseNumber number, const ports::CaseSummary& summary) {
    core::Candidate c;
    c.number = number;
    c.state = summary.state;
    c.email_missing = summary.email_missing;
    c.opened_at = summary.opened_at;
    c.sent_at = summary.sent_at;
    c.client = summary.client;
    HEJNAL_TRY(c.kin, kin(number, summary.client));
    c.refused = refused_cases_.contains(number);
    HEJNAL_TRY(ports::ClientWords words, store_.client_words(number));
    c.base_subject = std::move(words.base_subject);
    c.words_text = std::move(words.text);
    HEJNAL_TRY(ports::LatestEmails latest, store_.latest_emails(number));
    c.last_email_at = latest.at;
    c.latest_text = std::move(latest.text);
    return c;
  }

  Result<core::Kin> kin(core::CaseNumber number, const core::Party& client) const {
    if (has(confirmed_, client.email)) return core::Kin::person;
    if (client.phone == sms_.from) {
      // What was typed on a page is a claim, as is what a signature says.
      HEJNAL_TRY(const core::Case c, desk_.load(number));
      if (c.channel != core::Channel::web) return core::Kin::person;
      return confirmed_.empty() ? core::Kin::learnt : core::Kin::stranger;
    }
    if (has(refused_, client.email)) return core::Kin::stranger;
    // Whose number is known is not somebody else by naming an address.
    const bool named =
        std::find(facts_.emails.begin(), facts_.emails.end(), client.email) != facts_.emails.end();
    if (has(learnt_, client.email)) return core::Kin::learnt;
    if (has(organisation_, client.email)) return core::Kin::organisation;
    const std::string_view domain = core::domain_of(client.email);
    if (confirmed_.empty() && named) return core::Kin::claimed;
    if (domain.empty() || core::is_freemail(domain)) return core::Kin::stranger;
    const auto of_domain = [&](const std::string& address) { return core::domain_of(address) == domain; };
    if (!confirmed_.empty())
      return std::any_of(confirmed_.begin(), confirmed_.end(), of_domain) ? core::Kin::organisation
                                                                          : core::Kin::stranger;
    const bool names_firm =
        std::find(facts_.domains.begin(), facts_.domains.end(), domain) != facts_.domains.end();
    return names_firm || std::any_of(learnt_.begin(), learnt_.end(), of_domain) ? core::Kin::organisation
                                                                                : core::Kin::stranger;
  }

  // -- what becomes of it
  core::SmsReceived signal(const core::Match& match) const {
    core::SmsReceived signal;
    signal.from = {facts_.person.name, facts_.person.email, sms_.from, facts_.person.organisation};
    if (signal.from.email.empty() && !facts_.emails.empty()) signal.from.email = facts_.emails.front();
    signal.text = sms_.text;
    signal.relation = match.relation;
    signal.join_reason = match.reason;
    signal.score = match.score;
    signal.kin = match.kin;
    return signal;
  }

  ports::Message message(core::CaseNumber number, const char* state, const std::string& why) const {
    ports::Message m;
    m.number = number;
    m.channel = core::Channel::sms;
    m.from = sms_.from;
    m.text = sms_.text;
    m.at = desk_.now();
    m.state = state;
    m.join_reason = why;
    m.message_id = id_;
    m.content_key = "sms";
    return m;
  }

  Result<Filed> open(const core::Match& match) {
    core::SmsReceived received = signal(match);
    HEJNAL_TRY(core::Facts facts, desk_.facts(core::Case{}));
    facts.candidates = match.candidates;
    facts.suggestions = match.suggestions;
    facts.mentions = match.mentions;
    HEJNAL_TRY_VOID(desk_.prepare_opening(facts));
    HEJNAL_TRY(const auto found, found_set_aside(facts.number, received));
    HEJNAL_TRY(received.offered, desk_.offers_of(found));
    Filed filed;
    filed.number = facts.number;
    HEJNAL_TRY(filed.message, store_.add_message(message(facts.number, "opened", match.reason), {}));
    received.message = filed.message;
    HEJNAL_TRY_VOID(learn(received.from.name, received.from.email, filed.message));
    // The email of it will say the same, by its header; and what is answered now names it.
    for (const std::string& address : facts_.emails)
      HEJNAL_TRY_VOID(desk_.note_report(address, report_code_, filed.number));
    HEJNAL_TRY_VOID(desk_.turn(core::Case{}, received, facts));
    for (const core::FoundMail& mail : found) {
      if (mail.joins) HEJNAL_TRY_VOID(desk_.join_set_aside(mail.message, filed.number, mail.reason));
    }
    desk_.changes_.push_back({0, filed.number, "message"});
    return filed;
  }

  // Set-aside mail that may be the email that this SMS announces.
  Result<std::vector<core::FoundMail>> found_set_aside(core::CaseNumber number,
                                                       const core::SmsReceived& received) {
    core::Candidate waiting;
    waiting.number = number;
    waiting.email_missing = true;
    waiting.opened_at = waiting.sent_at = desk_.now();
    waiting.words_text = sms_.text;
    waiting.client = received.from;
    return desk_.found_for(waiting);
  }

  Result<Filed> join(const core::Match& match) {
    core::SmsReceived received = signal(match);
    HEJNAL_TRY(const core::Case c, desk_.load(match.number));
    if (core::client_through(c, match.through)) received.through = match.through;
    Filed filed;
    filed.number = c.number;
    HEJNAL_TRY(filed.message,
               store_.add_message(
                   message(received.through != 0 ? received.through : c.number, "joined", match.reason), {}));
    received.message = filed.message;
    // A code that only the client was told says whose number it is.
    const core::TookOver* other = core::client_through(c, received.through);
    const std::string& of_code = other ? other->client.email : c.client.email;
    HEJNAL_TRY_VOID(learn(received.from.name, match.kin == core::Kin::code ? of_code : received.from.email,
                          filed.message));
    HEJNAL_TRY_VOID(desk_.turn(c, received));
    desk_.changes_.push_back({0, filed.number, "message"});
    return filed;
  }

  // An agent has said that nothing of this number is a case. It is kept, and somebody owes it one look a day.
  Result<Filed> set_aside() {
    Filed filed;
    HEJNAL_TRY(filed.message,
               store_.add_message(
                   message(0, "set_aside", "an agent has said that SMS of this number are not cases"), {}));
    HEJNAL_TRY_VOID(desk_.plan_review());
    return filed;
  }

  // Weak until an agent confirms it: who names an address in an SMS only claims it.
  Status learn(const std::string& name, const std::string& email, core::MessageId message) {
    if (has(refused_, email)) return {};
    if (!email.empty() && !has(confirmed_, email)) {
      HEJNAL_TRY_VOID(
          store_.note_number({0, sms_.from, email, "sms", message, desk_.now(), core::Standing::learnt, {}}));
    }
    return store_.learn_person({name, {}, sms_.from, {}});
  }

  Desk& desk_;
  ports::Store& store_;
  const ports::IncomingSms& sms_;
  const std::string& id_;
  std::string report_code_;  // of a client's hejnal
  core::SmsFacts facts_;
  std::set<std::string> confirmed_, learnt_, refused_, organisation_;  // addresses
  std::set<core::CaseNumber> refused_cases_;
  bool never_a_case_ = false;
  std::vector<core::Candidate> candidates_;
};

Result<Filed> Desk::file_sms(const ports::IncomingSms& sms, const std::string& id) {
  return SmsFiler(*this, sms, id).file();
}

}  // namespace hejnal::desk

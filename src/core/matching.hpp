// Which case does a message belong to? Pure scoring with a stated reason. In doubt a message opens a case of
// its own: a case too many is seen by a person, a report hidden in the wrong case is lost.
//
// Laws: a reference or tag alone never joins (the sender must have to do with the case); a telephone number
// alone never joins; nothing joins a closed case, or another organisation's.
#pragma once

#include <string>
#include <vector>

#include "core/procedure.hpp"
#include "core/types.hpp"

namespace hejnal::core {

// A case that might be meant, as the desk found it.
struct Candidate {
  CaseNumber number = 0;
  State state = State::fresh;
  bool email_missing = false;
  Instant opened_at, sent_at;
  std::string base_subject, words_text;   // subject without prefixes; what its client wrote first
  std::vector<std::string> participants;  // addresses of its conversation, lower case
  Party client;
  CaseNumber through = 0;   // the merged case that is meant, which lives on as `number`; 0: itself
  bool referred = false;    // by In-Reply-To, References, tag or token of the message
  std::string referred_by;  // "a reference", "the tag in the subject" ...
};

struct EmailFacts {
  std::string from;  // addr-spec, lower case
  std::string base_subject, words_text;
  std::string whole_text;  // with its signature and quotations
  Instant sent_at;
  std::vector<std::string> own_domains;  // the desk's: nobody's organisation
  std::vector<std::string> phones;       // of the sender: known ones and those of the signature
};

struct SmsFacts {
  std::string from;  // E.164
  Party person;      // whom the number belongs to, as far as known
  std::string text;
  std::vector<std::string> codes;   // words of the text that look like short codes
  std::vector<std::string> emails;  // addresses in the text
  Instant at;
  CaseNumber case_of_code = 0;
  CaseNumber through_code = 0;  // where the code is of a case that was merged: that case
};

struct Match {
  CaseNumber number = 0;  // 0: opens a case
  Relation relation = Relation::opens;
  std::string reason;
  CaseNumber mentions = 0;  // a case it refers to but may not join
  std::vector<CaseNumber> candidates;
  CaseNumber through = 0;  // the merged case that it came through
};

Match match_email(const EmailFacts& email, const std::vector<Candidate>& candidates);
Match match_sms(const Procedure& procedure, const SmsFacts& sms, const std::vector<Candidate>& candidates);

bool is_freemail(
    std::string_view domain);  // where everybody may have an address: says nothing of an organisation
std::string_view domain_of(std::string_view address);
// 0..100: how much two texts are the same words.
int likeness(std::string_view a, std::string_view b);
// Telling words that both texts have, by their stems.
std::vector<std::string> shared_words(std::string_view a, std::string_view b);

}  // namespace hejnal::core

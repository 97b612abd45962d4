// Which case does a message belong to? Pure scoring with a stated reason. In doubt a message opens a case of
// its own: a case too many is seen by a person, a report hidden in the wrong case is lost.
//
// Laws: a reference or tag alone never joins (the sender must have to do with the case); a telephone number
// alone never joins; nothing joins a closed case, or another organisation's, or one that a person has said
// the number has nothing to do with.
//
// An SMS is weighed against each case by points: so many for what its sender has to do with the case (Kin),
// so many for each thing that speaks for that very matter. At kJoins it joins, unless another case is within
// kNear; words that name another matter take everything away but the kinship.
#pragma once

#include <optional>
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
  CaseNumber through = 0;  // the merged case that is meant, which lives on as `number`; 0: itself
  // Of an SMS: how its sender has to do with the case; what an agent has said of the two; when the client
  // last wrote by email, and what.
  Kin kin = Kin::person;
  bool refused = false;
  std::optional<Instant> last_email_at = {};
  std::string latest_text = {};
  bool same_report = false;   // the report of a client's hejnal, by its code and its sender
  bool other_report = false;  // ... and this one is known by another code
  bool referred = false;      // by In-Reply-To, References, tag or token of the message
  std::string referred_by;    // "a reference", "the tag in the subject" ...
};

struct EmailFacts {
  std::string from;  // addr-spec, lower case
  std::string base_subject, words_text;
  std::string whole_text;  // with its signature and quotations
  Instant sent_at;
  std::vector<std::string> own_domains;  // the desk's: nobody's organisation
  std::vector<std::string> phones;       // of the sender: known ones and those of the signature
  bool report_again = false;             // a step of a client's hejnal, not a later word of it
};

// What a client's hejnal calls its report, in an SMS of it ("... Ref. K7M2PQ."); empty: nothing.
std::string report_code_in(std::string_view text);

struct SmsFacts {
  std::string from;  // E.164
  Party person;      // whom the number belongs to, as far as known
  std::string text;
  std::vector<std::string> codes;    // words of the text that look like short codes
  std::vector<std::string> emails;   // addresses in the text
  std::vector<std::string> domains;  // of addresses and sites in the text
  Instant at;
  CaseNumber case_of_code = 0;
  // That case was found by the code of a client's hejnal and the address of its sender: both stand in what
  // others may have got a copy of, so the case is meant, and the number is not yet the client's.
  bool code_of_report = false;
  CaseNumber through_code = 0;  // where the code is of a case that was merged: that case
  // A client's hejnal has sent it: by its code it is of one report, and of nothing else that is open.
  bool of_a_report = false;
};

inline constexpr int kJoins = 60;  // points
inline constexpr int kNear = 15;
inline constexpr std::size_t kSuggestionsMax = 5;

struct Match {
  CaseNumber number = 0;  // 0: opens a case
  Relation relation = Relation::opens;
  std::string reason;
  CaseNumber mentions = 0;  // a case it refers to but may not join
  std::vector<CaseNumber> candidates;
  CaseNumber through = 0;  // the merged case that it came through
  int score = 0;           // of what it joins
  Kin kin = Kin::person;
  std::vector<Suggestion> suggestions = {};  // the best candidates, the best first
};

Match match_email(const EmailFacts& email, const std::vector<Candidate>& candidates);
Match match_sms(const Procedure& procedure, const SmsFacts& sms, const std::vector<Candidate>& candidates);

bool is_freemail(
    std::string_view domain);  // where everybody may have an address: says nothing of an organisation
std::string_view domain_of(std::string_view address);
// 0..100: how much two texts are the same words.
int likeness(std::string_view a, std::string_view b);
// The text says that an email was sent or will be, for the first time: such an SMS may be all that is left of
// it.
bool announces_email(std::string_view text);
// The words of a text that tell its matter, cut to their stems, in order.
using Stems = std::vector<std::string>;
Stems telling_stems(std::string_view text);
// Telling words that both texts have, by their stems; of `b` the stems will do.
std::vector<std::string> shared_words(std::string_view a, std::string_view b);
std::vector<std::string> shared_words(std::string_view a, const Stems& stems_b);
// Why this email may be the one that the SMS of `c` had announced; empty when nothing but the person fits.
std::string announced_by(const EmailFacts& email, const Candidate& c);

}  // namespace hejnal::core

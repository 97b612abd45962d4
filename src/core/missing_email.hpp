// An SMS waits for its email. Mail was set aside (spam, robots, a sender who could not be
// authenticated): is it among it? Pure scoring with a stated reason. What the rules for an announced email
// would join is joined; what a robot has written or anybody may have forged, and what only looks alike, is
// offered to a person.
#pragma once

#include <string>
#include <vector>

#include "core/matching.hpp"

namespace hejnal::core {

// Why a mail was set aside whose From may be anybody's.
inline constexpr std::string_view kNotAuthenticated = "its sender could not be authenticated (DMARC failed)";

struct SetAsideMail {
  MessageId message = 0;
  EmailFacts mail;
  bool automatic = false;
  std::string why;   // it was set aside
  Stems stems = {};  // telling_stems() of its subject and words; may be left out
};

struct FoundMail {
  MessageId message = 0;
  bool joins = false;  // else it is offered
  int score = 0;
  std::string reason;
};

// `waiting` is a case that waits for its email. The best first, at most three; at most one of them joins.
std::vector<FoundMail> search_set_aside(const Candidate& waiting, const std::vector<SetAsideMail>& mails);

// The client of `c` has typed the text, and the email itself is still awaited: may this be it? A client who
// has typed once writes about other matters, too: so only what speaks of the same, and was sent about when
// the SMS announced it or says much the same again.
bool may_be_awaited(const Candidate& c, const EmailFacts& email);

}  // namespace hejnal::core

// The law of the email that never came: what was announced and lost is known to the desk within the wait and
// a minute, and its sender knows it, too.
#include <fmt/core.h>

#include "sim/laws.hpp"

namespace hejnal::sim {

// Mail that was set aside has become part of a case. Who knows what it is about sees whether it belongs
// there.
void Laws::found_set_aside(CaseAccount& account, const core::Received& received) {
  const auto found = set_aside_.find(received.message);
  if (found == set_aside_.end()) return;
  const MatterId matter = found->second;
  set_aside_.erase(found);
  if (matter == 0) return;
  if (!account.matters.empty() && !account.matters.contains(matter))
    broken("no_announced_loss_hidden", account.c.number,
           "set-aside mail of another matter was taken for a lost one");
  account.matters.insert(matter);
  mailed_.insert(matter);
  ++account.told_emails;
}

void Laws::watch_announced(const Accepted& in) {
  if (mailed_.contains(in.matter)) return;
  const Instant deadline = last_turn_ + missing_after_ + 1min;
  announced_.push_back({in.matter, in.number, in.message, deadline, deadline + 24h});
}

void Laws::check_known(Instant by) {
  for (; !announced_.empty() && announced_.front().deadline <= by; announced_.pop_front()) {
    Announced one = announced_.front();
    if (mailed_.contains(one.matter)) continue;
    const CaseAccount* account = find(living(one.number));
    if (account && account->c.channel == core::Channel::web)
      continue;  // a report on the page: its text is here
    // Its email may be here, and who has brought it has had no answer in a crash: that one will come again.
    if (account && !account->c.email_missing && account->emails > account->told_emails && by < one.latest) {
      one.deadline = by + 10min;
      announced_.push_back(one);
      continue;
    }
    if (!account || !account->c.email_missing) {
      broken("announced_loss_is_known", one.number,
             fmt::format("the email of message {} is not here, and nobody knows", one.message));
    } else if (account->rings == 0 && !account->c.human_reaction) {
      broken("announced_loss_is_known", one.number, "nobody on call was told");
    } else {
      known_.push_back(one);
    }
  }
}

// Where the server was down or the disk was ill, what was due has happened by now.
void Laws::check_told() {
  for (const Announced& one : known_) {
    const CaseAccount* account = find(living(one.number));
    if (!account || account->c.number != one.number || !account->c.email_missing) continue;
    if (account->c.state != core::State::closed && !account->told_of_missing)
      broken("announced_loss_is_known", one.number, "its sender was not told");
  }
  known_.clear();
}

}  // namespace hejnal::sim

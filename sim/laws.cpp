#include "sim/laws.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hejnal::sim {

namespace {

constexpr std::int64_t kHour = 3'600'000;

template <class T>
bool has(const WrittenTurn& turn) {
  for (const core::Entry& e : turn.entries) {
    if (std::holds_alternative<T>(e.body)) return true;
  }
  return false;
}

bool of_an_agent(core::NoticeKind kind) {
  return kind == core::NoticeKind::answer || kind == core::NoticeKind::question;
}

// The turn sends what an agent has written, or an agent has cancelled it.
bool leaves_or_cancelled(const WrittenTurn& turn) {
  return std::any_of(turn.entries.begin(), turn.entries.end(), [](const core::Entry& e) {
    const auto* said = std::get_if<core::Said>(&e.body);
    const auto* acted = std::get_if<core::Acted>(&e.body);
    return (said && of_an_agent(said->what)) || (acted && acted->action == core::Action::cancel);
  });
}

// Time alone has caused this turn: the desk speaks first, and not of something that was returned.
bool by_alarm(const WrittenTurn& turn) {
  return !turn.entries.empty() && turn.entries.front().by == "desk" && !has<core::Fate>(turn);
}

}  // namespace

void Laws::broken(std::string law, core::CaseNumber number, std::string what, core::CaseNumber other) {
  if (violations_.size() < 10) violations_.push_back({std::move(law), std::move(what), number, other});
}

const CaseAccount* Laws::find(core::CaseNumber number) const {
  const auto found = accounts_.find(number);
  return found == accounts_.end() ? nullptr : &found->second;
}

core::CaseNumber Laws::living(core::CaseNumber number) const {
  for (const CaseAccount* a = find(number); a && a->c.merged_into != 0; a = find(number))
    number = a->c.merged_into;
  return number;
}

void Laws::committed(const WrittenTurn& turn) {
  check_known(turn.at);  // as it was until now
  CaseAccount& account = accounts_[turn.after.number];
  digest_.add(turn.after.number);
  digest_.add(turn.at);
  for (const core::Entry& entry : turn.entries) digest_.add(entry);
  if (turn.at < last_turn_)
    broken("time_never_goes_back", turn.after.number,
           fmt::format("{} was written after {}", format_rfc3339(turn.at), format_rfc3339(last_turn_)));
  last_turn_ = std::max(last_turn_, turn.at);
  for (const core::Entry& entry : turn.entries) {
    check_entry(account, entry, turn);
    core::apply(account.c, entry);
  }
  check_state(account, turn);
}

void Laws::check_entry(CaseAccount& account, const core::Entry& entry, const WrittenTurn& turn) {
  const core::CaseNumber number = turn.after.number;
  if (const auto* received = std::get_if<core::Received>(&entry.body)) {
    if (account.first_message == 0) account.first_message = received->message;
    account.last_relation = received->relation;
    if (received->channel == core::Channel::email) ++account.emails;
    if (received->channel == core::Channel::web && typed_ != 0) mailed_.insert(typed_);
    found_set_aside(account, *received);
    ++(received->automatic ? account.robot_messages : account.human_messages);
    if (account.c.state == core::State::closed && !received->automatic)
      broken("closed_never_joined", number, fmt::format("message {} joined it", received->message));
    if (received->automatic && has<core::Said>(turn))
      broken("machine_never_argues", number,
             fmt::format("message {} of a machine was answered", received->message));
  } else if (const auto* rang = std::get_if<core::Rang>(&entry.body)) {
    check_ring(account, *rang, entry, turn);
  } else if (const auto* breached = std::get_if<core::Breached>(&entry.body)) {
    const auto& debt = account.c.debt(breached->promise);
    if (!debt || debt->due > entry.at || debt->breached)
      broken("nothing_early", number, fmt::format("the {} was called overdue", to_string(breached->promise)));
  } else if (const auto* dropped = std::get_if<core::Dropped>(&entry.body)) {
    const auto& timer = account.c.timer(dropped->timer);
    if (!timer) {
      broken("nothing_twice", number, fmt::format("{} ended twice", to_string(dropped->timer)));
    } else if (dropped->timer == core::Timer::answer && !leaves_or_cancelled(turn)) {
      broken("written_words_leave", number, "a delayed answer was dropped in silence");
    } else if (by_alarm(turn)) {
      if (*timer > entry.at)
        broken("nothing_early", number, fmt::format("{} happened", to_string(dropped->timer)));
      check_late(number, entry.at, (entry.at - *timer).count(), to_string(dropped->timer).data());
    }
  } else if (const auto* became = std::get_if<core::Became>(&entry.body)) {
    if (became->state == core::State::settled) ++account.settled;
  } else if (const auto* found = std::get_if<core::EmailFound>(&entry.body)) {
    if (found->channel == core::Channel::web) account.typed = true;
  } else if (const auto* withheld = std::get_if<core::Withheld>(&entry.body)) {
    if (withheld->what == core::NoticeKind::missing_email) account.told_of_missing = true;
  } else if (const auto* said = std::get_if<core::Said>(&entry.body)) {
    if (said->what == core::NoticeKind::missing_email) account.told_of_missing = true;
    check_said(account, *said, entry, turn);
  } else if (const auto* acted = std::get_if<core::Acted>(&entry.body)) {
    check_answer(account, *acted, turn);
  }
}

// Whatever else happens to an answer, the clients get it: the case's own, and those of merged cases.
void Laws::check_answer(const CaseAccount& account, const core::Acted& acted, const WrittenTurn& turn) {
  if (acted.action == core::Action::ask) ++accounts_[turn.after.number].questions;
  if (acted.action == core::Action::absorb) {
    const CaseAccount& other = accounts_[acted.other];
    CaseAccount& into = accounts_[turn.after.number];
    into.matters.insert(other.matters.begin(), other.matters.end());
    into.parties.insert(other.parties.begin(), other.parties.end());
    into.clients.insert(other.clients.begin(), other.clients.end());
  }
  if (acted.action != core::Action::answer && acted.action != core::Action::ask) return;
  for (const core::TookOver& client : core::clients_of(account.c)) {
    const core::Party& party = client.client;
    const std::string& email = party.email.empty() ? client.answer_to : party.email;
    const bool told = std::any_of(turn.entries.begin(), turn.entries.end(), [&](const core::Entry& e) {
      const auto* said = std::get_if<core::Said>(&e.body);
      const auto* withheld = std::get_if<core::Withheld>(&e.body);
      return (said && of_an_agent(said->what) && (said->to == party.phone || said->to == email)) ||
             (withheld && of_an_agent(withheld->what));
    });
    if (!told)
      broken("clients_are_answered", turn.after.number,
             fmt::format("an answer did not go to {} {}", party.email, party.phone));
  }
}

void Laws::check_ring(CaseAccount& account, const core::Rang& rang, const core::Entry& entry,
                      const WrittenTurn& turn) {
  const core::CaseNumber number = turn.after.number;
  const auto& debt = account.c.debt(rang.promise);
  ++account.rings;
  if (!debt || rang.n != debt->rings + 1) {
    broken("nothing_twice", number, fmt::format("ring {} of {}", rang.n, to_string(rang.promise)));
    return;
  }
  if (by_alarm(turn)) {
    if (debt->ring_at > entry.at) broken("nothing_early", number, fmt::format("ring {} came early", rang.n));
    check_late(number, entry.at, (entry.at - debt->ring_at).count(), "a ring");
  }
  if (rang.ring_at <= entry.at)
    broken("nothing_twice", number, fmt::format("ring {} is followed by one at the same time", rang.n));
}

// What was due before the desk last had nothing to do should have happened then.
void Laws::check_late(core::CaseNumber number, Instant at, std::int64_t late_ms, const char* what) {
  if (at - Duration(late_ms) < rest_ && at > rest_)
    broken("nothing_skipped", number,
           fmt::format("{} came {} late, at {}, though at {} nothing was due", what,
                       format_duration(Duration(late_ms)), format_rfc3339(at), format_rfc3339(rest_)));
}

void Laws::check_said(CaseAccount& account, const core::Said& said, const core::Entry& entry,
                      const WrittenTurn& turn) {
  const core::CaseNumber number = turn.after.number;
  using enum core::NoticeKind;
  ++notices_;
  if (said.notice != account.c.notices + 1)
    broken("nothing_twice", number, fmt::format("notice {} follows {}", said.notice, account.c.notices));
  if (said.what == answer || said.what == question) return;
  // What each of them is owed for: once a case, once a message, once a ring ...
  std::string owed_for(to_string(said.what));
  switch (said.what) {
    case receipt:
    case resend_receipt:
    case rejected_call:
      owed_for += fmt::format(" message {}", account.human_messages + account.robot_messages);
      break;
    case outage_update:  // each word of an outage once; while the clock stands, several may come at one time
      owed_for += fmt::format(" of turn {}", turn.after.entries);
      break;
    case no_reply:
      owed_for += fmt::format(" question {}", account.questions);
      break;
    case settled:
      owed_for += fmt::format(" settling {}", account.settled);
      break;
    case alert:
      owed_for += fmt::format(" ring {}", account.rings);
      break;
    case receipt_by_sms:
    case unreachable:
      owed_for += fmt::format(" entry {}", account.c.lost_notices.size());
      break;
    default:
      break;
  }
  owed_for += fmt::format(" {} {}", to_string(said.channel), said.to);
  if (!account.said.insert(owed_for).second)
    broken("nothing_twice", number, fmt::format("\"{}\" was said before", owed_for));
  if (said.what == alert || said.what == unreachable || said.what == left_out) return;
  if (robots_.contains(said.to)) broken("machine_never_argues", number, "automatic mail to " + said.to);
  const std::int64_t hour = entry.at.ms / kHour;
  const int allowed = budget_.per_address * (1 + restarts_[hour]) + 1;
  InThisHour& heard = automatic_[said.to];
  if (heard.hour != hour) heard = {hour, 0};
  if (++heard.count > allowed)
    broken("machine_never_argues", number,
           fmt::format("more than {} automatic words to {} in an hour", allowed, said.to));
}

void Laws::check_state(const CaseAccount& account, const WrittenTurn& turn) {
  const core::Case& mine = account.c;
  const WrittenTurn::After& theirs = turn.after;
  const bool closed = mine.state == core::State::closed;
  if (closed == core::alarm(mine).has_value() || closed == core::next(mine).has_value())
    broken("one_next_thing_or_closed", mine.number,
           fmt::format("state {}, {} alarm, {} next", to_string(mine.state), core::alarm(mine) ? "an" : "no",
                       core::next(mine) ? "a" : "nothing"));
  if (mine.entries != theirs.entries || mine.state != theirs.state || core::alarm(mine) != theirs.alarm ||
      mine.notices != theirs.notices || mine.class_name != theirs.class_name || mine.step != theirs.step)
    broken("replay_equals_state", mine.number,
           fmt::format("{} entries here, {} there", mine.entries, theirs.entries));
}

void Laws::unsure(std::vector<WrittenTurn> turns) {
  for (WrittenTurn& turn : turns) unsure_.push_back(std::move(turn));
}

// A commit that failed may have reached the disk all the same; what the store has now is what has happened.
void Laws::restarted(ports::Store& store) {
  ++restarts_[last_turn_.ms / kHour];
  for (const WrittenTurn& turn : std::exchange(unsure_, {})) {
    const CaseAccount* account = find(turn.after.number);
    const std::int64_t mine = account ? account->c.entries : 0;
    const auto journal = store.journal(turn.after.number);
    if (!journal || mine + static_cast<std::int64_t>(turn.entries.size()) != turn.after.entries) continue;
    if (static_cast<std::int64_t>(journal->size()) >= turn.after.entries) committed(turn);
  }
}

void Laws::at_rest(Instant desk_now) {
  rest_ = std::max(rest_, desk_now);
  check_known(rest_);
  check_told();
}

}  // namespace hejnal::sim

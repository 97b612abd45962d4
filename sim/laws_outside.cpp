// The laws about what comes in and what leaves.
#include <fmt/core.h>

#include "base/check.hpp"
#include "sim/laws.hpp"
#include "sim/random.hpp"

namespace hejnal::sim {

void Laws::left(const ports::Outgoing& outgoing, int life) {
  const core::Notice& notice = outgoing.notice;
  digest_.add(outgoing.message_id);
  digest_.add(outgoing.words.subject);
  digest_.add(outgoing.words.text);
  if (notice.channel == core::Channel::email) {
    // Everything that its bytes are made of, for most letters have none here (sampled.hpp).
    const ports::Letter& letter = outgoing.letter;
    digest_.add(letter.to);
    digest_.add(letter.to_name);
    digest_.add(letter.in_reply_to);
    digest_.add(letter.at);
    digest_.add(letter.automatic);
    digest_.add(letter.answers_a_mail);
    digest_.add(outgoing.mail.envelope_from);
    digest_.add(outgoing.mail.bytes);
  }
  const auto [found, first] = sent_.try_emplace(outgoing.message_id, life, false);
  auto& [last_life, again] = found->second;
  if (!first && !again) {
    // After a crash an email goes again under the same id, and so do alerts; other SMS never do.
    const bool may = last_life != life && (notice.channel == core::Channel::email || notice.to_desk());
    if (!may) broken("nothing_twice", notice.number, "it left twice: " + outgoing.message_id);
  }
  last_life = life;
  again = false;
  const CaseAccount* account = find(notice.number);
  const bool of_a_case = notice.number != 0;  // the daily look and words about SMS stand in no journal
  if (of_a_case && (!account || account->c.notices < notice.id))
    broken("nothing_unrecorded", notice.number,
           fmt::format("notice {} left before it was written down", notice.id));
}

void Laws::put_off(const std::string& message_id) { sent_[message_id].second = true; }

void Laws::accepted(const Accepted& in) {
  const auto [found, first] = kept_.try_emplace(in.id);
  if (!first || in.duplicate) {
    // The second delivery of what was accepted; or the first one's answer was lost in a crash.
    if (!first && !in.duplicate)
      broken("accepted_is_kept", in.number, fmt::format("{} was taken twice for a new message", in.id));
    if (!first) return;
    if (in.mail && !in.marked && in.matter != 0) mailed_.insert(in.matter);
  }
  found->second = {in.message, in.mail ? content_hash(in.bytes) : std::string(), in.mail};
  kept_order_.push_back(&found->second);
  if (in.mail) ++incoming_mails_;
  const CaseAccount* filed = find(in.number);
  if (in.ours && filed && filed->first_message == in.message)
    broken("own_mail_opens_nothing", in.number, fmt::format("{} has opened a case", in.id));
  if (in.mail && in.number == 0 && in.message != 0) set_aside_[in.message] = in.matter;
  if (in.mail && in.number != 0) ++accounts_[living(in.number)].told_emails;
  if (in.matter == 0 || in.number == 0) return;
  const core::CaseNumber number = living(in.number);
  check_join(in, accounts_[number]);
  CaseAccount& account = accounts_[number];
  if (!in.mail && !in.automatic) judge_sms(in, account);
  // Of an SMS that was cut off on its way nobody can tell that it announced another email.
  const bool misled = in.cut && !account.matters.empty() && !account.matters.contains(in.matter);
  account.matters.insert(in.matter);
  account.parties.insert(in.party);
  account.clients.insert(in.who);
  OfCase& own = cases_of_[in.matter][number];
  own.told = own.told || in.names_matter;
  if (in.mail) {
    mailed_.insert(in.matter);
    if (!own.last_mail) own.first_mail = in.at;
    own.last_mail = in.at;
  }
  if (in.tells_number || in.names_address) numbers_told_.insert(in.who);
  if (in.original && account.first_message == in.message) opened_by_.try_emplace(in.matter, in.number);
  if (in.announces && !misled) watch_announced(in);
}

void Laws::reported(core::CaseNumber number, MatterId matter, int who, const std::string& party) {
  CaseAccount& account = accounts_[number];
  account.matters.insert(matter);
  account.parties.insert(party);
  account.clients.insert(who);
  cases_of_[matter][number].told = true;
  mailed_.insert(matter);  // its text is here, so nothing is lost
  numbers_told_.insert(who);
}

void Laws::called(core::CaseNumber number, MatterId matter, int who, const std::string& party) {
  CaseAccount& account = accounts_[living(number)];
  account.matters.insert(matter);
  account.parties.insert(party);
  account.clients.insert(who);
}

// Enough for who reads no minds: the desk has seen the number beside the client's address, or the SMS names
// that; and the case is known to be about what the SMS names, or the SMS names nothing and came right after
// an email of that case, or when its next step was due.
bool Laws::could_tell(const Accepted& in, const OfCase& own) const {
  if (!numbers_told_.contains(in.who) && !in.names_address) return false;
  if (in.names_matter) return own.told;
  if (!own.last_mail) return false;
  if (in.at - *own.last_mail <= 14min) return true;
  const Duration since = in.at - own.first_mail;
  return (since >= 2h && since <= 150min) || (since >= 24h && since <= 30h);
}

void Laws::judge_sms(const Accepted& in, const CaseAccount& account) {
  // "Yes." may come when the question is not open any more: then nobody can tell what it was about.
  if (in.answers) return;
  bool is_there = false, told = false;
  for (const auto& [number, own] : cases_of_[in.matter]) {
    const CaseAccount* one = find(living(number));
    if (!one || one->c.state == core::State::closed || one->first_message == in.message) continue;
    is_there = true;
    told = told || could_tell(in, own);
  }
  if (account.first_message == in.message) {
    ++(!is_there ? matching_.opened_right : told ? matching_.asked : matching_.untold);
    return;
  }
  if (account.matters.empty() || unheard_of_.contains(in.matter)) return;
  const bool right = account.matters.contains(in.matter);
  ++(right ? matching_.joined_right : matching_.joined_wrong);
  if (!right && !in.cut)
    broken("sms_joins_its_matter", in.number, fmt::format("message {} joined another one", in.message));
  if (!account.parties.empty() && !account.parties.contains(in.party))
    broken("no_sms_in_a_foreign_case", in.number, fmt::format("an SMS of {} has joined it", in.party));
}

// Whoever knows what a message is about sees whether it hides something where it went.
void Laws::check_join(const Accepted& in, CaseAccount& account) {
  if (in.automatic || in.cut || unheard_of_.contains(in.matter)) return;
  const bool stranger = !account.matters.empty() && !account.matters.contains(in.matter);
  if (stranger && in.announces && !mailed_.contains(in.matter))
    broken("no_announced_loss_hidden", in.number,
           "an SMS about a lost email joined the case of another matter");
  const bool of_a_call = account.c.channel == core::Channel::call;
  if (of_a_call && account.first_message != in.message && in.announces && !mailed_.contains(in.matter) &&
      !account.c.email_missing)
    broken("no_announced_loss_hidden", in.number, "an SMS about a lost email joined a case without one");
  if (stranger && in.mail && account.first_message != in.message) {
    bool another_waits = true;
    for (const MatterId m : account.matters) another_waits = another_waits && !mailed_.contains(m);
    // Where the text was typed nobody waits any more: a new matter in an old thread hides nothing.
    another_waits = another_waits && (!account.typed || account.last_relation == core::Relation::announced);
    if (another_waits)
      broken("no_announced_loss_hidden", in.number, "the email of another matter was taken for a lost one");
  }
  const auto first = opened_by_.find(in.matter);
  if (!in.resend || !in.original || first == opened_by_.end()) return;
  const CaseAccount* same = find(living(first->second));
  if (same && same->c.state != core::State::closed && living(in.number) != same->c.number)
    broken("resend_same_case", in.number,
           fmt::format("it was sent again, and case {} has the first one", first->second), first->second);
}

void Laws::examine(Disk& disk, Dice& dice) {
  const Status verified = disk.verify();
  if (!verified) broken("replay_equals_state", 0, verified.error().what);
  std::vector<core::MessageId> sample;
  std::vector<const Kept*> expected;
  for (int i = 0; i < 200 && !kept_order_.empty(); ++i) {
    const Kept& kept = *kept_order_[dice.below(kept_order_.size())];
    if (!kept.mail || kept.message == 0) continue;
    sample.push_back(kept.message);
    expected.push_back(&kept);
  }
  const auto originals = disk.originals(sample);
  if (!originals) return broken("accepted_is_kept", 0, originals.error().what);
  for (std::size_t i = 0; i < sample.size(); ++i) {
    if (content_hash((*originals)[i]) != expected[i]->hash)
      broken("accepted_is_kept", 0, fmt::format("the original of message {} is not what came", sample[i]));
  }
  const auto there = disk.incoming_mails();
  if (!there || *there != incoming_mails_)
    broken("accepted_is_kept", 0,
           fmt::format("{} mails were accepted, {} are there", incoming_mails_, there ? *there : -1));
  for (const auto& [number, account] : accounts_) {
    const auto due = core::alarm(account.c);
    if (due && *due < rest_) broken("nothing_skipped", number, "it was due at " + format_rfc3339(*due));
  }
}

void Laws::must_be_over(ports::Store& store) {
  for (const auto& [number, account] : accounts_) {
    if (account.c.state == core::State::closed) continue;
    broken("comes_to_rest", number, fmt::format("it is still {}", to_string(account.c.state)));
    return;
  }
  const auto queued = store.next_try();
  if (!queued || *queued) broken("comes_to_rest", 0, "notices are still queued");
  const auto pending = store.notices_in(core::NoticeState::handing_over);
  if (!pending || !pending->empty()) broken("comes_to_rest", 0, "notices are still being handed over");
}

}  // namespace hejnal::sim

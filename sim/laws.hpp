// The laws of the house, checked with every commit, against a second, independent account of what has
// happened. The account is fed by the store's watcher (what the desk has decided), by the carriers (what was
// accepted, what has left) and by those who know the truth (which matter a message is about).
//
// A broken law is told once, by name, with the case that it happened in; the simulation then ends.
#pragma once

#include <deque>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <unordered_map>

#include "desk/budget.hpp"
#include "ports/dispatcher.hpp"
#include "sim/digest.hpp"
#include "sim/disk.hpp"
#include "sim/random.hpp"
#include "sim/watched_store.hpp"

namespace hejnal::sim {

using MatterId = int;  // what a client has on the mind; 0: none

struct Violation {
  std::string law, what;
  core::CaseNumber number = 0, other = 0;
};

// What the laws know of a case besides the case.
struct CaseAccount {
  core::Case c;
  core::MessageId first_message = 0;
  std::set<MatterId> matters;
  std::set<std::string> parties;  // who has written in it: firms, or persons
  std::set<int> clients;
  std::set<std::string> said;  // automatic words to the client, by what they were owed for
  int human_messages = 0, robot_messages = 0, settled = 0, questions = 0;
  std::int64_t rings = 0;
  core::Relation last_relation = core::Relation::opens;  // of the latest message
  int emails = 0, told_emails = 0;  // received; and known to the laws by those who have brought them
  bool typed = false;               // its client has typed what the email had said
  bool told_of_missing = false;     // its sender knows that the email is not here, or it was withheld
};

class Laws {
 public:
  // `missing_after`: Rules::email_missing_after.
  Laws(desk::BudgetLimits budget, Duration missing_after) : budget_(budget), missing_after_(missing_after) {}

  // -- what happens
  void committed(const WrittenTurn& turn);
  void unsure(std::vector<WrittenTurn> turns);  // their commit failed: known only after the next restart
  void restarted(ports::Store& store);
  void at_rest(Instant desk_now);  // nothing is due any more at this time of the desk
  void left(const ports::Outgoing& outgoing, int life);
  void put_off(const std::string& message_id);  // so it may leave again
  struct Accepted {
    std::string id;     // its Message-ID, or the gateway's
    std::string bytes;  // of a mail
    bool mail = false, resend = false, announces = false, automatic = false;
    MatterId matter = 0;
    core::CaseNumber number = 0;
    core::MessageId message = 0;
    bool duplicate = false, original = false, ours = false;
    bool marked = false;  // a spam filter has marked it
    Instant at;
    int who = -1;
    std::string party;
    bool tells_number = false;   // a mail with the number in its signature
    bool names_matter = false;   // it says what it is about
    bool names_address = false;  // an SMS that names the client's
    bool cut = false;            // of which only the beginning has come
    bool answers = false;        // an SMS of a few words, to a question of the desk
  };
  void accepted(const Accepted& in);
  // What came by no carrier: a telephone call, a report of the page.
  void called(core::CaseNumber number, MatterId matter, int who, const std::string& party);
  void reported(core::CaseNumber number, MatterId matter, int who, const std::string& party);

  // What became of the SMS, by those who know what each was about.
  struct Matching {
    std::int64_t joined_right = 0;  // the open case of its matter
    std::int64_t joined_wrong = 0;  // another one
    std::int64_t asked = 0;   // its own case, though an open one was its, and enough was known to see that
    std::int64_t untold = 0;  // its own case, and nothing told that an open one was its
    std::int64_t opened_right = 0;  // its own case, and none was there

    Matching& operator+=(const Matching& more) {
      joined_right += more.joined_right;
      joined_wrong += more.joined_wrong;
      asked += more.asked;
      untold += more.untold;
      opened_right += more.opened_right;
      return *this;
    }
  };
  const Matching& matching() const { return matching_; }
  // What is typed on a page until nothing (0) is: written down, it is here, whether its client hears so or
  // not.
  void types(MatterId matter) { typed_ = matter; }
  // It may have been taken just before a crash: where it is, nobody has heard.
  void unheard_of(MatterId matter) { unheard_of_.insert(matter); }
  void forbid_automatic_to(const std::string& robot) { robots_.insert(robot); }

  // -- looking at everything there is; dear
  void examine(Disk& disk, Dice& dice);
  void must_be_over(ports::Store& store);

  void broken(std::string law, core::CaseNumber number, std::string what, core::CaseNumber other = 0);
  const std::vector<Violation>& violations() const { return violations_; }
  const CaseAccount* find(core::CaseNumber number) const;
  const std::unordered_map<core::CaseNumber, CaseAccount>& accounts() const { return accounts_; }
  core::CaseNumber living(core::CaseNumber number) const;
  Digest& digest() { return digest_; }
  std::int64_t cases() const { return static_cast<std::int64_t>(accounts_.size()); }
  std::int64_t notices() const { return notices_; }

 private:
  struct OfCase;
  struct Kept {
    core::MessageId message = 0;
    std::string hash;
    bool mail = false;
  };
  void check_entry(CaseAccount& account, const core::Entry& entry, const WrittenTurn& turn);
  void check_ring(CaseAccount& account, const core::Rang& rang, const core::Entry& entry,
                  const WrittenTurn& turn);
  void check_said(CaseAccount& account, const core::Said& said, const core::Entry& entry,
                  const WrittenTurn& turn);
  void check_answer(const CaseAccount& account, const core::Acted& acted, const WrittenTurn& turn);
  void check_state(const CaseAccount& account, const WrittenTurn& turn);
  void check_late(core::CaseNumber number, Instant at, std::int64_t late_ms, const char* what);
  void check_join(const Accepted& in, CaseAccount& account);
  void found_set_aside(CaseAccount& account, const core::Received& received);
  void watch_announced(const Accepted& in);
  void check_known(Instant by);  // of those whose time was over by then
  void check_told();             // the same, once nothing is due any more
  void judge_sms(const Accepted& in, const CaseAccount& account);
  bool could_tell(const Accepted& in, const OfCase& own) const;

  desk::BudgetLimits budget_;
  std::unordered_map<core::CaseNumber, CaseAccount> accounts_;
  std::unordered_map<std::string, Kept> kept_;
  std::vector<const Kept*> kept_order_;  // to take samples from
  std::unordered_map<std::string, std::pair<int, bool>>
      sent_;  // by Message-ID: in which life; may leave again
  struct InThisHour {
    std::int64_t hour = 0;
    int count = 0;
  };
  std::unordered_map<std::string, InThisHour> automatic_;  // by address; time never goes back
  std::map<std::int64_t, int> restarts_;                   // by hour
  std::set<std::string> robots_;
  std::map<MatterId, core::CaseNumber> opened_by_;  // the case that a matter's first mail opened
  MatterId typed_ = 0;
  std::set<MatterId> mailed_;  // some mail of it has been accepted
  // An SMS has announced an email. By the deadline it is here, or the desk knows that it is not.
  struct Announced {
    MatterId matter = 0;
    core::CaseNumber number = 0;
    core::MessageId message = 0;
    Instant deadline;
    Instant latest;  // a mail whose answer got lost is brought again by then
  };
  const Duration missing_after_;
  std::deque<Announced> announced_;
  std::vector<Announced> known_;                             // and its sender has to know
  std::unordered_map<core::MessageId, MatterId> set_aside_;  // mail that is in no case
  struct OfCase {                                            // what has gone to a case about one matter
    bool told = false;                                       // something that says what it is about
    Instant first_mail;
    std::optional<Instant> last_mail;
  };
  std::map<MatterId, std::map<core::CaseNumber, OfCase>> cases_of_;
  std::set<int> numbers_told_;  // whose number the desk has seen beside the address
  std::set<MatterId> unheard_of_;
  Matching matching_;
  std::vector<WrittenTurn> unsure_;
  std::vector<Violation> violations_;
  Instant last_turn_, rest_;
  std::int64_t notices_ = 0, incoming_mails_ = 0;
  Digest digest_;
};

}  // namespace hejnal::sim

// The people of both sides. At a hejnal desk agents work on cases, by day and when an alert wakes them. At
// other providers a person has a mailbox and a mobile phone: reads by day, overlooks things, answers by
// email, from a colleague's address, in a new mail or by SMS, is away with an out-of-office program, or has a
// ticket system that sends receipts, marked or not. On the client's side somebody looks at our news and
// settles what is answered; others have no hejnal and carry the procedure out by hand, or forget to.
#pragma once

#include <map>
#include <set>
#include <string>
#include <vector>

#include "sim/two_sided/laws.hpp"
#include "sim/two_sided/roads.hpp"

namespace hejnal::sim::two_sided {

class DeskAgents {
 public:
  DeskAgents(Scene& scene, Side& desk, ReportLaws& laws) : scene_(scene), desk_(desk), laws_(laws) {}

  void turned(const WrittenTurn& turn);
  void alerted(core::CaseNumber number, bool by_sms);
  void work_everything_off();

 private:
  void plan(core::CaseNumber number, Duration at_least, Duration at_most);
  void work(core::CaseNumber number);
  void finish(core::CaseNumber number);
  bool act(core::CaseNumber number, core::Action action, const std::string& text = {});

  Scene& scene_;
  Side& desk_;
  ReportLaws& laws_;
  struct Open {
    core::State state = core::State::fresh;
    bool owes = false, planned = false;
  };
  std::map<core::CaseNumber, Open> cases_;
  int sweeps_ = 0;
};

// A provider without a hejnal.
class Technician {
 public:
  struct Habits {
    std::string email, colleague, number;
    int tickets = 0;  // 0: no ticket system; 1: marked receipts; 2: receipts that say nothing of a machine
  };
  Technician(Scene& scene, Roads& roads, ReportLaws& laws, Habits habits);

  void stop_forgetting() { reliable_ = true; }
  bool mute = false;  // nobody ever answers

 private:
  struct Seen {
    std::string client, subject, code, last_id, number;  // whom to answer, and to what
    bool has_mail = false, planned = false, reacted = false, answered = false;
  };
  bool got(const std::shared_ptr<Letter>& letter);
  bool got(const Text& text);
  void read_later(int matter, Duration at_least, Duration at_most);
  void read(int matter);
  void say(int matter, const std::string& words);
  void by_program(const Letter& letter, const std::string& subject, const std::string& text, bool marked);
  Seen& of(int matter);

  Scene& scene_;
  Roads& roads_;
  ReportLaws& laws_;
  const Habits habits_;
  std::map<int, Seen> seen_;
  Instant away_until_;
  bool away_marked_ = true, reliable_ = false;
};

// The client's own people around its hejnal.
class Owner {
 public:
  Owner(Scene& scene, Side& side, ReportLaws& laws) : scene_(scene), side_(side), laws_(laws) {}

  bool patient = false;             // does nothing by itself
  void told(const Letter& letter);  // news of ours
  void reported(const core::SentReport& r);
  void settle_everything();
  void act(core::ReportId id, core::sent::Signal signal);

 private:
  Scene& scene_;
  Side& side_;
  ReportLaws& laws_;
  std::set<core::ReportId> planned_, given_up_;
};

// Clients who carry the procedure out by hand.
class ByHand {
 public:
  struct To {
    std::string email, number;
    std::string provider;
  };
  ByHand(Scene& scene, Roads& roads, ReportLaws& laws, std::vector<To> providers);

  void live(int reports_a_year);
  void stop() { writing_ = false; }
  struct Account {
    std::int64_t reports = 0, known = 0, answered = 0, forgotten = 0;
  };
  Account account() const;

 private:
  struct Written {
    int person = 0, matter = 0;
    To to;
    std::string subject, text, first_id;
    bool heard = false, forgotten = false;
  };
  void write(std::size_t which, bool again, bool with_sms);

  Scene& scene_;
  Roads& roads_;
  ReportLaws& laws_;
  std::vector<To> providers_;
  std::vector<Written> written_;
  bool writing_ = true;
};

}  // namespace hejnal::sim::two_sided

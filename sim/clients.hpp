// The people who report. Most follow the procedure: they write, wait two hours or a day, send it again with
// an SMS, reply, thank. Some do not: they send again at odd times, write a new mail instead, answer old mails
// with new matters, text first and write hours later, go on holiday with an out-of-office program. And some
// are machines.
//
// They know what each of their messages is about and tell the laws (Truth). Two limits keep them honest where
// nobody could tell matters apart: a client does not write about the same topic again within two months, and
// an SMS names its topic whenever the client has another matter under way.
#pragma once

#include <map>
#include <string>
#include <unordered_map>
#include <vector>

#include "sim/post.hpp"
#include "sim/topics.hpp"
#include "sim/world.hpp"

namespace hejnal::sim {

struct Matter {
  MatterId id = 0;
  std::size_t client = 0;
  const Topic* topic = nullptr;
  std::string subject, text, first_id;
  int urgency = 0;  // 0 routine, 1 urgent, 2 critical
  int reminders = 0, replies = 0;
  bool heard = false;     // a person of the desk has said something
  bool answered = false;  // and it was the answer
};

class Clients {
 public:
  Clients(World& world, Post& post, House house);

  void live(int matters_a_year);  // begin writing
  void stop() { writing_ = false; }
  void got(const ports::Outgoing& outgoing);  // something for one of them has arrived
  const Matter* matter(MatterId id) const {
    return id > 0 && id <= static_cast<MatterId>(matters_.size())
               ? &matters_[static_cast<std::size_t>(id) - 1]
               : nullptr;
  }

 private:
  struct Client {
    std::string name, email, phone;
    bool misfit = false, signs = false;
    Instant away_until;
    bool away_marks_mail = true;    // its out-of-office program says that it is a machine
    std::string party;              // the firm, or the address where there is none
    std::string last_mail_of_desk;  // an old thread to misuse
    std::vector<MatterId> recent;
  };

  void plan_next(int matters_a_year);
  void begin_matter();
  void write(Matter& m, const std::string& subject, const std::string& text, bool resend,
             std::string thread = {});
  void text_about(Matter& m, bool resend);
  void colleague_texts(MatterId id);
  Truth truth_of(const Matter& m, std::size_t who) const;
  void remind_later(MatterId id, Duration wait);
  void misbehave(MatterId id);
  void type_text(MatterId id, core::CaseNumber link);
  void press(core::CaseNumber link, bool works);
  void got_answer(Matter& m, const ports::Outgoing& outgoing);
  void out_of_office(const Client& client, const ports::Outgoing& outgoing);
  void run_robots();
  Matter& at(MatterId id) { return matters_[static_cast<std::size_t>(id) - 1]; }
  bool has_another(const Matter& m) const;

  World& world_;
  Post& post_;
  House house_;
  bool writing_ = true;
  std::vector<Client> clients_;
  std::unordered_map<std::string, std::size_t> by_address_;  // and by number
  std::vector<Matter> matters_;
  std::map<std::pair<std::string, std::size_t>, Instant> topic_used_;  // by party and topic
};

}  // namespace hejnal::sim

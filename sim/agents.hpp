// The people of the desk: they work by day, sleep at night, answer most things, forget some, and are woken by
// alerts.
#pragma once

#include <set>
#include <string>

#include "sim/post.hpp"
#include "sim/world.hpp"

namespace hejnal::sim {

class Agents {
 public:
  Agents(World& world, Post& post, House house);

  void changed(const WrittenTurn& turn);      // the console shows it
  void got(const ports::Outgoing& outgoing);  // an alert has arrived
  void work_everything_off();                 // from now on nothing is forgotten for longer than a day

 private:
  void plan_work(core::CaseNumber number, Duration at_least, Duration at_most);
  void work(core::CaseNumber number);
  void finish(core::CaseNumber number);
  void settle_when_over(core::CaseNumber number);
  void answer_by_sms(const core::Notice& alert);
  void act(core::CaseNumber number, core::Action action, std::string text = {}, std::string class_name = {},
           Duration delay = {});
  void merge_where_it_belongs(core::CaseNumber number);
  void merge_with_another(core::CaseNumber number);
  Duration until_working_hours() const;
  void sweep();

  World& world_;
  Post& post_;
  House house_;
  std::set<core::CaseNumber> planned_, woken_;
  int sweeps_ = 0;
};

}  // namespace hejnal::sim

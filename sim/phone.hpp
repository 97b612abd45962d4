// Outages, people who phone at the wrong time, and the two who call them back.
//
// Callers phone during outages and outside of them, several times, from two numbers of their own or from one
// that nobody knows; some hang up before anybody answers. While no failure is open an exchange puts calls
// through, and tells what came of them: late, never, or after the server has crashed. Other calls are written
// down hours later. Numbers that nobody writes from are confirmed for a few people, two for one of them, and
// change hands again. Outages overlap, and some are back a few minutes after the all-clear. Ola and Jan work
// the same list at the same time; one of them now and then takes a callback and forgets it, writes one off,
// or reaches nobody.
//
// Laws: every call that was taken in is kept in a callback; one that was put through and that nobody is said
// to have answered owes one; no callback is due while a failure is open; nobody is called by two agents,
// and nobody is owed two calls at once; in the end every callback is paid or written off with a reason.
#pragma once

#include <map>
#include <set>
#include <string>

#include "sim/simulate.hpp"
#include "sim/world.hpp"

namespace hejnal::sim {

class Telephone {
 public:
  explicit Telephone(World& world) : world_(world) {}

  void live(int outages_a_year);
  void stop();  // outages end, nobody phones any more, and the list is worked off
  void told();  // the desk says that somebody is to be called
  void must_be_over(ports::Store& store);
  void break_once(Mutation mutation) { mutation_ = mutation; }

 private:
  void end_all_outages();
  void plan_outage();
  void plan_call();
  void plan_hands();
  void a_number_changes_hands();
  std::string any_phone();
  void begin_outage(bool again);
  void attach(core::OutageId id, core::CaseNumber number);
  void end_outage(core::OutageId id, bool may_come_back);
  void somebody_phones(const std::string& phone, int times);
  void an_exchange_asks(const std::string& phone);
  void an_exchange_tells(const desk::Desk::PhoneCall& call);
  void work();
  void plan_work();
  void check(ports::Store& store, bool failure_open);
  void call_back(core::CallbackId id);

  bool broken(Mutation mutation);  // it is to happen now, once
  void make_due(ports::Store& store);
  void accepted(const std::string& id, core::CallbackId callback);

  World& world_;
  bool living_ = true, working_ = false;
  int outages_a_year_ = 0, looks_ = 0;
  std::set<core::OutageId> open_;
  int ids_ = 0;  // each call has one of its own
  int hands_ = 0;
  std::set<std::string>
      owed_;  // calls that the desk has said it has, and that nobody was said to have answered
  Mutation mutation_ = Mutation::none;
};

}  // namespace hejnal::sim

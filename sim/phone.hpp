// Outages, people who phone at the wrong time, and the two who call them back.
//
// Callers phone during outages and outside of them, several times, from two numbers of their own or from one
// that nobody knows; some hang up before anybody answers. Outages overlap, and some are back a few minutes
// after the all-clear. Ola and Jan work the same list at the same time; one of them now and then takes a
// callback and forgets it, writes one off, or reaches nobody.
//
// Laws: every call that was taken in is kept in a callback; no callback is due while a failure is open;
// nobody is called by two agents; in the end every callback is paid or written off with a reason.
#pragma once

#include <set>
#include <string>

#include "sim/world.hpp"

namespace hejnal::sim {

class Telephone {
 public:
  explicit Telephone(World& world) : world_(world) {}

  void live(int outages_a_year);
  void stop();  // outages end, nobody phones any more, and the list is worked off
  void told();  // the desk says that somebody is to be called
  void must_be_over(ports::Store& store);

 private:
  void end_all_outages();
  void plan_outage();
  void begin_outage(bool again);
  void attach(core::OutageId id, core::CaseNumber number);
  void end_outage(core::OutageId id, bool may_come_back);
  void somebody_phones(const std::string& phone, int times);
  void work();
  void plan_work();
  void check(ports::Store& store, bool failure_open);
  void call_back(core::CallbackId id);

  World& world_;
  bool living_ = true, working_ = false;
  int outages_a_year_ = 0, looks_ = 0;
  std::set<core::OutageId> open_;
  std::int64_t kept_ = 0;  // calls that the desk has said it has
};

}  // namespace hejnal::sim

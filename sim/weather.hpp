// How often which fault happens. Each seed has its own weather, not uniform noise: some faults are absent
// from a world, some are frequent in it. Rates are per mille, of each message or each occasion.
//
// Fault model of the world. On the way in, a mail or an SMS may vanish, come late, come twice (same bytes) or
// overtake another, and of an SMS only the beginning may come; a mail may be marked as spam; whoever brings
// it keeps it until the desk has taken it. On the way out, a mail may be refused at once, be put off (4xx),
// come back as a bounce, come back whole to the desk's own address (a forwarding that leads in a circle), or
// vanish. The process may die just before a commit, just after it, before and after handing over a message;
// what was unsynced is then lost wholly or in part. The disk may fail or be full for some minutes. The clock
// may be set forward or back. Agents sleep and forget. Never modelled: two faults of the disk that destroy
// what was synced, and a clock that runs at a wrong speed.
#pragma once

#include "sim/random.hpp"

namespace hejnal::sim {

struct Weather {
  int in_lost = 0, in_late = 0, in_twice = 0;
  int in_marked = 0;  // a spam filter takes a client's mail for something else
  int sms_lost = 0, sms_late = 0, sms_twice = 0, sms_cut = 0;
  int out_refused = 0, out_put_off = 0, out_bounced = 0, out_lost = 0, out_slow = 0, out_returns = 0;
  int dies_before_commit = 0, dies_after_commit = 0, dies_around_sending = 0;  // per 100,000
  int disk_ill_a_day = 0, clock_step_a_day = 0;
  int agent_forgets = 0, robots = 0, misfits = 0;  // misfits: clients who do not follow the procedure
  int merges = 0;                                  // an agent takes two clients' matters for one failure
};

Weather weather_of(Dice& dice);
Weather calm(Weather weather);  // the same world when the faults have stopped

}  // namespace hejnal::sim

#include "sim/weather.hpp"

namespace hejnal::sim {

Weather weather_of(Dice& dice) {
  // Absent, light or heavy.
  const auto rate = [&](int light, int heavy) {
    const auto kind = dice.below(3);
    return kind == 0 ? 0 : static_cast<int>(dice.between(1, kind == 1 ? light : heavy));
  };
  Weather w;
  w.in_lost = rate(10, 120);
  w.in_late = rate(20, 200);
  w.in_twice = rate(10, 100);
  w.sms_lost = rate(10, 100);
  w.sms_late = rate(20, 200);
  w.sms_twice = rate(10, 100);
  w.out_refused = rate(3, 20);
  w.out_put_off = rate(20, 200);
  w.out_bounced = rate(5, 40);
  w.out_lost = rate(5, 50);
  w.out_slow = rate(20, 500);
  w.dies_before_commit = rate(10, 200);
  w.dies_after_commit = rate(10, 200);
  w.dies_around_sending = rate(10, 200);
  w.disk_ill_a_day = rate(10, 200);
  w.clock_step_a_day = rate(10, 200);
  w.agent_forgets = rate(50, 250);
  w.robots = rate(200, 1000);
  w.misfits = static_cast<int>(dice.between(50, 500));
  w.out_returns = rate(5, 50);
  w.merges = rate(10, 60);
  w.in_marked = rate(10, 80);
  w.sms_cut = rate(10, 100);
  return w;
}

Weather calm(Weather weather) {
  Weather w;
  w.misfits = weather.misfits;
  return w;
}

}  // namespace hejnal::sim

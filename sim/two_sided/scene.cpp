#include "sim/two_sided/scene.hpp"

namespace hejnal::sim::two_sided {

RoadWeather road_weather_of(Dice& dice) {
  const auto rate = [&](int light, int heavy) {
    const auto kind = dice.below(3);
    return kind == 0 ? 0 : static_cast<int>(dice.between(1, kind == 1 ? light : heavy));
  };
  RoadWeather w;
  w.email_lost = rate(50, 500);
  w.email_late = rate(20, 200);
  w.email_twice = rate(10, 100);
  w.email_bounced = rate(10, 60);
  w.email_put_off = rate(20, 300);
  w.email_refused = rate(5, 40);
  w.email_answer_lost = rate(5, 30);
  w.sms_lost = rate(50, 500);
  w.sms_late = rate(20, 200);
  w.sms_twice = rate(10, 100);
  w.sms_put_off = rate(20, 200);
  w.sms_refused = rate(5, 40);
  w.sms_uncertain = rate(5, 60);
  w.sms_told = dice.chance(600) ? 900 : 0;
  w.slow = rate(20, 500);
  w.dies_before_commit = rate(20, 300);
  w.dies_after_commit = rate(20, 300);
  w.dies_around_sending = rate(100, 1500);
  w.disk_ill_a_day = rate(5, 50);
  w.clock_step_a_day = rate(5, 50);
  w.forgets = rate(50, 400);
  w.away = rate(30, 300);
  w.odd_answers = rate(50, 300);
  return w;
}

Duration until_working_hours(Instant now) {
  const std::int64_t minute = now.ms / 60'000 + 60, of_day = minute % 1440, day = minute / 1440 % 7;
  const bool weekend = day == 2 || day == 3;  // 1970-01-03 was a Saturday
  if (!weekend && of_day >= 480 && of_day < 1020) return 0ms;
  std::int64_t wait = of_day < 480 ? 480 - of_day : 1440 - of_day + 480;
  for (std::int64_t d = (minute + wait) / 1440 % 7; d == 2 || d == 3; d = (d + 1) % 7) wait += 1440;
  return Duration(wait * 60'000);
}

}  // namespace hejnal::sim::two_sided

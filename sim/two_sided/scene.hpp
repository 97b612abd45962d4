// What everybody in a two-sided world shares: time, what is planned, the dice and the weather.
//
// Fault model. On its way an email may vanish without a word, come late, come twice (the same bytes), come
// back as a bounce; its first server may put it off, refuse it, or take it and lose the answer to that. An
// SMS may vanish, come late, come twice; its gateway may put it off, refuse it, or leave it open whether it
// was sent; what it tells of the delivery may be lost. Either program may die just before a commit, just
// after it, before and after it hands something over, and starts again from its store. The disk may fail or
// be full for some minutes; the clock may be set forward or back. People sleep, forget, go on holiday with an
// out-of-office program, and answer in ways that no program expects. Each seed has its own weather: some of
// this is absent from a world, some of it frequent. Rates are per mille, of each occasion.
#pragma once

#include <functional>

#include "sim/agenda.hpp"
#include "sim/crash.hpp"
#include "sim/random.hpp"

namespace hejnal::sim::two_sided {

struct RoadWeather {
  int email_lost = 0, email_late = 0, email_twice = 0, email_bounced = 0;
  int email_put_off = 0, email_refused = 0, email_answer_lost = 0;
  int sms_lost = 0, sms_late = 0, sms_twice = 0;
  int sms_put_off = 0, sms_refused = 0, sms_uncertain = 0, sms_told = 0;  // told: of those that arrive
  int slow = 0;                                                           // a server takes its time to answer
  int dies_before_commit = 0, dies_after_commit = 0, dies_around_sending = 0;  // per 100,000
  int disk_ill_a_day = 0, clock_step_a_day = 0;
  int forgets = 0, away = 0, odd_answers = 0;  // people
};

struct Scene {
  Instant now;
  Agenda agenda;
  Dice dice{1};
  RoadWeather weather;
  bool faults = true;

  void after(Duration delay, std::function<void()> what) { agenda.at(now + delay, std::move(what)); }
  bool dies(int per_100000) { return faults && dice.below(100'000) < static_cast<std::uint64_t>(per_100000); }
  bool chance(int per_mille) { return dice.chance(per_mille); }
  Duration between(Duration from, Duration to) { return dice.between(from, to); }
};

RoadWeather road_weather_of(Dice& dice);

// Until people work again in Poland; 0: they do now.
Duration until_working_hours(Instant now);

}  // namespace hejnal::sim::two_sided

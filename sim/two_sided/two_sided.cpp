#include "sim/two_sided/two_sided.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "json/value.hpp"
#include "sim/topics.hpp"
#include "sim/two_sided/world.hpp"

namespace hejnal::sim::two_sided {

namespace {

constexpr Duration kYear = 24h * 365;

class TwoSided {
 public:
  explicit TwoSided(const TwoSidedOptions& options)
      : options_(options),
        world_({options.seed, options.store}),
        by_hand_(world_.scene, world_.roads, world_.laws,
                 {{House().address, House().sms_number, "hejnal"},
                  {"biuro@serwis.example", "+48603000001", "serwis"}}) {}

  TwoSidedReport run() {
    Scene& scene = world_.scene;
    world_.start();
    const Instant beginning = scene.now;
    const auto length =
        Duration(static_cast<std::int64_t>(static_cast<double>(kYear.count()) * options_.years));
    for (std::size_t i = 0; i < world_.clients.size(); ++i) live(i);
    by_hand_.live(options_.by_hand_a_year);
    if (options_.mutation != TwoSidedMutation::none) scene.after(length / 3, [this] { break_something(); });
    world_.run_until(beginning + length);
    // First safety under faults; then the faults stop, and everything must come to rest.
    writing_ = false;
    by_hand_.stop();
    world_.stop_faults();
    world_.agents->work_everything_off();
    scene.after(24h * 50, [this] {
      for (auto& client : world_.clients) client.owner->settle_everything();
    });
    for (int day = 0; day < 150 && fine() && !world_.idle(); ++day) world_.run_until(scene.now + 24h);
    for (auto& client : world_.clients) {
      if (fine() && client.side->running()) world_.laws.must_be_over(*client.side);
      if (fine() && !client.side->running()) world_.laws.broken("comes_to_rest", 0, "a client is down");
    }
    if (fine() && !world_.idle()) world_.laws.broken("comes_to_rest", 0, "something is still to come");
    return report();
  }

 private:
  bool fine() const { return world_.laws.violations().empty(); }

  void live(std::size_t client) {
    Scene& scene = world_.scene;
    const Duration gap =
        kYear * static_cast<int>(world_.clients.size()) / std::max(options_.reports_a_year, 1);
    scene.after(scene.between(Duration(1s), 2 * gap), [this, client] {
      if (!writing_) return;
      const Topic& topic = topics()[world_.scene.dice.below(topics().size())];
      const auto kind = world_.scene.dice.below(10);
      const char* class_name = kind < 4 ? "routine" : kind < 7 ? "urgent" : "critical";
      const auto to = world_.scene.dice.below(10);
      world_.file(client,
                  to < 5   ? 0
                  : to < 8 ? 1
                           : 2,
                  class_name, std::string(topic.subject), std::string(topic.text));
      live(client);
    });
  }

  void break_something() {
    auto& client = world_.clients.front();
    switch (options_.mutation) {
      case TwoSidedMutation::none:
        return;
      case TwoSidedMutation::sleeps:
        client.side->sleep_until(world_.scene.now + 24h * 20);
        return;
      case TwoSidedMutation::nobody_is_told:
        for (auto& one : world_.clients) {
          one.gate->withheld = [](const ports::Outgoing& o) {
            return o.mail.envelope_to.starts_with("szef@");
          };
        }
        return;
      case TwoSidedMutation::leaves_after_answer:
        again_ = true;
        try_again_after_answer();
        return;
      case TwoSidedMutation::is_deaf:
        world_.deaf = true;
        return;
      case TwoSidedMutation::believes_machines:
        world_.believes = true;
        return;
      case TwoSidedMutation::does_not_repeat:
        for (auto& one : world_.clients) {
          one.gate->withheld = [side = one.side.get()](const ports::Outgoing& o) {
            const core::ReportName name = report_of(o.message_id);
            if (name.id == 0) return false;
            const core::SentReport r = side->report(name.id);
            const auto* sending = r.sending(name.n);
            if (sending == nullptr || sending->kind != core::SendingKind::report || r.lost == 0) return false;
            return std::any_of(r.sendings.begin(), r.sendings.end(), [&](const auto& other) {
              return other.kind == sending->kind && other.step == sending->step && other.n < name.n;
            });
          };
        }
        return;
      case TwoSidedMutation::two_in_a_case:
        world_.two_in_a_case = true;
        return;
      case TwoSidedMutation::sms_twice:
        client.gate->twice = true;
        return;
      case TwoSidedMutation::other_bytes:
        for (auto& one : world_.clients) one.gate->garble = true;
        return;
      case TwoSidedMutation::never_heard_of:
        for (auto& one : world_.clients) one.gate->swallow_answer = true;
        return;
    }
  }

  // The first email of a report that a person has answered, once more.
  void try_again_after_answer() {
    for (const Matter& m : world_.laws.matters()) {
      if (!again_ || !m.side || !m.reached || !m.side->running()) continue;
      const auto* first = m.r.sending(1);
      if (first == nullptr || first->channel != core::Channel::email) continue;
      ports::Outgoing once_more;
      once_more.message_id = first->message_id;
      world_.laws.attempted(*m.side, once_more, Gate::Went::taken);
      again_ = false;
    }
    if (again_) world_.scene.after(1h, [this] { try_again_after_answer(); });
  }

  TwoSidedReport report() {
    TwoSidedReport r;
    r.seed = options_.seed;
    r.years = options_.years;
    r.store = options_.store;
    const ReportLaws& laws = world_.laws;
    for (const Matter& m : laws.matters()) {
      if (!m.side) continue;
      ++r.reports;
      r.sent += static_cast<std::int64_t>(m.attempts.size());
      r.cases += static_cast<std::int64_t>(m.cases.size());
      if (m.person && m.r.acknowledged_at.has_value() + m.r.answered_at.has_value() > 0) {
        ++r.answered;
      } else if (m.told) {
        ++r.told;
      } else if (m.ended_by_client) {
        ++r.ended;
      }
    }
    r.crashes = world_.desk->life() - 1;
    for (const auto& client : world_.clients) r.crashes += client.side->life() - 1;
    r.proofs = laws.proofs;
    r.lost_with_sms = laws.watched_sms;
    const ByHand::Account hand = by_hand_.account();
    r.by_hand = hand.reports;
    r.by_hand_known = hand.known;
    r.by_hand_answered = hand.answered;
    r.digest = world_.laws.digest().hex();
    for (const auto& v : laws.violations())
      r.violations.push_back({v.law, v.what, world_.laws.story(v.matter)});
    return r;
  }

  TwoSidedOptions options_;
  BothSides world_;
  ByHand by_hand_;
  bool writing_ = true, again_ = false;
};

std::string percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

TwoSidedReport simulate_two_sides(const TwoSidedOptions& options) { return TwoSided(options).run(); }

std::string to_json(const TwoSidedReport& r) {
  json::Array violations;
  for (const BrokenLaw& v : r.violations) {
    json::Array story;
    for (const std::string& line : v.story) story.push_back(json::Value(line));
    violations.push_back(json::Object{{"law", v.law}, {"what", v.what}, {"story", std::move(story)}});
  }
  const auto whole = static_cast<std::int64_t>(r.years);
  const json::Value years = static_cast<double>(whole) == r.years ? json::Value(whole) : json::Value(r.years);
  return json::dump(json::Object{
      {"seed", r.seed},
      {"years", years},
      {"reports", r.reports},
      {"answered", r.answered},
      {"told", r.told},
      {"ended", r.ended},
      {"sent", r.sent},
      {"cases", r.cases},
      {"crashes", r.crashes},
      {"proofs", r.proofs},
      {"sms_without_email", r.lost_with_sms},
      {"by_hand", {{"reports", r.by_hand}, {"known", r.by_hand_known}, {"answered", r.by_hand_answered}}},
      {"digest", r.digest},
      {"violations", std::move(violations)}});
}

std::string to_text(const TwoSidedReport& r) {
  std::string out = fmt::format(
      "seed {}, {} years: {} reports by hejnal, {} messages of theirs, {} crashes\n"
      "a person has answered {} ({}); of {} the client knows that nobody has; {} were withdrawn\n"
      "{} SMS came before or without their email; {} proofs were read\n"
      "{} reports by hand: {} ({}) were known to the desk, {} ({}) were answered\n"
      "digest {}\n",
      r.seed, r.years, r.reports, r.sent, r.crashes, r.answered, percent(r.answered, r.reports), r.told,
      r.ended, r.lost_with_sms, r.proofs, r.by_hand, r.by_hand_known, percent(r.by_hand_known, r.by_hand),
      r.by_hand_answered, percent(r.by_hand_answered, r.by_hand), r.digest);
  for (const BrokenLaw& v : r.violations) {
    out += fmt::format("\nbroken law: {}: {}\n", v.law, v.what);
    for (const std::string& line : v.story) out += fmt::format("  {}\n", line);
  }
  if (!r.violations.empty())
    out += fmt::format("\nrepeat it: hejnal simulate --two-sided --seed {} --years {}{}\n", r.seed, r.years,
                       r.store == StoreKind::memory ? " --store memory" : "");
  return out;
}

}  // namespace hejnal::sim::two_sided

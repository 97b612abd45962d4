#include "sim/simulate.hpp"

#include <fmt/format.h>

#include "json/entry.hpp"
#include "json/value.hpp"
#include "sim/agents.hpp"
#include "sim/clients.hpp"
#include "sim/phone.hpp"
#include "sim/post.hpp"
#include "sim/world.hpp"

namespace hejnal::sim {

namespace {

constexpr Duration kYear = 24h * 365;
constexpr Duration kExamineEvery = 24h * 120;  // everything anew; the laws look at each commit anyway
constexpr std::size_t kStoryMax = 60;
constexpr int kOutagesAYear = 40;

House house_of(std::uint64_t seed) {
  House house;
  house.on_call.push_back({"Druga", "druga@wsparcie.example", "+48600000002"});
  if (seed % 2 == 0) house.delimiter.assign(1, '+');
  return house;
}

// The journal of a case, one line an entry, its middle left out where it is long.
std::vector<std::string> story_of(World& world, core::CaseNumber number) {
  std::vector<std::string> lines;
  if (number == 0) return lines;
  const auto journal = world.node.disk().journal(number);
  if (!journal) return lines;
  for (const core::Entry& entry : *journal)
    lines.push_back(fmt::format("{} {}", format_rfc3339(entry.at), json::dump(json::entry_object(entry))));
  if (lines.size() > kStoryMax) {
    const auto cut = static_cast<std::ptrdiff_t>(lines.size() - kStoryMax);
    lines.erase(lines.begin() + kStoryMax / 2, lines.begin() + kStoryMax / 2 + cut);
    lines.insert(lines.begin() + kStoryMax / 2, fmt::format("... {} entries ...", cut));
  }
  return lines;
}

class Simulation {
 public:
  explicit Simulation(const SimulationOptions& options)
      : options_(options),
        house_(house_of(options.seed)),
        post_(house_),
        world_(options.seed, house_, options.store, post_),
        clients_(world_, post_, house_),
        agents_(world_, post_, house_),
        telephone_(world_) {
    world_.disk_faults = options.disk_faults;
    post_.use(world_);
    post_.on_arrival([this](const ports::Outgoing& o) {
      if (o.notice.to_desk()) {
        if (o.notice.kind == core::NoticeKind::callbacks) telephone_.told();
        agents_.got(o);
      } else {
        clients_.got(o);
      }
    });
    world_.on_change([this](const WrittenTurn& turn) { agents_.changed(turn); });
  }

  SimulationReport run() {
    const Instant beginning = world_.now();
    const auto length =
        Duration(static_cast<std::int64_t>(static_cast<double>(kYear.count()) * options_.years));
    clients_.live(options_.matters_a_year);
    telephone_.live(kOutagesAYear);
    if (options_.mutation != Mutation::none)
      world_.after(length / 2, [this] {
        post_.break_once(options_.mutation);
        telephone_.break_once(options_.mutation);
      });
    for (Duration at = kExamineEvery; at < length && fine(); at += kExamineEvery) {
      world_.run_until(beginning + at);
      examine();
    }
    world_.run_until(beginning + length);
    // First safety under faults; then the faults stop, and everything must come to rest.
    clients_.stop();
    world_.stop_faults();
    agents_.work_everything_off();
    telephone_.stop();
    for (int day = 0; day < 150 && fine() && !world_.idle(); ++day) world_.run_until(world_.now() + 24h);
    examine();
    if (fine() && world_.node.running()) world_.laws.must_be_over(world_.node.desk().store());
    if (fine() && world_.node.running()) telephone_.must_be_over(world_.node.desk().store());
    if (fine() && !world_.node.running()) world_.laws.broken("comes_to_rest", 0, "the server is down");
    return report();
  }

 private:
  bool fine() const { return world_.laws.violations().empty(); }

  void examine() {
    if (!fine() || !world_.node.running()) return;
    if (world_.node.disk().has_failed()) world_.node.disk().heal();
    world_.node.desk().store().tidy();
    world_.laws.examine(world_.node.disk(), world_.dice);
  }

  SimulationReport report() {
    SimulationReport r;
    r.seed = options_.seed;
    r.years = options_.years;
    r.store = options_.store;
    r.cases = world_.laws.cases();
    r.signals = world_.signals;
    r.notices = world_.laws.notices();
    r.crashes = world_.node.lives() - 1;
    r.digest = world_.laws.digest().hex();
    r.matching = world_.laws.matching();
    for (const Violation& v : world_.laws.violations()) {
      BrokenLaw law{v.law, v.what, story_of(world_, v.number)};
      for (std::string& line : story_of(world_, v.other)) law.story.push_back(std::move(line));
      r.violations.push_back(std::move(law));
    }
    return r;
  }

  SimulationOptions options_;
  House house_;
  Post post_;
  World world_;
  Clients clients_;
  Agents agents_;
  Telephone telephone_;
};

}  // namespace

SimulationReport simulate(const SimulationOptions& options) { return Simulation(options).run(); }

namespace {

std::string percent(std::int64_t part, std::int64_t whole) {
  return whole == 0 ? "-"
                    : fmt::format("{:.1f} %", 100.0 * static_cast<double>(part) / static_cast<double>(whole));
}

}  // namespace

std::string matching_text(const Laws::Matching& m) {
  return fmt::format(
      "SMS: {} joined the right case, {} a wrong one (precision {}); {} were asked about (recall {}), {} "
      "told "
      "nothing; {} opened the first case of their matter\n",
      m.joined_right, m.joined_wrong, percent(m.joined_right, m.joined_right + m.joined_wrong), m.asked,
      percent(m.joined_right, m.joined_right + m.asked), m.untold, m.opened_right);
}

std::string to_json(const SimulationReport& r) {
  json::Array violations;
  for (const BrokenLaw& v : r.violations) {
    json::Array story;
    for (const std::string& line : v.story) story.push_back(json::Value(line));
    violations.push_back(json::Object{{"law", v.law}, {"what", v.what}, {"story", std::move(story)}});
  }
  const auto whole = static_cast<std::int64_t>(r.years);
  const json::Value years = static_cast<double>(whole) == r.years ? json::Value(whole) : json::Value(r.years);
  return json::dump(json::Object{{"seed", r.seed},
                                 {"years", years},
                                 {"cases", r.cases},
                                 {"signals", r.signals},
                                 {"notices", r.notices},
                                 {"crashes", r.crashes},
                                 {"digest", r.digest},
                                 {"matching",
                                  {{"joined_right", r.matching.joined_right},
                                   {"joined_wrong", r.matching.joined_wrong},
                                   {"asked", r.matching.asked},
                                   {"untold", r.matching.untold},
                                   {"opened_right", r.matching.opened_right}}},
                                 {"violations", std::move(violations)}});
}

std::string to_text(const SimulationReport& r) {
  std::string out =
      fmt::format("seed {}, {} years: {} cases, {} signals, {} notices, {} crashes\ndigest {}\n", r.seed,
                  r.years, r.cases, r.signals, r.notices, r.crashes, r.digest);
  out += matching_text(r.matching);
  for (const BrokenLaw& v : r.violations) {
    out += fmt::format("\nbroken law: {}: {}\n", v.law, v.what);
    for (const std::string& line : v.story) out += fmt::format("  {}\n", line);
  }
  if (!r.violations.empty())
    out += fmt::format("\nrepeat it: hejnal simulate --seed {} --years {}{}\n", r.seed, r.years,
                       r.store == StoreKind::memory ? " --store memory" : "");
  return out;
}

}  // namespace hejnal::sim

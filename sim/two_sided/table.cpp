#include "sim/two_sided/table.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/check.hpp"
#include "json/value.hpp"
#include "sim/topics.hpp"
#include "sim/two_sided/world.hpp"

namespace hejnal::sim::two_sided {

namespace {

constexpr std::array<const char*, 3> kClasses = {"critical", "urgent", "routine"};
constexpr Duration kBetween = 10min;

// In the base `prime`: the digits of i behind the point, the last one first.
double radical_inverse(unsigned i, unsigned prime) {
  double out = 0, digit = 1;
  for (; i > 0; i /= prime) out += static_cast<double>(i % prime) * (digit /= prime);
  return out;
}

double chance_of(std::uint64_t seed, std::uint64_t a, std::uint64_t b) {
  Dice dice(seed * 1'000'003 + a * 8191 + b);
  return static_cast<double>(dice.next() >> 11) * 0x1p-53;
}

// Is it lost? `which`: the report's place in its class.
bool lost(std::uint64_t seed, const Passing& p, unsigned which, double email, double sms) {
  static constexpr std::array<unsigned, 8> kPrimes = {2, 3, 5, 7, 11, 13, 17, 19};
  const bool by_sms = p.channel == core::Channel::sms;
  const auto nth = static_cast<std::uint64_t>(p.nth) * 4 + (by_sms ? 2 : 0) + (p.report ? 1 : 0);
  double u = 0;
  if (p.report && p.nth <= 4) {
    const auto prime = kPrimes[static_cast<std::size_t>((p.nth - 1) * 2 + (by_sms ? 1 : 0))];
    u = radical_inverse(which + 1, prime) + chance_of(seed, 0, nth);
    if (u >= 1) u -= 1;
  } else {
    u = chance_of(seed, which + 1, nth);
  }
  return u < (by_sms ? sms : email);
}

}  // namespace

std::vector<LossCell> losses(std::uint64_t seed, int reports, bool two_hejnals, int email_loss,
                             int sms_loss) {
  BothSidesOptions options;
  options.seed = seed;
  options.with_sms = sms_loss != LossCell::kNoSms;
  options.storm = 0;
  BothSides world(options);
  world.scene.weather = {};
  world.scene.faults = false;
  world.company->mute = true;
  for (auto& client : world.clients) client.owner->patient = true;
  std::map<int, unsigned> places;  // of those that count
  world.roads.decide_loss([&](const Passing& p) {
    const auto found = places.find(p.matter);
    return found != places.end() && lost(seed, p, found->second, email_loss / 100.0, sms_loss / 100.0);
  });
  world.start();
  const std::size_t provider = two_hejnals ? 0 : 1;
  std::vector<std::vector<int>> filed(kClasses.size());
  const auto file = [&](int n, std::size_t kind, bool counts) {
    const Topic& topic = topics()[static_cast<std::size_t>(n) % topics().size()];
    const std::size_t by = static_cast<std::size_t>(n) % world.clients.size();
    // Its first message leaves before file() is back.
    const int next = static_cast<int>(world.laws.matters().size()) + 1;
    if (counts) places[next] = static_cast<unsigned>(filed[kind].size());
    const int id =
        world.file(by, provider, kClasses[kind], std::string(topic.subject), std::string(topic.text));
    if (counts && id != 0) filed[kind].push_back(id);
    world.scene.after(25h, [&world, by, id] {
      if (id != 0 && world.laws.at(id).r.open())
        world.clients[by].owner->act(world.laws.at(id).report, core::sent::Settle{"klient", "", false});
    });
  };
  // The two know each other: of each client one report has come through before.
  for (std::size_t i = 0; i < world.clients.size(); ++i) file(static_cast<int>(i), 2, false);
  world.run_until(world.scene.now + 1h);
  // Two hejnals do not wait for the procedure's own steps: one class tells it all.
  std::vector<std::size_t> kinds = {2};
  if (!two_hejnals) kinds = {0, 1, 2};
  for (int n = 0; n < reports * static_cast<int>(kinds.size()); ++n) {
    file(n, kinds[static_cast<std::size_t>(n) % kinds.size()], true);
    world.run_until(world.scene.now + kBetween);
  }
  world.run_until(world.scene.now + 26h);
  HEJNAL_CHECK(world.laws.violations().empty());
  std::vector<LossCell> out;
  for (const std::size_t kind : kinds) {
    LossCell cell;
    cell.two_hejnals = two_hejnals;
    cell.class_name = kClasses[kind];
    cell.email_loss = email_loss;
    cell.sms_loss = sms_loss;
    for (const int id : filed[kind]) {
      const Matter& m = world.laws.at(id);
      for (std::size_t look = 0; look < kLookMinutes.size(); ++look)
        cell.known[look] +=
            m.known && *m.known <= m.opened + std::chrono::minutes(kLookMinutes[look]) ? 1 : 0;
    }
    out.push_back(std::move(cell));
  }
  return out;
}

LossTable loss_table(std::uint64_t seed, int reports) {
  LossTable table;
  table.seed = seed;
  table.reports = reports;
  const auto add = [&](bool two_hejnals, int email, int sms) {
    for (LossCell& cell : losses(seed, reports, two_hejnals, email, sms))
      table.cells.push_back(std::move(cell));
  };
  for (const bool two_hejnals : {false, true}) {
    for (const int email : kLossRates) {
      add(two_hejnals, email, LossCell::kNoSms);
      for (const int sms : kLossRates) add(two_hejnals, email, sms);
    }
  }
  return table;
}

const LossCell* LossTable::find(bool two_hejnals, std::string_view class_name, int email_loss,
                                int sms_loss) const {
  const auto found = std::find_if(cells.begin(), cells.end(), [&](const LossCell& c) {
    return c.two_hejnals == two_hejnals && c.class_name == class_name && c.email_loss == email_loss &&
           c.sms_loss == sms_loss;
  });
  return found == cells.end() ? nullptr : &*found;
}

std::string to_text(const LossTable& table) {
  std::string out = fmt::format(
      "Share of reports known to the desk 10 min, 2 h 10 min and 24 h 10 min after they were filed,\n"
      "in per cent of {} reports; seed {}. Across: loss of email. Down: loss of SMS.\n",
      table.reports, table.seed);
  for (const bool two_hejnals : {false, true}) {
    for (const char* class_name : kClasses) {
      if (table.find(two_hejnals, class_name, 0, 0) == nullptr) continue;
      out += fmt::format("\n{}, {}\n{:<12}", class_name,
                         two_hejnals ? "a hejnal at both ends" : "a person at the desk", "");
      for (const int email : kLossRates) out += fmt::format("{:>9} %           ", email);
      out += '\n';
      for (int row = -1; row < static_cast<int>(kLossRates.size()); ++row) {
        const int sms = row < 0 ? LossCell::kNoSms : kLossRates[static_cast<std::size_t>(row)];
        out += row < 0 ? fmt::format("{:<12}", "email alone") : fmt::format("SMS {:>3} %   ", sms);
        for (const int email : kLossRates) {
          const LossCell* cell = table.find(two_hejnals, class_name, email, sms);
          if (cell == nullptr) continue;
          for (const int known : cell->known) out += fmt::format(" {:>5.1f}", 100.0 * known / table.reports);
          out += "    ";
        }
        out += '\n';
      }
    }
  }
  return out;
}

std::string to_json(const LossTable& table) {
  json::Array cells;
  for (const LossCell& c : table.cells) {
    json::Array known;
    for (const int one : c.known) known.push_back(json::Value(one));
    cells.push_back(
        json::Object{{"two_hejnals", c.two_hejnals},
                     {"class", c.class_name},
                     {"email_loss", c.email_loss},
                     {"sms_loss", c.sms_loss < 0 ? json::Value(nullptr) : json::Value(c.sms_loss)},
                     {"known", std::move(known)}});
  }
  return json::dump(
      json::Object{{"seed", table.seed}, {"reports", table.reports}, {"cells", std::move(cells)}});
}

}  // namespace hejnal::sim::two_sided

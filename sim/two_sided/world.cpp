#include "sim/two_sided/world.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "config/procedure_file.hpp"

namespace hejnal::sim::two_sided {

using core::Channel;

namespace {

constexpr Instant kBeginning{1'795'392'000'000};  // 2026-11-23T00:00Z, a Monday

std::string client_address(std::size_t i) { return fmt::format("zgloszenia@klient{}.example", i); }
std::string client_owner(std::size_t i) { return fmt::format("szef@klient{}.example", i); }
std::string client_number(std::size_t i) { return fmt::format("+48602{:06}", i); }

constexpr const char* kCompany = "biuro@serwis.example";
constexpr const char* kTechnician = "jan.informatyk@gmail.com";

reporter::Settings providers_of(std::size_t client, const BothSidesOptions& options) {
  reporter::Settings s;
  s.sms_available = options.with_sms;
  s.zone = "Europe/Warsaw";
  s.tell = client_owner(client);
  if (client % 2 == 0) s.repeats_by = {Gate::kGateway};
  const auto add = [&](const std::string& name, const std::string& email, const std::string& number) {
    reporter::Provider p;
    p.name = p.title = name;
    p.email = email;
    p.sms_number = options.with_sms ? number : std::string();
    p.language = "pl";
    p.tell = s.tell;
    p.from = {fmt::format("Klient {}", client), client_address(client), client_number(client), {}};
    p.storm = options.storm;
    p.procedure_text = *config::builtin_procedure_text("pl");
    p.procedure = *config::builtin_procedure("pl");
    s.providers.push_back(std::move(p));
  };
  const House house;
  add("hejnal", house.address, house.sms_number);
  s.providers.back().addresses = {{"critical", house.critical_address}};
  add("serwis", kCompany, "+48603000001");
  add("jan", kTechnician, "+48603000002");
  s.providers[1].receipt_stops = (options.seed + client) % 4 == 0;
  return s;
}

}  // namespace

BothSides::BothSides(const BothSidesOptions& options)
    : laws(scene), roads(scene), desk_gate(scene, roads, House().sms_number, false, false) {
  scene.now = kBeginning;
  scene.dice = Dice(options.seed);
  scene.weather = road_weather_of(scene.dice);
  open_desk(options);
  company = std::make_unique<Technician>(scene, roads, laws,
                                         Technician::Habits{kCompany, "ola@serwis.example", "+48603000001",
                                                            static_cast<int>(scene.dice.below(3))});
  technician = std::make_unique<Technician>(scene, roads, laws,
                                            Technician::Habits{kTechnician, {}, "+48603000002", 0});
  clients.resize(static_cast<std::size_t>(options.clients));
  for (std::size_t i = 0; i < clients.size(); ++i) open_client(i, options);
}

BothSides::~BothSides() = default;

void BothSides::open_desk(const BothSidesOptions& options) {
  House house;
  house.written_out = 1;
  Side::Watch watch;
  watch.turned = [this](const WrittenTurn& turn) {
    laws.turned(*desk, turn);
    agents->turned(turn);
  };
  watch.reported = [](Side&, const core::SentReport&) {};
  watch.at_rest = [](Side&) {};
  desk = std::make_unique<Side>(scene, 0, house, options.store, desk_gate, reporter::Settings{}, watch);
  agents = std::make_unique<DeskAgents>(scene, *desk, laws);
  desk_gate.serve(
      *desk,
      [this](const ports::Outgoing& o) {
        Truth truth;
        const core::Notice& notice = o.notice;
        truth.within = notice.to_desk();
        if (notice.to_desk()) return truth;
        using enum core::NoticeKind;
        truth.matter = laws.matter_of(*desk, notice.number);
        truth.person = !notice.automatic();
        truth.reads =
            (notice.kind == acknowledgement || notice.kind == start_of_work || notice.kind == settled) &&
            laws.acted(*desk, notice.number).has_value();
        truth.machine = !truth.person && !truth.reads;
        truth.tells = o.letter.in_reply_to.starts_with("<hejnal-report.") ||
                      (notice.channel == Channel::sms && truth.matter != 0 && laws.at(truth.matter).side &&
                       o.words.text.find(laws.at(truth.matter).r.code) != std::string::npos) ||
                      (notice.channel == Channel::sms && truth.matter != 0 &&
                       laws.at(truth.matter).r.peer_case == std::to_string(notice.number) &&
                       o.words.text.find(std::to_string(notice.number)) != std::string::npos);
        truth.where = std::string(to_string(notice.kind));
        return truth;
      },
      [this](const ports::Outgoing& o, Gate::Went went) {
        if (went == Gate::Went::taken) laws.from_desk(*desk, o);
        if (o.notice.to_desk() && went == Gate::Went::taken)
          agents->alerted(o.notice.number, o.notice.channel == Channel::sms);
      });
  const auto gets = [this](const std::shared_ptr<Letter>& letter) {
    if (!letter->read && desk->running())
      letter->read = carriers::read_delivery(letter->delivery, desk->node().intake());
    desk::Filed filed;
    laws.arriving = &letter->truth;
    const auto taken = desk->ask([&](desk::Desk& d) -> Status {
      HEJNAL_TRY(filed, d.receive(*letter->read));
      return {};
    });
    laws.arriving = nullptr;
    if (!taken || !*taken) return false;
    core::CaseNumber number = filed.number;
    if (two_in_a_case && letter->truth.report) {
      const Matter& own = laws.at(letter->truth.matter);
      const auto& all = laws.matters();
      const auto other = std::find_if(all.begin(), all.end(), [&](const Matter& m) {
        return m.id != own.id && m.side && m.side == own.side && !m.cases.empty();
      });
      if (own.side && other != all.end()) {
        number = *other->cases.begin();
        two_in_a_case = false;
      }
    }
    laws.at_desk(desk.get(), letter->truth, Channel::email, number);
    return true;
  };
  roads.mailbox(house.address, gets);
  roads.mailbox(house.critical_address, gets);
  roads.telephone(house.sms_number, [this](const Text& text) {
    desk::Filed filed;
    laws.arriving = &text.truth;
    const auto taken = desk->ask([&](desk::Desk& d) -> Status {
      HEJNAL_TRY(filed, d.receive(text.sms));
      return {};
    });
    laws.arriving = nullptr;
    if (!taken || !*taken) return false;
    laws.at_desk(desk.get(), text.truth, Channel::sms, filed.number);
    return true;
  });
}

void BothSides::open_client(std::size_t i, const BothSidesOptions& options) {
  Client& client = clients[i];
  const bool recognises = i % 2 == 0;
  client.gate = std::make_unique<Gate>(scene, roads, client_number(i), recognises, i % 3 != 2);
  House house;
  house.address = client_address(i);
  house.critical_address = fmt::format("pilne@klient{}.example", i);
  house.sms_number = client_number(i);
  house.on_call = {{"Szef", client_owner(i), "+48605000001"}};
  Side::Watch watch;
  watch.turned = [](const WrittenTurn&) {};
  watch.reported = [this, i](Side& side, const core::SentReport& r) {
    laws.reported(side, r);
    clients[i].owner->reported(r);
  };
  watch.at_rest = [this](Side& side) { laws.at_rest(side); };
  client.side = std::make_unique<Side>(scene, static_cast<int>(i) + 1, house, options.store, *client.gate,
                                       providers_of(i, options), watch);
  client.owner = std::make_unique<Owner>(scene, *client.side, laws);
  client.gate->serve(
      *client.side,
      [this, side = client.side.get(), owner = client_owner(i)](const ports::Outgoing& o) {
        Truth truth;
        const core::ReportName name = report_of(o.message_id);
        const Matter* m = laws.find(*side, name.id);
        truth.within = m == nullptr || o.mail.envelope_to == owner;
        if (m == nullptr || truth.within) return truth;
        const core::SentReport r = side->report(name.id);
        const auto* sending = r.sending(name.n);
        truth.matter = m->id;
        truth.n = name.n;
        truth.report = sending != nullptr && (sending->kind == core::SendingKind::report ||
                                              sending->kind == core::SendingKind::sms);
        truth.where = fmt::format("sending {}", name.n);
        return truth;
      },
      [this, side = client.side.get()](const ports::Outgoing& o, Gate::Went went) {
        if (is_of_a_report(o)) laws.attempted(*side, o, went);
      });
  roads.mailbox(client_address(i),
                [this, i](const std::shared_ptr<Letter>& letter) { return client_gets(clients[i], letter); });
  roads.mailbox(client_owner(i), [this, i](const std::shared_ptr<Letter>& letter) {
    clients[i].owner->told(*letter);
    return true;
  });
  roads.telephone(client_number(i), [this, i](const Text& text) { return client_gets(clients[i], text); });
}

// As app/server.cpp with a mailbox of which only answers to our reports are taken.
bool BothSides::client_gets(Client& client, const std::shared_ptr<Letter>& letter) {
  Side& side = *client.side;
  Truth truth = letter->truth;
  if (!letter->read && side.running())
    letter->read = carriers::read_delivery(letter->delivery, side.node().intake());
  if (truth.person && std::exchange(believes, false)) truth.person = truth.reads = false;
  if (truth.matter != 0 && (truth.person || truth.reads)) laws.at(truth.matter).person = true;
  if (deaf && truth.matter != 0 && (truth.person || truth.reads) && truth.tells) {
    deaf = false;
    laws.at_client(side, truth, 0);
    return true;
  }
  core::ReportId report = 0;
  const auto taken = side.ask([&](desk::Desk& d) -> Status {
    HEJNAL_TRY(report, side.reporter().take(*letter->read, d.now()));
    return {};
  });
  if (!taken || !*taken) return false;
  laws.at_client(side, truth, report);
  return true;
}

bool BothSides::client_gets(Client& client, const Text& text) {
  Side& side = *client.side;
  if (text.truth.matter != 0 && (text.truth.person || text.truth.reads)) {
    laws.at(text.truth.matter).person = true;
    // Nothing says which report it is about: with one of them open it is taken for that one.
    if (!text.truth.tells) laws.somebody_spoke(side, laws.at(text.truth.matter).provider);
  }
  core::ReportId report = 0;
  const auto taken = side.ask([&](desk::Desk& d) -> Status {
    HEJNAL_TRY(report, side.reporter().take(text.sms, d.now()));
    return {};
  });
  if (!taken || !*taken) return false;
  laws.at_client(side, text.truth, report);
  return true;
}

void BothSides::start() {
  each_side([](Side& side) {
    side.start();
    side.plan_troubles();
  });
}

int BothSides::file(std::size_t client, std::size_t provider, const std::string& class_name,
                    const std::string& subject, const std::string& text) {
  Side& side = *clients[client].side;
  const reporter::Provider& to = side.providers().providers[provider];
  core::SentReport filed;
  int id = 0;
  const auto done = side.ask([&](desk::Desk& d) -> Status {
    HEJNAL_TRY(filed, side.reporter().file({to.name, class_name, subject, text}, d.now()));
    // Known to the laws before anything of it leaves; what is rolled back is never filed.
    if (Matter* m = laws.find(side, filed.id)) {
      m->class_name = class_name;
      m->provider = to.name;
      id = m->id;
    } else {
      id = laws.begin(&side, filed.id, class_name, to.name).id;
    }
    Matter& m = laws.at(id);
    m.opened = scene.now;
    m.desk = provider == 0 ? desk.get() : nullptr;
    m.receipt_stops = to.receipt_stops;
    m.filed = false;
    return {};
  });
  if (!done || !*done) return 0;
  laws.at(id).filed = true;
  return id;
}

void BothSides::run_until(Instant target) {
  while (laws.violations().empty()) {
    Instant next = target + Duration(1);
    if (const auto planned = scene.agenda.next()) next = std::min(next, *planned);
    each_side([&](Side& side) {
      if (const auto due = side.next()) next = std::min(next, *due);
    });
    if (next > target) break;
    scene.now = std::max(scene.now, next);
    each_side([](Side& side) { side.look_at_clock(); });
    const auto planned = scene.agenda.next();
    if (planned && *planned <= scene.now) scene.agenda.take()();
    each_side([&](Side& side) {
      const auto due = side.next();
      if (due && *due <= scene.now) side.settle();
    });
  }
  if (!laws.violations().empty()) return;
  scene.now = std::max(scene.now, target);
  each_side([](Side& side) { side.look_at_clock(); });
}

bool BothSides::idle() {
  if (scene.agenda.next()) return false;
  bool still = true;
  each_side([&](Side& side) { still = still && side.running() && !side.next(); });
  return still;
}

void BothSides::stop_faults() {
  scene.faults = false;
  scene.weather = {};
  company->stop_forgetting();
  technician->stop_forgetting();
  each_side([](Side& side) { side.stop_faults(); });
}

}  // namespace hejnal::sim::two_sided

#include "sim/node.hpp"

#include "base/check.hpp"
#include "config/procedure_file.hpp"
#include "sim/sampled.hpp"
#include "wire/sms/number.hpp"

namespace hejnal::sim {

namespace {

// The desk refers to a stored procedure by its version; here there is only the built-in one.
constexpr const char* kProcedureText = "built-in: pl";

core::Procedure polish() {
  auto procedure = config::builtin_procedure("pl");
  HEJNAL_CHECK(procedure.has_value());
  return std::move(*procedure);
}

}  // namespace

struct Node::Life {
  std::unique_ptr<ports::Store> store;
  desk::Events events;
  std::unique_ptr<desk::Desk> desk;
  std::unique_ptr<SampledDispatcher> out;
  std::unique_ptr<desk::Ledger> ledger;
};

Node::Node(House house, std::unique_ptr<Disk> disk, VirtualClock& clock, ports::Random& random,
           ports::Dispatcher& carrier, StoreWatcher& watcher)
    : house_(std::move(house)),
      disk_(std::move(disk)),
      clock_(clock),
      random_(random),
      carrier_(carrier),
      watcher_(watcher),
      procedure_(polish()),
      composer_({"Pomoc", house_.address, house_.zone, house_.delimiter}) {
  intake_.own_addresses = {house_.address, house_.critical_address};
  auto wording = carriers::Templates::load({"Pomoc",
                                            house_.sms_number,
                                            "https://wsparcie.example",
                                            house_.zone,
                                            "pl",
                                            {},
                                            wire::Transliterate::when_cheaper,
                                            house_.address,
                                            {}},
                                           procedure_);
  HEJNAL_CHECK(wording.has_value());
  wording_ = std::move(*wording);
}

Node::~Node() = default;

Status Node::start() {
  if (life_) return fail(Fault::conflict, "it runs already");
  auto life = std::make_unique<Life>();
  HEJNAL_TRY(auto store, disk_->open_store());
  life->store = watched(std::move(store), watcher_);
  desk::Settings settings;
  settings.address = house_.address;
  settings.own_domains = {std::string(core::domain_of(house_.address))};
  settings.on_call = house_.on_call;
  settings.sms_available = true;
  settings.normal_number = [](const std::string& number) { return wire::e164(number, "48"); };
  settings.budget = house_.budget;
  settings.zone = house_.zone;
  settings.takes_calls = true;
  settings.told_within = 2h;
  settings.wakes_minute = 8 * 60;
  settings.sleeps_minute = 20 * 60;
  life->desk = std::make_unique<desk::Desk>(
      desk::Parts{*life->store, clock_, random_, *wording_,
                  [](const std::string&) { return config::builtin_procedure("pl"); }},
      std::move(settings), procedure_, kProcedureText);
  HEJNAL_TRY_VOID(life->desk->start());
  life->out = std::make_unique<SampledDispatcher>(composer_, carrier_, house_.written_out);
  life->ledger = std::make_unique<desk::Ledger>(*life->desk, life->events, *life->out);
  life_ = std::move(life);
  ++lives_;
  return {};
}

void Node::die(std::uint64_t seed) {
  disk_->crash(seed);
  life_.reset();
}

desk::Desk& Node::desk() {
  HEJNAL_CHECK(life_ != nullptr);
  return *life_->desk;
}

desk::Ledger& Node::ledger() {
  HEJNAL_CHECK(life_ != nullptr);
  return *life_->ledger;
}

}  // namespace hejnal::sim

// Everybody together: the scene, the roads, one desk with a hejnal, clients with one, and people.
#pragma once

#include <memory>
#include <vector>

#include "sim/two_sided/laws.hpp"
#include "sim/two_sided/people.hpp"
#include "sim/two_sided/roads.hpp"
#include "sim/two_sided/scene.hpp"
#include "sim/two_sided/side.hpp"

namespace hejnal::sim::two_sided {

struct BothSidesOptions {
  std::uint64_t seed = 1;
  StoreKind store = StoreKind::memory;
  int clients = 3;
  bool with_sms = true;  // is there a second channel at all
  int storm = 10;        // see reporter::Provider
};

class BothSides {
 public:
  explicit BothSides(const BothSidesOptions& options);
  ~BothSides();

  void start();
  // A report of client `client` to its provider number `provider` (kProviders); 0: nobody has filed it.
  int file(std::size_t client, std::size_t provider, const std::string& class_name,
           const std::string& subject, const std::string& text);
  static constexpr std::size_t kProviders = 3;  // the desk with a hejnal, the company, the technician
  void run_until(Instant target);               // ends early when a law is broken
  bool idle();
  void stop_faults();

  Scene scene;
  ReportLaws laws;
  Roads roads;
  struct Client {
    std::unique_ptr<Gate> gate;
    std::unique_ptr<Side> side;
    std::unique_ptr<Owner> owner;
  };
  Gate desk_gate;
  std::unique_ptr<Side> desk;
  std::unique_ptr<DeskAgents> agents;
  std::unique_ptr<Technician> company, technician;
  std::vector<Client> clients;

  // Mistakes on purpose (two_sided.hpp); each happens once.
  bool deaf = false, two_in_a_case = false, believes = false;

 private:
  void open_desk(const BothSidesOptions& options);
  void open_client(std::size_t index, const BothSidesOptions& options);
  bool client_gets(Client& client, const std::shared_ptr<Letter>& letter);
  bool client_gets(Client& client, const Text& text);
  template <class Do>
  void each_side(const Do& what) {
    what(*desk);
    for (Client& c : clients) what(*c.side);
  }
};

}  // namespace hejnal::sim::two_sided

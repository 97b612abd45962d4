// The sandbox's carrier and world in one: what the desk hands over lands in virtual mailboxes and telephones
// at once. It is kept in a file beside the database (one JSON object a line), as a real mailbox would outlive
// the desk.
//
// Fault model: nothing is delayed, bounced or doubled here; clients' messages vanish when asked to (lose).
// The simulation has its own, meaner carriers.
#pragma once

#include <memory>
#include <string>

#include "ports/clock.hpp"
#include "ports/dispatcher.hpp"
#include "ports/world.hpp"

namespace hejnal::carriers {

struct WorldSettings {
  std::string file;  // empty: not kept
  std::string desk_address, sms_number;
};

class SandboxWorld : public ports::World, public ports::Dispatcher {};

std::unique_ptr<SandboxWorld> make_world(WorldSettings settings, ports::Clock& clock);

}  // namespace hejnal::carriers

// Everything between the desk and the people: mail servers and SMS gateways with the weather's faults. What
// comes in is tried until the desk has taken it; what leaves may be put off, refused, lost or returned
// (weather.hpp).
#pragma once

#include <functional>
#include <memory>
#include <optional>
#include <string>

#include "ports/dispatcher.hpp"
#include "sim/letters.hpp"
#include "sim/simulate.hpp"
#include "sim/world.hpp"

namespace hejnal::sim {

// What the sender knows of a message, and the desk does not.
struct Truth {
  MatterId matter = 0;
  bool resend = false;     // the same text once more
  bool announces = false;  // an SMS that speaks of an email
  bool automatic = false;  // a machine has written it
  bool original = false;   // the report itself, first or again: not a reply, not a reminder in other words
  bool ours = false;       // the desk has sent it, and it has come back
  bool marked = false;     // a spam filter has marked it
  int who = -1;            // the client; -1: somebody else
  std::string party = {};  // the client's firm, or the client
  std::string names = {};  // an SMS: the words that tell its matter; empty: it has none
  bool tells_number = false, names_address = false;
  bool cut = false;           // only the beginning of it arrives
  bool tells_matter = false;  // a mail that says what it is about
  bool answers = false;       // an SMS of a few words, to a question of the desk
};

class Post final : public ports::Dispatcher {
 public:
  explicit Post(House house) : house_(std::move(house)) {}
  void use(World& world) { world_ = &world; }

  void mail(ClientLetter letter, Truth truth);  // gives it its Message-ID, if it has none
  void sms(const std::string& from, const std::string& text, Truth truth);

  // Who gets what: called when it arrives.
  using Arrived = std::function<void(const ports::Outgoing&)>;
  void on_arrival(Arrived arrived) { arrived_ = std::move(arrived); }
  void break_once(Mutation mutation) { mutation_ = mutation; }

  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;

 private:
  // A mail on its way; several copies of it may be.
  struct Letter {
    ports::Delivery delivery;
    std::string id;
    Truth truth;
    std::optional<ports::IncomingMail> read;  // at the first server that it came to: reading is pure
  };
  void bring_mail(const std::shared_ptr<Letter>& letter);
  void bring_sms(const ports::IncomingSms& sms, Truth truth);
  void bring_back(const ports::Outgoing& outgoing);
  void take_away(ports::Outgoing outgoing);
  bool broken(Mutation mutation);  // it is to happen now, once
  void answer(std::function<void(ports::SendResult)> done, ports::SendResult result);
  std::string new_id();
  Laws::Accepted accepted(const std::string& id, const Truth& truth, const desk::Filed& filed) const;

  House house_;
  World* world_ = nullptr;
  Arrived arrived_;
  std::int64_t ids_ = 0;
  Mutation mutation_ = Mutation::none;
};

}  // namespace hejnal::sim

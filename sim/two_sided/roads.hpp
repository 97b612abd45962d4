// Everything between the two sides: the first server of an email and the gateway of an SMS, and the way that
// follows, with the weather's faults (scene.hpp). Emails travel as bytes: what the real composers have
// written, read at the other end by the real reader. Whoever brings something to a hejnal keeps it until that
// has taken it.
//
// Nobody on the road decides anything. What a message really is (Truth) travels beside it, for the laws
// alone.
#pragma once

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>

#include "ports/dispatcher.hpp"
#include "sim/letters.hpp"
#include "sim/two_sided/scene.hpp"
#include "sim/two_sided/side.hpp"

namespace hejnal::sim::two_sided {

// What its sender knows of a message, and its reader does not.
struct Truth {
  int matter = 0;          // which report it is about; 0: none
  bool report = false;     // the report itself, first or again, or the SMS beside it
  int n = 0;               // ... which sending of it
  bool person = false;     // a person's word to the client: somebody reacts
  bool reads = false;      // a program's word that a person has read it
  bool tells = false;      // by it a program can know what it answers: a reference, our code
  bool machine = false;    // a program's word, which must never be taken for a person's
  bool mail = true;        // not an SMS
  bool within = false;     // it does not leave the house: nothing happens to it
  std::string where = {};  // for the story: who sent it
};

struct Letter {
  ports::Delivery delivery;
  std::string id;
  Truth truth;
  std::optional<ports::IncomingMail> read;  // by the first hejnal that it came to: reading is pure
};

struct Text {
  ports::IncomingSms sms;
  std::string to;
  Truth truth;
};

// One message on its way, as those see it who decide whether it gets lost.
struct Passing {
  core::Channel channel = core::Channel::email;
  int matter = 0, nth = 0;  // which one of its matter on this channel in this direction, from 1
  bool report = false;
};

class Roads {
 public:
  // False: not now; it is brought again in some minutes.
  using TakesMail = std::function<bool(const std::shared_ptr<Letter>&)>;
  using TakesText = std::function<bool(const Text&)>;

  explicit Roads(Scene& scene) : scene_(scene) {}
  void mailbox(const std::string& address, TakesMail takes) { mailboxes_[address] = std::move(takes); }
  void telephone(const std::string& number, TakesText takes) { telephones_[number] = std::move(takes); }
  // Instead of the weather's chance.
  void decide_loss(std::function<bool(const Passing&)> lost) { lost_ = std::move(lost); }

  void mail(ports::Delivery delivery, const std::string& id, const Truth& truth);
  void letter(ClientLetter letter, const Truth& truth);  // what a person writes; it gets its Message-ID
  // `fate`, once: whether it arrived.
  void text(Text text, std::function<void(bool)> fate = {});
  std::string new_id() { return fmt_id(++ids_); }

 private:
  static std::string fmt_id(std::int64_t n);
  bool is_lost(core::Channel channel, const Truth& truth);
  void bring(const std::shared_ptr<Letter>& letter, const std::string& to);
  void bring(const Text& text, const std::function<void(bool)>& fate);

  Scene& scene_;
  std::map<std::string, TakesMail> mailboxes_;
  std::map<std::string, TakesText> telephones_;
  std::function<bool(const Passing&)> lost_;
  std::map<std::tuple<core::Channel, int, bool>, int> passed_;
  std::int64_t ids_ = 0;
};

// The first server and the gateway of one side.
class Gate final : public ports::Dispatcher {
 public:
  // What the laws see of each attempt, before its result is known to the side.
  enum class Went { taken, put_off, refused, uncertain, repeated };  // repeated: the gateway knew it already
  using Attempted = std::function<void(const ports::Outgoing&, Went)>;
  using TruthOf = std::function<Truth(const ports::Outgoing&)>;

  // `recognises`: its gateway sees when it is given the same SMS again.
  Gate(Scene& scene, Roads& roads, std::string number, bool recognises, bool can_be_asked)
      : scene_(scene),
        roads_(roads),
        number_(std::move(number)),
        recognises_(recognises),
        can_be_asked_(can_be_asked) {}
  void serve(Side& side, TruthOf truth, Attempted attempted) {
    side_ = &side;
    truth_ = std::move(truth);
    attempted_ = std::move(attempted);
  }
  static constexpr const char* kGateway = "bramka";

  void send(ports::Outgoing outgoing, std::function<void(ports::SendResult)> done) override;

  // Mistakes on purpose: they happen once, to what leaves next; garbled is all of it.
  bool swallow_answer = false, twice = false, garble = false;
  // What it does not let out, though it says so.
  std::function<bool(const ports::Outgoing&)> withheld = {};

 private:
  void answer(std::function<void(ports::SendResult)> done, ports::SendResult result);
  void tell(const ports::Outgoing& asked, std::function<void(ports::SendResult)> done);
  void take_away(const ports::Outgoing& outgoing);
  bool give(const ports::Outgoing& outgoing);

  Scene& scene_;
  Roads& roads_;
  const std::string number_;
  const bool recognises_, can_be_asked_;
  Side* side_ = nullptr;
  TruthOf truth_;
  Attempted attempted_;
  struct Fate {
    bool arrived = false, lost = false;
  };
  std::map<std::string, Fate> texts_;  // by key
};

bool is_of_a_report(const ports::Outgoing& outgoing);       // of ours, to a provider or to ourselves
core::ReportName report_of(const std::string& message_id);  // also of an SMS' key

}  // namespace hejnal::sim::two_sided

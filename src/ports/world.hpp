// The sandbox's world: a virtual mailbox and telephone for everybody outside the desk. Thread-safe.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "core/types.hpp"
#include "ports/mail.hpp"

namespace hejnal::ports {

struct WorldEmail {
  std::string from, to, subject, text;
  std::vector<std::pair<std::string, std::string>> headers;
  Instant at;
  core::CaseNumber number = 0;
};
struct WorldSms {
  std::string from, to, text;
  int segments = 1;
  Instant at;
  core::CaseNumber number = 0;
};
struct WorldCall {
  std::string from, result;
  Instant at;
  core::CaseNumber number = 0;
};

struct ClientEmail {
  std::string from, to, subject, text;
  std::vector<std::pair<std::string, std::string>> headers;  // besides those that every mail has
};

class World {
 public:
  virtual ~World() = default;
  // What left the desk, oldest first.
  virtual std::vector<WorldEmail> emails() = 0;
  virtual std::vector<WorldSms> sms() = 0;
  virtual std::vector<WorldCall> calls() = 0;
  virtual void add_call(WorldCall call) = 0;

  // The next `count` messages of clients on this channel vanish on their way.
  virtual void lose(core::Channel channel, int count) = 0;
  virtual bool is_lost(core::Channel channel) = 0;  // uses one of them up

  // What a client's mail program makes of a mail. The pair: the delivery and its Message-ID.
  virtual std::pair<Delivery, std::string> write(const ClientEmail& email, Instant now) = 0;
  virtual std::pair<Delivery, std::string> envelope(std::string raw) = 0;
};

}  // namespace hejnal::ports

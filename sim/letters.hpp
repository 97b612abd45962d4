// The mails that people and machines outside the desk send, as bytes with an envelope. Deterministic. Most
// are plain text; one in 128 has HTML beside it.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/instant.hpp"
#include "ports/mail.hpp"

namespace hejnal::sim {

struct ClientLetter {
  std::string from{}, from_name{}, to{}, subject{}, text{};
  std::string message_id{};  // with <>
  std::string in_reply_to{};
  std::vector<std::pair<std::string, std::string>> headers{};
  bool null_sender = false;  // the envelope sender of a machine
  Instant date{};
};

ports::Delivery write_letter(const ClientLetter& letter);

// RFC 3464: what `to` has never got. `original` is what the desk had handed over.
ports::Delivery write_bounce(const ports::OutgoingMail& original, const std::string& original_id,
                             const std::string& desk_address, const std::string& id, bool delayed,
                             Instant date);

}  // namespace hejnal::sim

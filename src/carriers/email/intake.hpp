// A delivered mail, read: what the desk needs to know of it. Runs on any thread (the parsing is the dear
// part, so it is done before the ledger). Never fails: what cannot be understood is kept as it came.
#pragma once

#include <string>
#include <vector>

#include "base/instant.hpp"
#include "ports/incoming.hpp"
#include "ports/mail.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::carriers {

struct IntakeSettings {
  std::vector<std::string> own_addresses;  // mail from these is never answered automatically
  std::string country = "48";
  std::string authserv_id;
};

// The original in pieces: the encoded bytes of large attachments apart, so that the same file is stored once.
std::vector<ports::RawPiece> raw_pieces(std::string_view raw, const wire::Mail& mail);

ports::IncomingMail read_delivery(const ports::Delivery& delivery, const IntakeSettings& settings);

}  // namespace hejnal::carriers

// What those who read mailboxes share. Internal to net.
#pragma once

#include <string>

#include "base/instant.hpp"
#include "base/result.hpp"
#include "net/detail/imap_connection.hpp"
#include "ports/mail.hpp"

namespace hejnal::net {

std::string imap_date(Instant t);  // "31-Jan-2026", as SEARCH has it

// Gives a message to the intake and waits for its verdict; an error when we are stopped before it comes.
Result<Status> hand_in(ports::MailIntake& intake, ports::Delivery delivery, const StopSignal& stop);

}  // namespace hejnal::net

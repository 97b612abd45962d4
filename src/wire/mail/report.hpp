// Reports about mail that we sent: delivery status (RFC 3464, 6522, 6533), disposition (RFC 8098), abuse (RFC
// 5965), and the many bounces that follow no RFC. Fill the bounce and report fields of Mail. A person's mail
// that only carries a report as an attachment is none. Strangers' bytes: all parts.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "wire/mail/mail.hpp"
#include "wire/mail/part.hpp"

namespace hejnal::wire {

// From the parts. `machine`: null sender or daemon From, which lets a report outside multipart/report count.
void read_report(const Part& root, bool machine, Mail& mail);

// From the words, when read_report found nothing. `null_sender`: by envelope or Return-Path.
void read_plain_bounce(const Fields& fields, const Part& root, bool null_sender, Mail& mail);

// Blocks of "Name: value" lines between blank lines. `text` is decoded; Bounce recipients in the order of the
// blocks.
std::vector<Bounce> parse_delivery_status(std::string_view text, std::string* original_message_id);

// is_bounce, is_delayed_dsn, is_delivered_dsn from the bounces.
void settle_bounces(Mail& mail);

}  // namespace hejnal::wire

// Person or machine: what the header says (RFC 3834 2, 5.2; RFC 2369, 2919; MS-OXCMAIL; practice). Fills
// Mail::automatic, automatic_why, no_receipt, no_receipt_why and weak_auto_subject. Works on what parse_mail
// has read by then: fields, addresses, subject, reports. Strangers' bytes: the fields.
#pragma once

#include <string_view>

#include "wire/mail/fields.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::wire {

void judge_automatic(const Fields& fields, const ParseOptions& options, Mail& mail);

// The sender of delivery reports, by address or display name.
bool is_daemon(const Address& address);

// Mail::spam, Mail::dmarc_failed and Mail::authenticated.
void judge_filters(const Fields& fields, std::string_view authserv_id, Mail& mail);

}  // namespace hejnal::wire

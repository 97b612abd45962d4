// Addresses, Message-IDs and dates of header fields (RFC 5322 3.3, 3.4, 3.6.4, 4; RFC 6854 groups), read
// leniently. Strangers' bytes: all arguments (unfolded raw values). Results are valid UTF-8 and bounded.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::wire {

std::vector<Address> parse_addresses(std::string_view value, std::string_view hint = {});
std::string normal_addr(std::string_view addr);  // domain to lower case, white space and <> removed

std::vector<std::string> parse_message_ids(std::string_view value);
std::optional<Instant> parse_mail_date(std::string_view value);

}  // namespace hejnal::wire

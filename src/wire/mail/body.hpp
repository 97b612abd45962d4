// The readable text and the attachments out of the tree of parts. Which part is shown: RFC 2046 5.1.4
// (alternative), RFC 2387 (related), RFC 6522 (report), RFC 1847 (signed). Strangers' bytes: all parts.
#pragma once

#include <string_view>

#include "wire/mail/mail.hpp"
#include "wire/mail/part.hpp"

namespace hejnal::wire {

// Fills Mail::text, html, attachments and notes. `raw` is what the parts point into.
void read_body(std::string_view raw, const Part& root, Mail& mail);

}  // namespace hejnal::wire

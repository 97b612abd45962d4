// What a person sees of a stored mail beyond its text: a file that is attached, the HTML version made safe.
// Both are read out of the original bytes when somebody asks. Thread-safe.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "ports/mail_view.hpp"

namespace hejnal::carriers {

// The n-th of the list that was made when the mail came, from 0. Fails with not_found.
Result<ports::MailFile> file_of(std::string_view raw, std::size_t n);
// Fails with not_found when the mail has none. `pictures`: show those that came with the mail.
Result<ports::MailHtml> html_of(std::string_view raw, bool pictures);

}  // namespace hejnal::carriers

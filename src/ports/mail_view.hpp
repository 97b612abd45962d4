// A stored mail as people look at it; carriers/email/view.hpp makes these.
#pragma once

#include <string>

namespace hejnal::ports {

struct MailFile {
  std::string name;  // what the sender wrote: no safe file name
  std::string type;  // likewise: not to be believed
  std::string bytes;
};

struct MailHtml {
  std::string body;  // safe to be put into a page (wire/mail/safe_html.hpp)
  int left_out = 0;  // pictures that would have to be fetched from elsewhere
  bool cut = false;  // there was more than can be shown
};

}  // namespace hejnal::ports

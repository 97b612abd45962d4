// What the writer of a mail added: its text without the quoted mail, the signature and "Sent from my phone".
// Works on lines, in the languages that clients write; never returns nothing where there was something: a
// mail that is only a quotation or a forward keeps its content. Strangers' bytes: the text (valid UTF-8).
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

std::string reply_text(std::string_view text, std::string* signature = nullptr);

}  // namespace hejnal::wire

// Telephone numbers as people and gateways write them, to E.164 ("+48601234567"). ITU-T E.164, E.123; UKE
// plan. Any bytes may come in.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hejnal::wire {

// `country` is the calling code that a national number gets, "48". Empty when the text is no telephone
// number.
std::string e164(std::string_view text, std::string_view country);

// Who an SMS says it is from. Only a number can be answered; a name ("ORANGE") or a short code (7xxx) cannot.
struct SmsSender {
  enum class Kind { number, short_code, name, unknown };
  Kind kind = Kind::unknown;
  std::string text;  // E.164 of a number, else as it came
};
SmsSender sms_sender(std::string_view text, std::string_view country);

// Numbers in a longer text (a signature), at most five, each once.
std::vector<std::string> numbers_in(std::string_view text, std::string_view country);

}  // namespace hejnal::wire

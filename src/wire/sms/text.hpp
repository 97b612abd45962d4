// SMS texts: alphabets and segments (3GPP TS 23.038, 23.040). Input is valid UTF-8.
#pragma once

#include <string>
#include <string_view>

namespace hejnal::wire {

struct SmsSize {
  bool gsm7 = true;  // else UCS-2
  int units = 0;     // septets, or UTF-16 units
  int segments = 1;  // of 160/153 septets or 70/67 units; nothing is cut inside a two-unit sign
};

SmsSize sms_size(std::string_view text);

// The text with Polish letters and typographic signs written plainly ("zażółć" -> "zazolc"), if that makes it
// cheaper; otherwise as it is.
std::string sms_text(std::string_view text);

}  // namespace hejnal::wire

// SMS texts: alphabets and segments (3GPP TS 23.038, 23.040). Text is valid UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hejnal::wire {

struct SmsSize {
  bool gsm7 = true;  // else UCS-2
  int units = 0;     // septets, or UTF-16 units
  int segments = 1;  // of 160/153 septets or 70/67 units; nothing is cut inside a two-unit sign
};

SmsSize sms_size(std::string_view text);

enum class Transliterate { when_cheaper, always, never };

// Letters with marks and typographic signs that GSM 7-bit lacks written plainly ("zażółć" -> "zazolc"). What
// has no plain form (an emoji, Cyrillic) stays: nothing ever becomes a question mark.
std::string plain_text(std::string_view text);

// The text as it should leave: plain where that saves a segment, otherwise as it is.
std::string sms_text(std::string_view text, Transliterate when = Transliterate::when_cheaper);

// The segments that a network would make of it, for gateways that do not cut themselves.
std::vector<std::string> sms_parts(std::string_view text);

// What networks call UCS-2, and phones fill with UTF-16. Any bytes may come in; what is broken becomes
// U+FFFD.
std::string utf8_of_utf16be(std::string_view bytes);

}  // namespace hejnal::wire

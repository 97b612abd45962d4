#include "core/phone.hpp"

#include <algorithm>
#include <array>

namespace hejnal::core {

CallDecision decide_call(const CallFacts& facts) {
  using enum CallReason;
  if (facts.failure_open)
    return {false, {}, repairing, "a failure is being repaired; we call back when everything works again"};
  if (!facts.takes_calls) return {false, {}, no_calls, "the company takes no calls; we call back"};
  for (const std::string& phone : facts.on_call_phones) {
    if (!phone.empty() && phone != facts.from)
      return {true, phone, rings_there, "no failure is open; it rings at the person on call"};
  }
  return {false, {}, nobody, "nobody on call has a telephone that it could ring at"};
}

bool is_colleague(const std::vector<std::string>& on_call_phones, std::string_view from) {
  return !from.empty() &&
         std::find(on_call_phones.begin(), on_call_phones.end(), from) != on_call_phones.end();
}

bool is_landline(std::string_view number) {
  if (!number.starts_with("+48") || number.size() != 12) return false;
  // UKE's numbering plan: the beginnings of mobile networks.
  constexpr std::array<std::string_view, 13> kMobile = {"45", "50", "51", "53", "57", "60", "66",
                                                        "69", "72", "73", "78", "79", "88"};
  return std::find(kMobile.begin(), kMobile.end(), number.substr(3, 2)) == kMobile.end();
}

bool Waking::awake(Instant t) const {
  return spans.empty() ||
         std::any_of(spans.begin(), spans.end(), [t](const Span& s) { return s.from <= t && t < s.to; });
}

Instant Waking::after(Instant from, Duration d) const {
  for (const Span& span : spans) {
    if (span.to <= from) continue;
    const Instant begin = std::max(from, span.from);
    if (d <= span.to - begin) return begin + d;
    d -= span.to - begin;
    from = span.to;
  }
  return from + d;
}

}  // namespace hejnal::core

// How long something was out on each day, for people who look back. Days are those of the desk's zone; what
// is still open lasts until now. Pure, any thread.
#pragma once

#include <string_view>
#include <vector>

#include "base/instant.hpp"
#include "core/outage.hpp"

namespace hejnal::api {

struct OutageDay {
  int year, month, day;
  Duration out;  // overlapping outages are counted once
};

// The last `days` days, oldest first; the last one is today.
std::vector<OutageDay> outage_days(const std::vector<core::Outage>& outages, Instant now,
                                   std::string_view zone, int days);

}  // namespace hejnal::api

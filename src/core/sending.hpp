// How long something is worth sending. An email may come a day late and still says what it has to; an SMS is
// read at once or means nothing any more, and each attempt costs and wakes.
#pragma once

#include <optional>

#include "core/notice.hpp"
#include "core/procedure.hpp"

namespace hejnal::core {

// Counted from when it was to be said first. Afterwards it is given up, and its case says so.
Duration worth_sending_for(const Notice& notice, const ServiceClass* shown);
// Before the next attempt, after so many.
Duration wait_after(Channel channel, int attempts);
// When the report of an SMS that was taken is missed, after it was asked for so often. Nothing: no more.
std::optional<Duration> ask_after(const Notice& notice, const ServiceClass* shown, int asked);

}  // namespace hejnal::core

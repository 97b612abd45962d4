// Plays a story on a node whose carriers are perfect: whatever leaves the desk arrives at once. Every message
// that has left must be named by the story.
#pragma once

#include <string>
#include <string_view>

#include "base/result.hpp"
#include "sim/disk.hpp"

namespace hejnal::sim {

// Fails with "FILE:line: expected …, happened …".
Status play_scenario(std::string_view text, const std::string& name, StoreKind kind = StoreKind::sqlite);

}  // namespace hejnal::sim

#pragma once

namespace hejnal::sim {

struct Crash {};  // thrown where a process dies

}  // namespace hejnal::sim

// The writer on a Memory: ports::Store in plain containers, for the simulation and for tests. One object, one
// thread, and one writer at a time. What it has not committed when it goes is gone. It keeps no search index,
// so nothing is ever behind (index_some).
#pragma once

#include <memory>

#include "store/memory/memory.hpp"

namespace hejnal::store::memory {

// `memory` must outlive the store. Fails with retry_later when it is made to.
Result<std::unique_ptr<ports::Store>> open_store(Memory& memory);

}  // namespace hejnal::store::memory

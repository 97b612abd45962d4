// The readers: ports::Archive on a read-only connection of its own. One object for each thread.
#pragma once

#include <memory>
#include <string>

#include "ports/store.hpp"

namespace hejnal::store::sqlite {

Result<std::unique_ptr<ports::Archive>> open_archive(const std::string& path, const std::string& vfs = {});

}  // namespace hejnal::store::sqlite

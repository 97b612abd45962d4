// One request to a server on a Unix socket of this machine, by libcurl. Blocks; any thread.
#pragma once

#include <string>
#include <utility>
#include <vector>

#include "base/result.hpp"

namespace hejnal::net {

struct LocalAnswer {
  int status = 0;
  std::string body;
};

// Fails with not_found when nobody listens there, retry_later when the answer did not come.
Result<LocalAnswer> post_locally(const std::string& socket, const std::string& path,
                                 const std::vector<std::pair<std::string, std::string>>& query,
                                 const std::string& body);

}  // namespace hejnal::net

// The secret key of this server: 32 bytes in a file beside the database, made when it is first asked for.
//
// It locks up what the database must give back and a thief of a backup must not have: the secrets of second
// factors. So it is in no backup; who moves the database to another machine takes the file along. Without it
// second factors are worth nothing, and everything else goes on (docs/signing-in.md).
#pragma once

#include <string>

#include "base/result.hpp"

namespace hejnal::app {

std::string secret_key_file(const std::string& database_path);
// Fails with retry_later (it cannot be written) or corrupt (it holds something else).
Result<std::string> secret_key(const std::string& database_path);

}  // namespace hejnal::app

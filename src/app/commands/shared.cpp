#include "app/commands/shared.hpp"

#include <cstdio>

namespace hejnal::app {

int exit_code(Fault fault) {
  switch (fault) {
    case Fault::retry_later:
      return EX_TEMPFAIL;
    case Fault::refused:
    case Fault::malformed:
      return EX_DATAERR;
    case Fault::conflict:
      return EX_UNAVAILABLE;
    case Fault::not_found:
      return EX_NOINPUT;
    case Fault::corrupt:
      return EX_SOFTWARE;
  }
  return EX_SOFTWARE;
}

int complain(const Error& error) {
  std::fprintf(stderr, "hejnal: %s\n", error.what.c_str());
  return exit_code(error.fault);
}

Result<config::Settings> settings_of(const DatabaseArguments& database) {
  if (!database.data.empty()) return sandbox_settings(database.data, "127.0.0.1:0", "");
  if (database.config.empty())
    return fail(Fault::malformed, "expected --config FILE, or --data DIR for a sandbox");
  return load_settings(database.config);
}

sigset_t block_signals() {
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGINT);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  return signals;
}

}  // namespace hejnal::app

#include <fmt/format.h>
#include <signal.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

#include <filesystem>

#include "app/commands/shared.hpp"
#include "json/value.hpp"

namespace hejnal::app {

namespace fs = std::filesystem;

namespace {

void announce(const Server& server, bool as_json) {
  if (as_json) {
    const auto text_or_null = [](const std::string& s) {
      return s.empty() ? json::Value(nullptr) : json::Value(s);
    };
    const json::Object line{{"http", server.http()},
                            {"lmtp", text_or_null(server.lmtp())},
                            {"sip", text_or_null(server.sip())},
                            {"token_file", text_or_null(server.token_file())},
                            {"pid", static_cast<std::int64_t>(::getpid())}};
    fmt::print("{}\n", json::dump(line));
  } else {
    fmt::print("hejnal is ready: http://{}/{}{}{}\n", server.http(),
               server.lmtp().empty() ? "" : ", LMTP on " + server.lmtp(),
               server.sip().empty() ? "" : ", SIP on " + server.sip(),
               server.token_file().empty() ? "" : ", token in " + server.token_file());
  }
  std::fflush(stdout);
  sd_notify(0, "READY=1");
}

}  // namespace

int serve(const ServeArguments& arguments) {
  if (arguments.sandbox == !arguments.config.empty()) {
    std::fprintf(stderr, "hejnal serve: expected either --sandbox or --config FILE\n");
    return EX_USAGE;
  }
  if (!arguments.sip.empty() && !arguments.sandbox) {
    std::fprintf(stderr,
                 "hejnal serve: --sip is for a sandbox; with --config it stands in [phone.sip] listen\n");
    return EX_USAGE;
  }
  const sigset_t signals = block_signals();

  ServerOptions options;
  options.token_file = arguments.token_file;
  std::string temporary;
  if (arguments.sandbox) {
    options.sandbox = true;
    options.data = arguments.data;
    if (options.data.empty()) {
      std::string pattern = (fs::temp_directory_path() / "hejnal-sandbox-XXXXXX").string();
      if (!::mkdtemp(pattern.data())) {
        std::fprintf(stderr, "hejnal: no temporary folder can be made; name one with --data DIR\n");
        return EX_CANTCREAT;
      }
      options.data = temporary = pattern;
    } else {
      std::error_code error;
      fs::create_directories(options.data, error);
      if (error) {
        std::fprintf(stderr, "hejnal: %s: %s\n", options.data.c_str(), error.message().c_str());
        return EX_CANTCREAT;
      }
    }
    if (!config::is_local_listen(arguments.http)) {
      std::fprintf(
          stderr,
          "hejnal: warning: whoever reaches %s is an administrator of this sandbox, and can read and "
          "write everything in it\n",
          arguments.http.c_str());
    }
    options.settings = sandbox_settings(options.data, arguments.http, arguments.lmtp, arguments.sip);
  } else {
    if (const int bad = check_settings(arguments.config); bad != EX_OK) return bad;
    auto settings = load_settings(arguments.config);
    if (!settings) return complain(settings.error());
    options.settings = std::move(*settings);
  }
  int code = EX_OK;
  {
    auto server = Server::start(std::move(options));
    if (!server) {
      code = complain(server.error());
    } else {
      announce(**server, arguments.json);
      int received = 0;
      sigwait(&signals, &received);
      sd_notify(0, "STOPPING=1");
      (*server)->stop();
    }
  }
  if (!temporary.empty()) {
    std::error_code ignored;
    fs::remove_all(temporary, ignored);
  }
  return code;
}

}  // namespace hejnal::app

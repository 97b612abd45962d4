// A server, put together and taken apart: store, desk, ledger, carriers, sockets.
#pragma once

#include <memory>
#include <string>

#include "base/result.hpp"
#include "carriers/words/templates.hpp"
#include "config/settings.hpp"
#include "core/procedure.hpp"

namespace hejnal::app {

// A setting in the store: the version that was adopted over the API, and that of the file which it stands
// for. Another file is a newer wish, and wins.
inline constexpr const char* kAdoptedProcedure = "procedure_adopted";
inline constexpr const char* kSandboxOffset = "sandbox_offset_ms";  // a setting in the store

struct ServerOptions {
  config::Settings settings;
  std::string data;  // folder of the database, for the sandbox
  bool sandbox = false;
  std::string token_file;     // gets an administrator's token
  bool reports_only = false;  // no pages, no API, no LMTP: reports go on, and mailboxes are read for them
};

class Server {
 public:
  // Everything listens when it returns.
  static Result<std::unique_ptr<Server>> start(ServerOptions options);
  ~Server();

  std::string http() const;  // "127.0.0.1:8080"
  std::string lmtp() const;  // empty: none
  std::string sip() const;   // likewise
  const std::string& token_file() const;

  void stop();  // within 10 s: nothing accepted is lost

 private:
  class Impl;
  explicit Server(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

// What `serve --sandbox` runs with.
config::Settings sandbox_settings(const std::string& data, const std::string& http, const std::string& lmtp,
                                  const std::string& sip = {});
// Reads the company's procedure file or the built-in one; the text is what the store keeps.
struct LoadedProcedure {
  core::Procedure procedure;
  std::string text;
};
Result<LoadedProcedure> load_procedure(const config::Settings& settings);
// What is said: the built-in templates with the company's own in their places.
Result<carriers::Templates> load_templates(const config::Settings& settings,
                                           const core::Procedure& procedure);
// The settings of a file, with mistakes as one text.
Result<config::Settings> load_settings(const std::string& path);
Result<std::string> read_file(const std::string& path, std::size_t max_bytes = 64u << 20);

}  // namespace hejnal::app

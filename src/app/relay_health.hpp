// Whether the relay takes what the desk has to say. A refused recipient is no fault of the relay's; no
// connection, a failed TLS handshake or a refused login is. Thread-safe. Says each change once.
#pragma once

#include <functional>
#include <mutex>
#include <string>

#include "api/api.hpp"
#include "ports/clock.hpp"
#include "ports/mail.hpp"

namespace hejnal::app {

class RelayHealth {
 public:
  using Say = std::function<void(const std::string&)>;
  RelayHealth(const std::string& url, ports::Clock& clock, Say say);

  void note(const ports::SendResult& result);
  void rest();  // what comes now is the end of the server, no verdict
  api::ChannelHealth channel() const;
  std::optional<Instant> last_taken() const;

 private:
  const std::string url_;
  ports::Clock& clock_;
  const Say say_;
  mutable std::mutex mutex_;
  std::string trouble_;  // empty: none
  Instant since_, last_taken_;
  bool resting_ = false;
};

}  // namespace hejnal::app

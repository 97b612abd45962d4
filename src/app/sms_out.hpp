// The SMS gateways of a company's settings, put together: one HTTP client for each, so that a slow one holds
// up no other, and the switchboard in front of them.
#pragma once

#include <memory>
#include <vector>

#include "base/result.hpp"
#include "carriers/sms/switchboard.hpp"
#include "config/settings.hpp"
#include "net/http_caller.hpp"

namespace hejnal::app {

// Where gateways call in: public_url (or the gateway's own callback) + this + its name.
inline constexpr const char* kSmsHooks = "/hooks/sms/";

struct SmsOut {
  std::vector<std::unique_ptr<net::HttpClient>> clients;  // in the order of the gateways
  std::unique_ptr<carriers::Switchboard> board;
  std::vector<std::pair<std::string, std::string>> secrets;  // name, secret; empty: none

  void stop(Duration grace);
};

// Reads the secrets. Null without a gateway. Mistakes name the key.
Result<std::unique_ptr<SmsOut>> make_sms(const config::Settings& settings, ports::Clock& clock,
                                         carriers::Switchboard::Watch watch);

// The key of what a gateway has cost in a month, among the settings of the store.
std::string spent_key(const std::string& gateway, const std::string& month);

}  // namespace hejnal::app

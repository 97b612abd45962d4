// Calling out by an exchange: one HTTP call that it is asked with to ring at the agent first and then to put
// the client through, described by the configuration. Pure: settings and two numbers in, an HTTP call out;
// its answer in, a status out. {agent} {to} (E.164) {agent_digits} {to_digits} (without the plus) {id} {user}
// {password} are filled in, as the place they stand in needs it.
#pragma once

#include <string>
#include <vector>

#include "base/result.hpp"
#include "core/types.hpp"
#include "ports/sms.hpp"

namespace hejnal::carriers::phone {

struct OriginateSettings {
  std::string url, method, body, user, password;  // method empty: GET, with a body POST
  std::vector<std::string> headers;               // "Name: value"
};

ports::HttpCall originate(const OriginateSettings& settings, const std::string& agent, const std::string& to,
                          std::int64_t callback);
// retry_later: nothing rings, as far as anybody knows.
Status originated(const ports::HttpAnswer& answer);

}  // namespace hejnal::carriers::phone

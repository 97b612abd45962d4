// An HTTP call that the configuration describes: a URL, headers and a body in which names such as {to} are
// filled in, each escaped as the place it stands in needs it. Pure.
#pragma once

#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ports/sms.hpp"

namespace hejnal::carriers {

struct HttpTemplate {
  const std::string& method;  // empty: GET, with a body POST
  const std::string& url;
  const std::vector<std::string>& headers;  // "Name: value"
  const std::string& body;                  // without a Content-Type it goes as a form
};

// "{to}" and what stands for it.
using HttpValues = std::span<const std::pair<std::string_view, std::string_view>>;

// Without a time limit of its own.
ports::HttpCall fill_call(const HttpTemplate& pattern, HttpValues values);

}  // namespace hejnal::carriers

// What the pages of one case have in common: the case that a link leads to. Internal to the room.
#pragma once

#include <string>

#include "api/context.hpp"

namespace hejnal::api {

// What a link leads to: a case, or what has become of it in the one that it was merged into.
struct Followed {
  core::CaseNumber number = 0;  // that the link names
  std::string subject, short_code, token;
  core::Case lives;
};

// By the token in the path; not_found.
Result<Followed> followed_by(Context& context);
ports::Response no_such_case(const std::string& language);  // 404
// Too often from one link: 429 and when again; zero: it may.
Duration wait_to_post(Context& context);

}  // namespace hejnal::api

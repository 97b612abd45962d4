// The published procedure as a page of its own, for `hejnal procedure --format html`.
#pragma once

#include <string>

#include "core/procedure.hpp"

namespace hejnal::api {

std::string procedure_html(const core::Procedure& procedure, const std::string& desk_name,
                           const std::string& address, const std::string& sms_number);

}  // namespace hejnal::api

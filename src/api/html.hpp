// HTML that is written by hand. The pages are few and plain; a template library comes
// with the console's client pages.
#pragma once

#include <string>
#include <string_view>

#include "core/procedure.hpp"

namespace hejnal::api {

// The published procedure as a page.
std::string procedure_html(const core::Procedure& procedure, const std::string& desk_name,
                           const std::string& address, const std::string& sms_number);
// A whole page; `body` is HTML already.
std::string html_page(std::string_view language, std::string_view title, std::string_view body);

}  // namespace hejnal::api

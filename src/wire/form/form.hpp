// Forms and queries as the web writes them (application/x-www-form-urlencoded), and base64. What comes in are
// any bytes; what comes out of decoding is valid UTF-8.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace hejnal::wire {

using FormFields = std::vector<std::pair<std::string, std::string>>;

std::string percent_encode(std::string_view text);  // all but A-Z a-z 0-9 - . _ ~
std::string form_encode(const FormFields& fields);
// At most 200 fields; a broken escape stands for itself.
FormFields form_decode(std::string_view body);
std::string_view field(const FormFields& fields, std::string_view name);  // the first one; empty when absent

std::string base64(std::string_view bytes);
std::string bytes_of_percent(std::string_view text);  // any bytes; a broken escape stands for itself
// Nothing unless all of it are pairs of hexadecimal digits.
bool bytes_of_hex(std::string_view hex, std::string& bytes);

}  // namespace hejnal::wire

// How single lines of a reply look: who opens a quotation, in which language. Used by reply_text only.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hejnal::wire {

bool is_quoted_line(std::string_view line);
// "Richard> text", "| text": only below a line that opens a quotation, for a router's prompt looks the same.
bool is_alias_quoted_line(std::string_view line);
bool is_delimiter_line(std::string_view line);  // "-----", "____", "***"
bool is_original_message_line(
    std::string_view line);  // "-----Original Message-----", "---------- Forwarded message"
bool is_sent_from_line(std::string_view line);  // "Sent from my iPhone", "Wysłane z telefonu"
bool is_header_line(std::string_view line);     // "From: ", "Od:", "*Von:*"
// "On ..., X wrote:" that begins in lines[at]; how many lines it takes, or 0.
std::size_t wrote_lines(const std::vector<std::string_view>& lines, std::size_t at);

}  // namespace hejnal::wire

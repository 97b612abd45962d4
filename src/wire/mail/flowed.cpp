#include "wire/mail/flowed.hpp"

#include <algorithm>

#include "wire/mail/fields.hpp"

namespace hejnal::wire {

std::string unflow(std::string_view text, bool delsp) {
  std::string out;
  out.reserve(text.size());
  bool open = false;  // the line before ended soft
  std::size_t open_depth = 0;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string_view line = next_line(text, at);
    std::size_t depth = 0;
    while (!line.empty() && line.front() == '>') {
      ++depth;
      line.remove_prefix(1);
    }
    if (line.starts_with(' ')) line.remove_prefix(1);  // space-stuffing
    const bool signature = line == "-- ";
    const bool soft = line.ends_with(' ') && !signature;
    if (open && (depth != open_depth || signature)) {
      out += '\n';
      open = false;
    }
    if (!open && depth > 0) {
      out.append(std::min<std::size_t>(depth, 50), '>');
      out += ' ';
    }
    if (soft && delsp) line.remove_suffix(1);
    out += line;
    open = soft;
    open_depth = depth;
    if (!soft) out += '\n';
  }
  return out;
}

}  // namespace hejnal::wire

// The header of a mail or a part: fields in order, as views into the original. RFC 5322 2.2, and what senders
// make of it: a "From " line of a mailbox file, bare LF, lines that are no field. Strangers' bytes: the
// input; fields are bounded in number, and their values where they are read.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace hejnal::wire {

struct Field {
  std::string_view name;   // without the colon, trimmed
  std::string_view value;  // raw: still folded
};

struct Fields {
  std::vector<Field> all;
  std::size_t size = 0;  // bytes up to the body
  bool cut = false;      // there were more fields than we keep

  const Field* find(std::string_view name) const;
  std::string value(std::string_view name) const;  // unfolded and trimmed; raw bytes
};

constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxValue = 64u << 10;

Fields read_fields(std::string_view text);
std::string unfold(std::string_view value);  // line ends removed, trimmed, at most kMaxValue bytes

// One line without its end; moves `at` behind it.
std::string_view next_line(std::string_view text, std::size_t& at);

}  // namespace hejnal::wire

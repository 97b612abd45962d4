// The header of a mail or a part: where it ends, and its fields in order, read by GMime. RFC 5322 2.2, and
// what senders make of it: a "From " line of a mailbox file, bare LF, lines that are no field. Strangers'
// bytes: the input; number and size of the fields are bounded before GMime sees them.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "wire/mail/gmime.hpp"

namespace hejnal::wire {

struct Field {
  std::string_view name;  // without the colon, trimmed
  const char* value;      // raw: still folded
};

struct Fields {
  Owned<GMimeObject> object;  // what the views point into
  std::vector<Field> all;
  std::size_t size = 0;  // bytes up to the body
  bool cut = false;      // there were more fields than we keep

  const Field* find(std::string_view name) const;
  std::string value(std::string_view name) const;  // unfolded and trimmed; raw bytes
};

constexpr std::size_t kMaxFields = 1000;
constexpr std::size_t kMaxPartFields = 100;  // of a part inside a mail, of which there may be hundreds
constexpr std::size_t kMaxValue = 64u << 10;
constexpr std::size_t kMaxHeader = 1u << 20;

Fields read_fields(std::string_view text, std::size_t max_fields = kMaxFields);
std::string unfold(const char* value);  // line ends removed, trimmed

// One line without its end; moves `at` behind it.
std::string_view next_line(std::string_view text, std::size_t& at);

}  // namespace hejnal::wire

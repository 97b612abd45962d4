// The text of header fields: encoded words (RFC 2047, 2231 5) and parameters (RFC 2045 5.1, 2183, 2231), read
// the way they are really sent. Results are valid UTF-8. Strangers' bytes: all arguments.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace hejnal::wire {

// `value` is unfolded raw bytes. Adjacent encoded words are joined as bytes before they are converted,
// because many programs cut characters between them. Bytes outside encoded words are guessed, with `hint` as
// the likely charset.
std::string decode_header_text(std::string_view value, std::string_view hint = {});

// The same in a field that has a grammar (addresses, parameters): encoded words become quoted strings, so
// that nothing in them can pass for syntax, and everything else UTF-8. GMime reads the result.
std::string decode_words_inside(std::string_view value, std::string_view hint = {});

struct Parameter {
  std::string name, value;  // the name in lower case; the value decoded to UTF-8
};

struct Parameterized {
  std::string value;  // before the first ";", lower case: "text/plain", "attachment"
  std::vector<Parameter> parameters;

  std::string_view get(std::string_view name) const;  // empty when none
};

Parameterized parse_parameters(std::string_view value, std::string_view hint = {});

}  // namespace hejnal::wire

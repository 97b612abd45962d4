#include "json/value.hpp"

#include "base/text.hpp"

namespace hejnal::json {

Result<Value> parse(std::string_view text) {
  boost::json::parse_options options;
  options.max_depth = 16;
  boost::json::stream_parser parser({}, options);
  boost::system::error_code error;
  const std::size_t used = parser.write_some(text, error);
  if (!error && used < text.size()) {
    const std::string_view rest = trim(text.substr(used));
    if (!rest.empty())
      return fail(Fault::malformed, "not JSON: something follows the value at byte {}", used);
  }
  if (!error) parser.finish(error);
  if (error) return fail(Fault::malformed, "not JSON: {} at byte {}", error.message(), used);
  return parser.release();
}

std::string dump(const Value& value) { return boost::json::serialize(value); }

}  // namespace hejnal::json

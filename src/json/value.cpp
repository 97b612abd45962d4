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

namespace {

std::size_t fields_in(const Value& value) {
  std::size_t count = 0;
  if (value.is_object()) {
    for (const auto& field : value.get_object()) count += 1 + fields_in(field.value());
  } else if (value.is_array()) {
    for (const Value& element : value.get_array()) count += fields_in(element);
  }
  return count;
}

// Of valid JSON: every field has one colon outside of texts.
std::size_t colons_in(std::string_view text) {
  std::size_t count = 0;
  bool quoted = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (quoted && text[i] == '\\') {
      ++i;
    } else if (text[i] == '"') {
      quoted = !quoted;
    } else if (text[i] == ':' && !quoted) {
      ++count;
    }
  }
  return count;
}

}  // namespace

Result<Value> parse_strictly(std::string_view text) {
  HEJNAL_TRY(Value value, parse(text));
  if (fields_in(value) != colons_in(text)) return fail(Fault::malformed, "a field is given twice");
  return value;
}

std::string dump(const Value& value) { return boost::json::serialize(value); }

Value time_or_null(const std::optional<Instant>& t) { return t ? Value(format_rfc3339(*t)) : Value(nullptr); }
Value text_or_null(const std::string& text) { return text.empty() ? Value(nullptr) : Value(text); }

}  // namespace hejnal::json

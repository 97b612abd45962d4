#include "config/procedure_data.hpp"

#include <fmt/format.h>

#include <cmath>

#include "config/toml_reader.hpp"

namespace hejnal::config {

namespace {

constexpr int kDepthMax = 8;

std::string quoted(std::string_view text) {
  std::string out = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      out += '\\';
      out += c;
    } else if (c == '\n') {
      out += "\\n";
    } else if (c == '\t') {
      out += "\\t";
    } else if (byte < 0x20 || byte == 0x7F) {
      out += fmt::format("\\u{:04X}", byte);
    } else {
      out += c;
    }
  }
  return out + '"';
}

std::string key_of(std::string_view key) {
  const bool bare = !key.empty() && key.find_first_not_of(
                                        "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                        "0123456789_-") == key.npos;
  return bare ? std::string(key) : quoted(key);
}

bool is_tables(const json::Value& value) {
  if (!value.is_array() || value.as_array().empty()) return false;
  for (const json::Value& one : value.as_array()) {
    if (!one.is_object()) return false;
  }
  return true;
}

Result<std::string> scalar(const json::Value& value, const std::string& path) {
  if (value.is_string()) return quoted(std::string_view(value.as_string()));
  if (value.is_bool()) return std::string(value.as_bool() ? "true" : "false");
  if (value.is_int64()) return std::to_string(value.as_int64());
  if (value.is_double() && std::isfinite(value.as_double())) {
    std::string out = fmt::format("{}", value.as_double());
    if (out.find_first_of(".e") == out.npos) out += ".0";
    return out;
  }
  if (!value.is_array())
    return fail(Fault::malformed, "{}: expected a text, a number, true or false, or a list", path);
  std::string out = "[";
  for (const json::Value& one : value.as_array()) {
    if (one.is_array() || one.is_object())
      return fail(Fault::malformed, "{}: expected a list of texts or numbers", path);
    HEJNAL_TRY(const std::string text, scalar(one, path));
    out += (out.size() > 1 ? ", " : "") + text;
  }
  return out + ']';
}

Status write(const json::Object& object, const std::string& path, int depth, std::string& out) {
  if (depth > kDepthMax) return fail(Fault::malformed, "{}: too deep", path);
  const auto at = [&](std::string_view key) { return path.empty() ? key_of(key) : path + '.' + key_of(key); };
  for (const auto& field : object) {
    if (field.value().is_object() || is_tables(field.value())) continue;
    HEJNAL_TRY(const std::string text, scalar(field.value(), at(field.key())));
    out += fmt::format("{} = {}\n", key_of(field.key()), text);
  }
  for (const auto& field : object) {
    const std::string name = at(field.key());
    if (field.value().is_object()) {
      out += fmt::format("\n[{}]\n", name);
      HEJNAL_TRY_VOID(write(field.value().as_object(), name, depth + 1, out));
    } else if (is_tables(field.value())) {
      for (const json::Value& one : field.value().as_array()) {
        out += fmt::format("\n[[{}]]\n", name);
        HEJNAL_TRY_VOID(write(one.as_object(), name, depth + 1, out));
      }
    }
  }
  return {};
}

}  // namespace

Result<json::Value> toml_to_data(std::string_view text) {
  const TomlFile file(text, "procedure");
  if (!file.mistakes().empty()) return fail(Fault::malformed, "{}", file.mistakes().front());
  return file.data();
}

Result<std::string> data_to_toml(const json::Value& data) {
  if (!data.is_object()) return fail(Fault::malformed, "expected an object");
  std::string out;
  HEJNAL_TRY_VOID(write(data.as_object(), {}, 0, out));
  return out;
}

}  // namespace hejnal::config

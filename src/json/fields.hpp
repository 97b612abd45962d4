// Core types to JSON objects and back, by the field list that each type states (`T::fields`).
// Written compactly: a field that has its default value is left out. Read tolerantly: an absent field has its
// default, an unknown one is passed over (an older program may read a newer journal), a wrong type is
// Fault::corrupt.
#pragma once

#include <fmt/format.h>

#include <iterator>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "core/types.hpp"
#include "json/value.hpp"

namespace hejnal::json {

namespace detail {

template <class T>
concept HasFields = requires(const T& t) {
  T::fields(t, [](const char*, const auto&) {});
};

template <class T>
struct IsVector : std::false_type {};
template <class T>
struct IsVector<std::vector<T>> : std::true_type {};

template <class T>
void write(std::string& out, const T& x);

template <class T>
bool is_default(const T& x) {
  if constexpr (HasFields<T>) {
    bool all = true;
    T::fields(x, [&](const char*, const auto& f) { all = all && is_default(f); });
    return all;
  } else if constexpr (std::is_same_v<T, Instant>) {
    return x.ms == 0;
  } else if constexpr (std::is_enum_v<T>) {
    return false;
  } else if constexpr (std::is_arithmetic_v<T>) {
    return x == T{};
  } else {
    return x.empty();
  }
}

// Text that JSON cannot hold as it is (quotes, controls, and what is not UTF-8: a journal that cannot be read
// again would be the greater damage) is escaped or mended.
void write_string(std::string& out, std::string_view text);

// Of an object's next field, by a comma after the one before.
inline void write_name(std::string& out, std::string_view name) {
  out.append(out.back() == '{' ? "\"" : ",\"").append(name).append("\":");
}

// `"name":value` for each field that has not its default value, by commas.
template <class T>
void write_fields(std::string& out, const T& x) {
  T::fields(x, [&](const char* name, const auto& f) {
    if (is_default(f)) return;
    write_name(out, name);
    write(out, f);
  });
}

template <class T>
void write(std::string& out, const T& x) {
  if constexpr (HasFields<T>) {
    out += '{';
    write_fields(out, x);
    out += '}';
  } else if constexpr (std::is_same_v<T, Instant>) {
    fmt::format_to(std::back_inserter(out), "{}", x.ms);
  } else if constexpr (std::is_enum_v<T>) {
    write_string(out, core::to_string(x));
  } else if constexpr (IsVector<T>::value) {
    out += '[';
    for (const auto& e : x) {
      if (out.back() != '[') out += ',';
      write(out, e);
    }
    out += ']';
  } else if constexpr (std::is_arithmetic_v<T>) {
    fmt::format_to(std::back_inserter(out), "{}", x);
  } else {
    write_string(out, x);
  }
}

template <class T>
bool read(const Value& v, T& x) {
  if constexpr (HasFields<T>) {
    if (!v.is_object()) return false;
    bool good = true;
    T::fields(x, [&](const char* name, auto& f) {
      if (const Value* found = v.as_object().if_contains(name)) good = good && read(*found, f);
    });
    return good;
  } else if constexpr (std::is_same_v<T, Instant>) {
    if (!v.is_int64()) return false;
    x.ms = v.as_int64();
    return true;
  } else if constexpr (std::is_enum_v<T>) {
    if (!v.is_string()) return false;
    const auto parsed = core::parse<T>(std::string_view(v.as_string()));
    if (parsed) x = *parsed;
    return parsed.has_value();
  } else if constexpr (std::is_same_v<T, bool>) {
    if (!v.is_bool()) return false;
    x = v.as_bool();
    return true;
  } else if constexpr (std::is_integral_v<T>) {
    if (!v.is_int64() || !std::in_range<T>(v.as_int64())) return false;
    x = static_cast<T>(v.as_int64());
    return true;
  } else if constexpr (IsVector<T>::value) {
    if (!v.is_array()) return false;
    for (const Value& e : v.as_array()) {
      if (!read(e, x.emplace_back())) return false;
    }
    return true;
  } else {
    if (!v.is_string()) return false;
    x = std::string(v.as_string());
    return true;
  }
}

}  // namespace detail

template <detail::HasFields T>
std::string to_text(const T& x) {
  std::string out;
  detail::write(out, x);
  return out;
}

template <detail::HasFields T>
Result<T> from_value(const Value& v) {
  T x;
  if (!detail::read(v, x))
    return fail(Fault::corrupt, "a stored object does not have the expected fields: {}",
                dump(v).substr(0, 200));
  return x;
}

}  // namespace hejnal::json

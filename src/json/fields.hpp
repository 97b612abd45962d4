// Core types to JSON objects and back, by the field list that each type states (`T::fields`).
// Written compactly: a field that has its default value is left out. Read tolerantly: an absent field has its
// default, an unknown one is passed over (an older program may read a newer journal), a wrong type is
// Fault::corrupt.
#pragma once

#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "base/text.hpp"
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
Value write(const T& x);

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

template <class T>
Object write_object(const T& x) {
  Object out;
  T::fields(x, [&](const char* name, const auto& f) {
    if (!is_default(f)) out.emplace(name, write(f));
  });
  return out;
}

template <class T>
Value write(const T& x) {
  if constexpr (HasFields<T>) {
    return write_object(x);
  } else if constexpr (std::is_same_v<T, Instant>) {
    return Value(x.ms);
  } else if constexpr (std::is_enum_v<T>) {
    return Value(core::to_string(x));
  } else if constexpr (IsVector<T>::value) {
    Array out;
    for (const auto& e : x) out.push_back(write(e));
    return out;
  } else if constexpr (std::is_same_v<T, std::string>) {
    // Text is valid UTF-8 by then. Should it not be (a relay's answer, say), a journal that cannot be read
    // again would be the greater damage.
    return is_valid_utf8(x) ? Value(x) : Value(sanitize_utf8(x));
  } else {
    return Value(x);
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
Object to_object(const T& x) {
  return detail::write_object(x);
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

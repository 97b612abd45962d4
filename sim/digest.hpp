// One hash of everything that has happened, in order: BLAKE2b over BLAKE2b of pieces. Text goes in with its
// length and numbers with all their bytes, so that nothing can be taken for something else.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>

#include "base/hash.hpp"
#include "core/entry.hpp"

namespace hejnal::sim {

class Digest {
 public:
  template <class T>
  void add(const T& value) {
    put(value);
    if (piece_.size() > (1U << 16)) fold();
  }
  std::string hex() {
    fold();
    return hash_;
  }

 private:
  template <class T>
  void put(const T& value) {
    if constexpr (requires { value.body.index(); }) {  // an entry of any journal
      put(value.at);
      put(value.by);
      put(value.why);
      put(value.body.index());
      std::visit([this](const auto& body) { this->put(body); }, value.body);
    } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
      const std::string_view text = value;
      put(text.size());
      piece_ += text;
    } else if constexpr (std::is_enum_v<T> || std::is_arithmetic_v<T>) {
      auto bits = static_cast<std::uint64_t>(value);
      for (int i = 0; i < 8; ++i, bits >>= 8) piece_ += static_cast<char>(bits & 0xFF);
    } else if constexpr (std::is_same_v<T, Instant>) {
      put(value.ms);
    } else if constexpr (requires { value.begin(); }) {
      put(value.size());
      for (const auto& item : value) put(item);
    } else {
      T::fields(value, [this](const char*, const auto& field) { this->put(field); });
    }
  }
  void fold() {
    piece_ += hash_;
    hash_ = content_hash(piece_);
    piece_.clear();
  }
  std::string piece_, hash_;
};

}  // namespace hejnal::sim

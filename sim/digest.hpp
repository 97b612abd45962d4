// One hash of everything that has happened, in order: SHA-256 over SHA-256 of pieces.
#pragma once

#include <string>
#include <string_view>

#include "base/hash.hpp"

namespace hejnal::sim {

class Digest {
 public:
  void add(std::string_view bytes) {
    piece_ += bytes;
    piece_ += '\n';
    if (piece_.size() > (1U << 16)) fold();
  }
  std::string hex() {
    fold();
    return to_hex(hash_);
  }

 private:
  void fold() {
    hash_ = sha256(hash_ + piece_);
    piece_.clear();
  }
  std::string piece_, hash_;
};

}  // namespace hejnal::sim

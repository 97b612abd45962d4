// One hash of everything that has happened, in order: BLAKE2b over BLAKE2b of pieces.
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
    return hash_;
  }

 private:
  void fold() {
    piece_ += hash_;
    hash_ = content_hash(piece_);
    piece_.clear();
  }
  std::string piece_, hash_;
};

}  // namespace hejnal::sim

// The text between DATA and the final dot (RFC 5321, 4.5.2): removes dot-stuffing and finds the end. Every
// byte here comes from a stranger.
//
// Only CR LF . CR LF ends the data. A bare LF or CR is data like any other byte: whoever counts `LF . LF` as
// an end lets one message smuggle a second one past the servers before us (CVE-2023-51764 ff.). Lines may
// have any length; the cost is linear in the bytes, however they are cut. Over the limit the bytes are
// dropped but the end is still found, so that the conversation can go on.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace hejnal::wire {

class LmtpData {
 public:
  void begin(std::size_t limit_bytes);

  // Takes bytes up to and including the final dot and returns how many those were.
  std::size_t feed(std::string_view bytes);

  bool complete() const { return at_ == At::end; }
  bool too_big() const { return too_big_; }
  std::string take() { return std::move(bytes_); }

 private:
  enum class At { line_start, dot, dot_cr, inside, cr, end };

  void keep(std::string_view bytes);
  void step(char c);

  std::string bytes_;
  std::size_t limit_bytes_ = 0;
  At at_ = At::end;
  bool too_big_ = false;
};

// How often the header section says "Received:" (RFC 5321, 6.3: loop detection).
std::size_t count_received(std::string_view message);

}  // namespace hejnal::wire

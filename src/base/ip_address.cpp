#include "base/ip_address.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <array>
#include <cstring>

namespace hejnal {

namespace {

template <int family, std::size_t size>
std::string written(const std::array<unsigned char, size>& bytes) {
  std::array<char, INET6_ADDRSTRLEN> out{};
  ::inet_ntop(family, bytes.data(), out.data(), out.size());
  return out.data();
}

// "192.0.2.1" of "192.0.2.1:4711", "2001:db8::1" of "[2001:db8::1]:4711".
std::string_view without_port(std::string_view text) {
  if (text.starts_with('[')) {
    const auto end = text.find(']');
    return end == std::string_view::npos ? text : text.substr(1, end - 1);
  }
  const bool one_colon = std::count(text.begin(), text.end(), ':') == 1;
  return one_colon ? text.substr(0, text.find(':')) : text;
}

}  // namespace

std::optional<std::string> ip_address(std::string_view text) {
  const std::string plain(without_port(text));
  if (plain.size() >= INET6_ADDRSTRLEN) return std::nullopt;
  std::array<unsigned char, 4> four{};
  if (::inet_pton(AF_INET, plain.c_str(), four.data()) == 1) return written<AF_INET>(four);
  std::array<unsigned char, 16> sixteen{};
  if (::inet_pton(AF_INET6, plain.c_str(), sixteen.data()) != 1) return std::nullopt;
  constexpr std::array<unsigned char, 12> kMapped = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff};
  if (!std::equal(kMapped.begin(), kMapped.end(), sixteen.begin())) return written<AF_INET6>(sixteen);
  std::copy(sixteen.begin() + 12, sixteen.end(), four.begin());
  return written<AF_INET>(four);
}

bool is_loopback(std::string_view address) {
  return address.starts_with("127.") || address == "::1" || address == "::ffff:127.0.0.1";
}

std::string network_of(const std::string& address) {
  std::array<unsigned char, 16> sixteen{};
  if (::inet_pton(AF_INET6, address.c_str(), sixteen.data()) != 1) return address;
  std::fill(sixteen.begin() + 8, sixteen.end(), static_cast<unsigned char>(0));
  return written<AF_INET6>(sixteen) + "/64";
}

}  // namespace hejnal

// Addresses of machines, as texts.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace hejnal {

// In its one way of writing; IPv4 within IPv6 becomes IPv4. Empty when it is none. A port behind it goes
// ("192.0.2.1:4711", "[2001:db8::1]:4711"), as proxies hang one on.
std::optional<std::string> ip_address(std::string_view text);

// Of this machine itself, also as IPv4 within IPv6.
bool is_loopback(std::string_view address);

// What one household or company has: an IPv4 address itself, of IPv6 the first 64 bits.
std::string network_of(const std::string& address);

}  // namespace hejnal

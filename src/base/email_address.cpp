#include "base/email_address.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hejnal {

namespace {

constexpr std::size_t kLocalMax = 64, kDomainMax = 253, kLabelMax = 63;  // RFC 5321, 4.5.3.1; RFC 1035

bool is_label(std::string_view label) {
  const bool edges = label.starts_with('-') || label.ends_with('-');
  return !label.empty() && label.size() <= kLabelMax && !edges &&
         std::all_of(label.begin(), label.end(), [](char c) {
           return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
                  static_cast<unsigned char>(c) >= 0x80;
         });
}

bool is_domain(std::string_view domain) {
  if (domain.empty() || domain.size() > kDomainMax) return false;
  const auto labels = split(domain, '.');
  return std::all_of(labels.begin(), labels.end(), is_label);
}

bool is_local_part(std::string_view local) {
  constexpr std::string_view kNeedsQuotes = "()<>[]:;,\\\"";
  return !local.empty() && local.size() <= kLocalMax && std::none_of(local.begin(), local.end(), [&](char c) {
    return static_cast<unsigned char>(c) <= 0x20 || c == 0x7F ||
           kNeedsQuotes.find(c) != std::string_view::npos;
  });
}

}  // namespace

std::optional<std::string> email_address(std::string_view text) {
  const std::string address = to_lower_ascii(trim(text));
  const auto at = address.find('@');
  if (at == std::string::npos || address.find('@', at + 1) != std::string::npos) return std::nullopt;
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";  // stood for bytes that were no text
  const bool plain = one_line(address) == address && address.find(kReplacement) == std::string::npos;
  const std::string_view whole = address;
  if (!plain || !is_local_part(whole.substr(0, at)) || !is_domain(whole.substr(at + 1))) return std::nullopt;
  return address;
}

}  // namespace hejnal

#include "net/http_target.hpp"

#include "base/text.hpp"

namespace hejnal::net {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

std::optional<std::string> percent_decode(std::string_view text, bool plus_is_space, bool any_bytes = false) {
  std::string decoded;
  decoded.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (text.size() - i < 3) return {};
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return {};
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && plus_is_space) {
      c = ' ';
    }
    if (c == '\0' && !any_bytes) return {};
    decoded.push_back(c);
  }
  if (!any_bytes && !is_valid_utf8(decoded)) return {};
  return decoded;
}

bool leads_elsewhere(std::string_view path) {
  if (path.find('\\') != std::string_view::npos) return true;
  for (const std::string_view segment : split(path, '/')) {
    if (segment == "." || segment == "..") return true;
  }
  return false;
}

}  // namespace

std::optional<HttpTarget> parse_target(std::string_view target) {
  for (const std::string_view scheme : {"http://", "https://"}) {
    if (target.size() < scheme.size() || !iequals(target.substr(0, scheme.size()), scheme)) continue;
    const std::size_t slash = target.find('/', scheme.size());
    if (slash == std::string_view::npos) return HttpTarget{"/", {}};
    target.remove_prefix(slash);
  }
  if (!target.starts_with('/')) return {};
  const std::size_t mark = target.find('?');
  std::optional<std::string> path = percent_decode(target.substr(0, mark), false);
  if (!path || leads_elsewhere(*path)) return {};

  // Gateways bring texts in any encoding, and do not bring one again that was refused.
  const bool any_bytes = path->starts_with("/hooks/");
  HttpTarget parsed{std::move(*path), {}};
  if (mark == std::string_view::npos) return parsed;
  for (const std::string_view pair : split(target.substr(mark + 1), '&')) {
    if (pair.empty()) continue;
    const std::size_t equals = pair.find('=');
    std::optional<std::string> name = percent_decode(pair.substr(0, equals), true);
    std::optional<std::string> value = std::string();
    if (equals != std::string_view::npos) value = percent_decode(pair.substr(equals + 1), true, any_bytes);
    if (!name || !value) return {};
    parsed.query.emplace_back(std::move(*name), std::move(*value));
  }
  return parsed;
}

}  // namespace hejnal::net

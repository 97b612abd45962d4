#include "wire/lmtp/command.hpp"

#include <algorithm>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

std::string to_upper_ascii(std::string_view text) {
  std::string upper(text);
  std::transform(upper.begin(), upper.end(), upper.begin(),
                 [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; });
  return upper;
}

// Where the '>' is that closes a path beginning at text[0] == '<'; quoted strings may hold one too.
std::size_t find_path_end(std::string_view text) {
  bool quoted = false;
  for (std::size_t i = 1; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted && c == '\\') {
      ++i;
    } else if (c == '"') {
      quoted = !quoted;
    } else if (c == '>' && !quoted) {
      return i;
    }
  }
  return std::string_view::npos;
}

bool is_clean(std::string_view address) {
  if (!is_valid_utf8(address)) return false;
  bool quoted = false;
  for (std::size_t i = 0; i < address.size(); ++i) {
    const auto c = static_cast<unsigned char>(address[i]);
    if (c < 0x20 || c == 0x7F) return false;
    if (c == '"') quoted = !quoted;
    if (quoted && c == '\\') ++i;
    if (!quoted && (c == ' ' || c == '<')) return false;
  }
  return true;
}

}  // namespace

LmtpCommand split_command(std::string_view line) {
  const std::size_t space = line.find(' ');
  LmtpCommand command;
  command.verb = to_upper_ascii(line.substr(0, space));
  if (space != std::string_view::npos) command.argument = trim(line.substr(space));
  return command;
}

std::optional<LmtpPath> parse_path(std::string_view argument, std::string_view keyword) {
  if (argument.size() < keyword.size() || !iequals(argument.substr(0, keyword.size()), keyword)) return {};
  argument = trim(argument.substr(keyword.size()));
  if (!argument.starts_with('<')) return {};
  const std::size_t end = find_path_end(argument);
  if (end == std::string_view::npos) return {};

  std::string_view address = argument.substr(1, end - 1);
  if (address.starts_with('@')) {
    const std::size_t colon = address.find(':');
    if (colon == std::string_view::npos) return {};
    address.remove_prefix(colon + 1);
  }
  if (!is_clean(address)) return {};

  LmtpPath path{std::string(address), {}};
  std::string_view rest = argument.substr(end + 1);
  if (!rest.empty() && rest[0] != ' ') return {};
  for (std::string_view word : split(rest, ' ')) {
    if (word.empty()) continue;
    const std::size_t equals = word.find('=');
    const std::string_view value =
        equals == std::string_view::npos ? std::string_view() : word.substr(equals + 1);
    path.parameters.emplace_back(to_upper_ascii(word.substr(0, equals)), std::string(value));
  }
  return path;
}

}  // namespace hejnal::wire

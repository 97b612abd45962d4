#include "wire/mail/address.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/gmime.hpp"
#include "wire/mail/header_text.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxAddresses = 500;
constexpr std::ptrdiff_t kMaxColons = 20;  // an IPv6 address has nine

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

// One mailbox or group of a list, its end taken where people end it: at ";" too, as Outlook does, and at a
// "," inside "<" where the ">" was forgotten. GMime gives up on a list at the first ";".
std::string_view take_piece(std::string_view list, std::size_t& at) {
  const std::size_t begin = at;
  std::size_t comments = 0, angle = list.npos;
  bool quoted = false;
  for (; at < list.size(); ++at) {
    const char c = list[at];
    if (c == '\\' && (quoted || comments > 0)) {
      ++at;
    } else if (c == '"' && comments == 0) {
      quoted = !quoted;
    } else if (quoted) {
      continue;
    } else if (c == '(') {
      ++comments;
    } else if (c == ')' && comments > 0) {
      --comments;
    } else if (comments > 0) {
      continue;
    } else if (c == '<') {
      angle = at;
    } else if (c == '>') {
      angle = list.npos;
    } else if (c == ';' || (c == ',' && (angle == list.npos || list.substr(angle + 1, 1) != "@"))) {
      break;  // a "," of "<@relay,@relay:a@x>" ends nothing
    }
  }
  const std::size_t end = std::min(at, list.size());
  at = end + 1;
  return list.substr(begin, end - begin);
}

// "name: a@x" without the name of the group.
std::string_view behind_groups(std::string_view piece) {
  for (;;) {
    const auto colon = piece.find(':');
    if (colon == piece.npos || piece.substr(0, colon).find_first_of("@<\"([") != piece.npos) return piece;
    piece = trim(piece.substr(colon + 1));
  }
}

std::string display_name(std::string_view raw) {
  std::string name = collapse_space(sanitize_utf8(raw));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
    name = name.substr(1, name.size() - 2);
  }
  return truncate_utf8(trim(name), 500);
}

class Reader {
 public:
  void read(std::string_view list) {
    for (std::size_t at = 0; at < list.size() && out.size() < kMaxAddresses;) {
      const std::string_view piece = behind_groups(trim(take_piece(list, at)));
      if (piece.empty()) continue;
      const std::size_t before = out.size();
      // GMime calls itself for each ":", as long as there is stack.
      const bool bounded = std::count(piece.begin(), piece.end(), ':') <= kMaxColons;
      const Owned<InternetAddressList> parsed(
          bounded ? internet_address_list_parse(mail_options(), std::string(piece).c_str()) : nullptr);
      if (parsed != nullptr)
        take(parsed.get());
      else
        rescue(piece);
      // A whole mailbox that was encoded as one word: what it holds is read, once.
      if (!again_ && out.size() == before + 1 && piece.starts_with('"') && piece.ends_with('"') &&
          piece.find('@') != piece.npos) {
        const std::string inner = unquote(piece);
        out.pop_back();
        again_ = true;
        read(inner);
        again_ = false;
      }
    }
  }

  std::vector<Address> out;

 private:
  void add(std::string_view name, std::string_view addr) {
    Address made{display_name(name), normal_addr(addr)};
    if ((!made.name.empty() || !made.addr.empty()) && out.size() < kMaxAddresses)
      out.push_back(std::move(made));
  }

  // A group is its members: GMime reads one level of them.
  void take(InternetAddressList* list) {
    for (int i = 0; i < internet_address_list_length(list); ++i) {
      InternetAddress* address = internet_address_list_get_address(list, i);
      if (INTERNET_ADDRESS_IS_GROUP(address)) {
        take(internet_address_group_get_members(INTERNET_ADDRESS_GROUP(address)));
        continue;
      }
      const char* name = internet_address_get_name(address);
      auto* mailbox = INTERNET_ADDRESS_MAILBOX(address);
      const char* addr = internet_address_mailbox_get_addr(mailbox);
      // The domain as it goes over the wire: GMime has turned "xn--..." into letters.
      if (addr != nullptr && !is_ascii(addr)) addr = internet_address_mailbox_get_idn_addr(mailbox);
      add(name == nullptr ? "" : name, addr == nullptr ? "" : addr);
    }
  }

  // No mailbox in GMime's eyes: "MAILER-DAEMON <>", "Jan jan@firma.pl", a name alone.
  void rescue(std::string_view piece) {
    if (const auto open = piece.rfind('<'); open != piece.npos) {
      const std::string_view angle = piece.substr(open + 1, piece.find('>', open) - open - 1);
      if (!trim(angle).empty() || piece.find('@') == piece.npos)
        return add(unquote(piece.substr(0, open)), angle);
      piece = trim(piece.substr(0, open));  // "a@x <>"
    }
    std::size_t begin = piece.npos, end = 0;
    for (std::size_t at = 0; at < piece.size();) {
      while (at < piece.size() && is_space(piece[at])) ++at;
      const std::size_t word = at;
      while (at < piece.size() && !is_space(piece[at])) ++at;
      const auto where = piece.substr(word, at - word).find('@');
      if (where != piece.npos && where > 0 && where + 1 < at - word) {
        begin = word;
        end = at;
      }
    }
    if (begin != piece.npos)
      add(unquote(std::string(piece.substr(0, begin)) + std::string(piece.substr(end))),
          piece.substr(begin, end - begin));
    else if (piece.find('@') != piece.npos)
      add({}, piece);
    else
      add(unquote(piece), {});
  }

  static std::string unquote(std::string_view text) {
    std::string out;
    for (std::size_t i = 0; i < text.size(); ++i) {
      if (text[i] == '"') continue;
      if (text[i] == '\\' && i + 1 < text.size()) ++i;
      out += text[i];
    }
    return out;
  }

  bool again_ = false;
};

}  // namespace

std::string normal_addr(std::string_view addr) {
  addr = trim(addr);
  while (!addr.empty() && (addr.front() == '<' || is_space(addr.front()))) addr.remove_prefix(1);
  while (!addr.empty() && (addr.back() == '>' || is_space(addr.back()))) addr.remove_suffix(1);
  if (addr.starts_with('@')) {  // a source route, RFC 5322 4.4
    const auto colon = addr.find(':');
    if (colon != addr.npos) addr.remove_prefix(colon + 1);
  }
  if (addr.size() > 7 && iequals(addr.substr(0, 7), "mailto:")) addr.remove_prefix(7);
  std::string clean = sanitize_utf8(addr.substr(0, 1000));
  std::string out;
  bool quoted = false;
  for (const char c : clean) {
    if (c == '"') quoted = !quoted;
    if (!is_space(c) || quoted) out += is_space(c) ? ' ' : c;
  }
  const auto at = out.rfind('@');
  if (at == std::string::npos) return out;
  std::string domain = to_lower_ascii(std::string_view(out).substr(at + 1));
  while (domain.ends_with('.')) domain.pop_back();
  std::string local = out.substr(0, at);
  if (local.size() > 2 && local.front() == '"' && local.back() == '"' &&
      local.find_first_of(" ()<>[]:;@\\,", 1) == std::string::npos &&
      local.find('"', 1) == local.size() - 1) {
    local = local.substr(1, local.size() - 2);
  }
  return local + '@' + domain;
}

std::vector<Address> parse_addresses(std::string_view value, std::string_view hint) {
  Reader reader;
  if (!value.empty()) reader.read(decode_words_inside(value, hint));
  return std::move(reader.out);
}

// Ours and not GMime's: an id is compared byte for byte with the one that we sent, and GMime writes domains
// and quotes anew.
std::vector<std::string> parse_message_ids(std::string_view value) {
  std::vector<std::string> out;
  const auto add = [&](std::string_view id) {
    std::string clean;
    for (const char c : sanitize_utf8(id.substr(0, 998))) {
      if (!is_space(c) && c != '<' && c != '>') clean += c;
    }
    if (!clean.empty()) out.push_back('<' + clean + '>');
  };
  std::size_t at = 0;
  while ((at = value.find('<', at)) != value.npos) {
    const auto end = value.find('>', at);
    if (end == value.npos) {
      add(value.substr(at + 1));
      break;
    }
    std::string_view id = value.substr(at + 1, end - at - 1);
    if (const auto inner = id.rfind('<'); inner != id.npos) id.remove_prefix(inner + 1);
    add(id);
    at = end + 1;
    if (out.size() > 2000) break;
  }
  if (out.empty()) {  // without brackets: every word that looks like an id
    std::size_t i = 0;
    while (i < value.size() && out.size() < 100) {
      while (i < value.size() && (is_space(value[i]) || value[i] == ',')) ++i;
      const std::size_t begin = i;
      while (i < value.size() && !is_space(value[i]) && value[i] != ',') ++i;
      const auto word = value.substr(begin, i - begin);
      if (word.find_first_of("<>") != word.npos) continue;
      if (word.find('@') != word.npos || (begin == 0 && i == value.size())) add(word);
    }
  }
  constexpr std::size_t kKeep = 200;  // the first and the newest are what threads are found by
  if (out.size() > kKeep) out.erase(out.begin() + 20, out.end() - (static_cast<std::ptrdiff_t>(kKeep) - 20));
  return out;
}

}  // namespace hejnal::wire

#include "wire/mail/address.hpp"

#include "base/text.hpp"
#include "wire/mail/header_text.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxAddresses = 500;

bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }

struct Pending {
  std::string phrase;   // outside <>, quotes removed
  std::string angle;    // inside <>
  std::string comment;  // inside ()
  bool has_angle = false;
  bool quoted_at = false;  // the phrase holds a quoted string that stands directly before an @
};

// A quoted string as it stands, quotes included; `at` stands on the opening quote.
std::string_view take_quoted(std::string_view text, std::size_t& at) {
  const std::size_t begin = at++;
  while (at < text.size() && text[at] != '"') at += text[at] == '\\' && at + 1 < text.size() ? 2 : 1;
  at = at < text.size() ? at + 1 : text.size();
  return text.substr(begin, at - begin);
}

std::string unquote(std::string_view quoted) {
  std::string out;
  if (quoted.starts_with('"')) quoted.remove_prefix(1);
  if (quoted.ends_with('"')) quoted.remove_suffix(1);
  for (std::size_t i = 0; i < quoted.size(); ++i) {
    if (quoted[i] == '\\' && i + 1 < quoted.size()) ++i;
    out += quoted[i];
  }
  return out;
}

std::string display_name(std::string_view raw, std::string_view hint) {
  std::string name = collapse_space(decode_header_text(trim(raw), hint));
  if (name.size() >= 2 && (name.front() == '"' || name.front() == '\'') && name.back() == name.front()) {
    name = name.substr(1, name.size() - 2);
  }
  return truncate_utf8(trim(name), 500);
}

// No angle brackets: the last word with an @ is the address, the rest a name.
void split_bare(std::string_view text, std::string& name, std::string& addr) {
  text = trim(text);
  if (text.find_first_of(" \t") == text.npos || text.starts_with('"')) {
    addr = text;
    return;
  }
  std::size_t best = text.npos, best_end = 0, at = 0;
  while (at < text.size()) {
    while (at < text.size() && is_space(text[at])) ++at;
    const std::size_t begin = at;
    while (at < text.size() && !is_space(text[at])) ++at;
    const auto word = text.substr(begin, at - begin);
    const auto where = word.find('@');
    if (where != word.npos && where > 0 && where + 1 < word.size()) {
      best = begin;
      best_end = at;
    }
  }
  if (best == text.npos) {
    if (text.find('@') != text.npos)
      addr = text;  // "joe @ example.com"
    else
      name = text;
    return;
  }
  addr = text.substr(best, best_end - best);
  name = std::string(text.substr(0, best)) + std::string(text.substr(best_end));
}

void finish(std::vector<Address>& out, Pending& pending, std::string_view hint, bool again) {
  Address address;
  std::string name = pending.phrase;
  if (pending.has_angle) {
    address.addr = normal_addr(pending.angle);
    if (address.addr.empty() && pending.phrase.find('@') != std::string::npos) {  // "a@x <>"
      std::string rest;
      split_bare(pending.phrase, rest, address.addr);
      address.addr = normal_addr(address.addr);
      name = rest;
    }
  } else {
    std::string bare_name, addr;
    split_bare(pending.phrase, bare_name, addr);
    if (addr.find("=?") != std::string::npos || (addr.empty() && bare_name.find("=?") != std::string::npos)) {
      // The whole mailbox was encoded as one word.
      const std::string decoded = decode_header_text(trim(pending.phrase), hint);
      if (again && decoded.find('@') != std::string::npos) {
        Pending empty;
        pending = empty;
        for (auto& inner : parse_addresses(decoded, "utf-8")) {
          if (out.size() < kMaxAddresses) out.push_back(std::move(inner));
        }
        return;
      }
      bare_name = pending.phrase;
      addr.clear();
    }
    address.addr = normal_addr(addr);
    name = bare_name;
  }
  if (trim(name).empty()) name = pending.comment;
  address.name = display_name(name, hint);
  pending = Pending();
  if ((!address.addr.empty() || !address.name.empty()) && out.size() < kMaxAddresses)
    out.push_back(std::move(address));
}

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
  std::vector<Address> out;
  Pending pending;
  bool group = false;
  const bool again = hint != "utf-8";
  std::size_t at = 0;
  while (at < value.size()) {
    const char c = value[at];
    if (c == '"') {
      const std::string_view quoted = take_quoted(value, at);
      if (!pending.has_angle && at < value.size() && value[at] == '@')
        pending.phrase += quoted;
      else
        pending.phrase += unquote(quoted);
    } else if (c == '(') {
      std::size_t depth = 0;
      std::string comment;
      for (; at < value.size(); ++at) {
        if (value[at] == '\\' && at + 1 < value.size()) {
          comment += value[++at];
          continue;
        }
        if (value[at] == '(' && depth++ == 0) continue;
        if (value[at] == ')' && --depth == 0) {
          ++at;
          break;
        }
        comment += value[at];
      }
      if (pending.comment.empty()) pending.comment = comment;
      if (!pending.phrase.empty()) pending.phrase += ' ';
    } else if (c == '<') {
      ++at;
      std::string angle;
      while (at < value.size() && value[at] != '>') {
        if (value[at] == '"') {
          angle += take_quoted(value, at);
        } else if (value[at] == ',' && angle.find('@') != std::string::npos && !angle.starts_with('@')) {
          break;  // the ">" was forgotten
        } else {
          angle += value[at++];
        }
      }
      while (at < value.size() && value[at] == '>') ++at;
      if (!pending.has_angle || pending.angle.empty()) pending.angle = angle;
      pending.has_angle = true;
    } else if (c == ',' || c == ';') {
      ++at;
      finish(out, pending, hint, again);
      if (c == ';') group = false;
    } else if (c == ':' && !group && pending.phrase.find('@') == std::string::npos && !pending.has_angle) {
      ++at;
      group = true;  // "name:" - its members follow, the name itself is none
      pending = Pending();
    } else if (c == '=' && value.substr(at).starts_with("=?")) {
      // An encoded word may hold commas and brackets, though it must not.
      const auto q1 = value.find('?', at + 2);
      const auto q2 = q1 == value.npos ? q1 : value.find('?', q1 + 1);
      auto end = q2 == value.npos ? q2 : value.find("?=", q2 + 1);
      const bool sane = q2 != value.npos && q2 == q1 + 2 && end != value.npos;
      end = sane ? end + 2 : at + 2;
      pending.phrase += value.substr(at, end - at);
      at = end;
    } else {
      pending.phrase += c;
      ++at;
    }
  }
  finish(out, pending, hint, again);
  return out;
}

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

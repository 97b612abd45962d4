#include "wire/mail/transfer.hpp"

#include <array>
#include <cstdint>

#include "base/text.hpp"

namespace hejnal::wire {

namespace {

constexpr std::array<int, 256> make_alphabet() {
  std::array<int, 256> table{};
  for (auto& v : table) v = -1;
  for (int i = 0; i < 26; ++i) {
    table[static_cast<std::size_t>('A' + i)] = i;
    table[static_cast<std::size_t>('a' + i)] = 26 + i;
  }
  for (int i = 0; i < 10; ++i) table[static_cast<std::size_t>('0' + i)] = 52 + i;
  table['+'] = 62;
  table['/'] = 63;
  return table;
}
constexpr auto kAlphabet = make_alphabet();

std::string decode_uu(std::string_view bytes) {
  std::string out;
  bool inside = false;
  while (!bytes.empty()) {
    const auto end = bytes.find('\n');
    std::string_view line = bytes.substr(0, end);
    bytes.remove_prefix(end == bytes.npos ? bytes.size() : end + 1);
    while (!line.empty() && (line.back() == '\r' || line.back() == '\n')) line.remove_suffix(1);
    if (!inside) {
      inside = line.starts_with("begin ");
      continue;
    }
    if (line == "end") break;
    if (line.empty()) continue;
    const auto value = [](char c) {
      return static_cast<unsigned>(static_cast<unsigned char>(c) - 32u) & 63u;
    };
    std::size_t left = value(line[0]);
    for (std::size_t i = 1; left > 0 && i + 1 < line.size(); i += 4) {
      const auto at = [&](std::size_t k) { return i + k < line.size() ? value(line[i + k]) : 0u; };
      const unsigned quantum = at(0) << 18 | at(1) << 12 | at(2) << 6 | at(3);
      for (unsigned shift = 16; left > 0; shift -= 8) {
        out += static_cast<char>((quantum >> shift) & 0xFF);
        --left;
        if (shift == 0) break;
      }
    }
  }
  return out;
}

}  // namespace

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  return -1;
}

Transfer transfer_of(std::string_view encoding) {
  encoding = trim(encoding);
  if (const auto end = encoding.find_first_of(" \t;("); end != encoding.npos)
    encoding = encoding.substr(0, end);
  while (!encoding.empty() && (encoding.front() == '"' || encoding.front() == '\''))
    encoding.remove_prefix(1);
  while (!encoding.empty() && (encoding.back() == '"' || encoding.back() == '\'')) encoding.remove_suffix(1);
  if (iequals(encoding, "base64") || iequals(encoding, "base-64") || iequals(encoding, "base64encoded"))
    return Transfer::base64;
  if (iequals(encoding, "quoted-printable") || iequals(encoding, "quotedprintable") ||
      iequals(encoding, "qp")) {
    return Transfer::quoted_printable;
  }
  if (iequals(encoding, "x-uuencode") || iequals(encoding, "uuencode") || iequals(encoding, "x-uue"))
    return Transfer::uuencode;
  return Transfer::identity;
}

std::string decode_base64(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size() * 3 / 4 + 3);
  std::uint32_t quantum = 0;
  unsigned bits = 0;
  for (const char c : bytes) {
    const int v = kAlphabet[static_cast<unsigned char>(c)];
    if (v < 0) {
      if (c == '=') bits = 0;  // the end of one run; another may follow
      continue;
    }
    quantum = (quantum << 6 | static_cast<std::uint32_t>(v)) & 0xFFFFFF;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      out += static_cast<char>((quantum >> bits) & 0xFF);
    }
  }
  return out;
}

std::string decode_quoted_printable(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  std::size_t i = 0;
  while (i < bytes.size()) {
    const char c = bytes[i];
    if (c == '=') {
      if (i + 2 < bytes.size() && hex_value(bytes[i + 1]) >= 0 && hex_value(bytes[i + 2]) >= 0) {
        out += static_cast<char>(hex_value(bytes[i + 1]) * 16 + hex_value(bytes[i + 2]));
        i += 3;
        continue;
      }
      std::size_t j = i + 1;
      while (j < bytes.size() && (bytes[j] == ' ' || bytes[j] == '\t' || bytes[j] == '\r')) ++j;
      if (j == bytes.size()) {
        break;
      }
      if (bytes[j] == '\n') {
        i = j + 1;
        continue;
      }
      out += c;
      ++i;
    } else if (c == ' ' || c == '\t') {
      std::size_t j = i;
      while (j < bytes.size() && (bytes[j] == ' ' || bytes[j] == '\t')) ++j;
      std::size_t k = j;
      while (k < bytes.size() && bytes[k] == '\r') ++k;
      if (k < bytes.size() && bytes[k] != '\n') out.append(bytes.substr(i, j - i));  // not at the line's end
      i = j;
    } else {
      out += c;
      ++i;
    }
  }
  return out;
}

std::string decode_transfer(std::string_view bytes, Transfer transfer) {
  switch (transfer) {
    case Transfer::base64:
      return decode_base64(bytes);
    case Transfer::quoted_printable:
      return decode_quoted_printable(bytes);
    case Transfer::uuencode:
      return decode_uu(bytes);
    case Transfer::identity:
      break;
  }
  return std::string(bytes);
}

std::size_t decoded_size(std::string_view bytes, Transfer transfer) {
  if (transfer == Transfer::identity) return bytes.size();
  if (transfer != Transfer::base64) return decode_transfer(bytes, transfer).size();
  std::size_t size = 0, digits = 0;
  for (const char c : bytes) {
    if (kAlphabet[static_cast<unsigned char>(c)] >= 0) {
      ++digits;
    } else if (c == '=') {
      size += digits * 6 / 8;
      digits = 0;
    }
  }
  return size + digits * 6 / 8;
}

}  // namespace hejnal::wire

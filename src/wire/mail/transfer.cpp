#include "wire/mail/transfer.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/fields.hpp"
#include "wire/mail/gmime.hpp"

namespace hejnal::wire {

namespace {

GMimeContentEncoding gmime_encoding(Transfer transfer) {
  switch (transfer) {
    case Transfer::base64:
      return GMIME_CONTENT_ENCODING_BASE64;
    case Transfer::quoted_printable:
      return GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE;
    case Transfer::uuencode:
      return GMIME_CONTENT_ENCODING_UUENCODE;
    case Transfer::identity:
      break;
  }
  return GMIME_CONTENT_ENCODING_DEFAULT;
}

std::size_t decode_into(std::string& out, std::string_view bytes, GMimeContentEncoding encoding) {
  GMimeEncoding state;
  g_mime_encoding_init_decode(&state, encoding);
  const std::size_t begin = out.size();
  out.resize(begin + g_mime_encoding_outlen(&state, bytes.size()) + 4);
  std::size_t size = g_mime_encoding_step(&state, bytes.data(), bytes.size(), out.data() + begin);
  // GMime drops the last bytes of base64 whose padding was cut off.
  if (encoding == GMIME_CONTENT_ENCODING_BASE64)
    size += g_mime_encoding_step(&state, "=", 1, out.data() + begin + size);
  out.resize(begin + size);
  return size;
}

// White space before a line's end was added on the way and is to be deleted (RFC 2045 6.7, rule 3). GMime
// leaves it, and reads no soft line end in "= \n".
std::string without_trailing_space(std::string_view bytes) {
  std::string out;
  out.reserve(bytes.size());
  for (std::size_t at = 0; at < bytes.size();) {
    const std::size_t newline = std::min(bytes.find('\n', at), bytes.size());
    std::size_t end = newline;
    if (end > at && bytes[end - 1] == '\r') --end;
    const std::size_t line_end = end;
    while (end > at && (bytes[end - 1] == ' ' || bytes[end - 1] == '\t')) --end;
    out += bytes.substr(at, end - at);
    out += bytes.substr(line_end, newline + 1 - line_end);
    at = newline + 1;
  }
  return out;
}

// From behind the line "begin 644 name" on, which GMime's decoder does not know.
std::string_view behind_begin(std::string_view bytes) {
  for (std::size_t at = 0; at < bytes.size();) {
    if (next_line(bytes, at).starts_with("begin ")) return bytes.substr(at);
  }
  return {};
}

constexpr std::size_t kBlock = 64;

unsigned char is_digit64(char c) {
  const auto u = static_cast<unsigned char>(c);
  const auto letter = static_cast<unsigned char>((u | 0x20) - 'a'),
             digit = static_cast<unsigned char>(u - '0');
  return static_cast<unsigned char>((letter < 26) | (digit < 10) | (u == '+') | (u == '/'));
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
  switch (g_mime_content_encoding_from_string(std::string(encoding).c_str())) {
    case GMIME_CONTENT_ENCODING_BASE64:
      return Transfer::base64;
    case GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE:
      return Transfer::quoted_printable;
    case GMIME_CONTENT_ENCODING_UUENCODE:
      return Transfer::uuencode;
    default:
      return Transfer::identity;
  }
}

std::string decode_transfer(std::string_view bytes, Transfer transfer) {
  std::string out;
  switch (transfer) {
    case Transfer::identity:
      return std::string(bytes);
    case Transfer::quoted_printable:
      decode_into(out, without_trailing_space(bytes), gmime_encoding(transfer));
      return out;
    case Transfer::uuencode:
      decode_into(out, behind_begin(bytes), gmime_encoding(transfer));
      return out;
    case Transfer::base64:
      decode_into(out, bytes, gmime_encoding(transfer));
      return out;
  }
  return out;
}

std::size_t decoded_size(std::string_view bytes, Transfer transfer) {
  if (transfer == Transfer::identity) return bytes.size();
  if (transfer != Transfer::base64) return decode_transfer(bytes, transfer).size();
  bytes = bytes.substr(0, bytes.find('='));  // where the decoder ends
  std::size_t digits = 0;
  while (bytes.size() >= kBlock) {  // of a fixed size: the compiler makes vectors of it
    unsigned char in_block = 0;
    for (std::size_t i = 0; i < kBlock; ++i)
      in_block = static_cast<unsigned char>(in_block + is_digit64(bytes[i]));
    digits += in_block;
    bytes.remove_prefix(kBlock);
  }
  for (const char c : bytes) digits += is_digit64(c);
  return digits / 4 * 3 + digits % 4 * 6 / 8;
}

}  // namespace hejnal::wire

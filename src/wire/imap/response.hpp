// What an IMAP server says, from bytes to responses (RFC 3501, 2.2 and 7). No socket, no clock. Every byte
// comes from a server that may be hostile or broken, and the messages inside from strangers: lines and
// literals are bounded, and the cost is linear however the bytes are cut.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.hpp"

namespace hejnal::wire {

struct ImapLimits {
  std::size_t line_bytes = 256u << 10;    // of one response without its literals
  std::size_t literal_bytes = 25u << 20;  // of all literals of one response
};

// One response. `text` is what follows the tag; where a literal stood, its "{size}" is left and the bytes are
// in `literals`, in order.
struct ImapResponse {
  std::string tag;  // "*" untagged, "+" continuation, otherwise ours
  std::string text;
  std::vector<std::string> literals;
  bool too_big = false;  // the literals were over the limit and were dropped
};

class ImapReader {
 public:
  explicit ImapReader(ImapLimits limits = {}) : limits_(limits) {}

  // Malformed: this is no IMAP (a line without end, an absurd literal): close the connection.
  Status feed(std::string_view bytes);
  std::optional<ImapResponse> next();

 private:
  Status end_line();

  const ImapLimits limits_;
  std::deque<ImapResponse> ready_;
  std::string line_;            // of the response that is being read, its literals as "{size}"
  std::size_t line_start_ = 0;  // where the part behind the last literal begins
  std::vector<std::string> literals_;
  std::size_t literal_left_ = 0;
  std::size_t literal_total_ = 0;
  bool too_big_ = false;
};

// "OK", "NO", "BAD", "BYE" or "EXISTS", ... : the word that says what an untagged or tagged response is, in
// upper case; `number` is the number before it, as in "12 EXISTS".
struct ImapKind {
  std::string word;
  std::uint32_t number = 0;
};
ImapKind imap_kind(const ImapResponse& response);

// The number in "OK [UIDNEXT 17] text".
std::optional<std::uint32_t> imap_code_number(const ImapResponse& response, std::string_view code);

// The numbers of "* SEARCH 3 5 8", ascending.
std::vector<std::uint32_t> imap_search(const ImapResponse& response);

// The parts of a FETCH response that we ask for.
struct ImapFetch {
  std::uint32_t uid = 0;
  std::optional<std::string> body;  // BODY[]; empty where the response has none or it was too big
  bool too_big = false;
};
std::optional<ImapFetch> imap_fetch(ImapResponse response);

// `text` as a quoted string, "a\"b". Empty where it holds what can't be quoted (CR, LF, NUL, 8-bit).
std::optional<std::string> imap_quoted(std::string_view text);

// A mailbox name in modified UTF-7 (RFC 3501, 5.1.3): "Zgłoszenia" -> "Zg&AUI-oszenia".
std::string imap_mailbox(std::string_view utf8_name);

}  // namespace hejnal::wire

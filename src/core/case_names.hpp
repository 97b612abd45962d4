// What a case is called outside: the short code that a client types into an SMS, the token in the link to its
// page, the Message-ID of what is sent about it. Each tells the case's number to who knows how, so that no
// index of them is needed, nor a look whether one is free. None is believed by itself: whoever reads a number
// out of one compares the whole with what is stored.
//
// Short codes go round after 19,113,600 cases: then the newest case with the code is meant.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "core/types.hpp"

namespace hejnal::core {

// Easy to read aloud and to type: no l, o, 0, 1.
inline constexpr std::string_view kTokenAlphabet = "abcdefghijkmnpqrstuvwxyz23456789";
inline constexpr std::size_t kTokenSecret = 26;  // letters, 130 bits

std::string token_of(CaseNumber number, std::string_view secret);  // `secret`: kTokenSecret random letters
CaseNumber number_in(std::string_view token);                      // 0: none; also of a token without one

struct SentName {
  CaseNumber number = 0;   // whose conversation it belongs to: of a merged case, that one; 0: of none
  CaseNumber decided = 0;  // the case that it was decided in
  int notice = 0;          // its number there
};
// "<hejnal.12.3.SECRET@domain>", or "<hejnal.9.12.3.SECRET@domain>" of what goes to the client of case 9,
// which was merged into 12. `secret`: without a dot.
std::string message_id_of(const SentName& name, std::string_view secret, std::string_view domain);
std::optional<SentName> sent_name(std::string_view message_id);  // nullopt: not of that form

class ShortCodes {
 public:
  static constexpr std::size_t kLength = 5;
  static constexpr std::int64_t kCount = 19'113'600;

  // `key`: the desk's own, 16 bytes or more. Without it nobody can tell the code of the next case.
  explicit ShortCodes(std::string_view key);

  // Five characters without 0 O 1 I L U; a digit and a letter at least, so that no ordinary word is taken for
  // one.
  std::string of(CaseNumber number) const;
  // The numbers with that code are this one and each that is a multiple of kCount away; 0: it is no code.
  CaseNumber number_of(std::string_view code) const;

 private:
  std::uint32_t mix(std::uint32_t place, bool back) const;

  std::array<char, 16> key_;
};

}  // namespace hejnal::core

// What a server says, whole, one byte at a time, and cut at random: the same responses.
#include "wire/imap/response.hpp"

#include <gtest/gtest.h>

#include <random>

namespace hejnal::wire {
namespace {

template <class Cut>
std::string read_all(std::string_view input, Cut cut, ImapLimits limits = {}) {
  ImapReader reader(limits);
  std::string record;
  while (!input.empty()) {
    const std::size_t size = std::min(cut(), input.size());
    const Status fed = reader.feed(input.substr(0, size));
    input.remove_prefix(size);
    while (const auto response = reader.next()) {
      record += response->tag + "|" + response->text;
      for (const std::string& literal : response->literals) record += "|" + literal;
      record += response->too_big ? "|too big\n" : "\n";
    }
    if (!fed) return record + "!" + fed.error().what;
  }
  return record;
}

std::string read_in_every_way(std::string_view input, ImapLimits limits = {}) {
  const std::string whole = read_all(
      input, [&] { return input.size(); }, limits);
  EXPECT_EQ(whole, read_all(
                       input, [] { return std::size_t{1}; }, limits));
  for (unsigned seed = 1; seed <= 20; ++seed) {
    std::mt19937 random(seed);
    EXPECT_EQ(whole, read_all(
                         input, [&] { return std::size_t{1} + random() % 9; }, limits))
        << seed;
  }
  return whole;
}

TEST(ImapReader, CutsResponsesAndLiterals) {
  EXPECT_EQ(read_in_every_way("* 3 EXISTS\r\n+ idling\r\na1 OK done {5}\r\n* OK hello {3}\r\n"),
            "*|3 EXISTS\n+|idling\na1|OK done {5}\n*|OK hello {3}\n");
  EXPECT_EQ(
      read_in_every_way("* 1 FETCH (UID 7 BODY[] {6}\r\na\r\n)\r\n X {0}\r\n {2+}\r\nbc)\r\n* 2 EXISTS\r\n"),
      "*|1 FETCH (UID 7 BODY[] {6} X {0} {2+})|a\r\n)\r\n||bc\n*|2 EXISTS\n");
  EXPECT_EQ(read_in_every_way("\r\n*\r\n* 1 FETCH (FLAGS (\\Seen))\n"),
            "|\n*|\n*|1 FETCH (FLAGS (\\Seen))\n");
}

TEST(ImapReader, IsBounded) {
  ImapLimits limits;
  limits.line_bytes = 20;
  limits.literal_bytes = 4;
  EXPECT_EQ(read_in_every_way("* 1 FETCH (B {5}\r\nabcde)\r\n* 2 EXISTS\r\n", limits),
            "*|1 FETCH (B {5})||too big\n*|2 EXISTS\n");
  EXPECT_EQ(read_in_every_way("* 1 X\r\n" + std::string(30, 'x'), limits),
            "*|1 X\n!the server's line is too long");
  EXPECT_EQ(read_in_every_way("* 1 F {99999999999}\r\n", limits), "!the server announces an absurd literal");
  EXPECT_EQ(read_in_every_way("* 1 F {9999999999999999999999}\r\n"),
            "!the server announces an absurd literal");
}

ImapResponse one(std::string_view input) {
  ImapReader reader;
  EXPECT_TRUE(reader.feed(input));
  return reader.next().value_or(ImapResponse{});
}

TEST(ImapResponse, TellsItsKindAndNumbers) {
  EXPECT_EQ(imap_kind(one("* 12 exists\r\n")).word, "EXISTS");
  EXPECT_EQ(imap_kind(one("* 12 EXISTS\r\n")).number, 12u);
  EXPECT_EQ(imap_kind(one("a1 NO why\r\n")).word, "NO");
  EXPECT_EQ(imap_kind(one("* 99999999999 EXISTS\r\n")).number, 0u);
  EXPECT_EQ(imap_code_number(one("* OK [UIDVALIDITY 1795424400] x\r\n"), "UIDVALIDITY"), 1795424400u);
  EXPECT_EQ(imap_code_number(one("* OK [UIDNEXT x] y\r\n"), "UIDNEXT"), std::nullopt);
  EXPECT_EQ(imap_code_number(one("* OK ] [\r\n"), "UIDNEXT"), std::nullopt);
  EXPECT_EQ(imap_search(one("* SEARCH 9 2 5\r\n")), (std::vector<std::uint32_t>{2, 5, 9}));
  EXPECT_TRUE(imap_search(one("* SEARCH\r\n")).empty());
}

TEST(ImapFetch, FindsUidAndBodyInAnyOrder) {
  for (const char* text :
       {"* 1 FETCH (UID 7 BODY[] {3}\r\nabc)\r\n", "* 1 FETCH (BODY[] {3}\r\nabc UID 7)\r\n",
        "* 1 fetch (FLAGS (\\Seen \"x)\" (y)) body[] \"abc\" uid 7)\r\n",
        "* 1 FETCH (X {2}\r\nzz ENVELOPE (NIL {2}\r\n)( NIL) BODY[] {3}\r\nabc UID 7)\r\n",
        "* 1 FETCH (BODY[HEADER.FIELDS (A B)] {1}\r\nq UID 7 BODY[] {3}\r\nabc)\r\n"}) {
    const auto fetch = imap_fetch(one(text));
    ASSERT_TRUE(fetch) << text;
    EXPECT_EQ(fetch->uid, 7u) << text;
    EXPECT_EQ(fetch->body, "abc") << text;
  }
  EXPECT_FALSE(imap_fetch(one("* 1 EXISTS\r\n")));
  for (const char* odd : {"* 1 FETCH (\r\n", "* 1 FETCH ((((\r\n", "* 1 FETCH (UID\r\n",
                          "* 1 FETCH (\"\\\r\n", "* 1 FETCH (BODY[] NIL)\r\n", "* 1 FETCH ({\r\n"}) {
    const auto fetch = imap_fetch(one(odd));
    ASSERT_TRUE(fetch) << odd;
    EXPECT_FALSE(fetch->body) << odd;
  }
}

TEST(ImapNames, AreQuotedAndEncoded) {
  EXPECT_EQ(imap_quoted("a\"b\\c"), "\"a\\\"b\\\\c\"");
  EXPECT_FALSE(imap_quoted("a\r\nb"));
  EXPECT_EQ(imap_mailbox("INBOX/a & b"), "INBOX/a &- b");
  EXPECT_EQ(imap_mailbox("Zg\xC5\x82oszenia"), "Zg&AUI-oszenia");
  EXPECT_EQ(imap_mailbox("~peter/mail/\xE5\x8F\xB0\xE5\x8C\x97/\xE6\x97\xA5\xE6\x9C\xAC\xE8\xAA\x9E"),
            "~peter/mail/&U,BTFw-/&ZeVnLIqe-");  // RFC 3501's own example
  EXPECT_EQ(imap_mailbox("\xF0\x9F\x93\xA7"), "&2D3c5w-");
}

}  // namespace
}  // namespace hejnal::wire

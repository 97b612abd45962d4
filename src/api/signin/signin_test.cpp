// Cookies, addresses, devices, and how often a password may be tried.
#include <gtest/gtest.h>

#include "api/signin/accounts.hpp"
#include "api/signin/cookies.hpp"
#include "api/signin/gate.hpp"
#include "base/locked.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr Instant kStart{1'795'424'400'000};

ports::Request with(std::vector<ports::Header> headers, std::string remote = "192.0.2.1") {
  ports::Request request;
  request.headers = std::move(headers);
  request.remote = std::move(remote);
  return request;
}

SignIn settings() {
  SignIn out;
  out.key = std::string(kLockKeyBytes, 'k');
  return out;
}

}  // namespace

TEST(Cookie, IsFoundAmongOthers) {
  const std::pair<const char*, const char*> texts[] = {{"hejnal=abc", "abc"},
                                                       {"a=b; hejnal=abc; c=d", "abc"},
                                                       {"a=b;hejnal=abc;c=d", "abc"},
                                                       {" hejnal = abc ", "abc"},
                                                       {"xhejnal=abc", ""},
                                                       {"hejnalx=abc", ""},
                                                       {"hejnal", ""},
                                                       {"hejnal=", ""},
                                                       {"", ""},
                                                       {";;;", ""},
                                                       {"=abc", ""},
                                                       {"HEJNAL=abc", ""},
                                                       {"hejnal=a=b", "a=b"},
                                                       {"hejnal=a; hejnal=b", ""},
                                                       {"hejnal=a; hejnal=a", "a"}};
  for (const auto& [text, value] : texts)
    EXPECT_EQ(cookie(with({{"cookie", text}}), "hejnal"), value) << text;
  EXPECT_EQ(cookie(with({}), "hejnal"), "");
  EXPECT_EQ(cookie(with({{"cookie", "hejnal=a"}, {"cookie", "hejnal=b"}}), "hejnal"), "");
  EXPECT_EQ(cookie(with({{"cookie", "x=a"}, {"cookie", "hejnal=b"}}), "hejnal"), "b");
}

TEST(Cookie, IsSetForOurPagesAlone) {
  EXPECT_EQ(set_cookie("hejnal", "abc", 24h, false),
            "hejnal=abc; Path=/; Max-Age=86400; HttpOnly; SameSite=Strict");
  EXPECT_EQ(set_cookie("__Host-hejnal", "", 0ms, true),
            "__Host-hejnal=; Path=/; Max-Age=0; HttpOnly; SameSite=Strict; Secure");
  EXPECT_DEATH(set_cookie("hejnal", "a; Domain=example.org", 24h, false), "");
}

TEST(Gate, KnowsADeviceByItsCookieAndNoOther) {
  Gate gate(settings(), "http://127.0.0.1:8080");
  const auto browser = [&](std::string set) { return with({{"cookie", set.substr(0, set.find(';'))}}); };
  const std::string set = gate.set_device(7, "00ff");
  EXPECT_EQ(gate.device_of(browser(set), 7), "00ff");
  EXPECT_EQ(gate.device_of(browser(set), 8), "");
  EXPECT_TRUE(gate.has_device(browser(set)));
  SignIn other = settings();
  other.key[0] = 'x';
  EXPECT_FALSE(Gate(other, "").has_device(browser(set)));
  for (const char* forged :
       {"7.00ff", "7.00ff.", ".00ff.x", "7..", "7.00ff.00.00", "99999999999999999999.0.0", "-1.0.0"})
    EXPECT_FALSE(gate.has_device(browser(fmt::format("hejnal_device={}", forged)))) << forged;
  EXPECT_FALSE(gate.has_device(browser("hejnal_device=7.00ff." + std::string(100'000, 'a'))));
}

TEST(Gate, WhereARequestComesFrom) {
  SignIn s = settings();
  Gate alone(s, "");
  s.trusted_proxies = {"127.0.0.1", "10.0.0.1"};
  Gate behind(s, "");
  const auto told = [](const char* remote, const char* by) {
    return with({{"x-forwarded-for", by}}, remote);
  };
  EXPECT_EQ(alone.address_of(with({}, "192.0.2.1")), "192.0.2.1");
  EXPECT_EQ(alone.address_of(with({}, "127.0.0.1")), "127.0.0.1");
  EXPECT_EQ(alone.address_of(told("192.0.2.1", "198.51.100.7")), "192.0.2.1");
  EXPECT_EQ(alone.address_of(told("127.0.0.1", "198.51.100.7")), "");
  EXPECT_EQ(alone.address_of(with({{"x-real-ip", "198.51.100.7"}}, "127.0.0.1")), "");
  EXPECT_EQ(behind.address_of(told("127.0.0.1", "198.51.100.7")), "198.51.100.7");
  EXPECT_EQ(behind.address_of(told("127.0.0.1", "203.0.113.1, 198.51.100.7")), "198.51.100.7");
  EXPECT_EQ(behind.address_of(told("127.0.0.1", "203.0.113.1,198.51.100.7 , 10.0.0.1")), "198.51.100.7");
  EXPECT_EQ(behind.address_of(told("192.0.2.1", "198.51.100.7")), "192.0.2.1");
  EXPECT_EQ(behind.address_of(told("127.0.0.1", "unknown")), "");
  EXPECT_EQ(behind.address_of(with({}, "127.0.0.1")), "127.0.0.1");
  EXPECT_EQ(behind.address_of(with(
                {{"x-forwarded-for", "203.0.113.1"}, {"x-forwarded-for", "[2001:db8::1]:443"}}, "127.0.0.1")),
            "2001:db8::1");
}

TEST(Gate, ASessionEndsWhenNobodyComesAndAtItsEnd) {
  Gate gate(settings(), "");
  ports::SessionRow session{1, "", 1, kStart, kStart, kStart + 168h, "", ""};
  EXPECT_FALSE(gate.is_over(session, kStart + 12h - 1ms));
  EXPECT_TRUE(gate.is_over(session, kStart + 12h));
  EXPECT_FALSE(gate.see(session, kStart + 1min));  // the store need not hear of it yet
  EXPECT_TRUE(gate.see(session, kStart + 6min));
  EXPECT_FALSE(gate.see(session, kStart + 7min));
  EXPECT_FALSE(gate.see(session, kStart));
  EXPECT_FALSE(gate.is_over(session, kStart + 12h + 7min - 1ms));
  EXPECT_TRUE(gate.is_over(session, kStart + 12h + 7min));
  gate.see(session, kStart + 167h);
  EXPECT_TRUE(gate.is_over(session, kStart + 168h));
}

TEST(Limits, StrangersSlowDownOnlyStrangers) {
  SignInLimits limits;
  const Try stranger{"zofia", "192.0.2.1", ""}, elsewhere{"zofia", "192.0.2.2", ""},
      known{"zofia", "192.0.2.1", "d"};
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limits.begin(stranger, kStart), 0ms) << i;
  EXPECT_EQ(limits.begin(stranger, kStart), 3min);
  EXPECT_EQ(limits.begin(stranger, kStart + 1min), 2min);
  EXPECT_EQ(limits.begin(stranger, kStart - 1h), 3min);  // a clock that steps back opens nothing
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limits.begin(elsewhere, kStart), 0ms) << i;
  EXPECT_EQ(limits.begin({"zofia", "", ""}, kStart), 5min);  // the account's own limit
  EXPECT_EQ(limits.begin({"adam", "192.0.2.3", ""}, kStart), 0ms);
  EXPECT_EQ(limits.begin({"zofia", "192.0.2.3", ""}, kStart), 5min) << "something was got wrong there";
  EXPECT_EQ(limits.begin(known, kStart), 0ms);
  limits.succeeded(known, kStart);
  EXPECT_EQ(limits.begin(stranger, kStart), 5min) << "her success is none of theirs";
  EXPECT_EQ(limits.begin(stranger, kStart + 5min), 0ms);
}

TEST(Limits, StrangersInManyNetworksKeepNobodyOut) {
  SignInLimits limits;
  const auto from = [](int i) { return Try{"zofia", fmt::format("192.0.2.{}", i), ""}; };
  int guesses = 0;
  for (int i = 0; i < 200; ++i) {
    if (limits.begin(from(i), kStart) == 0ms) ++guesses;
  }
  EXPECT_LE(guesses, 45) << "ten, and the spare ones";
  // Half a minute later, from wherever she is and whatever they do meanwhile at one network each.
  EXPECT_EQ(limits.begin({"zofia", "198.51.100.7", ""}, kStart + 20s), 0ms);
  EXPECT_GT(limits.begin({"zofia", "198.51.100.7", ""}, kStart + 20s), 0ms) << "one try, not five";
  // A day of it is no more than a new network for every password.
  for (int i = 0; i < 24 * 60 * 60; i += 5) {
    if (limits.begin({"zofia", fmt::format("10.{}", i), ""}, kStart + 1h + std::chrono::seconds(i)) == 0ms)
      ++guesses;
  }
  EXPECT_LT(guesses, 5000);
}

TEST(Limits, WithACodeACleanNetworkIsLetThroughToBothOfThem) {
  SignInLimits limits;
  for (int i = 0; i < 100; ++i) limits.begin({"zofia", fmt::format("192.0.2.{}", i), ""}, kStart);
  const Try with_code{"zofia", "198.51.100.7", "", true};
  EXPECT_EQ(limits.turn({"zofia", "198.51.100.7", ""}, kStart).passed, Passed::no);
  EXPECT_EQ(limits.turn(with_code, kStart).passed, Passed::if_factor);
  EXPECT_EQ(limits.turn(with_code, kStart).passed, Passed::no) << "it is not clean any more";
  EXPECT_EQ(limits.turn({"adam", "198.51.100.8", "", true}, kStart).passed, Passed::yes);
}

TEST(Limits, ANetworkThatTriesManyNames) {
  SignInLimits limits;
  for (int i = 0; i < 30; ++i)
    EXPECT_EQ(limits.begin({fmt::format("u{}", i), "192.0.2.1", ""}, kStart), 0ms) << i;
  EXPECT_EQ(limits.begin({"other", "192.0.2.1", ""}, kStart), 2min);
  EXPECT_EQ(limits.begin({"other", "192.0.2.1", "device"}, kStart), 0ms);
  EXPECT_EQ(limits.begin({"other", "", ""}, kStart), 0ms);  // of nobody's address there is no limit
}

TEST(Limits, AKnownDeviceThatGuessesIsAStranger) {
  SignInLimits limits;
  const Try known{"zofia", "192.0.2.1", "d"};
  int tries = 0;
  while (limits.begin(known, kStart) == 0ms && tries < 100) ++tries;
  EXPECT_EQ(tries, 15);
  EXPECT_EQ(limits.begin({"zofia", "192.0.2.9", "e"}, kStart), 0ms);
}

TEST(Limits, AnAnswerThatWasNoGuessIsNotCounted) {
  SignInLimits limits;
  const Try one{"zofia", "192.0.2.1", ""};
  for (int i = 0; i < 100; ++i) {
    EXPECT_EQ(limits.begin(one, kStart), 0ms);
    limits.undo(one, kStart);
  }
  for (int i = 0; i < 4; ++i) EXPECT_EQ(limits.begin(one, kStart), 0ms);
  EXPECT_EQ(limits.begin(one, kStart), 0ms);
  limits.succeeded(one, kStart);
  for (int i = 0; i < 5; ++i) EXPECT_EQ(limits.begin(one, kStart), 0ms) << i;
}

TEST(Limits, WhatIsRememberedIsBounded) {
  SignInLimits limits;
  for (int i = 0; i < 50'000; ++i)
    static_cast<void>(
        limits.begin({fmt::format("u{}", i), fmt::format("n{}", i), ""}, kStart + std::chrono::seconds(i)));
  EXPECT_LE(limits.remembered(), SignInLimits::kRemembered);
}

TEST(Accounts, PasswordsAndNames) {
  EXPECT_TRUE(check_password("cztery zielone żaby", "Zofia"));
  for (const char* bad :
       {"", "krótkie", "aaaaaaaaaaaaaaaa", "abababababab", "Zofia Łęcka 1", "ZOFIA LECKA!!"})
    EXPECT_FALSE(check_password(bad, "Zofia Łęcka")) << bad;
  EXPECT_TRUE(check_password("Zofia Łęcka ma cztery zielone żaby", "Zofia Łęcka"));
  for (const char* bad : {"", " ", " Ola", "O\tla", "O\nla", "\u202eOla", "Start", "sandbox", "\u200b"})
    EXPECT_FALSE(check_name(bad)) << bad;
  EXPECT_TRUE(check_name("Zofia Łęcka"));
  EXPECT_EQ(key_of_name("  ZOFIA  Łęcka "), key_of_name("zofia lecka"));
}

TEST(Accounts, AProgramInAFewWords) {
  EXPECT_EQ(short_agent("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"),
            "Firefox, Linux");
  EXPECT_EQ(short_agent("Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) AppleWebKit/605.1.15 "
                        "Version/17.0 Safari/604.1"),
            "Safari, iPhone");
  EXPECT_EQ(
      short_agent("Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/126.0 Safari/537.36 Edg/126.0"),
      "Edge, Windows");
  EXPECT_EQ(short_agent("curl/7.88\x1b[31m\r\n"), one_line("curl/7.88\x1b[31m\r\n"));
  EXPECT_LE(short_agent(std::string(10'000, 'x')).size(), 40u);
}

}  // namespace hejnal::api

#include "api/form.hpp"

#include <gtest/gtest.h>

namespace hejnal::api {

namespace {

ports::Request with(std::vector<ports::Header> headers) {
  ports::Request request;
  request.method = "POST";
  request.headers = std::move(headers);
  return request;
}

bool foreign(std::vector<ports::Header> headers) {
  headers.emplace_back("host", "10.0.0.1:8080");
  return is_from_another_site(with(std::move(headers)), "https://pomoc.firma.example/desk");
}

std::string language(const char* accepted) {
  return language_for(with({{"accept-language", accepted}}), "pl");
}

}  // namespace

TEST(Form, FieldsAsTheBrowserHasSentThem) {
  const Form form = Form::of("subject=Serwer+%26+co&text=Nie+dzia%C5%82a%0D%0Awcale&email=&text=second&&x");
  EXPECT_EQ(form["subject"], "Serwer & co");
  EXPECT_EQ(form["text"], "Nie działa\nwcale");
  EXPECT_EQ(form["email"], "");
  EXPECT_EQ(form["none"], "");
}

TEST(Form, WhatIsBrokenIsReadAsFarAsItCanBe) {
  EXPECT_EQ(Form::of("text=100%")["text"], "100%");
  EXPECT_EQ(Form::of("text=%zz%4")["text"], "%zz%4");
  EXPECT_EQ(Form::of("text=%C5")["text"], "\xEF\xBF\xBD");
  EXPECT_EQ(Form::of("text=a%00b")["text"],
            "a\xEF\xBF\xBD"
            "b");
  EXPECT_EQ(Form::of("")["text"], "");
}

TEST(Form, TooManyFieldsOrAnotherTypeAreRefused) {
  std::string many;
  for (int i = 0; i < 10'000; ++i) many += "a=1&";
  ports::Request request = with({{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}});
  request.body = many;
  EXPECT_EQ(Form::read(request, "").error().fault, Fault::malformed);
  request.body = "text=x";
  EXPECT_TRUE(Form::read(request, ""));
  request.headers = {{"content-type", "multipart/form-data; boundary=x"}};
  EXPECT_EQ(Form::read(request, "").error().fault, Fault::malformed);
  request.headers = {{"sec-fetch-site", "cross-site"}};
  EXPECT_EQ(Form::read(request, "").error().fault, Fault::refused);
}

TEST(Form, OnlyOurOwnPageMaySendIt) {
  EXPECT_FALSE(foreign({}));
  EXPECT_FALSE(foreign({{"sec-fetch-site", "same-origin"}}));
  EXPECT_FALSE(foreign({{"sec-fetch-site", "same-origin"}, {"origin", "null"}}));
  EXPECT_FALSE(foreign({{"sec-fetch-site", "none"}}));
  EXPECT_TRUE(foreign({{"sec-fetch-site", "cross-site"}}));
  EXPECT_TRUE(foreign({{"sec-fetch-site", "same-site"}}));
  EXPECT_FALSE(foreign({{"origin", "http://10.0.0.1:8080"}}));
  EXPECT_FALSE(foreign({{"origin", "https://pomoc.firma.example"}}));  // behind a proxy
  EXPECT_FALSE(foreign({{"origin", "null"}}));
  EXPECT_TRUE(foreign({{"origin", "https://evil.example"}}));
  EXPECT_TRUE(foreign({{"origin", "https://pomoc.firma.example.evil.example"}}));
}

TEST(Language, IsTheReadersWhereWeHaveIt) {
  EXPECT_EQ(language(""), "pl");
  EXPECT_EQ(language("en-GB,en;q=0.9"), "en");
  EXPECT_EQ(language("de,en;q=0.5,pl;q=0.9"), "pl");
  EXPECT_EQ(language("de-DE"), "pl");
  EXPECT_EQ(language("eng;q=1,en;q=0"), "pl");
  EXPECT_EQ(language("EN"), "en");
  EXPECT_EQ(language(";;q=,,"), "pl");
}

TEST(PostLimiter, CountsEachLinkByTheHour) {
  PostLimiter limiter(2);
  const Instant t{1'795'424'400'000};
  EXPECT_EQ(limiter.wait("a", t), 0ms);
  EXPECT_EQ(limiter.wait("a", t + 1min), 0ms);
  EXPECT_EQ(limiter.wait("a", t + 2min), 58min);
  EXPECT_EQ(limiter.wait("b", t + 2min), 0ms);
  EXPECT_EQ(limiter.wait("a", t + 1h), 0ms);
}

TEST(Form, WhoAsksIsTheAddressBeforeOurProxy) {
  const auto from = [](const char* remote, const char* forwarded) {
    ports::Request request;
    request.remote = remote;
    if (*forwarded != '\0') request.headers = {{"x-forwarded-for", forwarded}};
    return caller_of(request);
  };
  EXPECT_EQ(from("192.0.2.1", ""), "192.0.2.1");
  EXPECT_EQ(from("192.0.2.1", "8.8.8.8"), "192.0.2.1");  // who is no proxy of ours may say anything
  EXPECT_EQ(from("127.0.0.1", "8.8.8.8, 192.0.2.1"), "192.0.2.1");
  EXPECT_EQ(from("127.0.0.1", ""), "");
  EXPECT_EQ(from("2001:db8:1:2:3:4:5:6", ""), "2001:db8:1:2");
  EXPECT_EQ(from("::1", std::string(1000, 'x').c_str()), "");
}

TEST(Form, AChosenLanguageComesBeforeTheBrowsers) {
  ports::Request request = with({{"accept-language", "en"}, {"cookie", "a=b; lang=pl"}});
  EXPECT_EQ(language_for(request, "en"), "pl");
  request.query = {{"lang", "en"}};
  EXPECT_EQ(language_for(request, "pl"), "en");
  request.query = {{"lang", "de"}};
  EXPECT_EQ(language_for(request, "en"), "pl");
}

}  // namespace hejnal::api

#include "carriers/phone/hooks.hpp"

#include <gtest/gtest.h>

namespace hejnal::carriers::phone {

namespace {

HookSettings settings() {
  HookSettings s;
  s.secret = "geheim";
  s.twilio_token = "token";
  s.public_url = "https://pomoc.example";
  s.hmac_sha1 = [](std::string_view key, std::string_view data) {
    return std::string(key) + "/" + std::string(data);
  };
  return s;
}

ports::Request get(const std::string& path, std::vector<ports::Header> query) {
  ports::Request r;
  r.method = "GET";
  r.path = path;
  r.query = std::move(query);
  return r;
}

}  // namespace

TEST(PhoneHooks, AnExchangeAsks) {
  const auto heard = hear(settings(), get("/hooks/call/geheim", {{"from", "601 222 333"}, {"id", "17.3"}}));
  ASSERT_TRUE(heard);
  EXPECT_TRUE(heard->asks);
  EXPECT_EQ(heard->from, "+48601222333");
  EXPECT_EQ(heard->id, "pbx:17.3");
  core::CallDecision reject;
  reject.reason = core::CallReason::repairing;
  EXPECT_EQ(answer(*heard, reject, "").body, "reject repairing");
  EXPECT_EQ(answer(*heard, {true, "+48600000001", core::CallReason::rings_there, ""}, "").body,
            "dial +48600000001");
  const auto by_json = hear(settings(), get("/hooks/call/geheim", {{"from", "x"}, {"format", "json"}}));
  EXPECT_EQ(by_json->from, "");
  EXPECT_NE(answer(*by_json, reject, "").body.find("\"answer\":\"reject\""), std::string::npos);
}

TEST(PhoneHooks, WhoCallsIsReadFromWhateverAnExchangeSays) {
  const auto from = [](const char* text) {
    return hear(settings(), get("/hooks/call/geheim", {{"from", text}}))->from;
  };
  EXPECT_EQ(from("sip:+48601222333@trunk.example;user=phone"), "+48601222333");
  EXPECT_EQ(from("tel:601222333;ext=12"), "+48601222333");
  EXPECT_EQ(from("0048601222333"), "+48601222333");
  // As the plus of an address arrives that nobody has escaped, and as exchanges leave it out.
  EXPECT_EQ(from(" 493012345678"), "+493012345678");
  EXPECT_EQ(from(" 48601222333"), "+48601222333");
  EXPECT_EQ(from("493012345678"), "+493012345678");
  EXPECT_EQ(from(" 601222333"), "+48601222333");
  EXPECT_EQ(from("6012223334"), "");
  for (const char* nobody : {"anonymous", "Anonymous", "sip:anonymous@anonymous.invalid", "+266696687", "",
                             "unknown", "Restricted"})
    EXPECT_EQ(from(nobody), "") << nobody;
}

TEST(PhoneHooks, OnlyWhoKnowsTheSecret) {
  EXPECT_EQ(hear(settings(), get("/hooks/call/falsch", {})).error().fault, Fault::refused);
  EXPECT_EQ(hear(settings(), get("/hooks/call/", {})).error().fault, Fault::refused);
  HookSettings none = settings();
  none.secret.clear();
  none.twilio_token.clear();
  EXPECT_EQ(hear(none, get("/hooks/call/", {})).error().fault, Fault::not_found);
  EXPECT_EQ(hear(none, get("/hooks/call/twilio", {})).error().fault, Fault::not_found);
  ports::Request put = get("/hooks/call/geheim", {});
  put.method = "PUT";
  EXPECT_EQ(hear(settings(), put).error().fault, Fault::malformed);
}

TEST(PhoneHooks, WhatBecameOfACall) {
  const auto told = [](const char* word) {
    return hear(settings(),
                get("/hooks/call/geheim/event", {{"from", "601222333"}, {"result", word}, {"by", "Ola"}}));
  };
  EXPECT_EQ(told("ANSWERED")->result, core::CallResult::answered);
  EXPECT_EQ(told("busy")->result, core::CallResult::rejected);
  EXPECT_EQ(told("NOANSWER")->result, core::CallResult::missed);
  EXPECT_EQ(told("missed")->by, "Ola");
  EXPECT_FALSE(told("missed")->asks);
  EXPECT_EQ(told("perhaps").error().fault, Fault::malformed);
}

TEST(PhoneHooks, TwilioSignsItsCalls) {
  ports::Request r;
  r.method = "POST";
  r.path = "/hooks/call/twilio";
  r.body = "From=%2B48601222333&CallSid=CA1";
  // base64("token/https://pomoc.example/hooks/call/twilioCallSidCA1From+48601222333")
  r.headers = {
      {"x-twilio-signature",
       "dG9rZW4vaHR0cHM6Ly9wb21vYy5leGFtcGxlL2hvb2tzL2NhbGwvdHdpbGlvQ2FsbFNpZENBMUZyb20rNDg2MDEyMjIzMzM="}};
  const auto heard = hear(settings(), r);
  ASSERT_TRUE(heard) << heard.error().what;
  EXPECT_EQ(heard->from, "+48601222333");
  EXPECT_EQ(heard->id, "twilio:CA1");
  EXPECT_NE(answer(*heard, {}, "https://pomoc.example").body.find("<Reject reason=\"busy\"/>"),
            std::string::npos);
  const std::string dial =
      answer(*heard, {true, "+48600000001", core::CallReason::rings_there, ""}, "https://pomoc.example").body;
  EXPECT_NE(dial.find("<Number>+48600000001</Number>"), std::string::npos);
  EXPECT_NE(dial.find("https://pomoc.example/hooks/call/twilio/event"), std::string::npos);
  r.body += "&x=1";
  EXPECT_EQ(hear(settings(), r).error().fault, Fault::refused);
}

}  // namespace hejnal::carriers::phone

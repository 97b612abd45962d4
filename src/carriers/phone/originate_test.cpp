#include "carriers/phone/originate.hpp"

#include <gtest/gtest.h>

namespace hejnal::carriers::phone {

TEST(Originate, FillsInWhatThePlaceNeeds) {
  OriginateSettings s;
  s.url = "http://pbx.example/ari/channels?endpoint=PJSIP/{agent_digits}&extension={to}&id={id}";
  s.user = "hejnal";
  s.password = "a\"b";
  const auto get = originate(s, "+48600000001", "+48601222333", 7);
  EXPECT_EQ(get.method, "GET");
  EXPECT_EQ(get.url,
            "http://pbx.example/ari/channels?endpoint=PJSIP/48600000001&extension=%2B48601222333&id=7");
  s.body = R"({"to": "{to}", "key": "{password}", "of": {id}, "{to": 1})";
  s.headers = {"Content-Type: application/json", "X-Key: {password}"};
  const auto post = originate(s, "+48600000001", "+48601222333", 7);
  EXPECT_EQ(post.method, "POST");
  EXPECT_EQ(post.body, R"({"to": "+48601222333", "key": "a\"b", "of": 7, "{to": 1})");
  EXPECT_EQ(post.headers[1], (std::pair<std::string, std::string>("X-Key", "a\"b")));
  s.headers.clear();
  s.body = "agent={agent}&to={to_digits}";
  EXPECT_EQ(originate(s, "+48600000001", "+48601222333", 7).body, "agent=%2B48600000001&to=48601222333");
}

TEST(Originate, AnythingButSuccessIsTold) {
  EXPECT_TRUE(originated({204, "", "", "", false, false}));
  const auto refused = originated({404, "text/plain", "no such\r\nendpoint", "", false, false});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().what, "the exchange says 404: no such endpoint");
  const auto silent = originated({0, "", "", "timed out", true, false});
  ASSERT_FALSE(silent);
  EXPECT_NE(silent.error().what.find("may ring all the same"), std::string::npos);
}

}  // namespace hejnal::carriers::phone

#include "carriers/sms/gateway.hpp"

#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "carriers/sms/test_caller.hpp"

namespace hejnal::carriers {

namespace {

using Outcome = ports::SmsResult::Outcome;
using core::NoticeState;
using wire::field;

GatewaySettings settings(const char* kind) {
  GatewaySettings s;
  s.name = "one";
  s.kind = kind;
  s.user = "user";
  s.password = "pass word";
  s.from = "Firma";
  s.hook_url = "https://pomoc.example/hooks/sms/one/secret";
  s.country = "48";
  return s;
}

ports::OutgoingSms sms(const char* text = "Zażółć & = +") {
  ports::OutgoingSms out;
  out.to = "+48601234567";
  out.text = text;
  out.key = "hejnal.5.2.abcd";
  out.since = *parse_rfc3339("2026-11-23T09:00:00Z");
  return out;
}

ports::SmsResult send(Gateway& gateway, const ports::OutgoingSms& one) {
  ports::SmsResult out;
  int times = 0;
  gateway.send(one, [&](const ports::SmsResult& result) {
    out = result;
    ++times;
  });
  EXPECT_EQ(times, 1);
  return out;
}

ports::Request get(ports::Request request) {
  request.method = "GET";
  return request;
}

ports::Request post(const wire::FormFields& fields, const std::string& path = "/hooks/sms/one/secret/in") {
  ports::Request request;
  request.method = "POST";
  request.path = path;
  request.headers = {{"content-type", "application/x-www-form-urlencoded; charset=utf-8"}};
  request.body = wire::form_encode(fields);
  return request;
}

}  // namespace

// -- Kannel

TEST(Kannel, SaysEverythingThatSendsmsNeeds) {
  TestCaller http;
  auto s = settings("kannel");
  s.url = "http://127.0.0.1:13013/cgi-bin/sendsms";
  const auto gateway = std::move(*make_gateway(s, http));
  http.will_say(202, "0: Accepted for delivery", "text/html");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::handed_over);
  EXPECT_TRUE(http.calls[0].url.starts_with(
      "http://127.0.0.1:13013/cgi-bin/sendsms?username=user&password=pass%20word&"));
  const auto query = http.query();
  EXPECT_EQ(field(query, "to"), "+48601234567");
  EXPECT_EQ(field(query, "text"), "Zażółć & = +");
  EXPECT_EQ(field(query, "coding"), "2");
  EXPECT_EQ(field(query, "dlr-mask"), "31");
  EXPECT_EQ(field(query, "dlr-url"),
            "https://pomoc.example/hooks/sms/one/secret/report?key=hejnal.5.2.abcd&state=%d");
  http.will_say(202, "3: Queued for later delivery");
  EXPECT_EQ(send(*gateway, sms("plain")).outcome, Outcome::handed_over);
  EXPECT_EQ(field(http.query(), "coding"), "0");
  EXPECT_FALSE(gateway->recognises_repeats());
}

TEST(Kannel, TellsItsAnswersApart) {
  TestCaller http;
  auto s = settings("kannel");
  s.url = "http://127.0.0.1:13013/cgi-bin/sendsms";
  const auto gateway = std::move(*make_gateway(s, http));
  const struct {
    int status;
    const char* body;
    Outcome outcome;
  } table[] = {{403, "Authorization failed for sendsms", Outcome::our_mistake},
               {400, "Missing receiver number", Outcome::refused},
               {400, "Sender missing and no global set, rejected", Outcome::our_mistake},
               {404, "Unknown request.", Outcome::our_mistake},
               {503, "Temporal failure, try again later.", Outcome::try_later},
               {502, "<html>bad gateway</html>", Outcome::uncertain},
               {200, "<html>Welcome to nginx</html>", Outcome::our_mistake},
               {301, "", Outcome::our_mistake}};
  for (const auto& row : table) {
    http.will_say(row.status, row.body, "text/html");
    const auto result = send(*gateway, sms());
    EXPECT_EQ(result.outcome, row.outcome) << row.status;
    EXPECT_FALSE(result.text.empty());
  }
  http.will_be_silent();
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::uncertain);
  http.will_not_connect();
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::try_later);
}

TEST(Kannel, HearsTextsInEveryWayItWrites) {
  using namespace std::string_literals;
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("kannel"), http));
  ports::Request request;
  request.query = {{"id", "7"},
                   {"from", " 48601234567"},
                   {"to", "600"},
                   {"text", "Serwer nie działa"},
                   {"charset", "UTF-8"}};
  auto heard = gateway->hear(get(request), "in");
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->messages.size(), 1u);
  EXPECT_EQ(heard->messages[0].sms.id, "one:7");
  EXPECT_EQ(heard->messages[0].sms.from, "+48601234567");
  EXPECT_EQ(heard->messages[0].sms.text, "Serwer nie działa");
  EXPECT_EQ(heard->answer.status, 200);
  EXPECT_EQ(heard->answer.body, "");

  request.query = {{"id", "8"}, {"from", "+48601234567"}, {"hex", "017C0061"}, {"charset", "UTF-16BE"}};
  heard = gateway->hear(get(request), "in");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->messages[0].sms.text, "ża");

  request.query = {{"id", "8"}, {"from", "+48601234567"}, {"hex", "F36C"}, {"charset", "WINDOWS-1252"}};
  EXPECT_EQ(gateway->hear(get(request), "in")->messages[0].sms.text, "ól");

  // post-url, one part of a long message
  request.method = "POST";
  request.query = {{"id", "9"}};
  request.headers = {{"content-type", "text/plain; charset=UTF-16BE"},
                     {"x-kannel-from", "48601234567"},
                     {"x-kannel-to", "600"},
                     {"x-kannel-udh", "%05%00%03%CC%03%02"}};
  request.body = "\x01\x7C\0a"s;
  heard = gateway->hear(request, "in");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->messages[0].sms.text, "ża");
  ASSERT_TRUE(heard->messages[0].part);
  EXPECT_EQ(heard->messages[0].part->number, 2);

  request.headers.clear();
  EXPECT_FALSE(gateway->hear(request, "in"));  // no sender
}

TEST(Kannel, ReportsWhatBecameOfAnSms) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("kannel"), http));
  const std::pair<const char*, NoticeState> table[] = {{"1", NoticeState::delivered},
                                                       {"2", NoticeState::failed},
                                                       {"4", NoticeState::handed_over},
                                                       {"8", NoticeState::handed_over},
                                                       {"16", NoticeState::failed}};
  for (const auto& [state, expected] : table) {
    ports::Request request;
    request.query = {{"key", "hejnal.5.2.abcd"}, {"state", state}};
    const auto heard = gateway->hear(get(request), "report");
    ASSERT_TRUE(heard);
    EXPECT_EQ(heard->reports[0].key, "hejnal.5.2.abcd");
    EXPECT_EQ(heard->reports[0].state, expected) << state;
  }
  ports::Request request;
  request.query = {{"key", "k"}, {"state", "many"}};
  EXPECT_FALSE(gateway->hear(get(request), "report"));
}

// -- SMSAPI

TEST(Smsapi, SaysEverythingAndIsAskedOnce) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("smsapi"), http));
  http.will_say(
      200,
      R"({"count":1,"list":[{"id":"1460978572913968440","points":0.16,"number":"48601234567","date_sent":1460978579,"submitted_number":"601234567","status":"QUEUE","error":null,"idx":"x","parts":1}]})");
  const auto result = send(*gateway, sms());
  EXPECT_EQ(result.outcome, Outcome::handed_over);
  EXPECT_EQ(result.id, "1460978572913968440");
  EXPECT_EQ(http.calls[0].url, "https://api.smsapi.pl/sms.do");
  EXPECT_EQ(http.calls[0].headers[0].second, "Bearer pass word");
  const auto form = http.form();
  EXPECT_EQ(field(form, "to"), "48601234567");
  EXPECT_EQ(field(form, "message"), "Zażółć & = +");
  EXPECT_EQ(field(form, "from"), "Firma");
  EXPECT_EQ(field(form, "format"), "json");
  EXPECT_EQ(field(form, "encoding"), "utf-8");
  EXPECT_EQ(field(form, "idx"), "hejnal.5.2.abcd");
  EXPECT_EQ(field(form, "check_idx"), "1");
  EXPECT_EQ(field(form, "notify_url"), "https://pomoc.example/hooks/sms/one/secret/report");
  EXPECT_TRUE(gateway->recognises_repeats());
}

TEST(Smsapi, TellsItsErrorsApart) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("smsapi"), http));
  const std::pair<int, Outcome> codes[] = {
      {8, Outcome::our_mistake},   {11, Outcome::refused},      {12, Outcome::refused},
      {13, Outcome::refused},      {14, Outcome::our_mistake},  {52, Outcome::try_later},
      {53, Outcome::handed_over},  {57, Outcome::refused},      {101, Outcome::our_mistake},
      {102, Outcome::our_mistake}, {103, Outcome::our_mistake}, {105, Outcome::our_mistake},
      {110, Outcome::our_mistake}, {200, Outcome::try_later},   {201, Outcome::uncertain},
      {202, Outcome::try_later},   {203, Outcome::try_later},   {999, Outcome::uncertain}};
  for (const auto& [code, outcome] : codes) {
    http.will_say(200, "{\"error\":" + std::to_string(code) + ",\"message\":\"words\"}");
    EXPECT_EQ(send(*gateway, sms()).outcome, outcome) << code;
  }
  http.will_say(
      200,
      R"({"invalid_numbers":[{"number":"1","submitted_number":"1","message":"Invalid phone number"}],"error":13,"message":"No correct phone numbers"})");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::refused);
  // Half an answer, a page, nothing: asked again with the same idx.
  for (const char* body :
       {R"({"count":1,"list":[{"id":"146)", "<html>Przerwa techniczna</html>", "", "[]", "{}", "ERROR:13"}) {
    http.will_say(200, body);
    EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::uncertain) << body;
  }
  http.will_say(500, "<html>500</html>");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::uncertain);
  http.will_say(401, "<html>401</html>");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::our_mistake);
}

TEST(Smsapi, HearsSeveralReportsInOneCall) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("smsapi"), http));
  ports::Request request;
  request.query = {{"MsgId", "1,2,3"},
                   {"status", "404,407,403"},
                   {"status_name", "DELIVERED,REJECTD,SENT"},
                   {"idx", "hejnal.1.1.a,hejnal.2.1.b,hejnal.3.1.c"},
                   {"to", "48601,48602,48603"}};
  auto heard = gateway->hear(get(request), "report");
  ASSERT_TRUE(heard);
  ASSERT_EQ(heard->reports.size(), 3u);
  EXPECT_EQ(heard->reports[0].state, NoticeState::delivered);
  EXPECT_EQ(heard->reports[1].state, NoticeState::failed);
  EXPECT_EQ(heard->reports[1].key, "hejnal.2.1.b");
  EXPECT_NE(heard->reports[1].text.find("REJECTD"), std::string::npos);
  EXPECT_EQ(heard->reports[2].state, NoticeState::handed_over);
  EXPECT_EQ(heard->answer.body, "OK");
  for (const char* state : {"401", "402", "405", "406", "408", "409", "410", "411", "412"}) {
    request.query = {{"idx", "k"}, {"status", state}};
    EXPECT_TRUE(gateway->hear(get(request), "report")) << state;
  }
  request.query = {{"idx", "a,b"}, {"status", "404"}};
  EXPECT_FALSE(gateway->hear(get(request), "report"));
  request.query = {{"idx", "a"}, {"status", "999"}};
  EXPECT_FALSE(gateway->hear(get(request), "report"));
}

TEST(Smsapi, HearsTexts) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("smsapi"), http));
  const wire::FormFields fields = {{"sms_to", "48600000000"},
                                   {"sms_from", "48601234567"},
                                   {"sms_text", "Żółć +1"},
                                   {"sms_date", "1460978579"},
                                   {"username", "u"}};
  const auto heard = gateway->hear(post(fields), "in");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->messages[0].sms.from, "+48601234567");
  EXPECT_EQ(heard->messages[0].sms.text, "Żółć +1");
  EXPECT_EQ(heard->answer.body, "OK");
  // Without an id the same call twice is one SMS, and another date is another SMS.
  EXPECT_EQ(gateway->hear(post(fields), "in")->messages[0].sms.id, heard->messages[0].sms.id);
  auto later = fields;
  later[3].second = "1460978580";
  EXPECT_NE(gateway->hear(post(later), "in")->messages[0].sms.id, heard->messages[0].sms.id);
}

// -- Twilio

namespace {

// Enough of HMAC for the vectors of a test: the real one is net's.
struct Vectors {
  std::string expected_data, digest;
  std::string operator()(std::string_view, std::string_view data) const {
    return data == expected_data ? digest : std::string(20, 'x');
  }
};

}  // namespace

TEST(Twilio, SaysEverything) {
  TestCaller http;
  auto s = settings("twilio");
  s.from = "+48799000000";
  s.hmac_sha1 = Vectors{};
  const auto gateway = std::move(*make_gateway(s, http));
  http.will_say(201, R"({"sid":"SM1","status":"queued","num_segments":"1","error_code":null})");
  const auto result = send(*gateway, sms());
  EXPECT_EQ(result.outcome, Outcome::handed_over);
  EXPECT_EQ(result.id, "SM1");
  EXPECT_EQ(http.calls[0].url, "https://api.twilio.com/2010-04-01/Accounts/user/Messages.json");
  EXPECT_EQ(http.calls[0].headers[0].second, "Basic dXNlcjpwYXNzIHdvcmQ=");
  EXPECT_EQ(field(http.form(), "To"), "+48601234567");
  EXPECT_EQ(field(http.form(), "From"), "+48799000000");
  EXPECT_EQ(field(http.form(), "Body"), "Zażółć & = +");
  EXPECT_EQ(field(http.form(), "StatusCallback"),
            "https://pomoc.example/hooks/sms/one/secret/report?key=hejnal.5.2.abcd");
}

TEST(Twilio, LooksAMessageUpBeforeItSendsItAgain) {
  TestCaller http;
  auto s = settings("twilio");
  s.hmac_sha1 = Vectors{};
  const auto gateway = std::move(*make_gateway(s, http));
  auto again = sms("Hello");
  again.again = true;
  const auto listed = [](const char* body, const char* date) {
    return std::string(
               R"({"messages":[{"sid":"SM9","to":"+48601234567","direction":"outbound-api","body":")") +
           body + R"(","date_created":")" + date + R"("}]})";
  };
  http.will_say(200, listed("Hello", "Mon, 23 Nov 2026 09:00:02 +0000"));
  auto result = send(*gateway, again);
  EXPECT_EQ(result.outcome, Outcome::handed_over);
  EXPECT_EQ(result.id, "SM9");
  EXPECT_EQ(http.calls.size(), 1u);
  EXPECT_EQ(http.calls[0].method, "GET");
  EXPECT_EQ(field(http.query(), "To"), "+48601234567");
  EXPECT_EQ(field(http.query(), "DateSent>"), "2026-11-22");

  // Other words, or the same words long ago: not ours.
  for (const auto& list : {listed("Other", "Mon, 23 Nov 2026 09:00:02 +0000"),
                           listed("Hello", "Mon, 23 Nov 2026 07:00:00 +0000")}) {
    http.calls.clear();
    http.will_say(200, list);
    http.will_say(201, R"({"sid":"SM10"})");
    EXPECT_EQ(send(*gateway, again).id, "SM10");
    EXPECT_EQ(http.calls.size(), 2u);
  }
  http.calls.clear();
  http.will_say(500, "<html>");
  EXPECT_EQ(send(*gateway, again).outcome, Outcome::uncertain);
  EXPECT_EQ(http.calls.size(), 1u);
}

TEST(Twilio, TellsItsErrorsApart) {
  TestCaller http;
  auto s = settings("twilio");
  s.hmac_sha1 = Vectors{};
  const auto gateway = std::move(*make_gateway(s, http));
  const struct {
    int status, code;
    Outcome outcome;
  } table[] = {{400, 21211, Outcome::refused},    {400, 21614, Outcome::refused},
               {400, 21610, Outcome::refused},    {403, 21408, Outcome::our_mistake},
               {429, 20429, Outcome::try_later},  {401, 20003, Outcome::our_mistake},
               {400, 21606, Outcome::our_mistake}};
  for (const auto& row : table) {
    http.will_say(row.status, R"({"code":)" + std::to_string(row.code) + R"(,"message":"m","status":400})");
    EXPECT_EQ(send(*gateway, sms()).outcome, row.outcome) << row.code;
  }
  http.will_say(201, R"({"sid":"SM)");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::uncertain);
  http.will_say(200, "<html></html>", "text/html");
  EXPECT_EQ(send(*gateway, sms()).outcome, Outcome::uncertain);
}

TEST(Twilio, BelievesOnlyItsSignature) {
  TestCaller http;
  auto s = settings("twilio");
  s.user = "AC1";
  s.hook_url = "https://pomoc.example/hooks/sms/one";
  // The URL with its query, then the fields by name.
  s.hmac_sha1 = Vectors{
      "https://pomoc.example/hooks/sms/one/"
      "report?key=hejnal.5.2.abcdAccountSidAC1ErrorCode30006MessageStatusundelivered",
      std::string(20, 's')};
  const auto gateway = std::move(*make_gateway(s, http));
  auto request = post({{"MessageStatus", "undelivered"}, {"AccountSid", "AC1"}, {"ErrorCode", "30006"}},
                      "/hooks/sms/one/report");
  request.query = {{"key", "hejnal.5.2.abcd"}};
  auto heard = gateway->hear(request, "report");
  ASSERT_FALSE(heard);
  EXPECT_EQ(heard.error().fault, Fault::refused);
  request.headers.emplace_back("x-twilio-signature", wire::base64(std::string(20, 's')));
  heard = gateway->hear(request, "report");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->reports[0].state, NoticeState::failed);
  EXPECT_NE(heard->reports[0].text.find("30006"), std::string::npos);
  request.body += "&MessageStatus=delivered";
  EXPECT_FALSE(gateway->hear(request, "report"));
}

TEST(Twilio, HearsTexts) {
  TestCaller http;
  auto s = settings("twilio");
  s.user = "AC1";
  s.hmac_sha1 = [](std::string_view, std::string_view) { return std::string(20, 's'); };
  const auto gateway = std::move(*make_gateway(s, http));
  auto request = post({{"MessageSid", "SM5"},
                       {"AccountSid", "AC1"},
                       {"From", "+48601234567"},
                       {"To", "+48799"},
                       {"Body", "Nie działa"},
                       {"NumMedia", "1"},
                       {"MediaUrl0", "https://m/1"}});
  request.headers.emplace_back("x-twilio-signature", wire::base64(std::string(20, 's')));
  const auto heard = gateway->hear(request, "in");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->messages[0].sms.id, "one:SM5");
  EXPECT_EQ(heard->messages[0].sms.text, "Nie działa\nhttps://m/1");
  EXPECT_EQ(heard->answer.body, "<Response/>");
  EXPECT_EQ(heard->answer.content_type, "text/xml");
}

// -- any HTTP gateway

TEST(PlainHttp, FillsItsTemplateIn) {
  TestCaller http;
  auto s = settings("http");
  s.url = "https://gw.example/send?to={to}&n={number}&text={text}&ref={id}&from={from}";
  const auto by_url = std::move(*make_gateway(s, http));
  http.will_say(200, "queued");
  EXPECT_EQ(send(*by_url, sms()).outcome, Outcome::handed_over);
  EXPECT_EQ(http.calls[0].method, "GET");
  EXPECT_EQ(http.calls[0].url,
            "https://gw.example/"
            "send?to=%2B48601234567&n=48601234567&text=Za%C5%BC%C3%B3%C5%82%C4%87%20%26%20%3D%20%2B&"
            "ref=hejnal.5.2.abcd&from=Firma");
  s.url = "https://gw.example/send";
  s.body = R"({"to":"{to}","text":"{text}","odd":"{nothing}"})";
  s.headers = {"Content-Type: application/json", "X-Key: {password}"};
  const auto by_json = std::move(*make_gateway(s, http));
  http.will_say(201, "{}");
  EXPECT_EQ(send(*by_json, sms("a \"b\"\n{to}")).outcome, Outcome::handed_over);
  EXPECT_EQ(http.calls[1].method, "POST");
  EXPECT_EQ(http.calls[1].body, R"({"to":"+48601234567","text":"a \"b\"\n{to}","odd":"{nothing}"})");
  EXPECT_EQ(http.calls[1].headers[1].second, "pass word");
}

// Words of a client stand in alerts; they must not name another recipient.
TEST(PlainHttp, ABodyWithoutATypeIsAForm) {
  TestCaller http;
  auto s = settings("http");
  s.url = "https://gateway.example/send";
  s.body = "to={number}&text={text}";
  const auto gateway = std::move(*make_gateway(std::move(s), http));
  http.will_say(200, "ok");
  EXPECT_EQ(send(*gateway, sms("100% & to=+48700700700")).outcome, Outcome::handed_over);
  EXPECT_EQ(wire::field(http.form(), "text"), "100% & to=+48700700700");
  EXPECT_EQ(http.form().size(), 2u);
}

TEST(PlainHttp, SuccessCanBeToldByWords) {
  TestCaller http;
  auto s = settings("http");
  s.url = "https://gw.example/send?to={to}&text={text}";
  s.success = "OK";
  const auto gateway = std::move(*make_gateway(s, http));
  const struct {
    int status;
    const char* body;
    Outcome outcome;
  } table[] = {{200, "OK 17", Outcome::handed_over},    {200, "ERROR no credit", Outcome::our_mistake},
               {400, "bad number", Outcome::refused},   {401, "who?", Outcome::our_mistake},
               {429, "slow down", Outcome::try_later},  {503, "later", Outcome::try_later},
               {500, "<html>oops", Outcome::uncertain}, {302, "", Outcome::our_mistake}};
  for (const auto& row : table) {
    http.will_say(row.status, row.body);
    EXPECT_EQ(send(*gateway, sms()).outcome, row.outcome) << row.status << row.body;
  }
}

TEST(PlainHttp, HearsFormsQueriesAndJson) {
  TestCaller http;
  const auto gateway = std::move(*make_gateway(settings("http"), http));
  ports::Request request;
  request.query = {{"from", "601234567"}, {"text", "a"}, {"id", "1"}};
  EXPECT_EQ(gateway->hear(get(request), "in")->messages[0].sms.from, "+48601234567");
  EXPECT_EQ(gateway->hear(post({{"sender", "601234567"}, {"message", "b"}}), "in")->messages[0].sms.text,
            "b");
  request.method = "POST";
  request.query.clear();
  request.headers = {{"content-type", "application/json"}};
  request.body = R"({"from":"ORANGE","body":"c","id":7})";
  const auto heard = gateway->hear(request, "in");
  ASSERT_TRUE(heard);
  EXPECT_EQ(heard->messages[0].sms.from, "ORANGE");
  EXPECT_EQ(heard->messages[0].sms.id, "one:7");
  request.body = R"({"from":)";
  EXPECT_FALSE(gateway->hear(request, "in"));
  request.body = R"({"key":"k","status":"DELIVERED"})";
  EXPECT_EQ(gateway->hear(request, "report")->reports[0].state, NoticeState::delivered);
}

// A page, a broken server, silence, half an answer: nobody may take that for "it has left", nor for "it has
// not", which would send it again elsewhere.
TEST(AnyGateway, SaysHowLongAnSmsIsOfUse) {
  ports::OutgoingSms alert = sms();
  alert.valid_for = 90min;
  alert.useful_until = alert.since + 90min;
  TestCaller http;
  send(*std::move(*make_gateway(settings("kannel"), http)), alert);
  EXPECT_NE(http.calls.back().url.find("&validity=90&"), std::string::npos) << http.calls.back().url;
  send(*std::move(*make_gateway(settings("twilio"), http)), alert);
  EXPECT_EQ(field(wire::form_decode(http.calls.back().body), "ValidityPeriod"), "5400");
  alert.valid_for = 24h;
  send(*std::move(*make_gateway(settings("twilio"), http)), alert);
  EXPECT_EQ(field(wire::form_decode(http.calls.back().body), "ValidityPeriod"), "14400");
  GatewaySettings plain = settings("http");
  plain.url = "http://gateway.example/send?to={number}&text={text}&for={valid_s}";
  send(*std::move(*make_gateway(std::move(plain), http)), alert);
  EXPECT_NE(http.calls.back().url.find("&for=86400"), std::string::npos);
}

TEST(AnyGateway, AnOddAnswerIsNeverTakenForACertainty) {
  for (const char* kind : {"kannel", "smsapi", "twilio", "http"}) {
    for (const char* odd : {"500", "slow", "half", "html", "empty", "nul"}) {
      TestCaller http;
      const std::string what = odd;
      if (what == "500") http.will_say(500, "<html>500</html>", "text/html");
      if (what == "slow") http.will_be_silent();
      if (what == "half") {
        http.will_say(200, R"({"count":1,"list":[{"id":"14609)");
        http.answers.back().cut = true;
      }
      if (what == "html") http.will_say(200, "<html><body>Przerwa techniczna</body></html>", "text/html");
      if (what == "empty") http.will_say(200, "");
      if (what == "nul") http.will_say(200, std::string("\0\xff{", 3));
      GatewaySettings s;
      s.kind = s.name = kind;
      s.url = "http://gateway.example";
      s.success = "queued";
      auto gateway = std::move(*make_gateway(s, http));
      ports::OutgoingSms sms;
      sms.to = "+48601234567";
      sms.text = "Text";
      sms.key = "hejnal.5.2.abcd";
      ports::SmsResult result;
      int times = 0;
      gateway->send(sms, [&](ports::SmsResult r) {
        result = std::move(r);
        ++times;
      });
      EXPECT_EQ(times, 1) << kind << ' ' << odd;
      EXPECT_NE(result.outcome, ports::SmsResult::Outcome::handed_over) << kind << ' ' << odd;
      EXPECT_NE(result.outcome, ports::SmsResult::Outcome::refused) << kind << ' ' << odd;
      EXPECT_NE(result.outcome, ports::SmsResult::Outcome::try_later) << kind << ' ' << odd;
      EXPECT_NE(result.text, "") << kind << ' ' << odd;
      EXPECT_TRUE(is_valid_utf8(result.text)) << kind << ' ' << odd;
    }
  }
}

}  // namespace hejnal::carriers

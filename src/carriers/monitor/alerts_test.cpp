#include "carriers/monitor/alerts.hpp"

#include <gtest/gtest.h>

namespace hejnal::carriers {

namespace {

constexpr const char* kAlertmanager =
    R"({"version":"4","groupKey":"{}:{alertname=\"InstanceDown\"}","truncatedAlerts":0,"status":"firing","receiver":"hejnal",
 "groupLabels":{"alertname":"InstanceDown"},"commonLabels":{"alertname":"InstanceDown","severity":"critical"},
 "commonAnnotations":{},"externalURL":"http://am:9093",
 "alerts":[
  {"status":"firing","labels":{"severity":"critical","alertname":"InstanceDown","instance":"db2:9100"},
   "annotations":{"summary":"db2 is down"},"startsAt":"2026-11-22T10:16:00.123Z","endsAt":"0001-01-01T00:00:00Z",
   "generatorURL":"http://prom/graph","fingerprint":"a404ecabc8dd5cd7"},
  {"status":"firing","labels":{"alertname":"InstanceDown","instance":"db1:9100","severity":"critical"},
   "annotations":{"summary":"db1 is down","description":"No answer for 5 minutes."},
   "startsAt":"2026-11-22T10:15:00.123Z","endsAt":"0001-01-01T00:00:00Z","fingerprint":"f404ecabc8dd5cd7"}]})";

Alert one(std::string_view kind, std::string_view body) {
  auto alerts = read_alerts(kind, body);
  EXPECT_TRUE(alerts) << alerts.error().what;
  EXPECT_EQ(alerts ? alerts->size() : 0, 1u);
  return alerts && !alerts->empty() ? alerts->front() : Alert{};
}

std::string replaced(std::string text, std::string_view from, std::string_view to) {
  for (auto at = text.find(from); at != std::string::npos; at = text.find(from, at + to.size()))
    text.replace(at, from.size(), to);
  return text;
}

}  // namespace

TEST(Alerts, Alertmanager) {
  const Alert a = one("alertmanager", kAlertmanager);
  EXPECT_EQ(a.key, "alertmanager {}:{alertname=\"InstanceDown\"}");
  EXPECT_TRUE(a.firing);
  EXPECT_EQ(a.severities, (std::vector<std::string>{"critical"}));
  EXPECT_EQ(a.title, "InstanceDown");
  EXPECT_EQ(a.text,
            "InstanceDown: db1 is down\n  alertname=InstanceDown, instance=db1:9100, severity=critical\n"
            "  No answer for 5 minutes.\n  since 2026-11-22T10:15:00.123Z\n\n"
            "InstanceDown: db2 is down\n  alertname=InstanceDown, instance=db2:9100, severity=critical\n"
            "  since 2026-11-22T10:16:00.123Z\n\nhttp://am:9093");
  const Alert over = one("alertmanager", replaced(kAlertmanager, "\"firing\"", "\"resolved\""));
  EXPECT_EQ(over.key, a.key);
  EXPECT_FALSE(over.firing);
}

// A group may hold alerts of several severities; none of what fires may be overlooked, not even what is cut.
TEST(Alerts, EverySeverityOfAGroup) {
  std::string body = R"({"groupKey":"k","status":"firing","truncatedAlerts":7,"commonLabels":{},"alerts":[)";
  for (int i = 0; i < 250; ++i)
    body += R"({"status":"firing","labels":{"alertname":"Disk","severity":"Warning"},"annotations":{}},)";
  body +=
      R"({"status":"resolved","labels":{"severity":"disaster"}},{"status":"firing","labels":{"severity":"critical"}}]})";
  const Alert a = one("alertmanager", body);
  EXPECT_EQ(a.severities, (std::vector<std::string>{"warning", "critical"}));
  EXPECT_NE(a.text.find("... and 51 more"), std::string::npos);
  EXPECT_NE(a.text.find("... and 7 more that alertmanager has left out"), std::string::npos);
}

TEST(Alerts, LongKeysAreToldApart) {
  const std::string head(2000, 'x');
  const auto key = [&](const char* end) {
    return one("alertmanager", R"({"groupKey":")" + head + end + R"(","status":"firing","alerts":[]})").key;
  };
  EXPECT_NE(key("a"), key("b"));
  EXPECT_EQ(key("a"), key("a"));
  EXPECT_LT(key("a").size(), 400u);
}

TEST(Alerts, WhatIsCutIsSaid) {
  const Alert a = one("uptime-kuma", R"({"heartbeat":{"status":0},"monitor":{"id":1,"name":"x"},"msg":")" +
                                         std::string(50'000, 'y') + "\"}");
  EXPECT_TRUE(a.text.ends_with("... cut here: 30000 of 50000 bytes are left out")) << a.text.substr(20'000);
}

TEST(Alerts, GrafanaSpeaksTheSame) {
  const Alert a = one(
      "grafana",
      R"({"receiver":"hejnal","status":"firing","orgId":1,"groupKey":"{}/{}:{alertname=\"Disk\"}","version":"1",
 "title":"[FIRING:1] Disk","state":"alerting","message":"**Firing**","commonLabels":{"alertname":"Disk","grafana_folder":"x"},
 "commonAnnotations":{"summary":"The disk is full"},"alerts":[{"status":"firing","labels":{"alertname":"Disk"},
 "annotations":{"summary":"The disk is full"},"startsAt":"2026-11-22T10:15:00Z","values":{"B":44.2},"fingerprint":"x"}]})");
  EXPECT_EQ(a.key, "grafana {}/{}:{alertname=\"Disk\"}");
  EXPECT_EQ(a.title, "The disk is full");
  EXPECT_TRUE(a.severities.empty());
}

TEST(Alerts, Zabbix) {
  const char* problem =
      R"({"URL":"https://x","event_id":"4711","event_value":"1","update_status":"0","nseverity":"5","name":"Łącze leży","host":"router",
"ip":"10.0.0.1","opdata":"{EVENT.OPDATA}","tags":"[]","time":"2026.11.22 10:15:00","subject":"s","message":"Problem"})";
  const Alert a = one("zabbix", problem);
  EXPECT_EQ(a.key, "zabbix 4711");
  EXPECT_EQ(a.severities, (std::vector<std::string>{"disaster"}));
  EXPECT_EQ(a.title, "router: Łącze leży");
  EXPECT_EQ(a.text, "Problem\n10.0.0.1\n2026.11.22 10:15:00\n");
  EXPECT_FALSE(one("zabbix", replaced(problem, "\"event_value\":\"1\"", "\"event_value\":\"0\"")).firing);
  EXPECT_TRUE(read_alerts("zabbix", replaced(problem, "\"update_status\":\"0\"", "\"update_status\":\"1\""))
                  ->empty());
}

TEST(Alerts, UptimeKuma) {
  const char* down =
      R"({"heartbeat":{"monitorID":7,"status":0,"time":"2026-11-22 10:15:00.123","msg":"connect ECONNREFUSED","important":true},
"monitor":{"id":7,"name":"Sklep","url":"https://sklep.example","hostname":null},"msg":"[Sklep] [🔴 Down] connect ECONNREFUSED"})";
  const Alert a = one("uptime-kuma", down);
  EXPECT_EQ(a.key, "uptime-kuma 7");
  EXPECT_EQ(a.severities, (std::vector<std::string>{"down"}));
  EXPECT_EQ(a.title, "Sklep: connect ECONNREFUSED");
  EXPECT_EQ(a.text, "[Sklep] [🔴 Down] connect ECONNREFUSED\nhttps://sklep.example");
  EXPECT_FALSE(one("uptime-kuma", replaced(down, "\"status\":0", "\"status\":1")).firing);
  EXPECT_TRUE(read_alerts("uptime-kuma", replaced(down, "\"status\":0", "\"status\":2"))->empty());
  EXPECT_TRUE(read_alerts("uptime-kuma", R"({"heartbeat":null,"monitor":null,"msg":"Testing"})")->empty());
}

TEST(Alerts, Icinga) {
  const Alert a = one("icinga",
                      "host=db1&host_display=Baza&service=disk&service_display=&state=CRITICAL&type=PROBLEM"
                      "&output=99%25+full&address=10.0.0.7&comment=%24notification.comment%24");
  EXPECT_EQ(a.key, "icinga db1!disk");
  EXPECT_TRUE(a.firing);
  EXPECT_EQ(a.title, "Baza: disk");
  EXPECT_EQ(a.text, "CRITICAL: 99% full\n10.0.0.7");
  EXPECT_EQ(a.severities, (std::vector<std::string>{"critical"}));
  EXPECT_FALSE(one("nagios", "host=db1&service=disk&state=OK&type=RECOVERY").firing);
  EXPECT_FALSE(one("nagios", "host=db1&state=UP&type=CUSTOM").firing);
  EXPECT_TRUE(one("nagios", "host=db1&state=UNREACHABLE&type=CUSTOM").firing);
  for (const char* type : {"ACKNOWLEDGEMENT", "DOWNTIMESTART", "FLAPPINGSTART", "DOWNTIMEREMOVED"})
    EXPECT_TRUE(read_alerts("icinga", std::string("host=a&state=DOWN&type=") + type)->empty()) << type;
}

TEST(Alerts, JsonByAMapping) {
  AlertMapping m;
  m.alerts = "/events";
  m.key = {"/host", "/check~1name"};
  m.subject = {"/title"};
  m.text = {"/what/1", "/none"};
  m.severity = "/level";
  m.state = "$/status";
  m.firing = {"bad", "1", "true"};
  m.over = {"good"};
  m.ignored = {"test"};
  const auto read = [&m](const char* body) { return read_mapped(m, body).value(); };
  auto found = read(
      R"({"status":1,"events":[{"host":"a","check/name":7,"title":"t","what":["x","y"],"level":"Red"},{"host":"b"}]})");
  ASSERT_EQ(found.alerts.size(), 1u);
  EXPECT_EQ(found.alerts[0].key, "json a 7");
  EXPECT_EQ(found.alerts[0].text, "y");
  EXPECT_EQ(found.alerts[0].severities, (std::vector<std::string>{"red"}));
  EXPECT_EQ(found.mistakes, (std::vector<std::string>{"alert 2: key: /check~1name finds nothing"}));
  found = read(R"({"status":"good","events":[{"host":"a","check/name":7}]})");
  ASSERT_EQ(found.alerts.size(), 1u);
  EXPECT_FALSE(found.alerts[0].firing);
  EXPECT_TRUE(read(R"({"status":"TEST","events":[{}]})").mistakes.empty());
  EXPECT_EQ(read("{}").mistakes, (std::vector<std::string>{"alerts: /events finds nothing"}));
  m.alerts = "";
  m.state = "/ok";
  EXPECT_EQ(read(R"({"host":"a","check/name":7,"title":"t","ok":true})").alerts.size(), 1u);
  EXPECT_EQ(read_mapped(m, "no").error().fault, Fault::malformed);
}

// The same number is the same key however it is written; one whose digits are lost is none.
TEST(Alerts, NumbersAsKeys) {
  AlertMapping m;
  m.state = "/s";
  m.key = {"/id"};
  m.subject = {"/t"};
  m.firing = {"1"};
  const auto key = [&m](const std::string& id) {
    const auto read = read_mapped(m, R"({"s":1.0,"t":12345678901234567890123,"id":)" + id + "}").value();
    return read.alerts.empty() ? "! " + read.mistakes.at(0) : read.alerts[0].key;
  };
  for (const char* seven : {"7", "7.0", "7e0", "0.7e1", "\"7\""}) EXPECT_EQ(key(seven), "json 7") << seven;
  EXPECT_EQ(key("1000"), key("1e3"));
  EXPECT_EQ(key("-0.0"), "json 0");
  EXPECT_EQ(key("1.5"), "json 1.5");
  EXPECT_EQ(key("true"), "json true");
  // Whole ones of 64 bits are exact ...
  EXPECT_EQ(key("9007199254740993"), "json 9007199254740993");
  EXPECT_EQ(key("18446744073709551615"), "json 18446744073709551615");
  EXPECT_EQ(key("-9223372036854775808"), "json -9223372036854775808");
  // ... of these two would be one.
  for (const char* lost : {"18446744073709551616", "18446744073709551617", "9007199254740993.0", "1e300"})
    EXPECT_TRUE(key(lost).starts_with("! key: /id is a number of so many digits")) << key(lost);
  EXPECT_EQ(key("\"18446744073709551617\""), "json 18446744073709551617");
}

TEST(Alerts, AWatchdogThatIsOverIsNoSignOfLife) {
  EXPECT_TRUE(is_beat(""));
  EXPECT_TRUE(is_beat("backup done"));
  EXPECT_TRUE(is_beat(R"({"status":"firing"})"));
  EXPECT_FALSE(is_beat(R"({"status":"resolved","alerts":[]})"));
}

TEST(Alerts, WhatIsNoneIsToldSo) {
  for (const char* kind : {"alertmanager", "grafana", "zabbix", "uptime-kuma", "icinga"}) {
    for (const char* body :
         {"", "[]", "{}", "5", "{\"status\":5}", "\xff", "{\"groupKey\":\"x\",\"status\":\"firing\"}",
          "{\"event_id\":\"1\"}", "{\"heartbeat\":{},\"monitor\":{}}"}) {
      const auto alerts = read_alerts(kind, body);
      EXPECT_TRUE(!alerts && alerts.error().fault == Fault::malformed) << kind << " " << body;
    }
  }
}

TEST(Alerts, Severities) {
  EXPECT_EQ(class_of_severity("disaster"), "critical");
  EXPECT_EQ(class_of_severity("warning"), "urgent");
  EXPECT_EQ(class_of_severity("info"), "routine");
  EXPECT_EQ(class_of_severity("purple"), "");
}

}  // namespace hejnal::carriers

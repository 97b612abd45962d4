// What leaves by SMS: each text in one segment, with its short code and its link whole, in each language and
// class, with the longest number, address and link that one may expect.
#include "carriers/words/templates.hpp"

#include <fmt/core.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "core/case_names.hpp"
#include "core/matching.hpp"
#include "core/sent_report.hpp"
#include "core/sms_command.hpp"

namespace hejnal::carriers {

namespace {

using enum core::NoticeKind;

constexpr const char* kUrl = "https://pomoc.informatyka-wroclaw.pl";  // 36 signs
constexpr const char* kCode = "W7M2P";
const std::string kToken = core::token_of(1'234'567, "abcdefghijkmnpqrstuvwxyz23");  // as the desk makes them

core::Procedure procedure(const char* language) {
  core::Procedure p;
  p.language = language;
  const bool polish = p.language == "pl";
  for (const auto& [id, name] : {std::pair{"routine", polish ? "rutynowa" : "routine"},
                                 std::pair{"urgent", polish ? "pilna" : "urgent"},
                                 std::pair{"critical", polish ? "krytyczna" : "critical"}}) {
    core::ServiceClass one;
    one.id = id;
    one.short_name = name;
    p.classes.push_back(one);
  }
  return p;
}

Templates templates(const char* language) {
  WordingSettings s;
  s.desk_name = "Dział wsparcia Informatyka Wrocław";
  s.sms_number = "+48600000000";
  s.public_url = kUrl;
  s.zone = "Europe/Warsaw";
  s.language = language;
  s.desk_email = "pomoc@informatyka-wroclaw.pl";
  s.desk_phone = "+48713000000";
  s.case_url = kUrl + std::string("/console/case/");
  return std::move(*Templates::load(s, procedure(language)));
}

core::Notice notice(core::NoticeKind kind, const char* class_name) {
  core::Notice n;
  n.kind = kind;
  n.channel = core::Channel::sms;
  n.number = 1'234'567;
  n.class_name = class_name;
  n.subject = "Nie działa serwer rejestracji pacjentów w przychodni przy ulicy Długiej";
  n.short_code = kCode;
  n.token = kToken;
  n.client = {"Anna Brzęczyszczykiewicz", "anna@szpital.example", "+48601222333", {}};
  n.to = n.client.phone;
  return n;
}

bool has(const std::string& text, const std::string& part) { return text.find(part) != std::string::npos; }

}  // namespace

TEST(SmsTexts, EachFitsInOneSegmentWithItsCodeAndItsLink) {
  const core::NoticeKind kinds[] = {receipt,  resend_receipt, acknowledgement, start_of_work,
                                    settled,  missing_email,  receipt_by_sms,  rejected_call,
                                    no_reply, sms_stopped,    sms_started,     about_us};
  // Those that a client needs to answer by another way.
  const core::NoticeKind with_code[] = {receipt, resend_receipt, missing_email, receipt_by_sms,
                                        rejected_call};
  const core::NoticeKind of_no_case[] = {sms_stopped, sms_started, about_us};
  const auto is_among = [](core::NoticeKind kind, const auto& list) {
    return std::find(std::begin(list), std::end(list), kind) != std::end(list);
  };
  fmt::print("language class     kind             segments units  room  alphabet\n");
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    for (const char* class_name : {"routine", "urgent", "critical"}) {
      for (const core::NoticeKind kind : kinds) {
        for (const bool repairing : {false, true}) {
          if (repairing && kind != rejected_call) continue;
          core::Notice n = notice(kind, class_name);
          n.failure_open = repairing;
          const std::string text = words.words(n, {}).text;
          const wire::SmsSize size = wire::sms_size(text);
          fmt::print("{:<8} {:<9} {:<16} {:>8} {:>5} {:>5}  {}\n", language, class_name,
                     fmt::format("{}{}", to_string(kind), repairing ? "*" : ""), size.segments, size.units,
                     size.gsm7 ? 160 : 70, size.gsm7 ? "GSM" : "UCS-2");
          EXPECT_EQ(size.segments, 1) << language << ' ' << to_string(kind) << ": " << text;
          if (is_among(kind, with_code)) {
            EXPECT_TRUE(has(text, kCode)) << text;
          }
          if (!is_among(kind, of_no_case)) {
            EXPECT_TRUE(has(text, kUrl + ("/c/" + kToken))) << text;
          }
          EXPECT_FALSE(has(text, "?")) << "nothing becomes a question mark: " << text;
          EXPECT_FALSE(has(text, "{")) << text;
        }
      }
    }
  }
}

// A client's hejnal has to know which of its reports is meant.
TEST(SmsTexts, ToAClientsHejnalTheySayItsCode) {
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    for (const core::NoticeKind kind :
         {missing_email, receipt, resend_receipt, acknowledgement, start_of_work, settled}) {
      core::Notice n = notice(kind, "critical");
      n.client_code = "K7M2PQ";
      const std::string text = words.words(n, {}).text;
      EXPECT_EQ(core::report_code_in(text), "K7M2PQ") << text;
      EXPECT_TRUE(has(text, kUrl + ("/c/" + kToken))) << text;
      EXPECT_FALSE(core::notice_of_sms(text).empty()) << text;
      EXPECT_EQ(wire::sms_size(text).segments, 1) << text;
      n.client_code.clear();
      EXPECT_EQ(core::report_code_in(words.words(n, {}).text), "");
    }
  }
}

TEST(SmsTexts, AnAlertSaysItsCodeInTheFirstSegment) {
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    for (const int slot : {0, 1, 99}) {
      core::Notice n = notice(alert, "critical");
      n.code = slot + 1;
      n.reason = core::AlertReason::unread;
      n.elapsed_ms = 7'500'000;
      const std::string text = words.words(n, {}).text;
      const std::string first = wire::sms_parts(text).front();
      EXPECT_TRUE(has(first, fmt::format(" {}=", slot == 0 ? "1" : fmt::format("{}1", slot)))) << text;
      EXPECT_TRUE(has(first, fmt::format(" {}=", slot == 0 ? "2" : fmt::format("{}2", slot)))) << text;
      EXPECT_LE(wire::sms_size(text).segments, 2) << text;
      EXPECT_TRUE(text.ends_with(kUrl + std::string("/console/case/1234567"))) << text;
    }
    core::Notice old = notice(alert, "critical");
    EXPECT_FALSE(has(words.words(old, {}).text, "=")) << "no code, no words about it";
  }
}

// A receipt of what looks like an outage costs a second one, and says the sentence.
TEST(SmsTexts, WhatLooksLikeAnOutageIsToldSo) {
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    for (const core::NoticeKind kind : {receipt, missing_email}) {
      core::Notice n = notice(kind, "urgent");
      n.outage_text = "Poczta nie dziala od 9:00, naprawiamy serwer.";
      const std::string text = words.words(n, {}).text;
      EXPECT_TRUE(has(text, n.outage_text)) << text;
      EXPECT_TRUE(has(text, kUrl + ("/c/" + kToken))) << text;
      EXPECT_LE(wire::sms_size(text).segments, 2) << text;
    }
  }
}

// A text that our own desk, or another hejnal, takes for a command would begin a conversation of machines.
TEST(SmsTexts, NoneIsACommand) {
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    for (std::size_t kind = 0; kind < core::Names<core::NoticeKind>::list.size(); ++kind) {
      core::Notice n = notice(static_cast<core::NoticeKind>(kind), "urgent");
      const std::string text = words.words(n, {}).text;
      EXPECT_EQ(core::contact_word(text), core::ContactWord::none) << text;
    }
  }
}

// Monitoring reads no answers: what is replied stays inside.
TEST(Alerts, OfMonitoringSayWhereAReplyGoes) {
  for (const char* language : {"pl", "en"}) {
    const Templates words = templates(language);
    core::Notice n = notice(alert, "urgent");
    n.channel = core::Channel::email;
    const char* to_client = language == std::string("pl") ? "idzie do klienta" : "goes to the client";
    const char* is_note = language == std::string("pl") ? "jako notatka" : "becomes a note";
    EXPECT_TRUE(has(words.words(n, {}).text, to_client));
    n.to_nobody = true;
    EXPECT_FALSE(has(words.words(n, {}).text, to_client));
    EXPECT_TRUE(has(words.words(n, {}).text, is_note)) << words.words(n, {}).text;
    n.reason = core::AlertReason::alert_over;
    const ports::Words over = words.words(n, {});
    EXPECT_TRUE(has(over.text, is_note)) << over.text;
    EXPECT_TRUE(has(over.subject, language == std::string("pl") ? "Po alarmie: " : "Over: ")) << over.subject;
    EXPECT_FALSE(has(over.text, "{")) << over.text;
  }
}

TEST(SmsTexts, AWrongCodeIsAnsweredWithThoseThatAreOpen) {
  const Templates words = templates("pl");
  core::Notice n = notice(commands, "");
  n.reason = core::AlertReason::wrong_code;
  n.text = "5 Drukarka: 1/2; 7 Serwer: 11/12";
  EXPECT_EQ(words.words(n, {}).text, "Nie ma takiego kodu. 5 Drukarka: 1/2; 7 Serwer: 11/12");
  n.text.clear();
  n.reason = core::AlertReason::asked_for;
  EXPECT_EQ(wire::sms_size(words.words(n, {}).text).segments, 1);
}

TEST(SmsTexts, AlertsThatShareAnSmsKeepTheirCodes) {
  core::Notice one = notice(alert, "critical"), two = one;
  one.number = 5, one.code = 1;
  two.number = 7, two.code = 2;
  const std::string text = templates("pl").together({one, two});
  EXPECT_TRUE(has(text, "5 (1), 7 (11)")) << text;
}

}  // namespace hejnal::carriers

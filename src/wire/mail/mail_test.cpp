#include "wire/mail/mail.hpp"

#include <gtest/gtest.h>

#include "base/text.hpp"
#include "wire/mail/address.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/flowed.hpp"
#include "wire/mail/header_text.hpp"
#include "wire/mail/reply_text.hpp"
#include "wire/mail/smtp_status.hpp"

namespace hejnal::wire {
namespace {

struct Pair {
  const char* in;
  const char* out;
};

TEST(EncodedWords, Table) {
  constexpr Pair kTable[] = {
      {"plain", "plain"},
      {"=?utf-8?Q?a?=", "a"},
      {"=?utf-8?Q?a?= =?utf-8?Q?b?=", "ab"},
      {"=?utf-8?Q?a?= b", "a b"},
      {"=?utf-8?Q?za=C5?= =?utf-8?Q?=BC?=", "zaż"},  // a character cut between two words
      {"=?utf-8?B?xYE=?=\t=?utf-8?B?w7Nkxbo=?=", "Łódź"},
      {"=?utf-8?B?xY?= =?utf-8?B?Hxg==?=", "\xC5\x81\xEF\xBF\xBD"},  // base64 cut inside a quantum
      {"=?iso-8859-2?Q?=B3=F3d=BC?=", "łódź"},
      {"=?windows-1250?Q?=B3=F3d=9F?=", "łódź"},
      {"=?iso-8859-2?Q?=B3=F3d=9F?=", "łódź"},  // windows-1250 under the wrong name
      {"=?iso-8859-1?Q?=80?=", "€"},
      {"=?utf-8*pl?Q?a?=", "a"},
      {"=?utf-8?Q?two words?=", "two words"},
      {"=?utf-8?Q?open", "open"},
      {"=?no-such-charset?Q?=C5=82?=", "ł"},
      {"=?utf-8?X?a?=", "=?utf-8?X?a?="},
      {"=?utf-8?Q?a=0D=0ABcc:_x?=", "a  Bcc: x"},  // no line end gets out
      {"=?ISO-2022-JP?B?GyRCRnxLXDhsGyhC?=", "日本語"},
      {"a =? b", "a =? b"},
      {"\"=?utf-8?Q?quoted?=\"", "\"quoted\""},
      {"\xB3\xF3\x64\x9F", "łódź"},
      {"\xC5\x82", "ł"},
  };
  for (const auto& row : kTable) EXPECT_EQ(decode_header_text(row.in), row.out) << row.in;
}

TEST(Addresses, Table) {
  constexpr Pair kTable[] = {
      // name|addr;...
      {"a@x.pl", "|a@x.pl"},
      {"Adam <A@X.PL>", "Adam|A@x.pl"},
      {"\"Kowalska, Ewa\" <e@x>", "Kowalska, Ewa|e@x"},
      {"a@x (Adam (z) K)", "Adam (z) K|a@x"},
      {"=?utf-8?Q?Gra=C5=BCyna?= <g@x>", "Grażyna|g@x"},
      {"\"=?utf-8?Q?Gra=C5=BCyna?=\" <g@x>", "Grażyna|g@x"},
      {"=?utf-8?Q?a,_b?= <g@x>", "a, b|g@x"},
      {"grupa: a@x, b@y;", "|a@x;|b@y"},
      {"undisclosed-recipients:;", ""},
      {"a@x; b@y", "|a@x;|b@y"},
      {"\"a b\"@x.pl", "|\"a b\"@x.pl"},
      {"\"joe\"@x.pl", "|joe@x.pl"},
      {"<@r.pl,@s.pl:a@x>", "|a@x"},
      {"MAILER-DAEMON <>", "MAILER-DAEMON|"},
      {"<MAILER-DAEMON>", "|MAILER-DAEMON"},
      {"\"ceo@bank\" <evil@x>", "ceo@bank|evil@x"},
      {"Jan jan@x.pl", "Jan|jan@x.pl"},
      {"<<a@x>>", "|a@x"},
      {"Jan <a@x, b@y", "Jan|a@x;|b@y"},
      {"a@[192.0.2.1]", "|a@[192.0.2.1]"},
      {"=?utf-8?B?SmFuIDxqYW5AeC5wbD4=?=", "Jan|jan@x.pl"},
      {"", ""},
      {",,;", ""},
      {"\"open <a@x>", "open|a@x"},
      {"a@x <>", "|a@x"},
      {"Jan (\xB3) <a@x>", "Jan|a@x"},
      {"=?utf-8?Q?a=22_<evil=40x>,?= <a@x>", "a\" <evil@x>,|a@x"},  // no syntax out of an encoded word
      {"=?utf-8?B?xYE=?= =?utf-8?B?w7Nkxbo=?= <a@x>", "Łódź|a@x"},
      {"a@XN--DZIADEK-0DB.pl", "|a@xn--dziadek-0db.pl"},
      {"mailto:a@x", "|a@x"},
  };
  for (const auto& row : kTable) {
    std::string got;
    for (const auto& a : parse_addresses(row.in)) got += (got.empty() ? "" : ";") + a.name + "|" + a.addr;
    EXPECT_EQ(got, row.out) << row.in;
  }
}

TEST(Dates, Table) {
  constexpr Pair kTable[] = {
      {"Sun, 22 Nov 2026 10:15:00 +0100", "2026-11-22T09:15:00.000Z"},
      {"22 Nov 26 10:15 +0000", "2026-11-22T10:15:00.000Z"},
      {"Wed, 20 Sep 1995 00:19:00 (EDT) -0400", "1995-09-20T04:19:00.000Z"},
      {"Mon, 1 Jan 2024 00:00:00 PST", "2024-01-01T08:00:00.000Z"},
      {"Mon Sep 20 19:29:27 2021", "2021-09-20T19:29:27.000Z"},
      {"2026-11-22T10:15:00+01:00", "2026-11-22T09:15:00.000Z"},
      {"22-Nov-2026 10:15:00 +0100", "2026-11-22T09:15:00.000Z"},
      {"yesterday", ""},
      {"", ""},
      {"32 Nov 2026 10:00:00 +0000", ""},
      {"1 Jan 99999 10:00 +0000", ""},
      {":", ""},
      {"1 Nov 2026 12-05:00", ""},
      {"0 0 0 0:0", ""},
  };
  for (const auto& row : kTable) {
    const auto date = parse_mail_date(row.in);
    EXPECT_EQ(date ? format_rfc3339(*date) : "", row.out) << row.in;
  }
}

TEST(MessageIds, Table) {
  EXPECT_EQ(parse_message_ids("<a@x> <b@y>"), (std::vector<std::string>{"<a@x>", "<b@y>"}));
  EXPECT_EQ(parse_message_ids("Your message of today <a@x>"), (std::vector<std::string>{"<a@x>"}));
  EXPECT_EQ(parse_message_ids("a@x"), (std::vector<std::string>{"<a@x>"}));
  EXPECT_EQ(parse_message_ids("< a @x >"), (std::vector<std::string>{"<a@x>"}));
  EXPECT_EQ(parse_message_ids("<a@x <b"), (std::vector<std::string>{"<a@xb>"}));
  EXPECT_EQ(parse_message_ids("<a@x"), (std::vector<std::string>{"<a@x>"}));
  EXPECT_TRUE(parse_message_ids("").empty());
  EXPECT_TRUE(parse_message_ids("<>").empty());
}

TEST(Parameters, Table) {
  const auto get = [](std::string_view value, std::string_view name) {
    return std::string(parse_parameters(value).get(name));
  };
  EXPECT_EQ(get("multipart/mixed boundary=\"b\"", "boundary"), "b");
  EXPECT_EQ(get("application/pdf name=\"x.pdf\"", "name"), "x.pdf");
  EXPECT_EQ(get("a/b; name=my file.pdf; x=1", "name"), "my file.pdf");
  EXPECT_EQ(get("a/b; name=a.pdf charset=x", "name"), "a.pdf");
  EXPECT_EQ(get("a/b; name*=utf-8''zdj%C4%99cie.png; name=zdj.png", "name"), "zdjęcie.png");
  EXPECT_EQ(get("a/b; name*1=b.png; name*0=a", "name"), "ab.png");
  EXPECT_EQ(get("a/b; name*0*=iso-8859-2''%B3; name*1=x; name*2*=%B3", "name"), "łxł");
  EXPECT_EQ(get("a/b; name=\"=?utf-8?Q?=C5=82.png?=\"", "name"), "ł.png");
  EXPECT_EQ(get("a/b; name=\"a\\\"b\"", "name"), "a\"b");
  EXPECT_EQ(get("a/b; name=\"open", "name"), "open");
  EXPECT_EQ(get("; filename=\"i.png\"", "filename"), "i.png");
  EXPECT_EQ(get("a/b; junk; =x; name=a.png", "name"), "a.png");
  EXPECT_EQ(get("a/b (c); name=a.png", "name"), "a.png");
  EXPECT_EQ(get("a/b; name=\"=?utf-8?B?xYE=?= =?utf-8?B?w7Nkxbo=?=.png\"", "name"), "Łódź.png");
  EXPECT_EQ(get("a/b; name*=latin2''%B3.png", "name"), "ł.png");
  EXPECT_EQ(get("a/b; name*=\"no-such''%C5%82.png\"", "name"), "ł.png");
  EXPECT_EQ(get("a/b; name=zdj.png; name*=utf-8''zdj%C4%99.png", "name"), "zdję.png");
  EXPECT_EQ(get("a/b; name=\xB3\xF3\x64\x9F.png", "name"), "łódź.png");
  EXPECT_EQ(parse_parameters("Text/HTML;charset=utf-8").value, "text/html");
}

TEST(Subjects, Base) {
  constexpr Pair kTable[] = {
      {"Odp: AW: Re: Awaria drukarki", "Awaria drukarki"},
      {"PD: WG: Fwd: Awaria drukarki", "Awaria drukarki"},
      {"RE[2]: Odp (3) : x", "x"},
      {"R: R: R: I: FR-selca LA selcaE", "FR-selca LA selcaE"},
      {"Ponawiam: awaria", "awaria"},
      {"PONOWIENIE - awaria", "awaria"},
      {"Re: [#123 ABCDE] awaria", "awaria"},
      {"awaria [#7 XK2PQ]", "awaria"},
      {"[dev] hej", "hej"},
      {"[dev]", "[dev]"},
      {"[Fwd: x]", "x"},
      {"x (fwd)", "x"},
      {"Re:", ""},
      {"Restart: nie działa", "Restart: nie działa"},
      {"Reklamacja", "Reklamacja"},
      {"[#12] [a] Re: b", "b"},
  };
  for (const auto& row : kTable) EXPECT_EQ(base_subject(row.in), row.out) << row.in;
}

TEST(Subjects, OutOfOffice) {
  for (const char* s : {"Automatyczna odpowiedź: x", "Automatic reply: x", "AUTO: x", "Abwesend: x",
                        "Réponse automatique : x", "Poza biurem: y", "Nieobecność: z"}) {
    EXPECT_TRUE(is_out_of_office_subject(s)) << s;
  }
  for (const char* s : {"Re: Automatyczna odpowiedź: x", "Automat do kawy nie działa",
                        "Automatyczna odpowiedź nie działa", "Problem: poza biurem: x", ""}) {
    EXPECT_FALSE(is_out_of_office_subject(s)) << s;
  }
}

TEST(Html, Table) {
  constexpr Pair kTable[] = {
      {"<div>Nie działa <b>poczta</b> &ndash; proszę</div>", "Nie działa poczta – proszę"},
      {"a<br>b<p>c</p><p>d</p>", "a\nb\n\nc\n\nd"},
      {"<style>x</style><script>y</script>z", "z"},
      {"<head><title>t</title></head><body>b</body>", "b"},
      {"<ul><li>a<li>b</ul>", "- a\n- b"},
      {"x<blockquote>q<br>r</blockquote>y", "x\n> q\n> r\ny"},
      {"<a href=\"https://x.pl/a\">tu</a>", "tu <https://x.pl/a>"},
      {"<a href=\"https://x.pl/\">x.pl</a>", "x.pl"},
      {"&lstrok;&#322;&#x142;&amp;&copy;&nosuch;&", "łłł&©&nosuch;&"},
      {"a < b", "a < b"},
      {"<", "<"},
      {"<!-- x", ""},
      {"a<b", "a<b"},
      {"pisz do <adam@firma.pl>", "pisz do <adam@firma.pl>"},
      {"<pre>a\n  b</pre>", "a\n  b"},
      {"<p title=\"a>b\">c</p>", "c"},
      {"&#0;&#xD800;", "\xEF\xBF\xBD\xEF\xBF\xBD"},
  };
  for (const auto& row : kTable) EXPECT_EQ(html_to_text(row.in), row.out) << row.in;
}

TEST(Flowed, Table) {
  EXPECT_EQ(unflow("a \r\nb\r\nc", false), "a b\nc\n");
  EXPECT_EQ(unflow("a \nb\n", true), "ab\n");
  EXPECT_EQ(unflow("> a \n> b\nc\n", false), "> a b\nc\n");
  EXPECT_EQ(unflow("a \n-- \nb\n", false), "a \n-- \nb\n");
  EXPECT_EQ(unflow(" >x\n", false), ">x\n");
}

TEST(Replies, Table) {
  constexpr Pair kTable[] = {
      {"Nie działa.\n\nW dniu 2.11.2026 o 10:15, Pomoc pisze:\n> pytanie\n", "Nie działa."},
      {"Tak.\n\npon., 2 lis 2026 o 10:15 Pomoc <pomoc@w.pl>\nnapisał(a):\n\n> co?\n", "Tak."},
      {"Tak.\n\nOd: Pomoc <p@w.pl>\nWysłano: 2 listopada 2026\nDo: Adam\nTemat: x\n\nstare", "Tak."},
      {"Ja.\n\n-----Wiadomość oryginalna-----\nOd: X\n", "Ja."},
      {"Ja.\n\nAm 2.11.2026 um 10:15 schrieb Pomoc <p@w.pl>:\n> x\n", "Ja."},
      {"Oui.\n\nLe 2 nov. 2026 à 10:15, Pomoc <p@w.pl> a écrit :\n> x\n", "Oui."},
      {"Так.\n\n2 лист. 2026 р. 10:15 Pomoc <p@w.pl> пише:\n> x\n", "Так."},
      {"> pytanie 1\nodpowiedź 1\n> pytanie 2\nodpowiedź 2\n", "odpowiedź 1\nodpowiedź 2"},
      {"Hej,\n\nOn Mon, Nov 2, 2026 at 10:15 AM X wrote:\n> q1\n\na1\n\n> q2\n\na2\n", "Hej,\n\na1\n\na2"},
      {"On Mon, Nov 2, 2026 at 10:15 AM X wrote:\n> q\nanswer\n", "answer"},
      {"Tekst\n-- \nJan Kowalski\ntel. 601 234 567\n", "Tekst"},
      {"Tekst\n\nWysłane z telefonu Samsung\n", "Tekst"},
      {"---------- Forwarded message ---------\nFrom: a@x\nDate: x\nSubject: y\n\ntreść\n",
       "---------- Forwarded message ---------\nFrom: a@x\nDate: x\nSubject: y\n\ntreść"},
      {"> Email with only quote.", "> Email with only quote."},
      {"Błąd:\n----\nlog 1\nlog 2\n", "Błąd:\n----\nlog 1\nlog 2"},
      {"", ""},
      {"Log:\nRouter> show ip route\n| a\nkoniec", "Log:\nRouter> show ip route\n| a\nkoniec"},
      {"Sent by accident, ignore it.\n\nReal text", "Sent by accident, ignore it.\n\nReal text"},
      {"Do: zrobienia\nData: jutro\n", "Do: zrobienia\nData: jutro"},
  };
  for (const auto& row : kTable) EXPECT_EQ(reply_text(row.in), row.out) << row.in;
  std::string signature;
  reply_text("Tekst\n-- \nJan\ntel. 601\n", &signature);
  EXPECT_EQ(signature, "Jan\ntel. 601");
}

TEST(Charsets, Table) {
  EXPECT_EQ(to_utf8("\xB3\xF3\x64\x9F", "iso-8859-2"), "łódź");
  EXPECT_EQ(to_utf8("\xB3\xF3\x64\xBC", "ISO_8859-2"), "łódź");
  EXPECT_EQ(to_utf8("\xB3\xF3\x64\xBC", ""), "łódź");
  EXPECT_EQ(to_utf8("\xB3\xF3\x64\x9F", "us-ascii"), "łódź");
  EXPECT_EQ(to_utf8("\x93x\x94", "iso-8859-1"), "“x”");
  EXPECT_EQ(to_utf8("\xB3\xF3\x64\x9F", "utf-8"), "łódź");
  EXPECT_EQ(to_utf8("za\xC5\xBC\xC3\xB3\xC5\x82\xC4\x87", "iso-8859-1"), "zażółć");
  EXPECT_EQ(to_utf8(std::string_view("\xFF\xFE\x41\x00\x42", 5), "utf-16"), "A\xEF\xBF\xBD")
      << "cut at the end";
  EXPECT_EQ(to_utf8("\x1B$BF|K\\\x1B(B", ""), "日本");
  EXPECT_EQ(to_utf8("\x8B\x8C", "x-made-up; rm"), to_utf8("\x8B\x8C", ""));
}

TEST(Status, Table) {
  EXPECT_EQ(enhanced_status("host 5.1.1.8 said: 550 5.1.1 no"), "5.1.1");
  EXPECT_EQ(enhanced_status("exim 4.80.1 (v5.2.2x)"), "4.80.1");
  EXPECT_EQ(enhanced_status("#5.1.0 x"), "5.1.0");
  EXPECT_EQ(enhanced_status("10.5.1.1"), "");
  EXPECT_EQ(derive_status("550 User unknown"), "5.1.1");
  EXPECT_EQ(derive_status("452 mailbox full"), "4.2.2");
  EXPECT_EQ(derive_status("554 go away"), "5.0.0");
  EXPECT_EQ(derive_status("nothing"), "");
}

struct Machine {
  const char* header;
  Automatic automatic;
  bool no_receipt;
  bool weak;
};

TEST(Automatic, Table) {
  constexpr Machine kTable[] = {
      {"Subject: x", Automatic::none, false, false},
      {"Auto-Submitted: no\nSubject: x", Automatic::none, false, false},
      {"Auto-Submitted: No\nX-Auto-Response-Suppress: All", Automatic::none, false, false},
      {"Auto-Submitted: auto-replied", Automatic::auto_replied, true, false},
      {"Auto-Submitted: auto-generated", Automatic::auto_generated, true, false},
      {"Auto-Submitted: auto-replied; owner-email=\"a@x\"", Automatic::auto_replied, true, false},
      {"Precedence: bulk", Automatic::bulk, true, false},
      {"Precedence: auto_reply", Automatic::auto_replied, true, false},
      {"List-Id: <a.b>", Automatic::bulk, true, false},
      {"X-Auto-Response-Suppress: DR, RN", Automatic::none, false, false},
      {"X-Auto-Response-Suppress: None", Automatic::none, false, false},
      {"X-Auto-Response-Suppress: DR, OOF, AutoReply", Automatic::auto_generated, true, false},
      {"X-Autoreply: yes", Automatic::auto_replied, true, false},
      {"X-Autoreply: no", Automatic::none, false, false},
      {"Return-Path: <>", Automatic::auto_generated, true, false},
      {"Return-Path: <noreply@x.pl>", Automatic::none, true, false},
      {"Feedback-ID: 1:x", Automatic::none, true, false},
      {"Subject: Automatic reply: x", Automatic::auto_replied, true, true},
      {"Subject: Re: Automatic reply: x", Automatic::none, false, false},
  };
  for (const auto& row : kTable) {
    const Mail mail = parse_mail(std::string("From: adam@firma.example\n") + row.header + "\n\ntekst\n");
    EXPECT_EQ(to_string(mail.automatic), to_string(row.automatic)) << row.header;
    EXPECT_EQ(mail.no_receipt, row.no_receipt) << row.header << ": " << mail.no_receipt_why;
    EXPECT_EQ(mail.weak_auto_subject, row.weak) << row.header;
  }
  ParseOptions options;
  options.has_envelope = true;
  EXPECT_TRUE(parse_mail("From: a@x\n\nx", options).no_receipt) << "null envelope sender";
  options.mail_from = "a@x";
  EXPECT_FALSE(parse_mail("From: a@x\n\nx", options).no_receipt);
}

struct PlainCase {
  const char* raw;
  const char* recipient;
  const char* status;
  const char* action;
  const char* id;
};

TEST(Bounces, WithoutRfc) {
  constexpr PlainCase kTable[] = {
      {"Return-Path: <>\nFrom: MAILER-DAEMON@x.pl\nTo: me@w.pl\nSubject: failure notice\n\nHi. This is the "
       "qmail-send program at x.\n"
       "I'm afraid I wasn't able to deliver your message to the following addresses.\n\n<a@y.pl>:\n192.0.2.5 "
       "does not like recipient.\nRemote host said: 550 5.1.1 no such user\n\n"
       "--- Below this line is a copy of the message.\n\nReturn-Path: <me@w.pl>\nMessage-ID: <m1@w.pl>\nTo: "
       "a@y.pl\n",
       "a@y.pl", "5.1.1", "failed", "<m1@w.pl>"},
      {"From: Mail Delivery System <Mailer-Daemon@x.pl>\nTo: me@w.pl\nX-Failed-Recipients: "
       "a@y.pl\nAuto-Submitted: auto-replied\nSubject: Mail delivery failed: returning message to sender\n\n"
       "This message was created automatically by mail delivery software.\n\n  a@y.pl\n    SMTP error from "
       "remote mail server after RCPT TO:<a@y.pl>:\n    host mx.y.pl [192.0.2.9]: 550 unknown user\n\n"
       "------ This is a copy of the message, including all the headers. ------\n\nMessage-Id: <m2@w.pl>\n",
       "a@y.pl", "5.1.1", "failed", "<m2@w.pl>"},
      {"Return-Path: <>\nFrom: System Administrator <postmaster@y.pl>\nTo: me@w.pl\nSubject: Undeliverable: "
       "x\n\nYour message\n\n  To: a@y.pl\n  Subject: x\n\ndid not reach the following recipient(s):\n\n"
       "a@y.pl on Mon, 2 Nov 2026 10:00:00 +0100\n    The recipient name is not recognized\n    <mx.y.pl "
       "#5.1.1>\n",
       "a@y.pl", "5.1.1", "failed", ""},
      {"Return-Path: <>\nFrom: MAILER-DAEMON@x.pl\nTo: me@w.pl\nSubject: Warning: could not send message for "
       "past 4 hours\n\nTHIS IS A WARNING MESSAGE ONLY\n\n<a@y.pl>\n450 4.7.1 try later\n",
       "a@y.pl", "4.7.1", "delayed", ""},
      {"Return-Path: <>\nFrom: MAILER-DAEMON@x.pl\nTo: me@w.pl\nSubject: hm\n\nnothing to see\n", "", "",
       "failed", ""},
  };
  for (const auto& row : kTable) {
    SCOPED_TRACE(row.raw);
    const Mail mail = parse_mail(row.raw);
    EXPECT_TRUE(mail.is_bounce);
    EXPECT_TRUE(mail.no_receipt);
    ASSERT_EQ(mail.bounces.size(), 1u);
    EXPECT_EQ(mail.bounces[0].recipient, row.recipient);
    EXPECT_EQ(mail.bounces[0].status, row.status);
    EXPECT_EQ(mail.bounces[0].action, row.action);
    EXPECT_EQ(mail.bounces[0].original_message_id, row.id);
  }
}

TEST(Bounces, PeopleWhoWriteAboutThem) {
  for (const char* raw : {
           "From: adam@firma.pl\nSubject: Mail delivery failed - co robić?\n\nDostałem: 550 5.1.1 user "
           "unknown, could not be delivered\n",
           "From: adam@firma.pl\nIn-Reply-To: <a@x>\nSubject: Re: Undelivered Mail Returned to Sender\n\n550 "
           "5.1.1 was not delivered to a@y.pl\n",
           "From: postmaster@firma.pl\nSubject: Pytanie\n\nJak ustawić SPF?\n",
           "From: adam@firma.pl\nContent-Type: multipart/mixed; boundary=a\n\n--a\n\nProszę "
           "zobaczyć\n--a\nContent-Type: message/delivery-status\n\nReporting-MTA: dns; "
           "x\n\nFinal-Recipient: rfc822; a@y\n"
           "Action: failed\nStatus: 5.1.1\n--a--\n",
       }) {
    const Mail mail = parse_mail(raw);
    EXPECT_FALSE(mail.is_bounce) << raw;
    EXPECT_TRUE(mail.bounces.empty()) << raw;
  }
}

TEST(Bounces, DeliveryStatusAsSent) {
  const std::string head =
      "From: MAILER-DAEMON@x\nContent-Type: multipart/report; report-type=delivery-status; "
      "boundary=a\n\n--a\n\ntext\n--a\nContent-Type: message/delivery-status\n\n";
  struct Row {
    const char* status;
    const char* want;  // recipient status action;...
    bool success;
  };
  constexpr Row kTable[] = {
      {"Reporting-MTA: dns; x\n\nFinal-Recipient: rfc822; a@y\nAction: failed\nStatus: "
       "5.1.1\n\nFinal-Recipient: rfc822;b@y\nAction: delayed\nStatus: 4.4.7\n",
       "a@y 5.1.1 failed;b@y 4.4.7 delayed;", false},
      {"Reporting-MTA: dns; x\nFinal-Recipient: rfc822; a@y\nAction: failed\nStatus: 5.1.1\nFinal-Recipient: "
       "rfc822;b@y\nAction: failed\nStatus: 5.2.2 (full)\n",
       "a@y 5.1.1 failed;b@y 5.2.2 failed;", false},
      {"Reporting-MTA: dns; x\n\n\n\nFinal-Recipient: <a@y>\n\n\nAction: failed\nStatus: 5.1.1\n",
       "a@y 5.1.1 failed;", false},
      {"Final-Recipient: rfc822; a@y\nAction: delivered\nStatus: 2.0.0\n", "a@y 2.0.0 delivered;", true},
      {"Final-Recipient: utf-8; gra\\x{17C}yna@y\nAction: failed\nStatus: 5.1.1\n", "grażyna@y 5.1.1 failed;",
       false},
      {"Final-Recipient: rfc822; a@y\nAction: failed\nDiagnostic-Code: smtp; 550\n 5.7.1 no\n",
       "a@y 5.7.1 failed;", false},
      {"Original-Recipient: rfc822; a@y\nFinal-Recipient: x400; /c=pl\nAction: failed\nStatus: 5.1.1\n",
       "a@y 5.1.1 failed;", false},
  };
  for (const auto& row : kTable) {
    const Mail mail = parse_mail(head + row.status +
                                 "--a\nContent-Type: text/rfc822-headers\n\nMessage-ID: <m@w>\n--a--\n");
    std::string got;
    for (const auto& b : mail.bounces) {
      got += b.recipient + ' ' + b.status + ' ' + b.action + ';';
      EXPECT_EQ(b.original_message_id, "<m@w>");
    }
    EXPECT_EQ(got, row.want) << row.status;
    EXPECT_EQ(mail.is_bounce, !row.success);
    EXPECT_EQ(mail.is_delivered_dsn, row.success);
  }
}

TEST(Filters, SpamAndDmarc) {
  ParseOptions options;
  options.authserv_id = "mx.w.pl";
  EXPECT_TRUE(parse_mail("X-Spam-Flag: YES\n\n").spam);
  EXPECT_FALSE(parse_mail("X-Spam-Flag: NO\n\n").spam);
  EXPECT_TRUE(parse_mail("Authentication-Results: mx.w.pl; spf=pass; dmarc=fail header.from=x\n\n", options)
                  .dmarc_failed);
  EXPECT_FALSE(parse_mail("Authentication-Results: evil; dmarc=fail\n\n", options).dmarc_failed);
  EXPECT_FALSE(parse_mail("Authentication-Results: mx.w.pl; dmarc=fail\n\n").dmarc_failed) << "not asked";
}

TEST(Filters, WhoIsAuthenticated) {
  ParseOptions options;
  options.authserv_id = "mx.w.pl";
  const auto judge = [&](const std::string& head) {
    return parse_mail(head + "From: Ola <ola@dostawca.pl>\n\nx", options).authenticated;
  };
  EXPECT_TRUE(judge("Authentication-Results: mx.w.pl; dmarc=pass header.from=dostawca.pl\n"));
  EXPECT_TRUE(judge(
      "Authentication-Results: MX.w.pl 1;\n spf=pass (sender is\n permitted) smtp.mailfrom=x@dostawca.pl\n"));
  EXPECT_TRUE(
      judge("Authentication-Results: mx.w.pl; dkim=fail header.d=a.pl; dkim=pass header.d=dostawca.pl\n"));
  EXPECT_TRUE(
      judge("Authentication-Results: mx.w.pl; spf=none\nAuthentication-Results: mx.w.pl; dkim=pass "
            "header.i=@dostawca.pl\n"));
  for (const char* none :
       {"", "Authentication-Results: evil.pl; dmarc=pass\n", "Authentication-Results: mx.w.pl; none\n",
        "Authentication-Results: mx.w.pl; dmarc=none\n",
        "Authentication-Results: mx.w.pl; spf=pass smtp.mailfrom=x@evil.pl; dkim=pass header.d=evil.pl\n",
        "Authentication-Results: mx.w.pl; dkim=pass header.d=pl\n",
        "Authentication-Results: mx.w.pl; dkim=pass header.d=ca.pl\n",
        "Authentication-Results: mx.w.pl; spf=pass smtp.mailfrom=\"a; dmarc=pass\"@evil.pl\n",
        "Authentication-Results: mx.w.pl; spf=fail (dmarc=pass; dmarc=pass)\n",
        "Authentication-Results: mx.w.pl; spf=fail\nReceived: from x\nAuthentication-Results: mx.w.pl; "
        "dmarc=pass\n"})
    EXPECT_FALSE(judge(none)) << none;
}

}  // namespace
}  // namespace hejnal::wire

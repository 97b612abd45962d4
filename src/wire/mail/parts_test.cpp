// The structure of a mail: bombs, broken headers and multiparts, attachments.
#include <gtest/gtest.h>

#include "base/hash.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::wire {
namespace {

std::string repeat(std::string text, std::string_view piece, std::size_t size) {
  while (text.size() < size) text += piece;
  return text;
}

// What GMime alone would answer with gigabytes or with the end of the stack.
TEST(Parts, Bombs) {
  std::string deep = "From: a@x\n";
  for (int i = 0; i < 100'000; ++i)
    deep += "Content-Type: multipart/mixed; boundary=b" + std::to_string(i) + "\n\n--b" + std::to_string(i) +
            "\n";
  EXPECT_FALSE(parse_mail(deep + "\nx").notes.empty());
  EXPECT_EQ(parse_mail(repeat("", "Content-Type: message/rfc822\n\n", 3'000'000)).attachments.size(), 1u);
  std::string many = "Content-Type: multipart/mixed; boundary=b\n\n";
  for (int i = 0; i < 100'000; ++i) many += "--b\n\nx\n";
  const Mail mail = parse_mail(many);
  EXPECT_EQ(mail.notes.at(0), "more than 500 parts: the rest was not read");
  std::string fields;
  for (int i = 0; i < 5000; ++i) fields += "X-" + std::to_string(i) + ": y\n";
  EXPECT_LE(parse_mail(fields + "\nbody").headers.size(), 80u);
  EXPECT_EQ(parse_mail(fields + "\nbody").text, "body");
  const Mail wide = parse_mail(repeat("From: a@x\n", "a:b\n", 25'000'000) + "\nbody");
  EXPECT_EQ(wide.from.size(), 1u);
  EXPECT_EQ(wide.text, "body");
  EXPECT_FALSE(wide.notes.empty());
  EXPECT_EQ(parse_mail(repeat("Subject: x\n", " b\n", 25'000'000) + "\nbody").text, "body");
  // NOLINTNEXTLINE(bugprone-string-constructor): so long on purpose
  EXPECT_EQ(parse_mail("Subject: " + std::string(10'000'000, 'x') + "\n\nb").subject.size(), 4000u);
  for (const std::string_view piece :
       {",", "a:", "\"a\":", "<", "(", "\"", "a ", "@", "a@b,", "=?utf-8?q?a?= ", "=?a?b?"})
    EXPECT_LE(parse_mail(repeat("To: ", piece, 60'000) + "\n\nb").to.size(), 500u) << piece;
  for (const std::string_view piece : {"; a=b", " c", " ", " a =b", "; a*1*=b", ";", "\"", "=?utf-8?q?a?= "})
    EXPECT_EQ(parse_mail(repeat("Content-Type: text/plain", piece, 60'000) + "\n\nb").text, "b") << piece;
  EXPECT_LE(parse_mail("\n" + std::string(5'000'000, 'x')).text.size(), 1u << 20);
}

TEST(Parts, Shapes) {
  EXPECT_EQ(parse_mail("From a@x Mon Sep 20 19:29:27 2021\nSubject: s\n\nt\n").subject, "s");
  EXPECT_EQ(parse_mail("Subject: s\r\rt\r").text, "t") << "bare CR";
  EXPECT_EQ(parse_mail("Subject: s\r\n folded\r\n\r\nt").subject, "s folded");
  EXPECT_EQ(parse_mail("just text").text, "just text");
  EXPECT_EQ(parse_mail("Subject: s\nno blank line\nbefore the body").text, "no blank line\nbefore the body");
  EXPECT_EQ(parse_mail("Subject: s\nrubbish\nFrom: a@x\n\nt").from.size(), 1u);
  EXPECT_EQ(parse_mail(std::string_view("Subject: a\0b\n\nt", 15)).subject, "a b");
  EXPECT_EQ(
      parse_mail("Content-Type: multipart/mixed; boundary=b\n\n--b\na part\nwithout header\n--b--").text,
      "a part\nwithout header");
  const std::string flat = "Content-Type: multipart/mixed\n\nno boundary";
  EXPECT_EQ(parse_mail(flat).text, "no boundary");
  const std::string nested =
      "Content-Type: multipart/mixed; boundary=a\n\n--a\n\none\n--a-longer\nstill one\n--a\nContent-Type: "
      "message/rfc822\n\nSubject: in\n\ninner\n--a--\nepilogue";
  const Mail mail = parse_mail(nested);
  EXPECT_EQ(mail.text, "one\n--a-longer\nstill one");
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(attachment_bytes(nested, mail.attachments[0]), "Subject: in\n\ninner");
  EXPECT_EQ(parse_mail("Content-Type: multipart/alternative; boundary=a\n\n--a\n\n  \n--a\nContent-Type: "
                       "text/html\n\n<p>h</p>\n--a--")
                .text,
            "h");
}

TEST(Parts, Uuencoded) {
  const std::string raw =
      "From: a@x\n\nhej\nbegin 644 a.txt\n#0V%T\n`\nend\npa\nbegin 644 b.txt\n#0V%T\n`\nend\nbegin at once\n";
  const Mail mail = parse_mail(raw);
  EXPECT_EQ(mail.text, "hej\npa\nbegin at once");
  ASSERT_EQ(mail.attachments.size(), 2u);
  EXPECT_EQ(mail.attachments[1].name, "b.txt");
  EXPECT_EQ(attachment_bytes(raw, mail.attachments[0]), "Cat");
  EXPECT_EQ(attachment_bytes(raw, mail.attachments[1]), "Cat");
}

TEST(Parts, Base64AsSent) {
  for (const char* content : {"Y2E=", "Y2E", "Y2\r\nE=", "Y2E=\n--\nlist footer", "Y*2*E="}) {
    const std::string raw =
        std::string("Content-Type: a/b\nContent-Transfer-Encoding: Base64 \n\n") + content;
    const Mail mail = parse_mail(raw);
    ASSERT_EQ(mail.attachments.size(), 1u);
    EXPECT_EQ(attachment_bytes(raw, mail.attachments[0]), "ca") << content;
    EXPECT_EQ(mail.attachments[0].size, 2u) << content;
  }
  EXPECT_EQ(parse_mail("Content-Transfer-Encoding: quoted-printable\n\na =  \r\nb \r\n=C5=82=").text,
            "a b\nł");
}

TEST(Parts, LargeAttachmentsAreHashedOnce) {
  const std::string head =
      "Content-Type: multipart/mixed; boundary=b\n\n--b\n\nhej\n--b\nContent-Type: a/b\n\n";
  const std::string raw = head + std::string(5000, 'x') + "\n--b--\n";
  const Mail mail = parse_mail(raw);
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].hash, content_hash(std::string(5000, 'x')));
  EXPECT_NE(mail.content_key, parse_mail(head + std::string(5000, 'y') + "\n--b--\n").content_key);
  EXPECT_NE(mail.content_key, parse_mail(raw + "z").content_key);
  EXPECT_EQ(mail.content_key, parse_mail("X: y\n" + raw).content_key);
}

TEST(Parts, ContentKeyIsTheBody) {
  EXPECT_EQ(parse_mail("Received: 1\nFrom: a@x\n\nb").content_key, parse_mail("From: a@x\n\nb").content_key);
  EXPECT_NE(parse_mail("From: a@x\n\nb").content_key, parse_mail("From: a@x\n\nc").content_key);
}

}  // namespace
}  // namespace hejnal::wire

#include "wire/form/multipart.hpp"

#include <gtest/gtest.h>

#include "wire/mail/mail.hpp"

namespace hejnal::wire {

namespace {

constexpr const char* kType = "multipart/form-data; boundary=----WebKitFormBoundaryXyZ";

std::string part(const std::string& header, const std::string& content) {
  return "------WebKitFormBoundaryXyZ\r\nContent-Disposition: form-data; " + header + "\r\n\r\n" + content +
         "\r\n";
}
std::string file(const std::string& name, const std::string& type, const std::string& content) {
  return part("name=\"file\"; filename=\"" + name + "\"\r\nContent-Type: " + type, content);
}
constexpr const char* kEnd = "------WebKitFormBoundaryXyZ--\r\n";

std::string all_bytes() {
  std::string out;
  for (int i = 0; i < 256; ++i) out += static_cast<char>(i);
  return out;
}

FormFields fields_of(const std::string& body) {
  const auto out = multipart_fields(multipart_entity(kType, body));
  return out ? *out : FormFields{{"(none)", ""}};
}

}  // namespace

TEST(Multipart, FieldsAndFilesAsABrowserSendsThem) {
  const std::string body = part("name=\"text\"", "Nie działa\r\nserwer & <b>") + part("name=\"empty\"", "") +
                           file("zdjęcie %22a%22.png", "image/png", all_bytes()) +
                           part("name=\"x\"", "--\r\n--") + file("", "application/octet-stream", "") + kEnd;
  EXPECT_EQ(fields_of(body),
            (FormFields{{"text", "Nie działa\nserwer & <b>"}, {"empty", ""}, {"x", "--\n--"}}));
  const std::string entity = multipart_entity(kType, body);
  const Mail mail = parse_mail(entity);
  ASSERT_GE(mail.attachments.size(), 1u);
  EXPECT_EQ(multipart_filename(mail.attachments[0].name), "zdjęcie \"a\".png");
  EXPECT_EQ(mail.attachments[0].type, "image/png");
  EXPECT_EQ(attachment_bytes(entity, mail.attachments[0]), all_bytes());
}

TEST(Multipart, AFileIsTheSameToItsLastByte) {
  for (const std::string& end : {std::string(), std::string("\n"), std::string("\r\n"), std::string("\n\n"),
                                 std::string("\0", 1), std::string("--"), std::string("\r\n------WebKit")}) {
    const std::string content = "%PDF" + all_bytes() + end;
    const std::string entity = multipart_entity(kType, file("a.pdf", "application/pdf", content) + kEnd);
    const Mail mail = parse_mail(entity);
    ASSERT_EQ(mail.attachments.size(), 1u);
    EXPECT_EQ(attachment_bytes(entity, mail.attachments[0]), content);
  }
}

// Byte by byte: what was cut anywhere is either refused, or was whole already.
TEST(Multipart, CutAnywhereItIsNotTakenForWhole) {
  const std::string body = part("name=\"text\"", "Serwer") + file("a.txt", "text/plain", "abc") + kEnd;
  const FormFields whole = fields_of(body);
  ASSERT_EQ(whole, (FormFields{{"text", "Serwer"}}));
  for (std::size_t size = 0; size < body.size(); ++size) {
    const auto cut = multipart_fields(multipart_entity(kType, body.substr(0, size)));
    if (size + 2 < body.size()) {
      EXPECT_FALSE(cut) << size;
    } else {
      EXPECT_EQ(*cut, whole) << size;
    }
  }
}

TEST(Multipart, WhatIsNoneIsRefused) {
  EXPECT_EQ(multipart_entity("text/plain", "x"), "");
  EXPECT_EQ(multipart_entity("multipart/form-data", "x"), "");
  EXPECT_EQ(multipart_entity("multipart/mixed; boundary=a", "--a\r\n\r\nx\r\n--a--"), "");
  EXPECT_EQ(multipart_entity(std::string(kType) + std::string(1000, 'x'), "x"), "");
  EXPECT_FALSE(multipart_fields(multipart_entity(kType, "no boundary at all")));
  std::string many;
  for (int i = 0; i < 1000; ++i) many += part("name=\"a\"", "x");
  EXPECT_FALSE(multipart_fields(multipart_entity(kType, many + kEnd)));
}

TEST(Multipart, AHeaderCannotBeSmuggledIn) {
  const std::string entity = multipart_entity("multipart/form-data; boundary=a\r\nSubject: x", "--a--\r\n");
  EXPECT_EQ(entity.find("\r\nSubject"), std::string::npos);
}

}  // namespace hejnal::wire

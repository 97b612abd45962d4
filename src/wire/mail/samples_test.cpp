// The mails under test/mail/own, with what must be read in them; and the pairs of a folder of replies, where
// HEJNAL_MAIL_SAMPLES names one (its neighbour "reply" holds emails/X.txt and trimmed/X.txt).
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "wire/mail/mail.hpp"
#include "wire/mail/reply_text.hpp"

namespace hejnal::wire {
namespace {

namespace fs = std::filesystem;

std::string read(const fs::path& path) {
  std::ifstream in(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(in), {}};
}

fs::path own() {
  const char* source = std::getenv("HEJNAL_SOURCE");
  return fs::path(source == nullptr ? "." : source) / "test/mail/own";
}

struct Sample {
  const char* file;
  Automatic automatic;
  bool no_receipt;
  const char* subject;  // nullptr: not looked at
  const char* text_contains;
};

constexpr Sample kSamples[] = {
    {"ooo-pl-outlook.eml", Automatic::auto_replied, true, "Automatyczna odpowiedź: Potwierdzenie przyjęcia",
     "Jestem poza biurem do piątku."},
    {"ooo-de-cp1252.eml", Automatic::auto_replied, true, "Automatische Antwort: Rückfrage",
     "nächste Woche wieder im Büro"},
    {"ooo-en-sieve.eml", Automatic::auto_replied, true, "Auto: Your report", "On leave."},
    {"trap-human-auto-word.eml", Automatic::none, false, "Automat do kawy nie działa", "Proszę o serwis."},
    {"human-critical.eml", Automatic::none, false, "Serwer główny nie odpowiada - pilne",
     "Od 8:00 nie działa serwer."},
    {"dsn-user-unknown.eml", Automatic::auto_replied, true, "Undelivered Mail Returned to Sender",
     "Adres nie istnieje."},
    {"dsn-delay.eml", Automatic::auto_replied, true, "Delayed Mail", "delay"},
    {"mdn-displayed.eml", Automatic::auto_replied, true, nullptr, "read"},
    {"list-post.eml", Automatic::bulk, true, "[dev] hej", "x"},
    {"cs-l2-base64-subject.eml", Automatic::none, false, "Pchnąć w tę łódź jeża lub ośm skrzyń fig",
     "Pchnąć w tę łódź jeża"},
    {"cs-cp1250-8bit.eml", Automatic::none, false, "Pchnąć w tę łódź jeża lub ośm skrzyń fig",
     "Pchnąć w tę łódź jeża"},
    {"thr-subject-prefixes.eml", Automatic::none, false, nullptr, "x"},
    {"mime-filename-2231-utf8.eml", Automatic::none, false, "x", "zal"},
    {"mime-html-only.eml", Automatic::none, false, "html", "Nie działa poczta – proszę"},
    {"hdr-no-message-id.eml", Automatic::none, false, "bez id", "Tresc"},
};

TEST(Samples, Own) {
  for (const auto& sample : kSamples) {
    SCOPED_TRACE(sample.file);
    const std::string raw = read(own() / sample.file);
    ASSERT_FALSE(raw.empty());
    const Mail mail = parse_mail(raw);
    EXPECT_EQ(to_string(mail.automatic), to_string(sample.automatic)) << mail.automatic_why;
    EXPECT_EQ(mail.no_receipt, sample.no_receipt) << mail.no_receipt_why;
    if (sample.subject != nullptr) {
      EXPECT_EQ(mail.subject, sample.subject);
    }
    EXPECT_NE(mail.text.find(sample.text_contains), std::string::npos) << mail.text;
  }
}

TEST(Samples, Reports) {
  const Mail unknown = parse_mail(read(own() / "dsn-user-unknown.eml"));
  ASSERT_EQ(unknown.bounces.size(), 1u);
  EXPECT_TRUE(unknown.is_bounce);
  EXPECT_FALSE(unknown.is_delayed_dsn);
  EXPECT_EQ(unknown.bounces[0].recipient, "stary@firma.example");
  EXPECT_EQ(unknown.bounces[0].status, "5.1.1");
  EXPECT_EQ(unknown.bounces[0].action, "failed");
  EXPECT_EQ(unknown.bounces[0].diagnostic, "smtp; 550 5.1.1 User unknown");
  EXPECT_EQ(unknown.bounces[0].original_message_id, "<out-2001@wsparcie.example>");
  const Mail delay = parse_mail(read(own() / "dsn-delay.eml"));
  EXPECT_TRUE(delay.is_bounce);
  EXPECT_TRUE(delay.is_delayed_dsn);
  const Mail seen = parse_mail(read(own() / "mdn-displayed.eml"));
  EXPECT_TRUE(seen.is_mdn);
  EXPECT_FALSE(seen.is_bounce);
  EXPECT_EQ(seen.mdn_original_message_id, "<o-9@wsparcie.example>");
}

TEST(Samples, Attachment) {
  const std::string raw = read(own() / "mime-filename-2231-utf8.eml");
  const Mail mail = parse_mail(raw);
  ASSERT_EQ(mail.attachments.size(), 1u);
  EXPECT_EQ(mail.attachments[0].name, "zrzut ekranu ł.png");
  EXPECT_EQ(mail.attachments[0].type, "image/png");
  EXPECT_EQ(mail.attachments[0].size, 8u);
  EXPECT_EQ(attachment_bytes(raw, mail.attachments[0]), "\x89PNG\r\n\x1A\n");
}

TEST(Samples, CutAtEveryByteAndMutated) {
  for (const auto& sample : kSamples) {
    const std::string raw = read(own() / sample.file);
    for (std::size_t size = 0; size < raw.size(); ++size) {
      const Mail mail = parse_mail(std::string_view(raw).substr(0, size));
      ASSERT_TRUE(is_valid_utf8(mail.text) && is_valid_utf8(mail.subject));
      for (const auto& a : mail.attachments) ASSERT_LE(a.raw_end, size);
    }
    for (std::size_t at = 0; at < raw.size(); ++at) {
      std::string mutated = raw;
      mutated[at] = static_cast<char>(mutated[at] ^ (1 << (at % 8)));
      const Mail mail = parse_mail(mutated);
      ASSERT_TRUE(is_valid_utf8(mail.text) && is_valid_utf8(mail.subject) && is_valid_utf8(mail.message_id));
    }
  }
}

TEST(Samples, Replies) {
  const char* samples = std::getenv("HEJNAL_MAIL_SAMPLES");
  if (samples == nullptr)
    GTEST_SKIP() << "HEJNAL_MAIL_SAMPLES is not set: the pairs of mails and replies are not compared";
  const fs::path folder = fs::path(samples).parent_path() / "reply";
  for (const auto& entry : fs::directory_iterator(folder / "emails")) {
    SCOPED_TRACE(entry.path().filename().string());
    EXPECT_EQ(collapse_space(reply_text(read(entry.path()))),
              collapse_space(read(folder / "trimmed" / entry.path().filename())));
  }
}

}  // namespace
}  // namespace hejnal::wire

// Any bytes as a mail: nothing may fail, every string is valid UTF-8, every bound holds.
//   build/fuzz/fuzz/fuzz_mail -max_len=20000 -timeout=5 fuzz/corpus/mail
#include <cstdint>

#include "base/check.hpp"
#include "base/text.hpp"
#include "wire/mail/mail.hpp"
#include "wire/mail/safe_html.hpp"

namespace {

using namespace hejnal;

void text(const std::string& s) { HEJNAL_CHECK(is_valid_utf8(s)); }

void addresses(const std::vector<wire::Address>& list) {
  HEJNAL_CHECK(list.size() <= 500);
  for (const auto& a : list) {
    text(a.name);
    text(a.addr);
    HEJNAL_CHECK(a.addr.find_first_of("\r\n") == std::string::npos &&
                 a.name.find_first_of("\r\n") == std::string::npos);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view raw(reinterpret_cast<const char*>(data), size);
  wire::ParseOptions options;
  options.authserv_id = "mx.example";
  const wire::Mail mail = wire::parse_mail(raw, options);
  for (const auto* s : {&mail.message_id, &mail.return_path, &mail.subject, &mail.base_subject, &mail.text,
                        &mail.html, &mail.reply_text, &mail.signature, &mail.automatic_why,
                        &mail.no_receipt_why, &mail.mdn_original_message_id, &mail.content_key}) {
    text(*s);
  }
  HEJNAL_CHECK(mail.subject.find_first_of("\r\n") == std::string::npos &&
               mail.message_id.find_first_of("\r\n <\t", 1) == std::string::npos);
  addresses(mail.from);
  addresses(mail.to);
  addresses(mail.cc);
  addresses(mail.reply_to);
  for (const auto* list : {&mail.in_reply_to, &mail.references, &mail.notes}) {
    HEJNAL_CHECK(list->size() <= 2001);
    for (const auto& s : *list) text(s);
  }
  for (const auto& a : mail.attachments) {
    text(a.name);
    text(a.type);
    HEJNAL_CHECK(a.raw_begin <= a.raw_end && a.raw_end <= size);
    if (a.raw_end > a.raw_begin) HEJNAL_CHECK(wire::attachment_bytes(raw, a).size() == a.size);
  }
  for (const auto& b : mail.bounces) {
    text(b.recipient);
    text(b.status);
    text(b.diagnostic);
    text(b.original_message_id);
    HEJNAL_CHECK(!b.action.empty());
  }
  for (const auto& h : mail.headers) {
    text(h.name);
    text(h.value);
  }
  HEJNAL_CHECK(mail.headers.size() <= 80 && mail.attachments.size() <= 500 && mail.bounces.size() <= 200);
  HEJNAL_CHECK(mail.automatic == wire::Automatic::none || mail.no_receipt);
  text(wire::html_to_text(sanitize_utf8(raw)));
  const std::string safe = wire::safe_html(sanitize_utf8(raw)).html;
  text(safe);
  for (const char* word : {"<script", "<style", "<form", "<iframe", "<svg", "<meta", "<base", "<link"})
    HEJNAL_CHECK(safe.find(word) == std::string::npos);
  return 0;
}

#include "carriers/email/inspect.hpp"

#include "base/instant.hpp"
#include "json/value.hpp"
#include "wire/mail/mail.hpp"

namespace hejnal::carriers {

namespace {

json::Array strings(const std::vector<std::string>& list) {
  json::Array out;
  for (const auto& s : list) out.emplace_back(s);
  return out;
}

json::Array addresses(const std::vector<wire::Address>& list) {
  json::Array out;
  for (const auto& a : list) out.emplace_back(a.addr);
  return out;
}

}  // namespace

std::string inspect_line(std::string_view file, std::string_view raw) {
  const wire::Mail mail = wire::parse_mail(raw);
  json::Array bounces;
  for (const auto& b : mail.bounces) {
    bounces.push_back({{"recipient", b.recipient},
                       {"status", b.status},
                       {"action", b.action},
                       {"diagnostic", b.diagnostic},
                       {"original_message_id", b.original_message_id}});
  }
  json::Array attachments;
  for (const auto& a : mail.attachments)
    attachments.push_back({{"name", a.name}, {"type", a.type}, {"size", a.size}});
  json::Object out;
  out["file"] = file;
  out["message_id"] = mail.message_id;
  out["date"] = mail.date ? json::Value(format_rfc3339(*mail.date)) : json::Value(nullptr);
  out["from"] = mail.from.empty() ? std::string() : mail.from.front().addr;
  out["from_name"] = mail.from.empty() ? std::string() : mail.from.front().name;
  out["to"] = addresses(mail.to);
  out["cc"] = addresses(mail.cc);
  out["reply_to"] = addresses(mail.reply_to);
  out["subject"] = mail.subject;
  out["base_subject"] = mail.base_subject;
  out["text"] = mail.text;
  out["reply_text"] = mail.reply_text;
  out["signature"] = mail.signature;
  out["auto"] = to_string(mail.automatic);
  out["auto_why"] = mail.automatic_why;
  out["weak_auto_subject"] = mail.weak_auto_subject;
  out["no_receipt"] = mail.no_receipt;
  out["no_receipt_why"] = mail.no_receipt_why;
  out["bounce"] = bounces;
  out["is_mdn"] = mail.is_mdn;
  out["is_dsn_success"] = mail.is_delivered_dsn;
  out["is_feedback_report"] = mail.is_feedback_report;
  out["in_reply_to"] = mail.in_reply_to.empty() ? std::string() : mail.in_reply_to.front();
  out["references"] = strings(mail.references);
  out["attachments"] = attachments;
  out["spam"] = mail.spam;
  out["notes"] = strings(mail.notes);
  return json::dump(std::move(out));
}

}  // namespace hejnal::carriers

#include "inspect_json.hpp"

#include <boost/json.hpp>

#include "base/instant.hpp"

namespace hejnal {

namespace json = boost::json;

namespace {

json::array strings(const std::vector<std::string>& list) {
  json::array out;
  for (const auto& s : list) out.emplace_back(s);
  return out;
}

json::array addresses(const std::vector<wire::Address>& list) {
  json::array out;
  for (const auto& a : list) out.emplace_back(a.addr);
  return out;
}

}  // namespace

std::string inspect_line(std::string_view file, const wire::Mail& mail) {
  json::array bounces;
  for (const auto& b : mail.bounces) {
    bounces.push_back({{"recipient", b.recipient}, {"status", b.status}, {"action", b.action}, {"diagnostic", b.diagnostic},
                       {"original_message_id", b.original_message_id}});
  }
  json::array attachments;
  for (const auto& a : mail.attachments) attachments.push_back({{"name", a.name}, {"type", a.type}, {"size", a.size}});
  json::object out;
  out["file"] = file;
  out["message_id"] = mail.message_id;
  out["date"] = mail.date ? json::value(format_rfc3339(*mail.date)) : json::value(nullptr);
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
  return json::serialize(out);
}

}  // namespace hejnal

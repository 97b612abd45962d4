// The steps in order: parts, fields, body, reports, person or machine. Each is a file of its own.
#include <algorithm>
#include <array>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "wire/mail/address.hpp"
#include "wire/mail/automatic.hpp"
#include "wire/mail/body.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/header_text.hpp"
#include "wire/mail/mail.hpp"
#include "wire/mail/part.hpp"
#include "wire/mail/reply_text.hpp"
#include "wire/mail/report.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxHeaders = 80;
constexpr std::size_t kMaxHeaderValue = 2000;
constexpr std::size_t kMaxSubject = 4000;

// Many lines that nobody asks for: where the mail has been, and signatures of machines.
bool is_trace(std::string_view name) {
  const std::string lower = to_lower_ascii(name);
  for (const std::string_view prefix : {"received", "x-received", "dkim-", "domainkey", "arc-",
                                        "x-ms-exchange-", "x-google-", "x-forefront", "x-microsoft-"}) {
    if (lower.starts_with(prefix)) return true;
  }
  return false;
}

void read_headers(const Fields& fields, std::string_view hint, Mail& mail) {
  for (const auto& field : fields.all) {
    if (mail.headers.size() >= kMaxHeaders) {
      mail.notes.push_back("more than 80 header fields: the rest is not kept");
      return;
    }
    if (is_trace(field.name)) continue;
    const std::string value = unfold(field.value);
    mail.headers.push_back(
        {sanitize_utf8(field.name),
         truncate_utf8(decode_header_text(std::string_view(value).substr(0, 2 * kMaxHeaderValue), hint),
                       kMaxHeaderValue)});
  }
}

void read_fields_of(const Fields& fields, std::string_view hint, Mail& mail) {
  const auto addresses = [&](std::string_view name) { return parse_addresses(fields.value(name), hint); };
  mail.from = addresses("From");
  if (mail.from.empty()) mail.from = addresses("Sender");
  mail.to = addresses("To");
  mail.cc = addresses("Cc");
  mail.reply_to = addresses("Reply-To");
  if (const Field* path = fields.find("Return-Path")) {
    const auto list = parse_addresses(unfold(path->value));
    mail.has_return_path = true;
    if (!list.empty()) mail.return_path = list.front().addr;
  }
  if (const auto ids = parse_message_ids(fields.value("Message-ID")); !ids.empty())
    mail.message_id = ids.front();
  mail.in_reply_to = parse_message_ids(fields.value("In-Reply-To"));
  mail.references = parse_message_ids(fields.value("References"));
  mail.subject =
      truncate_utf8(collapse_space(decode_header_text(fields.value("Subject"), hint)), kMaxSubject);
  mail.base_subject = base_subject(mail.subject);
  if (const Field* date = fields.find("Date")) mail.date = parse_mail_date(unfold(date->value));
  if (fields.find("From") != nullptr && mail.from.size() > 1) mail.notes.push_back("several senders in From");
  const auto froms = std::count_if(fields.all.begin(), fields.all.end(),
                                   [](const Field& f) { return iequals(f.name, "From"); });
  if (froms > 1) mail.notes.push_back("several From fields: the first one counts");
}

// Each byte is hashed once: hashing is the dear part of reading a mail with a large attachment.
void hash_content(std::string_view raw, std::size_t body, Mail& mail) {
  std::vector<Attachment*> large;
  for (Attachment& a : mail.attachments) {
    if (a.raw_end - a.raw_begin >= kStoredApartMin) large.push_back(&a);
  }
  std::sort(large.begin(), large.end(),
            [](const Attachment* a, const Attachment* b) { return a->raw_begin < b->raw_begin; });
  if (large.empty()) {
    mail.content_key = content_hash(raw.substr(body));
    return;
  }
  std::string rest;
  std::size_t at = body;
  for (Attachment* a : large) {
    if (a->raw_begin < at) continue;  // nested in one that we have
    a->hash = content_hash(raw.substr(a->raw_begin, a->raw_end - a->raw_begin));
    rest += raw.substr(at, a->raw_begin - at);
    rest += a->hash;
    at = a->raw_end;
  }
  mail.content_key = content_hash(rest + std::string(raw.substr(at)));
}

Mail parse(std::string_view raw, const ParseOptions& options) {
  Mail mail;
  Tree tree = read_parts(raw, {options.max_depth, options.max_parts});
  const Part& root = tree.root;
  mail.notes = std::move(tree.notes);

  const std::string hint(root.type.get("charset"));
  read_fields_of(root.fields, hint, mail);
  read_headers(root.fields, hint, mail);
  read_body(raw, root, mail);
  hash_content(raw, root.fields.size, mail);

  const bool null_sender =
      options.has_envelope ? options.mail_from.empty() : mail.has_return_path && mail.return_path.empty();
  const bool daemon = !mail.from.empty() && is_daemon(mail.from.front());
  read_report(root, null_sender || daemon, mail);
  if (mail.bounces.empty() && !mail.is_mdn && !mail.is_feedback_report)
    read_plain_bounce(root.fields, root, null_sender, mail);
  judge_automatic(root.fields, options, mail);
  judge_filters(root.fields, options.authserv_id, mail);
  mail.reply_text = reply_text(mail.text, &mail.signature);
  return mail;
}

}  // namespace

std::string_view to_string(Automatic automatic) {
  switch (automatic) {
    case Automatic::none:
      return "none";
    case Automatic::auto_generated:
      return "auto-generated";
    case Automatic::auto_replied:
      return "auto-replied";
    case Automatic::bulk:
      return "bulk";
  }
  return "none";
}

std::string_view Mail::header(std::string_view name) const {
  for (const auto& header : headers) {
    if (iequals(header.name, name)) return header.value;
  }
  return {};
}

Mail parse_mail(std::string_view raw, const ParseOptions& options) {
  // Lines that end with a bare CR, as very old programs write: same length, so that ranges stay right.
  if (raw.find('\n') == raw.npos && raw.find('\r') != raw.npos) {
    std::string lines(raw);
    std::replace(lines.begin(), lines.end(), '\r', '\n');
    Mail mail = parse(lines, options);
    for (Attachment& a : mail.attachments) a.hash.clear();  // not of the bytes that will be kept
    return mail;
  }
  return parse(raw, options);
}

std::string attachment_bytes(std::string_view raw, const Attachment& attachment) {
  if (attachment.raw_end > raw.size() || attachment.raw_begin >= attachment.raw_end) return {};
  return decode_transfer(raw.substr(attachment.raw_begin, attachment.raw_end - attachment.raw_begin),
                         transfer_of(attachment.encoding));
}

}  // namespace hejnal::wire

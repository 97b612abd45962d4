#include "wire/mail/report.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/address.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/smtp_status.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxReport = 1u << 20;
constexpr std::size_t kMaxBounces = 200;

bool is_status_part(const Part& part) {
  return part.is("message/delivery-status") || part.is("message/global-delivery-status");
}
bool is_disposition_part(const Part& part) {
  return part.is("message/disposition-notification") || part.is("message/global-disposition-notification");
}
bool is_returned_part(const Part& part) {
  return part.is("message/rfc822") || part.is("text/rfc822-headers") || part.is("text/rfc822-header") ||
         part.is("message/global") || part.is("message/global-headers") || part.is("message/partial");
}

const Part* find_part(const Part& part, bool (*wanted)(const Part&)) {
  if (wanted(part)) return &part;
  for (const auto& child : part.children) {
    if (const Part* found = find_part(child, wanted)) return found;
  }
  return nullptr;
}

// "\x{142}" of utf-8-addr-xtext (RFC 6533 3) and "+2B" of xtext are decoded only in the first form: "+" is
// too common.
std::string decode_utf8_xtext(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.substr(i).starts_with("\\x{")) {
      const auto end = text.find('}', i);
      char32_t c = 0;
      bool good = end != text.npos && end - i > 3 && end - i <= 9;
      for (std::size_t k = i + 3; good && k < end; ++k) {
        good = hex_value(text[k]) >= 0;
        c = c * 16 + static_cast<char32_t>(std::max(0, hex_value(text[k])));
      }
      if (good) {
        append_utf8(out, c);
        i = end;
        continue;
      }
    }
    out += text[i];
  }
  return sanitize_utf8(out);
}

// "rfc822; <a@b>", "utf-8; ...", "a@b", "rfc822;a@b (comment)"
std::string report_address(std::string_view value) {
  value = trim(value);
  if (const auto semicolon = value.find(';');
      semicolon != value.npos && value.substr(0, semicolon).find('@') == value.npos) {
    value = trim(value.substr(semicolon + 1));
  }
  if (const auto open = value.find('<'); open != value.npos && value.find('@', open) != value.npos) {
    value = value.substr(open + 1);
    value = value.substr(0, value.find('>'));
  }
  if (value.size() > 5 && iequals(value.substr(0, 5), "smtp:")) value.remove_prefix(5);
  value = value.substr(0, value.find(" ("));
  return normal_addr(decode_utf8_xtext(value));
}

struct Block {
  std::string recipient, original, actual, action, status, diagnostic, text;
  bool any() const {
    return !recipient.empty() || !original.empty() || !actual.empty() || !action.empty() || !status.empty() ||
           !diagnostic.empty();
  }
};

void close_block(Block& block, std::vector<Bounce>& out) {
  if (!block.any()) return;
  Bounce bounce;
  const auto usable = [](const std::string& addr) { return addr.find('@') != std::string::npos; };
  bounce.recipient = usable(block.recipient)    ? block.recipient
                     : usable(block.original)   ? block.original
                     : usable(block.actual)     ? block.actual
                     : !block.recipient.empty() ? block.recipient
                                                : block.original;
  bounce.action = block.action;
  bounce.status = block.status;
  bounce.diagnostic = truncate_utf8(block.diagnostic, 2000);
  if (bounce.status.empty()) bounce.status = derive_status(block.diagnostic);
  if (bounce.action.empty()) bounce.action = bounce.status.starts_with('2') ? "delivered" : "failed";
  const bool known = bounce.recipient.empty() && bounce.status.empty() && bounce.diagnostic.empty();
  const auto same = std::find_if(out.begin(), out.end(),
                                 [&](const Bounce& b) { return iequals(b.recipient, bounce.recipient); });
  if (!known && same == out.end() && out.size() < kMaxBounces) out.push_back(std::move(bounce));
  block = Block();
}

void read_disposition(const Part& part, Mail& mail) {
  const std::string text = part.decoded();
  std::size_t at = 0;
  while (at < text.size()) {
    const std::string_view line = next_line(text, at);
    if (line.size() > 20 && iequals(line.substr(0, 20), "original-message-id:")) {
      std::size_t peek = at;
      std::string value(line.substr(20));
      while (peek < text.size() && (text[peek] == ' ' || text[peek] == '\t')) value += next_line(text, peek);
      const auto ids = parse_message_ids(trim(value));
      if (!ids.empty()) mail.mdn_original_message_id = ids.front();
    }
  }
}

}  // namespace

std::vector<Bounce> parse_delivery_status(std::string_view text, std::string* original_message_id) {
  std::vector<Bounce> out;
  Block block;
  std::size_t at = 0;
  while (at < text.size()) {
    std::string_view line = next_line(text, at);
    std::string value;
    const auto colon = line.find(':');
    if (colon != line.npos) {
      value = line.substr(colon + 1);
      while (at < text.size() && (text[at] == ' ' || text[at] == '\t')) {  // folded
        const std::string_view more = next_line(text, at);
        if (trim(more).empty()) break;
        if (value.size() < 8000) value += more;
      }
    }
    if (colon == line.npos) {
      if (trim(line).empty() && (!block.recipient.empty() || !block.original.empty()) &&
          (!block.status.empty() || !block.action.empty()))
        close_block(block, out);
      continue;
    }
    const std::string name = to_lower_ascii(trim(line.substr(0, colon)));
    const auto clean = [&] { return to_utf8(trim(value), {}); };
    if (name == "final-recipient") {
      if (!block.recipient.empty()) close_block(block, out);  // the blank line was forgotten
      block.recipient = report_address(clean());
    } else if (name == "original-recipient") {
      if (!block.original.empty()) close_block(block, out);
      block.original = report_address(clean());
    } else if (name == "x-actual-recipient") {
      block.actual = report_address(clean());
    } else if (name == "action") {
      if (!block.action.empty() && (!block.recipient.empty() || !block.original.empty()))
        close_block(block, out);
      std::string word = to_lower_ascii(clean());
      word = word.substr(0, word.find_first_of(" \t;,("));
      if (word == "fail" || word == "failure" || word == "failed" || word == "bounced" || word == "error" ||
          word == "expired")
        word = "failed";
      if (word == "delay" || word == "deferred") word = "delayed";
      block.action = word == "failed" || word == "delayed" || word == "delivered" || word == "relayed" ||
                             word == "expanded"
                         ? word
                         : std::string();
    } else if (name == "status") {
      block.status = enhanced_status(clean());
    } else if (name == "diagnostic-code") {
      std::string diagnostic = collapse_space(clean());
      if (!block.diagnostic.empty()) block.diagnostic += ' ';
      block.diagnostic += diagnostic;
    } else if (name == "x-original-message-id" && original_message_id != nullptr) {
      const auto ids = parse_message_ids(clean());
      if (!ids.empty()) *original_message_id = ids.front();
    }
  }
  close_block(block, out);
  return out;
}

void settle_bounces(Mail& mail) {
  bool failed = false, delayed = false, delivered = false;
  for (const auto& bounce : mail.bounces) {
    failed = failed || bounce.action == "failed";
    delayed = delayed || bounce.action == "delayed";
    delivered = delivered || bounce.action == "delivered" || bounce.action == "relayed" ||
                bounce.action == "expanded";
  }
  mail.is_bounce = failed || delayed;
  mail.is_delayed_dsn = delayed && !failed;
  mail.is_delivered_dsn = delivered && !failed && !delayed;
}

void read_report(const Part& root, bool machine, Mail& mail) {
  const bool report = root.is("multipart/report");
  const std::string kind = to_lower_ascii(root.type.get("report-type"));
  if (!report && !machine && !is_disposition_part(root)) return;

  if (const Part* part = find_part(root, is_disposition_part);
      part != nullptr && (report || part == &root || machine)) {
    mail.is_mdn = true;
    read_disposition(*part, mail);
    return;
  }
  if (report && (kind == "disposition-notification" || kind == "mdn")) {
    mail.is_mdn = true;
    return;
  }
  if (report && (kind == "feedback-report" ||
                 find_part(root, [](const Part& p) { return p.is("message/feedback-report"); }) != nullptr)) {
    mail.is_feedback_report = true;
    return;
  }
  const Part* status = find_part(root, is_status_part);
  if (status == nullptr) return;
  std::string original_id;
  std::string text = status->decoded();
  if (text.size() > kMaxReport) text.resize(kMaxReport);
  mail.bounces = parse_delivery_status(text, &original_id);
  std::string returned_to;
  if (const Part* returned = find_part(root, is_returned_part)) {
    const std::string decoded = returned->transfer == Transfer::identity
                                    ? std::string(returned->content.substr(0, kMaxReport))
                                    : returned->decoded();
    const Fields fields = read_fields(decoded);
    if (const auto ids = parse_message_ids(fields.value("Message-ID")); !ids.empty())
      original_id = ids.front();
    if (const auto to = parse_addresses(fields.value("To")); to.size() == 1) returned_to = to.front().addr;
  }
  if (original_id.empty() && mail.in_reply_to.size() == 1) original_id = mail.in_reply_to.front();
  for (auto& bounce : mail.bounces) {
    bounce.original_message_id = original_id;
    if (bounce.recipient.empty()) bounce.recipient = returned_to;
  }
  settle_bounces(mail);
}

}  // namespace hejnal::wire

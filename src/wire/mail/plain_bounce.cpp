// Bounces that follow no RFC: qmail (QSBMF), Exim, old sendmail and Exchange, Notes, DragonFly, gateways of
// telephone companies. They are known by their sender, subject and opening words; recipients and reasons
// stand in the text, in front of the copy of the returned mail. What cannot be read stays empty: a bounce
// without a recipient is still one.
#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/address.hpp"
#include "wire/mail/automatic.hpp"
#include "wire/mail/bounce_words.hpp"
#include "wire/mail/report.hpp"
#include "wire/mail/smtp_status.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxLines = 2000;
constexpr std::size_t kMaxRecipients = 100;

bool is_address_char(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '.' || c == '-' ||
         c == '_' || c == '+' || c == '=' || c == '/' || c == '*' || c == '%' || c == '#' || c == '!' ||
         c == '&' || c == '?' || c == '$' || c == '~' || static_cast<unsigned char>(c) >= 0x80;
}

struct Found {
  std::string addr;
  std::size_t begin = 0, end = 0;  // in the line
};

std::vector<Found> addresses_in(std::string_view line) {
  std::vector<Found> out;
  for (std::size_t at = line.find('@'); at != line.npos && out.size() < 20; at = line.find('@', at + 1)) {
    std::size_t begin = at, end = at + 1;
    if (at > 0 && line[at - 1] == '"') {
      begin = line.rfind('"', at - 2 < at ? at - 2 : 0);
      if (begin == line.npos) continue;
    } else {
      while (begin > 0 && is_address_char(line[begin - 1])) --begin;
    }
    while (end < line.size() && is_address_char(line[end]) && line[end] != '=' && line[end] != '?') ++end;
    while (end > at + 1 && (line[end - 1] == '.' || line[end - 1] == '-')) --end;
    std::string_view addr = line.substr(begin, end - begin);
    if (addr.size() > 5 && iequals(addr.substr(0, 5), "smtp=")) addr.remove_prefix(5);
    const auto where = addr.find('@');
    if (where == 0 || where == addr.npos || addr.find('.', where) == addr.npos || addr.size() > 320) continue;
    out.push_back({normal_addr(addr), begin, end});
  }
  return out;
}

struct Recipient {
  std::string addr;
  std::size_t line;
  int weight;
};

class PlainBounce {
 public:
  explicit PlainBounce(Mail& mail) : mail_(mail) {}

  void read_text(std::string_view text) {
    std::size_t at = 0;
    bool returned = false;
    while (at < text.size() && lines_.size() < kMaxLines) {
      const std::size_t begin = at;
      const std::string_view line = next_line(text, at);
      if (!returned && begin > 0) {
        returned = opens_returned_mail(fold(trim(line).substr(0, 80)));
        if (returned) {
          returned_ = text.substr(begin);
          head_ = text.substr(0, begin);
          break;
        }
      }
      lines_.push_back(line);
    }
    if (!returned) head_ = text.substr(0, at);
  }

  void ignore(const std::vector<Address>& addresses) {
    for (const auto& a : addresses) ignored_.push_back(a.addr);
  }

  void collect(const std::string& failed_field) {
    for (const auto& a : parse_addresses(failed_field)) {
      if (a.addr.find('@') != std::string::npos) add(a.addr, lines_.size(), 9);
    }
    for (std::size_t i = 0; i < lines_.size(); ++i) weigh(i);
  }

  void finish(std::string_view diagnostic_text, const std::string& original_id,
              const std::string& returned_to, bool delayed) {
    int best = 0;
    for (const auto& r : recipients_) best = std::max(best, r.weight);
    const int floor = best >= 9 ? 9 : best >= 5 ? 5 : best;  // a field that names them is complete
    std::vector<Recipient> chosen;
    for (const auto& r : recipients_) {
      if (r.weight >= floor && (best >= 5 || chosen.empty())) chosen.push_back(r);
    }
    if (chosen.empty()) chosen.push_back({returned_to, 0, 0});
    for (std::size_t i = 0; i < chosen.size(); ++i) {
      Bounce bounce;
      bounce.recipient = chosen[i].addr;
      bounce.action = delayed ? "delayed" : "failed";
      bounce.original_message_id = original_id;
      std::string reason;
      if (chosen.size() == 1 || chosen[i].line >= lines_.size()) {
        reason = diagnostic_text;
      } else {
        std::size_t end = lines_.size();
        for (const auto& other : chosen) {
          if (other.line > chosen[i].line) end = std::min(end, other.line);
        }
        for (std::size_t k = chosen[i].line; k < end; ++k) reason += std::string(lines_[k]) + '\n';
      }
      bounce.status = derive_status(reason);
      if (bounce.status.empty()) bounce.status = derive_status(diagnostic_text);
      if (bounce.status.starts_with('2')) bounce.status.clear();
      bounce.diagnostic = diagnostic_of(reason);
      mail_.bounces.push_back(std::move(bounce));
    }
  }

  std::string_view head() const { return head_; }
  std::string_view returned() const { return returned_; }

 private:
  void add(const std::string& addr, std::size_t line, int weight) {
    for (auto& r : recipients_) {
      if (iequals(r.addr, addr)) {
        if (r.line >= lines_.size()) r.line = line;  // named by a field before; here stands the reason
        if (weight > r.weight) r = {r.addr, line, weight};
        return;
      }
    }
    if (recipients_.size() < kMaxRecipients) recipients_.push_back({addr, line, weight});
  }

  void weigh(std::size_t index) {
    const std::string_view line = lines_[index];
    if (line.find('@') == line.npos) return;
    const std::string_view bare = trim(line);
    const std::string folded = fold(bare.substr(0, 400));
    const auto starts = [&](std::string_view s) { return folded.starts_with(s); };
    if (starts("message-id") || starts("from:") || starts("sender:") || starts("return-path") ||
        starts("reply-to") || starts("references") || starts("in-reply-to") || starts("reporting-mta") ||
        starts("x-") || starts("mail from") || starts(">>> mail from") || starts("cc:") || starts("list-") ||
        starts("envelope-from") || folded.find("mail from:") != folded.npos || starts("received:") ||
        starts("in:  mail") || starts("(envelope-from")) {
      return;
    }
    for (const auto& found : addresses_in(line)) {
      const std::string lower = to_lower_ascii(found.addr);
      const std::string local = lower.substr(0, lower.find('@'));
      if (local == "postmaster" || local.starts_with("mailer-daemon") || local == "abuse" ||
          local == "support" || local == "helpdesk")
        continue;
      const bool ours = std::any_of(ignored_.begin(), ignored_.end(),
                                    [&](const std::string& a) { return iequals(a, found.addr); });
      if (ours) continue;
      const std::string_view before = trim(line.substr(0, found.begin));
      const std::string_view after = trim(line.substr(found.end));
      const std::string folded_before = fold(before);
      int weight = 1;
      const bool opens = before.empty() || before == "<" || before == "-" || before == "*" || before == "'" ||
                         before == "\"" || before == "\xC2\xB7" || before == "To: <" || before == "To:";
      const bool closes = after.empty() || after == ">" || after == ">:" || after == ":" || after == "," ||
                          after == ">," || after == ">;" || after == ";" || after == "'" || after == "\"" ||
                          after.starts_with(">:") || after.starts_with(">...") || after.starts_with("...") ||
                          after.starts_with("> ...") || after.starts_with("; on ");
      if (opens && closes)
        weight = 7;
      else if (opens && (after.starts_with("(") || after.starts_with("> (") || after.starts_with(":") ||
                         after.starts_with("> ")))
        weight = 5;
      else if (folded_before.find("rcpt to") != folded_before.npos)
        weight = 6;
      else if (folded_before.find("recipient") != folded_before.npos ||
               folded_before.find("smtp") != folded_before.npos)
        weight = 6;
      else if (folded_before.find("deliver") != folded_before.npos ||
               folded_before.find("mailbox") != folded_before.npos ||
               folded_before.find("message to") != folded_before.npos ||
               folded_before.find("user") != folded_before.npos ||
               folded_before.find("address") != folded_before.npos ||
               folded_before.find("mail to") != folded_before.npos)
        weight = 5;
      else if (reply_code(bare) != 0)
        weight = 4;
      else if (starts("to:"))
        weight = 3;
      add(found.addr, index, weight);
    }
  }

  static std::string diagnostic_of(std::string_view text) {
    std::size_t at = 0;
    std::string best;
    while (at < text.size()) {
      const std::string_view line = next_line(text, at);
      if (reply_code(line) == 0 && failure_status(line).empty()) {
        if (best.empty()) continue;
        if (trim(line).empty() || best.size() > 600) break;
        best += ' ';
        best += trim(line);
        if (best.size() > 600) break;
        continue;
      }
      if (!best.empty()) best += ' ';
      best += trim(line);
    }
    if (best.empty()) best = std::string(text.substr(0, 300));
    return truncate_utf8(collapse_space(sanitize_utf8(best)), 1000);
  }

  Mail& mail_;
  std::vector<std::string_view> lines_;
  std::string_view head_, returned_;
  std::vector<std::string> ignored_;
  std::vector<Recipient> recipients_;
};

// The message that came back, as a part of its own.
const Part* returned_part(const Part& part) {
  if (part.is("message/rfc822") || part.is("text/rfc822-headers") || part.is("message/delivery-status"))
    return &part;
  for (const auto& child : part.children) {
    if (const Part* found = returned_part(child)) return found;
  }
  return nullptr;
}

std::string find_id(std::string_view text) {
  std::size_t at = 0;
  for (std::size_t lines = 0; at < text.size() && lines < kMaxLines; ++lines) {
    std::string_view line = trim(next_line(text, at));
    while (line.starts_with('>') || line.starts_with(' ')) line.remove_prefix(1);
    if (line.size() < 11 || !iequals(line.substr(0, 11), "message-id:")) continue;
    std::string value(line.substr(11));
    if (trim(value).empty() && at < text.size()) value = next_line(text, at);
    const auto ids = parse_message_ids(trim(value));
    if (!ids.empty()) return ids.front();
  }
  return {};
}

}  // namespace

void read_plain_bounce(const Fields& fields, const Part& root, bool null_sender, Mail& mail) {
  const std::string failed = fields.value("X-Failed-Recipients");
  const bool daemon =
      (!mail.from.empty() && is_daemon(mail.from.front())) || (mail.from.empty() && null_sender);
  const bool mailer_daemon =
      !mail.from.empty() && to_lower_ascii(mail.from.front().addr).starts_with("mailer-daemon");
  const bool report = root.is("multipart/report") && iequals(root.type.get("report-type"), "delivery-status");
  const bool certain = report || !failed.empty() || (daemon && (null_sender || mailer_daemon));
  const bool by_machine = fields.value("Auto-Submitted").find("auto-") != std::string::npos;
  if (!certain && !null_sender && !daemon && !by_machine)
    return;  // a person's mail: nearly all of them end here
  const std::string subject = fold(mail.subject);
  const std::string opening = fold(std::string_view(mail.text).substr(0, 4000));
  const bool reply = mail.subject.size() > 3 && iequals(std::string_view(mail.subject).substr(0, 3), "re:");
  if (is_out_of_office_subject(mail.subject) ||
      fields.value("Auto-Submitted").find("vacation") != std::string::npos)
    return;
  const bool by_subject = is_bounce_subject(subject) && !reply;
  const bool by_words = has_bounce_words(opening);
  // By words alone only where sender, subject and text agree: people write about bounces too.
  if (!certain && !(null_sender && (by_subject || by_words)) &&
      !(daemon && (by_subject || by_words) && !reply) && !(by_subject && by_words && !reply && by_machine)) {
    return;
  }
  const bool answered =
      fields.value("Auto-Submitted").find("auto-replied") != std::string::npos || !mail.in_reply_to.empty();
  if (null_sender && !daemon && !by_subject && answered && !report && failed.empty())
    return;  // an out-of-office answer that tells of a failure

  PlainBounce bounce(mail);
  bounce.read_text(mail.text);
  std::string original_id;
  std::string returned_to;
  std::string copy(bounce.returned().substr(0, 64u << 10));
  if (const Part* part = returned_part(root)) copy = part->decoded().substr(0, 64u << 10);
  if (!copy.empty()) {
    original_id = find_id(copy);
    std::size_t at = 0;
    for (int i = 0; at < copy.size() && i < 400 && returned_to.empty(); ++i) {
      const std::string_view line = trim(next_line(copy, at));
      if (line.size() > 3 && iequals(line.substr(0, 3), "to:")) {
        const auto to = parse_addresses(line.substr(3));
        if (!to.empty()) returned_to = to.front().addr;
      }
    }
  }
  if (original_id.empty()) original_id = find_id(mail.text);
  if (original_id.empty() && mail.in_reply_to.size() == 1) original_id = mail.in_reply_to.front();

  // Some write the fields of RFC 3464 into the text.
  if (opening.find("final-recipient:") != opening.npos || opening.find("\nstatus:") != opening.npos) {
    std::vector<Bounce> blocks = parse_delivery_status(bounce.head(), nullptr);
    std::erase_if(blocks, [](const Bounce& b) { return b.recipient.find('@') == std::string::npos; });
    for (auto& block : blocks) {
      block.original_message_id = original_id;
      mail.bounces.push_back(std::move(block));
    }
  }
  if (mail.bounces.empty()) {
    bounce.ignore(mail.to);
    bounce.ignore(mail.from);
    bounce.ignore(mail.cc);
    bounce.collect(failed);
    const bool delayed = says_delayed(fold(bounce.head().substr(0, 4000))) || says_delayed(subject);
    bounce.finish(bounce.head(), original_id, returned_to, delayed);
  }
  settle_bounces(mail);
}

}  // namespace hejnal::wire

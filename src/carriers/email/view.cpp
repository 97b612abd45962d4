#include "carriers/email/view.hpp"

#include <fmt/format.h>

#include <map>

#include "wire/mail/mail.hpp"
#include "wire/mail/safe_html.hpp"

namespace hejnal::carriers {

namespace {

std::string base64(std::string_view bytes) {
  static constexpr char kDigits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  out.reserve(bytes.size() / 3 * 4 + 4);
  for (std::size_t i = 0; i < bytes.size(); i += 3) {
    const std::size_t left = std::min<std::size_t>(bytes.size() - i, 3);
    std::uint32_t word = 0;
    for (std::size_t k = 0; k < 3; ++k)
      word = word << 8 | (k < left ? static_cast<unsigned char>(bytes[i + k]) : 0u);
    for (std::size_t k = 0; k < 4; ++k) out += k <= left ? kDigits[word >> (18 - 6 * k) & 63] : '=';
  }
  return out;
}

// The pictures that came with a mail, each made into a data: URL once.
class Pictures {
 public:
  Pictures(std::string_view raw, const wire::Mail& mail) : raw_(raw), mail_(mail) {}

  std::string_view of(std::string_view content_id) {
    const auto known = made_.find(content_id);
    if (known != made_.end()) return known->second;
    std::string& made = made_[std::string(content_id)];
    for (const wire::Attachment& a : mail_.attachments) {
      if (a.content_id.empty() || a.content_id != content_id || !wire::is_plain_picture(a.type) ||
          a.size > wire::kSafePicturesMax)
        continue;
      made = "data:" + a.type + ";base64," + base64(wire::attachment_bytes(raw_, a));
      break;
    }
    return made;
  }

 private:
  std::string_view raw_;
  const wire::Mail& mail_;
  std::map<std::string, std::string, std::less<>> made_;
};

}  // namespace

Result<ports::MailFile> file_of(std::string_view raw, std::size_t n) {
  const wire::Mail mail = wire::parse_mail(raw);
  if (n >= mail.attachments.size())
    return fail(Fault::not_found, "the message has {} attachments, counted from 0; there is no {}",
                mail.attachments.size(), n);
  const wire::Attachment& a = mail.attachments[n];
  std::string bytes = wire::attachment_bytes(raw, a);
  if (bytes.empty() && a.size > 0)
    return fail(Fault::not_found, "attachment {} cannot be taken out; it is in the original message", n);
  return ports::MailFile{a.name, a.type, std::move(bytes)};
}

Result<ports::MailHtml> html_of(std::string_view raw, bool pictures) {
  const wire::Mail mail = wire::parse_mail(raw);
  if (mail.html.empty()) return fail(Fault::not_found, "the message has no HTML version");
  Pictures inside(raw, mail);
  const auto picture = [&](std::string_view id) { return pictures ? inside.of(id) : std::string_view(); };
  wire::SafeHtml safe = wire::safe_html(mail.html, picture);
  return ports::MailHtml{std::move(safe.html), safe.left_out, safe.cut || mail.html_cut};
}

}  // namespace hejnal::carriers

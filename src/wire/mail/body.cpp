#include "wire/mail/body.hpp"

#include <algorithm>
#include <cstring>

#include "base/text.hpp"
#include "wire/mail/charset.hpp"
#include "wire/mail/flowed.hpp"

namespace hejnal::wire {

namespace {

constexpr std::size_t kMaxText = 1u << 20;
constexpr std::size_t kMaxHtml = 2u << 20;
constexpr std::size_t kMaxAttachments = 500;

struct Shown {
  std::string text, html;
  bool plain = false;  // the text came from a plain part
};

bool is_blank(std::string_view text) {
  const auto first = text.find_first_not_of(" \t\r\n");
  if (first != text.npos && static_cast<unsigned char>(text[first]) < 0x80) return false;
  return collapse_space(text.substr(0, 4096)).empty() && trim(text).empty();
}

// <meta charset=...> of a part that declares none.
std::string_view meta_charset(std::string_view html) {
  html = html.substr(0, 2048);
  const auto at = html.find("charset=");
  if (at == html.npos) return {};
  html.remove_prefix(at + 8);
  while (!html.empty() && (html.front() == '"' || html.front() == '\'')) html.remove_prefix(1);
  return html.substr(0, html.find_first_of("\"' />;"));
}

class Body {
 public:
  Body(std::string_view raw, Mail& mail) : raw_(raw), mail_(mail) {}

  Shown show(const Part& part, bool root = false) {
    if (part.multipart) return show_children(part);
    const bool attached = part.disposition.value == "attachment" || (!part.filename.empty() && !root) ||
                          (!part.filename.empty() && part.disposition.value == "inline" && !root);
    const bool readable =
        part.is_text() || part.is("text/enriched") || part.is("text/richtext") ||
        (part.type.value == "text/x-myown") ||
        (part.type.value.starts_with("text/") && !part.is("text/calendar") &&
         !part.is("text/rfc822-headers") && !part.is("text/x-vcard") && !part.is("text/vcard") &&
         !part.is("text/csv") && !part.is("text/x-amp-html") && part.filename.empty());
    if (attached || !readable) {
      attach(part);
      if (part.is_text() && spare_ == nullptr) spare_ = &part;
      if (part.is("application/pkcs7-mime") || part.is("application/x-pkcs7-mime") ||
          part.is("application/pgp-encrypted")) {
        note("encrypted: it cannot be read here");
      }
      return {};
    }
    return part.is("text/html") ? html_of(part) : plain_of(part);
  }

  // Mails whose only text is an attachment, or stands before the first part.
  void fall_back(const Part& root, Shown& shown) {
    if (!is_blank(shown.text) || !is_blank(shown.html)) return;
    if (spare_ != nullptr) {
      shown = spare_->is("text/html") ? html_of(*spare_) : plain_of(*spare_);
    } else if (root.multipart && root.children.empty()) {
      shown.text = to_utf8(root.preamble.substr(0, kMaxText), {});
    }
  }

  void note(std::string text) {
    if (std::find(mail_.notes.begin(), mail_.notes.end(), text) == mail_.notes.end())
      mail_.notes.push_back(std::move(text));
  }

 private:
  Shown plain_of(const Part& part) {
    Shown out;
    out.plain = true;
    std::string bytes = decode(part, kMaxText);
    if (bytes.find("begin ") != bytes.npos) take_uuencoded(part, bytes);
    const std::string_view charset = part.type.get("charset");
    out.text = to_utf8(bytes, charset);
    const std::string_view format = part.type.get("format");
    if (iequals(format, "flowed"))
      out.text = unflow(out.text, iequals(part.type.get("delsp"), "yes"));
    else if (out.text.find('\r') != std::string::npos)
      drop_returns(out.text);
    return out;
  }

  // "begin 644 report.doc" ... "end" inside the text: how files were attached before MIME, and by some still.
  void take_uuencoded(const Part& part, std::string& text) {
    std::size_t at = 0;
    while (at < text.size() && mail_.attachments.size() < kMaxAttachments) {
      const std::size_t begin = at;
      const std::string_view line = next_line(text, at);
      const auto name = line.size() > 10 && line.starts_with("begin ") ? line.find(' ', 6) : line.npos;
      if (name == line.npos || name < 9 || name > 10 ||
          line.substr(6, name - 6).find_first_not_of("01234567") != line.npos)
        continue;
      std::size_t end = at;
      std::size_t lines = 0;
      bool closed = false;
      while (end < text.size() && !closed) {
        const std::string_view data = next_line(text, end);
        closed = data == "end";
        if (!closed && (data.size() > 90 || (!data.empty() && (data[0] < ' ' || data[0] > '`')))) break;
        ++lines;
      }
      if (!closed || lines < 2) continue;
      Attachment out;
      out.name = truncate_utf8(to_utf8(trim(line.substr(name)), {}), 1000);
      out.type = "application/octet-stream";
      const std::string_view encoded = std::string_view(text).substr(begin, end - begin);
      out.size = decoded_size(encoded, Transfer::uuencode);
      const std::size_t offset =
          static_cast<std::size_t>(part.content.data() - raw_.data()) + begin + removed_;
      if (part.transfer == Transfer::identity && inside(part) &&
          raw_.substr(offset, encoded.size()) == encoded) {
        out.raw_begin = offset;
        out.raw_end = offset + encoded.size();
        out.encoding = "x-uuencode";
      }
      mail_.attachments.push_back(std::move(out));
      removed_ += end - begin;
      text.erase(begin, end - begin);
      at = begin;
    }
    removed_ = 0;
  }

  bool inside(const Part& part) const {
    return part.content.data() >= raw_.data() &&
           part.content.data() + part.content.size() <= raw_.data() + raw_.size();
  }

  Shown html_of(const Part& part) {
    Shown out;
    const std::string bytes = decode(part, kMaxHtml);
    std::string_view charset = part.type.get("charset");
    if (charset.empty()) charset = meta_charset(bytes);
    out.html = to_utf8(bytes, charset);
    return out;
  }

  static void drop_returns(std::string& text) {
    std::size_t to = text.find('\r'), from = to;  // in place: it only gets shorter
    while (from < text.size()) {
      if (from + 1 >= text.size() || (text[from + 1] != '\n' && text[from + 1] != '\r')) text[to++] = '\n';
      ++from;
      const std::size_t end = std::min(text.find('\r', from), text.size());
      std::memmove(text.data() + to, text.data() + from, end - from);
      to += end - from;
      from = end;
    }
    text.resize(to);
  }

  std::string decode(const Part& part, std::size_t max) {
    const std::size_t encoded_max = max * 3;  // quoted-printable may treble
    if (part.content.size() > encoded_max) {
      if (part.is("text/html")) mail_.html_cut = true;
      note("the text is longer than " + std::to_string(max >> 20) + " MB: the rest was not read");
    }
    std::string bytes = decode_transfer(part.content.substr(0, encoded_max), part.transfer);
    if (bytes.size() > max) {
      bytes.resize(max);
      if (part.is("text/html")) mail_.html_cut = true;
      note("the text is longer than " + std::to_string(max >> 20) + " MB: the rest was not read");
    }
    return bytes;
  }

  static std::string content_id(const Part& part) {
    const std::string value = truncate_utf8(sanitize_utf8(part.fields.value("Content-ID")), 300);
    std::string_view id = trim(value);
    if (id.starts_with('<')) id.remove_prefix(1);
    if (id.ends_with('>')) id.remove_suffix(1);
    return std::string(id);
  }

  void attach(const Part& part) {
    if (mail_.attachments.size() >= kMaxAttachments) {
      note("more than 500 attachments: the rest is not listed");
      return;
    }
    Attachment out;
    out.name = part.filename;
    out.type = truncate_utf8(part.type.value, 200);
    out.size = decoded_size(part.content, part.transfer);
    if (out.type.starts_with("image/")) out.content_id = content_id(part);
    if (inside(part)) {
      out.raw_begin = static_cast<std::size_t>(part.content.data() - raw_.data());
      out.raw_end = out.raw_begin + part.content.size();
    }
    switch (part.transfer) {
      case Transfer::base64:
        out.encoding = "base64";
        break;
      case Transfer::quoted_printable:
        out.encoding = "quoted-printable";
        break;
      case Transfer::uuencode:
        out.encoding = "x-uuencode";
        break;
      case Transfer::identity:
        break;
    }
    mail_.attachments.push_back(std::move(out));
  }

  static void append(Shown& out, Shown&& more) {
    if (!more.html.empty() && more.text.empty()) more.text = html_to_text(more.html);
    if (!is_blank(more.text)) {
      if (!out.text.empty() && !out.text.ends_with('\n')) out.text += '\n';
      out.text += more.text;
      if (out.text.size() > kMaxText) out.text = truncate_utf8(out.text, kMaxText);
    }
    if (out.html.size() + more.html.size() <= kMaxHtml) out.html += more.html;
    out.plain = out.plain || more.plain;
  }

  Shown show_children(const Part& part) {
    if (part.is("multipart/alternative")) return alternative(part);
    if (part.is("multipart/related")) return related(part);
    Shown out;
    bool first = true;
    for (const auto& child : part.children) {
      if (part.is("multipart/report") && !first) {
        report_child(child);
        continue;
      }
      append(out, show(child));
      first = false;
    }
    return out;
  }

  // The fields of a report are read elsewhere; the mail that came back is an attachment.
  void report_child(const Part& child) {
    if (child.is("message/delivery-status") || child.is("message/global-delivery-status") ||
        child.is("message/disposition-notification") || child.is("message/feedback-report") ||
        child.is("text/rfc822-headers") || child.is("message/global-headers")) {
      return;
    }
    if (child.multipart) {
      for (const auto& inner : child.children) report_child(inner);
      return;
    }
    if (child.is_text() && child.filename.empty()) return;
    attach(child);
  }

  Shown alternative(const Part& part) {
    Shown out;
    bool have_plain = false;
    // Two Content-Type fields in one header: the second spoke of the text that now stands before the first
    // delimiter.
    std::size_t types = 0;
    for (const auto& field : part.fields.all) types += iequals(field.name, "Content-Type") ? 1 : 0;
    if (types > 1 && !is_blank(part.preamble)) {
      out.text = to_utf8(part.preamble.substr(0, kMaxText), {});
      have_plain = out.plain = true;
    }
    for (const auto& child : part.children) {
      Shown shown = show(child);
      if (shown.plain && !have_plain && !is_blank(shown.text)) {
        out.text = std::move(shown.text);
        have_plain = out.plain = true;
      } else if (!have_plain && shown.html.empty() && !is_blank(shown.text)) {
        out.text = std::move(shown.text);
      }
      if (!shown.html.empty()) out.html = std::move(shown.html);
    }
    if (!have_plain && is_blank(out.text) && !out.html.empty()) out.text = html_to_text(out.html);
    return out;
  }

  Shown related(const Part& part) {
    const Part* root = nullptr;
    const std::string_view start = part.type.get("start");
    if (!start.empty()) {
      for (const auto& child : part.children) {
        if (sanitize_utf8(child.fields.value("Content-ID")) == start) root = &child;
      }
    }
    Shown out;
    for (const auto& child : part.children) {
      if (root == nullptr) root = &child;
      if (&child == root || child.multipart ||
          (child.is_text() && child.disposition.value != "attachment" && child.filename.empty() &&
           child.fields.find("Content-ID") == nullptr))
        append(out, show(child));
      else
        attach(child);
    }
    return out;
  }

  std::string_view raw_;
  Mail& mail_;
  const Part* spare_ = nullptr;
  std::size_t removed_ = 0;  // of the text that is searched for uuencoded files
};

}  // namespace

void read_body(std::string_view raw, const Part& root, Mail& mail) {
  Body body(raw, mail);
  Shown shown = body.show(root, true);
  body.fall_back(root, shown);
  if (shown.text.empty() && !shown.html.empty()) shown.text = html_to_text(shown.html);
  mail.text = std::move(shown.text);
  while (!mail.text.empty() && (mail.text.back() == '\n' || mail.text.back() == ' ')) mail.text.pop_back();
  const auto first = mail.text.find_first_not_of('\n');
  if (first != std::string::npos && first > 0) mail.text.erase(0, first);
  mail.html = std::move(shown.html);
}

}  // namespace hejnal::wire

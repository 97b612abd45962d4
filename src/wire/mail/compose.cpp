#include "wire/mail/compose.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "wire/mail/gmime.hpp"

namespace hejnal::wire {

namespace {

// A header is one line: what would end it becomes a space.
std::string one_line(std::string_view value) {
  std::string out(value);
  std::replace_if(
      out.begin(), out.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; }, ' ');
  return out;
}

// How much of the beginning of `text` is a link; 0: none.
std::size_t link_at(std::string_view text) {
  if (!text.starts_with("https://") && !text.starts_with("http://")) return 0;
  const auto end = std::find_if(text.begin(), text.end(), [](char c) {
    return static_cast<unsigned char>(c) <= 0x20 ||
           std::string_view("<>\"'&").find(c) != std::string_view::npos;
  });
  return static_cast<std::size_t>(end - text.begin());
}

std::string html_of(std::string_view text) {
  std::string out = "<!DOCTYPE html><html><body style=\"font-family:sans-serif\"><p>";
  while (!text.empty()) {
    if (const std::size_t link = link_at(text)) {
      out.append("<a href=\"")
          .append(text.substr(0, link))
          .append("\">")
          .append(text.substr(0, link))
          .append("</a>");
      text.remove_prefix(link);
      continue;
    }
    const std::size_t plain = std::min(text.find_first_of("\r\nh", 1), text.size());
    const std::string_view piece = text.substr(0, plain);
    if (piece.front() == '\n') out += "<br>\n";
    out += escape_html(piece.substr(piece.front() == '\n' || piece.front() == '\r' ? 1 : 0));
    text.remove_prefix(plain);
  }
  return out + "</p></body></html>\n";
}

Owned<GMimePart> text_part(const char* subtype, const std::string& text) {
  Owned<GMimePart> part(GMIME_PART(g_mime_text_part_new_with_subtype(subtype)));
  g_mime_text_part_set_charset(GMIME_TEXT_PART(part.get()), "utf-8");
  Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(text.data(), text.size()));
  Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), content.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_QUOTEDPRINTABLE);
  return part;
}

Owned<GMimePart> attached_part(const DraftAttachment& file) {
  const auto slash = file.type.find('/');
  const auto is_token = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of(
                                "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                "!#$&-^_.+") == std::string_view::npos;
  };
  const bool good = slash != std::string::npos && is_token(std::string_view(file.type).substr(0, slash)) &&
                    is_token(std::string_view(file.type).substr(slash + 1)) &&
                    !file.type.starts_with("multipart/") && !file.type.starts_with("message/");
  Owned<GMimePart> part(good ? g_mime_part_new_with_type(file.type.substr(0, slash).c_str(),
                                                         file.type.substr(slash + 1).c_str())
                             : g_mime_part_new_with_type("application", "octet-stream"));
  const Owned<GMimeStream> stream(g_mime_stream_mem_new_with_buffer(file.bytes.data(), file.bytes.size()));
  const Owned<GMimeDataWrapper> content(
      g_mime_data_wrapper_new_with_stream(stream.get(), GMIME_CONTENT_ENCODING_DEFAULT));
  g_mime_part_set_content(part.get(), content.get());
  g_mime_part_set_content_encoding(part.get(), GMIME_CONTENT_ENCODING_BASE64);
  g_mime_object_set_disposition(GMIME_OBJECT(part.get()), GMIME_DISPOSITION_ATTACHMENT);
  g_mime_part_set_filename(part.get(), one_line(file.name).c_str());
  return part;
}

}  // namespace

std::string compose_mail(const MailDraft& draft) {
  mail_options();
  Owned<GMimeMessage> message(g_mime_message_new(FALSE));
  GMimeObject* object = GMIME_OBJECT(message.get());
  const auto set = [&](const char* name, std::string_view value) {
    if (!value.empty()) g_mime_object_set_header(object, name, one_line(value).c_str(), "utf-8");
  };
  set("Date", draft.date);
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_FROM, one_line(draft.from.name).c_str(),
                             one_line(draft.from.addr).c_str());
  g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_TO, one_line(draft.to.name).c_str(),
                             one_line(draft.to.addr).c_str());
  g_mime_message_set_subject(message.get(), one_line(draft.subject).c_str(), "utf-8");
  if (!draft.reply_to.empty())
    g_mime_message_add_mailbox(message.get(), GMIME_ADDRESS_TYPE_REPLY_TO, nullptr,
                               one_line(draft.reply_to).c_str());
  set("Message-Id", draft.message_id);
  set("In-Reply-To", draft.in_reply_to);
  std::string references;
  for (const std::string& id : draft.references) references += (references.empty() ? "" : " ") + one_line(id);
  set("References", references);
  for (const auto& [name, value] : draft.headers) set(name.c_str(), value);
  set("MIME-Version", "1.0");

  const Owned<GMimeMultipart> alternative(g_mime_multipart_new_with_subtype("alternative"));
  // Deterministic: the same letter always has the same bytes.
  g_mime_multipart_set_boundary(
      alternative.get(), ("=_" + std::to_string(std::hash<std::string>{}(draft.message_id)) + "_=").c_str());
  const std::string html = html_of(draft.text);
  const auto plain = text_part("plain", draft.text);
  const auto rich = text_part("html", html);
  g_mime_multipart_add(alternative.get(), GMIME_OBJECT(plain.get()));
  g_mime_multipart_add(alternative.get(), GMIME_OBJECT(rich.get()));
  const Owned<GMimeMultipart> mixed(g_mime_multipart_new_with_subtype("mixed"));
  if (draft.attachments.empty()) {
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(alternative.get()));
  } else {
    g_mime_multipart_set_boundary(
        mixed.get(), ("=_m" + std::to_string(std::hash<std::string>{}(draft.message_id)) + "_=").c_str());
    g_mime_multipart_add(mixed.get(), GMIME_OBJECT(alternative.get()));
    for (const DraftAttachment& file : draft.attachments) {
      const auto part = attached_part(file);
      g_mime_multipart_add(mixed.get(), GMIME_OBJECT(part.get()));
    }
    g_mime_message_set_mime_part(message.get(), GMIME_OBJECT(mixed.get()));
  }

  GMimeFormatOptions* format = g_mime_format_options_new();
  g_mime_format_options_set_newline_format(format, GMIME_NEWLINE_FORMAT_DOS);
  char* bytes = g_mime_object_to_string(object, format);
  g_mime_format_options_free(format);
  std::string out(bytes ? bytes : "");
  g_free(bytes);
  return out;
}

}  // namespace hejnal::wire

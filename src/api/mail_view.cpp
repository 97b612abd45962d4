// Attachments, and the HTML version of a mail. What strangers have sent is only ever given out as a download
// or as a page that can do nothing: it is written anew (wire/mail/safe_html.hpp), and its own policy forbids
// the rest.
#include <fmt/format.h>

#include "api/context.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

// Types that a browser shows without running anything; whatever else is bytes to it.
constexpr std::string_view kShown[] = {"image/png",  "image/jpeg",      "image/gif",
                                       "image/webp", "application/pdf", "text/plain"};

std::string safe_type(std::string_view type) {
  for (const std::string_view one : kShown) {
    if (type == one) return std::string(one);
  }
  return "application/octet-stream";
}

// A file name in one folder of any system, without what turns the direction of writing ("exe.fdp" read as
// "pdf").
std::string safe_name(std::string_view name, std::int64_t n) {
  std::string out;
  for (const char c : one_line(name)) {
    out += std::string_view("/\\:*?\"<>|").find(c) == std::string_view::npos ? c : '_';
  }
  while (out.starts_with('.') || out.starts_with(' ')) out.erase(0, 1);
  while (out.ends_with('.') || out.ends_with(' ')) out.pop_back();
  if (out.size() > 150) {  // the end says what it is
    const auto dot = out.rfind('.');
    const std::string end = dot == std::string::npos || out.size() - dot > 20 ? "" : out.substr(dot);
    out = truncate_utf8(out, 150 - end.size()) + end;
  }
  return out.empty() ? fmt::format("attachment-{}", n) : out;
}

}  // namespace

// RFC 6266: the name for old programs in ASCII, and the real one as RFC 8187 writes it.
std::string content_disposition(std::string_view name) {
  std::string ascii, encoded;
  for (const char c : name) {
    const auto byte = static_cast<unsigned char>(c);
    const bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
                       c == '.' || c == '-' || c == '_';
    if (byte < 0x80) {
      ascii += plain || c == ' ' || c == '(' || c == ')' || c == ',' ? c : '_';
    } else if ((byte & 0xC0) != 0x80) {
      ascii += '_';
    }
    encoded += plain ? std::string(1, c) : fmt::format("%{:02X}", byte);
  }
  return fmt::format("attachment; filename=\"{}\"; filename*=UTF-8''{}", ascii, encoded);
}

Result<ports::Response> get_attachment(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  HEJNAL_TRY(const std::int64_t n, whole_number(context.segments.at(1), "n"));
  HEJNAL_TRY(const std::string raw, context.archive.raw(id));
  HEJNAL_TRY(ports::MailFile file, context.parts.file_of_mail(raw, static_cast<std::size_t>(n)));
  ports::Response response{200, safe_type(file.type), std::move(file.bytes), {}};
  response.headers.emplace_back("Content-Disposition", content_disposition(safe_name(file.name, n)));
  response.headers.emplace_back("Content-Security-Policy", "sandbox; default-src 'none'");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  return response;
}

Result<ports::Response> get_html(Context& context) {
  HEJNAL_TRY(const std::int64_t id, whole_number(context.segments.at(0), "id"));
  const std::string_view pictures = context.request.parameter("images");
  if (!pictures.empty() && pictures != "inline" && pictures != "none")
    return fail(Fault::malformed, "images: expected inline or none; nothing is ever fetched from elsewhere");
  HEJNAL_TRY(const std::string raw, context.archive.raw(id));
  HEJNAL_TRY(const ports::MailHtml mail, context.parts.html_of_mail(raw, pictures != "none"));
  const bool polish = context.parts.procedure.language == "pl";
  std::string notes;
  const auto note = [&](std::string_view text) {
    notes += fmt::format(
        "<p style=\"font:13px sans-serif;background:#fff3cd;color:#332701;padding:6px 10px;"
        "margin:0 0 8px\">{}</p>\n",
        escape_html(text));
  };
  if (mail.cut)
    note(polish ? "Ta wiadomość jest za długa, żeby pokazać ją w całości. Całość jest w oryginale."
                : "This message is too long to be shown whole. The original has all of it.");
  if (mail.left_out > 0)
    note(polish ? fmt::format("Pominięte obrazki spoza wiadomości: {}.", mail.left_out)
                : fmt::format("Pictures from elsewhere that were left out: {}.", mail.left_out));
  ports::Response response{
      200,
      "text/html; charset=utf-8",
      fmt::format(
          "<!DOCTYPE html>\n<html>\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"color-scheme\" "
          "content=\"light\">\n<title></title>\n</head>\n<body>\n{}<div>\n{}\n</div>\n</body>\n</html>\n",
          notes, mail.body),
      {}};
  response.headers.emplace_back(
      "Content-Security-Policy",
      "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; base-uri "
      "'none'; frame-ancestors 'self'");
  response.headers.emplace_back("Cache-Control", "private, no-store");
  return response;
}

}  // namespace hejnal::api

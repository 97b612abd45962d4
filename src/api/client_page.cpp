#include "api/client_page.hpp"

#include <algorithm>

#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kOutagesMax = 3;  // on one banner; the page of outages has them all

// What is somebody's own; the other pages are for everybody, search engines too.
bool is_private(const ports::Request& request) {
  return request.path != "/" && request.path != "/report" && request.path != "/status";
}

}  // namespace

ClientPage::ClientPage(Context& asked)
    : context(asked),
      parts(asked.parts),
      language(language_for(asked.request, asked.parts.procedure.language)) {
  const ports::Request& request = context.request;
  fill.set("LANG", language).set("DESK", parts.desk_name);
  if (is_private(request)) fill.show("PRIVATE");
  // What was typed would be lost by a switch.
  if (request.method == "GET")
    fill.row("SWITCH").set("SWITCH_TO", language == "pl" ? "?lang=en" : "?lang=pl");
  if (!parts.zone.empty()) fill.row("TIMES").set("ZONE", parts.zone);
  if (request.path != "/status") fill.show("STATUS");
  if (!parts.desk_address.empty()) fill.row("WRITE_TO").set("ADDRESS", parts.desk_address);
}

void ClientPage::set_time(Fill& into, const std::string& name, Instant t) const {
  into.set(name + "_ISO", format_rfc3339(t))
      .set(name + "_FULL", format_local(t, parts.zone, language))
      .set(name + "_WHEN", at(t));
}

void ClientPage::mistake(const std::string& name, std::string text) {
  fill.row(name + "_BAD").set(name + "_BAD_TEXT", std::move(text));
}

void ClientPage::bad(std::string text) { fill.row("BAD").set("BAD_TEXT", std::move(text)); }

Status ClientPage::warn() {
  const bool polish = language == "pl";
  const std::string& own =
      (polish && !parts.banner_pl.empty()) || parts.banner_en.empty() ? parts.banner_pl : parts.banner_en;
  HEJNAL_TRY(const auto open, open_outages(context));
  if (own.empty() && open.empty()) return {};
  Fill& banner = fill.row("BANNER");
  for (std::size_t i = 0; i < std::min(open.size(), kOutagesMax); ++i) {
    const core::Outage& o = open[i];
    Fill& row = banner.row("OUTAGE");
    row.set("ID", std::to_string(o.id))
        .set("SAID", o.words.front().text)
        .set("SAID_LANG", parts.procedure.language);
    // What is broken was said first; what is said later mostly takes that for known.
    if (o.words.size() > 1) {
      Fill& news = row.row("NEWS");
      set_time(news, "NEWS", o.words.back().at);
      news.set("NEWS_TEXT", o.words.back().text);
    }
    if (o.expected_end && *o.expected_end > parts.clock->now())
      set_time(row.row("UNTIL"), "UNTIL", *o.expected_end);
  }
  if (!own.empty()) banner.row("OWN").set("OWN_TEXT", own);
  return {};
}

ports::Response ClientPage::done(std::string_view name, int status) {
  ports::Response response = html_response(fill_page(name, language, fill));
  response.status = status;
  if (is_private(context.request)) response.headers.emplace_back("X-Robots-Tag", "noindex, nofollow");
  if (context.request.has_parameter("lang"))
    response.headers.emplace_back(
        "Set-Cookie", fmt::format("lang={}; Path=/; Max-Age=31536000; SameSite=Lax; HttpOnly{}", language,
                                  parts.public_url.starts_with("https:") ? "; Secure" : ""));
  return response;
}

Result<Followed> followed_by(Context& context) {
  HEJNAL_TRY(core::CaseNumber number, context.archive.by_token(context.segments.at(0)));
  Followed followed;
  followed.number = number;
  for (int hops = 0; number != 0 && hops < 20; ++hops) {
    HEJNAL_TRY(const auto row, context.archive.find(number));
    if (!row) break;
    if (number == followed.number) {
      followed.subject = row->summary.subject;
      followed.short_code = row->summary.short_code;
      followed.token = row->token;
      followed.opened_at = row->summary.opened_at;
    }
    if (row->summary.merged_into == 0) {
      HEJNAL_TRY(followed.journal, context.archive.journal(number));
      followed.lives = core::replay(followed.journal);
      return followed;
    }
    number = row->summary.merged_into;
  }
  return fail(Fault::not_found, "there is no such case; perhaps the link was cut in two lines");
}

ports::Response no_such_case(Context& context) {
  ClientPage page(context);
  const std::string caller = caller_of(context);
  const Duration wait = context.limits && !caller.empty()
                            ? context.limits->lost.wait(caller, context.parts.clock->now())
                            : Duration(0);
  page.fill.set("TO", "/report").set("TO_TEXT", page.say("gone_report"));
  if (wait > 0ms) {
    page.fill.set("TITLE", page.say("often_title"));
    page.fill.row("LINE").set("LINE_TEXT", page.say("often_pages"));
    ports::Response response = page.done("message", 429);
    response.headers.emplace_back("Retry-After", std::to_string((wait.count() + 999) / 1000));
    return response;
  }
  page.fill.set("TITLE", page.say("gone_title"));
  page.fill.row("LINE").set("LINE_TEXT", page.say("gone_cut"));
  if (!context.parts.desk_address.empty())
    page.fill.row("LINE").set("LINE_TEXT", text_of(page.language, "gone_other", context.parts.desk_address));
  return page.done("message", 404);
}

ports::Response no_such_page(Context& context) {
  ClientPage page(context);
  page.fill.set("TITLE", page.say("nowhere_title")).set("TO", "/").set("TO_TEXT", page.say("nowhere_home"));
  page.fill.row("LINE").set("LINE_TEXT", page.say("nowhere_cut"));
  if (!context.parts.desk_address.empty())
    page.fill.row("LINE").set("LINE_TEXT",
                              text_of(page.language, "nowhere_other", context.parts.desk_address));
  return page.done("message", 404);
}

std::optional<ports::Response> too_long_page(const ports::Request& head, const std::string& desk_language,
                                             const std::string& desk_name) {
  if (head.method != "POST" || (head.path != "/report" && !head.path.starts_with("/c/"))) return std::nullopt;
  const std::string language = language_for(head, desk_language);
  Fill fill;
  fill.set("LANG", language).set("DESK", desk_name).set("TITLE", text_of(language, "large_title"));
  fill.row("LINE").set("LINE_TEXT", text_of(language, "large_files"));
  fill.row("LINE").set("LINE_TEXT", text_of(language, "large_back"));
  fill.set("TO", head.path).set("TO_TEXT", text_of(language, "large_again"));
  if (is_private(head)) fill.show("PRIVATE");
  ports::Response response = html_response(fill_page("message", language, fill));
  response.status = 413;
  response.headers.emplace_back("X-Content-Type-Options", "nosniff");
  response.headers.emplace_back("Referrer-Policy", "no-referrer");
  return response;
}

Duration wait_to_post(Context& context, PostLimiter Limits::*limit) {
  return context.limits ? (context.limits->*limit).wait(context.segments.at(0), context.parts.clock->now())
                        : 0ms;
}

std::string wait_words(const ClientPage& page, Duration wait) {
  return text_of(page.language, "bad_often",
                 counted(page.language, "minutes", (wait.count() + 59'999) / 60'000));
}

std::string files_mistake(const ClientPage& page, const Form& form) {
  if (form.files_size() <= kFilesMax && form.attachments().size() <= kFileCountMax) return {};
  return text_of(page.language, "bad_files",
                 counted(page.language, "files", static_cast<std::int64_t>(form.attachments().size())),
                 (form.files_size() + 999'999) / 1'000'000);
}

desk::WebForm web_form(const Form& form, std::string_view given) {
  std::string all(given);
  for (const char* name : {"class", "subject", "text", "name", "email", "phone"}) all += "\n" + form[name];
  for (const auto& one : form.attachments()) all += fmt::format("\n{}/{}", one.name, one.size);
  for (const auto& piece : form.raw()) all += "\n" + piece.hash;
  return {content_hash(all).substr(0, 40), form.attachments(), form.raw()};
}

const core::Procedure& shown_procedure(const Parts& parts, const std::string& language) {
  for (const core::Procedure& other : parts.translations) {
    if (other.language == language && parts.procedure.language != language) return other;
  }
  return parts.procedure;
}

ports::Response moved(std::string to) {
  return {303, "text/plain", "", {{"Location", std::move(to)}, {"Cache-Control", "no-store"}}};
}

}  // namespace hejnal::api

// What the pages for clients have in common: the language, the frame, and the case that a link leads to.
// Internal to the room. Reached by anybody.
#pragma once

#include <string>

#include "api/context.hpp"
#include "api/form.hpp"
#include "api/page.hpp"

namespace hejnal::api {

constexpr std::int64_t kFilesMax = 20'000'000;  // bytes of all attachments of one form
constexpr std::size_t kFileCountMax = 20;
constexpr std::size_t kTextMax = 20'000;  // characters of a report

// What a link leads to: a case, or what has become of it in the one that it was merged into.
struct Followed {
  core::CaseNumber number = 0;  // that the link names
  std::string subject, short_code, token;
  Instant opened_at;  // of its own, too
  core::Case lives;
  std::vector<core::Entry> journal;  // of that
};

// By the token in the path; not_found.
Result<Followed> followed_by(Context& context);

// A page in the making: who asks, in which language, and the frame around it.
struct ClientPage {
  explicit ClientPage(Context& context);

  Context& context;
  const Parts& parts;
  std::string language;
  Fill fill;

  std::string say(std::string_view name) const { return text_of(language, name); }
  std::string at(Instant t) const { return moment(t, parts.clock->now(), parts.zone, language); }
  // {NAME}_ISO, {NAME}_FULL and {NAME}_WHEN.
  void set_time(Fill& into, const std::string& name, Instant t) const;
  // One mistake beside its field: sections {NAME}_BAD with {NAME}_BAD_TEXT.
  void mistake(const std::string& name, std::string text);
  void bad(std::string text);  // above the form
  // Above everything: what is out of order, and what the company has to say.
  Status warn();
  ports::Response done(std::string_view name, int status = 200);
};

ports::Response no_such_case(Context& context);  // 404, or 429 to who tries many
ports::Response no_such_page(Context& context);  // 404: nothing at all is at this address
// Too often from one link: 429 and when again; zero: it may.
Duration wait_to_post(Context& context, PostLimiter Limits::*limit = &Limits::posts);
std::string wait_words(const ClientPage& page, Duration wait);
// Too many files, or too large: the sentence that says so; empty: they have room.
std::string files_mistake(const ClientPage& page, const Form& form);
// A form that was given out with `given`, and what was typed into it: the same twice is one press.
desk::WebForm web_form(const Form& form, std::string_view given);
const core::Procedure& shown_procedure(const Parts& parts, const std::string& language);
ports::Response moved(std::string to);  // 303

}  // namespace hejnal::api

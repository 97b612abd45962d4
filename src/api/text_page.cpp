// /c/TOKEN/text: an SMS has announced an email that has not come, and here its text is typed instead. A plain
// form, which works without a script. Reached by whoever has the link that the SMS to the client has named.
#include "api/client_page.hpp"
#include "base/email_address.hpp"
#include "base/text.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kSubjectMax = 200;  // characters

struct Typed {
  std::string subject, text, email;
};

void fill_case(ClientPage& page, const Followed& followed) {
  page.fill.set("TOKEN", followed.token)
      .set("NUMBER", std::to_string(followed.number))
      .set("CODE", followed.short_code);
}

// The SMS that has announced the email, as its sender wrote it.
Result<std::string> announcing_sms(Context& context, const Followed& followed) {
  HEJNAL_TRY(const auto messages, context.archive.messages(followed.lives.number));
  for (const ports::Message& m : messages) {
    if (!m.outgoing && !m.internal && m.channel == core::Channel::sms &&
        core::may_see(followed.lives, followed.number, m.number))
      return truncate_characters(m.text, 500);
  }
  return std::string();
}

Result<ports::Response> form_page(ClientPage& page, const Followed& followed, const Typed& typed,
                                  int status) {
  HEJNAL_TRY(const std::string sms, announcing_sms(page.context, followed));
  HEJNAL_TRY_VOID(page.warn());
  fill_case(page, followed);
  page.fill.set("TITLE", page.say("text_title"))
      .set("TEXT", typed.text)
      .set("SUBJECT", typed.subject)
      .set("EMAIL", typed.email);
  if (!sms.empty()) page.fill.row("SMS").set("SMS_TEXT", sms);
  if (!page.parts.desk_address.empty()) page.fill.row("MAIL").set("ADDRESS", page.parts.desk_address);
  return page.done("text", status);
}

// When nothing need be typed: just now (`thanks`), or before.
ports::Response done_page(ClientPage& page, const Followed& followed, bool thanks) {
  fill_case(page, followed);
  page.fill.set("TITLE", page.say(thanks ? "text_thanks" : "text_already"));
  page.fill.show(thanks ? "THANKS" : "ALREADY");
  if (thanks) page.fill.row("DONE").set("DONE_KEY", "text-" + followed.token);
  if (const auto& answer = followed.lives.debt(core::Promise::answer); answer && answer->running())
    page.set_time(page.fill.row("DUE"), "DUE", answer->due);
  return page.done("text_done");
}

bool tell_mistakes(ClientPage& page, const Typed& typed) {
  bool any = false;
  const auto tell = [&](const char* field, std::string text) {
    page.mistake(field, std::move(text));
    any = true;
  };
  const auto too_long = [&](const char* name, const std::string& text, std::size_t max) {
    return text_of(page.language, name, count_characters(text), max);
  };
  if (is_blank(typed.text)) tell("TEXT", page.say("bad_no_text"));
  if (count_characters(typed.text) > kTextMax) tell("TEXT", too_long("bad_text_long", typed.text, kTextMax));
  if (count_characters(typed.subject) > kSubjectMax)
    tell("SUBJECT", too_long("bad_subject_long", typed.subject, kSubjectMax));
  if (!typed.email.empty() && !email_address(typed.email)) tell("EMAIL", page.say("bad_email"));
  if (any) page.bad(page.say("bad_some"));
  return any;
}

Result<Followed> found(Context& context, std::optional<ports::Response>& missing) {
  auto followed = followed_by(context);
  if (!followed && followed.error().fault == Fault::not_found) missing = no_such_case(context);
  return followed;
}

}  // namespace

Result<ports::Response> text_page(Context& context) {
  std::optional<ports::Response> missing;
  const auto followed = found(context, missing);
  if (missing) return std::move(*missing);
  if (!followed) return tl::make_unexpected(followed.error());
  ClientPage page(context);
  const bool sent = context.request.has_parameter("sent");
  if (followed->lives.email_missing && !sent) return form_page(page, *followed, {}, 200);
  return done_page(page, *followed, sent);
}

Result<ports::Response> text_typed(Context& context) {
  std::optional<ports::Response> missing;
  const auto followed = found(context, missing);
  if (missing) return std::move(*missing);
  if (!followed) return tl::make_unexpected(followed.error());

  ClientPage page(context);
  const auto form = Form::read(context.request, context.parts.public_url);
  const Form fields = form ? *form : Form::of(context.request.body);
  const Typed typed{std::string(trim(fields["subject"])), std::string(trim(fields["text"])),
                    std::string(trim(fields["email"]))};
  if (!form && form.error().fault == Fault::refused) {
    page.bad(page.say("bad_site"));
    return form_page(page, *followed, typed, 403);
  }
  if (!form) return tl::make_unexpected(form.error());
  if (tell_mistakes(page, typed)) return form_page(page, *followed, typed, 400);
  if (const Duration wait = wait_to_post(context); wait > 0ms) {
    page.bad(wait_words(page, wait));
    HEJNAL_TRY(ports::Response response, form_page(page, *followed, typed, 429));
    response.headers.emplace_back("Retry-After", std::to_string((wait.count() + 999) / 1000));
    return response;
  }
  const desk::TypedText text{
      one_line(typed.subject), typed.text, email_address(typed.email).value_or(""), {}};
  HEJNAL_TRY_VOID(on_ledger<desk::Filed>(
      context, [&](desk::Desk& desk) { return desk.type_text(followed->number, text); }));
  return moved(fmt::format("/c/{}/text?sent", followed->token));
}

}  // namespace hejnal::api

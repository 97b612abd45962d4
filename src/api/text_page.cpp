// /c/TOKEN/text: an SMS has announced an email that has not come, and here its text is typed instead. A plain
// form, which works without a script. Reached by whoever has the link that the SMS to the client has named.
#include <fmt/format.h>

#include "api/follow.hpp"
#include "api/form.hpp"
#include "api/html.hpp"
#include "base/email_address.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kSubjectMax = 200, kTextMax = 20'000;  // characters

struct Words {
  const char *title, *intro, *your_sms, *subject, *subject_hint, *text, *text_hint, *email, *email_hint,
      *send, *or_email, *no_text, *text_long, *subject_long, *bad_email, *elsewhere, *too_often, *mistake,
      *thanks, *arrived, *whats_next, *due, *follow, *here_already, *nothing_to_do, *case_number, *code;
};

const Words& words_of(const std::string& language) {
  static const Words polish = {
      "Email nie dotarł",
      "Mamy Państwa SMS, ale email, który zapowiadał, do nas nie dotarł. Wystarczy wpisać jego treść tutaj. "
      "Dyżurny już wie o sprawie.",
      "Państwa SMS",
      "Temat",
      "Krótko, na przykład: Drukarka w kadrach nie drukuje. Można zostawić puste.",
      "Co się stało?",
      "Czego nie da się zrobić, od kiedy, ilu osób to dotyczy.",
      "Adres email do odpowiedzi",
      "Można zostawić puste: odpowiemy na znany nam adres albo SMS-em.",
      "Wyślij",
      "Można też wysłać email jeszcze raz na adres",
      "Proszę napisać, co się stało.",
      "Tekst jest za długi: {} znaków, a zmieści się {}.",
      "Temat jest za długi: {} znaków, a zmieści się {}.",
      "To nie wygląda na adres email, na przykład anna@firma.pl. Można zostawić puste.",
      "Formularz przyszedł z innej strony. Jeśli to Państwa tekst, proszę nacisnąć „Wyślij” jeszcze raz.",
      "Z tego linku wysłano już dużo wiadomości. Następną przyjmiemy za {} min. Tekst poniżej nie zginął.",
      "Jeszcze nic nie zostało wysłane. Proszę poprawić to, co zaznaczone.",
      "Dziękujemy",
      "Treść zgłoszenia dotarła i jest w sprawie. Emaila nie trzeba już wysyłać; jeśli przyjdzie później, "
      "dołączymy go do tej samej sprawy.",
      "Co dalej: ktoś z nas przeczyta zgłoszenie i odpowie.",
      "Odpowiedź należy się do",
      "Stan sprawy i dalsza rozmowa",
      "Nic nie trzeba wpisywać",
      "Mamy już treść tej sprawy. Jeśli chcą Państwo coś dodać, proszę to zrobić na stronie sprawy.",
      "Sprawa",
      "Krótki kod do SMS-ów"};
  static const Words english = {
      "The email has not arrived",
      "We have your SMS, but the email that it announced has not reached us. Just type its text here. The "
      "person on call knows of it already.",
      "Your SMS",
      "Subject",
      "In short, for example: the printer in accounting does not print. It may be left empty.",
      "What has happened?",
      "What cannot be done, since when, how many people it concerns.",
      "Email address for the answer",
      "It may be left empty: we will answer to the address that we know, or by SMS.",
      "Send",
      "Or send the email once more to",
      "Please write what has happened.",
      "The text is too long: {} characters, of which {} have room.",
      "The subject is too long: {} characters, of which {} have room.",
      "This does not look like an email address such as anna@company.com. It may be left empty.",
      "This form was sent by another site. If it is your text, please press \"Send\" once more.",
      "Many messages were sent from this link already. We take the next one in {} min. The text below is not "
      "lost.",
      "Nothing has been sent yet. Please correct what is marked.",
      "Thank you",
      "The text has arrived and stands in the case. The email need not be sent any more; should it come "
      "later, "
      "it will be put to the same case.",
      "What happens next: one of us will read the report and answer.",
      "An answer is owed by",
      "The state of the case, and the conversation",
      "There is nothing to type",
      "We have the text of this case already. If you want to add something, please do so on the page of the "
      "case.",
      "Case",
      "Short code for an SMS"};
  return language == "en" ? english : polish;
}

struct Typed {
  std::string subject, text, email;
};

struct Mistakes {
  std::string subject, text, email, whole;
  bool any() const { return !subject.empty() || !text.empty() || !email.empty() || !whole.empty(); }
};

std::string too_long(const char* words, const std::string& text, std::size_t max) {
  return fmt::format(fmt::runtime(words), count_characters(text), max);
}

Mistakes mistakes_in(const Typed& typed, const Words& w) {
  Mistakes m;
  if (is_blank(typed.text)) m.text = w.no_text;
  if (count_characters(typed.text) > kTextMax) m.text = too_long(w.text_long, typed.text, kTextMax);
  if (count_characters(typed.subject) > kSubjectMax)
    m.subject = too_long(w.subject_long, typed.subject, kSubjectMax);
  if (!typed.email.empty() && !email_address(typed.email)) m.email = w.bad_email;
  return m;
}

// One field: label, hint and mistake belong to it for those who hear the page instead of seeing it.
std::string field(const char* name, const char* label, const char* hint, const std::string& mistake,
                  const std::string& control) {
  std::string out = fmt::format(
      "<label for=\"{0}\">{1}</label>\n<p class=\"small\" id=\"{0}-hint\">{2}</p>\n", name, label, hint);
  if (!mistake.empty())
    out += fmt::format("<p class=\"bad\" id=\"{}-mistake\">{}</p>\n", name, escape_html(mistake));
  return out + control;
}

std::string described(const char* name, const std::string& mistake) {
  return mistake.empty()
             ? fmt::format("aria-describedby=\"{}-hint\"", name)
             : fmt::format("aria-invalid=\"true\" aria-describedby=\"{0}-mistake {0}-hint\"", name);
}

std::string form_page(const Parts& parts, const std::string& language, const Followed& followed,
                      const std::string& sms, const Typed& typed, const Mistakes& m) {
  const Words& w = words_of(language);
  std::string body =
      fmt::format("<p class=\"desk\">{}</p>\n<h1>{}</h1>\n", escape_html(parts.desk_name), w.title);
  if (!m.whole.empty()) {
    body += fmt::format("<p class=\"bad\" role=\"alert\">{}</p>\n", escape_html(m.whole));
  } else if (m.any()) {
    body += fmt::format("<p class=\"bad\" role=\"alert\">{}</p>\n", w.mistake);
  }
  body += fmt::format("<p>{}</p>\n", w.intro);
  if (!sms.empty())
    body += fmt::format("<blockquote><p class=\"who\">{}</p><pre>{}</pre></blockquote>\n", w.your_sms,
                        escape_html(sms));
  // No maxlength and no type="email": what a browser would cut off or refuse in words of its own is told
  // here, in ours.
  body += fmt::format("<form method=\"post\" action=\"/c/{}/text\">\n", escape_html(followed.token));
  body += field("text", w.text, w.text_hint, m.text,
                fmt::format("<textarea id=\"text\" name=\"text\" rows=\"8\" required {}>\n{}</textarea>\n",
                            described("text", m.text), escape_html(typed.text)));
  body += field("subject", w.subject, w.subject_hint, m.subject,
                fmt::format("<input id=\"subject\" name=\"subject\" autocomplete=\"off\" {} value=\"{}\">\n",
                            described("subject", m.subject), escape_html(typed.subject)));
  body += field("email", w.email, w.email_hint, m.email,
                fmt::format("<input id=\"email\" name=\"email\" inputmode=\"email\" autocomplete=\"email\" "
                            "autocapitalize=\"none\" spellcheck=\"false\" {} value=\"{}\">\n",
                            described("email", m.email), escape_html(typed.email)));
  body += fmt::format("<button>{}</button>\n</form>\n", w.send);
  body += fmt::format("<p class=\"small\">{} {} · {} <code>{}</code></p>\n", w.case_number, followed.number,
                      w.code, escape_html(followed.short_code));
  if (!parts.desk_address.empty())
    body += fmt::format("<p class=\"small\">{0} <a href=\"mailto:{1}\">{1}</a></p>\n", w.or_email,
                        escape_html(parts.desk_address));
  return html_page(language, w.title, body);
}

// When nothing need be typed: just now (`thanks`), or before.
std::string done_page(const Parts& parts, const std::string& language, const Followed& followed,
                      bool thanks) {
  const Words& w = words_of(language);
  const char* title = thanks ? w.thanks : w.here_already;
  std::string body =
      fmt::format("<p class=\"desk\">{}</p>\n<h1>{}</h1>\n", escape_html(parts.desk_name), title);
  if (thanks) {
    body += fmt::format("<p class=\"good\" role=\"status\">{}</p>\n<p>{}</p>\n", w.arrived, w.whats_next);
  } else {
    body += fmt::format("<p>{}</p>\n", w.nothing_to_do);
  }
  body += fmt::format("<dl>\n<dt>{}</dt><dd>{}</dd>\n", w.case_number, followed.number);
  if (const auto& answer = followed.lives.debt(core::Promise::answer); answer && answer->running())
    body += fmt::format("<dt>{}</dt><dd>{}</dd>\n", w.due,
                        escape_html(format_local(answer->due, parts.zone, language)));
  body +=
      fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n</dl>\n", w.code, escape_html(followed.short_code));
  body += fmt::format("<p><a href=\"/c/{}\">{}</a></p>\n", escape_html(followed.token), w.follow);
  return html_page(language, title, body);
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

Result<Followed> found(Context& context, const std::string& language,
                       std::optional<ports::Response>& missing) {
  auto followed = followed_by(context);
  if (!followed && followed.error().fault == Fault::not_found) missing = no_such_case(language);
  return followed;
}

Result<ports::Response> given_back(Context& context, const std::string& language, const Followed& followed,
                                   const Typed& typed, const Mistakes& mistakes, int status) {
  HEJNAL_TRY(const std::string sms, announcing_sms(context, followed));
  ports::Response response =
      html_response(form_page(context.parts, language, followed, sms, typed, mistakes));
  response.status = status;
  return response;
}

}  // namespace

Result<ports::Response> text_page(Context& context) {
  const std::string language = language_for(context.request, context.parts.procedure.language);
  std::optional<ports::Response> missing;
  const auto followed = found(context, language, missing);
  if (missing) return std::move(*missing);
  if (!followed) return tl::make_unexpected(followed.error());
  const bool sent = context.request.has_parameter("sent");
  if (followed->lives.email_missing && !sent) return given_back(context, language, *followed, {}, {}, 200);
  return html_response(done_page(context.parts, language, *followed, sent));
}

Result<ports::Response> text_typed(Context& context) {
  const std::string language = language_for(context.request, context.parts.procedure.language);
  const Words& w = words_of(language);
  std::optional<ports::Response> missing;
  const auto followed = found(context, language, missing);
  if (missing) return std::move(*missing);
  if (!followed) return tl::make_unexpected(followed.error());

  const auto form = Form::read(context.request, context.parts.public_url);
  const Form fields = form ? *form : Form::of(context.request.body);
  Typed typed{std::string(trim(fields["subject"])), std::string(trim(fields["text"])),
              std::string(trim(fields["email"]))};
  if (!form && form.error().fault == Fault::refused) {
    Mistakes foreign;
    foreign.whole = w.elsewhere;
    return given_back(context, language, *followed, typed, foreign, 403);
  }
  if (!form) return tl::make_unexpected(form.error());
  if (const Mistakes mistakes = mistakes_in(typed, w); mistakes.any())
    return given_back(context, language, *followed, typed, mistakes, 400);
  if (const Duration wait = wait_to_post(context); wait > 0ms) {
    Mistakes often;
    often.whole = fmt::format(fmt::runtime(w.too_often), (wait.count() + 59'999) / 60'000);
    HEJNAL_TRY(ports::Response response, given_back(context, language, *followed, typed, often, 429));
    response.headers.emplace_back("Retry-After", std::to_string((wait.count() + 999) / 1000));
    return response;
  }
  const desk::TypedText text{one_line(typed.subject), typed.text, email_address(typed.email).value_or("")};
  HEJNAL_TRY_VOID(on_ledger<desk::Filed>(
      context, [&](desk::Desk& desk) { return desk.type_text(followed->number, text); }));
  return ports::Response{
      303, "text/plain", "", {{"Location", fmt::format("/c/{}/text?sent", followed->token)}}};
}

}  // namespace hejnal::api

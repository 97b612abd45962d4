// The pages without sign-in: the procedure, and a client's own case.
#include <fmt/format.h>

#include <span>

#include "api/follow.hpp"
#include "api/form.hpp"
#include "api/html.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_pages();
}

namespace hejnal::api {

std::string html_page(std::string_view language, std::string_view title, std::string_view body) {
  return fmt::format(
      "<!DOCTYPE html>\n<html lang=\"{}\">\n<head>\n<meta charset=\"utf-8\">\n<meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">\n<title>{}</title>\n<link rel=\"stylesheet\" "
      "href=\"/style.css\">\n</head>\n<body>\n<main>\n{}\n</main>\n</body>\n</html>\n",
      escape_html(language), escape_html(title), body);
}

namespace {

std::string_view page_file(std::string_view name) {
  for (const EmbeddedFile& file : embedded_pages()) {
    if (file.name == name) return file.bytes;
  }
  return {};
}

// Words of the two languages side by side, so that neither is forgotten.
struct Words {
  const char *write_to, *sms_to, *case_number, *state, *answer_due, *nothing_due, *code, *your_text, *send,
      *missing, *sent, *we, *you, *settled, *closed, *states[6];
};

const Words& words_of(const std::string& language) {
  static const Words polish = {"Piszemy na adres",
                               "SMS na numer",
                               "Sprawa",
                               "Stan",
                               "Odpowiedź należy się do",
                               "Czekamy na Państwa",
                               "Krótki kod do SMS-ów",
                               "Dopisz coś do sprawy",
                               "Wyślij",
                               "Mamy SMS, ale email nie dotarł. Proszę wpisać tutaj jego treść.",
                               "Dziękujemy. Wiadomość dotarła.",
                               "My",
                               "Państwo",
                               "Sprawa jest załatwiona. Jeśli coś jeszcze nie działa, wystarczy napisać.",
                               "Sprawa jest zamknięta. Nowa wiadomość otworzy nową sprawę.",
                               {"nowa, nikt jeszcze nie przeczytał", "przeczytana", "w trakcie rozwiązywania",
                                "czeka na Państwa", "załatwiona", "zamknięta"}};
  static const Words english = {
      "Write to",
      "SMS to",
      "Case",
      "State",
      "An answer is owed by",
      "It is your turn",
      "Short code for an SMS",
      "Add something to the case",
      "Send",
      "We have your SMS, but the email has not arrived. Please type its text here.",
      "Thank you. Your message has arrived.",
      "We",
      "You",
      "The case is settled. If something still does not work, just write.",
      "The case is closed. A new message opens a new case.",
      {"new, nobody has read it yet", "read", "being worked on", "waiting for you", "settled", "closed"}};
  return language == "en" ? english : polish;
}

constexpr std::size_t kTypedMax = 100'000;  // characters

std::string case_page(const Parts& parts, const Followed& followed,
                      const std::vector<ports::Message>& messages, bool just_sent, const std::string& mistake,
                      const std::string& typed = {}) {
  const Words& w = words_of(parts.procedure.language);
  const core::Case& s = followed.lives;
  std::string body =
      fmt::format("<p class=\"desk\">{}</p>\n<h1>{} {}: {}</h1>\n", escape_html(parts.desk_name),
                  w.case_number, followed.number, escape_html(followed.subject));
  if (just_sent) body += fmt::format("<p class=\"good\" role=\"status\">{}</p>\n", w.sent);
  if (!mistake.empty()) body += fmt::format("<p class=\"bad\" role=\"alert\">{}</p>\n", escape_html(mistake));
  if (s.email_missing)
    body += fmt::format("<p class=\"bad\"><a href=\"/c/{}/text\">{}</a></p>\n", escape_html(followed.token),
                        w.missing);
  body += fmt::format("<dl>\n<dt>{}</dt><dd>{}</dd>\n", w.state, w.states[static_cast<std::size_t>(s.state)]);
  if (const auto& answer = s.debt(core::Promise::answer); answer && answer->running()) {
    body += fmt::format("<dt>{}</dt><dd>{}</dd>\n", w.answer_due,
                        escape_html(format_local(answer->due, parts.zone, parts.procedure.language)));
  }
  body +=
      fmt::format("<dt>{}</dt><dd><code>{}</code></dd>\n</dl>\n", w.code, escape_html(followed.short_code));
  if (s.state == core::State::settled) body += fmt::format("<p>{}</p>\n", w.settled);
  if (s.state == core::State::closed) body += fmt::format("<p>{}</p>\n", w.closed);
  body += "<ol class=\"talk\">\n";
  const ports::Message* before = nullptr;
  for (const ports::Message& m : messages) {
    if (m.internal || !core::may_see(s, followed.number, m.number)) continue;
    // The same answer, which a colleague has got, too.
    if (before && m.outgoing && before->outgoing && m.at == before->at && m.text == before->text) continue;
    before = &m;
    body += fmt::format("<li class=\"{}\"><p class=\"who\">{} · {}</p><pre>{}</pre></li>\n",
                        m.outgoing ? "out" : "in", m.outgoing ? w.we : w.you,
                        escape_html(format_local(m.at, parts.zone, parts.procedure.language)),
                        escape_html(m.text));
  }
  body += fmt::format(
      "</ol>\n<form method=\"post\" action=\"/c/{}\">\n<label for=\"text\">{}</label>\n<textarea id=\"text\" "
      "name=\"text\" rows=\"6\" "
      "required maxlength=\"{}\">{}</textarea>\n<button>{}</button>\n</form>\n",
      escape_html(followed.token), w.your_text, kTypedMax, escape_html(typed), w.send);
  return html_page(parts.procedure.language, fmt::format("{} {}", w.case_number, followed.number), body);
}

}  // namespace

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
    }
    if (row->summary.merged_into == 0) {
      HEJNAL_TRY(const auto journal, context.archive.journal(number));
      followed.lives = core::replay(journal);
      return followed;
    }
    number = row->summary.merged_into;
  }
  return fail(Fault::not_found, "there is no such case; perhaps the link was cut in two lines");
}

ports::Response no_such_case(const std::string& language) {
  ports::Response response = html_response(html_page(
      language, "404",
      language == "en" ? "<h1>There is no such case</h1><p>Perhaps the link was cut into two lines?</p>"
                       : "<h1>Nie ma takiej sprawy</h1><p>Może link został przecięty na dwa wiersze?</p>"));
  response.status = 404;
  return response;
}

Duration wait_to_post(Context& context) {
  return context.posts ? context.posts->wait(context.segments.at(0), context.parts.clock->now()) : 0ms;
}

std::string procedure_html(const core::Procedure& p, const std::string& desk_name, const std::string& address,
                           const std::string& sms_number) {
  const Words& w = words_of(p.language);
  std::string body =
      fmt::format("<p class=\"desk\">{}</p>\n<h1>{}</h1>\n", escape_html(desk_name), escape_html(p.title));
  if (!address.empty())
    body += fmt::format("<p class=\"how\">{}: <a href=\"mailto:{}\">{}</a></p>\n", w.write_to,
                        escape_html(address), escape_html(address));
  if (!sms_number.empty())
    body += fmt::format("<p class=\"how\">{}: <a href=\"sms:{}\">{}</a></p>\n", w.sms_to,
                        escape_html(sms_number), escape_html(sms_number));
  const auto row = [](const std::string& a, const std::string& b, const std::string& c) {
    return fmt::format("<tr><th scope=\"row\">{}</th><td>{}</td><td>{}</td></tr>\n", escape_html(a),
                       escape_html(b), escape_html(c));
  };
  for (const core::ServiceClass& c : p.classes) {
    body += fmt::format("<section>\n<h2>{}</h2>\n<table>\n<thead><tr>", escape_html(c.title));
    for (const std::string& column : p.columns)
      body += fmt::format("<th scope=\"col\">{}</th>", escape_html(column));
    body += "</tr></thead>\n<tbody>\n";
    for (const core::Step& step : c.steps) body += row(step.wait_text, step.means_text, step.note);
    if (!c.phone.note.empty()) body += row(c.phone.wait_text, c.phone.means_text, c.phone.note);
    body += "</tbody>\n</table>\n</section>\n";
  }
  if (!p.prolonged_text.empty()) {
    body += fmt::format("<section>\n<h2>{}</h2>\n<p>{}</p>\n</section>\n", escape_html(p.prolonged_title),
                        escape_html(p.prolonged_text));
  }
  return html_page(p.language, p.title, body);
}

Result<ports::Response> procedure_page(Context& context) {
  const Parts& parts = context.parts;
  ports::Response response =
      html_response(procedure_html(parts.procedure, parts.desk_name, parts.desk_address, parts.sms_number));
  return response;
}

Result<ports::Response> follow_page(Context& context) {
  const auto followed = followed_by(context);
  if (!followed) {
    if (followed.error().fault != Fault::not_found) return tl::make_unexpected(followed.error());
    return no_such_case(context.parts.procedure.language);
  }
  HEJNAL_TRY(const auto messages, context.archive.messages(followed->lives.number));
  return html_response(
      case_page(context.parts, *followed, messages, context.request.has_parameter("sent"), {}));
}

Result<ports::Response> follow_reply(Context& context) {
  HEJNAL_TRY(const Followed followed, followed_by(context));
  const auto form = Form::read(context.request, context.parts.public_url);
  if (!form && form.error().fault != Fault::refused) return tl::make_unexpected(form.error());
  const std::string text(trim((form ? *form : Form::of(context.request.body))["text"]));
  const bool polish = context.parts.procedure.language != "en";
  const auto given_back = [&](int status, const std::string& mistake) -> Result<ports::Response> {
    HEJNAL_TRY(const auto messages, context.archive.messages(followed.lives.number));
    ports::Response response =
        html_response(case_page(context.parts, followed, messages, false, mistake, text));
    response.status = status;
    return response;
  };
  if (!form)
    return given_back(403, polish ? "Formularz przyszedł z innej strony. Jeśli to Państwa tekst, proszę "
                                    "wysłać go jeszcze raz."
                                  : "This form was sent by another site. If it is your text, please send it "
                                    "once more.");
  if (is_blank(text) || count_characters(text) > kTypedMax)
    return given_back(400, polish ? "Proszę wpisać treść (najwyżej 100 000 znaków)."
                                  : "Please type a text (at most 100,000 characters).");
  if (const Duration wait = wait_to_post(context); wait > 0ms)
    return given_back(429, polish
                               ? "Z tego linku wysłano już dużo wiadomości. Proszę spróbować później."
                               : "Many messages were sent from this link already. Please try again later.");
  HEJNAL_TRY_VOID(on_ledger<desk::Filed>(context, [&](desk::Desk& desk) {
    return desk.type_text(followed.number, {{}, text, {}});
  }));
  return ports::Response{
      303, "text/plain", "", {{"Location", fmt::format("/c/{}?sent", context.segments.at(0))}}};
}

Result<ports::Response> stylesheet(Context&) {
  return ports::Response{200,
                         "text/css; charset=utf-8",
                         std::string(page_file("style.css")),
                         {{"Cache-Control", "max-age=300"}}};
}

Result<ports::Response> sandbox_page(Context&) {
  return html_response(std::string(page_file("sandbox.html")));
}

Result<ports::Response> sandbox_script(Context&) {
  return ports::Response{200,
                         "text/javascript; charset=utf-8",
                         std::string(page_file("sandbox.js")),
                         {{"Cache-Control", "no-store"}}};
}

}  // namespace hejnal::api

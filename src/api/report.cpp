// /report: a client reports without an email. Two steps, which are one form: what has happened, then what
// will happen and when, with the files. Nothing is kept between them but what the form itself carries, and
// the thanks come after the commit. Reached by anybody, robots among them.
#include <array>

#include "api/client_page.hpp"
#include "base/email_address.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "core/client_next.hpp"

namespace hejnal::api {

namespace {

constexpr std::size_t kSubjectMax = 80, kNameMax = 200;  // characters

struct Typed {
  std::string class_name, text, name, email, phone, form, trap;
};

Typed typed_in(const Form& form) {
  Typed out;
  out.class_name = one_line(form["class"]);
  out.text = std::string(trim(form["text"]));
  out.name = truncate_characters(one_line(form["name"]), kNameMax);
  out.email = truncate_characters(one_line(form["email"]), kNameMax);
  out.phone = truncate_characters(one_line(form["phone"]), 50);
  out.form = truncate_characters(one_line(form["form"]), 64);
  out.trap = std::string(trim(form["website"]));
  return out;
}

std::string new_form_id() {
  std::array<char, 16> bytes;
  fill_random(bytes.data(), bytes.size());
  return to_hex({bytes.data(), bytes.size()});
}

// The first line of what was written stands for a subject.
std::string subject_of(const std::string& text) {
  std::string_view first = text;
  first = first.substr(0, first.find('\n'));
  const std::string line = one_line(first);
  return count_characters(line) <= kSubjectMax ? line : truncate_characters(line, kSubjectMax - 1) + "…";
}

void fill_typed(ClientPage& page, const Typed& typed) {
  page.fill.set("TEXT", typed.text)
      .set("NAME", typed.name)
      .set("EMAIL", typed.email)
      .set("PHONE", typed.phone)
      .set("FORM", typed.form.empty() ? new_form_id() : typed.form)
      .set("TRAP", "");
}

const core::ServiceClass* class_of(const Parts& parts, const std::string& language, const std::string& id) {
  const core::ServiceClass* shown = shown_procedure(parts, language).find(id);
  return shown ? shown : parts.procedure.find(id);
}

Result<ports::Response> first_step(ClientPage& page, const Typed& typed, int status) {
  HEJNAL_TRY_VOID(page.warn());
  page.fill.set("TITLE", page.say("report_title"));
  fill_typed(page, typed);
  int number = 0;
  for (const core::ServiceClass& one : page.parts.procedure.classes) {
    const core::ServiceClass* shown = class_of(page.parts, page.language, one.id);
    Fill& row = page.fill.row("CLASS");
    row.set("CLASS_ID", one.id).set("CLASS_NUMBER", std::to_string(++number));
    row.set("SITUATION", shown->situation.empty() ? shown->title : shown->situation);
    if (!shown->examples.empty()) row.row("EXAMPLES").set("EXAMPLES_TEXT", shown->examples);
    if (one.id == typed.class_name) row.show("CHOSEN");
  }
  return page.done("report", status);
}

Result<ports::Response> second_step(ClientPage& page, const Typed& typed, int status) {
  HEJNAL_TRY_VOID(page.warn());
  const core::ServiceClass& service = page.parts.procedure.at(typed.class_name);
  const core::ServiceClass* shown = class_of(page.parts, page.language, service.id);
  const core::Outlook look = core::outlook(service, page.parts.clock->now());
  page.fill.set("TITLE", page.say("preview_title")).set("CLASS_ID", service.id);
  fill_typed(page, typed);
  page.fill.set("SITUATION", shown->situation.empty() ? shown->title : shown->situation);
  page.fill.set("RECEIPT", typed.email.empty() ? text_of(page.language, "plan_receipt_sms", typed.phone)
                                               : text_of(page.language, "plan_receipt_email", typed.email));
  page.fill.show("AT_ONCE", look.told_at_once);
  page.fill.set("REACT", page.at(look.react_by)).set("REACT_ISO", format_rfc3339(look.react_by));
  page.fill.set("ANSWER", page.at(look.answer_by)).set("ANSWER_ISO", format_rfc3339(look.answer_by));
  if (look.remind_at)
    page.fill.row("REMIND")
        .set("REMIND_AT", limit(*look.remind_at, page.parts.clock->now(), page.parts.zone, page.language))
        .set("REMIND_ISO", format_rfc3339(*look.remind_at));
  std::string who;
  for (const std::string& one : {typed.name, typed.email, typed.phone}) {
    if (!one.empty()) who += (who.empty() ? "" : ", ") + one;
  }
  if (!who.empty()) page.fill.row("WHO").set("WHO_TEXT", who);
  return page.done("preview", status);
}

// Beside their fields; false: there are none.
bool tell_mistakes(ClientPage& page, const Typed& typed) {
  bool any = false;
  const auto tell = [&](const char* field, std::string text) {
    page.mistake(field, std::move(text));
    any = true;
  };
  if (!page.parts.procedure.find(typed.class_name)) tell("CLASS", page.say("bad_class"));
  if (is_blank(typed.text)) tell("TEXT", page.say("bad_no_text"));
  if (count_characters(typed.text) > kTextMax)
    tell("TEXT", text_of(page.language, "bad_text_long", count_characters(typed.text), kTextMax));
  if (!typed.email.empty() && !email_address(typed.email)) tell("EMAIL", page.say("bad_email"));
  if (!typed.phone.empty() && page.parts.normal_number(typed.phone).empty())
    tell("PHONE", page.say("bad_phone"));
  if (typed.email.empty() && typed.phone.empty()) tell("EMAIL", page.say("bad_no_contact"));
  if (any) page.bad(page.say("bad_some"));
  // Law: accepted means kept. So a robot is not thanked in secret; it is told, and does not understand.
  if (!typed.trap.empty()) {
    page.bad(page.say("bad_trap"));
    any = true;
  }
  return any;
}

Duration wait_to_report(Context& context) {
  if (!context.limits) return Duration(0);
  const Instant now = context.parts.clock->now();
  const std::string caller = caller_of(context);
  if (!caller.empty()) {
    if (const Duration wait = context.limits->reports.wait(caller, now); wait > 0ms) return wait;
  }
  return context.parts.sandbox.world ? Duration(0) : context.limits->all_reports.wait("", now);
}

Result<ports::Response> send(Context& context, const Form& form, const Typed& typed) {
  desk::NewReport report;
  report.class_name = typed.class_name;
  report.subject = subject_of(typed.text);
  report.text = typed.text;
  report.client.name = typed.name;
  report.client.email = email_address(typed.email).value_or("");
  if (!typed.phone.empty()) report.client.phone = context.parts.normal_number(typed.phone);
  report.channel = core::Channel::web;
  report.by = "the client, on the page,";
  report.form = web_form(form, typed.form);
  HEJNAL_TRY(const desk::Filed filed,
             on_ledger<desk::Filed>(context, [&](desk::Desk& desk) { return desk.report(report); }));
  HEJNAL_TRY(const auto row, context.archive.find(filed.number));
  if (!row) return fail(Fault::retry_later, "the case cannot be read yet");
  return moved(fmt::format("/c/{}?thanks", row->token));
}

}  // namespace

Result<ports::Response> report_page(Context& context) {
  ClientPage page(context);
  Typed typed;
  typed.class_name = one_line(context.request.parameter("class"));  // a link may choose it already
  return first_step(page, typed, 200);
}

Result<ports::Response> report_sent(Context& context) {
  ClientPage page(context);
  const FormReader& reader = context.parts.read_form;
  const auto read = Form::read(context.request, context.parts.public_url, reader);
  const Form form = read ? *read : Form::of(context.request, reader);
  const Typed typed = typed_in(form);
  if (!read) {
    if (read.error().fault != Fault::refused && read.error().fault != Fault::malformed)
      return tl::make_unexpected(read.error());
    const bool foreign = read.error().fault == Fault::refused;
    page.bad(page.say(foreign ? "bad_site" : "bad_form"));
    return first_step(page, typed, foreign ? 403 : 400);
  }
  const std::string& wanted = form["do"];
  if (wanted == "back") return first_step(page, typed, 200);
  if (tell_mistakes(page, typed)) return first_step(page, typed, 400);
  if (wanted != "send") return second_step(page, typed, 200);
  if (std::string wrong = files_mistake(page, form); !wrong.empty()) {
    page.bad(page.say("bad_some"));
    page.mistake("FILE", std::move(wrong));
    return second_step(page, typed, 400);
  }
  if (const Duration wait = wait_to_report(context); wait > 0ms) {
    page.bad(wait_words(page, wait));
    HEJNAL_TRY(ports::Response response, second_step(page, typed, 429));
    response.headers.emplace_back("Retry-After", std::to_string((wait.count() + 999) / 1000));
    return response;
  }
  return send(context, form, typed);
}

}  // namespace hejnal::api

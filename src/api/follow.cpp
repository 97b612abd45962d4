// /c/TOKEN: a case as its client sees it, and what can be said there. Every form works without a script.
// Nothing that people of the desk write among themselves comes near it: messages are asked whether they are
// internal, and of the journal only times are read.
#include "api/client_page.hpp"
#include "base/hash.hpp"
#include "base/text.hpp"
#include "core/client_next.hpp"

namespace hejnal::api {

namespace {

using core::Channel;
using core::State;

constexpr std::size_t kReplyMax = 100'000;  // characters

std::string_view state_words(const core::Case& c) {
  if (c.state == State::closed) return "state_closed";
  if (c.state == State::settled) return "state_settled";
  if (c.email_missing) return "state_missing";
  switch (c.state) {
    case State::fresh:
      return "state_new";
    case State::read:
      return "state_read";
    case State::working:
      return "state_working";
    default:
      return core::open_question(c) ? "state_asked" : "state_waiting";
  }
}

std::optional<Instant> started_at(const std::vector<core::Entry>& journal) {
  for (const core::Entry& entry : journal) {
    const auto* acted = std::get_if<core::Acted>(&entry.body);
    const auto* said = std::get_if<core::Said>(&entry.body);
    if ((acted && acted->action == core::Action::start) ||
        (said && said->what == core::NoticeKind::start_of_work))
      return entry.at;
  }
  return std::nullopt;
}

// When the client has last written on the page.
std::optional<Instant> written_at(const std::vector<core::Entry>& journal) {
  for (auto entry = journal.rbegin(); entry != journal.rend(); ++entry) {
    const auto* received = std::get_if<core::Received>(&entry->body);
    if (received && received->channel == Channel::web) return entry->at;
  }
  return std::nullopt;
}

// The way of the case, what is behind it with its time. A step that was left out is not shown as missing.
void fill_steps(ClientPage& page, const Followed& followed) {
  const core::Case& c = followed.lives;
  struct Step {
    const char* name;
    std::optional<Instant> at;
  };
  Step steps[] = {{"step_arrived", followed.opened_at},
                  {"step_read", c.read_at},
                  {"step_started", started_at(followed.journal)},
                  {"step_answered", c.answered_at},
                  {"step_settled", c.settled_at}};
  for (Step& step : steps) {  // of a case that it was merged into, and somebody else's
    if (step.at && *step.at < followed.opened_at) step.at.reset();
  }
  std::size_t last = 0;
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    if (steps[i].at) last = i;
  }
  if (c.state == State::closed || c.state == State::settled) last = std::size(steps) - 1;
  for (std::size_t i = 0; i < std::size(steps); ++i) {
    const auto& [name, at] = steps[i];
    if (!at && (i < last || c.state == State::closed)) continue;
    if (!at && i == std::size(steps) - 1 && !c.answered_at) continue;  // not yet of interest
    Fill& row = page.fill.row("STEP");
    row.set("STEP_NAME", page.say(name)).set("STEP_CLASS", at ? "done" : "later");
    if (at) {
      row.row("STEP_AT").set("ISO", format_rfc3339(*at)).set("WHEN", page.at(*at));
    } else {
      row.show("STEP_NOT");
    }
  }
}

void fill_due(ClientPage& page, const core::Case& c) {
  const auto& answer = c.debt(core::Promise::answer);
  if (!answer || !answer->running()) return;
  page.set_time(page.fill.row(page.parts.clock->now() < answer->due ? "DUE" : "OVERDUE"), "DUE", answer->due);
}

// What the client's matter has to do with an outage; those that are over say no more of it.
Status fill_outage(ClientPage& page, const core::Case& c) {
  const core::OutageId id = c.outage != 0 ? c.outage : c.like_outage;
  if (id == 0 || c.state == State::closed || c.state == State::settled) return {};
  HEJNAL_TRY(const core::Outage o, page.context.archive.outages().load(id));
  if (!o.open()) return {};
  page.fill.row(c.outage != 0 ? "IN_OUTAGE" : "LIKE_OUTAGE")
      .set("OUTAGE_ID", std::to_string(id))
      .set("SAID", o.words.front().text)
      .set("SAID_LANG", page.parts.procedure.language);
  return {};
}

// That who is on call was told: as long as it counts, which the case says and not the address of the page.
// One that a telephone brings back hours later must not claim it. `again`: the button was pressed once more.
void fill_reminded(ClientPage& page, Instant told, bool again) {
  constexpr Duration kJust = 5min;
  if (again) {
    page.fill.show("TOLD");
  } else if (page.parts.clock->now() - told < kJust) {
    page.fill.show("REMINDED");
  } else {
    page.set_time(page.fill.row("REMINDED_AT"), "REMINDED", told);
  }
}

Status fill_next(ClientPage& page, const core::Case& c) {
  using enum core::ClientNext::What;
  std::optional<core::Procedure> own;  // a case keeps the version that it was opened under
  if (c.procedure != page.parts.procedure.version) {
    HEJNAL_TRY(const std::string text, page.context.archive.procedure_text(c.procedure));
    if (!text.empty()) {
      HEJNAL_TRY(own, page.parts.procedures.read(text, "procedure"));
    }
  }
  const core::ClientNext next = core::client_next(own ? *own : page.parts.procedure, c);
  const Instant now = page.parts.clock->now();
  const auto section = [&](const char* name) {
    Fill& row = page.fill.row(name);
    if (next.at) row.set("AT", limit(*next.at, now, page.parts.zone, page.language));
  };
  switch (next.what) {
    case remind:
      if (*next.at <= now) {
        section("REMIND_NOW");
        page.fill.show("QUIET");
      } else {
        section("REMIND_LATER");
        if (c.reminded_at) fill_reminded(page, *c.reminded_at, page.context.request.has_parameter("told"));
      }
      break;
    case wait:
      section("WAIT");
      break;
    case type_text:
      page.fill.show("QUIET");
      section("TYPE");
      break;
    case answer_question:
      section("QUESTION");
      break;
    case look:
      page.fill.show("QUIET");
      section("LOOK");
      break;
    case nothing:
      section("NOTHING");
      break;
    case write_anew:
      section("ANEW");
      break;
  }
  return {};
}

std::string size_words(std::int64_t bytes, const std::string& language) {
  if (bytes < 1000) return fmt::format("{} B", bytes);
  if (bytes < 1'000'000) return fmt::format("{} kB", (bytes + 500) / 1000);
  std::string out = fmt::format("{:.1f} MB", static_cast<double>(bytes) / 1e6);
  if (language == "pl") out[out.find('.')] = ',';
  return out;
}

// Without what stands under a mail of ours: it says where one is already.
std::string words_of(const ports::Message& m) {
  if (!m.outgoing) return m.text;
  return std::string(trim(std::string_view(m.text).substr(0, m.text.find("\n-- \n"))));
}

void fill_talk(ClientPage& page, const Followed& followed, const std::vector<ports::Message>& messages) {
  const ports::Message* before = nullptr;
  for (const ports::Message& m : messages) {
    if (m.internal || !core::may_see(followed.lives, followed.number, m.number)) continue;
    // The same answer, which a colleague has got, too.
    if (before && m.outgoing && before->outgoing && m.at == before->at && m.text == before->text) continue;
    before = &m;
    Fill& row = page.fill.row("MESSAGE");
    row.set("SIDE", m.outgoing ? "out" : "in")
        .set("WHO", page.say(m.outgoing ? "we" : "you"))
        .set("ISO", format_rfc3339(m.at))
        .set("WHEN", page.at(m.at))
        .set("TEXT", m.channel == Channel::call ? page.say("call_words") : words_of(m));
    if (m.outgoing && m.automatic) {
      row.show("AUTO");
      row.show("SMALL");
      continue;
    }
    Fill& human = row.row("HUMAN");
    if (m.channel == Channel::sms) human.row("BY").set("BY_TEXT", page.say("by_sms"));
    if (m.channel == Channel::call) human.row("BY").set("BY_TEXT", page.say("by_call"));
    if (m.channel == Channel::web) human.row("BY").set("BY_TEXT", page.say("by_web"));
    for (const auto& one : m.attachments)
      human.row("FILE").set("FILE_NAME", one.name).set("FILE_SIZE", size_words(one.size, page.language));
  }
}

// What the page was like when it was shown: a form that comes from it twice is one press.
std::string given_form(const Followed& followed) {
  return content_hash(fmt::format("{}/{}", followed.token, followed.lives.entries)).substr(0, 16);
}

Status fill_case(ClientPage& page, const Followed& followed, const std::string& typed) {
  HEJNAL_TRY(const auto messages, page.context.archive.messages(followed.lives.number));
  HEJNAL_TRY_VOID(page.warn());
  const core::Case& c = followed.lives;
  const std::string number = std::to_string(followed.number);
  page.fill.set("TOKEN", followed.token).set("NUMBER", number).set("CODE", followed.short_code);
  page.fill.set("TITLE", fmt::format("{} {}: {}", page.say("case"), number, page.say(state_words(c))));
  page.fill.set("HEADING", is_blank(followed.subject) ? page.say("case") + " " + number : followed.subject);
  page.fill.set("STATE", page.say(state_words(c))).set("FORM", given_form(followed)).set("TYPED", typed);
  page.fill.set("REPLY_LABEL", page.say(core::open_question(c) ? "reply_answer" : "reply_label"));
  fill_steps(page, followed);
  fill_due(page, c);
  HEJNAL_TRY_VOID(fill_outage(page, c));
  HEJNAL_TRY_VOID(fill_next(page, c));
  fill_talk(page, followed, messages);
  const bool is_over = c.state == State::settled || c.state == State::closed;
  page.fill.show("MAY_WORK",
                 !is_over && !c.email_missing && (c.state != State::waiting || core::open_question(c)));
  return {};
}

Result<ports::Response> given_back(Context& context, const Followed& followed, const std::string& typed,
                                   const char* field, std::string mistake, int status) {
  ClientPage page(context);
  HEJNAL_TRY_VOID(fill_case(page, followed, typed));
  page.bad(field ? page.say("bad_some") : mistake);
  if (field) page.mistake(field, std::move(mistake));
  return page.done("follow", status);
}

// What all presses on the page have in common. Nothing: go on. Otherwise what is answered instead. `limit`:
// of what is written, or of one of the buttons; who has written much must still be able to wake us.
Result<std::optional<ports::Response>> refused_press(Context& context, const Followed& followed,
                                                     const std::string& typed, PostLimiter Limits::*limit) {
  const std::string language = ClientPage(context).language;
  if (is_from_another_site(context.request, context.parts.public_url)) {
    HEJNAL_TRY(ports::Response response,
               given_back(context, followed, typed, nullptr, text_of(language, "bad_site"), 403));
    return std::optional(std::move(response));
  }
  if (const Duration wait = wait_to_post(context, limit); wait > 0ms) {
    HEJNAL_TRY(ports::Response response,
               given_back(context, followed, typed, nullptr, wait_words(ClientPage(context), wait), 429));
    response.headers.emplace_back("Retry-After", std::to_string((wait.count() + 999) / 1000));
    return std::optional(std::move(response));
  }
  return std::optional<ports::Response>();
}

Result<Followed> found(Context& context, std::optional<ports::Response>& missing) {
  auto followed = followed_by(context);
  if (!followed && followed.error().fault == Fault::not_found) missing = no_such_case(context);
  return followed;
}

// One of the two buttons.
Result<ports::Response> press(Context& context, bool works) {
  std::optional<ports::Response> instead;
  const auto followed = found(context, instead);
  if (instead) return std::move(*instead);
  if (!followed) return tl::make_unexpected(followed.error());
  HEJNAL_TRY(instead, refused_press(context, *followed, {}, works ? &Limits::works : &Limits::reminders));
  if (instead) return std::move(*instead);
  const std::string words = text_of(ClientPage(context).language, works ? "works_words" : "remind_words");
  const auto done = on_ledger<desk::Filed>(context, [&](desk::Desk& desk) {
    return works ? desk.works_again(followed->number, words) : desk.remind(followed->number, words);
  });
  if (!done && done.error().fault != Fault::conflict) return tl::make_unexpected(done.error());
  // Pressed twice: what it was for has happened. Else the page was an old one, and the new one says what is
  // so.
  const core::Case& c = followed->lives;
  const bool owed = c.state == State::fresh || c.state == State::read || c.state == State::working;
  const char* said = works ? "?works" : !done && c.reminded_at && owed ? "?told" : "";
  return moved(fmt::format("/c/{}{}", followed->token, said));
}

}  // namespace

Result<ports::Response> follow_page(Context& context) {
  std::optional<ports::Response> missing;
  const auto followed = found(context, missing);
  if (missing) return std::move(*missing);
  if (!followed) return tl::make_unexpected(followed.error());
  ClientPage page(context);
  const ports::Request& request = context.request;
  // What was just done is said once: who comes back to the address later has not done it again.
  const auto just = [&](std::optional<Instant> at) {
    constexpr Duration kJust = 10min;
    return at && page.parts.clock->now() - *at < kJust;
  };
  const core::Case& c = followed->lives;
  const bool over = c.state == State::settled || c.state == State::closed;
  if (request.has_parameter("thanks") && just(followed->opened_at)) {
    page.fill.show("THANKS");
    page.fill.row("DONE").set("DONE_KEY", "report");
  }
  if (request.has_parameter("sent") && just(written_at(followed->journal))) {
    page.fill.show("SENT");
    page.fill.row("DONE").set("DONE_KEY", followed->token);
  }
  if (request.has_parameter("works") && over && just(c.settled_at)) page.fill.show("WORKED");
  HEJNAL_TRY_VOID(fill_case(page, *followed, {}));
  ports::Response response = page.done("follow");
  // A page that is open asks again and again; mostly nothing has changed.
  const std::string etag = "\"" + content_hash(response.body).substr(0, 20) + "\"";
  response.headers.emplace_back("ETag", etag);
  if (trim(request.header("if-none-match")) == etag) {
    response.status = 304;
    response.body.clear();
  }
  return response;
}

Result<ports::Response> follow_reply(Context& context) {
  std::optional<ports::Response> instead;
  const auto followed = found(context, instead);
  if (instead) return std::move(*instead);
  if (!followed) return tl::make_unexpected(followed.error());
  const FormReader& reader = context.parts.read_form;
  const auto read = Form::read(context.request, context.parts.public_url, reader);
  const Form form = read ? *read : Form::of(context.request, reader);
  std::string text(trim(form["text"]));
  if (!read && read.error().fault != Fault::refused && read.error().fault != Fault::malformed)
    return tl::make_unexpected(read.error());
  const ClientPage page(context);
  if (!read && read.error().fault == Fault::malformed)
    return given_back(context, *followed, text, nullptr, page.say("bad_form"), 400);
  if (std::string wrong = files_mistake(page, form); !wrong.empty())
    return given_back(context, *followed, text, "FILE", std::move(wrong), 400);
  if (count_characters(text) > kReplyMax)
    return given_back(context, *followed, text, "TEXT",
                      text_of(page.language, "bad_text_long", count_characters(text), kReplyMax), 400);
  if (is_blank(text) && form.attachments().empty())
    return given_back(context, *followed, text, "TEXT", page.say("bad_no_text"), 400);
  HEJNAL_TRY(instead, refused_press(context, *followed, text, &Limits::posts));
  if (instead) return std::move(*instead);
  if (is_blank(text)) text = page.say("only_files");
  const desk::TypedText typed{{},
                              text,
                              {},
                              form["form"].empty() ? desk::WebForm{{}, form.attachments(), form.raw()}
                                                   : web_form(form, form["form"])};
  HEJNAL_TRY(const desk::Filed filed, on_ledger<desk::Filed>(context, [&](desk::Desk& desk) {
               return desk.type_text(followed->number, typed);
             }));
  // What was closed has gone on in a case of its own.
  if (followed->lives.state == State::closed && filed.number != 0 && filed.number != followed->lives.number) {
    HEJNAL_TRY(const auto row, context.archive.find(filed.number));
    if (row) return moved(fmt::format("/c/{}?sent", row->token));
  }
  return moved(fmt::format("/c/{}?sent", followed->token));
}

Result<ports::Response> follow_remind(Context& context) { return press(context, false); }
Result<ports::Response> follow_works(Context& context) { return press(context, true); }

}  // namespace hejnal::api

#include "carriers/words/templates.hpp"

#include <fmt/core.h>

#include <algorithm>
#include <array>
#include <span>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "base/zone.hpp"
#include "core/sms_command.hpp"
#include "wire/sms/text.hpp"

namespace hejnal {
std::span<const EmbeddedFile> embedded_templates();
}

namespace hejnal::carriers {

namespace {

constexpr std::array<std::string_view, 27> kNames = {
    "number",   "code",     "tag",   "class",      "subject",    "client", "email",   "phone", "text",
    "reply",    "why",      "due",   "late",       "follow",     "desk",   "waits",   "ring",  "sms_number",
    "case_url", "text_url", "found", "desk_email", "desk_phone", "outage", "elapsed", "count", "client_code"};

// Of a subject in an SMS: the number, the code and what to reply must not be pushed into a second segment.
constexpr std::size_t kSubjectInSmsMax = 40;
constexpr std::size_t kOutageInSmsMax = 160;

// Replaces {name}. A line that has placeholders, all of them empty, is left out.
template <class ValueOf>
std::string fill(std::string_view text, const ValueOf& value_of) {
  std::string out;
  for (std::string_view line : split(text, '\n')) {
    std::string filled;
    bool has_placeholder = false, has_value = false;
    while (!line.empty()) {
      const auto open = line.find('{');
      const auto close = open == std::string_view::npos ? open : line.find('}', open);
      const std::optional<std::string> value =
          close == std::string_view::npos ? std::nullopt : value_of(line.substr(open + 1, close - open - 1));
      if (!value) {
        const auto end = close == std::string_view::npos ? line.size() : close + 1;
        filled += line.substr(0, end);
        line.remove_prefix(end);
        continue;
      }
      filled += line.substr(0, open);
      filled += *value;
      has_placeholder = true;
      has_value = has_value || !value->empty();
      line.remove_prefix(close + 1);
    }
    if (has_placeholder && !has_value) continue;
    out += filled;
    out += '\n';
  }
  while (out.ends_with("\n\n")) out.pop_back();
  return out;
}

// A subject that a client has kept from an older case has that one's tag; the mail gets its own.
std::string without_tags(std::string_view subject) {
  std::string out;
  bool removed = false;
  while (!subject.empty()) {
    const auto begin = subject.find("[#");
    const auto end = begin == std::string_view::npos ? begin : subject.find(']', begin);
    if (end == std::string_view::npos) break;
    const std::string_view inside = subject.substr(begin + 2, end - begin - 2);
    const auto digits = inside.find_first_not_of("0123456789");
    const bool ours = digits != 0 && digits != std::string_view::npos && inside[digits] == ' ' &&
                      inside.size() - digits == 6 && inside.find(' ', digits + 1) == std::string_view::npos;
    out += subject.substr(0, ours ? begin : end + 1);
    subject.remove_prefix(end + 1);
    removed = removed || ours;
  }
  out += subject;
  return removed ? collapse_space(out) : out;
}

// Why on call is told, in the desk's language.
std::string reason_text(const core::Notice& n, bool polish) {
  const std::string elapsed = format_duration(Duration(n.elapsed_ms));
  const bool just_now = n.elapsed_ms < 60'000;
  switch (n.reason) {
    case core::AlertReason::none:
      return {};
    case core::AlertReason::grave_report:
      return polish ? "nowe zgłoszenie" : "a new report";
    case core::AlertReason::unread:
      return fmt::format(fmt::runtime(polish ? "nikt nie przeczytał od {}" : "nobody has read it for {}"),
                         elapsed);
    case core::AlertReason::no_reaction:
      return fmt::format(fmt::runtime(polish ? "brak reakcji od {}" : "no reaction for {}"), elapsed);
    case core::AlertReason::reaction_overdue:
      if (just_now) return polish ? "mija termin reakcji" : "the first reaction is due now";
      return fmt::format(
          fmt::runtime(polish ? "termin reakcji minął {} temu" : "the first reaction was due {} ago"),
          elapsed);
    case core::AlertReason::answer_overdue:
      if (just_now) return polish ? "mija termin odpowiedzi" : "the answer is due now";
      return fmt::format(
          fmt::runtime(polish ? "termin odpowiedzi minął {} temu" : "the answer was due {} ago"), elapsed);
    case core::AlertReason::sent_again:
      return fmt::format(
          fmt::runtime(polish ? "klient ponowił email po {}" : "the client sent the email again after {}"),
          elapsed);
    case core::AlertReason::sms_came:
      return fmt::format(fmt::runtime(polish ? "klient przysłał SMS {} po emailu"
                                             : "the client sent an SMS {} after the email"),
                         elapsed);
    case core::AlertReason::reminded:
      return fmt::format(fmt::runtime(polish ? "klient nie ma odpowiedzi po {} (ze strony sprawy)"
                                             : "the client has no answer after {} (said on the page)"),
                         elapsed);
    case core::AlertReason::not_arrived:
      return n.why;
    case core::AlertReason::opted_out:
      return polish ? "klient wysłał STOP: nie wysyłamy do niego SMS-ów"
                    : "the client has sent STOP: no SMS goes there";
    case core::AlertReason::wrong_code:
      return polish ? "Nie ma takiego kodu." : "There is no such code.";
    case core::AlertReason::which_case:
      return polish ? "Której sprawy to dotyczy? Kod na początek." : "Which case? Put its code first.";
    case core::AlertReason::wrong_number:
      return polish ? "To nie numer telefonu. Np. R 601234567." : "No telephone number. E.g. R 601234567.";
    case core::AlertReason::too_late:
      return polish ? "Ta sprawa jest już zamknięta." : "That case is closed already.";
    case core::AlertReason::stop_is_not:
      return polish ? "STOP nie wyłącza alarmów dyżuru, dyżur o tym wie."
                    : "STOP does not end alerts to who is on call; the desk has been told.";
    case core::AlertReason::asked_for:
      return polish ? "1=czytam, 2=zaczynam, tekst=notatka, R numer=odrzucona rozmowa."
                    : "1=read, 2=started, text=note, R number=rejected call.";
    case core::AlertReason::alert_over:
      return polish ? "według monitoringu już po wszystkim" : "monitoring says that it is over";
    case core::AlertReason::callbacks_due:
      return polish ? "można oddzwonić" : "can be called back now";
    case core::AlertReason::callbacks_overdue:
      return polish ? "nikt jeszcze nie oddzwonił" : "nobody has called back yet";
    case core::AlertReason::callbacks_waiting:
      return polish ? "czekają na telefon ponad dobę" : "have waited for our call for more than a day";
  }
  return {};
}

std::string unknown_placeholder(std::string_view text) {
  for (std::size_t at = text.find('{'); at != std::string_view::npos; at = text.find('{', at + 1)) {
    const auto close = text.find('}', at);
    if (close == std::string_view::npos) return {};
    const std::string_view name = text.substr(at + 1, close - at - 1);
    if (std::find(kNames.begin(), kNames.end(), name) == kNames.end()) return std::string(name);
  }
  return {};
}

}  // namespace

Result<Templates> Templates::load(WordingSettings settings, core::Procedure procedure,
                                  const std::map<std::string, std::string>& own) {
  Templates templates(std::move(settings), std::move(procedure));
  const std::string folder = templates.settings_.language + "/";
  for (const EmbeddedFile& file : embedded_templates()) {
    if (file.name.starts_with(folder))
      templates.files_[std::string(file.name.substr(folder.size()))] = file.bytes;
  }
  for (const auto& [name, text] : own) {
    if (const std::string unknown = unknown_placeholder(text); !unknown.empty()) {
      return fail(Fault::malformed, "{}: there is no placeholder {{{}}}", name, unknown);
    }
    templates.files_[name] = text;
  }
  return templates;
}

const std::string* Templates::find(const core::Notice& notice) const {
  std::string name(to_string(notice.kind));
  name.append(".").append(to_string(notice.channel));
  const std::string base = name + ".txt";
  // What a rejected call means depends on whether a failure is being repaired, and a program does not type
  // our code but has to know its own; other notices may differ by class.
  const bool repairing = notice.kind == core::NoticeKind::rejected_call && notice.failure_open;
  const bool to_program = notice.kind == core::NoticeKind::missing_email && !notice.client_code.empty();
  name += '.';
  const bool alert_by_email =
      notice.kind == core::NoticeKind::alert && notice.channel == core::Channel::email;
  const char* of_monitor = !alert_by_email                                  ? nullptr
                           : notice.reason == core::AlertReason::alert_over ? "over"
                           : notice.to_nobody                               ? "monitor"
                                                                            : nullptr;
  name += repairing ? "repairing" : to_program ? "report" : of_monitor ? of_monitor : notice.class_name;
  name += ".txt";
  auto found = files_.find(name);
  if (found == files_.end()) found = files_.find(base);
  return found == files_.end() ? nullptr : &found->second;
}

std::string Templates::waits(const core::ServiceClass& shown) const {
  std::string out;
  if (!shown.email_alone()) return out;
  // An email alone cannot tell these classes apart, so the client is told the waits of all of them.
  for (const core::ServiceClass& c : procedure_.classes) {
    if (!c.email_alone() || c.steps.size() < 2) continue;
    out += fmt::format("{}{} ({} {})", out.empty() ? "" : ", ", c.steps[1].wait_text,
                       settings_.language == "pl" ? "sprawa" : "matter:", c.short_name);
  }
  return out;
}

std::optional<std::string> Templates::value(std::string_view name, const core::Notice& n) const {
  const bool polish = settings_.language == "pl";
  const core::CaseNumber number = n.through != 0 ? n.through : n.number;
  if (name == "number") return std::to_string(number);
  if (name == "code") return n.short_code;
  if (name == "client_code") return n.client_code;
  if (name == "tag") return fmt::format("[#{} {}]", number, n.short_code);
  if (name == "class") return procedure_.at(n.class_name).short_name;
  if (name == "subject") {
    std::string subject = without_tags(n.subject);
    if (n.channel == core::Channel::sms && count_characters(subject) > kSubjectInSmsMax)
      subject = truncate_characters(subject, kSubjectInSmsMax) + "...";
    return !subject.empty() ? subject : polish ? "Państwa zgłoszenie" : "Your report";
  }
  if (name == "client") {
    return !n.client.name.empty() ? n.client.name : !n.client.email.empty() ? n.client.email : n.client.phone;
  }
  if (name == "email") return n.client.email;
  if (name == "phone") return n.client.phone;
  if (name == "text") return n.text;
  if (name == "reply") {
    if (n.code == 0) return std::string();
    return fmt::format(fmt::runtime(polish ? "Odpisz {}=czytam {}=zaczynam" : "Reply {}=read {}=started"),
                       core::alert_code(n.code - 1, core::Action::read),
                       core::alert_code(n.code - 1, core::Action::start));
  }
  if (name == "why") return reason_text(n, polish);
  if (name == "due")
    return n.due.ms == 0 ? std::string() : format_local(n.due, settings_.zone, settings_.language);
  if (name == "late") return n.late_ms < 60'000 ? std::string() : format_duration(Duration(n.late_ms));
  if (name == "outage") {
    if (n.channel != core::Channel::sms || count_characters(n.outage_text) <= kOutageInSmsMax)
      return n.outage_text;
    return truncate_characters(n.outage_text, kOutageInSmsMax) + "...";
  }
  if (name == "count") return std::to_string(n.ring);
  if (name == "elapsed") return format_duration(Duration(n.elapsed_ms));
  // Who has no case under way is led to the page of the procedure.
  if (name == "follow" && n.token.empty() && n.callback != 0) return settings_.public_url + "/";
  if (name == "follow")
    return n.token.empty() ? std::string() : fmt::format("{}/c/{}", settings_.public_url, n.token);
  if (name == "text_url")
    return n.token.empty() ? std::string() : fmt::format("{}/c/{}/text", settings_.public_url, n.token);
  if (name == "found") return n.found;
  if (name == "case_url")
    return settings_.case_url.empty() ? std::string() : fmt::format("{}{}", settings_.case_url, n.number);
  if (name == "desk") return settings_.desk_name;
  if (name == "waits") return waits(procedure_.at(n.class_name));
  if (name == "ring") return n.ring > 1 ? std::to_string(n.ring) : std::string();
  if (name == "sms_number") return settings_.sms_number;
  if (name == "desk_email") return settings_.desk_email;
  if (name == "desk_phone") return settings_.desk_phone;
  return std::nullopt;
}

ports::Words Templates::words(const core::Notice& notice, Instant) const {
  ports::Words out;
  const std::string* text = find(notice);
  std::string filled =
      text ? fill(*text, [&](std::string_view name) { return value(name, notice); }) : notice.text;
  if (notice.channel != core::Channel::email) {
    // It says only what there is: who calls may have no case, and a failure no sentence of its own.
    if (notice.kind == core::NoticeKind::rejected_call) filled = collapse_space(filled);
    out.text = wire::sms_text(trim(filled), settings_.transliterate);
    return out;
  }
  constexpr std::string_view kSubject = "Subject: ";
  if (filled.starts_with(kSubject)) {
    const auto end = filled.find('\n');
    out.subject = std::string(trim(std::string_view(filled).substr(kSubject.size(), end - kSubject.size())));
    filled.erase(0, end == std::string::npos ? end : end + 1);
    while (filled.starts_with('\n')) filled.erase(0, 1);
  }
  out.text = std::move(filled);
  return out;
}

std::string Templates::together(const std::vector<core::Notice>& alerts) const {
  constexpr std::size_t kNamed = 12;
  std::string numbers;
  for (std::size_t i = 0; i < std::min(alerts.size(), kNamed); ++i) {
    numbers += fmt::format("{}{}", i == 0 ? "" : ", ", alerts[i].number);
    if (alerts[i].code > 0)
      numbers += fmt::format(" ({})", core::alert_code(alerts[i].code - 1, core::Action::read));
  }
  if (alerts.size() > kNamed) numbers += ", ...";
  const bool polish = settings_.language == "pl";
  const std::string first = fmt::format("{}: {}", alerts.front().number, alerts.front().subject);
  return wire::sms_text(fmt::format(fmt::runtime(polish ? "Alarmy {} spraw, w nawiasie kod: {}. Pierwsza: {}"
                                                        : "Alerts of {} cases, (code): {}. First: {}"),
                                    alerts.size(), numbers, truncate_utf8(first, 60)),
                        settings_.transliterate);
}

}  // namespace hejnal::carriers

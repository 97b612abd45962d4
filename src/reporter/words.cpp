#include "reporter/words.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "base/zone.hpp"

namespace hejnal::reporter {

namespace {

using core::News;
using core::SendingKind;
using core::Wording;

constexpr std::size_t kSmsWords = 160;  // of the report's own text

struct Writer {
  const About& a;
  const core::SentReport::Sending& s;
  Instant now;

  const core::SentReport& r() const { return a.report; }
  bool pl() const { return a.report.language == "pl"; }
  std::string time(Instant t) const { return format_local(t, a.zone, a.report.language); }
  std::string who() const { return r().from.name.empty() ? r().from.email : r().from.name; }
  std::string pick(const char* polish, const char* english) const { return pl() ? polish : english; }

  std::string tag() const {
    return a.service.tags.empty() || a.service.steps.size() == 0
               ? ""
               : fmt::format("[{}] ", a.service.tags.front());
  }
  std::string subject() const {
    const bool repeats = s.wording != Wording::first && s.wording != Wording::graver;
    const char* again = repeats && pl() ? "Ponawiam: " : "";
    return fmt::format("{}{}{} {}", again, tag(), r().subject, code_in_subject(r().code));
  }
  std::string signature() const {
    std::string out = "\n\n-- \n" + who();
    if (!r().from.phone.empty()) out += "\n" + r().from.phone;
    return out + fmt::format("\n{}: {}\n", pick("Nasz znak", "Our reference"), r().code);
  }

  ports::Words report() const {
    std::string intro;
    const bool sms = std::any_of(r().sendings.begin(), r().sendings.end(), [&](const auto& o) {
      return o.step == s.step && o.kind == SendingKind::sms;
    });
    if (s.wording == Wording::again) {
      intro = pl() ? fmt::format(
                         "Ponawiamy zgłoszenie z {}. Nie dostaliśmy odpowiedzi, więc tamten email mógł nie "
                         "dotrzeć.",
                         time(r().opened_at))
                   : fmt::format(
                         "We are sending our report of {} again. Nobody has answered, so that email may "
                         "not have arrived.",
                         time(r().opened_at));
    } else if (s.wording == Wording::after_receipt) {
      intro = pl() ? fmt::format(
                         "Ponawiamy zgłoszenie z {}. Automatyczne potwierdzenie przyszło {}, ale nikt się "
                         "jeszcze nie odezwał.",
                         time(r().opened_at), time(*r().receipt_at))
                   : fmt::format(
                         "We are sending our report of {} again. An automatic receipt came on {}, but no "
                         "person has answered yet.",
                         time(r().opened_at), time(*r().receipt_at));
    }
    if (s.wording == Wording::graver)
      intro = pl() ? fmt::format("Sprawa zgłoszona {} stała się poważniejsza. Zgłaszamy ją teraz jako: {}.",
                                 time(r().opened_at), a.service.short_name)
                   : fmt::format("What we reported on {} has become graver. We now report it as: {}.",
                                 time(r().opened_at), a.service.short_name);
    if (!intro.empty() && sms)
      intro += pick(" Zgodnie z procedurą kontaktu wysyłamy też krótki SMS.",
                    " As the contact procedure asks, a short SMS goes with it.");
    return {subject(), intro + (intro.empty() ? "" : "\n\n") + a.text + signature()};
  }

  // The address stands in it: by that a desk that does not know the number finds the email.
  std::string sms() const {
    const std::string from = fmt::format("{}, {}", who(), r().from.email);
    const std::string words = truncate_characters(collapse_space(a.text), kSmsWords);
    if (r().to_email.empty()) {  // the SMS is all that they get
      const std::string again = s.wording == Wording::first ? "" : pick("Ponawiamy. ", "Again. ");
      return pl() ? fmt::format("{}{}: {}. {} Prosimy o kontakt: {}{}. Znak {}.", again, a.service.short_name,
                                r().subject, words, from, r().from.phone.empty() ? "" : ", " + r().from.phone,
                                r().code)
                  : fmt::format("{}{}: {}. {} Please contact {}{}. Ref. {}.", again, a.service.short_name,
                                r().subject, words, from, r().from.phone.empty() ? "" : ", " + r().from.phone,
                                r().code);
    }
    switch (s.wording) {
      case Wording::first:
        return pl() ? fmt::format("{}: {}. Szczegóły w emailu, właśnie wysłanym z {}. Znak {}.",
                                  a.service.short_name, r().subject, from, r().code)
                    : fmt::format("{}: {}. Details are in the email just sent from {}. Ref. {}.",
                                  a.service.short_name, r().subject, from, r().code);
      case Wording::again:
        return pl()
                   ? fmt::format(
                         "Ponawiamy zgłoszenie z {}: {}. Email mógł nie dotrzeć, wysłaliśmy go jeszcze raz z "
                         "{}. Znak {}.",
                         time(r().opened_at), r().subject, from, r().code)
                   : fmt::format(
                         "Again, our report of {}: {}. The email may not have arrived, it was sent once more "
                         "from {}. Ref. {}.",
                         time(r().opened_at), r().subject, from, r().code);
      case Wording::after_receipt:
        return pl() ? fmt::format(
                          "Przypominamy zgłoszenie z {}: {}. Jest potwierdzenie automatu, nikt się nie "
                          "odezwał. Email jeszcze raz z {}. Znak {}.",
                          time(r().opened_at), r().subject, from, r().code)
                    : fmt::format(
                          "Our report of {}: {}. A program has confirmed it, no person has answered. The "
                          "email "
                          "was sent once more from {}. Ref. {}.",
                          time(r().opened_at), r().subject, from, r().code);
      case Wording::graver:
        return pl() ? fmt::format(
                          "{}: {}. Sprawa z {} stała się poważniejsza. Szczegóły w emailu z {}. Znak {}.",
                          a.service.short_name, r().subject, time(r().opened_at), from, r().code)
                    : fmt::format(
                          "{}: {}. Our report of {} has become graver. Details in the email from {}. "
                          "Ref. {}.",
                          a.service.short_name, r().subject, time(r().opened_at), from, r().code);
      case Wording::not_delivered:
        break;
    }
    return pl() ? fmt::format("Nasz email do {} nie dociera. {}: {}. {} Prosimy o kontakt: {}{}. Znak {}.",
                              r().to_email, a.service.short_name, r().subject, words, from,
                              r().from.phone.empty() ? "" : ", " + r().from.phone, r().code)
                : fmt::format("Our email to {} does not get there. {}: {}. {} Please contact {}{}. Ref. {}.",
                              r().to_email, a.service.short_name, r().subject, words, from,
                              r().from.phone.empty() ? "" : ", " + r().from.phone, r().code);
  }

  ports::Words word() const {
    const bool over = r().state == core::ReportState::settled;
    std::string text =
        over ? pick("Sprawa jest już załatwiona, dziękujemy.", "This is settled by now, thank you.")
             : pick("Wycofujemy to zgłoszenie.", "We withdraw this report.");
    if (!r().end_reason.empty()) text += "\n\n" + r().end_reason;
    return {"Re: " + subject(), text + signature()};
  }

  ports::Words news() const {
    std::string what;
    const std::string of = fmt::format("{} {} ({})", pick("zgłoszenie", "report"), r().id, a.provider);
    switch (s.news) {
      case News::none:
        break;
      case News::acknowledged:
        what = pick("przeczytał człowiek", "a person has read it");
        break;
      case News::answered:
        what = pick("jest odpowiedź", "an answer has come");
        break;
      case News::unanswered:
        what = pick("wszystkie kroki wykonane, brak odpowiedzi", "every step is done, nobody has answered");
        break;
      case News::late:
        what = pick("przyjęte, ale bez odpowiedzi w terminie", "acknowledged, and not answered in time");
        break;
      case News::undelivered:
        what = pick("nic nie dociera", "nothing gets through");
        break;
      case News::callback:
        what = pick("nikt nie oddzwonił", "nobody has called back");
        break;
      case News::held:
        what = pick("wstrzymane: za dużo zgłoszeń naraz", "held: too many reports at once");
        break;
    }
    std::string text = fmt::format("{}: {}\n{}\n\n", of, what, r().subject);
    if (s.news == News::held && r().next_at)
      text += fmt::format(
          fmt::runtime(pick(
              "Od tego zgłoszenia kolejne czekają na wolne miejsce; to wyjdzie {0}. Od razu: hejnal report "
              "{1} release\n\n",
              "From this report on they wait for their turn; this one leaves {0}. At once: hejnal report "
              "{1} release\n\n")),
          time(*r().next_at), r().id);
    for (const auto& one : r().sendings) {
      if (one.kind == SendingKind::news) continue;
      text += fmt::format(
          "{}  {} -> {}: {}{}\n", time(one.left_at.value_or(one.since)),
          one.channel == core::Channel::sms ? "SMS" : "email", one.to, to_string(one.state),
          one.text.empty() ? "" : " (" + truncate_characters(collapse_space(one.text), 200) + ")");
    }
    for (const auto& one : r().replies)
      text += fmt::format("{}  {} <- {}: {}\n", time(one.at), to_string(one.what), one.from, one.subject);
    text += fmt::format("\nhejnal report {0}\nhejnal report {0} proof\n", r().id);
    return {fmt::format("{}: {}: {}", of, what, r().subject), text};
  }
};

}  // namespace

ports::Words words(const About& about, const core::SentReport::Sending& sending, Instant now) {
  const Writer writer{about, sending, now};
  switch (sending.kind) {
    case SendingKind::report:
      return writer.report();
    case SendingKind::sms:
      return {{}, writer.sms()};
    case SendingKind::word:
      return sending.channel == core::Channel::sms ? ports::Words{{}, writer.word().text} : writer.word();
    case SendingKind::news:
      return writer.news();
  }
  return {};
}

std::string code_in_subject(const std::string& code) { return fmt::format("[#{}]", code); }

std::string code_of(std::string_view subject) {
  const auto begin = subject.find("[#");
  const auto end = begin == std::string_view::npos ? begin : subject.find(']', begin);
  if (end == std::string_view::npos || end - begin > 20) return {};
  return std::string(subject.substr(begin + 2, end - begin - 2));
}

}  // namespace hejnal::reporter

#include "sim/two_sided/people.hpp"

#include <fmt/core.h>

#include <array>

#include "base/text.hpp"
#include "config/procedure_file.hpp"
#include "reporter/words.hpp"
#include "sim/topics.hpp"

namespace hejnal::sim::two_sided {

using core::Action;
using core::Channel;

// -- agents of a hejnal desk
// ------------------------------------------------------------------------------------

void DeskAgents::turned(const WrittenTurn& turn) {
  Open& c = cases_[turn.after.number];
  c.state = turn.after.state;
  c.owes = turn.after.owes_a_reaction;
  if (c.state == core::State::closed || !c.owes || scene_.chance(scene_.weather.forgets)) return;
  const Duration wait = until_working_hours(scene_.now);
  plan(turn.after.number, wait + 2min, wait + 50min);
}

void DeskAgents::alerted(core::CaseNumber number, bool by_sms) {
  if (number == 0 || scene_.chance(150)) return;
  cases_[number].owes = true;
  const Duration night = until_working_hours(scene_.now);
  if (night > 0ms && !by_sms) return plan(number, night, night + 1h);
  if (night > 0ms && scene_.chance(300)) return;
  plan(number, 30s, 12min);
}

void DeskAgents::plan(core::CaseNumber number, Duration at_least, Duration at_most) {
  Open& c = cases_[number];
  if (c.planned) return;
  c.planned = true;
  scene_.after(scene_.between(at_least, at_most), [this, number] {
    cases_[number].planned = false;
    work(number);
  });
}

bool DeskAgents::act(core::CaseNumber number, Action action, const std::string& text) {
  core::AgentActed acted;
  acted.action = action;
  acted.agent = "agent";
  acted.text = text;
  const auto done = desk_.ask([number, &acted](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(desk.act(number, acted));
    return {};
  });
  if (done && !*done && (*done).error().fault == Fault::corrupt)
    laws_.broken("reports_are_kept", 0, (*done).error().what);
  return done && *done;
}

void DeskAgents::work(core::CaseNumber number) {
  const Open c = cases_[number];
  if (c.state == core::State::closed || !c.owes) return;
  const auto what = scene_.dice.below(100);
  if (what >= 75) return finish(number);
  act(number, what < 55 ? Action::read : Action::start);
  scene_.after(scene_.between(Duration(3min), Duration(6h)), [this, number] {
    if (!scene_.chance(scene_.weather.forgets)) finish(number);
  });
}

void DeskAgents::finish(core::CaseNumber number) {
  const core::State state = cases_[number].state;
  if (state == core::State::closed || state == core::State::waiting || state == core::State::settled) return;
  const auto what = scene_.dice.below(100);
  if (what < 10 && scene_.faults) {
    act(number, Action::ask, "Który to pokój?");
  } else if (!act(number, Action::answer, "Zrobione, prosimy sprawdzić.")) {
    act(number, Action::settle, "załatwione");  // nobody knows where an answer may go
  }
  if (what > 70) act(number, Action::settle);
  if (cases_[number].owes) plan(number, 10min, 3h);
}

void DeskAgents::work_everything_off() {
  std::vector<core::CaseNumber> open;
  for (const auto& [number, c] : cases_) {
    if (c.state != core::State::closed) open.push_back(number);
  }
  for (const core::CaseNumber number : open) finish(number);
  if (++sweeps_ < 40) scene_.after(24h, [this] { work_everything_off(); });
}

// -- a provider without a hejnal
// --------------------------------------------------------------------------------

namespace {

constexpr std::array<const char*, 7> kAtIt = {"Przyjąłem, sprawdzam.",
                                              "Dzień dobry, zajmujemy się tym. Pozdrawiam, Jan",
                                              "Patrzymy na to.",
                                              "Już patrzę, dam znać.",
                                              "Przyjęłam, wrócę z tym po południu.",
                                              "Jedziemy do Państwa.",
                                              "Looking into it, thank you."};
constexpr std::array<const char*, 9> kAnswers = {
    "Zrobione.",
    "Działa?",
    "Już działa, był wypięty kabel.",
    "Dzień dobry,\n\nwymieniliśmy część i powinno działać. Prosimy sprawdzić.\n\nPozdrawiam\nJan Nowak",
    "Proszę zrestartować komputer i dać znać.",
    "Który to pokój?",
    "Dziękujemy za zgłoszenie. Usunęliśmy przyczynę, proszę spróbować jeszcze raz.",
    "It was a loose cable. Everything works again.",
    "Przyjedziemy jutro o dziewiątej, dzisiaj nie damy rady."};

template <class List>
std::string any_of(Scene& scene, const List& list) {
  return list[scene.dice.below(list.size())];
}

}  // namespace

Technician::Technician(Scene& scene, Roads& roads, ReportLaws& laws, Habits habits)
    : scene_(scene), roads_(roads), laws_(laws), habits_(std::move(habits)) {
  roads_.mailbox(habits_.email, [this](const std::shared_ptr<Letter>& letter) { return got(letter); });
  roads_.telephone(habits_.number, [this](const Text& text) { return got(text); });
  away_marked_ = scene_.chance(700);
}

Technician::Seen& Technician::of(int matter) {
  Seen& seen = seen_[matter];
  const Matter& m = laws_.at(matter);
  if (m.side) {
    seen.client = m.r.from.email;
    seen.subject = m.r.subject;
    seen.code = m.r.code;
  }
  return seen;
}

void Technician::by_program(const Letter& letter, const std::string& subject, const std::string& text,
                            bool marked) {
  ClientLetter out;
  out.from = habits_.email;
  out.to = letter.delivery.mail_from;
  out.subject = subject;
  out.text = text;
  out.in_reply_to = letter.id;
  out.null_sender = marked;
  if (marked) out.headers = {{"Auto-Submitted", "auto-replied"}};
  Truth truth;
  truth.matter = letter.truth.matter;
  truth.machine = true;
  truth.where = "a program of " + habits_.email;
  scene_.after(scene_.between(Duration(2s), Duration(90s)),
               [this, out, truth] { roads_.letter(out, truth); });
}

bool Technician::got(const std::shared_ptr<Letter>& letter) {
  if (letter->truth.matter == 0 || mute) {
    laws_.at_desk(nullptr, letter->truth, Channel::email, 0);
    return true;
  }
  laws_.at_desk(nullptr, letter->truth, Channel::email, 0);
  Seen& seen = of(letter->truth.matter);
  if (letter->truth.report) {
    seen.has_mail = true;
    seen.last_id = letter->id;
    if (seen.client.empty()) {
      seen.client = letter->delivery.mail_from;
      seen.subject = "zgłoszenie";
    }
  }
  const std::string subject = "Re: " + seen.subject;
  if (away_until_ <= scene_.now && scene_.chance(scene_.weather.away / 10) && !reliable_)
    away_until_ = scene_.now + scene_.between(Duration(24h), Duration(24h * 10));
  const bool away = away_until_ > scene_.now;
  if (away)
    by_program(*letter, "Automatyczna odpowiedź: " + seen.subject,
               "Jestem na urlopie do poniedziałku. W pilnych sprawach proszę pisać do biura.", away_marked_);
  if (habits_.tickets == 1)
    by_program(*letter, "[T#5512] " + subject, "Zgłoszenie zarejestrowane pod numerem 5512.", true);
  if (habits_.tickets == 2)
    by_program(*letter, "[T#5512] " + subject,
               "Dzień dobry,\n\nnadaliśmy mu numer 5512. Odpowiemy w ciągu 24 godzin.\n\nZespół wsparcia",
               false);
  if (!letter->truth.report) return true;
  if (away && scene_.chance(800)) return true;
  if (!reliable_ && scene_.chance(scene_.weather.forgets)) return true;
  const Duration wait = until_working_hours(scene_.now);
  read_later(letter->truth.matter, wait + 3min, wait + (scene_.chance(700) ? 2h : 9h));
  return true;
}

bool Technician::got(const Text& text) {
  laws_.at_desk(nullptr, text.truth, Channel::sms, 0);
  if (text.truth.matter == 0 || !text.truth.report || mute) return true;
  Seen& seen = of(text.truth.matter);
  seen.number = text.sms.from;
  if (!reliable_ && scene_.chance(scene_.weather.forgets / 2)) return true;
  const bool asleep = until_working_hours(scene_.now) > 0ms && scene_.chance(400);
  const Duration wait = asleep ? until_working_hours(scene_.now) : 0ms;
  read_later(text.truth.matter, wait + 1min, wait + 40min);
  return true;
}

void Technician::read_later(int matter, Duration at_least, Duration at_most) {
  Seen& seen = seen_[matter];
  if (seen.planned || seen.answered) return;
  seen.planned = true;
  scene_.after(scene_.between(at_least, at_most), [this, matter] {
    seen_[matter].planned = false;
    read(matter);
  });
}

void Technician::read(int matter) {
  Seen& seen = seen_[matter];
  if (seen.answered) return;
  if (!seen.reacted && scene_.chance(450)) {
    seen.reacted = true;
    say(matter, any_of(scene_, kAtIt));
    if (reliable_ || !scene_.chance(scene_.weather.forgets)) read_later(matter, 10min, 30h);
    return;
  }
  seen.reacted = seen.answered = true;
  say(matter, any_of(scene_, kAnswers));
}

// As people answer: mostly with "reply", sometimes in ways by which no program can know what is meant.
void Technician::say(int matter, const std::string& words) {
  const Seen& seen = seen_[matter];
  Truth truth;
  truth.matter = matter;
  truth.person = true;
  truth.where = fmt::format("\"{}\"", words);
  ClientLetter letter;
  letter.from = habits_.email;
  letter.from_name = "Jan Nowak";
  letter.to = seen.client;
  letter.subject = "Re: " + seen.subject;
  letter.text = words;
  letter.in_reply_to = seen.last_id;
  truth.tells = !seen.last_id.empty() || seen.code.empty();
  const bool odd = scene_.chance(scene_.weather.odd_answers);
  const auto how = scene_.dice.below(4);
  if (!seen.has_mail || (odd && how == 0)) {  // the SMS is all that came, or it is quicker
    if (!seen.number.empty() && (seen.client.empty() || scene_.chance(600))) {
      Text text;
      text.sms.from = habits_.number;
      text.to = seen.number;
      text.sms.text = words;
      truth.tells = false;
      if (!seen.code.empty() && scene_.chance(500)) {
        text.sms.text = seen.code + ": " + words;
        truth.tells = true;
      }
      text.truth = truth;
      roads_.text(std::move(text));
      return;
    }
  }
  if (seen.client.empty()) return;
  if (odd && how == 1 && !habits_.colleague.empty()) letter.from = habits_.colleague;
  if ((odd && how == 2) || !seen.has_mail) {  // the thread is lost, our code is not
    letter.in_reply_to.clear();
    if (!seen.code.empty()) letter.subject += " " + reporter::code_in_subject(seen.code);
    truth.tells = true;
  }
  if (odd && how == 3) {
    letter.in_reply_to.clear();
    letter.subject = "sprawa z wczoraj";
    truth.tells = false;
  }
  if (!letter.in_reply_to.empty() && scene_.chance(600))
    letter.text += "\n\nW dniu wczorajszym Klient napisał:\n> Proszę o pomoc.\n> To jest pilne.";
  roads_.letter(letter, truth);
}

// -- the client's own people
// ------------------------------------------------------------------------------------

void Owner::act(core::ReportId id, core::sent::Signal signal) {
  const auto done = side_.ask([this, id, &signal](desk::Desk& desk) -> Status {
    HEJNAL_TRY_VOID(side_.reporter().act(id, signal, desk.now()));
    return {};
  });
  const bool again = !done || (!*done && (*done).error().fault == Fault::retry_later);
  if (again) scene_.after(10min, [this, id, signal] { act(id, signal); });
}

void Owner::told(const Letter& letter) {
  const core::ReportName name = core::report_named(letter.id);
  Matter* m = laws_.find(side_, name.id);
  if (m == nullptr) return;
  const core::SentReport r = side_.running() ? side_.report(name.id) : m->r;
  const auto* sending = r.sending(name.n);
  if (sending == nullptr) return;
  if (sending->news == core::News::unanswered || sending->news == core::News::undelivered ||
      sending->news == core::News::late)
    m->told = true;
}

void Owner::reported(const core::SentReport& r) {
  if (patient) return;
  const bool over = r.state == core::ReportState::answered;
  if (r.state == core::ReportState::waiting && r.entries <= 4 && scene_.chance(30)) {  // it has solved itself
    scene_.after(scene_.between(Duration(5min), Duration(30h)), [this, id = r.id] {
      if (Matter* m = laws_.find(side_, id)) m->ended_by_client = true;
      act(id, core::sent::Cancel{"klient", "już nieaktualne"});
    });
    return;
  }
  if (r.state == core::ReportState::waiting && r.step > 0 && r.rejected_calls.empty() && scene_.chance(4)) {
    scene_.after(1s, [this, id = r.id] {
      if (side_.running()) act(id, core::sent::RejectCall{"klient", side_.now()});
    });
    return;
  }
  // Nobody waits for ever.
  if (r.state == core::ReportState::unanswered && given_up_.insert(r.id).second)
    scene_.after(scene_.between(Duration(72h), Duration(24h * 40)), [this, id = r.id] {
      act(id, core::sent::Settle{"klient", "inny dostawca pomógł", false});
    });
  if (!over || !planned_.insert(r.id).second) return;
  if (r.remind_at && scene_.chance(500))
    scene_.after(1h, [this, id = r.id] { act(id, core::sent::CallCame{"klient"}); });
  if (!scene_.chance(500)) return;
  scene_.after(scene_.between(Duration(10min), Duration(48h)), [this, id = r.id, tell = scene_.chance(600)] {
    act(id, core::sent::Settle{"klient", "działa", tell});
  });
}

void Owner::settle_everything() {
  for (const Matter& m : laws_.matters()) {
    if (m.side == &side_ && m.r.open()) act(m.report, core::sent::Settle{"klient", "minęło", false});
  }
}

// -- clients without a hejnal
// -----------------------------------------------------------------------------------

ByHand::ByHand(Scene& scene, Roads& roads, ReportLaws& laws, std::vector<To> providers)
    : scene_(scene), roads_(roads), laws_(laws), providers_(std::move(providers)) {
  for (int person = 0; person < 20; ++person) {
    const auto hears = [this, person](const Truth& truth) {
      for (Written& w : written_) {
        if (w.matter == truth.matter && w.person == person && (truth.person || truth.reads)) w.heard = true;
      }
    };
    roads_.mailbox(fmt::format("osoba@reczny{}.example", person),
                   [hears](const std::shared_ptr<Letter>& letter) {
                     hears(letter->truth);
                     return true;
                   });
    roads_.telephone(fmt::format("+48604{:06}", person), [hears](const Text& text) {
      hears(text.truth);
      return true;
    });
  }
}

void ByHand::live(int reports_a_year) {
  const Duration gap = Duration(24h * 365) / std::max(reports_a_year, 1);
  scene_.after(scene_.between(Duration(1s), 2 * gap), [this, reports_a_year] {
    if (!writing_) return;
    const Topic& topic = topics()[scene_.dice.below(topics().size())];
    const auto kind = scene_.dice.below(3);
    Written w;
    w.person = static_cast<int>(scene_.dice.below(20));
    w.to = providers_[scene_.dice.below(providers_.size())];
    w.subject = std::string(topic.subject);
    w.text = std::string(topic.text);
    w.matter =
        laws_.begin(nullptr, 0,
                    kind == 0   ? "routine"
                    : kind == 1 ? "urgent"
                                : "critical",
                    w.to.provider)
            .id;
    written_.push_back(w);
    const std::size_t which = written_.size() - 1;
    write(which, false, kind == 2);
    if (kind != 2) {
      scene_.after(kind == 1 ? 2h : 24h, [this, which] {
        if (written_[which].heard) return;
        if (scene_.chance(300)) {
          written_[which].forgotten = true;
          return;
        }
        scene_.after(scene_.between(Duration(0), Duration(3h)), [this, which] { write(which, true, true); });
      });
    }
    live(reports_a_year);
  });
}

void ByHand::write(std::size_t which, bool again, bool with_sms) {
  Written& w = written_[which];
  if (again && w.heard) return;
  const std::string from = fmt::format("osoba@reczny{}.example", w.person);
  Truth truth;
  truth.matter = w.matter;
  truth.report = true;
  ClientLetter letter;
  letter.from = from;
  letter.to = w.to.email;
  letter.subject = (again ? "Ponawiam: " : "") + w.subject;
  letter.text = w.text;
  roads_.letter(letter, truth);
  if (!with_sms) return;
  Text text;
  text.sms.from = fmt::format("+48604{:06}", w.person);
  text.sms.text = fmt::format("Wysłałem email: {} ({})", w.subject, from);
  text.to = w.to.number;
  text.truth = truth;
  roads_.text(std::move(text));
}

ByHand::Account ByHand::account() const {
  Account out;
  for (const Written& w : written_) {
    ++out.reports;
    if (w.forgotten) ++out.forgotten;
    if (w.heard) ++out.answered;
  }
  for (const Matter& m : laws_.matters()) out.known += m.side == nullptr && m.known ? 1 : 0;
  return out;
}

}  // namespace hejnal::sim::two_sided

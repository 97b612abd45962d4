#include "sim/clients.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace hejnal::sim {

namespace {

constexpr std::size_t kClients = 150;
constexpr Duration kTopicRest = 24h * 60;
constexpr std::size_t kColleagues = 4;  // of one firm
constexpr int kColleagueTexts = 40;     // of a thousand matters of a firm

// More is written on weekdays between seven and six, but something always.
int writes_at(Instant t) {
  const std::int64_t hour = t.ms / 3'600'000, of_day = (hour + 1) % 24, day = (hour / 24) % 7;
  if (of_day < 7 || of_day > 18) return 120;
  return day == 2 || day == 3 ? 250 : 1000;  // 1970-01-03 was a Saturday
}

}  // namespace

Clients::Clients(World& world, Post& post, House house)
    : world_(world), post_(post), house_(std::move(house)) {
  Dice& dice = world_.dice;
  for (std::size_t i = 0; i < kClients; ++i) {
    Client c;
    c.name = fmt::format("Klient Nr{}", i);
    const bool of_a_firm = i / kColleagues % 5 < 3;
    const std::string domain = of_a_firm          ? fmt::format("firma{}.example", i / kColleagues)
                               : dice.chance(500) ? "gmail.com"
                                                  : "wp.pl";
    c.email = fmt::format("klient{}@{}", i, domain);
    c.party = of_a_firm ? domain : c.email;
    c.phone = fmt::format("+48601{:06}", i);
    c.misfit = dice.chance(world_.weather.misfits);
    c.signs = dice.chance(700);
    c.away_marks_mail = dice.chance(800);
    by_address_.emplace(c.email, i);
    by_address_.emplace(c.phone, i);
    clients_.push_back(std::move(c));
  }
}

void Clients::live(int matters_a_year) {
  plan_next(matters_a_year);
  run_robots();
}

void Clients::plan_next(int matters_a_year) {
  // Thinned by the hour of the day: about 0.44 of the attempts become a matter.
  const auto mean = Duration(static_cast<std::int64_t>(24.0 * 365 * 3'600'000 * 0.44 / matters_a_year));
  world_.after(world_.dice.between(Duration(1), mean * 2), [this, matters_a_year] {
    if (!writing_) return;
    if (world_.dice.chance(writes_at(world_.now()))) begin_matter();
    plan_next(matters_a_year);
  });
}

bool Clients::has_another(const Matter& m) const {
  return clients_[m.client].recent.size() > 1 || clients_[m.client].misfit;
}

void Clients::begin_matter() {
  Dice& dice = world_.dice;
  const std::size_t who = dice.below(clients_.size()), what = dice.below(topics().size());
  Client& client = clients_[who];
  Instant& used = topic_used_[{client.party, what}];
  if (world_.now() - used < kTopicRest) return;
  used = world_.now();
  Matter m;
  m.id = static_cast<MatterId>(matters_.size()) + 1;
  m.client = who;
  m.topic = &topics()[what];
  m.subject = m.topic->subject;
  m.text = fmt::format("{} Zgłoszenie {}.", m.topic->text, m.id);
  const auto urgency = dice.below(100);
  m.urgency = urgency < 70 ? 0 : urgency < 92 ? 1 : 2;
  if (dice.chance(150))
    m.subject = fmt::format("[{}] {}",
                            m.urgency == 0   ? "rutynowa"
                            : m.urgency == 1 ? "pilne"
                                             : "krytyczna",
                            m.subject);
  client.recent.push_back(m.id);
  if (client.recent.size() > 3) client.recent.erase(client.recent.begin());
  matters_.push_back(m);
  const MatterId id = m.id;
  if (dice.chance(20) && client.away_until < world_.now())
    client.away_until = world_.now() + dice.between(Duration(1h), Duration(24h * 10));

  if (client.party != client.email && dice.chance(kColleagueTexts))
    world_.after(dice.between(Duration(30min), Duration(12h)), [this, id] { colleague_texts(id); });

  const bool texts_first = client.misfit && dice.chance(150);
  if (texts_first) {
    text_about(at(id), false);
    world_.after(dice.between(Duration(2min), Duration(6h)),
                 [this, id] { write(at(id), at(id).subject, at(id).text, false); });
  } else {
    const bool old_thread = client.misfit && dice.chance(150);
    write(at(id), at(id).subject, at(id).text, false, old_thread ? client.last_mail_of_desk : std::string());
    if (m.urgency == 2)
      world_.after(dice.between(Duration(0), Duration(6min)), [this, id] { text_about(at(id), false); });
  }
  if (client.misfit) {
    world_.after(dice.between(Duration(3min), Duration(30h)), [this, id] { misbehave(id); });
  } else if (m.urgency < 2) {
    remind_later(id, m.urgency == 0 ? Duration(24h) : Duration(2h));
  }
}

void Clients::write(Matter& m, const std::string& subject, const std::string& text, bool resend,
                    std::string thread) {
  const Client& client = clients_[m.client];
  ClientLetter letter{.from = client.email, .from_name = client.name, .subject = subject, .text = text};
  if (client.signs) letter.text += fmt::format("\n-- \n{}\ntel. {}\n", client.name, client.phone.substr(3));
  const bool original = thread.empty() && subject == m.subject && text == m.text;
  letter.in_reply_to = std::move(thread);
  if (m.urgency == 2 && world_.dice.chance(200)) letter.to = house_.critical_address;
  Truth truth = truth_of(m, m.client);
  truth.resend = resend;
  truth.original = original;
  truth.tells_number = client.signs;
  truth.tells_matter = text.find(m.topic->text) != std::string::npos;
  post_.mail(std::move(letter), truth);
}

Truth Clients::truth_of(const Matter& m, std::size_t who) const {
  Truth truth;
  truth.matter = m.id;
  truth.who = static_cast<int>(who);
  truth.party = clients_[who].party;
  return truth;
}

void Clients::text_about(Matter& m, bool resend) {
  const Client& client = clients_[m.client];
  std::string text = resend ? "Ponawiam email" : "Wysyłam email";
  Truth truth = truth_of(m, m.client);
  truth.resend = resend;
  truth.announces = true;
  if (has_another(m) || world_.dice.chance(700)) {
    text += fmt::format(": {}", m.topic->sms);
    truth.names = m.topic->sms;
  }
  truth.names_address = world_.dice.chance(300);
  if (truth.names_address) text += ". Piszę z " + client.email;
  post_.sms(client.phone, text + ".", truth);
}

// Somebody of the same firm asks after a matter: says what, and speaks of no email.
void Clients::colleague_texts(MatterId id) {
  const Matter& m = at(id);
  if (!writing_ || m.answered) return;
  const std::size_t first = m.client / kColleagues * kColleagues;
  const std::size_t who = first + (m.client - first + 1 + world_.dice.below(kColleagues - 1)) % kColleagues;
  if (who >= clients_.size() || clients_[who].party != clients_[m.client].party) return;
  Truth truth = truth_of(m, who);
  truth.names = m.topic->sms;
  post_.sms(clients_[who].phone, fmt::format("{} dalej nie działa: {}.", clients_[who].name, m.topic->sms),
            truth);
}

void Clients::remind_later(MatterId id, Duration wait) {
  world_.after(wait + world_.dice.between(Duration(0), Duration(20min)), [this, id, wait] {
    Matter& m = at(id);
    if (m.heard || m.answered || m.reminders >= 3 || !writing_) return;
    ++m.reminders;
    write(m, m.subject, m.text, true);
    world_.after(world_.dice.between(Duration(0), Duration(10min)), [this, id] { text_about(at(id), true); });
    remind_later(id, wait);
  });
}

void Clients::misbehave(MatterId id) {
  if (!writing_) return;
  Matter& m = at(id);
  const Client& client = clients_[m.client];
  switch (world_.dice.below(6)) {
    case 0:  // again, much too early or late
      write(m, m.subject, m.text, true);
      break;
    case 1:  // as a new mail, with other words
      write(m, "Ponaglenie " + std::to_string(m.id), "Kiedy to będzie zrobione? Czekamy.", false);
      break;
    case 2:
      text_about(m, true);
      break;
    case 3: {
      desk::Desk::Phoned phoned;
      const auto taken = world_.ask([&](desk::Desk& desk) -> Status {
        HEJNAL_TRY(phoned, desk.call({client.phone}));
        return {};
      });
      if (taken && *taken && phoned.filed.number != 0)
        world_.laws.called(phoned.filed.number, id, static_cast<int>(m.client), client.party);
      break;
    }
    case 4: {
      desk::NewReport report;
      report.subject = "Formularz " + std::to_string(m.id);
      report.text = m.text;
      report.client = {client.name, client.email, client.phone, {}};
      report.channel = core::Channel::web;
      report.by = "the page";
      desk::Filed filed;
      const auto taken = world_.ask([&](desk::Desk& desk) -> Status {
        HEJNAL_TRY(filed, desk.report(report));
        return {};
      });
      if (taken && *taken) world_.laws.reported(filed.number, id, static_cast<int>(m.client), client.party);
      break;
    }
    default:  // in the thread of something else
      if (!client.last_mail_of_desk.empty())
        write(m, "Re: stara sprawa", "I jeszcze jedno: " + m.text, false, client.last_mail_of_desk);
  }
}

void Clients::got(const ports::Outgoing& outgoing) {
  const core::Notice& notice = outgoing.notice;
  const auto found = by_address_.find(notice.to);
  if (found == by_address_.end()) return;
  Client* const client = &clients_[found->second];
  if (notice.channel == core::Channel::email) {
    client->last_mail_of_desk = outgoing.message_id;
    if (client->away_until > world_.now() && world_.dice.chance(700)) out_of_office(*client, outgoing);
  }
  const CaseAccount* account = world_.laws.find(world_.laws.living(notice.number));
  if (!account) return;
  for (const MatterId id : account->matters) {
    if (id == 0) continue;  // a mere call
    Matter& m = at(id);
    if (m.client != found->second) continue;
    using enum core::NoticeKind;
    if (notice.kind == start_of_work || notice.kind == acknowledgement ||
        notice.kind == core::NoticeKind::settled)
      m.heard = true;
    if (notice.kind == answer || notice.kind == question) got_answer(m, outgoing);
    if (notice.kind == receipt && writing_ && world_.dice.chance(30)) {
      world_.after(world_.dice.between(Duration(10min), Duration(30h)),
                   [this, link = notice.number, works = world_.dice.chance(300)] { press(link, works); });
    }
    if (notice.kind == missing_email && world_.dice.chance(250)) {
      world_.after(world_.dice.between(Duration(1min), Duration(30min)),
                   [this, id, number = notice.number] { type_text(id, number); });
    } else if (notice.kind == missing_email && world_.dice.chance(900)) {
      world_.after(world_.dice.between(Duration(2min), Duration(1h)),
                   [this, id] { write(at(id), at(id).subject, at(id).text, true); });
    }
  }
}

void Clients::got_answer(Matter& m, const ports::Outgoing& outgoing) {
  Dice& dice = world_.dice;
  m.heard = true;
  m.answered = m.answered || outgoing.notice.kind == core::NoticeKind::answer;
  if (!writing_ || outgoing.notice.channel != core::Channel::email || m.replies >= 3) return;
  const bool asked = outgoing.notice.kind == core::NoticeKind::question;
  std::string text = asked ? "Tak, właśnie tak." : dice.chance(700) ? "Dziękuję!" : "Dalej jest źle.";
  if (!dice.chance(asked ? 850 : 450)) return;
  ++m.replies;
  if (asked && dice.chance(250)) {  // a short answer is quicker by SMS
    world_.after(dice.between(Duration(1min), Duration(20h)), [this, id = m.id, text] {
      Truth truth = truth_of(at(id), at(id).client);
      truth.answers = true;
      post_.sms(clients_[at(id).client].phone, text, truth);
    });
    return;
  }
  world_.after(dice.between(Duration(3min), Duration(48h)),
               [this, id = m.id, text, thread = outgoing.message_id] {
                 write(at(id), "Re: " + at(id).subject, text, false, thread);
               });
}

// On the page that the SMS has named. Some press twice, some give another address for the answer.
void Clients::type_text(MatterId id, core::CaseNumber link) {
  const Matter& m = at(id);
  desk::TypedText typed{world_.dice.chance(700) ? m.subject : std::string(), m.text, {}};
  if (world_.dice.chance(500)) typed.email = clients_[m.client].email;
  const int presses = world_.dice.chance(150) ? 2 : 1;
  for (int i = 0; i < presses; ++i) {
    world_.laws.types(id);
    const auto taken = world_.ask([&](desk::Desk& desk) -> Status {
      HEJNAL_TRY_VOID(desk.type_text(link, typed));
      return {};
    });
    world_.laws.types(0);
    if (taken && *taken) continue;
    if (writing_) world_.after(5min, [this, id, link] { type_text(id, link); });  // the page did not answer
    return;
  }
}

// What she says on the page of the case instead of writing again. It may not be the time for it: the page
// then says so, and nothing has happened.
void Clients::press(core::CaseNumber link, bool works) {
  static_cast<void>(world_.ask([&](desk::Desk& desk) -> Status {
    if (works) {
      HEJNAL_TRY_VOID(desk.works_again(link, "Działa."));
    } else {
      HEJNAL_TRY_VOID(desk.remind(link, "Nie ma jeszcze odpowiedzi."));
    }
    return {};
  }));
}

void Clients::out_of_office(const Client& client, const ports::Outgoing& outgoing) {
  ClientLetter letter{.from = client.email, .from_name = client.name};
  letter.subject = "Automatyczna odpowiedź: " + outgoing.words.subject;
  letter.text = "Jestem poza biurem.";
  letter.in_reply_to = outgoing.message_id;
  letter.null_sender = true;
  if (client.away_marks_mail) letter.headers = {{"Auto-Submitted", "auto-replied"}};
  post_.mail(std::move(letter), {0, false, false, true, false});
}

void Clients::run_robots() {
  if (world_.weather.robots == 0) return;
  world_.laws.forbid_automatic_to("monitor@firma0.example");
  world_.laws.forbid_automatic_to("lista@firma1.example");
  world_.after(world_.dice.between(Duration(6h), Duration(30h)), [this] {
    if (!writing_) return;
    if (world_.dice.chance(world_.weather.robots / 4)) {
      ClientLetter letter{.from = "monitor@firma0.example", .subject = "PROBLEM: disk", .text = "db1: 91 %"};
      letter.headers = {{"Auto-Submitted", "auto-generated"}};
      if (world_.dice.chance(500)) {
        letter.from = "lista@firma1.example";
        letter.subject = "Promocja tygodnia";
        letter.headers = {{"List-Id", "<promocje.firma1.example>"}, {"Precedence", "bulk"}};
      }
      post_.mail(std::move(letter), {0, false, false, true, false});
    }
    run_robots();
  });
}

}  // namespace hejnal::sim

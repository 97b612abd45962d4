#include "sim/two_sided/laws.hpp"

#include <fmt/core.h>

#include <algorithm>

#include "base/hash.hpp"
#include "base/signature.hpp"
#include "config/procedure_file.hpp"
#include "json/entry.hpp"
#include "json/value.hpp"
#include "reporter/proof.hpp"

namespace hejnal::sim::two_sided {

using core::Channel;
using core::ReportState;
using core::SendingKind;

namespace {

constexpr Duration kTenMinutes = 10min;
constexpr Duration kHearsOf = 2min;  // so long a server may take to say that it has the email
constexpr Duration kSlack = 1s;
constexpr std::size_t kStoryMax = 80;

const core::Procedure& procedure() {
  static const core::Procedure one = *config::builtin_procedure("pl");
  return one;
}

bool waits(const core::SentReport& r) {
  return r.state == ReportState::waiting || r.state == ReportState::unanswered;
}

const char* name_of(Gate::Went went) {
  switch (went) {
    case Gate::Went::taken:
      return "taken";
    case Gate::Went::put_off:
      return "put off";
    case Gate::Went::refused:
      return "refused";
    case Gate::Went::uncertain:
      return "uncertain";
    case Gate::Went::repeated:
      return "recognised";
  }
  return "";
}

}  // namespace

Matter& ReportLaws::begin(Side* side, core::ReportId report, const std::string& class_name,
                          const std::string& provider) {
  Matter m;
  m.id = static_cast<int>(matters_.size()) + 1;
  m.side = side;
  m.report = report;
  m.class_name = class_name;
  m.provider = provider;
  m.opened = scene_.now;
  if (side) {
    by_report_[{side->index(), report}] = m.id;
    open_[side->index()].insert(m.id);
  }
  matters_.push_back(std::move(m));
  return matters_.back();
}

Matter* ReportLaws::find(const Side& side, core::ReportId report) {
  const auto found = by_report_.find({side.index(), report});
  return found == by_report_.end() ? nullptr : &at(found->second);
}

int ReportLaws::matter_of(const Side& desk, core::CaseNumber number) const {
  const auto found = cases_.find({desk.index(), number});
  if (found == cases_.end() || found->second.matters.size() != 1) return 0;
  return *found->second.matters.begin();
}

std::optional<Instant> ReportLaws::acted(const Side& desk, core::CaseNumber number) const {
  const auto found = cases_.find({desk.index(), number});
  return found == cases_.end() ? std::nullopt : found->second.acted;
}

void ReportLaws::broken(const std::string& law, int matter, const std::string& what) {
  if (violations_.empty()) violations_.push_back({law, what, matter});
}

// -- what happens
// -----------------------------------------------------------------------------------------------

void ReportLaws::reported(Side& side, const core::SentReport& r) {
  Matter* m = find(side, r.id);
  if (m == nullptr) return;  // filed in a commit whose answer nobody has had
  const ReportState before = m->r.state;
  if (r.entries < m->r.entries)
    broken("reports_are_kept", m->id,
           fmt::format("its journal had {} entries and has {}", m->r.entries, r.entries));
  m->r = r;
  const bool heard = r.state == ReportState::acknowledged || r.state == ReportState::answered;
  if (heard && before != r.state && !m->person)
    broken("no_machine_for_a_person", m->id,
           fmt::format("it became {}, and no person has said a word", to_string(r.state)));
  if (r.state == ReportState::unanswered && before == ReportState::waiting) prove(side, *m);
  if (!r.open() && !r.sends()) open_[side.index()].erase(m->id);
}

void ReportLaws::attempted(Side& side, const ports::Outgoing& outgoing, Gate::Went went) {
  const core::ReportName name = report_of(outgoing.message_id);
  Matter* m = find(side, name.id);
  if (m == nullptr) return;
  const core::SentReport r = side.report(name.id);
  const auto* sending = r.sending(name.n);
  if (sending == nullptr) {
    broken("reports_are_kept", m->id, fmt::format("sending {} left before it was written down", name.n));
    return;
  }
  Matter::Attempt a;
  a.n = name.n;
  a.step = sending->step;
  a.kind = sending->kind;
  a.channel = sending->channel;
  a.news = sending->news;
  a.life = side.life();
  a.went = went;
  a.at = scene_.now;
  a.at_side = side.now();
  a.sum = sha256_hex(a.channel == Channel::email ? outgoing.mail.bytes : outgoing.words.text);
  digest_.add(outgoing.message_id);
  digest_.add(a.sum);
  digest_.add(a.went);
  digest_.add(a.at);
  const bool of_a_step = a.kind == SendingKind::report || a.kind == SendingKind::sms;
  if (of_a_step && m->reached && *m->reached < scene_.now)
    broken(
        "no_step_after_answer", m->id,
        fmt::format("sending {} left, and a person's word had come at {}", a.n, format_rfc3339(*m->reached)));
  if (a.channel == Channel::sms && went == Gate::Went::taken) {
    const bool before = std::any_of(m->attempts.begin(), m->attempts.end(), [&](const Matter::Attempt& one) {
      return one.n == a.n && one.went == Gate::Went::taken;
    });
    if (before) broken("no_sms_twice", m->id, fmt::format("SMS {} left twice", a.n));
  }
  m->attempts.push_back(std::move(a));
  // Each step has an email and an SMS, what was lost one more, the end one word; news follow the clock. A
  // crash repeats what it hits, so this counts what was written.
  constexpr int kMost = 9;
  const auto written = std::count_if(r.sendings.begin(), r.sendings.end(),
                                     [](const auto& s) { return s.kind != SendingKind::news; });
  if (written > kMost) broken("they_never_loop", m->id, fmt::format("{} sendings of one report", written));
}

void ReportLaws::from_desk(const Side& desk, const ports::Outgoing& outgoing) {
  digest_.add(outgoing.message_id);
  digest_.add(outgoing.words.text);
  const int id = outgoing.notice.to_desk() ? 0 : matter_of(desk, outgoing.notice.number);
  if (id == 0 || outgoing.notice.channel != Channel::email) return;
  constexpr int kMost = 60;
  if (++at(id).from_desk > kMost) broken("they_never_loop", id, "the desk has sent it sixty emails");
}

void ReportLaws::turned(const Side& desk, const WrittenTurn& turn) {
  CaseOf& of = cases_[{desk.index(), turn.after.number}];
  of.closed = turn.after.state == core::State::closed;
  for (const core::Entry& entry : turn.entries) {
    digest_.add(entry);
    if (std::holds_alternative<core::Acted>(entry.body) && entry.by != "desk" && entry.by != "client")
      of.acted = scene_.now;
    if (arriving && arriving->report && std::holds_alternative<core::Received>(entry.body))
      of.matters.insert(arriving->matter);
  }
}

void ReportLaws::at_desk(const Side* desk, const Truth& truth, Channel channel, core::CaseNumber number) {
  if (truth.matter == 0) return;
  Matter& m = at(truth.matter);
  if (!truth.report) return;
  if (!m.known) m.known = scene_.now;
  const bool had_mail = m.mailed.has_value();
  if (channel == Channel::email && !m.mailed) m.mailed = scene_.now;
  if (desk == nullptr || number == 0) return;
  CaseOf& of = cases_[{desk->index(), number}];
  if (m.side) {  // correlation is exact between two hejnals
    for (const int other : of.matters) {
      if (other != m.id && at(other).side == m.side)
        broken("one_case_for_a_report", m.id, fmt::format("case {} has another report, too", number));
    }
    for (const core::CaseNumber other : m.cases) {
      const auto& same = cases_[{desk->index(), other}];
      if (other != number && !same.closed)
        broken("one_case_for_a_report", m.id, fmt::format("it is in case {} and in case {}", other, number));
    }
  }
  of.matters.insert(m.id);
  m.cases.insert(number);
  if (channel != Channel::sms || !m.side || had_mail) return;
  // The email that this SMS goes with is not here.
  ++watched_sms;
  int taken = 0;
  Instant last;
  for (const Matter::Attempt& a : m.attempts) {
    if (a.kind != SendingKind::report || a.went != Gate::Went::taken) continue;
    ++taken;
    last = a.at;
  }
  if (taken == 0) return;  // it still waits for its first server
  scene_.after(kTenMinutes + kHearsOf,
               [this, side = m.side, id = m.id, last] { check_sms(*side, id, 0, last); });
}

// `began`: when the lost email left.
void ReportLaws::check_sms(Side& side, int matter, int, Instant began) {
  Matter& m = at(matter);
  // When every step is over and the client knows that nobody has answered, nothing is sent by itself.
  if (m.mailed || m.person || m.r.state != ReportState::waiting || !m.r.peer) return;
  if (!side.running() || side.troubled() >= began) return;
  const bool again = std::any_of(m.attempts.begin(), m.attempts.end(), [&](const Matter::Attempt& a) {
    return a.at > began && (a.kind == SendingKind::report || m.r.lost >= 2);
  });
  if (again || m.r.lost >= 2 || m.r.instead) return;
  broken("resent_in_ten_minutes", matter,
         fmt::format("its email of {} is lost, its SMS had arrived, and nothing has followed",
                     format_rfc3339(began)));
}

void ReportLaws::somebody_spoke(const Side& side, const std::string& provider) {
  for (const int id : open_[side.index()]) {
    if (at(id).provider == provider) at(id).person = true;
  }
}

void ReportLaws::at_client(Side& side, const Truth& truth, core::ReportId found) {
  if (truth.matter == 0) return;
  Matter& m = at(truth.matter);
  if (m.side != &side) return;
  const bool word = truth.person || truth.reads;
  if (word) m.person = true;
  if (found != 0 && found != m.report) {
    if (!truth.tells && !truth.mail) return;
    broken("answer_is_heard", m.id,
           fmt::format("what belongs to it ({}) was taken for report {}", truth.where, found));
    return;
  }
  if (!word || !truth.tells) return;
  if (!m.reached) m.reached = scene_.now;
  if (!side.running()) return;  // it has died right after
  const core::SentReport r = side.report(m.report);
  if (!r.open()) return;
  if (found == 0 || waits(r))
    broken("answer_is_heard", m.id,
           fmt::format("a person's word has come ({}), and it is {}", truth.where, to_string(r.state)));
}

// -- looking
// ----------------------------------------------------------------------------------------------------

void ReportLaws::at_rest(Side& side) {
  if (!violations_.empty()) return;
  for (const int id : open_[side.index()]) check_steps(side, at(id));
}

void ReportLaws::check_steps(Side& side, Matter& m) {
  const core::SentReport& r = m.r;
  if (!r.exists() || !r.open() || r.held) return;
  const core::ServiceClass& service = procedure().at(m.class_name);
  const Instant now = side.now();
  if (r.state == ReportState::acknowledged) {
    const Instant owed =
        std::max(r.opened_at + service.promise.answer_within, r.acknowledged_at.value_or(now) + 1h);
    const bool told = std::any_of(r.sendings.begin(), r.sendings.end(),
                                  [](const auto& s) { return s.news == core::News::late; });
    if (now > owed + kSlack && !told)
      broken("answered_or_known", m.id, "it was acknowledged, not answered in time, and nobody was told");
    return;
  }
  if (!waits(r) || m.reached) return;
  if (m.receipt_stops && r.receipt_at) return;
  Instant due = r.opened_at, last;
  for (std::size_t i = 0; i < service.steps.size(); ++i) {
    const core::Step& step = service.steps[i];
    if (i > 0) {
      const Duration gap = std::max(step.wait - service.steps[i - 1].wait, Duration(1s));
      due = std::max(r.opened_at + step.wait, last + gap);
    }
    if (now <= due + kSlack) return;
    last = due;
    for (const Channel means : step.means) {
      if (means == Channel::sms && r.to_sms.empty()) continue;  // there is no second channel
      const auto left = std::find_if(m.attempts.begin(), m.attempts.end(), [&](const Matter::Attempt& a) {
        // What could not leave in time does not leave beside the next step, which says the same.
        return a.step > static_cast<int>(i) && a.channel == means &&
               (a.kind == SendingKind::report || a.kind == SendingKind::sms);
      });
      const bool unsure = std::any_of(r.sendings.begin(), r.sendings.end(), [&](const auto& s) {
        return s.step == static_cast<int>(i) + 1 && s.channel == means &&
               s.state == core::SendingState::unknown;
      });
      if (left == m.attempts.end() && unsure) continue;  // it died over it: an SMS is not sent blindly again
      if (left == m.attempts.end())
        return broken(
            "steps_are_carried_out", m.id,
            fmt::format("step {} by {} was due at {}", i + 1, to_string(means), format_rfc3339(due)));
      last = std::max(last, left->at_side);
    }
  }
  if (r.state == ReportState::waiting && now > last + service.promise.answer_within + 1min)
    broken("answered_or_known", m.id, "every step is over, and it still only waits");
  const bool told = std::any_of(r.sendings.begin(), r.sendings.end(),
                                [](const auto& s) { return s.news == core::News::unanswered; });
  if (r.state == ReportState::unanswered && !told)
    broken("answered_or_known", m.id, "nobody has answered, and nobody was told");
}

// The proof as `hejnal report N proof` writes it, against what the roads have seen.
void ReportLaws::prove(Side& side, Matter& m) {
  auto& reports = side.node().desk().store().reports();
  const auto journal = reports.records().journal(m.report);
  const auto messages = reports.messages(m.report);
  if (!journal || !messages) return;  // the disk is ill
  const core::SentReport r = side.report(m.report);
  if (!r.exists()) return broken("reports_are_kept", m.id, "it is not there any more");
  ++proofs;
  m.proved = true;
  const std::string seed(kSigningSeedBytes, static_cast<char>('a' + side.index()));
  reporter::SignedText proof;
  proof.text =
      reporter::proof_text({r, *journal, *messages, &procedure(), "Klient", "Europe/Warsaw", r.opened_at});
  const Signature signature = sign(seed, proof.text);
  proof.key = signature.key;
  proof.signature = signature.bytes;
  const auto back = reporter::read_armour(reporter::armour(proof));
  if (!back || !is_signed(back->text, {back->key, back->signature}))
    return broken("steps_are_proved", m.id, "its signature does not hold");
  std::string changed = back->text;
  changed[changed.size() / 2] ^= 1;
  if (is_signed(changed, {back->key, back->signature}))
    return broken("steps_are_proved", m.id, "its signature holds for another text");
  for (const Matter::Attempt& a : m.attempts) {
    const auto* sending = r.sending(a.n);
    if (sending == nullptr || a.kind == SendingKind::news) continue;
    if (back->text.find(a.sum) == std::string::npos ||
        back->text.find(sending->message_id) == std::string::npos)
      return broken("steps_are_proved", m.id, fmt::format("what left as {} is not in the proof", a.n));
    if (sending->left_at && back->text.find(sending->text) == std::string::npos)
      return broken("steps_are_proved", m.id,
                    fmt::format("the server's word on {} is not in the proof", a.n));
  }
  for (const auto& message : *messages) {
    if (message.n < 0 || message.channel != Channel::email) continue;
    const auto raw = reports.raw(message.id);
    if (raw && sha256_hex(*raw) != message.sum)
      return broken("reports_are_kept", m.id, fmt::format("message {} is not what it was", message.id));
  }
}

void ReportLaws::must_be_over(Side& side) {
  for (Matter& m : matters_) {
    if (m.side != &side) continue;
    const core::SentReport r = side.report(m.report);
    if (!r.exists()) {  // its commit went down with a crash; but who was told that it is filed may rely on it
      if (m.filed) return broken("reports_are_kept", m.id, "it was filed, and is not there");
      continue;
    }
    if (r.open()) return broken("comes_to_rest", m.id, fmt::format("it is still {}", to_string(r.state)));
    if (r.sends()) return broken("comes_to_rest", m.id, "something of it still waits to leave");
    const bool heard = r.acknowledged_at || r.answered_at;
    if (!heard && !m.told && !m.ended_by_client)
      return broken("answered_or_known", m.id, "no person has answered, and the client does not know");
    if (m.id % 4 == 0) prove(side, m);
    digest_.add(r.entries);
  }
  const Status verified = side.node().disk().verify();
  if (!verified) broken("reports_are_kept", 0, verified.error().what);
}

std::vector<std::string> ReportLaws::story(int matter) {
  std::vector<std::string> out;
  if (matter == 0) return out;
  Matter& m = at(matter);
  out.push_back(fmt::format("{} report {} ({}) to {}", m.side ? "hejnal's" : "a person's", m.report,
                            m.class_name, m.provider));
  std::vector<std::pair<Instant, std::string>> lines;
  for (const Matter::Attempt& a : m.attempts)
    lines.emplace_back(
        a.at, fmt::format("road: {} {} of step {} {}", to_string(a.kind), a.n, a.step, name_of(a.went)));
  if (m.known) lines.emplace_back(*m.known, "road: the desk knows");
  if (m.mailed) lines.emplace_back(*m.mailed, "road: an email of it is at the desk");
  if (m.reached) lines.emplace_back(*m.reached, "road: a person's word is at the client");
  if (m.side && m.side->running()) {
    const auto journal = m.side->node().desk().store().reports().records().journal(m.report);
    if (journal) {
      for (const auto& entry : *journal) {
        std::string words = fmt::format("{} {}", entry.by, entry.kind());
        if (const auto* queued = std::get_if<core::sent::Queued>(&entry.body))
          words += fmt::format(" {} {} {}", queued->n, to_string(queued->what), to_string(queued->wording));
        if (const auto* fate = std::get_if<core::sent::SendingFate>(&entry.body))
          words += fmt::format(" {} {} {}", fate->n, to_string(fate->state), fate->text);
        if (const auto* leaving = std::get_if<core::sent::Leaving>(&entry.body))
          words += fmt::format(" {}", leaving->n);
        if (const auto* back = std::get_if<core::sent::CameBack>(&entry.body))
          words += fmt::format(" {} by {} from {}: {} [{}]", to_string(back->what), to_string(back->channel),
                               back->from, back->subject, back->notice);
        lines.emplace_back(entry.at, fmt::format("{}: {}", words, entry.why));
      }
    }
  }
  for (const core::CaseNumber number : m.cases) {
    if (m.desk == nullptr) break;
    const auto journal = m.desk->node().disk().journal(number);
    if (!journal) continue;
    for (const core::Entry& entry : *journal)
      lines.emplace_back(entry.at, fmt::format("case {}: {}", number, json::dump(json::entry_object(entry))));
  }
  std::stable_sort(lines.begin(), lines.end(),
                   [](const auto& a, const auto& b) { return a.first < b.first; });
  for (const auto& [at, words] : lines) out.push_back(format_rfc3339(at) + " " + words);
  if (out.size() > kStoryMax) {
    out.erase(out.begin() + kStoryMax / 2, out.end() - kStoryMax / 2);
    out.insert(out.begin() + kStoryMax / 2, "...");
  }
  return out;
}

}  // namespace hejnal::sim::two_sided

// Exhaustive exploration of the core: every order of a client's messages, an agent's acts, bounces and
// passing time, as deep as the given time allows. Each step is held against the laws that the core could
// break.
//
//   HEJNAL_EXPLORE_SECONDS=60   how long (default 60)
//
// The walk is depth first with a growing limit. Two cases are the same state when all that a later decision
// can look at is the same, with times taken relative to now; such a state is entered once for each depth that
// is left. A broken law prints the signals that lead to it.
#include <fmt/format.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <chrono>
#include <cstdlib>
#include <string>
#include <vector>

#include "config/procedure_file.hpp"
#include "core/decide.hpp"
#include "json/entry.hpp"

namespace hejnal {

namespace {

using namespace core;

// A case, its moment, and what the laws need to remember of its past.
struct World {
  Case c;
  Instant now{1'795'424'400'000};
  MessageId messages = 0;
  int last_receipt = 0, last_answer = 0;  // notices that could bounce
  int starts = 0, acknowledgements = 0, missing = 0;
};

constexpr const char* kPhone = "+48601222333";

EmailReceived email(World& w, Relation relation) {
  EmailReceived s;
  s.message = ++w.messages;
  s.from = {"Anna", "a@k.example", {}, {}};
  s.answer_to = s.automatic_to = s.from.email;
  s.subject = "Drukarka";
  s.sent_at = w.now;
  s.relation = relation;
  return s;
}

EmailReceived robot(World& w, Relation relation) {
  EmailReceived s = email(w, relation);
  s.automatic = true;
  return s;
}

SmsReceived sms(World& w, Relation relation) {
  SmsReceived s;
  s.message = ++w.messages;
  s.from.phone = kPhone;
  s.relation = relation;
  return s;
}

CallReceived call(World& w, Relation relation, bool answered) {
  CallReceived s;
  s.message = ++w.messages;
  s.from.phone = kPhone;
  s.answered = answered;
  s.relation = relation;
  return s;
}

Reported report(World& w, Relation relation) {
  Reported s;
  s.message = ++w.messages;
  s.from = {"Anna", "a@k.example", {}, {}};
  s.relation = relation;
  return s;
}

AgentActed act(Action action, std::string text = {}, Duration delay = {}) {
  AgentActed a;
  a.action = action;
  a.agent = "Piotr";
  a.text = std::move(text);
  a.delay = delay;
  return a;
}

AgentActed reclassify(const char* to) {
  AgentActed a = act(Action::reclassify);
  a.class_name = to;
  return a;
}

NoticeFate bounce(int notice, NoticeKind kind) {
  NoticeFate f;
  f.notice = notice;
  f.kind = kind;
  f.to = "a@k.example";
  f.state = NoticeState::bounced;
  return f;
}

// Something that can happen next. `make` may move the clock; empty: it cannot happen here.
struct Move {
  const char* name;
  std::optional<Signal> (*make)(World&);
};

std::optional<Signal> only_if(bool possible, Signal signal) {
  return possible ? std::optional(std::move(signal)) : std::nullopt;
}

const std::vector<Move>& openings() {
  static const std::vector<Move> list = {
      {"an email opens", [](World& w) { return only_if(true, email(w, Relation::opens)); }},
      {"an email to awaria@ opens",
       [](World& w) {
         EmailReceived s = email(w, Relation::opens);
         s.hint = {"critical", "it was sent to awaria@"};
         return only_if(true, s);
       }},
      {"an SMS opens", [](World& w) { return only_if(true, sms(w, Relation::opens)); }},
      {"a monitoring system's email opens",
       [](World& w) { return only_if(true, robot(w, Relation::opens)); }},
      {"a rejected call opens", [](World& w) { return only_if(true, call(w, Relation::opens, false)); }},
      {"a report opens", [](World& w) { return only_if(true, report(w, Relation::opens)); }},
  };
  return list;
}

const std::vector<Move>& moves() {
  static const std::vector<Move> list = {
      {"client replies", [](World& w) { return only_if(true, email(w, Relation::reply)); }},
      {"a colleague of the client replies",
       [](World& w) {
         EmailReceived s = email(w, Relation::reply);
         s.from = {"Ola", "ola@k.example", {}, {}};
         s.answer_to = s.automatic_to = s.from.email;
         return only_if(true, s);
       }},
      {"somebody forges the client's address",
       [](World& w) {
         EmailReceived s = email(w, Relation::reply);
         s.answer_to = s.automatic_to = "mallory@evil.example";
         return only_if(true, s);
       }},
      {"client sends again",
       [](World& w) { return only_if(!w.c.email_missing, email(w, Relation::resend)); }},
      {"the announced email comes",
       [](World& w) { return only_if(w.c.email_missing, email(w, Relation::announced)); }},
      {"client texts", [](World& w) { return only_if(true, sms(w, Relation::reply)); }},
      {"client's call is rejected", [](World& w) { return only_if(true, call(w, Relation::reply, false)); }},
      {"client writes on the page", [](World& w) { return only_if(true, report(w, Relation::reply)); }},
      {"an autoresponder writes", [](World& w) { return only_if(true, robot(w, Relation::reply)); }},
      {"agent reads", [](World&) { return only_if(true, act(Action::read)); }},
      {"agent starts", [](World&) { return only_if(true, act(Action::start)); }},
      {"agent answers", [](World&) { return only_if(true, act(Action::answer, "Gotowe.")); }},
      {"agent answers in 10 min",
       [](World&) { return only_if(true, act(Action::answer, "Gotowe.", 10min)); }},
      {"agent asks", [](World&) { return only_if(true, act(Action::ask, "Która?")); }},
      {"agent cancels", [](World& w) { return only_if(w.c.delayed.has_value(), act(Action::cancel)); }},
      {"agent settles", [](World&) { return only_if(true, act(Action::settle)); }},
      {"agent reopens", [](World&) { return only_if(true, act(Action::reopen)); }},
      {"agent closes", [](World&) { return only_if(true, act(Action::close)); }},
      {"agent says critical", [](World&) { return only_if(true, reclassify("critical")); }},
      {"agent says routine", [](World&) { return only_if(true, reclassify("routine")); }},
      {"agent merges a late case into it",
       [](World& w) { return only_if(w.c.links.empty() && w.c.candidates.empty(), act(Action::absorb)); }},
      {"agent merges another client's case into it",
       [](World& w) {
         AgentActed a = act(Action::absorb);
         a.other = 3;
         return only_if(w.c.others.empty(), a);
       }},
      {"the receipt bounces",
       [](World& w) { return only_if(w.last_receipt != 0, bounce(w.last_receipt, NoticeKind::receipt)); }},
      {"the answer bounces",
       [](World& w) { return only_if(w.last_answer != 0, bounce(w.last_answer, NoticeKind::answer)); }},
      {"the alarm rings in time",
       [](World& w) {
         if (alarm(w.c)) w.now = std::max(w.now, *alarm(w.c));
         return only_if(true, AlarmRang{});
       }},
      {"the alarm rings 26 h late",
       [](World& w) {
         if (alarm(w.c)) w.now = std::max(w.now, *alarm(w.c)) + 26h;
         return only_if(alarm(w.c).has_value(), AlarmRang{});
       }},
      // Time may also pass without a ring: the alarm is not due yet, or the desk is behind.
      {"7 minutes pass",
       [](World& w) {
         w.now = w.now + 7min;
         return std::optional<Signal>();
       }},
      {"the alarm is 3 h overdue and has not rung",
       [](World& w) {
         if (alarm(w.c)) w.now = std::max(w.now, *alarm(w.c)) + 3h;
         return std::optional<Signal>();
       }},
  };
  return list;
}

bool only_time(const Move& move) {
  return std::string_view(move.name).find("pass") != std::string_view::npos ||
         std::string_view(move.name).find("has not rung") != std::string_view::npos;
}

// -- states
// ------------------------------------------------------------------------------------------------------

class Hash {
 public:
  void add(std::int64_t value) {
    h_ ^= static_cast<std::uint64_t>(value) + 0x9E3779B97F4A7C15u + (h_ << 6) + (h_ >> 2);
    h_ *= 0xBF58476D1CE4E5B9u;
    h_ ^= h_ >> 29;
  }
  void add(const std::optional<Instant>& t, Instant now) { add(t ? (*t - now).count() : -1'000'000'000'007); }
  std::uint64_t value() const { return h_; }

 private:
  std::uint64_t h_ = 0x243F6A8885A308D3u;
};

// All that a later decision, or a law below, can look at.
std::uint64_t state_of(const World& w) {
  const Case& c = w.c;
  Hash h;
  h.add(static_cast<int>(c.state));
  for (const char letter : c.class_name) h.add(letter);
  h.add(c.class_confirmed + 2 * c.class_by_agent + 4 * c.email_missing + 8 * c.human_reaction +
        16 * c.start_of_work_said + 32 * c.acknowledged + 64 * c.read_at.has_value() +
        128 * c.answered_at.has_value() + 256 * c.client.phone.empty() + 512 * c.client.email.empty() +
        1024 * c.answer_to.empty() + 2048 * c.automatic_to.empty() + 4096 * c.subject.empty());
  h.add(c.step);
  h.add((c.sent_at - w.now).count());
  if (c.email_missing) h.add((c.opened_at - w.now).count());
  for (const auto& debt : c.debts) {
    h.add(debt.has_value());
    if (!debt) continue;
    h.add((debt->since - w.now).count());
    h.add(debt->rings + 1000 * debt->breached);
    if (debt->paused_left_ms) {
      h.add(*debt->paused_left_ms);
    } else {
      h.add(debt->due, w.now);
      h.add(debt->ring_at, w.now);
    }
  }
  for (const auto& timer : c.timers) h.add(timer, w.now);
  h.add(c.delayed ? 1 + c.delayed->question : 0);
  h.add(static_cast<std::int64_t>(c.also_to.size() + 10 * c.others.size()));
  h.add(static_cast<int>(c.merged_into + 10 * static_cast<int>(c.links.size() + c.candidates.size())));
  const auto lost = [&](int notice) {
    return std::find(c.lost_notices.begin(), c.lost_notices.end(), core::Case::Lost{0, notice}) !=
           c.lost_notices.end();
  };
  h.add((w.last_receipt != 0) + 2 * lost(w.last_receipt) + 4 * (w.last_answer != 0) +
        8 * lost(w.last_answer));
  h.add(w.starts + 8 * w.acknowledgements + 64 * w.missing);
  return h.value();
}

// The states seen, each with the greatest depth that was left when it was entered.
class Seen {
 public:
  Seen() : slots_(std::size_t{1} << 24) {}

  // The depth that was left when the state was last entered: -1 when never.
  int enter(std::uint64_t hash, int left) {
    const std::uint64_t key = hash & ~std::uint64_t{63};
    for (std::size_t i = hash >> 40;; i = (i + 1) & (slots_.size() - 1)) {
      std::uint64_t& slot = slots_[i];
      if (slot != 0 && (slot & ~std::uint64_t{63}) != key) continue;
      const int before = static_cast<int>(slot & 63) - 1;
      if (slot == 0) ++count_;
      if (before < left) slot = key | static_cast<std::uint64_t>(left + 1);
      return before;
    }
  }
  std::size_t count() const { return count_; }
  bool full() const { return count_ > slots_.size() / 4 * 3; }

 private:
  std::vector<std::uint64_t> slots_;
  std::size_t count_ = 0;
};

// -- the laws
// ------------------------------------------------------------------------------------------------------

// The client and the clients of merged cases are among those who get what an agent has written.
bool reaches_all(const Case& c, const std::vector<Notice>& notices) {
  for (const TookOver& client : clients_of(c)) {
    const bool told = std::any_of(notices.begin(), notices.end(), [&](const Notice& n) {
      return (n.kind == NoticeKind::answer || n.kind == NoticeKind::question) &&
             (n.to == client.client.phone ||
              n.to == (client.client.email.empty() ? client.answer_to : client.client.email));
    });
    if (!told) return false;
  }
  return true;
}

// The first law that this step breaks, or empty. `after` is `before` with the entries applied.
std::string broken_law(const Procedure& procedure, const World& before, const Signal& signal,
                       const Decision& decision, const World& after) {
  const Instant now = after.now;
  const bool rings = std::holds_alternative<AlarmRang>(signal);
  const bool agents = std::holds_alternative<AgentActed>(signal);
  const auto* mail = std::get_if<EmailReceived>(&signal);
  const auto* reported = std::get_if<Reported>(&signal);

  const bool closed = after.c.state == State::closed;
  if (alarm(after.c).has_value() == closed) return "an alarm exists if and only if the case is not closed";
  if (next(after.c).has_value() == closed)
    return "something is due next if and only if the case is not closed";
  if (rings && alarm(after.c) && *alarm(after.c) <= now)
    return "after a ring the next alarm is in the future";
  if (rings && alarm(before.c) && *alarm(before.c) > now && !decision.entries.empty())
    return "nothing happens before its time";

  // Entry by entry: nothing early, nothing twice.
  Case c = before.c;
  int rang[2] = {0, 0};
  bool second_step = false;
  const auto* asked = std::get_if<AgentActed>(&signal);
  const bool cancelled = asked && asked->action == Action::cancel;
  const bool leaves = std::any_of(decision.notices.begin(), decision.notices.end(), [](const Notice& n) {
    return n.kind == NoticeKind::answer || n.kind == NoticeKind::question;
  });
  for (const Entry& e : decision.entries) {
    if (const auto* b = std::get_if<Acted>(&e.body);
        b && (b->action == Action::answer || b->action == Action::ask) && !reaches_all(c, decision.notices))
      return "an answer goes to the client, whoever else gets it";
    if (e.at != now) return "an entry stands at the time of its decision";
    if (const auto* b = std::get_if<StepTaken>(&e.body)) second_step = b->step == 2;
    if (const auto* b = std::get_if<Rang>(&e.body)) {
      const Debt& debt = *c.debt(b->promise);
      const bool due = debt.ring_at <= now;
      if (!due && !second_step) return "nothing rings early";
      if (b->n != debt.rings + 1) return "rings are counted";
      if (b->late_ms < 0 || (rings && b->late_ms != (now - debt.ring_at).count()))
        return "a ring says how late it is";
      if (b->ring_at <= now) return "the next ring is later";
      if (++rang[static_cast<std::size_t>(b->promise)] > 1) return "missed rings collapse into one";
    }
    if (const auto* b = std::get_if<Breached>(&e.body)) {
      const Debt& debt = *c.debt(b->promise);
      if (debt.breached) return "a promise is broken once";
      if (debt.due > now) return "no promise is broken early";
      if (b->late_ms != (now - debt.due).count()) return "a breach says how late it is";
    }
    if (const auto* b = std::get_if<Dropped>(&e.body)) {
      if (!c.timer(b->timer)) return "a timer that is dropped was planned";
      if (b->timer == Timer::answer && !leaves && !cancelled)
        return "what an agent has written leaves or is cancelled by name";
      if (rings && e.why == "its time has come" &&
          (*c.timer(b->timer) > now || b->late_ms != (now - *c.timer(b->timer)).count()))
        return "a timer happens at its time and says how late it is";
    }
    if (const auto* b = std::get_if<Planned>(&e.body)) {
      if (b->due < now) return "what is planned is not in the past";
      if (b->timer == Timer::start_of_work && (c.start_of_work_said || c.timer(b->timer)))
        return "the start-of-work reply is planned once";
    }
    if (const auto* b = std::get_if<Owed>(&e.body)) {
      if (c.debt(b->promise)) return "what is owed already is not owed anew";
    }
    if (const auto* b = std::get_if<Kept>(&e.body)) {
      const auto& debt = c.debt(b->promise);
      if (!debt) return "what is kept was owed";
      if (debt->running() && debt->breached && b->late_ms <= 0) return "a broken promise is not kept in time";
    }
    if (const auto* b = std::get_if<Classified>(&e.body)) {
      if (c.exists() && c.class_by_agent && !b->by_agent) return "an agent's class is never overridden";
      if (c.human_reaction && !b->by_agent) return "after a human reaction nothing is inferred";
      if (b->by_agent && !agents) return "only an agent's class is an agent's";
      if (c.class_confirmed && !b->by_agent && procedure.find(b->class_name) < procedure.find(c.class_name))
        return "a confirmed class is never lowered by inference";
    }
    if (const auto* b = std::get_if<Said>(&e.body); b && b->notice != c.notices + 1)
      return "notices are counted";
    core::apply(c, e);
  }
  if (!(c == after.c)) return "the case is the fold of its entries";

  int receipts = 0;
  for (const Notice& n : decision.notices) {
    if (n.to == "mallory@evil.example") return "a forged address gets nothing";
    const bool receipt = n.kind == NoticeKind::receipt || n.kind == NoticeKind::resend_receipt;
    receipts += receipt;
    if (receipt && (!(mail || reported) || receipts > 1))
      return "at most one receipt for each message that came in";
    if (n.kind == NoticeKind::settled && !before.c.debt(Promise::answer))
      return "the client is told of the settling once for each answer that is owed";
    if (n.kind == NoticeKind::acknowledgement && !agents) return "an acknowledgement is the act of a person";
    if (n.to.empty()) return "a notice goes to somebody";
    if (mail && mail->automatic && !n.to_desk()) return "an automatic mail causes no automatic mail";
  }
  if (mail && mail->automatic && mail->relation != Relation::opens && decision.entries.size() != 1)
    return "an automatic mail is recorded, and nothing follows";
  if (after.starts > 1) return "the start-of-work reply goes once for each case";
  if (after.acknowledgements > 1) return "the acknowledgement goes once for each case";
  if (after.missing > 1) return "the missing email is told once";

  // A rejected call is only noted: what is owed for it is a callback.
  const auto* phoned = std::get_if<CallReceived>(&signal);
  const bool human = (mail && !mail->automatic) || (reported != nullptr) ||
                     std::holds_alternative<SmsReceived>(signal) ||
                     (phoned && (phoned->answered || phoned->relation == Relation::opens));
  if (human && before.c.merged_into == 0) {
    const auto& answer = after.c.debt(Promise::answer);
    if (!after.c.debt(Promise::react) || !answer || !answer->running())
      return "after a word from the client a reaction and an answer are owed";
    if (after.c.state > State::working) return "a word from the client takes up what rested";
    if (after.c.timer(Timer::settle) || after.c.timer(Timer::close))
      return "a word from the client stops the endings";
  }
  if (agents) {
    const Action action = std::get<AgentActed>(signal).action;
    const bool reads = action == Action::read || action == Action::start || action == Action::answer ||
                       action == Action::ask || action == Action::settle;
    if (reads && after.c.debt(Promise::react)) return "whoever reads, answers or settles has reacted";
    if (action == Action::settle && after.c.state != State::settled) return "settled is settled";
  }
  return {};
}

std::string broken_encoding(const Decision& decision) {
  const std::string text = json::encode_entries(decision.entries);
  const auto decoded = decision.entries.empty() ? Result<std::vector<Entry>>(std::vector<Entry>{})
                                                : json::decode_entries(text, decision.entries.front().at);
  if (!decoded) return "a journal row can be read: " + decoded.error().what;
  if (*decoded != decision.entries) return "a journal row is read as it was written: " + text;
  for (const Notice& n : decision.notices) {
    const auto again = json::decode_notice(json::encode_notice(n));
    if (!again || *again != n) return "a notice is read as it was written";
  }
  return {};
}

// -- the walk
// ------------------------------------------------------------------------------------------------------

using Clock = std::chrono::steady_clock;

class Walk {
 public:
  Walk(const Procedure& procedure, bool sms_available) : procedure_(procedure) {
    facts_.on_call = {{"Piotr", "p@w.example", "+48600000001"}, {"Ewa", "e@w.example", "+48600000002"}};
    facts_.sms_available = sms_available;
    facts_.number = 1;
    facts_.short_code = "K7M2P";
    facts_.token = "token";
    facts_.other = Facts::Other{};
    facts_.other->number = 2;
    facts_.other->client = {"Anna", "a@k.example", {}, {}};
  }

  void until(Clock::time_point deadline) {
    for (int depth = 1; depth < 40 && !over_; ++depth) {
      for (std::size_t i = 0; i < openings().size() && !over_ && broken_.empty(); ++i) {
        const auto left = deadline - Clock::now();
        deadline_ =
            Clock::now() + left / static_cast<int>(openings().size() - i);  // each opening gets its share
        deadline_hit_ = false;
        World w;
        path_.clear();
        if (step(World(), w, openings()[i], depth == 1)) {
          path_.push_back(openings()[i].name);
          descend(w, depth - 1, seen_.enter(state_of(w), depth - 1));
        }
        completed_ = completed_ && !deadline_hit_;
      }
      if (!broken_.empty()) return;
      if (!completed_ || Clock::now() >= deadline) return;
      depth_ = depth;
    }
  }

  std::size_t states() const { return seen_.count(); }
  std::int64_t steps() const { return steps_; }
  int depth() const { return depth_; }
  const std::string& broken() const { return broken_; }

 private:
  // Lets the move happen to `w`, which is as `before`. False when it cannot, or the desk refuses it.
  bool step(const World& before, World& w, const Move& move, bool check) {
    const std::optional<Signal> signal = move.make(w);
    if (!signal) return only_time(move);
    facts_.other->react_due = facts_.other->answer_due = w.now - 10min;
    const auto* acted = std::get_if<AgentActed>(&*signal);
    const bool foreign = acted && acted->other != 0;
    facts_.other->number = foreign ? 3 : 2;
    facts_.other->client =
        foreign ? Party{"Bob", "b@inny.example", {}, {}} : Party{"Anna", "a@k.example", {}, {}};
    TookOver client;
    client.cases = {facts_.other->number};
    client.client = facts_.other->client;
    client.answer_to = client.automatic_to = client.client.email;
    facts_.other->clients = {client};
    const auto decision = decide(procedure_, facts_, w.c, *signal, w.now);
    if (!decision) {
      if (!std::holds_alternative<AgentActed>(*signal)) complain(move, "only an agent is ever refused", {});
      return false;
    }
    for (const Entry& e : decision->entries) core::apply(w.c, e);
    for (const Notice& n : decision->notices) {
      if (n.to_desk()) continue;
      if (n.kind == NoticeKind::receipt || n.kind == NoticeKind::resend_receipt) w.last_receipt = n.id;
      if (n.kind == NoticeKind::answer) w.last_answer = n.id;
      w.starts += n.kind == NoticeKind::start_of_work && n.through == 0;
      w.acknowledgements += n.kind == NoticeKind::acknowledgement && n.through == 0;
      w.missing += n.kind == NoticeKind::missing_email;
    }
    if (!check) return true;
    ++steps_;
    std::string law = broken_law(procedure_, before, *signal, *decision, w);
    if (law.empty()) law = broken_encoding(*decision);
    if (!law.empty()) complain(move, law, decision->entries);
    return true;
  }

  // `known`: the depth to which it was explored before; its own steps have then been checked.
  void descend(const World& w, int left, int known) {
    if (left == 0) return;
    for (const Move& move : moves()) {
      if (!broken_.empty() || over_ || deadline_hit_) return;
      if ((++ticks_ & 255) == 0) {
        deadline_hit_ = Clock::now() >= deadline_;
        over_ = seen_.full();
      }
      World after = w;
      if (!step(w, after, move, known <= 0)) continue;
      const int seen = seen_.enter(state_of(after), left - 1);
      if (seen >= left - 1) continue;
      path_.push_back(move.name);
      descend(after, left - 1, seen);
      path_.pop_back();
    }
  }

  void complain(const Move& move, const std::string& law, const std::vector<Entry>& entries) {
    if (!broken_.empty()) return;
    broken_ = "broken: " + law + "\n";
    for (const char* name : path_) broken_ += fmt::format("  {}\n", name);
    broken_ += fmt::format("  {}   <- here\n", move.name);
    for (const Entry& e : entries)
      broken_ += fmt::format("      {} by {} ({})\n", json::dump(json::entry_object(e)), e.by, e.why);
  }

  const Procedure& procedure_;
  Facts facts_;
  Seen seen_;
  std::vector<const char*> path_;
  Clock::time_point deadline_;
  bool deadline_hit_ = false, over_ = false, completed_ = true;
  std::int64_t steps_ = 0, ticks_ = 0;
  int depth_ = 0;
  std::string broken_;
};

std::chrono::milliseconds time_to_spend() {
  const char* text = std::getenv("HEJNAL_EXPLORE_SECONDS");
  const int seconds = text ? std::atoi(text) : 60;
  return std::chrono::seconds(std::max(seconds, 1));
}

void explore(const char* name, const Procedure& procedure, bool sms_available, double share) {
  const auto begin = Clock::now();
  const auto time = std::chrono::milliseconds(
      static_cast<std::int64_t>(static_cast<double>(time_to_spend().count()) * share));
  Walk walk(procedure, sms_available);
  walk.until(begin + time);
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  fmt::print("{}: {} states, {} steps, depth {} complete, {:.1f} s\n", name, walk.states(), walk.steps(),
             walk.depth(), seconds);
  if (!walk.broken().empty()) ADD_FAILURE() << walk.broken();
  EXPECT_GE(walk.depth(), 2);
}

}  // namespace

TEST(Explore, TheBuiltInProcedure) {
  const auto procedure = config::builtin_procedure("pl");
  ASSERT_TRUE(procedure) << procedure.error().what;
  explore("built-in procedure", *procedure, true, 0.8);
}

// What a company may write: no grace, no receipt, nothing by itself, a repeating calm class, no SMS gateway.
TEST(Explore, AStrangeProcedure) {
  auto procedure = config::builtin_procedure("en");
  ASSERT_TRUE(procedure) << procedure.error().what;
  ServiceClass& routine = procedure->classes.front();
  routine.promise.grace = 0ms;
  routine.promise.receipt = false;
  routine.promise.start_of_work_after = 0ms;
  routine.alert.repeat = 7min;
  routine.alert.repeat_count = 2;
  routine.alert.repeat_slow = 1h;
  ServiceClass& critical = procedure->classes.back();
  critical.promise.grace = 0ms;
  critical.promise.acknowledge_on_read = false;
  critical.promise.start_of_work_after = 7min;
  critical.alert.repeat = 0ms;
  critical.alert.fractions = {0.1, 0.9};
  procedure->rules.settle_after = 7min;
  procedure->rules.close_after = 7min;
  procedure->rules.email_missing_after = 0ms;
  explore("strange procedure", *procedure, false, 0.2);
}

}  // namespace hejnal

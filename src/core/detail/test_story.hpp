// For tests: one case as a story, told with the words of the procedure. The procedure is the built-in one,
// written down by hand, because the core knows no files. Time is counted from the opening; everything that
// becomes due on the way happens at its own time.
#pragma once

#include <fmt/format.h>
#include <string>
#include <utility>
#include <vector>

#include "base/check.hpp"
#include "core/decide.hpp"

namespace hejnal::core {

using Lines = std::vector<std::string>;

inline constexpr Instant kStart{1'795'424'400'000};  // 2026-11-23 09:00 UTC, a Monday
inline constexpr const char* kAnna = "anna@klient.example";
inline constexpr const char* kAnnasNumber = "+48601222333";

inline Procedure built_in() {
  Procedure p;
  p.version = "test";
  p.language = "en";
  p.rules = {168h, 168h, 15min, 6h, 2min};
  ServiceClass routine;
  routine.id = "routine";
  routine.steps = {{0ms, {Channel::email}, {}, {}, {}}, {24h, {Channel::email, Channel::sms}, {}, {}, {}}};
  routine.promise = {true, false, 5min, 24h, 24h, 5min};
  routine.alert = {false, {0.5, 0.8}, 0ms, 0, 0ms, 24h, {Channel::email}};
  ServiceClass urgent = routine;
  urgent.id = "urgent";
  urgent.steps[1].wait = 2h;
  urgent.promise.react_within = 2h;
  urgent.alert.remind = 2h;
  urgent.alert.channels = {Channel::email, Channel::sms};
  ServiceClass critical;
  critical.id = "critical";
  critical.failure = true;
  critical.steps = {{0ms, {Channel::email, Channel::sms}, {}, {}, {}}};
  critical.promise = {true, true, 0ms, 15min, 4h, 5min};
  critical.alert = {true, {}, 5min, 12, 15min, 30min, {Channel::email, Channel::sms}};
  p.classes = {routine, urgent, critical};
  return p;
}

class Story {
 public:
  Story() {
    facts.number = 7;
    facts.short_code = "K7M2P";
    facts.token = "secret";
    facts.on_call = {{"Piotr", "piotr@desk", "+48600000001"}, {"Ewa", "ewa@desk", "+48600000002"}};
  }

  Procedure procedure = built_in();
  Facts facts;
  Case c;
  Instant now = kStart;
  std::vector<Entry> journal, last;  // `last`: of the latest decision
  std::vector<Notice> notices;       // of the latest decision

  // -- what happens
  Status happens(const Signal& signal) {
    const auto decision = decide(procedure, facts, c, signal, now);
    if (!decision) return tl::make_unexpected(decision.error());
    last = decision->entries;
    notices = decision->notices;
    for (const Entry& e : last) {
      core::apply(c, e);
      journal.push_back(e);
    }
    for (const Notice& n : notices) unheard_.push_back(line(n));
    HEJNAL_CHECK(alarm(c).has_value() == (c.state != State::closed));
    HEJNAL_CHECK(replay(journal) == c);
    return {};
  }
  // The clock runs to so long after the beginning; alarms ring on the way.
  void at(Duration since) {
    const Instant to = kStart + since;
    while (alarm(c) && *alarm(c) <= to) {
      now = std::max(now, *alarm(c));
      HEJNAL_CHECK(happens(AlarmRang{}));
    }
    now = to;
  }
  // The same, but nobody rings until the end: the server was down.
  void down_until(Duration since) {
    now = kStart + since;
    HEJNAL_CHECK(happens(AlarmRang{}));
  }

  void email(Relation relation = Relation::opens, std::string hint = {}) {
    EmailReceived s = mail(relation);
    if (!hint.empty()) s.hint = {hint, "its subject says [" + hint + "]"};
    HEJNAL_CHECK(happens(s));
  }
  EmailReceived mail(Relation relation = Relation::opens) {
    EmailReceived s;
    s.message = ++messages_;
    s.from = {"Anna", kAnna, {}, {}};
    s.answer_to = s.automatic_to = kAnna;
    s.subject = "Drukarka";
    s.sent_at = now;
    s.relation = relation;
    s.join_reason = "test";
    return s;
  }
  void sms(Relation relation = Relation::reply) {
    SmsReceived s;
    s.message = ++messages_;
    s.from.phone = kAnnasNumber;
    s.relation = relation;
    HEJNAL_CHECK(happens(s));
  }
  void call(bool answered, Relation relation = Relation::reply) {
    CallReceived s;
    s.message = ++messages_;
    s.from.phone = kAnnasNumber;
    s.answered = answered;
    s.relation = relation;
    HEJNAL_CHECK(happens(s));
  }
  void report(Relation relation = Relation::opens, Party from = {"Anna", kAnna, {}, {}}) {
    Reported s;
    s.message = ++messages_;
    s.from = std::move(from);
    s.channel = Channel::web;
    s.relation = relation;
    HEJNAL_CHECK(happens(s));
  }
  AgentActed acted(Action action, std::string text = {}, Duration delay = {}) const {
    AgentActed a;
    a.action = action;
    a.agent = "Ola";
    a.text = std::move(text);
    a.delay = delay;
    return a;
  }
  void agent(Action action, std::string text = {}, Duration delay = {}) {
    HEJNAL_CHECK(happens(acted(action, std::move(text), delay)));
  }
  void reclassify(const char* to, std::string why = {}) {
    AgentActed a = acted(Action::reclassify, std::move(why));
    a.class_name = to;
    HEJNAL_CHECK(happens(a));
  }
  // Why the desk refuses it; "" when it does not.
  std::string refusal(const AgentActed& a) {
    const auto decision = decide(procedure, facts, c, a, now);
    return decision ? std::string() : decision.error().what;
  }
  void fate(int notice, NoticeKind kind, NoticeState state = NoticeState::bounced,
            Channel channel = Channel::email) {
    NoticeFate f;
    f.notice = notice;
    f.kind = kind;
    f.channel = channel;
    f.to = channel == Channel::email ? kAnna : kAnnasNumber;
    f.state = state;
    f.text = "550 no such user";
    HEJNAL_CHECK(happens(f));
  }

  // -- what can be seen
  // The words that have left since one last asked: "receipt email anna@klient.example".
  Lines said() { return std::exchange(unheard_, {}); }
  Lines kinds() {
    Lines out;
    for (const std::string& l : said()) out.push_back(l.substr(0, l.find(' ')));
    return out;
  }
  std::string state() const { return std::string(to_string(c.state)); }
  std::string class_name() const { return c.class_name + (c.class_confirmed ? "" : "?"); }
  Duration due(Promise p) const { return c.debt(p) ? c.debt(p)->due - kStart : -1ms; }
  Duration alarm_in() const { return alarm(c) ? *alarm(c) - kStart : -1ms; }
  template <class Body>
  std::vector<Body> all() const {
    std::vector<Body> out;
    for (const Entry& e : journal) {
      if (const Body* b = std::get_if<Body>(&e.body)) out.push_back(*b);
    }
    return out;
  }
  template <class Body>
  std::string why() const {  // of the latest entry of that kind
    std::string out = "(no such entry)";
    for (const Entry& e : journal) {
      if (std::holds_alternative<Body>(e.body)) out = e.why;
    }
    return out;
  }

 private:
  static std::string line(const Notice& n) {
    return fmt::format("{} {} {}", to_string(n.kind), to_string(n.channel), n.to);
  }

  MessageId messages_ = 100;
  Lines unheard_;
};

}  // namespace hejnal::core
